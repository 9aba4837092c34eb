"""Whether one policy is better than another: from history, by experiment, and by regret."""

from collections.abc import Sequence
from math import ceil, sqrt

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm

from core.errors import BadPrice

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Judged(msgspec.Struct, frozen=True):
    """An estimate with its standard error and 90 % interval; effective: rows that the weights leave."""

    value: float
    error: float
    low: float
    high: float
    effective: float


def doubly_robust(
    reward: Floats, taken: Ints, propensity: Floats, predicted: Floats, policy: Floats, *, cap: float = 20.0
) -> Judged:
    """What another policy would have earned a row, from a log of what was done: right if either model is.

    reward: (n,); taken: (n,) which of k prices; propensity: (n,) chance that it was taken, in (0, 1]; predicted: (n, k)
    reward by a model that did not see the row; policy: (n, k) chances of the policy that is judged. Weights over
    ``cap`` are cut. Dudík, Langford & Li, "Doubly robust policy evaluation and learning", ICML 2011.
    Raises BadPrice where a chance is not in (0, 1] or the log is empty.
    """
    rows = np.arange(len(reward))
    if not len(reward):
        raise BadPrice("There is no log to judge by.")
    if not ((propensity > 0) & (propensity <= 1)).all():
        raise BadPrice(
            "A logged chance is not in (0, 1].", remedy="Log with every price the chance with which it was chosen."
        )
    weight = np.minimum(policy[rows, taken] / propensity, cap)
    each = (policy * predicted).sum(1) + weight * (reward - predicted[rows, taken])
    value, error = float(each.mean()), float(each.std(ddof=1) / sqrt(len(each))) if len(each) > 1 else float("inf")
    effective = float(weight.sum() ** 2 / max(np.square(weight).sum(), 1e-12))
    return Judged(value, error, value - 1.6449 * error, value + 1.6449 * error, effective)


class Design(msgspec.Struct, frozen=True):
    """units: periods or clusters in all, half of them each way; effect: what it finds with the power asked for."""

    units: int
    effect: float


def switch_back(
    effect: float,
    deviation: float,
    *,
    correlation: float = 0.0,
    washout: float = 0.0,
    alpha: float = 0.05,
    power: float = 0.8,
) -> Design:
    """How many periods of one policy or the other, by lot, show an effect.

    effect, deviation: of profit a period, in the same unit; correlation: of neighbouring periods, in [0, 1), which
    leaves (1 − ρ) / (1 + ρ) of the periods' number to count on for a mean; washout: share of each period that is left out
    because the last policy still works in it. Bojinov, Simchi-Levi & Zhao, "Design and analysis of switchback
    experiments", Management Science 69 (2023).
    """
    quantiles = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    inflated = deviation**2 * (1 + correlation) / (1 - correlation) / (1 - washout)
    units = 2 * ceil(2 * inflated * (quantiles / effect) ** 2)
    return Design(units, float(quantiles * sqrt(4 * inflated / units)))


def clusters(
    effect: float, deviation: float, *, size: float, correlation: float, alpha: float = 0.05, power: float = 0.8
) -> Design:
    """How many clusters of ``size`` products, substitutes together, show an effect on a product's profit.

    correlation: within a cluster, which inflates the variance by 1 + (size − 1) ρ (Kish 1965; Donner & Klar 2000).
    """
    quantiles = norm.ppf(1 - alpha / 2) + norm.ppf(power)
    inflated = deviation**2 * (1 + (size - 1) * correlation) / size
    units = 2 * ceil(2 * inflated * (quantiles / effect) ** 2)
    return Design(units, float(quantiles * sqrt(4 * inflated / units)))


def assign(units: int, seed: int) -> NDArray[np.bool_]:
    """(units,) which get the new policy: of each pair of neighbours one, by lot, so that drift falls on both alike."""
    first = np.random.default_rng(seed).random((units + 1) // 2) < 0.5
    return np.column_stack([first, ~first]).ravel()[:units]


def difference(profit: Floats, treated: NDArray[np.bool_]) -> Judged:
    """Effect of the new policy a unit, of pairs of neighbours assigned by :func:`assign`."""
    pairs = len(profit) // 2
    if pairs < 2:
        raise BadPrice("Four periods or clusters at least are needed to tell a difference.")
    sign = np.where(treated[: 2 * pairs], 1.0, -1.0)
    each = (profit[: 2 * pairs] * sign).reshape(pairs, 2).sum(1)
    value, error = float(each.mean()), float(each.std(ddof=1) / sqrt(pairs))
    return Judged(value, error, value - 1.6449 * error, value + 1.6449 * error, float(2 * pairs))


def regret(earned: Sequence[float] | Floats, possible: Sequence[float] | Floats) -> tuple[Floats, float]:
    """Cumulative regret (periods,) and the power of time by which it grows, over the last nine tenths of the time."""
    lost = np.cumsum(np.asarray(possible, float) - np.asarray(earned, float))
    start = max(len(lost) // 10, 1)
    times = np.arange(start, len(lost)) + 1
    slope = np.polyfit(np.log(times), np.log(np.maximum(lost[start:], 1e-12)), 1)[0] if len(times) > 1 else float("nan")
    return lost, float(slope)
