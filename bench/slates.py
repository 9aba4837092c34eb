"""Pages chosen for the whole visit against pages chosen for themselves, in simulated visits."""

import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from recsys.slates import Bandit, Met, Page, SlateQ, Turn, Won, features
from sample import Shoppers, generate
from sample.visits import Visit

PRODUCTS, CANDIDATES, PLACES = 400, 60, 6
NOISE = 1.2
"""Deviation of a ranker's score from what the shopper wants."""

PAGE_SECONDS = 30.0
Choose = Callable[[NDArray[np.float32]], NDArray[np.int64]]


class Shop:
    """Products, shoppers and what a ranker thinks of both."""

    def __init__(self, shoppers: int, seed: int) -> None:
        self.shoppers = Shoppers(list(generate(PRODUCTS, seed)), shoppers, seed)
        self.prices = np.array([float(one.price) for one in self.shoppers.products], np.float32)
        self.kinds = [one.category for one in self.shoppers.products]
        self.unit = float(self.prices.mean())
        wanted = self.shoppers.utility(np.arange(min(200, shoppers)))
        self.ctr = (1 / (1 + np.exp(2.6 - wanted))).mean(0).astype(np.float32)
        self.seed = seed

    def visit(self, shopper: int, number: int, choose: Choose, told: Callable[[Turn], None] | None = None) -> float:
        """One visit, a page after another; what it brought, in mean prices. number: of the visit, which says what is drawn."""
        visit = Visit(self.shoppers, shopper, np.random.default_rng([self.seed, 21, number]))
        scores = (visit.wanted + np.random.default_rng([self.seed, 22, shopper]).normal(0, NOISE, PRODUCTS)).astype(
            np.float32
        )
        best = np.argsort(-scores, kind="stable").tolist()
        met: list[Met] = []
        shown: set[int] = set()
        total, before = 0.0, None
        while not visit.over:
            order = [one for one in best if one not in shown][:CANDIDATES]
            pool = np.array(order)
            page = features(
                Page(scores[pool], self.prices[pool], self.ctr[pool], [self.kinds[one] for one in order], met)
            )
            if before is not None and told is not None:
                told(Turn(before[0], before[1], page))
            places = choose(page)
            done = visit.see(pool[places])
            rewards = (done.purchased * self.prices[pool[places]] / self.unit).astype(np.float32)
            total += float(rewards.sum())
            met = [Met(one.category, one.kind, one.age + PAGE_SECONDS) for one in met]
            for at, clicked, bought in zip(pool[places], done.clicked, done.purchased, strict=True):
                met += [Met(self.kinds[at], "click", 0.0)] * int(clicked) + [
                    Met(self.kinds[at], "purchase", 0.0)
                ] * int(bought)
            shown.update(int(one) for one in pool[places])
            before = page[places], rewards
        if before is not None and told is not None:
            told(Turn(before[0], before[1], None))
        return total


def practise(shop: Shop, policy: Any, visits: int) -> None:
    """Have a policy learn from its own visits."""
    rng = np.random.default_rng([shop.seed, 23])
    for number in range(visits):
        shopper = int(rng.integers(shop.shoppers.count))
        shop.visit(shopper, number, lambda page: policy.choose(page, PLACES, learning=True), policy.learn)


def compare(shop: Shop, policies: dict[str, Any], visits: int) -> dict[str, NDArray[np.float64]]:
    """(visits,) what each brought, in visits of the same shoppers with the same draws."""
    rng = np.random.default_rng([shop.seed, 24])
    who = rng.integers(shop.shoppers.count, size=visits)
    return {
        name: np.array([
            shop.visit(int(one), 10**6 + number, lambda page, own=own: own.choose(page, PLACES))  # type: ignore[misc]
            for number, one in enumerate(who)
        ])
        for name, own in policies.items()
    }  # fmt: skip


def contest(visits: int = 3000, judged: int = 2000, seed: int = 7) -> tuple[SlateQ, Won]:
    """Train a greedy ranker, a bandit and the deep policy on visits of some shoppers, and compare them on visits of others."""
    shop, others = Shop(2000, seed), Shop(2000, seed + 1)
    deep = SlateQ(seed=seed)
    policies = {"greedy": SlateQ(discount=0.0, seed=seed), "bandit": Bandit(seed=seed), "deep": deep}
    for name, policy in policies.items():
        print(f"slates: {name}", file=sys.stderr)
        practise(shop, policy, visits)
    found = compare(others, policies, judged)
    gain = found["deep"] - found["greedy"]
    middle, half = float(gain.mean()), 1.96 * float(gain.std()) / judged**0.5
    mean = {name: float(one.mean()) for name, one in found.items()}
    return deep, Won(judged, mean["greedy"], mean["bandit"], mean["deep"], middle - half, middle + half)


def slate_figures(seed: int) -> list[Figure]:
    """Visits of shoppers that nothing was trained on, the same for all three."""
    _, won = contest(seed=seed)
    note = f"{won.visits} visits, in mean prices"
    return [
        Figure("slates: greedy ranker, a visit", won.greedy, note=note),
        Figure("slates: contextual bandit, a visit", won.bandit, note=note),
        Figure("slates: deep policy, a visit", won.policy, note=note),
        Figure("slates: deep less greedy, lower end", won.low, note="95 % interval"),
        Figure("slates: deep less greedy, upper end", won.high),
    ]
