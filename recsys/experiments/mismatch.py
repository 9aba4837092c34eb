"""Whether units fell into arms as they should have: a sample ratio mismatch says that something else did the choosing.

Fabijan et al., "Diagnosing sample ratio mismatch in online controlled experiments", KDD 2019.
"""

from collections.abc import Sequence

import msgspec
import numpy as np

ALARM = 0.001


class Mismatch(msgspec.Struct, frozen=True):
    """chi_square: Pearson's statistic; p: chance of one as large where nothing is wrong; alarm: whether p is below
    :data:`ALARM`, and no other figure is to be believed."""

    chi_square: float
    p: float
    alarm: bool


def mismatch(counts: Sequence[int], weights: Sequence[float]) -> Mismatch:
    """counts: units by arm; weights: of the arms, positive."""
    from scipy.special import chdtrc

    expected = np.asarray(weights, np.float64) / np.sum(weights) * np.sum(counts)
    if not expected.sum():
        return Mismatch(0.0, 1.0, False)
    statistic = float(((np.asarray(counts) - expected) ** 2 / expected).sum())
    p = float(chdtrc(len(counts) - 1, statistic))
    return Mismatch(statistic, p, p < ALARM)
