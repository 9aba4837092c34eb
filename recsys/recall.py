"""Recall: each source names its best, up to its quota; together they are the candidates."""

from collections.abc import Callable, Mapping

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.contract import Recommender, best
from recsys.interactions import History

QUOTAS: Mapping[str, int] = {
    "popularity.decayed": 20, "covisitation.window": 40, "ease.nearby": 60, "als.implicit": 40, "content.nearest": 40,
    "transformer.content": 40,
}  # fmt: skip
"""Sources in the order in which their faults are told, and how many each may name."""


class Candidates(msgspec.Struct, frozen=True):
    """items: (n,) int64, sorted; scores: (n, sources) float32, standardised over the whole of a source's scores;
    named: (n, sources) bool, whether the source named it."""

    items: NDArray[np.int64]
    scores: NDArray[np.float32]
    named: NDArray[np.bool_]
    sources: tuple[str, ...]


def recall(
    sources: Mapping[str, Recommender],
    history: History,
    left_out: NDArray[np.int64],
    *,
    failed: Callable[[str, Exception], None],
    late: Callable[[], bool] = lambda: False,
    quotas: Mapping[str, int] = QUOTAS,
) -> Candidates:
    """Candidates of every source that answers. failed: told of one that raised; late: whether no more may be begun.

    Popularity comes first, so that it always answers.
    """
    answered: dict[str, tuple[NDArray[np.float32], NDArray[np.int64]]] = {}
    for name in quotas:
        if name not in sources:
            continue
        if answered and late():
            failed(name, TimeoutError())
            continue
        try:
            scores = sources[name].score([history])[0]
            spread = float(scores.std())
            standard = (scores - scores.mean()) / spread if spread > 1e-9 else np.zeros_like(scores)
            standard[left_out] = -np.inf
            told = best(standard, quotas[name]).items if spread > 1e-9 else np.empty(0, np.int64)
        except Exception as error:  # a source that fails must not take the answer with it
            failed(name, error)
            continue
        answered[name] = (standard, told)
    if not answered:
        return Candidates(np.empty(0, np.int64), np.empty((0, 0), np.float32), np.empty((0, 0), bool), ())
    items = np.unique(np.concatenate([told for _, told in answered.values()]))
    scores = np.stack([standard[items] for standard, _ in answered.values()], 1)
    named = np.stack([np.isin(items, told) for _, told in answered.values()], 1)
    return Candidates(items, np.asarray(scores, np.float32), named, tuple(answered))
