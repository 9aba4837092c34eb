"""The one-step optimum: the best price on the fitted curve, with the worth of a piece in stock as its cost."""

from collections.abc import Sequence
from datetime import datetime
from math import log
from typing import Annotated

import msgspec

from pricing.contract import Advice, Policy, State, register
from pricing.effects import ASSUMED

DAY = 86400.0


@register("optimum.one-step")
class OneStep(Policy):
    """Maximises profit on today's curve and looks no further.

    With no deadline the curve has constant elasticity e and the price is w e / (1 + e), w = cost + the stock's shadow
    price: where the stock will not last until the next order comes, the price rises until it does (Talluri & van Ryzin
    2004, section 5.2). With a deadline the cost is sunk, and the price is the larger of the best one and that at which
    the stock runs out, on the exponential curve with the same elasticity at today's point (``Curve.clearing``).

    reach: furthest from today's price, as a share; a curve is known only near to prices that were asked.
    """

    reach: Annotated[float, msgspec.Meta(gt=0, lt=1)] = 0.2

    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        return [self._one(state, now) for state in states]

    def _one(self, state: State, now: datetime) -> Advice:
        if state.elasticity is None:
            return Advice(
                state.price.minor,
                "prices never moved enough to tell what demand does; the price stays",
                ("elasticity-unknown",),
            )
        if state.demand <= 0:
            return Advice(state.price.minor, "nothing sells at any price near; the price stays", ("no-demand",))
        target, reason, code = self._clearing(state, now) if state.deadline else self._best(state)
        asked = min(max(target, state.price.minor * (1 - self.reach)), state.price.minor * (1 + self.reach))
        codes = (code,) if asked == target else (code, "reach")
        e = state.elasticity
        return Advice(asked, f"{reason}; elasticity {e.mean:.1f} (from {e.low:.1f} to {e.high:.1f})", codes)

    def _best(self, state: State) -> tuple[float, str, str]:
        e = min((state.elasticity or ASSUMED).mean, -0.05)
        price = state.price.minor
        # Under −1 more is better up to the reach; just under it the formula runs away and the reach holds it.
        best = state.cost.minor * e / (1 + e) if e < -1.001 else float("inf")
        short = state.demand * state.lead_days / max(state.stock, 0.5)
        scarce = price * short ** (-1 / e) if short > 1 else 0.0
        if scarce > best:
            return (
                scarce,
                f"{state.cover_days:.0f} days of cover and {state.lead_days:.0f} until the next order",
                "scarce",
            )
        return best, f"{state.cover_days:.0f} days of cover", "optimum"

    def _clearing(self, state: State, now: datetime) -> tuple[float, str, str]:
        e = min((state.elasticity or ASSUMED).mean, -0.05)
        price = state.price.minor
        days = (state.deadline - now).total_seconds() / DAY if state.deadline else 0.0
        if days <= 0 or state.stock <= 0:
            return price, "the sale is over" if days <= 0 else "nothing is left", "over"
        rate = -e / price
        best = (state.salvage.minor if state.salvage else 0.0) + 1 / rate
        runs_out = price + log(state.demand * days / state.stock) / rate
        said = f"{state.stock} left and {days:.0f} days to go"
        return (runs_out, said, "scarce") if runs_out > best else (best, said, "clearing")
