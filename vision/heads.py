"""Two small heads over frozen towers, which put pictures and texts into one space, and texts into the colour space too.

LiT: Zhai et al., "LiT: Zero-Shot Transfer with Locked-image text Tuning", CVPR 2022. A head is a safetensors file of
float16 matrices with its record as metadata; ``vision.align`` trains one. Applied in NumPy: a few million products each.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from core.errors import IndexMismatch
from vision.encoders import Encoder, Pixels, create_encoder, register, unit
from vision.lexicon import SORTS, Lexicon

if TYPE_CHECKING:
    from core import Weights
    from core.settings import Models

FORMAT = 2
IMAGE_TOWERS = ("efficientnet.lite0-bands", "colour.lab75")
"""What heads are trained over; the colour encoder is the last."""
TEXT_TOWER = "use.multilingual"


class HeadRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Where heads come from. Kept in the file, so that they can be neither fed by other towers nor quoted without proof.

    images: tags of the image towers in the order their vectors are joined; texts: tag of the text tower.
    precision, recall_at_10: text → picture among ``held_out`` pictures the training did not see: mean average precision,
    and how often one of the right ones is among the first ten.
    """

    images: tuple[str, ...]
    texts: str
    dim: int
    data: str
    pictures: int
    held_out: int
    recall_at_10: float
    precision: float = 0.0
    epochs: int
    seed: int
    settings: dict[str, float]
    format: int = FORMAT


Layers = tuple[tuple[np.ndarray, np.ndarray], ...]


class Heads:
    """Parts, each one or more layers (weight (out, in), bias (out,)) with ReLU between.

    image: picture features → the joint space; text: text features → the joint space and, behind it, the colour space;
    project: features of the image towers → their main directions; names, in heads of named classes and colours alone:
    what ``vision.lexicon`` finds in a text → both spaces of texts.
    """

    def __init__(self, record: HeadRecord, parts: dict[str, Layers], checksum: str) -> None:
        self.record = record
        self.parts = parts
        self.checksum = checksum
        self._directions = []
        if "names" in parts:
            # Names of a sort are told apart by one direction fewer than there are of them: their mean says nothing.
            names = [parts["names"][0][0][:, sort].T for sort in SORTS]
            self._directions = [np.linalg.svd(some, full_matrices=False)[2][: len(some) - 1] for some in names]

    @classmethod
    def load(cls, file: Path) -> "Heads":
        """Raises IndexMismatch for a file of another format."""
        from safetensors import safe_open

        with safe_open(file, framework="numpy") as source:
            metadata = source.metadata() or {}
            tensors = {name: source.get_tensor(name).astype(np.float32) for name in source.keys()}  # noqa: SIM118
        try:
            record = msgspec.json.decode(metadata.get("shopglass", ""), type=HeadRecord)
            if record.format != FORMAT:
                raise msgspec.DecodeError(f"format {record.format}")
        except msgspec.DecodeError as error:
            raise IndexMismatch(
                f"{file.name} holds no heads of this version.", remedy="Train them again with shopglass align."
            ) from error
        parts: dict[str, Layers] = {}
        for part in sorted({name.partition(".")[0] for name in tensors}):
            count = sum(name.startswith(f"{part}.") for name in tensors) // 2
            parts[part] = tuple((tensors[f"{part}.{k}.weight"], tensors[f"{part}.{k}.bias"]) for k in range(count))
        return cls(record, parts, hashlib.sha256(file.read_bytes()).hexdigest()[:8])

    def save(self, file: Path) -> None:
        """Write the heads as float16 with their record."""
        from safetensors.numpy import save_file

        tensors = {
            f"{part}.{k}.{name}": np.ascontiguousarray(array, np.float16)
            for part, layers in self.parts.items()
            for k, layer in enumerate(layers)
            for name, array in zip(("weight", "bias"), layer, strict=True)
        }
        save_file(tensors, file, metadata={"shopglass": msgspec.json.encode(self.record).decode()})

    def apply(self, part: str, features: np.ndarray) -> np.ndarray:
        """(n, in) float32 → (n, out) float32, not normalised."""
        return apply(self.parts[part], features)

    def read(self, features: np.ndarray, names: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Text features (n, in) → joint (n, dim) and colour (n, c), not normalised: their lengths say what a text is about.

        The colours are those by which it differs from other texts. names: what ``Lexicon.find`` finds in the texts; where
        it finds a class, half of what the features say of classes gives way to that, and the same with colours.
        """
        own = both = self.apply("text", features)
        if names is not None and self._directions:
            both = own + self.apply("names", names)
            for sort, directions in zip(SORTS, self._directions, strict=True):
                both = both - 0.5 * (names[:, sort].any(axis=1, keepdims=True) * (own @ directions.T)) @ directions
        return both[:, : self.record.dim], both[:, self.record.dim :]


def apply(layers: Layers, features: np.ndarray) -> np.ndarray:
    """(n, in) → (n, out) through layers with ReLU between them."""
    for k, (weight, bias) in enumerate(layers):
        features = (np.maximum(features, 0) if k else features) @ weight.T + bias
    return features


class JointEncoder(Encoder):
    """Pictures and texts in one space, by heads over the towers their record names."""

    reads = frozenset({"images", "texts"})

    def __init__(self, heads: Heads, images: Sequence[Encoder], texts: Encoder) -> None:
        """Raises IndexMismatch when the towers are not those the heads were trained on."""
        given, trained = (*(tower.tag for tower in images), texts.tag), (*heads.record.images, heads.record.texts)
        if given != trained:
            raise IndexMismatch(
                f"The heads were trained on {', '.join(trained)}, not on {', '.join(given)}.",
                remedy="Train them again with shopglass align.",
            )
        self.heads = heads
        self.images = tuple(images)
        self.texts = texts
        self.lexicon = Lexicon()
        self.dim = heads.record.dim
        self.tag = f"joint.default@{heads.checksum}"

    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        return self.join_images([tower.encode_images(images) for tower in self.images])

    def join_images(self, features: Sequence[np.ndarray]) -> np.ndarray:
        """(n, dim) unit vectors from what the image towers said, in their order."""
        return unit(self.heads.apply("image", np.concatenate(features, axis=1)))

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return unit(self.read(texts)[0])

    def read(self, texts: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
        """Where texts are in the joint (n, dim) and in the colour space (n, c): see :meth:`Heads.read`."""
        return self.heads.read(self.texts.encode_texts(texts), self.lexicon.find(texts))


@register("joint.default")
def make(tag: str, weights: "Weights", models: "Models") -> JointEncoder:
    heads = Heads.load(weights.path("heads"))
    towers = [create_encoder(name, weights, models) for name in heads.record.images]
    return JointEncoder(heads, towers, create_encoder(heads.record.texts, weights, models))
