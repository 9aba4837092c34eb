"""A market in which policies are tried: customers who choose, competitors who react, a stock that is refilled.

Customers choose by a multinomial logit between our product, its substitutes in our own shop, what competitors ask, and
nothing (McFadden 1974): P(i) = exp(v − b p_i) / (1 + Σ exp(v − b p_j)). Each day the policy sees a ``State``, names a
price, and the day is drawn. Parameters are given, drawn (``Market.drawn``), or fitted and passed in.
"""

from datetime import UTC, datetime, timedelta
from math import exp, log, pi, sin
from typing import Literal

import msgspec
import numpy as np

from pricing.contract import Outcome
from pricing.curves import Curve, Logit
from pricing.money import Money
from pricing.states import Interval, Rival, State

START = datetime(2026, 1, 5, tzinfo=UTC)
Kind = Literal["myopic", "matching", "strategic"]


class Conditions(msgspec.Struct, frozen=True, kw_only=True):
    """What a market is like. Prices in minor units, times in days.

    traffic: customers a day; taste, rate: v and b of the logit; season: swing of traffic over a year, weekend: of a week,
    noise: standard deviation of its logarithm; rivals: kinds of competitors and rival_cost: what they pay;
    substitutes: how many, each with a price that wanders; lead_days, review_level, order_level: of the stock;
    returns: share that comes back, a week later.
    """

    cost: float = 600.0
    start: float = 1000.0
    traffic: float = 60.0
    taste: float = 3.0
    rate: float = 0.003
    season: float = 0.2
    weekend: float = 0.15
    noise: float = 0.1
    rivals: tuple[Kind, ...] = ()
    rival_cost: float = 620.0
    substitutes: int = 1
    lead_days: int = 7
    review_level: float = 12.0
    order_level: float = 24.0
    returns: float = 0.05

    @classmethod
    def drawn(cls, rng: np.random.Generator, rivals: tuple[Kind, ...] = ()) -> "Conditions":
        """At random: elasticities between about −1.5 and −5, and a price to begin with that is somebody's habit, not the best."""
        cost = float(rng.uniform(300, 900))
        rate = float(rng.uniform(1.2, 4.0)) / cost
        return cls(
            cost=cost, start=cost * float(rng.uniform(1.25, 2.0)), traffic=float(rng.uniform(30, 120)), taste=rate * 1.6 * cost + float(rng.uniform(0, 2)),
            rate=rate, season=float(rng.uniform(0, 0.3)), noise=float(rng.uniform(0.05, 0.2)), rivals=rivals,
            rival_cost=cost * float(rng.uniform(0.95, 1.05)), returns=float(rng.uniform(0, 0.1)), lead_days=int(rng.integers(3, 12)),
        )  # fmt: skip


