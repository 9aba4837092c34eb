"""A finite stock until a deadline, Poisson demand, a known curve: 20 random problems against the optimum."""

import numpy as np

from bench.report import Figure
from pricing.contract import Policy, policy
from pricing.curves import Exponential
from pricing.environment import live, profit
from pricing.finite import exponential_value, solve
from pricing.market import ClearanceSale

PROBLEMS, RUNS, TRAINED = 20, 30, 300
Problem = tuple[Exponential, int, int]


def finite_figures() -> list[Figure]:
    problems = [drawn(np.random.default_rng((7, n))) for n in range(PROBLEMS)]
    apart = max(_apart(*problem) for problem in problems)
    deep = trained()
    shares = {
        "dynamic programme": _share(policy("dynamic.finite-stock")(), problems),
        "one step": _share(policy("optimum.one-step")(), problems),
        "DQN": _share(deep, problems),
    }
    bars = {"one step": 0.90, "DQN": 0.95}
    return [
        Figure("finite stock: programme less closed form, by it", apart, bar=1e-6, better="lower"),
        *(
            Figure(f"finite stock: {name} by the optimum", float(share.mean()), bar=bars.get(name), peer=float(shares["dynamic programme"].mean()),
                   note=f"least of {PROBLEMS}: {share.min():.3f}; one price a day")
            for name, share in shares.items()
        ),
    ]  # fmt: skip


def drawn(rng: np.random.Generator) -> Problem:
    """A curve, a stock and days: between a tenth and three times as much in stock as would sell at the best price."""
    rate = 1 / rng.uniform(500, 5000)
    curve = Exponential(float(rng.uniform(2, 20)), float(rate))
    days = int(rng.integers(30, 90))
    stock = int(max(rng.uniform(0.1, 1.5) * curve.demand(curve.best(0.0)) * days, 1))
    return curve, stock, days


def trained() -> Policy:
    """A network that saw other problems: first what the one-step policy did, then what it did itself."""
    lived = live(policy("optimum.one-step")(reach=0.05), [_sale((8, n)) for n in range(TRAINED // 3)], 90)
    deep = policy("q.deep")(discount=0.99, explore=0.15, seed=7).fit([one for sale in lived for one in sale])
    for start in range(0, TRAINED, 10):
        live(deep, [_sale((9, n)) for n in range(start, start + 10)], 90, learning=True)
    deep.explore = 0.0  # type: ignore[attr-defined]
    return deep


def _sale(seed: tuple[int, int]) -> ClearanceSale:
    curve, stock, days = drawn(np.random.default_rng(seed))
    return ClearanceSale(curve, stock, days, curve.clearing(stock, days), seed[1], f"P{seed[1]}")


def _apart(curve: Exponential, stock: int, days: int) -> float:
    exact = exponential_value(curve, np.arange(stock + 1), days)
    return float(np.abs(solve(curve, stock, days).value(days)[1:] / exact[1:] - 1).max())


def _share(asked: Policy, problems: list[Problem]) -> np.ndarray:
    """(problems,) of the optimal revenue, mean of the runs; all start at the price of the deterministic problem."""
    found = []
    for curve, stock, days in problems:
        start = curve.clearing(stock, days)
        runs = live(asked, [ClearanceSale(curve, stock, days, start, seed) for seed in range(RUNS)], days)
        found.append(np.mean([profit(one) for one in runs]) / exponential_value(curve, stock, days))
    return np.array(found, float)
