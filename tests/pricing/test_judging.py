"""What judges policies is right on average, and budgets are kept."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadPrice
from pricing import judging
from pricing.money import Money
from pricing.promotions import Budget, Channel, Spent

NOW = datetime(2026, 3, 4, tzinfo=UTC)


@pytest.mark.parametrize(("model", "odds"), [(1.0, 0.0), (0.0, 1.0)], ids=["good model", "good chances"])
def test_the_back_test_is_right_if_either_of_its_models_is(model: float, odds: float) -> None:
    rng = np.random.default_rng(1)
    rows, prices = 20_000, 3
    x = rng.random(rows)
    value = np.column_stack([x, 1 - x, np.full(rows, 0.6)])
    logged = np.column_stack([0.2 + 0.6 * x, 0.6 - 0.5 * x, 0.2 - 0.1 * x])
    taken = (rng.random(rows)[:, None] > logged.cumsum(1)).sum(1).clip(0, prices - 1)
    reward = value[np.arange(rows), taken] + rng.normal(0, 0.3, rows)
    policy = np.eye(3)[value.argmax(1)]
    propensity = logged[np.arange(rows), taken] if odds else np.full(rows, 0.5)
    said = judging.doubly_robust(reward, taken, propensity, value * model, policy)
    assert abs(said.value - value.max(1).mean()) < 4 * said.error
    assert said.low < said.value < said.high


def test_a_log_without_chances_is_refused() -> None:
    with pytest.raises(BadPrice, match="chance"):
        judging.doubly_robust(np.ones(2), np.zeros(2, int), np.zeros(2), np.ones((2, 1)), np.ones((2, 1)))
    with pytest.raises(BadPrice, match="no log"):
        judging.doubly_robust(np.ones(0), np.zeros(0, int), np.ones(0), np.ones((0, 1)), np.ones((0, 1)))


def test_an_experiment_of_the_size_said_has_the_power_said() -> None:
    design = judging.switch_back(1.0, 3.0)
    rng = np.random.default_rng(2)
    found = 0
    for seed in range(400):
        treated = judging.assign(design.units, seed)
        said = judging.difference(rng.normal(0, 3.0, design.units) + treated, treated)
        found += abs(said.value / said.error) > 1.96
    assert 0.74 <= found / 400 <= 0.87
    assert design.effect <= 1.0
    assert judging.switch_back(1.0, 3.0, correlation=0.3).units > design.units
    assert (
        judging.clusters(1.0, 3.0, size=8, correlation=0.2).units
        > judging.clusters(1.0, 3.0, size=8, correlation=0.0).units
    )
    with pytest.raises(BadPrice):
        judging.difference(np.ones(3), judging.assign(3, 1))


def test_regret_that_grows_by_the_root_has_the_slope_of_a_half() -> None:
    times = np.arange(1, 2001)
    lost, slope = judging.regret(np.zeros(2000), 0.5 / np.sqrt(times))
    assert slope == pytest.approx(0.5, abs=0.02)
    assert (np.diff(lost) > 0).all()


@settings(deadline=None)
@given(st.integers(0, 10**7), st.lists(st.integers(0, 10**6), min_size=1, max_size=4), st.integers(0, 5))
def test_no_budget_and_no_cap_is_overspent(budget: int, caps: list[int], seed: int) -> None:
    channels = tuple(Channel(f"c{n}", Money(cap, "EUR"), 0.05) for n, cap in enumerate(caps))
    given_out = Budget(channels=channels, seed=seed).allocate(Money(budget, "EUR"), (0.5,), [], NOW)
    assert sum(part.minor for part in given_out.values()) <= budget
    for channel in channels:
        least = min(Money(budget, "EUR").times(channel.least).minor, channel.cap.minor)
        assert least <= given_out[channel.name].minor <= channel.cap.minor


def test_the_budget_goes_to_what_brings_more_although_it_comes_late() -> None:
    rng = np.random.default_rng(3)
    channels = (Channel("mail", Money(10_000, "EUR")), Channel("display", Money(10_000, "EUR")))
    planner = Budget(channels=channels, noise=0.5)
    past: list[Spent] = []
    for day in range(40):
        at = NOW - timedelta(days=40 - day)
        seen = 1 - np.exp(-(40 - day) / 5.0)
        for name, worth in (("mail", 3.0), ("display", 0.4)):
            earned = round(1000 * max(worth * seen + rng.normal(0, 0.1), 0))
            past.append(Spent(name, (0.2,), at, Money(1000, "EUR"), Money(earned, "EUR")))
    said = planner.allocate(Money(8000, "EUR"), (0.2,), past, NOW)
    assert said["mail"].minor > 0.9 * 8000
    assert said["display"].minor >= 0.02 * 8000


def test_budgets_of_two_currencies_or_too_great_least_shares_are_refused() -> None:
    with pytest.raises(BadPrice):
        Budget(channels=(Channel("a", Money(10, "USD")),)).allocate(Money(10, "EUR"), (), [], NOW)
    with pytest.raises(BadPrice, match="least"):
        Budget(channels=tuple(Channel(f"{n}", Money(1000, "EUR"), 0.6) for n in range(2))).allocate(
            Money(1000, "EUR"), (), [], NOW
        )
