"""What is known of a product when its price is decided, and what is wrong with it."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from math import isfinite

import msgspec

from pricing.money import Money

AHEAD = timedelta(minutes=5)  # clocks of two machines differ by as much


class Interval(msgspec.Struct, frozen=True):
    """An estimate with its 90 % interval: low ≤ mean ≤ high."""

    mean: float
    low: float
    high: float

    def scaled(self, factor: float) -> "Interval":
        """All three times a factor ≥ 0."""
        return Interval(self.mean * factor, self.low * factor, self.high * factor)


class Rival(msgspec.Struct, frozen=True):
    """What another shop asks for the same product, as some feed says: untrusted, so ``at`` counts."""

    seller: str
    price: Money
    at: datetime
    in_stock: bool = True


class State(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A product at a moment. Rates are per day; shares are in [0, 1] unless said otherwise; 1 is an index's normal.

    price: asked now; list_price: its reference ("was"); cost: to replace one; salvage: worth of one after the deadline.
    stock, inbound: pieces here and ordered; lead_days: until an order comes; deadline: end of sale, None for none.
    age_days: since it came into the shop; price_since: last change of price; week_change: of price in the last
    7 days, as a share of it (−.1: down by a tenth).
    demand: expected units a day at today's price, with stock at hand; demand_index: recent demand by normal;
    demand_trend: growth of demand a week, as a share; season: factor of the season, 1 for the year's mean.
    elasticity: of demand by own price, None where prices never moved enough to tell; cross_index: price level of its
    substitutes by normal.
    traffic: visits of its page; conversion: share of them that buy; promotion: discount now; display: whether it is
    shown in front; return_rate: share of what is sold that comes back; stockouts: share of the last 28 days without stock.
    holding, shortage: a day of storage by the cost of one, and goodwill lost by the price for each unit not to be had.
    rating: mean stars in [0, 5], 0 for none. at: when all this was read.
    """

    product: str
    category: str
    price: Money
    cost: Money
    at: datetime
    brand: str = ""
    list_price: Money | None = None
    salvage: Money | None = None
    stock: int = 0
    inbound: int = 0
    lead_days: float = 7.0
    deadline: datetime | None = None
    age_days: float = 0.0
    price_since: datetime | None = None
    week_change: float = 0.0
    demand: float = 1.0
    demand_index: float = 1.0
    demand_trend: float = 0.0
    season: float = 1.0
    elasticity: Interval | None = None
    cross_index: float = 1.0
    traffic: float = 0.0
    conversion: float = 0.0
    promotion: float = 0.0
    display: bool = False
    return_rate: float = 0.0
    stockouts: float = 0.0
    holding: float = 0.0005
    shortage: float = 0.1
    rating: float = 0.0
    rivals: tuple[Rival, ...] = ()

    @property
    def reference(self) -> Money:
        """The list price, or the present one where there is none."""
        return self.list_price or self.price

    @property
    def cover_days(self) -> float:
        """Days until the stock is sold at today's rate; at most 3,650."""
        return min(self.stock / self.demand, 3650.0) if self.demand > 0 else 3650.0


class Fault(msgspec.Struct, frozen=True):
    """Why there is no proposal for a product. code: stable, in kebab case; detail: in words."""

    product: str
    code: str
    detail: str


SHARES = ("conversion", "promotion", "return_rate", "stockouts")
AMOUNTS = (
    "lead_days",
    "age_days",
    "demand",
    "demand_index",
    "season",
    "cross_index",
    "traffic",
    "holding",
    "shortage",
    "rating",
)
FREE = ("week_change", "demand_trend")


def fault_of(state: State, now: datetime) -> Fault | None:
    """The first thing that is wrong with a state, or None; a price must never be made of such a one.

    Competitors' prices are not judged here but by the rails, as a bad feed spoils nothing else; only their currency is.
    """
    return next((Fault(state.product, code, detail) for code, detail in _faults(state, now)), None)


def _faults(state: State, now: datetime) -> Iterator[tuple[str, str]]:
    for name in AMOUNTS:
        value = getattr(state, name)
        if not (isfinite(value) and value >= 0):
            yield "bad-number", f"{name} is {value}; it must be a number of 0 or more."
    for name in SHARES:
        if not 0 <= getattr(state, name) <= 1:
            yield "bad-number", f"{name} is {getattr(state, name)}; it must lie between 0 and 1."
    for name in FREE:
        if not isfinite(getattr(state, name)):
            yield "bad-number", f"{name} is {getattr(state, name)}."
    if state.price.minor <= 0:
        yield "bad-price", f"The price is {state.price}; it must be over 0."
    if state.cost.minor < 0:
        yield "bad-cost", f"The cost is {state.cost}; it cannot be negative."
    if min(state.stock, state.inbound) < 0:
        yield "bad-number", "Stock cannot be negative."
    for money in (state.cost, state.list_price, state.salvage, *(rival.price for rival in state.rivals)):
        if money is not None and money.currency != state.price.currency:
            yield "currency-mix", f"{money.currency} stands beside {state.price.currency}."
    if (e := state.elasticity) is not None and not (isfinite(e.low) and isfinite(e.high) and e.low <= e.mean <= e.high):
        yield "bad-number", f"The elasticity {e.mean} does not lie in its interval from {e.low} to {e.high}."
    for name in ("at", "deadline", "price_since"):
        if (moment := getattr(state, name)) is not None and moment.tzinfo is None:
            yield "bad-time", f"{name} names no time zone."
            return
    if state.at > now + AHEAD:
        yield "clock-back", f"The state is of {state.at.astimezone(UTC):%Y-%m-%d %H:%M}, which is after now."
