"""Ranking what the index found: exact scores by signal, words joined in, near-duplicates under their best.

All of it is a function of a product's own numbers: no score depends on which other products stand beside it in an
array, and equal ones stand by id, so that the order of what comes in never shows in what goes out.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np

RRF_K = 60
"""Constant of the reciprocal-rank fusion. Cormack, Clarke and Büttcher, SIGIR 2009, found 60 and little difference."""

SAME = 0.985
"""Cosine over the image and colour subspaces from which two pictures show the same thing."""

_SCALE = 2.0**-20  # scores closer than one in a million are equal: they differ by the rounding of some multiplication


class Subspace(Protocol):
    """A part of the vector, from start to stop."""

    @property
    def name(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def stop(self) -> int: ...


def signals(query: np.ndarray, vectors: np.ndarray, subspaces: Sequence[Subspace]) -> dict[str, np.ndarray]:
    """What each subspace adds to the inner products of a query (dim,) with vectors (n, dim): name → (n,) float64.

    Summed row by row: a matrix product would round a row differently in another place.
    """
    products = vectors.astype(np.float64) * query.astype(np.float64)
    return {part.name: products[:, part.start : part.stop].sum(axis=1) for part in subspaces}


def order(ids: Sequence[str], scores: np.ndarray) -> list[int]:
    """Places of the ids by falling score (n,), equal ones by id."""
    steps = np.round(np.asarray(scores, np.float64) / _SCALE)
    return sorted(range(len(ids)), key=lambda i: (-steps[i], ids[i]))


def fuse(lists: Sequence[tuple[float, Sequence[str]]]) -> dict[str, float]:
    """Reciprocal-rank fusion of weighted lists of ids, best first: id → score, at most 1 for positive weights.

    score(d) = Σ w / (k + rank(d)), divided by what leading every list of positive weight would give.
    """
    most = sum(max(weight, 0.0) for weight, _ in lists) / (RRF_K + 1) or 1.0
    scores: dict[str, float] = {}
    for weight, ids in lists:
        for rank, one in enumerate(ids, start=1):
            scores[one] = scores.get(one, 0.0) + weight / (RRF_K + rank)
    return {one: score / most for one, score in scores.items()}


def collapse(vectors: np.ndarray, subspaces: Sequence[Subspace], *, same: float = SAME) -> list[int]:
    """For each of n products in ranked order, the place of the one it stands under: its own, if it stands alone.

    vectors: (n, dim). A product stands under the first before it whose picture is the same and that stands alone.
    """
    looks = [part for part in subspaces if part.name in ("image", "colour")] or list(subspaces)
    seen = np.concatenate([vectors[:, part.start : part.stop] for part in looks], axis=1).astype(np.float64)
    norms = np.linalg.norm(seen, axis=1, keepdims=True)
    seen = np.divide(seen, norms, out=np.zeros_like(seen), where=norms > 0)
    alike = seen @ seen.T >= same
    under: list[int] = []
    heads: list[int] = []
    for i in range(len(seen)):
        head = next((j for j in heads if alike[i, j]), i)
        under.append(head)
        if head == i:
            heads.append(i)
    return under


def weighted(terms: Sequence[tuple[float, np.ndarray]]) -> np.ndarray:
    """The query vector of weighted term vectors (dim,): their weighted sum by the sum of the weights' sizes, float32.

    The inner product with a product of unit length is then at most 1.
    """
    total = sum(abs(weight) for weight, _ in terms)
    summed = sum((weight * vector.astype(np.float64) for weight, vector in terms), np.zeros(1))
    return np.asarray(summed / total, np.float32)


def ranks(scores: Mapping[str, float]) -> list[str]:
    """Ids by falling score, equal ones by id."""
    ids = sorted(scores)
    return [ids[i] for i in order(ids, np.array([scores[one] for one in ids]))]
