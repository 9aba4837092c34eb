"""Intervals that hold at every look at once, so that one may look as often as one likes and stop when one likes.

Asymptotic confidence sequences: Waudby-Smith, Arbour, Sinha, Kennedy, Ramdas, "Time-uniform central limit theory and
asymptotic confidence sequences", 2021, by the normal mixture of Robbins.
"""

import math

import msgspec
import numpy as np
from numpy.typing import NDArray

LEAST = 50
"""Units of an arm below which a mean is not yet near enough to normal to be told."""


class Estimate(msgspec.Struct, frozen=True):
    """Mean of an arm less that of the first arm, with an interval that holds at all times; error: its standard error."""

    difference: float
    low: float
    high: float
    error: float


def boundary(units: float, level: float, tuned: float) -> float:
    """Half the interval's width in standard errors, after so many units. tuned: units at which it is to be narrowest.

    sqrt(2 (v + 1) / v · log(sqrt(v + 1) / level)) for v = units · rho², rho² = (-2 log level + log(-2 log level) + 1) / tuned.
    """
    a = -2 * math.log(level)
    v = units * (a + math.log(a) + 1) / tuned
    return math.sqrt(2 * (v + 1) / v * math.log(math.sqrt(v + 1) / level))


def difference(first: NDArray[np.float64], other: NDArray[np.float64], level: float, tuned: float) -> Estimate | None:
    """Of two arms' outcomes by unit, in any order; None while there are too few."""
    if min(len(first), len(other)) < LEAST:
        return None
    error = math.sqrt(float(first.var(ddof=1)) / len(first) + float(other.var(ddof=1)) / len(other))
    found = float(other.mean() - first.mean())
    half = boundary(len(first) + len(other), level, tuned) * error
    return Estimate(found, found - half, found + half, error)
