"""Rules that ask no model: a margin on cost, and what others ask."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Annotated

import msgspec

from pricing.contract import Advice, Policy, State, register

Share = Annotated[float, msgspec.Meta(ge=0, lt=1)]


@register("rule.cost-plus")
class CostPlus(Policy):
    """Cost over one less the margin. margin: share of the price that is not cost."""

    margin: Share = 0.4

    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        return [
            Advice(
                state.cost.minor / (1 - self.margin) if state.cost.minor else float(state.price.minor),
                f"cost {state.cost} and a margin of {self.margin:.0%}",
                ("cost-plus",),
            )
            for state in states
        ]


@register("rule.competitor-match")
class CompetitorMatch(Policy):
    """The median of what others ask, times a position, and never under cost and margin.

    position: 1 for the same, .98 for two in a hundred below; fresh_hours: older prices do not count.
    The median, as one faulty price in a feed must not move ours.
    """

    position: Annotated[float, msgspec.Meta(gt=0, le=3)] = 1.0
    margin: Share = 0.05
    fresh_hours: Annotated[float, msgspec.Meta(gt=0)] = 72.0

    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        return [self._one(state, now) for state in states]

    def _one(self, state: State, now: datetime) -> Advice:
        oldest = now - timedelta(hours=self.fresh_hours)
        asked = [r.price.minor for r in state.rivals if r.in_stock and r.price.minor > 0 and oldest <= r.at <= now]
        if not asked:
            return Advice(
                state.price.minor, "no competitor's price is fresh; the price stays", ("no-fresh-competitor",)
            )
        middle = median(asked)
        floor = state.cost.minor / (1 - self.margin)
        if floor > middle * self.position:
            return Advice(
                floor, f"{len(asked)} competitors ask less than cost and margin", ("competitor-match", "floor")
            )
        change = middle / state.price.minor - 1
        return Advice(
            middle * self.position,
            f"the median of {len(asked)} competitors is {change:+.1%} from our price",
            ("competitor-match",),
        )
