"""Factors of implicit feedback, by the package ``implicit``."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from recsys.contract import Arrays, Recommender, register
from recsys.interactions import History, Interactions
from recsys.recommenders.item_weights import recency

_RIDGE = 1e-6  # keeps an empty history solvable without regularisation


class _Factors(Recommender):
    """A history's factors are solved for against the items' (one half-step of ALS): nothing is kept of users."""

    factors: int = 64
    l2: float = 20.0
    alpha: float = 3.0
    iterations: int = 20
    tau: float = 0.0
    floor: float = 0.0
    seed: int = 7

    def _vectors(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(histories, factors) float32. Hu, Koren & Volinsky, ICDM 2008, equation 4."""
        asked = recency(histories, len(self.items), self.tau, self.floor)
        base = self._gram + (self.l2 + _RIDGE) * np.eye(self.items.shape[1], dtype=np.float32)
        found = np.zeros((len(histories), self.items.shape[1]), np.float32)
        for row in range(len(histories)):
            part = slice(asked.indptr[row], asked.indptr[row + 1])
            if part.start == part.stop:
                continue
            theirs, weights = self.items[asked.indices[part]], asked.data[part]
            trusted = base + (theirs.T * (self.alpha * weights)) @ theirs
            found[row] = np.linalg.solve(trusted, theirs.T @ ((1 + self.alpha) * weights))
        return found

    @property
    def _gram(self) -> NDArray[np.float32]:
        return np.asarray(self.items.T @ self.items)

    def score(self, histories: Sequence[History]) -> NDArray[np.float32]:
        return np.asarray(self._vectors(histories) @ self.items.T, np.float32)

    def arrays(self) -> Arrays:
        return {"items": self.items}

    def restore(self, arrays: Arrays) -> None:
        self.items = np.asarray(arrays["items"], np.float32)


@register("als.implicit")
class Als(_Factors):
    """Alternating least squares: Hu, Koren & Volinsky, "Collaborative Filtering for Implicit Feedback Datasets"."""

    def fit(self, seen: Interactions) -> "Als":
        from implicit.als import AlternatingLeastSquares
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"):
            model: Any = AlternatingLeastSquares(
                self.factors, regularization=self.l2, alpha=1 + self.alpha, iterations=self.iterations, num_threads=1,
                use_gpu=False, random_state=self.seed,
            )  # fmt: skip
            model.fit(seen.matrix, show_progress=False)
        self.items = np.asarray(model.item_factors, np.float32)
        return self


@register("bpr.implicit")
class Bpr(Recommender):
    """Bayesian personalised ranking (Rendle et al., UAI 2009): a user trained on has factors, another the mean of the
    items' in the history."""

    factors: int = 64
    l2: float = 0.01
    rate: float = 0.02
    iterations: int = 100
    seed: int = 7

    def fit(self, seen: Interactions) -> "Bpr":
        from implicit.bpr import BayesianPersonalizedRanking

        model: Any = BayesianPersonalizedRanking(
            self.factors, learning_rate=self.rate, regularization=self.l2, iterations=self.iterations, num_threads=1,
            use_gpu=False, random_state=self.seed,
        )  # fmt: skip
        model.fit(seen.matrix, show_progress=False)
        self.items, self.users = (np.asarray(some, np.float32) for some in (model.item_factors, model.user_factors))
        return self

    def score(self, histories: Sequence[History]) -> NDArray[np.float32]:
        vectors = np.zeros((len(histories), self.items.shape[1]), np.float32)
        for row, history in enumerate(histories):
            if history.user is not None and history.user < len(self.users):
                vectors[row] = self.users[history.user]
            else:
                if len(history.items):
                    vectors[row] = self.items[history.items].mean(0)
                vectors[row, -1] = 1.0  # the column of the items' biases
        return np.asarray(vectors @ self.items.T, np.float32)

    def arrays(self) -> Arrays:
        return {"items": self.items, "users": self.users}

    def restore(self, arrays: Arrays) -> None:
        self.items, self.users = (np.asarray(arrays[name], np.float32) for name in ("items", "users"))
