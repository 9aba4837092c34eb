"""Seasonal adjustment by ratio to moving average, where the season is there at all."""

import numpy as np
from numpy.typing import NDArray

LONG, RECENT = 12, 8
"""Seasons beyond which a history is long, and of how many its factors are then taken: on the training part of Australian
retail (28 years) MASE 1.55 in place of 1.70."""

_CRITICAL = 1.645
"""Of the normal distribution at 90 %, as Assimakopoulos and Nikolopoulos test for a season (IJF 2000)."""


def indices(history: NDArray[np.float64], season: int) -> NDArray[np.float64] | None:
    """(season,) factors of mean 1, by place from the beginning; None where no season is seen or factors make no sense.

    history: (n,) float64. The test is of the autocorrelation at one season against Bartlett's bound; the factors are means of
    the ratios to the centred moving average of one season.
    """
    if len(history) > LONG * season:  # seasons change: those of long ago say little of the next
        factors = indices(history[-RECENT * season :], season)
        return None if factors is None else np.roll(factors, len(history) % season)
    n = len(history)
    if season == 1 or n < 2 * season + 2 or (history <= 0).any():
        return None
    centred = history - history.mean()
    power = float(centred @ centred)
    if power <= 0:
        return None
    r = np.array([centred[lag:] @ centred[: n - lag] for lag in range(1, season + 1)]) / power
    if abs(r[-1]) <= _CRITICAL * np.sqrt((1 + 2 * float(r[:-1] @ r[:-1])) / n):
        return None
    window = np.ones(season + 1 if season % 2 == 0 else season)
    if season % 2 == 0:
        window[[0, -1]] = 0.5
    level = np.convolve(history, window / season, "valid")
    first = season // 2
    ratios = history[first : first + len(level)] / level
    place = (np.arange(len(level)) + first) % season
    factors = np.bincount(place, ratios, season) / np.maximum(np.bincount(place, minlength=season), 1)
    return factors / factors.mean() if (factors > 0).all() else None
