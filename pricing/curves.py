"""Demand by price in closed form, each with the price that earns the most.

Units: price and cost in any one unit, demand in units a day. Formulas: Talluri & van Ryzin, "The Theory and Practice of
Revenue Management" (2004), table 7.1 and section 7.3; Phillips, "Pricing and Revenue Optimization" (2005), chapter 3.
"""

from abc import ABCMeta, abstractmethod
from math import exp, inf, log

import msgspec
from scipy.special import lambertw

from core.errors import BadPrice


class _Kind(type(msgspec.Struct), ABCMeta):  # type: ignore[misc]
    """Structs whose abstract methods are held to."""


class Curve(msgspec.Struct, metaclass=_Kind, frozen=True):  # type: ignore[metaclass]
    """Expected demand by price; falling."""

    @abstractmethod
    def demand(self, price: float) -> float:
        """Units a day at this price (over 0)."""

    @abstractmethod
    def best(self, cost: float) -> float:
        """The price that maximises (price − cost) × demand; ``inf`` where more is always better."""

    @abstractmethod
    def price_for(self, demand: float) -> float:
        """The price at which this much is sold a day: the inverse."""

    @abstractmethod
    def elasticity(self, price: float) -> float:
        """d ln demand / d ln price, 0 or less."""

    def clearing(self, stock: float, days: float, worth: float = 0.0) -> float:
        """The one price for a stock to be sold in so many days, each piece of which is worth ``worth`` afterwards.

        The larger of the best price and that at which the stock just runs out: the deterministic problem of Gallego &
        van Ryzin, "Optimal dynamic pricing of inventories with stochastic demand over finite horizons", Management
        Science 40 (1994), proposition 2.
        """
        if stock <= 0 or days <= 0:
            raise BadPrice("There is nothing left to sell, or no time to sell it in.")
        return max(self.best(worth), self.price_for(stock / days))


class Power(Curve, frozen=True):
    """Log-log: scale × price^slope; slope is the elasticity, under 0.

    The constant-elasticity optimum is cost × e / (1 + e) for e < −1 (Lerner 1934):

    >>> Power(100.0, -2.0).best(6.0)
    12.0
    """

    scale: float
    slope: float

    def demand(self, price: float) -> float:
        return float(self.scale * price**self.slope)

    def best(self, cost: float) -> float:
        return cost * self.slope / (1 + self.slope) if self.slope < -1 else inf

    def price_for(self, demand: float) -> float:
        return float((demand / self.scale) ** (1 / self.slope))

    def elasticity(self, price: float) -> float:
        return self.slope


class Linear(Curve, frozen=True):
    """size − slope × price, and 0 above.

    >>> Linear(100.0, 5.0).best(4.0)
    12.0
    """

    size: float
    slope: float

    def demand(self, price: float) -> float:
        return max(self.size - self.slope * price, 0.0)

    def best(self, cost: float) -> float:
        return (self.size / self.slope + cost) / 2

    def price_for(self, demand: float) -> float:
        return (self.size - demand) / self.slope

    def elasticity(self, price: float) -> float:
        left = self.demand(price)
        return -self.slope * price / left if left else -inf


class Exponential(Curve, frozen=True):
    """Log-linear: size × exp(−rate × price), the curve of Gallego & van Ryzin's closed form.

    >>> Exponential(100.0, 0.25).best(3.0)
    7.0
    """

    size: float
    rate: float

    @classmethod
    def through(cls, price: float, demand: float, elasticity: float) -> "Exponential":
        """The one through a point with this elasticity (under 0) there."""
        rate = -elasticity / price
        return cls(demand * exp(rate * price), rate)

    def demand(self, price: float) -> float:
        return self.size * exp(-self.rate * price)

    def best(self, cost: float) -> float:
        return cost + 1 / self.rate

    def price_for(self, demand: float) -> float:
        return log(self.size / demand) / self.rate

    def elasticity(self, price: float) -> float:
        return -self.rate * price


class Logit(Curve, frozen=True):
    """size × exp(a − b price) / (1 + exp(a − b price)): of so many who come, those who buy.

    The best price solves b (price − cost) (1 − share) = 1, which is cost + (1 + W(exp(a − b cost − 1))) / b with
    Lambert's W (Li & Huh, "Pricing multiple products with the multinomial logit and nested logit models", M&SOM 13, 2011).
    """

    size: float
    taste: float
    rate: float

    def share(self, price: float) -> float:
        """Of those who come, those who buy, in (0, 1)."""
        return 1 / (1 + exp(min(self.rate * price - self.taste, 700.0)))

    def demand(self, price: float) -> float:
        return self.size * self.share(price)

    def best(self, cost: float) -> float:
        return cost + (1 + float(lambertw(exp(self.taste - self.rate * cost - 1)).real)) / self.rate

    def price_for(self, demand: float) -> float:
        return (
            inf
            if demand <= 0
            else -inf
            if demand >= self.size
            else (self.taste - log(demand / (self.size - demand))) / self.rate
        )

    def elasticity(self, price: float) -> float:
        return -self.rate * price * (1 - self.share(price))
