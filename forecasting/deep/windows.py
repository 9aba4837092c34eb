"""Histories cut into windows: what a network sees before an origin, what is known after it, and what came.

Each window is told in its own level, so that large and small series teach each other.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from forecasting.calendar import holiday
from forecasting.series import Series

MOST = 50.0
"""Times its level that a period counts for at most: a leap beyond that teaches nothing."""

LAPS = 4
"""Seasons back whose like periods are averaged for one to come."""

_DAYS = 365.25
_YEAR = {"day": 365, "week": 52, "month": 12, "quarter": 4, "year": 1}
_STEP = {"day": 1.0, "week": 7.0, "month": 30.44, "quarter": 91.31, "year": 365.25}
_NEAR = {"day": 28, "week": 5, "month": 1, "quarter": 1, "year": 1}
"""Periods around the same one a year before that are averaged."""

CALENDAR = 13
"""Columns of :func:`calendar`."""

Array = NDArray[np.float64]
Rows = NDArray[np.float32]
Places = NDArray[np.int64]


class History(msgspec.Struct, frozen=True, kw_only=True):
    """One series made ready. quantity: (n,) in units of ``unit``, less what price and promotion did; factor: (n + h,) what they
    do; certain: (n,) bool, False where it is thought only; known: (n + h, c) float32, what is known ahead; codes: (g,) of the
    series and its groups, 0 for those that were not learnt from."""

    quantity: Array
    factor: Array
    certain: NDArray[np.bool_]
    known: Rows
    codes: Places
    season: int
    year: int
    near: int


class Batch(msgspec.Struct, frozen=True):
    """past: (b, context, 2 + c) float32; absent: (b, context) bool, before the beginning; future: (b, horizon, c + 4); fixed:
    (b, 3); codes: (b, g); scale: (b, horizon) what a network's 1 stands for; target, weight: (b, horizon)."""

    past: Rows
    absent: NDArray[np.bool_]
    future: Rows
    fixed: Rows
    codes: Places
    scale: Array
    target: Array
    weight: Array


