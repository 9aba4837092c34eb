"""Elasticities are found where the truth is known, and not claimed where prices never moved."""

import msgspec
import numpy as np
import pytest

from core.errors import BadPrice
from pricing.double import double_effect, econml_effect
from pricing.elasticity import estimate, expected, plain
from pricing.exploring import cheapest_experiment
from pricing.money import Money
from pricing.panel import Panel
from pricing.states import State
from tests.pricing.test_contract import state


def panel(seed: int = 3, categories: int = 5, each: int = 12, weeks: int = 104) -> tuple[Panel, np.ndarray]:
    """Weekly sales whose prices chase the season, with promotions; product 0 never changed its price."""
    rng = np.random.default_rng(seed)
    count = categories * each
    category, brand, week = np.repeat(np.arange(categories), each), rng.integers(0, 6, count), np.arange(weeks)
    truth = -2.2 + rng.normal(0, 0.4, categories)[category] + rng.normal(0, 0.15, 6)[brand] + rng.normal(0, 0.3, count)
    season = 0.5 * np.sin(2 * np.pi * week / 52 + rng.uniform(0, 6, categories)[category][:, None])
    promoted = rng.random((count, weeks)) < 0.12
    level = 0.15 * season + rng.normal(0, 0.06, (count, weeks)) - 0.15 * promoted
    level[0] = 0
    mean = np.exp(rng.normal(2.8, 0.6, count)[:, None] + truth[:, None] * level + season + 0.25 * promoted)
    made = Panel(
        product=np.repeat(np.arange(count), weeks), period=np.tile(week, count), units=rng.poisson(mean).ravel().astype(float),
        price=10 * np.exp(level).ravel(), controls=promoted.reshape(-1, 1).astype(float), available=np.ones(count * weeks),
        names=tuple(map(str, range(count))), categories=tuple(map(str, category)), brands=tuple(map(str, brand)),
    )  # fmt: skip
    return made, truth


def test_pooled_estimates_are_near_the_truth_and_their_intervals_hold_it() -> None:
    made, truth = panel()
    found = estimate(made)
    error = np.abs(found.mean - truth)
    assert error.mean() < 0.25
    assert error.mean() < 0.5 * np.abs(plain(made) - truth)[1:].mean()
    assert error.mean() < np.abs(found.own - truth)[1:].mean()
    assert 0.75 <= ((found.low <= truth) & (truth <= found.high)).mean() <= 1


def test_where_prices_never_moved_it_says_so() -> None:
    made, _ = panel()
    found = estimate(made)
    assert found.of(0) is None
    assert found.own_error[0] == np.inf
    assert found.of(1) is not None
    assert found.high[0] - found.low[0] > found.high[1] - found.low[1]


def test_expected_units_are_those_sold_on_the_whole() -> None:
    made, _ = panel(weeks=60)
    known = made.period < 50
    said = expected(estimate(made.rows(known)), made, known)
    assert said[known].sum() == pytest.approx(made.units[known].sum())
    assert said[~known].sum() == pytest.approx(made.units[~known].sum(), rel=0.15)


@pytest.mark.parametrize("change", [{"price": 0.0}, {"price": np.nan}, {"units": -1.0}, {"available": 0.0}])
def test_a_bad_history_is_refused(change: dict[str, float]) -> None:
    made, _ = panel(weeks=10)
    (name, value), = change.items()  # fmt: skip
    column = getattr(made, name).copy()
    column[3] = value
    with pytest.raises(BadPrice):
        estimate(msgspec.structs.replace(made, **{name: column}))
    with pytest.raises(BadPrice, match="no history"):
        estimate(made.rows(np.zeros(len(made.product), bool)))


def test_double_machine_learning_finds_what_plain_regression_does_not() -> None:
    """Demand and price both follow a season of sharp edges that no regression on price alone knows of."""
    rng = np.random.default_rng(5)
    week = np.arange(1500)
    hot = ((week % 52 > 20) & (week % 52 < 34)) * 1.0 + 0.6 * ((week % 13) < 3)
    price = 0.2 * hot + rng.normal(0, 0.08, len(week))
    demand = -2.0 * price + 1.2 * hot + rng.normal(0, 0.2, len(week))
    x = np.column_stack([week % 52, week % 13]).astype(float)
    found = double_effect(demand, price, x, folds=week // 52 % 5)
    assert abs(np.polyfit(price, demand, 1)[0] + 2.0) > 1.0
    assert abs(found.theta + 2.0) < 3 * found.error
    assert found.error < 0.2
    pytest.importorskip("econml", reason="needs the extra causal")
    peer = econml_effect(demand, price, x, folds=week // 52 % 5)
    assert peer.theta == pytest.approx(found.theta, abs=1e-6)
    assert peer.error == pytest.approx(found.error, rel=0.05)


def test_the_experiment_proposed_is_the_cheapest_that_tells() -> None:
    asked: State = state(elasticity=None, demand=20.0)
    found = cheapest_experiment(asked)
    assert found is not None
    assert found.low < asked.price < found.high
    assert asked.cost < found.low
    step = np.log(found.high.minor / asked.price.minor)
    assert np.sqrt(1.5 / (asked.demand * found.days)) / step <= 0.4 + 0.01
    tighter = cheapest_experiment(asked, error=0.3)
    assert tighter is not None
    assert tighter.cost > found.cost
    assert cheapest_experiment(state(demand=0.01)) is None
    assert cheapest_experiment(state(demand=0.0)) is None
    assert cheapest_experiment(state(cost=Money(2000, "EUR"), demand=10.0)) is None
