"""A state as numbers of like size, for policies that learn."""

from collections.abc import Sequence
from datetime import datetime
from math import cos, log, log1p, pi, sin

import numpy as np
from numpy.typing import NDArray

from pricing.effects import ASSUMED
from pricing.policies.optimum import OneStep
from pricing.states import State

DAY = 86400.0
NAMES = (
    "price by reference", "margin", "stock by what will be asked for", "cover", "stock", "inbound", "lead time", "days left",
    "has deadline", "age", "days since change", "change in a week", "demand", "demand index", "trend", "season",
    "elasticity", "its interval", "substitutes' prices", "traffic", "conversion", "promotion", "display", "returns",
    "stock-outs", "holding", "shortage", "rating", "competitors' mean", "competitors' least", "competitors", "weekday sin",
    "weekday cos", "way to the one-step optimum",
)  # fmt: skip
_OPTIMUM = OneStep(reach=0.5)


def features(states: Sequence[State]) -> NDArray[np.float32]:
    """(states, 34) float32 as of each state's own time, in [−3, 3]; columns by ``NAMES``."""
    rows = [_row(state, state.at, _OPTIMUM.advise([state], state.at)[0].price) for state in states]
    return np.clip(np.array(rows, np.float32).reshape(len(rows), len(NAMES)), -3, 3)


def _row(s: State, now: datetime, target: float) -> tuple[float, ...]:
    price = s.price.minor
    left = (s.deadline - now).total_seconds() / DAY if s.deadline else 30.0
    e = s.elasticity or ASSUMED
    rivals = [log(r.price.minor / price) for r in s.rivals if r.price.minor > 0]
    weekday = 2 * pi * now.weekday() / 7
    since = (now - s.price_since).total_seconds() / DAY if s.price_since else 30.0
    return (
        5 * log(price / max(s.reference.minor, 1)), 1 - s.cost.minor / price,
        log((s.stock + 0.5) / (s.demand * max(left, 0.0) + 0.5)), log1p(s.cover_days) / 3, log1p(s.stock) / 4,
        log1p(s.inbound) / 4, s.lead_days / 14, max(left, 0.0) / 30, float(s.deadline is not None), log1p(s.age_days) / 4,
        since / 14, 10 * s.week_change, log1p(s.demand) / 3, log(max(s.demand_index, 0.05)), s.demand_trend,
        log(max(s.season, 0.05)), e.mean / 2, e.high - e.low, 5 * log(max(s.cross_index, 0.05)), log1p(s.traffic) / 4,
        5 * s.conversion, 3 * s.promotion, float(s.display), 3 * s.return_rate, 3 * s.stockouts, 500 * s.holding,
        3 * s.shortage, s.rating / 3, 5 * sum(rivals) / len(rivals) if rivals else 0.0, 5 * min(rivals, default=0.0),
        len(rivals) / 3, sin(weekday), cos(weekday), 10 * log(target / price),
    )  # fmt: skip
