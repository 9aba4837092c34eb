"""Demand over a lead time, as draws."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from forecasting.explaining import Told

Array = NDArray[np.float64]
DRAWS = 2000


class Outlook(msgspec.Struct, frozen=True):
    """What is thought of the periods to come. mean: (h,); quantiles: (h, q) at levels (q,)."""

    mean: Array
    quantiles: Array
    levels: tuple[float, ...]


def told_outlook(told: Told) -> Outlook:
    """Of a forecast as it is served."""
    levels = tuple(float(level) for level in told.points[0].quantiles)
    return outlook_of([p.mean for p in told.points], [list(p.quantiles.values()) for p in told.points], levels)


def draws(outlook: Outlook, periods: NDArray[np.int64], rng: np.random.Generator, alike: float) -> Array:
    """(n,) sums of demand over ``periods`` (n,) each, drawn from the quantiles; beyond the last the last goes on.

    alike: correlation of the levels of periods, in [0, 1): a product that sells better than thought does so for a while; by a
    Gaussian copula (Nelsen, *An Introduction to Copulas*, 2006). Between quantiles by interpolation; below the first and above
    the last by those themselves.
    """
    from scipy.stats import norm

    n, most = len(periods), max(1, int(periods.max(initial=1)))
    common = rng.normal(0, 1, (n, 1))
    level = norm.cdf(np.sqrt(alike) * common + np.sqrt(1 - alike) * rng.normal(0, 1, (n, most)))
    total = np.zeros(n)
    for step in range(most):
        row = outlook.quantiles[min(step, len(outlook.quantiles) - 1)]
        total += np.where(step < periods, np.interp(level[:, step], outlook.levels, row), 0.0)
    thought = np.array([outlook.mean[np.minimum(np.arange(one), len(outlook.mean) - 1)].sum() for one in periods])
    drawn = float(total.mean())
    # quantiles cut the tails off; the mean is told, so what is drawn is brought to it
    return total * (float(thought.mean()) / drawn) if drawn > 0 else total


def alike_of(outlooks: Sequence[Outlook], actual: Sequence[Array], span: int) -> float:
    """What periods have in common, as :func:`draws` takes it, from outlooks and what came: how much more sums over ``span``
    periods missed than they would if each period missed by itself. 0 to .9; 0 where nothing can be told.

    actual: (h,) each, NaN where nothing is known, as of a period in which stock ran out. One figure for all: a single
    series has too few spans to tell.
    """
    excess = []
    for outlook, came in zip(outlooks, actual, strict=True):
        step = np.diff(np.concatenate([[0.0], (np.array(outlook.levels[1:]) + outlook.levels[:-1]) / 2, [1.0]]))
        middle = outlook.quantiles @ step
        variance = (outlook.quantiles - middle[:, None]) ** 2 @ step  # of a period, as it is drawn
        missed = came - outlook.mean
        for first in range(0, len(came) - span + 1, span):
            part = slice(first, first + span)
            expected = float(variance[part].sum())
            if expected > 0 and np.isfinite(missed[part]).all():
                pairs = float(np.sqrt(variance[part]).sum() ** 2) - expected
                excess.append(((float(missed[part].sum()) ** 2 - expected) / expected, pairs / expected))
    if not excess or sum(weight for _, weight in excess) <= 0:
        return 0.0
    more, weight = np.array(excess).sum(0)
    return float(np.clip(more / weight, 0.0, 0.9))


def lead_times(mean: float, spread: float, count: int, rng: np.random.Generator) -> NDArray[np.int64]:
    """(count,) whole periods, at least 1 where the mean is: gamma with this standard deviation, rounded."""
    if spread <= 0:
        return np.full(count, round(mean), np.int64)
    shape = (mean / spread) ** 2
    return np.maximum(np.round(rng.gamma(shape, mean / shape, count)), 0 if mean < 0.5 else 1).astype(np.int64)


def outlook_of(mean: Sequence[float], quantiles: Sequence[Sequence[float]], levels: Sequence[float]) -> Outlook:
    """Of plain numbers. Raises ValueError where shapes do not meet, or anything is no number or below 0."""
    made = Outlook(np.asarray(mean, np.float64), np.asarray(quantiles, np.float64), tuple(levels))
    if made.quantiles.shape != (len(made.mean), len(made.levels)) or not len(made.mean):
        raise ValueError(
            f"expected quantiles of shape {(len(made.mean), len(made.levels))}, got {made.quantiles.shape}"
        )
    if not (np.isfinite(made.quantiles).all() and np.isfinite(made.mean).all() and (made.mean >= 0).all()):
        raise ValueError("expected numbers of at least 0")
    return made
