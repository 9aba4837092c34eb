"""How many products a second each policy prices."""

from datetime import UTC, datetime, timedelta
from time import perf_counter

import numpy as np

from bench.report import Figure
from pricing.contract import list_policies, policy
from pricing.money import Money
from pricing.states import Interval, Rival, State

NOW, MANY, TIMES = datetime(2026, 3, 4, tzinfo=UTC), 5000, 3


def speed_figures() -> list[Figure]:
    states = some_states(MANY)
    rates = {}
    for tag in list_policies():
        made = policy(tag)()
        made.propose(states[:10], NOW)
        took = []
        for _ in range(TIMES):
            start = perf_counter()
            made.propose(states, NOW)
            took.append(perf_counter() - start)
        rates[tag] = MANY / min(took)
    return [
        Figure(
            f"quotes through the library: {tag}",
            rate,
            "/s",
            bar=5000 if tag == "optimum.one-step" else None,
            note="one thread, before the rails",
        )
        for tag, rate in rates.items()
    ]


def some_states(count: int) -> list[State]:
    """Products at random, each with three competitors and a deadline for every other one."""
    rng = np.random.default_rng(7)
    return [
        State(
            product=f"P{n}", category="c", price=Money(int(price), "EUR"), cost=Money(int(0.5 * price), "EUR"), at=NOW, stock=int(rng.integers(1, 200)),
            demand=float(rng.uniform(0.2, 9)), elasticity=Interval(-2.1, -2.5, -1.7), deadline=NOW + timedelta(days=30) if n % 2 else None,
            rivals=tuple(Rival(f"R{k}", Money(int(price * rng.uniform(0.9, 1.1)), "EUR"), NOW) for k in range(3)),
        )
        for n, price in enumerate(rng.integers(500, 20_000, count))
    ]  # fmt: skip
