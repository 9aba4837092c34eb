"""What forecasts are made from: one history of regular periods, with what is known of each."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

Frequency = Literal["day", "week", "month", "quarter", "year"]
SEASON: dict[Frequency, int] = {"day": 7, "week": 52, "month": 12, "quarter": 4, "year": 1}
"""Periods of a season, as forecasters count them."""

REGRESSORS = ("price", "promotion", "display", "competitor_price", "page_views", "weather")


class Series(msgspec.Struct, frozen=True, kw_only=True):
    """One history.

    quantity: (n,) float64, finite and at least 0 for counts; start: of the first period. stock_out: (n,) bool, where what was
    sold is a lower bound of what was wanted; sold: (n,) what it was, where quantity is what is thought was wanted. regressors: (n,) float64 each, by name; groups: of a hierarchy, by level.
    """

    id: str
    start: date
    frequency: Frequency
    quantity: NDArray[np.float64]
    stock_out: NDArray[np.bool_] | None = None
    sold: NDArray[np.float64] | None = None
    regressors: dict[str, NDArray[np.float64]] = {}
    groups: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self.quantity)

    @property
    def season(self) -> int:
        return SEASON[self.frequency]

    @property
    def counts(self) -> bool:
        """Whether they are whole numbers, as pieces are."""
        return bool(np.all(self.quantity == np.round(self.quantity)))

    def head(self, periods: int) -> "Series":
        """The first periods."""
        return self._part(slice(0, periods), self.start)

    def tail(self, first: int) -> "Series":
        """From one period on."""
        return self._part(slice(first, None), self.date(first))

    def _part(self, part: slice, start: date) -> "Series":
        return msgspec.structs.replace(
            self,
            start=start,
            quantity=self.quantity[part],
            stock_out=None if self.stock_out is None else self.stock_out[part],
            sold=None if self.sold is None else self.sold[part],
            regressors={name: values[part] for name, values in self.regressors.items()},
        )

    def date(self, period: int) -> date:
        """Of a period's beginning, also after the end."""
        return later(self.start, self.frequency, period)


def later(start: date, frequency: Frequency, periods: int) -> date:
    """So many periods after a date; of months, the first day where the day is not there."""
    if frequency in ("day", "week"):
        return start + timedelta(days=periods * (7 if frequency == "week" else 1))
    months = periods * {"month": 1, "quarter": 3, "year": 12}[frequency]
    month = start.year * 12 + start.month - 1 + months
    return date(month // 12, month % 12 + 1, 1)


def between(start: date, end: date, frequency: Frequency) -> int:
    """Periods from one date to another, rounded down."""
    if frequency in ("day", "week"):
        return (end - start).days // (7 if frequency == "week" else 1)
    months = (end.year - start.year) * 12 + end.month - start.month
    return months // {"month": 1, "quarter": 3, "year": 12}[frequency]


def frequency_of(dates: Sequence[date]) -> Frequency:
    """By the commonest gap between dates in order. Raises ValueError where they are of no frequency known here."""
    gaps = np.diff(np.array([one.toordinal() for one in dates]))
    gaps = gaps[gaps > 0]
    if not len(gaps):
        raise ValueError("fewer than two dates")
    usual = int(np.bincount(gaps).argmax()) if gaps.max() < 10_000 else int(np.median(gaps))
    for name, least, most in (
        ("day", 1, 3),
        ("week", 7, 7),
        ("month", 28, 31),
        ("quarter", 89, 92),
        ("year", 365, 366),
    ):
        if least <= usual <= most:
            return name  # type: ignore[return-value]
    raise ValueError(f"dates are mostly {usual} days apart, which is no day, week, month, quarter or year")


def intermittency(series: Series) -> Literal["smooth", "erratic", "intermittent", "lumpy"]:
    """The class of a demand by its mean interval and the variation of its sizes.

    Syntetos, Boylan and Croston, "On the categorization of demand patterns", JORS 2005: cut-offs 1.32 and .49.
    """
    sold = series.quantity[series.quantity > 0]
    if not len(sold):
        return "intermittent"
    interval = len(series) / len(sold)
    variation = float((sold.std() / sold.mean()) ** 2)
    if interval < 1.32:
        return "smooth" if variation < 0.49 else "erratic"
    return "intermittent" if variation < 0.49 else "lumpy"
