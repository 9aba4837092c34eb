"""The catalogue's nearest-neighbour graph at work: products drawn towards their neighbours, queries towards their hits.

Drawing each product part of the way to the mean of its ten nearest is a step of a graph convolution without weights: Wu
et al., "Simplifying Graph Convolutional Networks", ICML 2019. Expanding a query by its best hits, each by a power of its
score: Radenović, Tolias and Chum, "Fine-tuning CNN Image Retrieval with No Human Annotation", PAMI 2019.

Measured with the vectors of ``clothing``, validation against training photos by class (mAP), and another crop of a
training photo against all of them, where one photo alone is right (precision@1):

    as they are .772, .900    drawn by .25 .788, .905    drawn by .5 .799, .878

So products are drawn by a quarter, which costs nothing either way, and only in a catalogue that comes in kinds: see
:func:`come_in_kinds`. Their colours are left alone (:func:`colours`): drawn along, they cost words three points of
precision@10 and gained pictures nothing. Queries expanded, among products so drawn, with another crop of each photo:

    not .808, .947    by 1 hit .825, .947    by 3 .837, .907    by 5 .839, .852    by 10 .841, .750

So a photo, which may be of one thing that the shopper wants, is expanded by its best hit alone; whoever asks for more
like a product by three.
"""

from collections.abc import Sequence

import numpy as np

NEIGHBOURS = 10
SHARE = 0.25
EXPANSION, PHOTO_EXPANSION = 3, 1
"""Hits by which a product as a query is expanded, and a photo."""

ALPHA = 3.0
KINDS = 0.6
"""Share of neighbours of a product's own category from which smoothing is worth it."""

NOTHING = slice(0, 0)

_BLOCK = 1024
_PRODUCTS = 4_000_000  # inner products in memory at a time, 16 MB


def nearest(vectors: np.ndarray, count: int = NEIGHBOURS) -> tuple[np.ndarray, np.ndarray]:
    """The ``count`` nearest of each of n unit vectors (n, dim), itself left out: places (n, k) int64, scores (n, k).

    Exact, best first, equal ones by place; k is less than ``count`` where there are not so many. n² products, a block
    of rows at a time that has the same size for any n:
    0.2 s for 3,000 of 587 numbers on one core.
    """
    vectors = np.asarray(vectors, np.float32)
    n = len(vectors)
    k = max(0, min(count, n - 1))
    places = np.zeros((n, k), np.int64)
    scores = np.zeros((n, k), np.float32)
    step = max(1, min(_BLOCK, _PRODUCTS // max(n, 1)))
    for start in range(0, n if k else 0, step):
        rows = vectors[start : start + step] @ vectors.T
        own = np.arange(len(rows))
        rows[own, start + own] = -np.inf
        best = np.sort(np.argpartition(-rows, k - 1, axis=1)[:, :k], axis=1)
        found = np.take_along_axis(rows, best, axis=1)
        order = np.argsort(-found, axis=1, kind="stable")
        places[start : start + step] = np.take_along_axis(best, order, axis=1)
        scores[start : start + step] = np.take_along_axis(found, order, axis=1)
    return places, scores


def place(vector: np.ndarray, neighbours: np.ndarray, share: float = SHARE, kept: slice = NOTHING) -> np.ndarray:
    """Vectors (..., dim) drawn by ``share`` towards the mean of their neighbours (..., k, dim): unit length.

    kept: numbers of a vector that stay as they are.
    """
    if neighbours.shape[-2] == 0:
        return np.array(vector, np.float32)
    mixed = np.asarray((1 - share) * vector + share * neighbours.mean(axis=-2), np.float32)
    mixed[..., kept] = 0
    own = (vector[..., kept] ** 2).sum(axis=-1, keepdims=True)
    mixed *= np.sqrt(np.maximum(1 - own, 0)) / np.maximum(np.linalg.norm(mixed, axis=-1, keepdims=True), 1e-12)
    mixed[..., kept] = vector[..., kept]
    return mixed


def colours(encoder: object) -> slice:
    """The numbers of an encoder's vectors that are colours, which are a product's own; nothing where it has none."""
    parts = {part.name: slice(part.start, part.stop) for part in getattr(encoder, "subspaces", ())}
    return parts.get("colour", NOTHING)


def come_in_kinds(categories: Sequence[str], places: np.ndarray) -> bool:
    """Whether the neighbours ``places`` (n, k) of most products are of their own category, so that smoothing helps.

    Where each product stands alone, or the vectors know nothing of these categories, a neighbour is another thing and
    drawing towards it blurs what a shopper looks for.
    """
    if places.size == 0:
        return False
    kinds = np.unique(np.asarray(categories, dtype=str), return_inverse=True)[1]
    return bool((kinds[places] == kinds[:, None]).mean() >= KINDS)


def expand(query: np.ndarray, neighbours: np.ndarray, alpha: float = ALPHA) -> np.ndarray:
    """A query (dim,) with its best hits (k, dim) added, each by its score to the power ``alpha``; unit length.

    Hits that point away from the query add nothing.
    """
    scores = np.clip(neighbours @ query, 0, None)
    mixed = query + (scores[:, None] ** alpha * neighbours).sum(axis=0)
    return np.asarray(mixed / np.linalg.norm(mixed), np.float32)
