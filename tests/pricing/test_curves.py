"""Curves: their best prices are the best, their inverses invert."""

import doctest

import numpy as np
import pytest
from scipy.optimize import minimize_scalar

from core.errors import BadPrice
from pricing import curves, finite
from pricing.curves import Exponential, Linear, Logit, Power

ALL = [Power(1000.0, -2.2), Linear(100.0, 4.0), Exponential(80.0, 0.2), Logit(90.0, 2.0, 0.3)]


@pytest.mark.parametrize("curve", ALL, ids=lambda curve: type(curve).__name__)
@pytest.mark.parametrize("cost", [1.0, 6.0])
def test_nothing_earns_more_than_the_best_price(curve: curves.Curve, cost: float) -> None:
    found = minimize_scalar(
        lambda p: -(p - cost) * curve.demand(p), bounds=(cost, 24), method="bounded", options={"xatol": 1e-9}
    )
    assert curve.best(cost) == pytest.approx(found.x, abs=1e-4)


@pytest.mark.parametrize("curve", ALL, ids=lambda curve: type(curve).__name__)
def test_price_and_demand_are_inverse_and_the_elasticity_is_the_slope(curve: curves.Curve) -> None:
    for price in (3.0, 9.0, 17.0):
        assert curve.price_for(curve.demand(price)) == pytest.approx(price)
        slope = np.log(curve.demand(price * 1.00001) / curve.demand(price)) / np.log(1.00001)
        assert curve.elasticity(price) == pytest.approx(slope, rel=1e-3)


def test_examples_in_the_text_hold() -> None:
    assert doctest.testmod(curves).failed == 0


def test_a_scarce_stock_is_cleared_at_the_price_at_which_it_runs_out() -> None:
    curve = Exponential(80.0, 0.2)
    assert curve.clearing(1e6, 10) == curve.best(0.0)
    assert curve.demand(curve.clearing(50, 10)) == pytest.approx(5)
    with pytest.raises(BadPrice):
        curve.clearing(0, 10)


@pytest.mark.parametrize(("stock", "days", "worth"), [(1, 3.0, 0.0), (12, 10.0, 0.0), (25, 4.0, 2.0)])
def test_the_dynamic_programme_equals_the_closed_form(stock: int, days: float, worth: float) -> None:
    curve = Exponential(9.0, 0.5)
    plan = finite.solve(curve, stock, days, worth)
    exact = finite.exponential_value(curve, np.arange(stock + 1), days, worth)
    np.testing.assert_allclose(plan.value(days), exact, atol=1e-6)
    one = finite.exponential_price(*(np.array([x]) for x in (curve.size, curve.rate, float(stock), days, worth)))
    assert plan.price(stock, days) == pytest.approx(one[0], abs=1e-6)


@pytest.mark.parametrize(
    "curve", [Linear(9.0, 1.0), Logit(9.0, 2.0, 1.0), Power(20.0, -2.0)], ids=lambda curve: type(curve).__name__
)
def test_value_grows_with_stock_and_time_and_stays_under_the_deterministic_bound(curve: curves.Curve) -> None:
    plan = finite.solve(curve, 8, 5.0, 0.5)
    early, late = plan.value(5.0), plan.value(2.0)
    assert (np.diff(early) > 0).all()
    assert (early[1:] > late[1:]).all()
    price = curve.clearing(8, 5.0, 0.5)
    sold = min(5 * curve.demand(price), 8)
    assert early[8] <= sold * price + (8 - sold) * 0.5 + 1e-9


def test_prices_of_huge_stocks_and_rushes_are_finite() -> None:
    prices = finite.exponential_price(
        np.array([1e9, 5.0, 1e12]),
        np.array([0.01, 0.01, 0.001]),
        np.array([1.0, 1e7, 3.0]),
        np.array([400.0, 1.0, 100.0]),
        np.zeros(3),
    )
    assert np.isfinite(prices).all()
    assert (prices > 0).all()
