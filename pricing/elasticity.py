"""Own-price elasticities of many products, partially pooled, with what else moves demand held apart."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pricing.panel import Floats, Panel, numbers
from pricing.poisson import own_slopes, slopes
from pricing.pooling import pool
from pricing.states import Interval

WAVES, ROUNDS = 4, 3
LEAST_MOVE, MOST_ERROR = 0.01, 1.5
NORMAL_90 = 1.6449


class Elasticities(msgspec.Struct, frozen=True):
    """Of each product (products,): posterior mean, 90 % ends, and whether its own prices moved enough to tell.

    own: without pooling, and own_error: its standard error (``inf``: prices never moved). controls: slopes of the
    category on waves of the year, time and controls, (categories, k).
    """

    names: tuple[str, ...]
    mean: Floats
    low: Floats
    high: Floats
    known: NDArray[np.bool_]
    own: Floats
    own_error: Floats
    controls: Floats

    def of(self, place: int) -> Interval | None:
        """The estimate of one product, or None where its prices never moved enough to tell."""
        if not self.known[place]:
            return None
        return Interval(float(self.mean[place]), float(self.low[place]), float(self.high[place]))


def estimate(panel: Panel) -> Elasticities:
    """Poisson demand: level of the product × price^elasticity × season, time and controls of the category × availability.

    Slopes of the category and of its products are fitted in turn, as each is the other's offset; a product may leave its
    category's season and trend a little. Estimates of products are then pooled by category and brand (:mod:`pricing.pooling`).
    """
    panel.check()
    category, count = numbers(panel.categories)
    brand, _ = numbers(panel.brands)
    of_row = category[panel.product]
    price = _within(np.log(panel.price), panel.product)
    shared = np.column_stack([panel.waves(WAVES), panel.age(), panel.controls])
    open_share = np.log(panel.available)
    own_extra = np.column_stack([panel.waves(1), panel.age()])
    elasticity = np.full(len(panel.names), np.nan)
    controls = np.zeros((count, shared.shape[1]))
    for turn in range(ROUNDS):
        moved = np.zeros(len(price))
        for number in range(count):
            at = np.flatnonzero(of_row == number)
            if not len(at):
                continue
            group = np.unique(panel.product[at], return_inverse=True)[1]
            known = open_share[at] + (price[at] * elasticity[panel.product[at]] if turn else 0.0)
            columns = shared[at] if turn else np.column_stack([shared[at], price[at]])
            found = slopes(columns, panel.units[at], known, group, 1.0)
            controls[number] = found[: shared.shape[1]]
            moved[at] = shared[at] @ controls[number]
        own, variance = own_slopes(
            price, own_extra, panel.units, open_share + moved, panel.product, len(panel.names), np.full(3, 25.0)
        )
        elasticity, error = pool(own, variance, category, brand)
    move = np.zeros(len(panel.names))
    for number in range(len(move)):
        of_product = price[panel.product == number]
        move[number] = of_product.std() if len(of_product) else 0.0
    known_well = (move >= LEAST_MOVE) & (np.sqrt(variance) <= MOST_ERROR)
    width = NORMAL_90 * error
    return Elasticities(
        panel.names, elasticity, elasticity - width, elasticity + width, known_well, own, np.sqrt(variance), controls
    )


def expected(found: Elasticities, panel: Panel, known: NDArray[np.bool_]) -> Floats:
    """(n,) units to be expected in each row. known: the rows by which the level of each product is set."""
    category, _ = numbers(panel.categories)
    shared = np.column_stack([panel.waves(WAVES), panel.age(), panel.controls])
    linear = np.log(panel.available) + (shared * found.controls[category[panel.product]]).sum(1)
    linear = linear + np.log(panel.price) * found.mean[panel.product]
    raised = np.exp(linear - linear.mean())
    count = len(panel.names)
    sold = np.bincount(panel.product[known], panel.units[known], count)
    level = sold / np.maximum(np.bincount(panel.product[known], raised[known], count), 1e-300)
    return np.asarray(raised * level[panel.product])


def plain(panel: Panel) -> Floats:
    """(products,) what a plain regression says: log(units + 1) on log price, product by product, nothing held apart."""
    price, sold = _within(np.log(panel.price), panel.product), _within(np.log1p(panel.units), panel.product)
    count = len(panel.names)
    squares = np.bincount(panel.product, price * price, count)
    return np.asarray(
        np.where(squares > 1e-9, np.bincount(panel.product, price * sold, count) / np.maximum(squares, 1e-9), np.nan)
    )


def _within(values: Floats, product: NDArray[np.int64]) -> Floats:
    """Less the product's mean."""
    count = np.maximum(np.bincount(product), 1)
    return np.asarray(values - (np.bincount(product, values) / count)[product])
