"""Forecasts of groups and of the total, and what becomes of those that can be no part of them."""

from datetime import date

import numpy as np
import pytest

from core.errors import BadRequest
from forecasting import Sales, Series, forecast_sales


def shop(months: int = 60) -> list[Series]:
    rng = np.random.default_rng(5)
    season = 1 + 0.4 * np.sin(np.arange(months) * np.pi / 6)
    return [
        Series(id=f"p{n}", start=date(2021, 1, 1), frequency="month", quantity=rng.poisson(20 * (n + 1) * season).astype(float),
               groups={"category": "shirts" if n < 2 else "hats", "store": "abc"[n % 3]})
        for n in range(4)
    ]  # fmt: skip


def test_means_of_products_groups_and_the_total_add_up() -> None:
    made = forecast_sales(Sales(tuple(shop()), (), ()), "ensemble.quick", 6, sums=("category", "store"))
    mean = {one.sku: np.array([point.mean for point in one.points]) for one in made.forecasts}
    assert set(mean) == {
        "total",
        "category=shirts",
        "category=hats",
        "store=a",
        "store=b",
        "store=c",
        "p0",
        "p1",
        "p2",
        "p3",
    }
    np.testing.assert_allclose(mean["total"], mean["category=shirts"] + mean["category=hats"], atol=0.01)
    np.testing.assert_allclose(mean["category=shirts"], mean["p0"] + mean["p1"], atol=0.01)
    np.testing.assert_allclose(mean["store=a"], mean["p0"] + mean["p3"], atol=0.01)
    for one in made.forecasts:
        for point in one.points:
            levels = list(point.quantiles.values())
            assert levels == sorted(levels)
            assert levels[0] >= 0


def test_one_that_ended_long_ago_is_no_part_and_one_that_is_new_is() -> None:
    *own, last = shop()
    ended, late = last.head(40), own[0].tail(45)
    made = forecast_sales(Sales((late, *own[1:], ended), (), ()), "ensemble.quick", 3, sums=())
    assert [refusal.series for refusal in made.refused] == ["p3"]
    mean = {one.sku: np.array([point.mean for point in one.points]) for one in made.forecasts}
    np.testing.assert_allclose(mean["total"], mean["p0"] + mean["p1"] + mean["p2"], atol=0.01)
    assert "p3" in mean


def test_a_group_that_is_not_told_is_refused() -> None:
    with pytest.raises(BadRequest, match="no country"):
        forecast_sales(Sales(tuple(shop()), (), ()), "ensemble.quick", 3, sums=("country",))
    with pytest.raises(BadRequest, match="too few"):
        forecast_sales(Sales(tuple(one.head(4) for one in shop()), (), ()), "naive.seasonal", 3, sums=())
