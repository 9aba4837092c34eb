"""Forecasts of products, categories, stores and the whole that add up.

Wickramasuriya, Athanasopoulos and Hyndman, "Optimal forecast reconciliation through trace minimization", JASA 2019, by
``hierarchicalforecast``. Of distributions, draws are reconciled: each node's quantiles are joined by the ranks of errors
made at one time (Panagiotelis et al., "Probabilistic forecast reconciliation", EJOR 2023).
"""

from collections.abc import Mapping, Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadRequest
from forecasting.contract import Forecast
from forecasting.series import Series

MOST_ERRORS = 120
"""Periods whose errors are looked at, the latest: older ones are of another scale."""


class Hierarchy(msgspec.Struct, frozen=True):
    """nodes: aggregates first, then the bottom series in order. summing: (nodes, bottom) float64 of 0 and 1; levels: of each
    node, "total", a group's name or names joined by "/", "series"."""

    nodes: tuple[str, ...]
    levels: tuple[str, ...]
    summing: NDArray[np.float64]

    @classmethod
    def of(cls, groups: Sequence[Mapping[str, str]], names: Sequence[str]) -> "Hierarchy":
        """The total, a node for every value of every group, and the series. Raises BadRequest where a group lacks."""
        if not names or len(groups) != len(names):
            raise BadRequest("A hierarchy needs one or more series, and groups for each.")
        nodes, levels, rows = ["total"], ["total"], [np.ones(len(names))]
        for group in groups[0]:
            if any(group not in one for one in groups):
                raise BadRequest(f"Some series have no {group}.", remedy="Give every series the same groups.")
            for value in sorted({one[group] for one in groups}):
                nodes.append(f"{group}={value}")
                levels.append(group)
                rows.append(np.array([float(one[group] == value) for one in groups]))
        nodes += names
        levels += ["series"] * len(names)
        return cls(tuple(nodes), tuple(levels), np.concatenate([np.array(rows), np.eye(len(names))]))

    def aggregate(self, bottom: Sequence[Series]) -> list[Series]:
        """A series for every node. Raises BadRequest where the bottom series are not of the same periods."""
        first = bottom[0]
        if any((one.start, one.frequency, len(one)) != (first.start, first.frequency, len(first)) for one in bottom):
            raise BadRequest(
                "Series of a hierarchy begin and end together.", remedy="Cut them to the periods they share."
            )
        values = self.summing @ np.array([one.quantity for one in bottom])
        return [
            Series(id=name, start=first.start, frequency=first.frequency, quantity=row)
            for name, row in zip(self.nodes, values, strict=True)
        ]


def seasonal_errors(nodes: Sequence[Series]) -> NDArray[np.float64]:
    """(nodes, n) errors of the season before, with its mean change taken off, of the latest periods."""
    season = nodes[0].season if len(nodes[0]) > 3 * nodes[0].season else 1
    values = np.array([one.quantity for one in nodes])
    changes = (values[:, season:] - values[:, :-season])[:, -MOST_ERRORS:]
    return np.asarray(changes - changes.mean(axis=1, keepdims=True))


def reconcile(hierarchy: Hierarchy, base: Sequence[Forecast], errors: NDArray[np.float64]) -> list[Forecast]:
    """Forecasts whose means add up, with quantiles of draws each of which adds up; in the order of the nodes.

    base: one for every node, of one horizon and the same levels. errors: (nodes, n) of one time a column, n at least 3.
    Where no base quantile is below 0, no draw of a series is. Raises BadRequest for other shapes.
    """
    if len(base) != len(hierarchy.nodes) or errors.shape[0] != len(base) or errors.shape[1] < 3:
        raise BadRequest(f"{len(hierarchy.nodes)} nodes, {len(base)} forecasts, errors of shape {errors.shape}.")
    if len({(one.levels, one.quantiles.shape) for one in base}) > 1:
        raise BadRequest("Forecasts that are to add up share a horizon and levels.")
    from hierarchicalforecast.methods import MinTrace

    horizon, draws, levels = len(base[0].mean), errors.shape[1], base[0].levels
    ranks = (errors.argsort(axis=1).argsort(axis=1) + 0.5) / draws
    drawn = np.array(
        [
            [np.interp(rank, levels, row) for row in one.quantiles] for one, rank in zip(base, ranks, strict=True)
        ]  # (nodes, h, draws)
    )
    told = np.concatenate([np.array([one.mean for one in base])[:, :, None], drawn], axis=2)
    # residuals of the method are y less its fit; it centres them, but refuses those that sum to 0 as of too close a fit
    found = MinTrace(method="mint_shrink").fit_predict(
        S=hierarchy.summing,
        y_hat=told.reshape(len(base), -1),
        y_insample=errors,
        y_hat_insample=np.tile(-1.0 - errors.std(axis=1, keepdims=True), errors.shape[1]),
    )["mean"]
    bottom = found[-hierarchy.summing.shape[1] :]
    if all((one.quantiles >= 0).all() and (one.mean >= 0).all() for one in base):
        bottom = np.maximum(bottom, 0)
    whole = (hierarchy.summing @ bottom).reshape(len(base), horizon, 1 + draws)
    return [
        msgspec.structs.replace(one, mean=values[:, 0], quantiles=np.quantile(values[:, 1:], levels, axis=1).T)
        for one, values in zip(base, whole, strict=True)
    ]
