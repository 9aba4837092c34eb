"""The dynamic programme for a finite stock and a deadline, on the exponential curve through today's point."""

from collections.abc import Sequence
from datetime import datetime

import numpy as np

from pricing.contract import Advice, Policy, State, register
from pricing.finite import exponential_price

DAY = 86400.0


@register("dynamic.finite-stock")
class FiniteStock(Policy):
    """Gallego & van Ryzin (1994): the worth of the next piece changes with what is left and how long there is.

    Needs a stock, a deadline and an elasticity; where one is missing the price stays and the reason says so. Solved in
    closed form (:mod:`pricing.finite`), so thousands are priced at once.
    """

    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        days = [(state.deadline - now).total_seconds() / DAY if state.deadline else 0.0 for state in states]
        lacking = [_lacking(state, left) for state, left in zip(states, days, strict=True)]
        said: list[Advice | None] = [
            Advice(state.price.minor, f"{why}; the price stays", (code,)) if code else None
            for state, (why, code) in zip(states, lacking, strict=True)
        ]
        at = [place for place, advice in enumerate(said) if advice is None]
        if at:
            chosen = [states[place] for place in at]
            left = np.array([days[place] for place in at])
            price, demand, stock, worth, e = np.array(
                [
                    (
                        s.price.minor,
                        s.demand,
                        s.stock,
                        s.salvage.minor if s.salvage else 0,
                        s.elasticity.mean if s.elasticity else -1,
                    )
                    for s in chosen
                ],
                float,
            ).T
            rate = np.maximum(-e, 0.05) / price
            asked = exponential_price(demand * np.exp(np.minimum(rate * price, 600)), rate, stock, left, worth)
            for place, state, one, day in zip(at, chosen, asked, left, strict=True):
                said[place] = Advice(float(one), f"{state.stock} left and {day:.0f} days to go", ("finite-stock",))
        return [advice for advice in said if advice is not None]


def _lacking(state: State, days: float) -> tuple[str, str]:
    if state.deadline is None:
        return "there is no deadline", "no-deadline"
    if days <= 0 or state.stock <= 0:
        return "the sale is over or nothing is left", "over"
    if state.elasticity is None:
        return "prices never moved enough to tell what demand does", "elasticity-unknown"
    return ("", "") if state.demand > 0 else ("nothing sells", "no-demand")
