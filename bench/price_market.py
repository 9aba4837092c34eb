"""A deep Q-network against a myopic and a matching competitor, in markets that it was not trained in."""

import numpy as np

from bench.report import Figure
from pricing.contract import Policy, policy
from pricing.environment import live, profit
from pricing.market import Conditions, Kind, Market

DAYS, TRAINED, TESTED = 180, 240, 40
RIVALS: tuple[Kind, ...] = ("myopic", "matching")  # one in each market, by turns


def market_figures() -> list[Figure]:
    tested = [_market((2026, n)) for n in range(TESTED)]
    rules: dict[str, Policy] = {
        "competitor-match": policy("rule.competitor-match")(),
        "cost-plus": policy("rule.cost-plus")(),
    }
    shown = [live(rule, [_market((20, n)) for n in range(TRAINED // 3)], DAYS) for rule in rules.values()]
    log = [one for of_rule in shown for lived in of_rule for one in lived]
    deep = policy("q.deep")(discount=0.97, explore=0.2, seed=7).fit(log)
    for start in range(0, TRAINED, 10):
        live(deep, [_market((21, n)) for n in range(start, start + 10)], DAYS, learning=True)
    deep.explore = 0.0  # type: ignore[attr-defined]
    asked: dict[str, Policy] = {
        **rules,
        "one step": policy("optimum.one-step")(),
        "Q table": policy("q.tabular")().fit(log),
        "DQN": deep,
    }
    lived = {name: live(one, [_market((2026, n)) for n in range(TESTED)], DAYS) for name, one in asked.items()}
    earned = {name: np.array([profit(one) for one in runs]) for name, runs in lived.items()}
    best = max(rules, key=lambda name: float(earned[name].sum()))
    last = [one[-1].price.minor / market.conditions.cost for one, market in zip(lived["DQN"], tested, strict=True)]
    floor = min(rule[-1].price.minor / market.conditions.cost for rule, market in zip(lived[best], tested, strict=True))
    return [
        Figure(
            "competitors: DQN over the rule",
            float(earned["DQN"].sum() / earned[best].sum() - 1),
            bar=0.04,
            note=f"the better rule: {best}",
        ),
        Figure(
            "competitors: least last price by cost, DQN",
            min(last),
            bar=1.1,
            peer=floor,
            note="no race to the floor, which is 1.05",
        ),
        *(
            Figure(f"competitors: DQN over the rule, {kind} ones", _gain(earned["DQN"][n::2], earned[best][n::2]))
            for n, kind in enumerate(RIVALS)
        ),
        *(
            Figure(f"competitors: {name}, profit by the rule's", float(one.sum() / earned[best].sum()))
            for name, one in earned.items()
        ),
    ]


def _market(seed: tuple[int, int]) -> Market:
    return Market(Conditions.drawn(np.random.default_rng(seed), (RIVALS[seed[1] % 2],)), seed[1], f"P{seed[1]}")


def _gain(ours: np.ndarray, theirs: np.ndarray) -> float:
    return float(ours.sum() / theirs.sum() - 1)
