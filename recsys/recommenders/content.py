"""Nearest item vectors: what lets a product that nobody has seen yet be recommended."""

import numpy as np

from recsys.contract import register
from recsys.interactions import Interactions
from recsys.recommenders.item_weights import ItemWeights, largest

_BLOCK = 1024


@register("content.nearest")
class Nearest(ItemWeights):
    """Every item speaks for those whose vectors, of photo search (image, text, colour), are nearest to its own.

    neighbours: of each item; sharpen: power of the cosine. An item without a vector neither speaks nor is spoken for.
    """

    tau: float = 8.0
    floor: float = 0.05
    neighbours: int = 100
    sharpen: float = 3.0

    def fit(self, seen: Interactions) -> "Nearest":
        from scipy.sparse import csr_matrix

        count = len(seen.items)
        vectors = seen.vectors if seen.vectors is not None else np.zeros((count, 1), np.float32)
        k = min(self.neighbours, count - 1)
        if k < 1:
            self.weights = csr_matrix((count, count), dtype=np.float32)
            return self
        near = np.zeros((count, k), np.int32)
        likeness = np.zeros((count, k), np.float32)
        for start in range(0, count, _BLOCK):
            cosines = vectors[start : start + _BLOCK] @ vectors.T
            rows = np.arange(len(cosines))
            cosines[rows, start + rows] = -np.inf
            likeness[start : start + _BLOCK], near[start : start + _BLOCK] = largest(cosines, k)
        weights = (np.maximum(likeness, 0.0) ** self.sharpen).astype(np.float32)
        rows = np.repeat(np.arange(count), k)
        self.weights = csr_matrix((weights.ravel(), (rows, near.ravel())), (count, count))
        self.weights.eliminate_zeros()
        return self
