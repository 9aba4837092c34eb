"""Forecasts of groups and of the total beside those of products, made to add up."""

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
from msgspec.structs import replace

from core.errors import BadRequest
from forecasting.cleaning import Refusal
from forecasting.contract import Forecast, Forecaster
from forecasting.hierarchy import Hierarchy, reconcile, seasonal_errors
from forecasting.series import Series, between

MOST_NODES = 4000
"""The covariance of errors has as many rows and columns."""

LEAST_PERIODS = 5


def named_groups(text: str | None) -> tuple[str, ...] | None:
    """Groups named with commas, for :func:`add_up`; "total" or nothing is the total alone, None is no sums."""
    return (
        None if text is None else tuple(one for part in text.split(",") if (one := part.strip()) not in ("", "total"))
    )


def add_up(
    series: Sequence[Series],
    forecasts: Sequence[Forecast],
    groups: Sequence[str],
    horizon: int,
    levels: Sequence[float],
    fresh: Callable[[], Forecaster],
) -> tuple[list[Series], list[Forecast], list[Refusal]]:
    """The total, every value of every group (``category=shirts``), then the series; and their forecasts, which add up.

    series: of one frequency, with their forecasts; before its first period, nothing was sold of one. Those that end before the
    others are no part of the sums, and are named. fresh: makes a forecaster of what is summed.
    Raises BadRequest where a group is not told of all, or there are more than MOST_NODES nodes or fewer than LEAST_PERIODS periods.
    """
    end = max(_end(one) for one in series)
    inside = [at for at, one in enumerate(series) if _end(one) == end]
    left = [
        Refusal(one.id, f"no part of the sums: it ends before {end}, as the others do")
        for one in series if _end(one) != end
    ]  # fmt: skip
    own = [series[at] for at in inside]
    tree = Hierarchy.of([_of(one, groups) for one in own], [one.id for one in own])
    if len(tree.nodes) > MOST_NODES:
        raise BadRequest(
            f"{len(tree.nodes)} products and groups are too many to add up.", remedy=f"Add up {MOST_NODES} at a time."
        )
    start = min(one.start for one in own)
    nodes = tree.aggregate([_since(start, one) for one in own])
    if len(nodes[0]) < LEAST_PERIODS:
        raise BadRequest(f"Fewer than {LEAST_PERIODS} periods are too few to add up.")
    sums = nodes[: -len(own)]
    base = [*fresh().fit(sums).predict(sums, horizon, levels), *(forecasts[at] for at in inside)]
    told = reconcile(tree, base, seasonal_errors(nodes))
    bottom = dict(zip(inside, told[len(sums) :], strict=True))
    whole = [*told[: len(sums)], *(bottom.get(at, one) for at, one in enumerate(forecasts))]
    return [*sums, *series], whole, left


def _end(series: Series) -> date:
    return series.date(len(series))


def _of(series: Series, groups: Sequence[str]) -> dict[str, str]:
    if missing := set(groups) - set(series.groups):
        raise BadRequest(
            f"{series.id} has no {', '.join(sorted(missing))}.", remedy="Give the table a column group_NAME for it."
        )
    return {name: series.groups[name] for name in groups}


def _since(start: date, series: Series) -> Series:
    before = np.zeros(between(start, series.start, series.frequency))
    return replace(
        series,
        start=start,
        quantity=np.concatenate([before, series.quantity]),
        regressors={},
        stock_out=None,
        sold=None,
    )
