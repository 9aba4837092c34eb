"""A finite stock until a deadline: the value of what is left, and the price to ask for it.

Gallego & van Ryzin, Management Science 40 (1994). Customers come by a Poisson process whose rate is the demand curve;
J(n, t) is the revenue to be expected of n pieces with t days to go, and obeys dJ/dt = max over p of
λ(p) (p − J(n, t) + J(n − 1, t)) (their equation 6), with J(0, t) = 0 and J(n, 0) = n × worth.
"""

from collections.abc import Callable

import msgspec
import numpy as np
from numpy.typing import NDArray
from scipy.integrate import solve_ivp
from scipy.stats import poisson

from pricing.curves import Curve, Exponential

Floats = NDArray[np.float64]


class Plan(msgspec.Struct, frozen=True):
    """The solved programme. value: J(·, t) for 0 to ``stock`` pieces, (stock + 1,) float64, for t days to go in [0, days]."""

    curve: Curve
    value: Callable[[float], Floats]

    def price(self, stock: int, days: float) -> float:
        """What to ask with so many pieces (1 at least) and days left: the best price at the worth of the next piece."""
        value = self.value(days)
        return self.curve.best(float(value[stock] - value[stock - 1]))


def solve(curve: Curve, stock: int, days: float, worth: float = 0.0) -> Plan:
    """The dynamic programme for any curve with a finite best price, by an adaptive Runge-Kutta of order 8 in time."""

    def slope(_: float, value: Floats) -> Floats:
        next_worth = np.diff(value)
        prices = [curve.best(float(one)) for one in next_worth]
        gain = [curve.demand(p) * (p - w) if p < np.inf else 0.0 for p, w in zip(prices, next_worth, strict=True)]
        return np.concatenate([[0.0], gain])

    start = worth * np.arange(stock + 1.0)
    done = solve_ivp(slope, (0.0, days), start, method="DOP853", dense_output=True, rtol=1e-9, atol=1e-10)
    return Plan(curve, done.sol)


def exponential_value(
    curve: Exponential, stock: NDArray[np.int64] | int, days: Floats | float, worth: float = 0.0
) -> Floats:
    """J(n, t) where demand is exponential, in closed form (their theorem 1 and equation 9).

    ln(Σ (λ* t)^i / i!) / rate with λ* = size / e; the sum is e^(λ* t) times a Poisson probability, which does not
    overflow. A worth afterwards lowers all prices by itself, so it is taken out before and put back.
    """
    arrivals = curve.size * np.exp(-1 - curve.rate * worth) * np.asarray(days, float)
    gained = (arrivals + poisson.logcdf(stock, arrivals)) / curve.rate
    return np.asarray(np.where(arrivals > 0, gained, 0.0) + worth * np.asarray(stock))


def exponential_price(size: Floats, rate: Floats, stock: Floats, days: Floats, worth: Floats) -> Floats:
    """The prices to ask, for many stocks at once: worth of one after the deadline + 1 / rate + J(n, t) − J(n − 1, t)."""
    arrivals = size * np.exp(-1 - rate * worth) * days
    with np.errstate(invalid="ignore"):
        scarce = (poisson.logcdf(stock, arrivals) - poisson.logcdf(stock - 1, arrivals)) / rate
    # Far below what would be bought both probabilities underflow: there the ratio of neighbours is λ* t / n.
    runs_out = np.log(np.maximum(arrivals, 1e-300) / stock) / rate
    return np.asarray(worth + 1 / rate + np.where(np.isfinite(scarce), scarce, np.maximum(runs_out, 0.0)))
