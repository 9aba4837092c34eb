"""Orders: one contract for every policy, textbook examples, and what a simulation counts."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm, poisson

from core.errors import BadRequest, NotFound
from forecasting.replenishment.demand import DRAWS, Outlook, draws, lead_times, outlook_of
from forecasting.replenishment.policies import Item, list_policies, policy, within
from forecasting.replenishment.simulation import simulate

LEVELS = tuple(np.round(np.concatenate([[0.005], np.arange(0.02, 0.99, 0.02), [0.995]]), 3))


def normal(mean: float, spread: float, periods: int = 30) -> Outlook:
    return Outlook(np.full(periods, mean), np.tile(norm.ppf(LEVELS, mean, spread), (periods, 1)), LEVELS)


def item(**fields) -> Item:
    return Item(**{"sku": "A", "outlook": normal(10, 3), "on_hand": 20.0, **fields})


@pytest.mark.parametrize("tag", list_policies())
@settings(max_examples=8, deadline=None)
@given(
    mean=st.floats(0, 50), here=st.floats(0, 500), ordered=st.floats(0, 300), multiple=st.integers(1, 12),
    minimum=st.integers(0, 40), review=st.integers(1, 14), life=st.none() | st.integers(1, 60),
)  # fmt: skip
def test_orders_are_whole_multiples_that_say_why(
    tag: str, mean, here, ordered, multiple, minimum, review, life
) -> None:
    one = item(
        outlook=normal(mean, 0.3 * mean + 0.1), on_hand=here, on_order=ordered, multiple=multiple, minimum=minimum,
        review=review, shelf_life=life,
    )  # fmt: skip
    told = policy(tag).propose(one)
    assert told.quantity >= 0
    assert told.quantity % multiple == 0
    assert told.quantity == 0 or told.quantity >= minimum
    assert told.reason
    assert told == policy(tag).propose(one)


@pytest.mark.parametrize("tag", list_policies())
def test_more_here_is_never_more_to_order(tag: str) -> None:
    orders = [policy(tag).propose(item(on_hand=float(here))).quantity for here in range(0, 600, 20)]
    assert orders == sorted(orders, reverse=True)
    assert orders[0] > 0
    assert orders[-1] == 0


def test_an_unknown_policy_is_not_found() -> None:
    with pytest.raises(NotFound, match="no policy"):
        policy("magic")


def test_demand_over_a_lead_time_is_the_sum_of_its_periods() -> None:
    rng = np.random.default_rng(1)
    told = draws(normal(10, 3), np.full(20_000, 9), rng, alike=0.0)
    assert told.mean() == pytest.approx(90, rel=0.01)
    assert told.std() == pytest.approx(9, rel=0.08)
    together = draws(normal(10, 3), np.full(20_000, 9), rng, alike=0.9)
    assert together.std() > 2 * told.std()


def test_a_lead_time_that_varies_asks_for_more_safety() -> None:
    sure, unsure = (policy("RS").propose(item(on_hand=0.0, lead_time=(7.0, s), service=0.95)) for s in (0.0, 2.5))
    assert unsure.safety > 1.3 * sure.safety
    assert lead_times(7, 2.5, DRAWS, np.random.default_rng(1)).mean() == pytest.approx(7, abs=0.2)


def test_the_level_is_the_textbook_s() -> None:
    """Silver, Pyke and Thomas: demand over review and lead time normal, S = mean + k sigma."""
    one = item(outlook=normal(10, 3), on_hand=0.0, lead_time=(7.0, 0.0), review=7, service=0.95)
    told = policy("RS").propose(one)
    sigma = 3 * np.sqrt(14 + 0.05 * 14 * 13)  # periods are correlated by .05
    assert told.level == pytest.approx(140 + 1.645 * sigma, rel=0.03)


def test_the_newsvendor_agrees_with_stockpyl() -> None:
    reference = pytest.importorskip("stockpyl.newsvendor", reason="needs the extra inventory")
    level, _ = reference.newsvendor_normal(holding_cost=1.0, stockout_cost=4.0, demand_mean=100, demand_sd=20)
    one = item(outlook=normal(100, 20, 1), on_hand=0.0, cost=1.0, short=4.0)
    assert policy("newsvendor").propose(one).level == pytest.approx(level, rel=0.03)


def test_a_budget_and_a_capacity_are_kept_and_spent_where_they_save_most() -> None:
    items = [item(sku="dear", on_hand=0.0, cost=10.0, short=1.0), item(sku="cheap", on_hand=0.0, cost=1.0, short=5.0)]
    asked = [policy("RS").propose(one) for one in items]
    assert within(asked, items, None, None) == asked
    budget = 0.3 * sum(one.quantity * it.cost for one, it in zip(asked, items, strict=True))
    told = within(asked, items, budget, None)
    assert sum(one.quantity * it.cost for one, it in zip(told, items, strict=True)) <= budget
    assert told[1].quantity > 0.85 * asked[1].quantity
    assert "cut from" in told[0].reason
    assert sum(one.quantity for one in within(asked, items, None, 50)) <= 50
    with pytest.raises(BadRequest):
        within(asked, items, -1.0, None)


@pytest.mark.parametrize(
    "wrong",
    [{"on_hand": float("nan")}, {"cost": -1.0}, {"service": 1.2}, {"multiple": 0}, {"review": 0}, {"shelf_life": 0},
     {"lead_time": (float("inf"), 0.0)}],
)  # fmt: skip
def test_an_item_that_makes_no_sense_is_refused(wrong: dict) -> None:
    with pytest.raises(ValueError, match="A:"):
        item(**wrong)


def test_an_outlook_that_makes_no_sense_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        outlook_of([1.0, 2.0], [[1.0]], [0.5])
    with pytest.raises(ValueError, match="at least 0"):
        outlook_of([float("nan")], [[1.0]], [0.5])


def test_a_simulation_counts_what_happens() -> None:
    def at(period: int, here: float, ordered: float, owed: float) -> Item:
        return item(
            on_hand=here, on_order=ordered, backlog=owed, review=1, holding=1.0, short=10.0, fixed=5.0, shelf_life=3
        )

    told = simulate(np.array([4.0, 4, 4]), at, lambda one: 6 if one.on_order == 0 else 0, start=5, lead_time=[1])
    # 5 - 4 = 1; + 6 - 4 = 3; + 6 - 4 = 5
    assert (told.holding, told.shortage, told.orders, told.ordering) == (1 + 3 + 5, 0, 3, 15)
    assert told.service == 1
    none = simulate(np.array([4.0, 4, 4]), at, lambda one: 0, start=5, lead_time=[1])
    assert none.shortage == (3 + 4) * 10
    assert none.service == pytest.approx(5 / 12)
    owed = simulate(np.array([4.0, 4, 4]), at, lambda one: 0, start=5, lead_time=[1], backlogged=True)
    assert owed.shortage == (3 + 7) * 10
    waste = simulate(np.array([0.0, 0, 0, 0]), at, lambda one: 0, start=5, lead_time=[1])
    assert waste.waste == 5


def test_what_is_ordered_serves_as_well_as_is_aimed_at() -> None:
    rng = np.random.default_rng(3)
    demand = rng.poisson(10, 300).astype(float)
    outlook = Outlook(np.full(30, 10.0), np.tile(poisson.ppf(LEVELS, 10), (30, 1)), LEVELS)

    def at(period: int, here: float, ordered: float, owed: float) -> Item:
        return item(outlook=outlook, on_hand=here, on_order=ordered, lead_time=(4.0, 0.0), review=1, service=0.95)

    told = simulate(demand, at, lambda one: policy("RS").propose(one).quantity, start=60, lead_time=[4])
    assert told.service > 0.95


def test_what_periods_have_in_common_is_found_again() -> None:
    from forecasting.replenishment.demand import alike_of

    rng = np.random.default_rng(4)
    fine = tuple(np.round(np.arange(0.005, 1, 0.01), 4))
    outlook = Outlook(np.full(28, 50.0), np.tile(norm.ppf(fine, 50, 7), (28, 1)), fine)
    for true in (0.0, 0.1, 0.4):
        level = np.sqrt(true) * rng.normal(0, 1, (600, 2, 1)) + np.sqrt(1 - true) * rng.normal(0, 1, (600, 2, 14))
        came = list(50 + 7 * level.reshape(600, 28))
        assert alike_of([outlook] * 600, came, 14) == pytest.approx(true, abs=0.03)
    assert alike_of([outlook], [np.full(28, np.nan)], 14) == 0
    assert alike_of([outlook], [np.full(28, 500.0)], 14) == 0.9
