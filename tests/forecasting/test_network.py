"""Two levels of stock: what stockpyl finds is the cheapest, and nothing is shared out that there is not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from core.errors import BadRequest
from forecasting.replenishment.demand import Outlook
from forecasting.replenishment.network import Place, share, store_of, two_levels

CENTRE = Place(name="warehouse", lead_time=10, holding=1.0)


def shops(count: int = 3, holding: float = 1.5, lead_time: int = 2) -> list[Place]:
    return [
        Place(name=f"s{n}", lead_time=lead_time, holding=holding, mean=10.0 * (n + 1), spread=3.0 * (n + 1))
        for n in range(count)
    ]


@pytest.mark.parametrize("holding", [1.0, 1.1, 1.5, 4.0])
@pytest.mark.parametrize("lead_time", [1, 4, 20])
def test_the_promise_that_is_chosen_is_the_cheapest_there_is(holding: float, lead_time: int) -> None:
    pytest.importorskip("stockpyl", reason="needs the extra inventory")
    stores = shops(holding=holding, lead_time=lead_time)
    best = two_levels(CENTRE, stores)
    costs = [two_levels(CENTRE, stores, promise=one).cost for one in range(CENTRE.lead_time + 1)]
    assert best.cost == pytest.approx(min(costs))


def test_of_two_places_the_safety_is_at_both_or_all_at_the_store() -> None:
    """Simpson, "In-process inventories", Operations Research 1958: promises are all or nothing."""
    pytest.importorskip("stockpyl", reason="needs the extra inventory")
    centre, end = Place(name="w", lead_time=4, holding=1), Place(name="a", lead_time=1, holding=3, spread=1)
    factor = norm.ppf(0.9)
    assert two_levels(centre, [end], 0.9).cost == pytest.approx(min(factor * (4**0.5 + 3), 3 * factor * 5**0.5))
    late = two_levels(centre, [end], 0.9, promise=4)
    assert late.warehouse.level == 0
    assert late.stores[0].safety == pytest.approx(factor * 5**0.5)


def test_more_service_is_more_stock_and_stores_pool_their_risk() -> None:
    pytest.importorskip("stockpyl", reason="needs the extra inventory")
    low, high = (two_levels(CENTRE, shops(), service) for service in (0.8, 0.99))
    assert high.cost > low.cost
    assert all(a.level < b.level for a, b in zip(low.stores, high.stores, strict=True))
    alone = sum(two_levels(CENTRE, [one]).cost for one in shops())
    assert two_levels(CENTRE, shops()).cost < alone


def test_a_store_is_made_of_its_outlook() -> None:
    levels = tuple(np.round(np.arange(0.01, 1, 0.02), 3))
    outlook = Outlook(np.full(10, 20.0), np.tile(norm.ppf(levels, 20, 4), (10, 1)), levels)
    told = store_of("a", outlook, lead_time=4, holding=1.0, alike=0.0)
    assert told.mean == pytest.approx(20, rel=0.02)
    assert told.spread == pytest.approx(4, rel=0.1)
    assert store_of("a", outlook, lead_time=4, holding=1.0, alike=0.5).spread > 1.3 * told.spread


def test_what_makes_no_sense_is_refused() -> None:
    for wrong in ({"lead_time": -1}, {"mean": float("nan")}, {"holding": -1.0}):
        with pytest.raises(ValueError, match="a:"):
            Place(**{"name": "a", "lead_time": 1, "holding": 1.0, **wrong})
    for stores, options in (([], {}), ([CENTRE], {}), (shops(), {"service": 1.2}), (shops(), {"promise": 11})):
        with pytest.raises(BadRequest):
            two_levels(CENTRE, stores, **options)


@given(st.integers(0, 200), st.lists(st.tuples(st.integers(0, 60), st.floats(0, 9)), min_size=1, max_size=8))
def test_a_share_is_whole_and_no_more_than_asked_for_or_there(available: int, stores: list) -> None:
    wanted, spread = np.array(stores, float).T
    told = share(available, wanted, spread)
    assert (told >= 0).all()
    assert (told <= wanted).all()
    assert told.sum() == min(available, wanted.sum())


def test_who_sells_less_evenly_bears_more_of_what_is_missing() -> None:
    assert share(20, np.array([20.0, 20.0]), np.array([1.0, 3.0])).tolist() == [15, 5]
