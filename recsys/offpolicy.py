"""What another way to draw would have been worth, from what was drawn and the chances it was drawn with.

A round is one place that was drawn: what was drawn, with which chance, and the reward that came. The log keeps the chance
beside each drawn place (:mod:`recsys.rerank`). The other way may only draw what could have been drawn: what never could
weighs nothing, and the mean weight then falls below 1.
"""

from statistics import NormalDist

import msgspec
import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
LEVEL = 0.05


class Value(msgspec.Struct, frozen=True):
    """Mean reward of a round, with its 95 % interval."""

    value: float
    low: float
    high: float


class Support(msgspec.Struct, frozen=True):
    """weight: mean ratio of chances, with its interval: one that leaves 1 out says that the log does not cover the other way;
    effective: rounds of equal weight that would say as much. Kish, "Survey sampling", 1965."""

    weight: Value
    effective: float


def support(logged: Numbers, target: Numbers) -> Support:
    """logged, target: (n,) chances of what was drawn, in (0, 1] and in [0, 1]. Raises ValueError, as all here do."""
    ratio = _ratio(logged, target)
    return Support(_mean(ratio), float(ratio.sum() ** 2 / max(float(ratio @ ratio), 1e-300)))


def ips(rewards: Numbers, logged: Numbers, target: Numbers) -> Value:
    """Inverse propensity scoring, mean of w r. Horvitz and Thompson, JASA 1952. All (n,)."""
    return _mean(_ratio(logged, target) * rewards)


def snips(rewards: Numbers, logged: Numbers, target: Numbers) -> Value:
    """Self-normalised: sum of w r by sum of w, its error by the delta method. Swaminathan and Joachims, NeurIPS 2015."""
    ratio = _ratio(logged, target)
    if not ratio.sum():
        raise ValueError("Expected something that the other way would have drawn")
    value = float(ratio @ rewards / ratio.sum())
    found = _mean(ratio * (rewards - value) / ratio.mean())
    return Value(value, value + found.low - found.value, value + found.high - found.value)


def doubly_robust(rewards: Numbers, logged: Numbers, target: Numbers, predicted: Numbers, expected: Numbers) -> Value:
    """A model's value of the other way, set right by what came. Dudík, Langford, Li, ICML 2011.

    predicted: (n,) reward that a model says of what was drawn; expected: (n,) mean of what it says of all that could have
    been, by the other way's chances. The model must not have seen the round that it speaks of.
    """
    return _mean(expected + _ratio(logged, target) * (rewards - predicted))


def _ratio(logged: Numbers, target: Numbers) -> Numbers:
    if not len(logged) or logged.shape != target.shape:
        raise ValueError(f"Expected as many chances of both, and some: {logged.shape} and {target.shape}")
    if not (logged.min() > 0 and logged.max() <= 1 and target.min() >= 0 and target.max() <= 1):
        raise ValueError("Expected chances in (0, 1] of what was drawn and in [0, 1] of the other way")
    return target / logged


def _mean(values: Numbers) -> Value:
    value = float(values.mean())
    half = NormalDist().inv_cdf(1 - LEVEL / 2) * float(values.std(ddof=1)) / len(values) ** 0.5 if len(values) > 1 else np.inf  # fmt: skip
    return Value(value, value - half, value + half)
