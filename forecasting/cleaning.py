"""A long table of sales made into series, by stated rules; what was changed is listed, never silent.

A date twice: rows that say the same are one, others are added up. A date that is missing: nothing was sold (``gaps="zero"``),
or nobody knows (``"unknown"``). A quantity below 0, a return: taken from the sales of the days before it. Closed days and
quantities that are no numbers: unknown. What is unknown is filled with the median of like periods around it. A stock-out
is a lower bound: filled up to the same median where that is more. An outlier is drawn to the median of its neighbourhood
(Hampel, "The influence curve", JASA 1974), or by the plain rule of three standard deviations.
"""

from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import Query, read_table
from core.errors import BadSales
from forecasting.series import REGRESSORS, Series, between, frequency_of, later

Rule = Literal["duplicate", "gap", "return", "closed", "not-a-number", "stock-out", "outlier"]
Outliers = Literal["hampel", "three-sigma", "off"]
MOST_PERIODS = 20_000
_WINDOW = 7
"""Like periods to either side that a value is compared with."""


class Change(msgspec.Struct, frozen=True):
    """One value that is not what the table said. before: None where there was none."""

    series: str
    date: date
    rule: Rule
    before: float | None
    after: float


class Refusal(msgspec.Struct, frozen=True):
    """A series, or row, that could not be read, and why."""

    series: str
    reason: str


class Sales(msgspec.Struct, frozen=True):
    """What came of a table."""

    series: tuple[Series, ...]
    changes: tuple[Change, ...]
    refused: tuple[Refusal, ...]


def read_sales(
    source: Path | Query, *, gaps: Literal["zero", "unknown"] = "zero", outliers: Outliers = "hampel"
) -> Sales:
    """Read ``series, date, quantity`` and, optionally, price, promotion, stock_out, closed, display, competitor_price,
    page_views, weather and columns ``group_NAME``, from CSV, JSON Lines, Parquet or a query. Raises BadTable and BadSales."""
    return clean(read_table(source), gaps=gaps, outliers=outliers)


def clean(table: Any, *, gaps: Literal["zero", "unknown"] = "zero", outliers: Outliers = "hampel") -> Sales:
    """As :func:`read_sales`, of a polars frame. Raises BadSales where a column is missing or of no use at all."""
    import polars as pl

    missing = {"series", "date", "quantity"} - set(table.columns)
    if missing:
        raise BadSales(
            f"There is no column {', '.join(sorted(missing))}.",
            remedy="A table of sales has series, date and quantity.",
        )
    groups = [name for name in table.columns if name.startswith("group_")]
    flags = [name for name in ("stock_out", "closed") if name in table.columns]
    extra = [name for name in REGRESSORS if name in table.columns]
    wanted = table.select(
        pl.col("series").cast(pl.String),
        pl.col("date").map_elements(_day, pl.Date) if table.schema["date"] != pl.Date else pl.col("date"),
        *(pl.col(name).cast(pl.Float64, strict=False) for name in ("quantity", *flags, *extra)),
        *(pl.col(name).cast(pl.String) for name in groups),
    )
    series: list[Series] = []
    changes: list[Change] = []
    refused: list[Refusal] = []
    for (name,), rows in wanted.partition_by("series", as_dict=True, maintain_order=True).items():
        try:
            made = _one(
                str(name), rows.sort("date", maintain_order=True), flags, extra, groups, gaps, outliers, changes
            )
        except ValueError as error:
            refused.append(Refusal(str(name), str(error)))
        else:
            series.append(made)
    return Sales(tuple(series), tuple(changes), tuple(refused))


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = str(value).strip()
    for form in ("%Y-%m-%d", "%Y-%m", "%Y/%m/%d", "%Y%m%d", "%Y-%m-%dT%H:%M:%S"):
        try:
            return datetime.strptime(text, form).date()  # days have no zone
        except ValueError:
            continue
    return None


