"""The market: Gymnasium's contract, and that competitors do as they are called."""

import warnings

import numpy as np
from gymnasium.utils.env_checker import check_env

from pricing.contract import policy
from pricing.curves import Exponential
from pricing.environment import MarketEnvironment, live, profit
from pricing.market import ClearanceSale, Conditions, Market
from pricing.money import Money


def test_the_environment_passes_the_check_of_gymnasium() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        check_env(
            MarketEnvironment(lambda seed: Market(Conditions(rivals=("myopic", "matching")), seed)),
            skip_render_check=True,
        )


def test_the_same_seed_is_the_same_market() -> None:
    lived = [live(policy("optimum.one-step")(), [Market(Conditions(rivals=("strategic",)), 5)], 40) for _ in range(2)]
    assert lived[0] == lived[1]


def test_demand_falls_with_our_price_and_rises_with_theirs() -> None:
    market = Market(Conditions(rivals=("myopic",)), 1)
    assert market.rate(900) > market.rate(1000) > market.rate(1100)
    assert market.rate(1000, [1200.0]) > market.rate(1000, [900.0])


def test_competitors_answer_by_their_kind() -> None:
    market = Market(Conditions(rivals=("matching", "strategic", "myopic")), 1)
    for _ in range(5):
        market.step(Money(900, "EUR"))
    matching, strategic, myopic = market.rivals
    assert matching == 900
    assert strategic < 900
    assert myopic > Conditions().rival_cost


def test_what_is_ordered_comes_and_what_is_sold_comes_back() -> None:
    market = Market(Conditions(returns=1.0, season=0, weekend=0, noise=0), 2)
    before = market.stock
    market.step(Money(1000, "EUR"))
    went = before - market.stock
    for _ in range(7):
        market.step(Money(20_000, "EUR"))
    assert went > 0
    assert market.stock == before


def test_a_clearance_ends_with_its_stock_or_its_days() -> None:
    market = ClearanceSale(Exponential(20.0, 0.001), 5, 30, 1000.0, 4)
    lived = live(policy("dynamic.finite-stock")(), [market], 100)[0]
    assert market.over
    assert sum(one.sold for one in lived) <= 5
    assert profit(lived) > 0


def test_bandits_find_the_best_rung_and_forget_what_jumped() -> None:
    bandit = policy("bandit.thompson")(seed=1)
    found = []
    for rate in (0.001, 0.003):
        market = ClearanceSale(Exponential(10.0, rate), 10**9, 10**6, 1000.0, 7)
        lived = live(bandit, [market], 250, learning=True)[0]
        found.append(np.mean([one.price.minor for one in lived[-50:]]))
    assert abs(found[0] - 1000) < 120
    assert found[1] < 780
