"""Whether forecasts still hold: bias, coverage and error by series and week, an alarm for drift, and when to train again."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from itertools import groupby
from operator import attrgetter

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.stats import norm, t
from sqlalchemy import Date, Float, String, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from core import Base, Database
from core.errors import BadRequest
from forecasting.contract import Forecast
from forecasting.explaining import Told
from forecasting.series import Frequency, Series, between, later

SHOWN, _PAGE = 1000, 500
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


def weeks(
    told: Forecast, start: date, actual: NDArray[np.float64], share: float = 0.8, frequency: Frequency = "day"
) -> list[Week]:
    """Forecasts against what came, (h,) float64, NaN where nothing is known. start: of the first period; periods longer than a
    week count for the week that they begin in."""
    if len(actual) != len(told.mean):
        raise BadRequest(f"{len(actual)} actual values for a forecast of {len(told.mean)} periods.")
    low, high = told.at(0.5 - share / 2), told.at(0.5 + share / 2)
    days = [later(start, frequency, step) for step in range(len(actual))]
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


def alarmed(biases: Sequence[float]) -> bool:
    """Whether the latest two weeks raised an alarm; after one, the sum begins anew, as what was learnt since has."""
    first = 0
    while (found := drifted(biases[first:])) is not None:
        first += found + 1
    return first > 0 and first >= len(biases) - 1


def retrain(alarms: Sequence[bool], most: float = 0.05) -> bool:
    """Whether more than this share of series raises an alarm; what learns from all is then to be trained again."""
    return sum(alarms) > most * len(alarms)


class WeekRow(Base):
    """A :class:`Week`."""

    __tablename__ = "forecast_weeks"

    series: Mapped[str] = mapped_column(String(128), primary_key=True)
    monday: Mapped[date] = mapped_column(Date, primary_key=True, index=True)
    periods: Mapped[int]
    bias: Mapped[float] = mapped_column(Float)
    error: Mapped[float] = mapped_column(Float)
    coverage: Mapped[float] = mapped_column(Float)


class Held(msgspec.Struct, frozen=True, kw_only=True):
    """How the forecasts of one series held, over all its weeks, or of all series in one week; as in :class:`Week`.

    alarm: whether they drift now."""

    name: str
    periods: int
    bias: float
    error: float
    coverage: float
    alarm: bool = False


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """How forecasts held. weeks: all series, by Monday; series: alarms first, then by error, SHOWN at most; drifting: series with
    an alarm; retrain: whether they are so many that forecasts are to be made anew."""

    weeks: tuple[Held, ...]
    series: tuple[Held, ...]
    drifting: int
    retrain: bool


def compared(forecasts: Iterable[Told], series: Sequence[Series]) -> list[Week]:
    """Forecasts against what was sold in the periods that they were of. What ran out of stock tells nothing."""
    by = {one.id: one for one in series}
    found: list[Week] = []
    for told in forecasts:
        one = by.get(told.sku)
        if one is None or one.frequency != told.frequency or not told.points:
            continue
        first = between(one.start, told.points[0].date, one.frequency)
        if first < 0:
            continue
        actual = np.full(len(told.points), np.nan)
        came = np.where(one.stock_out, np.nan, one.quantity) if one.stock_out is not None else one.quantity
        came = came[first : first + len(actual)]
        actual[: len(came)] = came
        levels = tuple(float(level) for level in told.points[0].quantiles)
        forecast = Forecast(
            id=told.sku, mean=np.array([point.mean for point in told.points]), levels=levels, model=told.model,
            quantiles=np.array([list(point.quantiles.values()) for point in told.points]),
        )  # fmt: skip
        found += weeks(forecast, told.points[0].date, actual, frequency=one.frequency)
    return found


class Monitoring:
    """How forecasts held, by series and week, in a database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, found: Sequence[Week]) -> None:
        """Keep weeks in place of those of the same series and Monday."""
        for start in range(0, len(found), _PAGE):
            part = found[start : start + _PAGE]
            with self._database.session() as session:
                for monday, own in groupby(sorted(part, key=attrgetter("monday")), attrgetter("monday")):
                    session.execute(
                        delete(WeekRow).where(WeekRow.monday == monday, WeekRow.series.in_([one.series for one in own]))
                    )
                session.execute(insert(WeekRow), [msgspec.structs.asdict(one) for one in part])

    def health(self) -> Health:
        """Over all weeks that are kept."""
        with self._database.reading() as session:
            rows = session.scalars(select(WeekRow).order_by(WeekRow.series, WeekRow.monday)).all()
        kept = [
            Week(series=row.series, monday=row.monday, periods=row.periods, bias=row.bias, error=row.error, coverage=row.coverage)
            for row in rows
        ]  # fmt: skip
        by_week = groupby(sorted(kept, key=attrgetter("monday")), attrgetter("monday"))
        by_series = ((name, list(own)) for name, own in groupby(kept, attrgetter("series")))
        held = [_held(name, own, alarmed([one.bias for one in own])) for name, own in by_series]
        held.sort(key=lambda one: (not one.alarm, -one.error))
        return Health(
            weeks=tuple(_held(monday.isoformat(), list(own)) for monday, own in by_week),
            series=tuple(held[:SHOWN]),
            drifting=sum(one.alarm for one in held),
            retrain=retrain([one.alarm for one in held]),
        )


def _held(name: str, own: Sequence[Week], alarm: bool = False) -> Held:
    periods = np.array([one.periods for one in own])
    bias, error, coverage = (
        round(float(np.average([getattr(one, what) for one in own], weights=periods)), 4)
        for what in ("bias", "error", "coverage")
    )
    return Held(name=name, periods=int(periods.sum()), bias=bias, error=error, coverage=coverage, alarm=alarm)
