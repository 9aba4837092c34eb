"""What turns pictures and words into vectors: one contract, and a registry of everything that keeps it by tag.

A tag is ``architecture.variant``, as in timm. Vectors of two encoders are comparable only if their ``tag`` is the same,
so the tag of an encoder that was built (which may add a checksum to the name it was asked for by) is stored with all
that it made.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from core.errors import NotFound

if TYPE_CHECKING:
    from core import Weights
    from core.settings import Models

Pixels = np.ndarray
"""A picture: (h, w, 3) uint8, sRGB, upright, at least 1 × 1."""


class Encoder(ABC):
    """Pictures, and for some encoders texts, as unit vectors whose inner product says how alike they are.

    A vector depends on its own picture alone: not on the batch it came in, nor on the order.
    tag: names what made a vector; dim: its length; reads: what this encoder takes, of ``images`` and ``texts``.
    Thread-safe after it was built.
    """

    tag: str
    dim: int
    reads: frozenset[str] = frozenset({"images"})

    @abstractmethod
    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        """(n, dim) float32, rows of unit length, for n pictures (h, w, 3) uint8 of any sizes; (0, dim) for none.

        Raises NotFound when the encoder reads no pictures, TypeError for arrays of another shape or type.
        """

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        """(n, dim) float32, rows of unit length; an empty text is as good as any other.

        Raises NotFound when the encoder reads no texts.
        """
        raise NotFound(f"The encoder {self.tag} reads no texts.", remedy="Use one that does, such as fused.default.")


Maker = Callable[[str, "Weights", "Models"], Encoder]

_makers: dict[str, Maker] = {}

_modules = {
    "efficientnet": "vision.efficientnet",
    "open_clip": "vision.clip",
    "use": "vision.sentences",
    "colour": "vision.colour",
    "joint": "vision.heads",
    "fused": "vision.fusion",
}


def register(pattern: str) -> Callable[[Maker], Maker]:
    """Have ``maker(tag, weights, models)`` build the encoders of a tag, or of every tag that starts like ``arch.*``."""

    def keep(maker: Maker) -> Maker:
        if pattern in _makers:
            raise ValueError(f"an encoder {pattern} is registered already")
        _makers[pattern] = maker
        return maker

    return keep


def list_encoders() -> tuple[str, ...]:
    """Every registered tag in order; ``open_clip.*`` stands for all that open_clip itself can name."""
    for module in _modules.values():
        import_module(module)
    return tuple(sorted(_makers))


def create_encoder(tag: str, weights: "Weights", models: "Models") -> Encoder:
    """Build the encoder of a tag. Raises NotFound for an unknown one, ModelMissing when its files are not there."""
    arch = tag.partition(".")[0]
    if arch in _modules:
        import_module(_modules[arch])
    maker = _makers.get(tag) or _makers.get(f"{arch}.*")
    if maker is None:
        raise NotFound(f"There is no encoder {tag}.", remedy=f"Use one of {', '.join(list_encoders())}.")
    return maker(tag, weights, models)


def check_images(images: Sequence[Pixels]) -> None:
    """Raises TypeError unless every picture is (h, w, 3) uint8 with h and w of at least one."""
    for image in images:
        if image.dtype != np.uint8 or image.ndim != 3 or image.shape[2] != 3 or 0 in image.shape:
            raise TypeError(f"expected a picture (h, w, 3) of uint8, got {image.shape} of {image.dtype}")


def unit(vectors: np.ndarray) -> np.ndarray:
    """Rows scaled to unit length as float32; a row of zeros points the same way in all its numbers."""
    vectors = np.asarray(vectors, np.float32)
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    even = np.float32(vectors.shape[-1] ** -0.5)
    return np.where(norms > 1e-12, vectors / np.maximum(norms, 1e-12), even).astype(np.float32)
