"""Recommenders that are one matrix: an item's score is the sum, over the history, of what each thing in it says for it."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recsys.contract import Arrays, Recommender
from recsys.interactions import History

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix


def recency(histories: Sequence[History], items: int, tau: float, floor: float) -> "csr_matrix":
    """(histories, items) float32: each thing's weight, fading with how many came after it.

    tau: events after which it has faded to 1/e, 0 for never; floor: what is added, so that nothing fades to nothing.
    """
    from scipy.sparse import csr_matrix

    lengths = np.array([len(history.items) for history in histories], np.int64)
    ends = np.concatenate([[0], np.cumsum(lengths)])
    columns = np.concatenate([history.items for history in histories]) if len(histories) else np.empty(0, np.int64)
    values = np.concatenate([history.weights for history in histories]) if len(histories) else np.empty(0, np.float32)
    if tau > 0 and len(columns):
        after = np.concatenate([np.arange(length - 1, -1, -1) for length in lengths])
        values = values * (np.exp(-after / tau) + floor)
    return csr_matrix((values.astype(np.float32), columns, ends), (len(histories), items))


def largest(scores: NDArray[np.float32], k: int) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """(n, k) values and columns of the k largest of every row, in no order; torch's selection takes a third of numpy's time."""
    import torch

    values, columns = torch.topk(torch.from_numpy(scores), k, dim=1, sorted=False)
    return values.numpy(), columns.numpy()


def pairs_nearby(starts: NDArray[np.int64], item: NDArray[np.int64], items: int, window: int, tau: float) -> Any:
    """(items, items) sparse: how often one came before the other, weighted exp(-gap/tau), gap at most ``window``."""
    from scipy.sparse import coo_matrix, csr_matrix

    user = np.repeat(np.arange(len(starts) - 1), np.diff(starts))
    total = csr_matrix((items, items), dtype=np.float32)
    for gap in range(1, min(window, len(item) - 1) + 1):
        same = user[:-gap] == user[gap:]
        if not same.any():
            break
        values = np.full(int(same.sum()), np.exp(-gap / tau), np.float32)
        total = total + coo_matrix((values, (item[:-gap][same], item[gap:][same])), (items, items)).tocsr()
    return total


def strongest(weights: Any, k: int) -> "csr_matrix":
    """The k largest of every row of a sparse or dense (items, items) matrix, as a sparse one without a diagonal."""
    from scipy.sparse import csr_matrix

    weights = csr_matrix(weights)
    weights.setdiag(0)
    weights.eliminate_zeros()
    lengths = np.diff(weights.indptr)
    if (lengths > k).any():
        for row in np.flatnonzero(lengths > k):
            part = slice(weights.indptr[row], weights.indptr[row + 1])
            values = weights.data[part]
            values[np.argpartition(-np.abs(values), k)[k:]] = 0
        weights.eliminate_zeros()
    return weights.astype(np.float32)


class ItemWeights(Recommender):
    """tau, floor: as in :func:`recency`."""

    tau: float = 0.0
    floor: float = 0.0

    def score(self, histories: Sequence[History]) -> NDArray[np.float32]:
        asked = recency(histories, self.weights.shape[0], self.tau, self.floor)
        scores = asked @ self.weights
        return np.asarray(scores if isinstance(scores, np.ndarray) else scores.toarray(), np.float32)

    def explain(self, history: History, item: int) -> NDArray[np.float32]:
        if not len(history.items):
            return np.zeros(0, np.float32)
        asked = recency([history], self.weights.shape[0], self.tau, self.floor)
        said = self.weights[history.items][
            :, [item]
        ]  # rows first: a column of a sparse matrix is a walk through all of it
        return np.asarray(asked.data * np.ravel(said if isinstance(said, np.ndarray) else said.toarray()), np.float32)

    def arrays(self) -> Arrays:
        if isinstance(self.weights, np.ndarray):
            return {"dense": self.weights}
        kept = self.weights
        return {
            "data": kept.data, "indices": kept.indices, "indptr": kept.indptr, "shape": np.array(kept.shape)
        }  # fmt: skip

    def restore(self, arrays: Arrays) -> None:
        from scipy.sparse import csr_matrix

        if "dense" in arrays:
            self.weights: csr_matrix | NDArray[np.float32] = np.asarray(arrays["dense"], np.float32)
        else:
            shape = tuple(int(side) for side in arrays["shape"])
            self.weights = csr_matrix((arrays["data"], arrays["indices"], arrays["indptr"]), shape)
