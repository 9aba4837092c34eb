"""Parts that sum up, and curves that say what the rails would hold."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pricing import Fault, Interval, Limits, Money, Rails, State, explain, simulate

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)


def state(**fields) -> State:
    told = {"price": Money(2000, "EUR"), "cost": Money(900, "EUR"), "stock": 40, "demand": 2.0,
            "elasticity": Interval(-3.0, -3.5, -2.5), **fields}  # fmt: skip
    return State(product="A", category="hat", at=NOW, **told)


@given(
    price=st.integers(1, 10_000),
    now=st.integers(1, 10_000),
    demand=st.floats(0.001, 1e4),
    season=st.floats(0.1, 5),
    index=st.floats(0.1, 5),
    e=st.floats(-6, -0.1),
    returned=st.floats(0, 0.9),
)
def test_parts_sum_up(price, now, demand, season, index, e, returned) -> None:
    one = state(price=Money(now, "EUR"), demand=demand, season=season, demand_index=index,
                elasticity=Interval(e, e - 1, e + 0.05), return_rate=returned)  # fmt: skip
    told = explain(Money(price, "EUR"), one)
    scale = max(abs(told.profit.mean), abs(told.profit_now), 1.0)
    assert sum(told.gain.values()) == pytest.approx(told.profit.mean - told.profit_now, abs=1e-6 * scale)
    assert sum(told.demand_parts.values()) == pytest.approx(
        told.demand.mean, abs=1e-9 * max(told.demand.mean, told.demand_parts["normal"])
    )


def test_a_curve_has_its_best_price_and_the_best_that_may_be_asked() -> None:
    told = simulate(state(), NOW, Rails(step=0.1, endings=(99,)))
    assert not isinstance(told, Fault)
    assert [point.price for point in told.points] == sorted(
        (point.price for point in told.points), key=lambda m: m.minor
    )
    # constant elasticity: the optimum is cost · e / (1 + e) (here 900 · 3/2), which lies under the ladder's end
    assert told.best == Money(1399, "EUR")
    assert told.best_allowed is None or 1800 <= told.best_allowed.minor <= 2200
    assert told.floor == Money(945, "EUR")
    assert all("step" in point.held for point in told.points if point.price.minor < 1800)
    free = simulate(state(), NOW, Rails(step=1, day=1, week=1, endings=()), Limits(), [Money(1350, "EUR")])
    assert not isinstance(free, Fault)
    assert free.best == free.best_allowed == Money(1350, "EUR")


def test_what_is_wrong_is_said() -> None:
    for wrong in (simulate(state(price=Money(0, "EUR")), NOW), simulate(state(), NOW, prices=[Money(5, "USD")])):
        assert isinstance(wrong, Fault)
