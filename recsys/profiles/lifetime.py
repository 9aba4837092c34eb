"""How often somebody will buy again and for how much: BG/NBD and Gamma-Gamma, each fitted by likelihood."""

from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_BOUND = 7.0  # of the logarithm of a parameter
_PULL = 0.01  # how strongly these are drawn to 0, which keeps a fit on few users from running off


class BuyTillYouDie(msgspec.Struct, frozen=True):
    """BG/NBD: purchases at a gamma-distributed rate (r, alpha), an end after each with a beta-distributed chance (a, b).

    x: repeat purchases; recency: days from the first to the last; age: days from the first to now. Arrays (n,).
    Fader, Hardie & Lee, "Counting Your Customers the Easy Way", Marketing Science 2005; their example, in weeks:

    >>> model = BuyTillYouDie(r=0.243, alpha=4.414, a=0.793, b=2.426)
    >>> one = [np.array([v]) for v in (2.0, 30.43, 38.86)]
    >>> round(float(model.expected(*one, 39.0)[0]), 2)
    1.23
    """

    r: float
    alpha: float
    a: float
    b: float

    @classmethod
    def fit(cls, x: Floats, recency: Floats, age: Floats) -> "BuyTillYouDie":
        """Equation 6 of the paper at its largest."""
        from scipy.special import gammaln

        def likelihood(r: float, alpha: float, a: float, b: float) -> Floats:
            rate = gammaln(r + x) - gammaln(r) + r * np.log(alpha)
            end = gammaln(a + b) + gammaln(b + x) - gammaln(b) - gammaln(a + b + x)
            alive = -(r + x) * np.log(alpha + age)
            gone = np.where(
                x > 0, np.log(a) - np.log(np.maximum(b + x - 1, 1e-9)) - (r + x) * np.log(alpha + recency), -np.inf
            )
            return np.asarray(rate + end + np.logaddexp(alive, gone))

        return cls(*_fitted(likelihood, (1.0, 10.0, 0.5, 5.0)))

    def alive(self, x: Floats, recency: Floats, age: Floats) -> Floats:
        """(n,) chance that they have not gone for good; 1 without a repeat purchase, as the model has it."""
        odds = self.a / np.maximum(self.b + x - 1, 1e-9)
        odds = odds * ((self.alpha + age) / (self.alpha + recency)) ** (self.r + x)
        return np.asarray(1 / (1 + np.where(x > 0, odds, 0.0)))

    def buys(self, x: Floats, recency: Floats, age: Floats, days: float) -> Floats:
        """(n,) chance of at least one purchase in the next ``days``."""
        none = ((self.alpha + age) / (self.alpha + age + days)) ** (self.r + x)
        return np.asarray(self.alive(x, recency, age) * (1 - none))

    def expected(self, x: Floats, recency: Floats, age: Floats, days: float) -> Floats:
        """(n,) purchases in the next ``days``: equation 10 of the paper."""
        from scipy.special import hyp2f1

        r, alpha, b = self.r, self.alpha, self.b
        a = self.a if abs(self.a - 1) > 1e-6 else 1 + 1e-6  # the formula's limit
        series = hyp2f1(r + x, b + x, a + b + x - 1, days / (alpha + age + days))
        left = 1 - ((alpha + age) / (alpha + age + days)) ** (r + x) * series
        return np.asarray((a + b + x - 1) / (a - 1) * left * self.alive(x, recency, age))


class Spending(msgspec.Struct, frozen=True):
    """Gamma-Gamma: what an order is worth. count: orders; mean: money of one so far; (n,), both above 0.

    Fader & Hardie, "The Gamma-Gamma Model of Monetary Value", 2013; theirs of CDNOW, for one order of 35:

    >>> round(float(Spending(p=6.25, q=3.74, gamma=15.44).expected(np.array([1.0]), np.array([35.0]))[0]), 1)
    35.1
    """

    p: float
    q: float
    gamma: float

    @classmethod
    def fit(cls, count: Floats, mean: Floats) -> "Spending":
        from scipy.special import gammaln

        def likelihood(p: float, q: float, gamma: float) -> Floats:
            return np.asarray(
                gammaln(p * count + q) - gammaln(p * count) - gammaln(q) + q * np.log(gamma)
                + (p * count - 1) * np.log(mean) + p * count * np.log(count) - (p * count + q) * np.log(gamma + count * mean)
            )  # fmt: skip

        return cls(*_fitted(likelihood, (5.0, 4.0, 20.0)))

    def expected(self, count: Floats, mean: Floats) -> Floats:
        """(n,) money of the next order: equation 5 of the note."""
        return np.asarray((self.gamma + count * mean) * self.p / (self.p * count + max(self.q, 1.01) - 1))


def _fitted(likelihood: Callable[..., Floats], start: tuple[float, ...]) -> list[float]:
    from scipy.optimize import minimize

    def loss(logs: Floats) -> float:
        return float(-likelihood(*np.exp(logs)).mean() + _PULL * (logs**2).mean() / 100)

    found = minimize(loss, np.log(start), method="L-BFGS-B", bounds=[(-_BOUND, _BOUND)] * len(start))
    return [float(value) for value in np.exp(found.x)]