class Windows:
    """Those of many series, laid end to end. An origin is the first period that is not known; all may be asked by number of
    series and origin."""

    def __init__(self, histories: Sequence[History], context: int, horizon: int) -> None:
        self.context, self.horizon = context, horizon
        self.length = np.array([len(one.quantity) for one in histories], np.int64)
        rows = self.length + context + horizon
        self._base = np.concatenate([[0], np.cumsum(rows)[:-1]]) + context
        total = int(rows.sum())
        columns = histories[0].known.shape[1]
        self._quantity, self._factor, self._weight = np.zeros(total), np.ones(total), np.zeros(total)
        self._there = np.zeros(total)
        self._known = np.zeros((total, columns), np.float32)
        for base, one in zip(self._base, histories, strict=True):
            n = len(one.quantity)
            self._quantity[base : base + n] = one.quantity
            self._there[base : base + n] = 1.0
            self._weight[base : base + n] = one.certain
            self._factor[base : base + n + horizon] = one.factor
            self._known[base : base + n + horizon] = one.known
        self._sum = np.concatenate([[0.0], np.cumsum(self._quantity)])
        self._squares = np.concatenate([[0.0], np.cumsum(self._quantity**2)])
        self._codes = np.stack([one.codes for one in histories])
        self._season = np.array([one.season for one in histories], np.int64)
        self._year = np.array([one.year for one in histories], np.int64)
        self._near = np.array([one.near for one in histories], np.int64)

    @property
    def columns(self) -> int:
        return int(self._known.shape[1])

    def batch(self, series: Places, origin: Places, until: Places | None = None) -> Batch:
        """Windows of these series at these origins; what lies at or after period ``until`` has no weight."""
        base = self._base[series]
        at = (base + origin)[:, None]
        back, ahead = np.arange(-self.context, 0)[None], np.arange(self.horizon)[None]
        there = self._there[at + back]
        seen = np.minimum(origin, self.context)
        mean = (self._sum[at[:, 0]] - self._sum[at[:, 0] - seen]) / seen
        level = np.maximum(mean, 0.5 / seen)  # half a piece: what never sold may yet
        square = (self._squares[at[:, 0]] - self._squares[at[:, 0] - seen]) / seen
        ratio = self._quantity[at + back] / level[:, None]
        past = np.concatenate(
            [
                (np.sign(ratio) * np.log1p(np.minimum(np.abs(ratio), MOST)))[..., None],
                there[..., None],
                self._known[at + back] * there[..., None],
            ],
            axis=2,
        )
        like, last, has = self._like(base, origin, series, level)
        step = np.broadcast_to(ahead / self.horizon, like.shape)
        future = np.concatenate([self._known[at + ahead], np.stack([like, last, has, step], axis=2)], axis=2)
        spread = np.sqrt(np.maximum(square - mean**2, 0)) / level
        fixed = np.stack([np.log(level), np.log1p(spread), np.log(seen / self.context)], axis=1)
        end = self.length[series] if until is None else until
        weight = self._weight[at + ahead] * (origin[:, None] + ahead < end[:, None])
        return Batch(
            past.astype(np.float32), there == 0, future.astype(np.float32), fixed.astype(np.float32), self._codes[series],
            level[:, None] * self._factor[at + ahead],
            np.minimum(self._quantity[at + ahead], MOST * level[:, None]) * self._factor[at + ahead], weight,
        )  # fmt: skip

    def _like(self, base: Places, origin: Places, series: Places, level: Array) -> tuple[Array, Array, Array]:
        """(b, horizon) each: log mean of the like periods of the last seasons over level, that of a year before, and whether
        there was a year before."""
        season, step = self._season[series][:, None], np.arange(self.horizon)[None]
        first = step - season * (step // season + 1)
        total, count = np.zeros(first.shape), np.zeros(first.shape)
        for lap in range(LAPS):
            place = origin[:, None] + first - lap * season
            inside = place >= 0
            total += np.where(inside, self._quantity[base[:, None] + np.maximum(place, 0)], 0.0)
            count += inside
        like = np.where(count > 0, total / np.maximum(count, 1), level[:, None]) / level[:, None]
        near = self._near[series][:, None]
        middle = origin[:, None] + step - self._year[series][:, None]
        low = np.maximum(middle - near // 2, 0)
        high = np.minimum(middle - near // 2 + near, origin[:, None])
        has = (middle - near // 2 >= 0) & (high > low)
        high, low = base[:, None] + np.where(has, high, 1), base[:, None] + np.where(has, low, 0)
        last = np.where(has, (self._sum[high] - self._sum[low]) / np.maximum(high - low, 1) / level[:, None], 1.0)
        return _log(like), _log(last), has.astype(np.float64)


def calendar(series: Series, periods: int, country: str) -> Rows:
    """(periods, CALENDAR) from the series' start: weekday, day of the month, season of the year and public holidays."""
    when = np.arange(periods)
    ordinals = series.start.toordinal() + when * _STEP[series.frequency]
    turn = 2 * np.pi * (ordinals % _DAYS) / _DAYS
    weekday = (series.start.weekday() + when) % 7
    daily = series.frequency == "day"
    columns = [(weekday == one) * float(daily) for one in range(7)]
    columns += [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
    columns += [(ordinals % 30.44) / 30.44 if daily else np.zeros(periods), holiday(series, 0, periods, country)]
    return np.stack(columns, axis=1).astype(np.float32)


def ready(series: Series, factor: Array, known: Rows, codes: Sequence[int], certain: NDArray[np.bool_], unit: float) -> History:  # fmt: skip
    """A history of what is left of a series when ``factor`` is taken out."""
    return History(
        quantity=series.quantity / unit / factor[: len(series)], factor=factor, certain=certain, known=known,
        codes=np.array(codes, np.int64), season=series.season, year=_YEAR[series.frequency], near=_NEAR[series.frequency],
    )  # fmt: skip


def _log(ratio: Array) -> Array:
    return np.asarray(np.sign(ratio) * np.log1p(np.minimum(np.abs(ratio), MOST)))
