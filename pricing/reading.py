"""From a table of sales to what prices are decided from: demand, elasticity and the rest of a :class:`State`, by product."""

from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core import Query, read_table
from core.errors import BadPrice
from pricing.elasticity import estimate
from pricing.money import Money, digits
from pricing.panel import Panel
from pricing.states import Interval, Rival, State

if TYPE_CHECKING:
    import polars as pl

NEEDED = ("series", "date", "quantity", "price", "cost")
KNOWN = ("promotion", "display", "holiday", "stock_out", "stock", "returned", "page_views", "competitor_price")
LATELY, QUARTER = 28, 91
"""Days that demand, visits and returns are taken from, and the usual price."""


def read_states(source: Path | Query, currency: str = "EUR", fresh: bool = False) -> list[State]:
    """A daily table, ``.csv``, ``.parquet`` or ``.jsonl``, or of a query: series, date, quantity, price and cost and, if known, promotion, display,
    holiday, stock_out, stock, returned, page_views, competitor_price, group_category and group_brand.

    A state is of the end of the last day in the table; fresh: of now. Raises BadTable, and BadPrice where it is no such table.
    """
    table = _read(source)
    names = table["series"].unique(maintain_order=True).to_list()
    number = {name: place for place, name in enumerate(names)}
    product = np.array([number[one] for one in table["series"]])
    found = estimate(_panel(table, product, names))
    last = table["date"].max()
    at = datetime.now(UTC) if fresh else datetime.combine(last, time(), UTC) + timedelta(days=1)  # type: ignore[arg-type]
    ends = np.searchsorted(product, np.arange(len(names) + 1))
    columns = {name: table[name].to_numpy().astype(float) for name in (*NEEDED[2:], *KNOWN)}
    about = {name: table[name].to_list() for name in ("group_category", "group_brand")}
    return [
        _state(
            name, {key: column[a:b] for key, column in columns.items()}, about["group_category"][a], about["group_brand"][a],
            found.of(place), currency, at,
        )
        for place, (name, a, b) in enumerate(zip(names, ends, ends[1:], strict=False))
    ]  # fmt: skip


def _read(source: Path | Query) -> "pl.DataFrame":
    """Sorted by series and date, with every known column; those that are not there as nothing."""
    import polars as pl

    name = source.name if isinstance(source, Path) else "what the query gives"
    table = read_table(source)
    try:
        if missing := set(NEEDED) - set(table.columns):
            raise BadPrice(
                f"There is no column {', '.join(sorted(missing))} in {name}.",
                remedy=f"It needs {', '.join(NEEDED)}.",
            )
        numbers = [
            pl.col(one).cast(pl.Float64) if one in table.columns else pl.lit(0.0).alias(one)
            for one in (*NEEDED[2:], *KNOWN)
        ]
        words = [
            pl.col(one).cast(pl.String).fill_null("") if one in table.columns else pl.lit("").alias(one)
            for one in ("group_category", "group_brand")
        ]
        table = table.select(
            pl.col("series").cast(pl.String), pl.col("date").cast(pl.String).str.to_date("%Y-%m-%d"), *numbers, *words
        )
    except pl.exceptions.PolarsError as error:
        raise BadPrice(f"{name} cannot be read: {str(error).splitlines()[0].rstrip('.')}.") from error
    if table.select(pl.any_horizontal(pl.col("series", "date", "quantity", "price", "cost").is_null().any())).item():
        raise BadPrice(f"{name} has rows without a series, date, quantity, price or cost.")
    if table.select("series", "date").is_duplicated().any():
        raise BadPrice(f"{name} has a product twice on one day.", remedy="Sum the rows of a day.")
    return table.fill_null(0.0).fill_nan(0.0).sort("series", "date", maintain_order=True)


def _panel(table: "pl.DataFrame", product: NDArray[np.int64], names: list[str]) -> Panel:
    day = table["date"].to_physical().to_numpy().astype(np.int64)
    units, price = table["quantity"].to_numpy().clip(0), table["price"].to_numpy()
    if not (price > 0).all():
        raise BadPrice("A price in the table is not over 0.")
    count = len(names)
    rows = np.bincount(product, minlength=count)
    level = np.log(price) - (np.bincount(product, np.log(price), count) / rows)[product]
    first = np.searchsorted(product, np.arange(count))
    categories, brands = (
        tuple(table[name].to_list()[place] for place in first) for name in ("group_category", "group_brand")
    )
    _, kind = np.unique(np.array(categories), return_inverse=True)
    cell = np.unique(kind[product] * (day.max() + 1) + day, return_inverse=True)[1]
    among = np.bincount(cell)[cell]
    others = np.where(among > 1, (np.bincount(cell, level)[cell] - level) / np.maximum(among - 1, 1), 0.0)
    weekday = np.eye(7)[(day + 3) % 7][:, 1:]  # the epoch began on a Thursday
    told = [table[name].to_numpy() for name in ("promotion", "display", "holiday")]
    panel = Panel(
        product=product, period=day - day.min(), units=units, price=price, controls=np.column_stack([*told, others, weekday]),
        available=np.ones(len(day)), names=tuple(names), categories=categories, brands=brands, year=365.25,
    )  # fmt: skip
    stock = table["stock"].to_numpy()
    if stock.any():  # by the stock in the morning: days that sold out are those of high demand
        mean = np.bincount(product, units, count) / rows
        return panel.rows(stock >= 3 * mean[product] + 3)
    return panel.rows(table["stock_out"].to_numpy() == 0)


def _state(
    name: str, own: dict[str, NDArray[np.float64]], category: str, brand: str, elasticity: Interval | None,
    currency: str, at: datetime,
) -> State:  # fmt: skip
    def money(amount: float) -> Money:
        return Money(round(amount * 10 ** digits(currency)), currency)

    price, lately = own["price"], slice(-LATELY, None)
    there = own["stock_out"][lately] == 0
    sold, usual = own["quantity"][lately].clip(0)[there], float(own["quantity"].clip(0).mean())
    asked = price[lately][there]
    slope = elasticity.mean if elasticity is not None else 0.0
    demand = float((sold * (price[-1] / asked) ** slope).mean()) if len(sold) else usual
    views = float(own["page_views"][lately].mean())
    changed = np.flatnonzero(np.diff(price) != 0)
    since = at - timedelta(days=len(price) - 1 - int(changed[-1])) if len(changed) else None
    plain = price[-QUARTER:][own["promotion"][-QUARTER:] == 0]
    total = float(own["quantity"].clip(0)[lately].sum())
    rival = own["competitor_price"][-1]
    return State(
        product=name, category=category, brand=brand, price=money(price[-1]), cost=money(own["cost"][-1]), at=at,
        list_price=money(float(np.median(plain))) if len(plain) else None, stock=max(0, round(own["stock"][-1])),
        age_days=float(len(price)), price_since=since, week_change=float(price[-1] / price[-8:][0] - 1),
        demand=max(demand, 0.01), demand_index=float(sold.mean() / usual) if len(sold) and usual > 0 else 1.0, elasticity=elasticity,
        traffic=views, conversion=min(1.0, total / len(own["quantity"][lately]) / views) if views > 0 else 0.0,
        promotion=0.0, display=bool(own["display"][-1]), stockouts=float(1 - there.mean()),
        return_rate=min(1.0, float(own["returned"][lately].sum()) / total) if total > 0 else 0.0,
        rivals=(Rival("market", money(rival), at),) if rival > 0 else (),
    )  # fmt: skip