def _one(
    name: str,
    rows: Any,
    flags: list[str],
    extra: list[str],
    groups: list[str],
    gaps: str,
    outliers: Outliers,
    changes: list[Change],
) -> Series:
    if rows["date"].null_count():
        raise ValueError("a date cannot be read")
    dates: list[date] = rows["date"].to_list()
    if len(set(dates)) < 2:
        raise ValueError("fewer than two dates")
    frequency = frequency_of(sorted(set(dates)))
    first = dates[0] if frequency in ("day", "week") else dates[0].replace(day=1)
    count = between(first, dates[-1], frequency) + 1
    if count > MOST_PERIODS:
        raise ValueError(f"{count} periods, more than {MOST_PERIODS}")
    place = np.array([between(first, one, frequency) for one in dates])
    told = rows["quantity"].fill_null(np.nan).to_numpy().astype(np.float64)
    quantity = np.full(count, np.nan)
    seen = np.zeros(count, np.int64)
    noted: list[Change] = []

    def note(period: int, rule: Rule, before: float | None, after: float) -> None:
        noted.append(Change(name, later(first, frequency, period), rule, before, after))

    met: set[tuple[Any, ...]] = set()
    for row, (period, value) in enumerate(zip(place, told, strict=True)):
        same = rows.row(row)
        if seen[period] and same in met:
            note(int(period), "duplicate", float(value), float(quantity[period]))
            continue
        met.add(same)
        if seen[period] and np.isfinite(value):
            before = quantity[period]
            quantity[period] = value + (before if np.isfinite(before) else 0.0)
            note(int(period), "duplicate", float(value), float(quantity[period]))
        elif not seen[period]:
            quantity[period] = value if np.isfinite(value) else np.nan
        seen[period] += 1
    out = _flagged(rows, "stock_out", flags, place, count)
    closed = _flagged(rows, "closed", flags, place, count)
    unknown: dict[int, Rule] = {}
    for period in np.flatnonzero(seen == 0):
        if gaps == "zero":
            quantity[period] = 0.0
            note(int(period), "gap", None, 0.0)
        else:
            unknown[int(period)] = "gap"
    for period in np.flatnonzero((seen > 0) & np.isnan(quantity)):
        unknown[int(period)] = "not-a-number"
    for period in np.flatnonzero(closed):
        quantity[period] = np.nan
        unknown[int(period)] = "closed"
    _take_back(quantity, note)
    if not np.isfinite(quantity).any():
        raise ValueError("no quantity is a number")
    season = 7 if frequency == "day" else 1
    known = np.isfinite(quantity) & ~out
    for period, rule in unknown.items():
        quantity[period] = filled = _like(quantity, known, period, season)
        note(period, rule, None, filled)
    sold = quantity.copy()
    for period in np.flatnonzero(out):
        wanted = _like(quantity, known, int(period), season)
        if wanted > quantity[period]:
            note(int(period), "stock-out", float(quantity[period]), wanted)
            quantity[period] = wanted
    regressors = {one: _regressor(rows[one].to_numpy().astype(np.float64), place, count) for one in extra}
    moved = _flat(regressors.get("promotion"), count) | _flat(regressors.get("display"), count) | out
    for period, after in _outliers(quantity, moved, season, outliers):
        note(period, "outlier", float(quantity[period]), after)
    for change in noted:
        if change.rule == "outlier":
            quantity[between(first, change.date, frequency)] = change.after
    changes += noted
    return Series(
        id=name,
        start=first,
        frequency=frequency,
        quantity=quantity,
        stock_out=out if "stock_out" in flags else None,
        sold=sold if "stock_out" in flags else None,
        regressors=regressors,
        groups={one.removeprefix("group_"): str(rows[one][0]) for one in groups},
    )


def _take_back(quantity: NDArray[np.float64], note: Any) -> None:
    """A return is taken from what was sold before it, the latest first; what is left of it is let go."""
    for period in np.flatnonzero(quantity < 0):
        left = -float(quantity[period])
        note(int(period), "return", -left, 0.0)
        quantity[period] = 0.0
        for earlier in range(int(period) - 1, -1, -1):
            if left <= 0:
                break
            if np.isfinite(quantity[earlier]) and quantity[earlier] > 0:
                taken = min(left, float(quantity[earlier]))
                note(earlier, "return", float(quantity[earlier]), float(quantity[earlier]) - taken)
                quantity[earlier] -= taken
                left -= taken


def _like(quantity: NDArray[np.float64], known: NDArray[np.bool_], period: int, season: int) -> float:
    """The median of the nearest known periods of the same weekday, or simply the nearest; 0 where none is known."""
    for step in (season, 1):
        near = period + step * np.array(sorted(range(-_WINDOW, _WINDOW + 1), key=abs))
        near = near[(near >= 0) & (near < len(quantity)) & (near != period)]
        near = near[known[near]]
        if len(near) >= 3:
            return float(np.median(quantity[near]))
    return float(np.median(quantity[known])) if known.any() else 0.0


def _outliers(
    quantity: NDArray[np.float64], moved: NDArray[np.bool_], season: int, rule: Outliers
) -> Iterable[tuple[int, float]]:
    """Periods and what they are drawn to. moved: those with a cause, which are left alone."""
    if rule == "off" or len(quantity) < 2 * _WINDOW + 1:
        return
    if rule == "three-sigma":
        mean, spread = quantity[~moved].mean(), quantity[~moved].std()
        for period in np.flatnonzero(~moved & (np.abs(quantity - mean) > 3 * spread)):
            yield int(period), float(np.clip(quantity[period], mean - 3 * spread, mean + 3 * spread))
        return
    for period in np.flatnonzero(~moved):
        near = period + season * np.arange(-_WINDOW, _WINDOW + 1)
        near = near[(near >= 0) & (near < len(quantity))]
        near = near[~moved[near]]
        middle = float(np.median(quantity[near]))
        spread = 1.4826 * float(np.median(np.abs(quantity[near] - middle)))
        # a spread of 0 says that most are the same, as with rare demand: then nothing is an outlier by this rule
        if len(near) >= 7 and spread > 0 and abs(quantity[period] - middle) > 6 * spread:
            yield int(period), middle


def _flagged(rows: Any, name: str, flags: list[str], place: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    found = np.zeros(count, bool)
    if name in flags:
        np.logical_or.at(found, place, rows[name].fill_null(0.0).to_numpy() > 0)
    return found


def _regressor(told: NDArray[np.float64], place: NDArray[np.int64], count: int) -> NDArray[np.float64]:
    """By period; what is not told is as it was before, or, at the beginning, as it is first told."""
    values = np.full(count, np.nan)
    values[place] = told
    known = np.flatnonzero(np.isfinite(values))
    if not len(known):
        return np.zeros(count)
    return np.asarray(values[known[np.clip(np.searchsorted(known, np.arange(count), "right") - 1, 0, None)]])


def _flat(values: NDArray[np.float64] | None, count: int) -> NDArray[np.bool_]:
    return np.zeros(count, bool) if values is None else values > 0
