"""A policy tried on demand that was: what it costs, and how often something was missing."""

from collections.abc import Callable, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from forecasting.replenishment.policies import Item


class Outcome(msgspec.Struct, frozen=True):
    """holding, shortage, ordering, waste: costs; total: of all; service: share of what was wanted that was there; stock: mean
    pieces at the end of a period; orders: how many."""

    holding: float
    shortage: float
    ordering: float
    waste: float
    service: float
    stock: float
    orders: int

    @property
    def total(self) -> float:
        return self.holding + self.shortage + self.ordering + self.waste


def simulate(
    demand: NDArray[np.float64],
    item: Callable[[int, float, float, float], Item],
    order: Callable[[Item], int],
    *,
    start: float,
    lead_time: Sequence[int] | NDArray[np.int64],
    backlogged: bool = False,
) -> Outcome:
    """Live through (n,) periods of demand, ordering every ``review`` periods at their beginning.

    item: of period, pieces here, on order and owed; order: pieces. lead_time: of each order in turn, periods; what is ordered
    with 0 is there at once. Without ``backlogged`` what is missing is lost. The oldest pieces go first; those that reach
    their shelf life are waste at their cost.
    """
    n = len(demand)
    coming: dict[int, float] = {}
    batches: list[list[float]] = [[0.0, start]]  # (age, pieces), oldest first
    owed = holding = shortage = ordering = waste = missed = stocks = 0.0
    orders = 0
    for period in range(n):
        if arrived := coming.pop(period, 0.0):
            batches.append([0.0, arrived])
        here = sum(pieces for _, pieces in batches)
        now = item(period, here, sum(coming.values()), owed)
        if period % now.review == 0 and (quantity := order(now)) > 0:
            after = int(lead_time[orders % len(lead_time)])
            orders += 1
            ordering += now.fixed
            if after == 0:
                batches.append([0.0, float(quantity)])
            else:
                coming[period + after] = coming.get(period + after, 0.0) + quantity
        wanted = float(demand[period]) + owed
        left = _take(batches, wanted)
        missed += min(left, float(demand[period]))
        shortage += left * now.short
        owed = left if backlogged else 0.0
        for batch in batches:
            batch[0] += 1
        if now.shelf_life is not None:
            spoilt = sum(pieces for age, pieces in batches if age >= now.shelf_life)
            waste += spoilt * now.cost
            batches = [batch for batch in batches if batch[0] < now.shelf_life]
        rest = sum(pieces for _, pieces in batches)
        stocks += rest
        holding += rest * now.holding
    asked = float(demand.sum())
    return Outcome(holding, shortage, ordering, waste, 1 - missed / asked if asked > 0 else 1.0, stocks / n, orders)


def _take(batches: list[list[float]], wanted: float) -> float:
    """Take pieces, oldest first; what is still wanted."""
    while batches and wanted > 0:
        taken = min(wanted, batches[0][1])
        batches[0][1] -= taken
        wanted -= taken
        if batches[0][1] <= 0:
            batches.pop(0)
    return wanted
