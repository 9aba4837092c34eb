"""Whether an elasticity drifts, and where it stands now.

A random walk seen with noise, b_t = β_t + ε_t, β_t = β_{t−1} + η_t, by Kalman's filter (Harvey, "Forecasting, Structural
Time Series Models and the Kalman Filter", 1989, section 2.3); how fast it walks maximises the likelihood.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.stats import chi2

Floats = NDArray[np.float64]


class Drift(msgspec.Struct, frozen=True):
    """level, error: (windows,) filtered elasticity and its standard deviation; pace: deviation of a step from one window to
    the next; chance: p-value of there being no drift."""

    level: Floats
    error: Floats
    pace: float
    chance: float


def drift_of(found: Floats, error: Floats) -> Drift:
    """found, error: (windows,) estimates of one product or category by window of time, with standard errors (``inf``: none)."""
    best = minimize_scalar(lambda log: -_filtered(found, error, np.exp(log))[2], bounds=(-7, 1), method="bounded")
    level, deviation, moving = _filtered(found, error, np.exp(best.x))
    still = _filtered(found, error, 0.0)[2]
    # Under no drift the pace lies on the edge of what it can be, where half of the chance is at 0 (Self & Liang 1987).
    ratio = max(2 * (moving - still), 0.0)
    chance = 0.5 * float(chi2.sf(ratio, 1)) if ratio > 0 else 1.0
    return Drift(level, deviation, float(np.exp(best.x)), chance)


def _filtered(found: Floats, error: Floats, pace: float) -> tuple[Floats, Floats, float]:
    """Levels, deviations, and the log-likelihood, from a prior as wide as published elasticities."""
    mean, variance, fit = -2.5, 4.0, 0.0
    levels, deviations = np.empty(len(found)), np.empty(len(found))
    for at, (seen, doubt) in enumerate(zip(found, error, strict=True)):
        variance += pace**2 if at else 0.0
        if np.isfinite(doubt):
            total = variance + doubt**2
            fit -= 0.5 * (np.log(2 * np.pi * total) + (seen - mean) ** 2 / total)
            mean, variance = mean + variance / total * (seen - mean), variance * doubt**2 / total
        levels[at], deviations[at] = mean, np.sqrt(variance)
    return levels, deviations, float(fit)
