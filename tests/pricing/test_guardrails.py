"""Rails, as laws: no price breaks through, whatever policy, state or feed."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadPrice
from pricing import Fault, Interval, Limits, Money, Proposal, Quote, Rails, Rival, State, list_policies, policy, quote
from pricing.guardrails import Change, consistent, guard, lowest_before

NOW = datetime(2026, 5, 1, 12, tzinfo=UTC)
WIDE = Rails(endings=(), hysteresis=0, cool_down=0)


def money(minor: int) -> Money:
    return Money(minor, "EUR")


def state(price: int = 2000, cost: int = 1000, **fields) -> State:
    return State(**{"product": "A", "category": "hat", "price": money(price), "cost": money(cost), "at": NOW, **fields})


def proposed(of: State, minor: int) -> Proposal:
    none = Interval(0, 0, 0)
    return Proposal(
        product=of.product, price=money(minor), current=of.price, demand=none, profit=none, profit_now=0.0, reason="So.",
        codes=("made-up",), policy="none", version="0", at=NOW,
    )  # fmt: skip


def rivals(*prices: int, age: float = 1) -> tuple[Rival, ...]:
    return tuple(Rival(f"s{n}", money(p), NOW - timedelta(hours=age)) for n, p in enumerate(prices))


def cases(count: int, seed: int):
    """States, proposals, rails and limits drawn at random, odd ones among them."""
    rng = np.random.default_rng(seed)
    for _ in range(count):
        price = int(rng.integers(1, 50_000))
        cost = int(price * rng.uniform(0, 1.6))
        feed = tuple(
            Rival(
                "r", money(max(1, int(price * rng.lognormal(0, 1)))), NOW - timedelta(hours=float(rng.uniform(-2, 120)))
            )
            for _ in range(rng.integers(0, 5))
        )
        times = np.sort(rng.uniform(0, 60 * 24, rng.integers(0, 6)))[::-1]
        history = tuple(
            Change(NOW - timedelta(hours=float(h)), money(max(1, int(price * rng.uniform(0.6, 1.5))))) for h in times
        )
        limits = Limits(
            advertised=money(max(1, int(price * rng.uniform(0.3, 1.3)))) if rng.random() < 0.3 else None,
            history=history,
        )
        rails = Rails(
            margin=float(rng.uniform(0, 0.5)), step=float(rng.uniform(0, 0.3)), day=float(rng.uniform(0, 0.3)),
            week=float(rng.uniform(0, 0.5)), cool_down=float(rng.uniform(0, 72)), hysteresis=float(rng.uniform(0, 0.05)),
            endings=((), (99,), (99, 50), (0,))[rng.integers(4)], off=frozenset({"*"}) if rng.random() < 0.02 else frozenset(),
        )  # fmt: skip
        of = state(price, cost, rivals=feed, at=NOW - timedelta(hours=float(rng.uniform(0, 60))))
        yield of, proposed(of, max(1, int(price * rng.lognormal(0, 0.7)))), rails, limits


def broken(of: State, rails: Rails, limits: Limits, told: Quote) -> str:
    """The name of the first rail that a price breaks, "" for none."""
    price, current = told.price.minor, of.price.minor
    if price == current:
        return ""
    floor = of.cost.minor * (1 + rails.margin)
    if price < floor - 1e-6:
        return "margin"
    if limits.advertised is not None and price < limits.advertised.minor:
        return "advertised"
    if rails.off:
        return "kill switch"
    if NOW - of.at > timedelta(hours=rails.state_hours):
        return "stale state"
    lifted = current < max(floor, limits.advertised.minor if limits.advertised else 0)
    gives_way = {one.split(" ")[0] for one in told.acted if one.endswith("gives way")}
    if not lifted and "step" not in gives_way and abs(price - current) > rails.step * current + 1:
        return "step"
    if not lifted and limits.history and NOW - limits.history[-1].at < timedelta(hours=rails.cool_down):
        return "cool-down"
    if not lifted and abs(price - current) < rails.hysteresis * current - 1 and "ending" not in told.acted:
        return "hysteresis"
    if rails.endings and price % 100 not in rails.endings and "ending" not in gives_way:
        return "ending"
    return ""


def test_no_price_breaks_a_rail_in_100_000_cases() -> None:
    for of, proposal, rails, limits in cases(100_000, 1):
        told = guard(proposal, of, rails, limits, NOW)
        assert broken(of, rails, limits, told) == "", (of, proposal, rails, limits, told)
        assert told.kept == (told.price == of.price)
        assert told.price == proposal.price or told.acted


@pytest.mark.parametrize("tag", list_policies())
def test_no_policy_breaks_a_rail(tag: str) -> None:
    drawn = [(of, rails, limits) for of, _, rails, limits in cases(300, 2)]
    states = [
        State(**{name: getattr(of, name) for name in of.__struct_fields__} | {
            "product": f"P{n}", "stock": 20, "elasticity": Interval(-2.0, -2.5, -1.5), "demand": 3.0})
        for n, (of, _, _) in enumerate(drawn)
    ]  # fmt: skip
    rails = Rails(margin=0.1, step=0.07)
    for of, told in zip(states, quote(states, policy(tag)(), NOW, rails), strict=True):
        if isinstance(told, Quote):
            assert broken(of, rails, Limits(), told) == ""


@settings(max_examples=60)
@given(st.integers(1, 10**6), st.integers(1, 10**6), st.integers(0, 10**6))
def test_a_price_is_never_under_cost_and_margin_unless_it_stays(price: int, wanted: int, cost: int) -> None:
    of = state(price, cost)
    told = guard(proposed(of, wanted), of, Rails(margin=0.2), Limits(), NOW)
    assert told.kept or told.price.minor >= cost * 1.2 - 1e-6


def test_what_a_rail_changed_is_in_the_reason() -> None:
    of = state()
    told = guard(proposed(of, 3000), of, WIDE, Limits(), NOW)
    assert told.price == money(2200)
    assert told.acted == ("step",)
    assert told.reason == "So. Held by step: 22.00 EUR instead of 20.00 EUR."


def test_a_day_and_a_week_count_from_what_was_asked_then() -> None:
    history = (Change(NOW - timedelta(days=6), money(1800)), Change(NOW - timedelta(hours=30), money(2000)))
    of = state(2100)
    rails = Rails(endings=(), hysteresis=0, cool_down=0, step=0.5, day=0.1, week=0.5)
    assert guard(proposed(of, 3000), of, rails, Limits(history=history), NOW).price == money(2200)
    rails = Rails(endings=(), hysteresis=0, cool_down=0, step=0.5, day=0.5, week=0.2)
    assert guard(proposed(of, 3000), of, rails, Limits(history=history), NOW).price == money(2160)


@pytest.mark.parametrize(
    ("feed", "held"),
    [(rivals(1500, 1600), True), (rivals(1500), False), (rivals(1500, 1600, age=100), False), (rivals(15, 16), False),
     (rivals(1500, 1600, age=-10), False), ((), False)],
)  # fmt: skip
def test_only_fresh_and_plausible_competitors_hold_a_price(feed, held: bool) -> None:
    of = state(2000, 500, rivals=feed)
    rails = Rails(endings=(), hysteresis=0, cool_down=0, step=0.5, day=0.5, week=0.5, over=1.2)
    told = guard(proposed(of, 2500), of, rails, Limits(), NOW)
    assert ("competitors" in told.acted) is held
    assert told.price == (money(1860) if held else money(2500))


def test_switched_off_stale_and_cooling_prices_stay() -> None:
    of = state()
    for rails, limits, at, why in (
        (Rails(off=frozenset({"hat"})), Limits(), NOW, "kill-switch"),
        (Rails(), Limits(), NOW + timedelta(days=3), "stale-state"),
        (Rails(), Limits(history=(Change(NOW - timedelta(hours=1), money(2000)),)), NOW, "cool-down"),
        (Rails(), Limits(history=(Change(NOW + timedelta(hours=1), money(2000)),)), NOW, "clock-back"),
    ):
        told = guard(proposed(of, 2100), of, rails, limits, at)
        assert told.kept
        assert why in told.acted


def test_a_price_under_its_floor_is_lifted_at_once() -> None:
    of = state(1000, 2000)
    told = guard(proposed(of, 900), of, Rails(margin=0.1), Limits(), NOW)
    assert told.price.minor >= 2200
    assert "step gives way" in told.acted


def test_what_a_reduction_is_told_against_is_the_lowest_of_30_days() -> None:
    history = (
        Change(NOW - timedelta(days=90), money(1500)),
        Change(NOW - timedelta(days=40), money(2200)),
        Change(NOW - timedelta(days=20), money(2600)),
        Change(NOW - timedelta(days=10), money(2400)),
    )
    assert lowest_before(history, NOW) == money(2200)
    assert lowest_before(history[2:], NOW) == money(2400)
    assert lowest_before((), NOW) is None
    of = state(2400)
    assert guard(proposed(of, 2300), of, WIDE, Limits(history=history), NOW).was == money(2200)
    assert guard(proposed(of, 2500), of, WIDE, Limits(history=history), NOW).was is None


def test_sizes_and_bundles_hold_together() -> None:
    def told(product: str, price: int, current: int) -> Quote:
        of = state(current, 100, product=product)
        return guard(proposed(of, price), of, Rails(step=1, day=1, week=1, endings=(), cool_down=0), Limits(), NOW)

    small, large = told("S", 2500, 2000), told("L", 2400, 2400)
    assert [one.price.minor for one in consistent([small, large], [("S", "L")])] == [2000, 2400]
    bundle, parts = told("B", 5000, 3000), [told("X", 2000, 2000), told("Y", 2000, 2000)]
    found = consistent([bundle, *parts], bundles={"B": ["X", "Y"]})
    assert found[0].price.minor == 3000
    assert "consistency" in found[0].acted
    assert consistent([small, Fault("L", "x", "y")], [("S", "L")])[0] == small


@pytest.mark.parametrize(
    ("limits", "code"),
    [(Limits(advertised=Money(5, "USD")), "currency-mix"), (Limits(history=(Change(NOW.replace(tzinfo=None), money(5)),)), "bad-time"),
     (Limits(history=(Change(NOW, money(5)), Change(NOW - timedelta(days=1), money(5)))), "clock-back"),
     (Limits(advertised=money(0)), "bad-price")],
)  # fmt: skip
def test_limits_that_make_no_sense_are_a_fault_and_stop_no_other(limits: Limits, code: str) -> None:
    states = [state(product="A"), state(product="B")]
    told = quote(states, policy("rule.cost-plus")(), NOW, limits={"A": limits})
    assert isinstance(told[0], Fault)
    assert told[0].code == code
    assert isinstance(told[1], Quote)


def test_a_product_twice_is_refused() -> None:
    with pytest.raises(BadPrice, match="twice"):
        quote([state(), state()], policy("rule.cost-plus")(), NOW)
