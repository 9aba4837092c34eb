"""What goes with an item: from baskets, and where there are none from which kinds go together and whose colours agree."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recsys.recommenders.item_weights import largest

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

NEIGHBOURS = 30
_SURE = 5.0
"""Baskets of a pair by which its own count weighs as much as what is expected of its kinds."""
_BLOCK = 50_000_000  # pairs at a time


def complements(
    baskets: NDArray[np.int64], items: int, categories: Sequence[str], colours: NDArray[np.float32] | None
) -> "csr_matrix":
    """(items, items) float32: the strongest companions of every item, each of another category.

    baskets: (2, n), visits and items of what was put into carts. colours: (items, d) of unit length, of the vectors' colour
    part. A pair is worth its lift in baskets, shrunk to that of its two kinds; among pairs that nobody has had in one
    basket, those of kinds that go together with like colours come first.
    """
    from scipy.sparse import csr_matrix

    names, kind = np.unique(np.asarray(categories, dtype=str), return_inverse=True)
    visits = int(baskets[0].max()) + 1 if baskets.size else 0
    held = csr_matrix((np.ones(baskets.shape[1], np.float32), (baskets[0], baskets[1])), (visits, items))
    held.data[:] = 1.0
    together = (held.T @ held).tocsr()
    together.setdiag(0)
    taken = np.asarray(held.sum(0)).ravel() + 1.0
    kinds = csr_matrix((np.ones(items, np.float32), (np.arange(items), kind)), (items, len(names)))
    of_kinds = np.asarray((kinds.T @ together @ kinds).todense(), np.float64)
    size = np.asarray(kinds.T @ taken).ravel()
    lift = (of_kinds + 0.1) / np.outer(size, size) * max(visits, 1)  # of two kinds, 1 where they meet by chance
    np.fill_diagonal(lift, 0.0)
    k = min(NEIGHBOURS, items)
    near, worths = np.zeros((items, k), np.int32), np.zeros((items, k), np.float32)
    of_kind = (_SURE / (_SURE + 1) * lift).astype(np.float32)
    step = max(1, _BLOCK // max(1, items))
    for start in range(0, items, step):
        part = slice(start, min(start + step, items))
        worth = of_kind[kind[part]][:, kind]
        met = together[part].tocoo()
        other = kind[part][met.row] != kind[met.col]
        row, column, count = met.row[other], met.col[other], met.data[other]
        worth[row, column] += count * max(visits, 1) / (taken[part][row] * taken[column]) / (_SURE + 1)
        if colours is not None:
            like = colours[part] @ colours.T
            np.clip(like, 0, 1, out=like)
            like += 0.5
            worth *= like
        worths[part], near[part] = largest(worth, k)
    found = csr_matrix((worths.ravel(), (np.repeat(np.arange(items), k), near.ravel())), (items, items))
    found.eliminate_zeros()
    found.sort_indices()
    return found.astype(np.float32)
