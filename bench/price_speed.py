"""How many products a second each policy prices, with and without the rails, and how long one quote takes over HTTP."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import msgspec
import numpy as np

from bench.report import Figure
from bench.serve import serving
from bench.traffic import Request, ask
from core import Settings
from pricing.contract import list_policies, policy
from pricing.money import Money
from pricing.quoting import quote
from pricing.states import Interval, Rival, State

NOW, MANY, TIMES = datetime(2026, 3, 4, tzinfo=UTC), 5000, 3


def speed_figures(settings: Settings) -> list[Figure]:
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
    made, took = policy("optimum.one-step")(), []
    for _ in range(TIMES):
        start = perf_counter()
        quote(states, made, NOW)
        took.append(perf_counter() - start)
    railed = Figure(
        "quotes through the library and the rails: optimum.one-step",
        MANY / min(took),
        "/s",
        bar=5000,
        note="one thread",
    )
    plain = [
        Figure(f"quotes through the library: {tag}", rate, "/s", note="one thread, before the rails")
        for tag, rate in rates.items()
    ]
    return [railed, *plain, *_over_http(settings)]


def _over_http(settings: Settings) -> list[Figure]:
    """One client against a served instance without products, rails and history included."""
    now = datetime.now(UTC)
    states = [
        msgspec.structs.replace(one, at=now, deadline=None, rivals=tuple(msgspec.structs.replace(r, at=now) for r in one.rivals))
        for one in some_states(1000)
    ]  # fmt: skip

    def asked(many: list[State]) -> Request:
        return Request("/v1/pricing/quotes", "application/json", msgspec.json.encode({"states": many}))

    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "models").symlink_to(settings.models_dir.resolve())
        with serving(home) as (url, server):
            single = [asked([one]) for one in states]
            ask(url, single[:50], 1, 2, server)
            alone = ask(url, single, 1, 5, server)
            whole = ask(url, [asked(states)], 1, 5, server)
    return [
        Figure("quotes over HTTP: one product, p50", alone.percentile(50), "ms", bar=20, better="lower"),
        Figure("quotes over HTTP: one product, p99", alone.percentile(99), "ms", better="lower"),
        Figure("quotes over HTTP: 1,000 at once", 1000 * whole.rate, "/s"),
        Figure("quotes over HTTP: errors", alone.errors + whole.errors, bar=0, better="lower"),
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
