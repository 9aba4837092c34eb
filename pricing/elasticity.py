"""Own-price elasticities of many products, partially pooled, with what else moves demand held apart."""

import msgspec
import numpy as np
from numpy.typing import NDArray

from pricing.panel import Floats, Panel, numbers
from pricing.poisson import fit
from pricing.pooling import pool
from pricing.states import Interval

WAVES = 4
LEAST_MOVE, MOST_ERROR = 0.01, 1.5
NORMAL_90 = 1.6449
# Around 0, of a product's own: price next to free; season a factor of about e either way; trend half of that.
OWN_PRIOR = (0.01, 1.0, 1.0, 4.0)
OWN_CONTROL = 100.0  # a product answers to a promotion as its category does, give or take a tenth


class Elasticities(msgspec.Struct, frozen=True):
    """Of each product (products,): posterior mean, 90 % ends, and whether its own prices moved enough to tell.

    own: without pooling, and own_error: its standard error (``inf``: prices never moved). terms: (products, 3 + controls) of its own
    wave of the year, trend and controls; controls: (categories, k) of shorter waves and controls.
    """

    names: tuple[str, ...]
    mean: Floats
    low: Floats
    high: Floats
    known: NDArray[np.bool_]
    own: Floats
    own_error: Floats
    terms: Floats
    controls: Floats

    def of(self, place: int) -> Interval | None:
        """The estimate of one product, or None where its prices never moved enough to tell."""
        if not self.known[place]:
            return None
        return Interval(float(self.mean[place]), float(self.low[place]), float(self.high[place]))


def estimate(panel: Panel) -> Elasticities:
    """Poisson demand: level × price^elasticity × season and trend of the product × controls of its category × availability.

    All slopes of a category are fitted at once (:mod:`pricing.poisson`), as price, promotion and season move together and
    one fitted after another would take what belongs to the next. Estimates of products are then pooled by category and
    brand (:mod:`pricing.pooling`).
    """
    panel.check()
    category, count = numbers(panel.categories)
    brand, _ = numbers(panel.brands)
    products = len(panel.names)
    price = _within(np.log(panel.price), panel.product, products)
    own, shared = _columns(panel)
    own = np.column_stack([price, own])
    prior = np.array([*OWN_PRIOR, *np.full(panel.controls.shape[1], OWN_CONTROL)])
    squares = np.bincount(panel.product, price * price, products) / np.maximum(
        np.bincount(panel.product, minlength=products), 1
    )
    moved = np.sqrt(squares) >= LEAST_MOVE
    found, variance = np.zeros(products), np.full(products, np.inf)
    terms, controls = np.zeros((products, own.shape[1] - 1)), np.zeros((count, shared.shape[1]))
    common = np.zeros(count)
    for number in range(count):
        at = np.flatnonzero(category[panel.product] == number)
        if not len(at):
            continue
        members, group = np.unique(panel.product[at], return_inverse=True)
        said = fit(
            shared[at], own[at], panel.units[at], np.log(panel.available[at]), group, prior_shared=1.0, prior_own=prior
        )
        found[members], terms[members], controls[number] = said.own[:, 0], said.own[:, 1:], said.shared
        common[number] = said.common
        variance[members] = np.where(moved[members], said.variance, np.inf)
    mean, error = pool(found, variance, category, brand, common)
    width, own_error = NORMAL_90 * error, np.sqrt(variance)
    return Elasticities(
        panel.names, mean, mean - width, mean + width, own_error <= MOST_ERROR, found, own_error, terms, controls
    )


def _columns(panel: Panel) -> tuple[Floats, Floats]:
    """(n, 3 + controls) of what is each product's own beside price, and (n, k) of what its category shares."""
    waves, first = panel.waves(WAVES), panel.waves(1)
    return np.column_stack([first, panel.age(), panel.controls]), np.column_stack(
        [np.delete(waves, [0, WAVES], 1), panel.controls]
    )


def expected(found: Elasticities, panel: Panel, known: NDArray[np.bool_]) -> Floats:
    """(n,) units to be expected in each row. known: the rows by which the level of each product is set."""
    category, _ = numbers(panel.categories)
    own, shared = _columns(panel)
    linear = np.log(panel.available) + (shared * found.controls[category[panel.product]]).sum(1)
    linear = linear + (own * found.terms[panel.product]).sum(1) + np.log(panel.price) * found.mean[panel.product]
    raised = np.exp(linear - linear.mean())
    count = len(panel.names)
    sold = np.bincount(panel.product[known], panel.units[known], count)
    level = sold / np.maximum(np.bincount(panel.product[known], raised[known], count), 1e-300)
    return np.asarray(raised * level[panel.product])


def plain(panel: Panel) -> Floats:
    """(products,) what a plain regression says: log(units + 1) on log price, product by product, nothing held apart."""
    count = len(panel.names)
    price, sold = (
        _within(np.log(panel.price), panel.product, count),
        _within(np.log1p(panel.units), panel.product, count),
    )
    squares = np.bincount(panel.product, price * price, count)
    return np.asarray(
        np.where(squares > 1e-9, np.bincount(panel.product, price * sold, count) / np.maximum(squares, 1e-9), np.nan)
    )


def _within(values: Floats, product: NDArray[np.int64], count: int) -> Floats:
    """Less the product's mean."""
    means = np.bincount(product, values, count) / np.maximum(np.bincount(product, minlength=count), 1)
    return np.asarray(values - means[product])
