"""The sums that a profile is told from. They commute: events may come in any order and in any batches."""

import math
from collections.abc import Iterable

import msgspec

from recsys.events import WEIGHTS
from recsys.interactions import DAY

HALF_LIFE = 30.0
"""Days after which an event counts half for leanings and the price band."""
_ORIGIN = 1_577_836_800.0  # 2020; weights grow from there instead of fading, which is the same and needs no clock


class Facts(msgspec.Struct, frozen=True):
    """What a profile learns from an item; "" and None where it is not known."""

    category: str = ""
    brand: str = ""
    colour: str = ""
    price: float | None = None


class Deed(msgspec.Struct, frozen=True):
    """An event of an item. time: Unix seconds; price: paid for one piece, if told."""

    kind: str
    time: float
    item: str = ""
    price: float | None = None
    quantity: int = 1


class Prices(msgspec.Struct):
    """Of a category: number and sum of logarithms of prices looked at, and of those bought."""

    looked: int = 0
    looked_log: float = 0.0
    bought: int = 0
    bought_log: float = 0.0


class Ledger(msgspec.Struct):
    """All sums of one user.

    kinds: events by kind; orders: money by day since 1970 with a purchase; categories, brands, colours: growing weights;
    prices: by category; band: weight, and its sums with the logarithm of the price and with its square.
    """

    first: float = math.inf
    last: float = -math.inf
    kinds: dict[str, int] = msgspec.field(default_factory=dict)
    orders: dict[int, float] = msgspec.field(default_factory=dict)
    categories: dict[str, float] = msgspec.field(default_factory=dict)
    brands: dict[str, float] = msgspec.field(default_factory=dict)
    colours: dict[str, float] = msgspec.field(default_factory=dict)
    prices: dict[str, Prices] = msgspec.field(default_factory=dict)
    band: list[float] = msgspec.field(default_factory=lambda: [0.0, 0.0, 0.0])

    def add(self, deed: Deed, facts: Facts) -> None:
        """Take in one event, and what its item is."""
        self.first, self.last = min(self.first, deed.time), max(self.last, deed.time)
        self.kinds[deed.kind] = self.kinds.get(deed.kind, 0) + 1
        price = deed.price if deed.price is not None else facts.price
        if deed.kind == "purchase":
            day = int(deed.time // DAY)
            self.orders[day] = self.orders.get(day, 0.0) + (price or 0.0) * deed.quantity
        weight = WEIGHTS.get(deed.kind, 0.0) * 2.0 ** ((deed.time - _ORIGIN) / DAY / HALF_LIFE)
        if not weight:
            return
        for sums, word in (
            (self.categories, facts.category), (self.brands, facts.brand), (self.colours, facts.colour),
        ):  # fmt: skip
            if word:
                sums[word] = sums.get(word, 0.0) + weight
        if price:
            logarithm = math.log1p(price)
            self.band = [s + weight * logarithm**n for n, s in enumerate(self.band)]
            of_kind = self.prices.setdefault(facts.category, Prices())
            if deed.kind == "purchase":
                of_kind.bought, of_kind.bought_log = of_kind.bought + 1, of_kind.bought_log + logarithm
            elif deed.kind == "view":
                of_kind.looked, of_kind.looked_log = of_kind.looked + 1, of_kind.looked_log + logarithm

    def merge(self, other: "Ledger") -> None:
        """Take in all of another ledger, of other events of the same user."""
        self.first, self.last = min(self.first, other.first), max(self.last, other.last)
        for kind, count in other.kinds.items():
            self.kinds[kind] = self.kinds.get(kind, 0) + count
        for day, money in other.orders.items():
            self.orders[day] = self.orders.get(day, 0.0) + money
        for own, told in (
            (self.categories, other.categories), (self.brands, other.brands), (self.colours, other.colours),
        ):  # fmt: skip
            for word, weight in told.items():
                own[word] = own.get(word, 0.0) + weight
        for category, theirs in other.prices.items():
            mine = self.prices.setdefault(category, Prices())
            for name in mine.__struct_fields__:
                setattr(mine, name, getattr(mine, name) + getattr(theirs, name))
        self.band = [a + b for a, b in zip(self.band, other.band, strict=True)]

    def activity(self, now: float) -> float:
        """Weight of all events as faded by now."""
        return float(self.band[0] * 2.0 ** (-(now - _ORIGIN) / DAY / HALF_LIFE))

    @classmethod
    def of(cls, deeds: Iterable[tuple[Deed, Facts]]) -> "Ledger":
        made = cls()
        for deed, facts in deeds:
            made.add(deed, facts)
        return made
