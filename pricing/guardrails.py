"""Last on every path: what no price may break, whatever a policy or a feed says.

In order, the first wins: switched off or out of date → the price stays; cost, margin and the minimum advertised price; what fresh
competitors ask; the step, the day and the week; cool-down and hysteresis; the ending. Where nothing meets all that bind, the
price stays as it is, and the answer says so. The one price that is moved at any step is one that stands under its floor.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from math import ceil, floor
from statistics import median
from typing import Annotated

import msgspec

from pricing.contract import Proposal
from pricing.money import Money
from pricing.states import AHEAD, Fault, State

DAY, WEEK, MONTH = timedelta(days=1), timedelta(days=7), timedelta(days=30)
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Change(msgspec.Struct, frozen=True):
    """A price that was asked from a moment on."""

    at: datetime
    price: Money


class Rails(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """margin: least share of cost on top of it; step, day, week: largest share by which a price moves at once, and from what it
    was a day and a week ago; cool_down: hours between two changes; hysteresis: smaller moves are not made; endings: of minor
    units by the hundred, none for any; under, over: shares of the fresh competitors' median between which prices stay; fresh:
    hours that a competitor's price counts; state_hours: that a state does; off: products, categories, or "*" for the shop."""

    margin: Annotated[float, msgspec.Meta(ge=0, le=10)] = 0.05
    step: Share = 0.1
    day: Share = 0.1
    week: Share = 0.2
    cool_down: Annotated[float, msgspec.Meta(ge=0)] = 20.0
    hysteresis: Share = 0.01
    endings: tuple[int, ...] = (99, 95, 90, 50, 0)
    under: Annotated[float, msgspec.Meta(ge=0)] = 0.7
    over: Annotated[float, msgspec.Meta(ge=0)] = 1.3
    fresh: Annotated[float, msgspec.Meta(gt=0)] = 48.0
    state_hours: Annotated[float, msgspec.Meta(gt=0)] = 48.0
    off: frozenset[str] = frozenset()


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Of one product. advertised: the least that may be asked by contract; history: its changes of price."""

    advertised: Money | None = None
    history: tuple[Change, ...] = ()


NOTHING = Limits()


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """A price that is through the rails. acted: those that changed something, in their order; kept: whether the price stays;
    was: what a reduction must be told against, the lowest price of the last 30 days before it (Directive (EU) 2019/2161),
    None where it is no reduction or nothing is known."""

    product: str
    price: Money
    proposed: Money
    current: Money
    acted: tuple[str, ...]
    kept: bool
    was: Money | None
    reason: str
    proposal: Proposal


def guard(proposal: Proposal, state: State, rails: Rails, limits: Limits, now: datetime) -> Quote:
    """The proposal through the rails. state: the one it was made of."""
    current, wanted = state.price.minor, proposal.price.minor
    acted: list[str] = []
    if rails.off & {"*", state.product, state.category}:
        return _quote(proposal, state, current, ["kill-switch"], limits, now)
    if now - state.at > timedelta(hours=rails.state_hours):
        return _quote(proposal, state, current, ["stale-state"], limits, now)
    if any(change.at > now + AHEAD for change in limits.history):
        return _quote(proposal, state, current, ["clock-back"], limits, now)
    floor_price, floored = least(state, rails, limits)
    low, high = floor_price, 10**12
    below = current < floor_price

    def bound(name: str, under: float, over: float) -> None:
        """Narrow what is allowed; a bound that leaves nothing gives way to those before it."""
        nonlocal low, high, wanted
        under, over = max(low, ceil(under - 1e-9)), min(high, floor(over + 1e-9))
        if under > over:
            acted.append(f"{name} gives way")
            return
        low, high = under, over
        if not low <= wanted <= high:
            acted.append(name)
            wanted = min(max(wanted, low), high)

    if wanted < floor_price:
        acted.append(floored)
        wanted = floor_price
    if (market := _market(state, rails, now)) is not None:
        bound("competitors", rails.under * market, rails.over * market)
    for name, since, share in (("step", None, rails.step), ("day", DAY, rails.day), ("week", WEEK, rails.week)):
        base = current if since is None else _asked_at(limits.history, now - since, current)
        bound(name, base * (1 - share), base * (1 + share))
    if not below:
        if limits.history and now - limits.history[-1].at < timedelta(hours=rails.cool_down) and wanted != current:
            return _quote(proposal, state, current, [*acted, "cool-down"], limits, now)
        if 0 < abs(wanted - current) < rails.hysteresis * current:
            return _quote(proposal, state, current, [*acted, "hysteresis"], limits, now)
        if wanted == current:
            return _quote(proposal, state, current, acted, limits, now)
    ended = nearest_ending(wanted, low, high, rails.endings)
    if ended is None:
        if below:  # under cost is worse than an odd ending
            forced = min(max(wanted, floor_price), max(high, floor_price))
            return _quote(proposal, state, forced, [*acted, "ending gives way"], limits, now)
        return _quote(proposal, state, current, [*acted, "no-price-meets-all"], limits, now)
    if ended != wanted:
        acted.append("ending")
    return _quote(proposal, state, ended, acted, limits, now)


def least(state: State, rails: Rails, limits: Limits) -> tuple[int, str]:
    """The least that may be asked, in minor units, by cost, margin and contract; and the rail that says so."""
    by_margin = max(ceil(state.cost.minor * (1 + rails.margin) - 1e-9), 1)
    if limits.advertised is not None and limits.advertised.minor > by_margin:
        return limits.advertised.minor, "minimum-advertised-price"
    return by_margin, "minimum-margin"


def consistent(
    quotes: Sequence[Quote | Fault],
    smaller: Sequence[tuple[str, str]] = (),
    bundles: Mapping[str, Sequence[str]] | None = None,
) -> list[Quote | Fault]:
    """Prices that hold together: of each pair the second, larger, costs no less; a bundle costs no more than its parts.

    Where new prices would not, those that moved stay as they are, which is how they held together before.
    """
    found = {one.product: one for one in quotes if isinstance(one, Quote)}
    while True:
        prices = {product: one.price for product, one in found.items()}
        broken = breaches(prices, smaller, bundles or {})
        moved = {one for group, _ in broken for one in group if not found[one].kept}
        if not moved:
            return [found[one.product] if isinstance(one, Quote) else one for one in quotes]
        for one in moved:
            told = found[one]
            reason = f"{told.reason} It stays at {told.current}: prices of its kind must hold together."
            found[one] = msgspec.structs.replace(
                told, price=told.current, kept=True, was=None, acted=(*told.acted, "consistency"), reason=reason
            )


def breaches(
    prices: Mapping[str, Money], smaller: Sequence[tuple[str, str]], bundles: Mapping[str, Sequence[str]]
) -> Iterator[tuple[set[str], str]]:
    """Products whose prices do not hold together, and why; what has no price is passed over."""
    for a, b in smaller:
        if a in prices and b in prices and prices[b] < prices[a]:
            yield {a, b}, f"{b} would cost less than {a}, which is smaller."
    for bundle, parts in bundles.items():
        known = bundle in prices and bool(parts) and all(part in prices for part in parts)
        if known and prices[bundle].minor > sum(prices[part].minor for part in parts):
            yield {bundle, *parts}, f"{bundle} would cost more than its parts."


def lowest_before(history: Sequence[Change], now: datetime) -> Money | None:
    """The lowest price that was asked at any time in the 30 days before now; None where nothing is known of them."""
    asked = [change.price for change in history if now - MONTH <= change.at <= now]
    earlier = [change for change in reversed(history) if change.at < now - MONTH]
    if earlier:
        asked.append(max(earlier, key=lambda change: change.at).price)
    return min(asked, key=lambda price: price.minor) if asked else None


def _market(state: State, rails: Rails, now: datetime) -> float | None:
    """The median of competitors that are fresh, in stock and not absurd; None where fewer than two are left.

    Absurd is what is under a third or over three times our own price, or under half or over twice the median: a feed with a
    misplaced point, or of another pack, must not move a price.
    """
    heard = [
        rival.price.minor
        for rival in state.rivals
        if rival.in_stock
        and rival.at.tzinfo is not None
        and now - timedelta(hours=rails.fresh) <= rival.at <= now + AHEAD
        and rival.price.currency == state.price.currency
        and state.price.minor / 3 <= rival.price.minor <= state.price.minor * 3
    ]
    if len(heard) < 2:
        return None
    middle = median(heard)
    kept = [one for one in heard if middle / 2 <= one <= middle * 2]
    return float(median(kept)) if len(kept) >= 2 else None


def _asked_at(history: Sequence[Change], moment: datetime, current: int) -> int:
    """What was asked then; where that is not known, the first price known after it, or today's. Of two changes at one moment
    the later in the list counts."""
    before = [change for change in reversed(history) if change.at <= moment]
    if before:
        return max(before, key=lambda change: change.at).price.minor
    return min(history, key=lambda change: change.at).price.minor if history else current


def nearest_ending(wanted: int, low: int, high: int, endings: Sequence[int]) -> int | None:
    """The nearest price with an allowed ending between low and high, the lower of two; None where there is none."""
    if not endings:
        return wanted
    hundred = wanted // 100
    near = [
        100 * whole + end for whole in (hundred - 1, hundred, hundred + 1) for end in (one % 100 for one in endings)
    ]
    fitting = [one for one in near if low <= one <= high and one > 0]
    return min(fitting, key=lambda one: (abs(one - wanted), one)) if fitting else None


def _quote(proposal: Proposal, state: State, minor: int, acted: Sequence[str], limits: Limits, now: datetime) -> Quote:
    price = Money(minor, state.price.currency)
    kept = minor == state.price.minor
    was = lowest_before(limits.history, now) if minor < state.price.minor else None
    told = f"{proposal.reason} " + (f"Held by {', '.join(acted)}: " if acted else "")
    reason = told + (f"it stays at {price}." if kept else f"{price} instead of {state.price}.")
    return Quote(
        product=state.product, price=price, proposed=proposal.price, current=state.price, acted=tuple(acted), kept=kept, was=was,
        reason=reason, proposal=proposal,
    )  # fmt: skip
