"""The product vector: what a thing looks like, what it is, and its colours, side by side in one vector.

Each subspace is a unit vector times the root of its weight, so that one inner product is the weighted sum of three
cosines, and every kind of search is a search on one field. How the weights were chosen stands in
``vision/weights/fused.json`` beside them.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from vision.colour import COLOUR
from vision.encoders import Encoder, Pixels, create_encoder, register, unit
from vision.heads import JointEncoder

if TYPE_CHECKING:
    from core import Weights
    from core.settings import Models

RECORD = Path(__file__).parent / "weights" / "fused.json"


class Subspace(msgspec.Struct, frozen=True):
    """The numbers start to stop of a vector, made by the encoder ``tag``, of squared length ``weight``."""

    name: str
    tag: str
    start: int
    stop: int
    weight: float


class Mixture(msgspec.Struct, frozen=True):
    """weights: of image, joint and colour in a picture's vector, which add up to one. chosen: how, with what figures."""

    weights: dict[str, float]
    chosen: dict[str, object] = {}

    @classmethod
    def load(cls, file: Path = RECORD) -> "Mixture":
        return msgspec.json.decode(file.read_bytes(), type=cls)


class FusedEncoder(Encoder):
    """Pictures and texts as one vector of the subspaces ``image``, ``joint`` and ``colour``.

    A picture fills all of them. A text fills ``joint``, and ``colour`` as far as it speaks of colours; its ``image`` is
    zero. The towers see a picture once, whatever number of subspaces they serve.
    """

    reads = frozenset({"images", "texts"})

    def __init__(self, joint: JointEncoder, mixture: Mixture) -> None:
        heads = joint.heads
        sizes = {
            "image": len(heads.parts["project"][-1][1]),
            "joint": joint.dim,
            "colour": len(heads.parts["text"][-1][1]) - joint.dim,
        }
        tags = {"image": "+".join(t.tag for t in joint.images if t.tag != COLOUR), "joint": joint.tag, "colour": COLOUR}
        stops = np.cumsum(list(sizes.values())).tolist()
        self.subspaces = tuple(
            Subspace(name, tags[name], stop - sizes[name], stop, mixture.weights[name])
            for name, stop in zip(sizes, stops, strict=True)
        )
        self.dim = stops[-1]
        self.joint = joint
        mixed = msgspec.json.encode((heads.checksum, mixture.weights), order="deterministic")
        self.tag = f"fused.default@{hashlib.sha256(mixed).hexdigest()[:8]}"

    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        *seen, colours = [tower.encode_images(images) for tower in self.joint.images]
        return self.join(np.concatenate(seen, axis=1), colours)

    def join(self, seen: np.ndarray, colours: np.ndarray) -> np.ndarray:
        """(n, dim) unit vectors from what the image towers said: (n, d) joined in their order, and colours (n, c)."""
        seen = np.asarray(seen, np.float32)
        parts = {
            "image": self.joint.heads.apply("project", seen),
            "joint": self.joint.join_images([seen, colours]),
            "colour": colours,
        }
        return unit(np.concatenate([unit(parts[s.name]) * np.sqrt(s.weight) for s in self.subspaces], axis=1))

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        joint, colour = self.joint.read(texts)
        parts = {"image": np.zeros(()), "joint": joint, "colour": colour}
        vectors = np.zeros((len(texts), self.dim), np.float32)
        for s in self.subspaces:
            # Undoes the weight that pictures have here: how words weigh the two was learnt with the heads.
            vectors[:, s.start : s.stop] = parts[s.name] / np.sqrt(s.weight)
        return unit(vectors)

    def signals(self, query: np.ndarray, products: np.ndarray) -> dict[str, np.ndarray]:
        """What each subspace adds to the inner products of a query (dim,) with products (n, dim): name → (n,) float32.

        They sum to the inner product.
        """
        return {s.name: products[:, s.start : s.stop] @ query[s.start : s.stop] for s in self.subspaces}


@register("fused.default")
def make(tag: str, weights: "Weights", models: "Models") -> FusedEncoder:
    joint = create_encoder("joint.default", weights, models)
    if not isinstance(joint, JointEncoder):
        raise TypeError(f"joint.default is registered as {type(joint).__name__}, which has no heads")
    return FusedEncoder(joint, Mixture.load())
