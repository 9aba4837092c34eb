"""Where prices never moved enough to tell: the experiment of least cost that would tell.

Controlled variance: prices are kept so far from their mean that the estimate's variance falls to what is asked for (den
Boer & Zwart, "Simultaneously learning and optimizing using controlled variance pricing", Management Science 60, 2014).
"""

from math import ceil, exp, log

import msgspec

from pricing.curves import Power
from pricing.effects import ASSUMED
from pricing.money import Money
from pricing.states import State


class Experiment(msgspec.Struct, frozen=True):
    """Ask ``low`` and ``high`` by turns, ``days`` in all; then the elasticity has a standard error of ``error``.

    cost: expected profit lost against today's price, minor units; reason: in words.
    """

    product: str
    low: Money
    high: Money
    days: int
    error: float
    cost: float
    reason: str


def cheapest_experiment(
    state: State, *, error: float = 0.4, most_days: int = 84, widest: float = 0.15, spread: float = 1.5
) -> Experiment | None:
    """The steps up and down, as a share up to ``widest``, of least cost; None where even the widest needs over ``most_days``.

    Poisson demand λ with overdispersion ``spread`` tells 1 / s.e.² = λ days δ² / spread of the elasticity when the
    logarithm of price is moved by ±δ. The curve is that of the assumed elasticity, as none is known.
    """
    e = (state.elasticity or ASSUMED).mean
    price, cost = state.price.minor, state.cost.minor
    if state.demand <= 0:
        return None
    curve = Power(state.demand / price**e, e)
    earned = (price - cost) * state.demand
    found = []
    for percent in range(1, round(100 * widest) + 1):
        step = log(1 + percent / 100)
        days = 2 * ceil(spread / (error * step) ** 2 / state.demand / 2)
        if days > most_days:
            continue
        asked = price * exp(-step), price * exp(step)
        lost = days * (earned - sum((p - cost) * curve.demand(p) for p in asked) / 2)
        if asked[0] > cost:
            found.append((max(lost, 0.0), days, asked))
    if not found:
        return None
    lost, days, (low, high) = min(found)
    currency = state.price.currency
    return Experiment(
        state.product, Money(round(low), currency), Money(round(high), currency), days, error, lost,
        f"prices never moved enough to tell; {days} days by turns {low / price - 1:+.0%} and {high / price - 1:+.0%} would, to ± {1.645 * error:.1f}",
    )  # fmt: skip
