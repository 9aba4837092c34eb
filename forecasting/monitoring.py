"""Whether forecasts still hold: bias, coverage and error by series and week, an alarm for drift, and when to train again."""

from collections.abc import Sequence
from datetime import date, timedelta

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t

from core.errors import BadRequest
from forecasting.contract import Forecast

SLACK, LIMIT = 0.5, 8.0
"""Of the cumulative sum, in standard deviations: of series that do not drift, fewer than 2 in 100 are alarmed in a year."""


class Week(msgspec.Struct, frozen=True, kw_only=True):
    """bias: forecast less actual, pieces a period; error: mean absolute; coverage: share of periods inside the interval."""

    series: str
    monday: date
    periods: int
    bias: float
    error: float
    coverage: float


def weeks(told: Forecast, start: date, actual: NDArray[np.float64], share: float = 0.8) -> list[Week]:
    """Daily forecasts against what came, (h,) float64, NaN where nothing is known. start: of the first period."""
    if len(actual) != len(told.mean):
        raise BadRequest(f"{len(actual)} actual values for a forecast of {len(told.mean)} periods.")
    low, high = told.at(0.5 - share / 2), told.at(0.5 + share / 2)
    days = [start + timedelta(days=day) for day in range(len(actual))]
    mondays = [day - timedelta(days=day.weekday()) for day in days]
    found = []
    for monday in dict.fromkeys(mondays):
        at = np.array([one == monday for one in mondays]) & np.isfinite(actual)
        if at.any():
            missed = told.mean[at] - actual[at]
            inside = (actual[at] >= low[at] - 1e-9) & (actual[at] <= high[at] + 1e-9)
            found.append(
                Week(
                    series=told.id, monday=monday, periods=int(at.sum()), bias=float(missed.mean()),
                    error=float(np.abs(missed).mean()), coverage=float(inside.mean()),
                )
            )  # fmt: skip
    return found


def drifted(biases: Sequence[float]) -> int | None:
    """The first week at which the two-sided cumulative sum of biases passes its limit, None where it does not.

    Each week is judged by the mean and spread of those before it, so that few weeks raise no more alarms than many: Hawkins,
    "Self-starting cusum charts for location and scale", The Statistician 1987. NaN is left out; the first 3 are never alarmed.
    """
    known: list[float] = []
    above = below = 0.0
    for week, bias in enumerate(biases):
        if not np.isfinite(bias):
            continue
        n = len(known)
        if n >= 3:
            spread = max(float(np.std(known, ddof=1)), 1e-9, 1e-6 * float(np.abs(known).max()))
            student = (bias - float(np.mean(known))) / spread * np.sqrt(n / (n + 1))
            away = float(np.clip(norm.ppf(t.cdf(student, n - 1)), -LIMIT, LIMIT))
            above, below = max(0.0, above + away - SLACK), max(0.0, below - away - SLACK)
            if max(above, below) > LIMIT:
                return week
        known.append(bias)
    return None


def retrain(by_series: dict[str, list[Week]], most: float = 0.05) -> bool:
    """Whether more than this share of series has drifted; what learns from all is then to be trained again."""
    if not by_series:
        return False
    alarms = [drifted([one.bias for one in own]) is not None for own in by_series.values()]
    return sum(alarms) > most * len(alarms)
