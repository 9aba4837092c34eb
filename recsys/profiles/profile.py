"""What is told of a user: a ledger, read at a moment, in words and numbers."""

import math
from datetime import UTC, datetime

import msgspec

from recsys.interactions import DAY
from recsys.profiles.ledger import Ledger
from recsys.profiles.outlook import Outlook
from recsys.profiles.segments import Segment

MOST = 5


class Leaning(msgspec.Struct, frozen=True):
    """share: in [0, 1], of all that was looked at, liked and bought, of which what is a month old counts half."""

    name: str
    share: float


class Band(msgspec.Struct, frozen=True):
    """Prices that two thirds of what they look at lie between, in the shop's currency."""

    low: float
    high: float


class Expected(msgspec.Struct, frozen=True):
    """What the models say. model_age: days since their data ended; purchase_soon: chance of a purchase in seven days, in
    ``category`` if it comes; churn: chance of none in ``churn_days``; value: money in the next ``value_days``;
    sensitivity: by how much of itself a price looked at is above one paid, usual prices of categories apart."""

    model_age: float
    purchase_soon: float
    category: str | None
    churn: float
    churn_days: float
    value: float
    value_days: float
    sensitivity: float
    segment: Segment | None
    cluster: Segment | None


class Profile(msgspec.Struct, frozen=True):
    """recency: days since the last event; frequency: days with a purchase; money: spent in all; expected: None before
    models are trained."""

    since: datetime
    recency: float
    frequency: int
    money: float
    events: dict[str, int]
    band: Band | None
    categories: tuple[Leaning, ...]
    brands: tuple[Leaning, ...]
    colours: tuple[Leaning, ...]
    expected: Expected | None


def told(ledger: Ledger, now: float, outlook: Outlook | None = None) -> Profile:
    """The profile of a ledger with at least one event. now: Unix seconds."""
    categories = _leanings(ledger.categories)
    return Profile(
        since=datetime.fromtimestamp(ledger.first, UTC),
        recency=max(now - ledger.last, 0.0) / DAY,
        frequency=len(ledger.orders),
        money=sum(ledger.orders.values()),
        events=dict(sorted(ledger.kinds.items())),
        band=_band(ledger.band),
        categories=categories,
        brands=_leanings(ledger.brands),
        colours=_leanings(ledger.colours),
        expected=None if outlook is None else _expected(ledger, now, outlook, categories),
    )


def _expected(ledger: Ledger, now: float, outlook: Outlook, categories: tuple[Leaning, ...]) -> Expected:
    return Expected(
        model_age=max(now - outlook.trained, 0.0) / DAY,
        purchase_soon=float(outlook.buys_soon([ledger], now)[0]),
        category=categories[0].name if categories else None,
        churn=float(outlook.churns([ledger], now)[0]),
        churn_days=outlook.churn_days,
        value=float(outlook.value([ledger], now)[0]),
        value_days=outlook.value_days,
        sensitivity=math.expm1(outlook.segments.habits(ledger).sensitivity),
        segment=outlook.segments.by_rules(ledger),
        cluster=outlook.segments.by_cluster(ledger),
    )


def _leanings(sums: dict[str, float]) -> tuple[Leaning, ...]:
    total = sum(sums.values())
    best = sorted(sums, key=lambda name: (-sums[name], name))[:MOST]
    return tuple(Leaning(name, sums[name] / total) for name in best)


def _band(sums: list[float]) -> Band | None:
    weight, first, second = sums
    if not weight:
        return None
    mean = first / weight
    spread = math.sqrt(max(second / weight - mean**2, 0.0))
    return Band(math.expm1(mean - spread), math.expm1(mean + spread))
