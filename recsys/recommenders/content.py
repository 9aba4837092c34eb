"""Nearest item vectors: what lets a product that nobody has seen yet be recommended."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.contract import Arrays, Recommender, register
from recsys.interactions import History, Interactions
from recsys.recommenders.item_weights import recency


@register("content.nearest")
class Nearest(Recommender):
    """Cosine to the mean of the history's vectors, fading with age, and a little to the nearest one alone.

    nearest: share of the second. The vectors are those of photo search (image, text, colour).
    """

    tau: float = 8.0
    floor: float = 0.05
    nearest: float = 0.3

    def fit(self, seen: Interactions) -> "Nearest":
        vectors = seen.vectors if seen.vectors is not None else np.zeros((len(seen.items), 1), np.float32)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        self.vectors = np.asarray(vectors / np.maximum(norms, 1e-9), np.float32)
        return self

    def score(self, histories: Sequence[History]) -> NDArray[np.float32]:
        asked = recency(histories, len(self.vectors), self.tau, self.floor)
        means = np.asarray(asked @ self.vectors, np.float32)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        scores = (1 - self.nearest) * (means @ self.vectors.T)
        if self.nearest:
            for row, history in enumerate(histories):
                if len(history.items):
                    last = self.vectors[history.items[-8:]]
                    scores[row] += self.nearest * (last @ self.vectors.T).max(0)
        return np.asarray(scores, np.float32)

    def arrays(self) -> Arrays:
        return {"vectors": self.vectors}

    def restore(self, arrays: Arrays) -> None:
        self.vectors = np.asarray(arrays["vectors"], np.float32)
