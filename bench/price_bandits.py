"""Bandits on unknown curves: share of the clairvoyant's revenue, growth of regret, recovery after jumps."""

from collections.abc import Callable

import numpy as np
from scipy.optimize import minimize_scalar

from bench.report import Figure
from pricing.contract import policy
from pricing.curves import Curve, Exponential, Linear, Logit, Power
from pricing.environment import live
from pricing.judging import regret
from pricing.market import ClearanceSale

PERIODS, SEEDS, REFERENCE = 1000, 50, 1000.0
JUMPS = (350, 700)


def bandit_figures() -> list[Figure]:
    figures = []
    for tag, name in (("bandit.thompson", "Thompson"), ("bandit.ucb", "UCB")):
        still = np.array([_lived(tag, seed, ()) for seed in range(SEEDS)])
        jumping = np.array([_lived(tag, seed, JUMPS) for seed in range(SEEDS)])
        barred = tag == "bandit.thompson"
        figures += [
            Figure(f"unknown curve: {name} by the clairvoyant", _share(still), bar=0.96 if barred else None),
            Figure(
                f"unknown curve: {name}, slope of log regret",
                _slope(still, 1),
                bar=0.5 if barred else None,
                better="lower",
                peer=_slope(still, 2),
                note="to any price, from period 100; peer: to the best rung of the ladder",
            ),
            Figure(f"curve jumps twice: {name} by the clairvoyant", _share(jumping), bar=0.90 if barred else None),
            Figure(
                f"curve jumps twice: {name}, recovery",
                _recovery(jumping),
                "periods",
                better="lower",
                note="until 95 % over 25 periods, mean",
            ),
        ]
    return figures


def drawn(rng: np.random.Generator) -> Curve:
    """One of four families, its best price within the ladder (constant elasticity: its lower end) and 5 to 20 units a period at the reference."""
    best, size, family = rng.uniform(0.7, 1.3) * REFERENCE, float(rng.uniform(5, 20)), rng.integers(4)
    if family == 0:
        return Exponential(size * float(np.exp(REFERENCE / best)), 1 / best)
    if family == 1:
        slope = size / (2 * best - REFERENCE)
        return Linear(2 * best * slope, slope)
    if family == 2:
        steep = rng.uniform(2, 4)  # b times the best price, at which 1 of them is left: b p (1 − share) = 1
        logit = Logit(1.0, float(steep + np.log(steep - 1)), float(steep / best))
        return Logit(size / logit.demand(REFERENCE), logit.taste, logit.rate)
    slope = float(rng.uniform(1.3, 2.5))
    return Power(size * REFERENCE**slope, -slope)


def _slope(lived: np.ndarray, best: int) -> float:
    """Power of time by which mean regret grows."""
    return regret(lived[:, 0].mean(0), lived[:, best].mean(0))[1]


def _lived(tag: str, seed: int, jumps: tuple[int, ...]) -> tuple[list[float], list[float], list[float]]:
    """Expected revenue of each period: at the price asked, at the best one between the ladder's ends, at the best rung."""
    made = policy(tag)(seed=seed)
    ends = (made.rungs[0] * REFERENCE, made.rungs[-1] * REFERENCE)  # type: ignore[attr-defined]
    rng = np.random.default_rng((11, seed))
    market = ClearanceSale(drawn(rng), 10**9, 10**6, REFERENCE, seed)
    earned: list[float] = []
    possible: list[float] = []
    rung: list[float] = []
    for start, end in zip((0, *jumps), (*jumps, PERIODS), strict=True):
        if start:
            market.curve = drawn(rng)
        lived = live(made, [market], end - start, learning=True)[0]
        earned += [_revenue(market.curve)(one.price.minor) for one in lived]
        possible += [_most(market.curve, ends)] * len(lived)
        rungs = [_revenue(market.curve)(r * REFERENCE) for r in made.rungs]  # type: ignore[attr-defined]
        rung += [max(rungs)] * len(lived)
    return earned, possible, rung


def _revenue(curve: Curve) -> Callable[[float], float]:
    return lambda price: price * curve.demand(price)


def _most(curve: Curve, ends: tuple[float, float]) -> float:
    inside = minimize_scalar(lambda p: -_revenue(curve)(p), bounds=ends, method="bounded").x
    return max(_revenue(curve)(p) for p in (*ends, inside))


def _share(lived: np.ndarray) -> float:
    """lived: (seeds, 3, periods)."""
    return float((lived[:, 0].sum(1) / lived[:, 1].sum(1)).mean())


def _recovery(lived: np.ndarray) -> float:
    """Periods after a jump until 25 of them together earn 95 % of what was possible; the time to the next jump where never."""
    share = lived[:, 0] / lived[:, 1]
    waits = []
    for start, end in zip(JUMPS, (*JUMPS[1:], PERIODS), strict=True):
        for row in share[:, start:end]:
            window = np.convolve(row, np.ones(25) / 25, "valid") >= 0.95
            waits.append(int(window.argmax()) if window.any() else end - start)
    return float(np.mean(waits))