class Market:
    """One product of ours among others, day by day."""

    def __init__(self, conditions: Conditions, seed: int, product: str = "P1") -> None:
        c = self.conditions = conditions
        self.rng, self.product, self.day = np.random.default_rng(seed), product, 0
        self.price = self.reference = max(round(c.start), 1)
        self.changed, self.past = START, [self.price] * 8
        self.rivals = [float(c.start)] * len(c.rivals)
        self.substitutes = np.full(c.substitutes, c.start)
        self.normal = self.rate(self.price)
        self.stock, self.orders, self.back = int(self.normal * c.order_level) + 1, [0] * c.lead_days, [0] * 7
        self.empty, self.trend = [0.0] * 28, [1.0] * 14

    @property
    def now(self) -> datetime:
        return START + timedelta(days=self.day)

    @property
    def over(self) -> bool:
        """Whether there is nothing more to decide."""
        return False

    def season(self) -> float:
        """Factor of today's traffic."""
        c = self.conditions
        weekend = c.weekend if self.now.weekday() >= 5 else -0.4 * c.weekend
        return 1 + c.season * sin(2 * pi * self.day / 365) + weekend

    def rate(self, price: float, rivals: list[float] | None = None) -> float:
        """Expected demand a day at this price and a normal season, units."""
        c = self.conditions
        others = [*(self.rivals if rivals is None else rivals), *self.substitutes]
        pull = exp(min(c.taste - c.rate * price, 50))
        return c.traffic * pull / (1 + pull + sum(exp(min(c.taste - c.rate * other, 50)) for other in others))

    def state(self) -> State:
        """What the shop knows this morning."""
        here, up = self.rate(self.price), self.rate(self.price * 1.01)
        e = log(max(up, 1e-300) / max(here, 1e-300)) / log(1.01)
        season = self.season()
        return State(
            product=self.product, category="market", brand="ours", price=Money(self.price, "EUR"),
            list_price=Money(self.reference, "EUR"), cost=_euro(self.conditions.cost), at=self.now, stock=self.stock,
            inbound=sum(self.orders), lead_days=float(self.conditions.lead_days), age_days=float(self.day),
            price_since=self.changed, week_change=self.price / self.past[-7] - 1, demand=here * season,
            demand_index=here * season / self.normal, demand_trend=sum(self.trend[-7:]) / max(sum(self.trend[-14:-7]), 0.1) - 1,
            season=season, elasticity=Interval(e, 1.15 * e, 0.85 * e), cross_index=float(self.substitutes.sum() + self.reference) / (len(self.substitutes) + 1) / self.reference,
            traffic=self.conditions.traffic * season, conversion=min(here / self.conditions.traffic, 1.0),
            promotion=min(max(1 - self.price / self.reference, 0.0), 1.0), return_rate=self.conditions.returns, stockouts=sum(self.empty) / 28,
            rivals=tuple(Rival(f"R{n}", _euro(p), self.now) for n, p in enumerate(self.rivals)),
        )  # fmt: skip

    def step(self, price: Money) -> Outcome:
        """Live through a day at this price."""
        before = self.state()
        if price.minor != self.price:
            self.changed = self.now
        self.price = price.minor
        wanted = int(self.rng.poisson(max(self.rate(self.price) * self.season() * self._noise(), 0.0)))
        sold = min(wanted, self.stock)
        self.stock -= sold
        self._overnight(sold, wanted)
        self.day += 1
        return Outcome(before, price, float(sold), 1.0, self.state())

    def _noise(self) -> float:
        deviation = self.conditions.noise
        return exp(self.rng.normal(0, deviation) - deviation**2 / 2)

    def _overnight(self, sold: int, wanted: int) -> None:
        c = self.conditions
        self.back.append(int(self.rng.binomial(sold, c.returns)))
        self.stock += self.back.pop(0)
        if c.lead_days:
            self.stock += self.orders.pop(0)
            level, held = self.normal * self.season(), self.stock + sum(self.orders)
            self.orders.append(int(level * c.order_level - held) if held < level * c.review_level else 0)
        self.empty = [*self.empty[1:], float(wanted > sold)]
        self.trend = [*self.trend[1:], float(wanted)]
        self.past = [*self.past[1:], self.price]
        self.substitutes = self.substitutes * np.exp(self.rng.normal(0, 0.01, c.substitutes))
        self.substitutes += 0.05 * (c.start - self.substitutes)
        self.rivals = [self._reply(n, kind) for n, kind in enumerate(c.rivals)]

    def _reply(self, number: int, kind: Kind) -> float:
        """What a competitor asks tomorrow, having seen our price today.

        myopic: half way to what would earn it most if nobody else moved; matching: our price, but not under its cost and
        a twentieth; strategic: goes along while we stay at what was asked at first or above, and below us while we do not.
        """
        c, own = self.conditions, self.rivals[number]
        floor = 1.05 * c.rival_cost
        if kind == "matching":
            return max(float(self.price), floor)
        if kind == "strategic":
            wanted = 0.97 * self.price if self.price < 0.98 * c.start else float(self.price)
            return min(max(wanted, floor), 1.3 * c.start)
        others = [p for n, p in enumerate(self.rivals) if n != number] + [float(self.price)]
        away = 1 + sum(exp(min(c.taste - c.rate * p, 50)) for p in [*others, *self.substitutes])
        best = Logit(c.traffic, c.taste - log(away), c.rate).best(c.rival_cost)
        return max(own + 0.5 * (best - own), floor)


def _euro(minor: float) -> Money:
    return Money(max(round(minor), 1), "EUR")


class ClearanceSale(Market):
    """A finite stock and a deadline, one known curve, nobody else: the problem of Gallego & van Ryzin (1994)."""

    def __init__(self, curve: Curve, stock: int, days: int, start: float, seed: int, product: str = "P1") -> None:
        self.curve, self.days = curve, days
        conditions = Conditions(
            cost=1.0,
            start=start,
            season=0.0,
            weekend=0.0,
            noise=0.0,
            substitutes=0,
            lead_days=0,
            returns=0.0,
            traffic=curve.demand(start) * 10,
        )
        super().__init__(conditions, seed, product)
        self.stock = stock

    @property
    def over(self) -> bool:
        return self.day >= self.days or self.stock == 0

    def rate(self, price: float, rivals: list[float] | None = None) -> float:
        return self.curve.demand(price)

    def state(self) -> State:
        return msgspec.structs.replace(
            super().state(), deadline=START + timedelta(days=self.days), holding=0.0, shortage=0.0
        )
