"""Why a price, in figures and in one sentence; and what other prices would do."""

from collections.abc import Sequence
from datetime import datetime
from math import exp, log
from statistics import median

import msgspec

from pricing.contract import Proposal
from pricing.effects import ASSUMED, demand_at, profit_of
from pricing.guardrails import NOTHING, Limits, Rails, guard, least, nearest_ending
from pricing.money import Money
from pricing.states import Fault, Interval, State, fault_of

LADDER = tuple(0.7 + 0.015 * step for step in range(41))
"""Where a curve is drawn when no prices are named: from 70 % to 130 % of today's."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """demand, profit: a day at the price that is through the rails, profit in minor units; profit_now: at today's price.
    gain: the change of profit, by what each sale brings and by how many there are; demand_parts: units a day, from a normal
    day at the list price to the expected one, by season, recent demand and price. Either sums up exactly."""

    sentence: str
    demand: Interval
    profit: Interval
    profit_now: float
    gain: dict[str, float]
    demand_parts: dict[str, float]


class Point(msgspec.Struct, frozen=True, kw_only=True):
    """What a price would do. held: names of the rails that would not let it pass as it is."""

    price: Money
    demand: Interval
    profit: Interval
    held: tuple[str, ...]


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    """points: by price, rising; best: of the greatest expected profit; best_allowed: of those no rail holds, None for none;
    floor: below which no price may go, by cost, margin and contract; assumed: whether the elasticity is not the product's own
    but that of published studies."""

    product: str
    current: Money
    points: tuple[Point, ...]
    best: Money
    best_allowed: Money | None
    floor: Money
    assumed: bool


def explain(price: Money, state: State, before: State | None = None) -> Explanation:
    """Of a price for a product. before: the state when it was last decided on, for what has changed since.

    gain is the Shapley value of both factors of profit, margin and volume (Shapley 1953), which for two is the mean of
    both orders. demand_parts split a product of factors by their logarithms, which leaves no rest (the logarithmic
    mean Divisia index: Ang 2005, "The LMDI approach to decomposition analysis").
    """
    demand, now = demand_at(state, price.minor), state.demand
    profit = profit_of(state, price.minor, demand)
    kept = 1 - state.return_rate
    margin, margin_now = ((one - state.cost.minor) * kept for one in (price.minor, state.price.minor))
    gain = {
        "margin": (margin - margin_now) * (demand.mean + now) / 2,
        "volume": (demand.mean - now) * (margin + margin_now) / 2,
    }
    elasticity = (state.elasticity or ASSUMED).mean
    factors = {
        "season": state.season,
        "recent demand": state.demand_index,
        "price": exp(elasticity * log(price.minor / state.reference.minor)),
    }
    return Explanation(
        sentence=_sentence(price, state, before), demand=demand, profit=profit, profit_now=margin_now * now, gain=gain,
        demand_parts=_parts(demand.mean, factors),
    )  # fmt: skip


def simulate(
    state: State,
    now: datetime,
    rails: Rails | None = None,
    limits: Limits = NOTHING,
    prices: Sequence[Money] = (),
) -> Simulated | Fault:
    """What each price would do, or what is wrong with the state. prices: those of interest besides today's and :data:`LADDER`,
    which has the endings that the rails allow."""
    if (fault := fault_of(state, now)) is not None:
        return fault
    for money in prices:
        if money.currency != state.price.currency or money.minor <= 0:
            return Fault(state.product, "bad-price", f"{money} is no price beside {state.price}.")
    known = rails or Rails()
    ladder = (round(share * state.price.minor) for share in LADDER)
    ended = {nearest_ending(minor, 1, 10**12, known.endings) or minor for minor in ladder}
    asked = ended | {state.price.minor} | {one.minor for one in prices}
    points = tuple(_point(minor, state, known, limits, now) for minor in sorted(asked) if minor > 0)
    best = max(points, key=lambda point: point.profit.mean)
    allowed = [point for point in points if not point.held]
    return Simulated(
        product=state.product, current=state.price, points=points, best=best.price,
        best_allowed=max(allowed, key=lambda point: point.profit.mean).price if allowed else None,
        floor=Money(least(state, known, limits)[0], state.price.currency), assumed=state.elasticity is None,
    )  # fmt: skip


def _point(minor: int, state: State, rails: Rails, limits: Limits, now: datetime) -> Point:
    price = Money(minor, state.price.currency)
    demand = demand_at(state, minor)
    profit = profit_of(state, minor, demand)
    asked = Proposal(
        product=state.product, price=price, current=state.price, demand=demand, profit=profit, profit_now=0.0, reason="",
        codes=(), policy="asked", version="", at=now,
    )  # fmt: skip
    told = guard(asked, state, rails, limits, now)
    return Point(price=price, demand=demand, profit=profit, held=told.acted if told.price != price else ())


def _parts(demand: float, factors: dict[str, float]) -> dict[str, float]:
    logs = {name: log(value) if value > 0 else 0.0 for name, value in factors.items()}
    normal = demand / exp(sum(logs.values()))
    whole = log(demand / normal) if demand > 0 and normal > 0 else 0.0
    mean = (demand - normal) / whole if abs(whole) > 1e-12 else demand
    return {"normal": normal, **{name: mean * one for name, one in logs.items()}}


def _sentence(price: Money, state: State, before: State | None) -> str:
    told = []
    if (moved := _rivals_moved(state, before)) is not None:
        told.append(moved)
    told.append(f"{state.cover_days:.0f} days of cover")
    if (e := state.elasticity) is not None:
        told.append(f"elasticity {e.mean:.1f} ± {(e.high - e.low) / 2:.1f}".replace("-", "−"))
    else:
        told.append("elasticity assumed, as prices never moved enough to tell")
    if state.promotion:
        told.append(f"{state.promotion:.0%} off by promotion")
    if state.deadline is not None:
        told.append(f"to be sold by {state.deadline:%Y-%m-%d}")
    return "; ".join(told)


def _rivals_moved(state: State, before: State | None) -> str | None:
    """How the competitors' median has moved since the state before; None where that is not known, or they stand still."""
    if before is None or not state.rivals or not before.rivals or before.price.currency != state.price.currency:
        return None
    now, then = (median(rival.price.minor for rival in one.rivals) for one in (state, before))
    if then <= 0 or abs(now / then - 1) < 0.005:
        return None
    return f"competitors {now / then - 1:+.0%} since {before.at:%Y-%m-%d}".replace("-", "−", 1)
