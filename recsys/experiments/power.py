"""How many units an experiment takes."""

from math import ceil
from statistics import NormalDist

import msgspec

from recsys.experiments.sequential import boundary


class Needed(msgspec.Struct, frozen=True):
    """Units of two arms together. at_once: with one look at the end; peeking: with looks at any time, where intervals are
    tuned to that number; adjusted: the latter with what was known before."""

    at_once: int
    peeking: int
    adjusted: int


def needed(
    deviation: float,
    effect: float,
    *,
    level: float = 0.05,
    power: float = 0.8,
    share: float = 0.5,
    correlation: float = 0.0,
) -> Needed:
    """Units by which a difference of means is found with a chance of ``power``.

    deviation: of a unit's outcome; effect: the difference, in the outcome's unit, not 0; share: of the units that the
    second arm gets, in (0, 1); correlation: of the outcome with the same before.
    (z₁ + z₂)² deviation² / effect² · (1 / share + 1 / (1 - share)), z₁ the half width in standard errors and z₂ the
    quantile of ``power``; Lachin, "Introduction to sample size determination", Controlled Clinical Trials 1981.
    """
    normal = NormalDist()
    scale = (deviation / effect) ** 2 * (1 / share + 1 / (1 - share))
    found = normal.inv_cdf(power)
    once = (normal.inv_cdf(1 - level / 2) + found) ** 2 * scale
    always = (boundary(1.0, level, 1.0) + found) ** 2 * scale  # the same for every number that it is tuned to
    return Needed(ceil(once), ceil(always), ceil(always * (1 - correlation**2)))
