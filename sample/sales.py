"""Two years of the sample shop's daily sales, drawn from a known model of demand, and what is true of it.

The mean of a product's demand is its base rate times factors of season, weekday, trend, holidays, its own price against
its reference to the power of its elasticity, the prices of its category's others, promotion beyond the price, and display;
demand is negative binomial around it. Prices are confounded: they rise when demand is high. What is sold is what there
is of it: stock comes by orders that take a week, and runs out now and then.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.assortment import CATEGORIES
from sample.shop import SampleProduct

if TYPE_CHECKING:
    import polars

FIRST = date(2024, 6, 1)
"""The first day; fixed, so that the same seed writes the same file."""

DAYS = 730
HOLIDAYS = ((1, 1), (2, 14), (5, 1), (11, 28), (12, 6), (12, 23), (12, 24), (12, 26))
LEAD_TIME, REVIEW = 7, 7
"""Days that an order takes, and between two orders."""

Array = NDArray[np.float64]


class Truth(msgspec.Struct, frozen=True):
    """elasticity, uplift, base, dispersion: (products,) of own price (below 0), factor of a promotion beyond its price, pieces
    a day at the reference price, variance over mean of demand. cross: elasticity to the mean price of the category's others,
    by category. expected: (products, days) mean of demand as it was; demand: what was drawn, sold or not."""

    elasticity: Array
    uplift: Array
    base: Array
    dispersion: Array
    cross: dict[str, float]
    expected: Array
    demand: NDArray[np.int64]


class Sales(msgspec.Struct, frozen=True):
    """Arrays of (products, days) but where another shape is told. price, cost, competitor_price: of one piece; reference:
    (products,) the usual price; holiday: (days,)."""

    products: tuple[str, ...]
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    first: date
    quantity: NDArray[np.int64]
    returned: NDArray[np.int64]
    price: Array
    reference: Array
    cost: Array
    promotion: NDArray[np.bool_]
    display: NDArray[np.bool_]
    stock_out: NDArray[np.bool_]
    stock: NDArray[np.int64]
    competitor_price: Array
    page_views: NDArray[np.int64]
    holiday: NDArray[np.bool_]
    truth: Truth

    @property
    def days(self) -> int:
        return int(self.quantity.shape[1])

    def table(self) -> "polars.DataFrame":
        """The long table of sales, by product and day, without what is true only."""
        import polars as pl

        count, days = self.quantity.shape
        dates = [self.first + timedelta(days=day) for day in range(days)]

        def flat(values: NDArray[Any]) -> NDArray[Any]:
            return np.ascontiguousarray(values).ravel()

        return pl.DataFrame(
            {
                "series": np.repeat(self.products, days),
                "date": dates * count,
                "quantity": flat(self.quantity),
                "returned": flat(self.returned),
                "price": flat(self.price),
                "promotion": flat(self.promotion).astype(np.int8),
                "display": flat(self.display).astype(np.int8),
                "stock_out": flat(self.stock_out).astype(np.int8),
                "stock": flat(self.stock),
                "competitor_price": flat(self.competitor_price),
                "page_views": flat(self.page_views),
                "holiday": np.tile(self.holiday, count).astype(np.int8),
                "cost": np.repeat(self.cost, days),
                "group_category": np.repeat(self.categories, days),
                "group_brand": np.repeat(self.brands, days),
            }
        )

    def write(self, path: Path) -> None:
        """The table as CSV."""
        self.table().write_csv(path)


def sell(products: Sequence[SampleProduct], seed: int = 7, days: int = DAYS) -> Sales:
    """Sell these products for so many days; the same for the same seed."""
    rng = np.random.default_rng([seed, 21])
    count = len(products)
    names = sorted(CATEGORIES)
    kind = np.array([names.index(one.category) for one in products])
    brands = sorted({one.brand for one in products})
    brand = np.array([brands.index(one.brand) for one in products])
    dates = [FIRST + timedelta(days=day) for day in range(days)]
    year = np.array([one.timetuple().tm_yday for one in dates]) * 2 * np.pi / 365.25
    weekday = np.array([one.weekday() for one in dates])
    holiday = np.array([(one.month, one.day) in HOLIDAYS for one in dates])

    warmth = np.array([one.latent.season for one in products])
    summer = np.cos(year - 2 * np.pi * 196 / 365.25)
    season = np.exp(0.45 * warmth[:, None] * summer + 0.12 * np.cos(year - 2 * np.pi * 350 / 365.25))
    week = np.array((0.85, 0.8, 0.85, 0.95, 1.15, 1.4, 1.0))[weekday]
    trend = np.exp(rng.normal(0, 0.25, count)[:, None] * np.linspace(-0.5, 0.5, days))
    base = rng.lognormal(0.7, 0.7, count)
    of_kind, of_brand = rng.normal(0, 0.35, len(names)), rng.normal(0, 0.15, len(brands))
    elasticity = -np.clip(2.0 + of_kind[kind] + of_brand[brand] + rng.normal(0, 0.2, count), 0.6, 4.0)
    cross = {name: float(value) for name, value in zip(names, rng.uniform(0.2, 0.7, len(names)), strict=True)}
    uplift = np.exp(rng.normal(0.3, 0.08, count))
    dispersion = 1 + rng.gamma(2.0, 0.3, count)

    reference = np.array([float(one.price) for one in products])
    cost = np.round(reference * rng.uniform(0.4, 0.6, count), 2)
    promotion = _spells(rng, count, days, 0.02, 5, 11)
    display = promotion & _spells(rng, count, days, 0.05, 3, 8) | _spells(rng, count, days, 0.004, 4, 8)
    steps = _steps(rng, count, days)
    # dear when many want it: a price that follows season and weekday hides its own effect from a plain regression
    chasing = 0.35 * (np.log(season) + 0.3 * np.log(week)[None]) + rng.normal(0, 0.015, (count, days))
    discount = np.where(promotion, rng.uniform(0.12, 0.28, (count, 1)), 0.0)
    price = np.round(reference[:, None] * np.exp(steps + chasing) * (1 - discount), 2)
    competitor = np.round(reference[:, None] * np.exp(0.6 * steps + _walk(rng, count, days)), 2)

    relative = np.log(price / reference[:, None])
    others = _others(relative, kind)
    crossed = np.array([cross[one.category] for one in products])[:, None] * others
    log_mean = np.log(base)[:, None] + np.log(season) + np.log(week) + np.log(trend) + elasticity[:, None] * relative
    log_mean = log_mean + crossed + np.log(uplift)[:, None] * promotion + 0.15 * display + 0.35 * holiday
    expected = np.exp(np.clip(log_mean, -6, 7))
    demand = rng.negative_binomial(expected / (dispersion[:, None] - 1), 1 / dispersion[:, None])
    stock, sold, out = _stocked(demand, expected, rng)
    returned = np.zeros_like(sold)
    back = rng.binomial(sold, 0.05)
    returned[:, 10:] = back[:, :-10]
    views = rng.poisson(expected * 18 + 2)
    return Sales(
        tuple(one.id for one in products), tuple(one.category for one in products), tuple(one.brand for one in products), FIRST,
        sold, returned, price, reference, cost, promotion, display, out, stock, competitor, views, holiday,
        Truth(elasticity, uplift, base, dispersion, cross, expected, demand),
    )  # fmt: skip


def _spells(rng: np.random.Generator, count: int, days: int, often: float, least: int, most: int) -> NDArray[np.bool_]:
    """(count, days) spells of ``least`` to ``most`` - 1 days that begin with a chance of ``often`` a day."""
    begins = rng.random((count, days)) < often
    length = rng.integers(least, most, (count, days))
    ends = np.where(begins, np.arange(days) + length, 0)
    return np.asarray(np.maximum.accumulate(ends, axis=1) > np.arange(days))


def _steps(rng: np.random.Generator, count: int, days: int) -> Array:
    """(count, days) log of a price that is set anew every month or two, by itself."""
    change = rng.random((count, days)) < 1 / 45
    levels = np.cumsum(change, axis=1, dtype=np.int64)
    told = rng.normal(0, 0.07, (count, int(levels.max()) + 1 if count else 1))
    return np.asarray(np.take_along_axis(told, levels, axis=1))


def _walk(rng: np.random.Generator, count: int, days: int) -> Array:
    steps = rng.normal(0, 0.012, (count, days)) * (rng.random((count, days)) < 0.2)
    return np.asarray(np.clip(np.cumsum(steps, axis=1), -0.3, 0.3))


def _others(relative: Array, kind: NDArray[np.int64]) -> Array:
    """Mean of the logs of relative price over the category, less one's own; 0 for one alone."""
    found = np.zeros_like(relative)
    for one in np.unique(kind):
        own = kind == one
        members = int(own.sum())
        if members > 1:
            found[own] = (relative[own].sum(0) - relative[own]) / (members - 1)
    return found


def _stocked(
    demand: NDArray[np.int64], expected: Array, rng: np.random.Generator
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.bool_]]:
    """Stock in the morning, what was sold, and whether more was wanted; orders every week, up to what the next two weeks
    are thought to need, give or take a third."""
    count, days = demand.shape
    coming = np.zeros((count, days + LEAD_TIME + 1), np.int64)
    here = np.ceil(expected[:, 0] * 20).astype(np.int64)
    stock, sold = np.zeros_like(demand), np.zeros_like(demand)
    for day in range(days):
        here = here + coming[:, day]
        stock[:, day] = here
        sold[:, day] = np.minimum(demand[:, day], here)
        here = here - sold[:, day]
        if day % REVIEW == 0:
            ahead = expected[:, day : day + LEAD_TIME + REVIEW].sum(1) * rng.lognormal(0.12, 0.3, count)
            ordered = coming[:, day + 1 :].sum(1)
            coming[:, day + LEAD_TIME] += np.maximum(0, np.ceil(ahead).astype(np.int64) + 2 - here - ordered)
    return stock, sold, demand > sold
