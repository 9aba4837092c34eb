"""How good lists are: ranking metrics, and what lies beside accuracy.

A list is a row of item numbers, best first, -1 where it has ended; wanted, one array of item numbers for each list.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import History

Lists = NDArray[np.int64]
Wanted = Sequence[NDArray[np.int64]]


def top(scores: NDArray[np.float32], asked: Sequence[History], k: int) -> Lists:
    """(n, k): the best by score of all items, less those that each history holds; ties by number."""
    scores = scores.copy()
    for row, history in zip(scores, asked, strict=True):
        row[history.items] = -np.inf
    k = min(k, scores.shape[1])
    found = np.argpartition(-scores, k - 1, axis=1)[:, :k]
    found.sort(1)  # so that the stable sort below leaves ties by number
    values = np.take_along_axis(scores, found, 1)
    order = np.argsort(-values, axis=1, kind="stable")
    found = np.take_along_axis(found, order, 1)
    return np.where(np.isfinite(np.take_along_axis(scores, found, 1)), found, -1)


def hits(lists: Lists, wanted: Wanted) -> NDArray[np.bool_]:
    """(n, k): whether each entry was wanted."""
    return np.stack([np.isin(row, some) & (row >= 0) for row, some in zip(lists, wanted, strict=True)])


def ndcg(lists: Lists, wanted: Wanted, k: int) -> NDArray[np.float64]:
    """(n,): binary gain, ideal of min(k, wanted) entries. Järvelin & Kekäläinen, TOIS 2002."""
    discount = 1 / np.log2(np.arange(2, k + 2))
    ideal = np.cumsum(discount)[[min(k, len(some)) - 1 for some in wanted]]
    return np.asarray((hits(lists[:, :k], wanted) * discount[: lists.shape[1]]).sum(1) / ideal)


def recall(lists: Lists, wanted: Wanted, k: int) -> NDArray[np.float64]:
    """(n,): share of what was wanted among the first k."""
    return np.asarray(hits(lists[:, :k], wanted).sum(1) / np.array([len(some) for some in wanted]))


def reciprocal_rank(lists: Lists, wanted: Wanted) -> NDArray[np.float64]:
    """(n,): one by the rank of the first entry that was wanted, 0 without one."""
    found = hits(lists, wanted)
    return np.where(found.any(1), 1.0 / (1 + found.argmax(1)), 0.0)


def coverage(lists: Lists, items: int) -> float:
    """Share of all items that stand in any list."""
    return len(np.unique(lists[lists >= 0])) / items


def novelty(lists: Lists, taken: NDArray[np.int64], users: int) -> float:
    """Mean of -log2 of an entry's share of users who took it. taken: (items,) users by item. Zhou et al., PNAS 2010."""
    share = np.maximum(taken, 1) / users
    return float(-np.log2(share[lists[lists >= 0]]).mean())


def diversity(lists: Lists, vectors: NDArray[np.float32]) -> float:
    """Mean over the lists of one less the mean cosine of their pairs. vectors: (items, d) of unit length."""
    found = []
    for row in lists:
        own = vectors[row[row >= 0]]
        if len(own) > 1:
            likeness = own @ own.T
            found.append(1 - (likeness.sum() - np.trace(likeness)) / (len(own) * (len(own) - 1)))
    return float(np.mean(found)) if found else 0.0


def miscalibration(lists: Lists, asked: Sequence[History], kinds: NDArray[np.int64]) -> float:
    """Mean divergence of a list's categories from those of the history, 0 when alike. kinds: (items,) numbers.

    Kullback-Leibler with 1 % of the history mixed in: Steck, "Calibrated Recommendations", RecSys 2018.
    """
    count, found = int(kinds.max(initial=0)) + 1, []
    for row, history in zip(lists, asked, strict=True):
        shown = row[row >= 0]
        if not len(history.items) or not len(shown):
            continue
        theirs = np.bincount(kinds[history.items], minlength=count) / len(history.items)
        given = 0.99 * np.bincount(kinds[shown], minlength=count) / len(shown) + 0.01 * theirs
        some = theirs > 0
        found.append(float((theirs[some] * np.log2(theirs[some] / given[some])).sum()))
    return float(np.mean(found)) if found else 0.0


def gini(lists: Lists, items: int) -> float:
    """How unevenly exposure falls on the items: 0 evenly, (n - 1) / n all on one of n."""
    shown = np.sort(np.bincount(lists[lists >= 0], minlength=items))
    total = shown.sum()
    return float(1 - 2 * (np.cumsum(shown) / total).mean() + 1 / items) if total else 0.0
