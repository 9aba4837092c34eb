"""Poisson regression with an own level for each group, which is taken out instead of being estimated beside the rest.

The score of a group's level is zero where fitted and seen units agree, so levels follow from the slopes (Hausman, Hall &
Griliches, Econometrica 52, 1984); slopes are those of maximum likelihood with a Gaussian prior.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROUNDS = 50


def slopes(columns: Floats, units: Floats, offset: Floats, group: Ints, precision: Floats | float) -> Floats:
    """(k,) slopes of columns (n, k) on the logarithm of expected units. precision: of the prior around 0, (k,) or one for all."""
    groups = int(group.max()) + 1
    found = np.zeros(columns.shape[1])
    prior = np.broadcast_to(np.asarray(precision, float), found.shape)
    for _ in range(ROUNDS):
        expected = fitted(columns @ found + offset, units, group)
        weight = np.maximum(np.bincount(group, expected, groups), 1e-12)
        centre = (
            np.stack([np.bincount(group, expected * c, groups) / weight for c in columns.T], 1)
            if found.size
            else columns
        )
        inner = columns - centre[group]
        gradient = inner.T @ (units - expected) - prior * found
        curvature = (inner * expected[:, None]).T @ inner + np.diag(prior)
        step = np.linalg.solve(curvature + 1e-9 * np.eye(len(found)), gradient)
        found = found + np.clip(step, -1.0, 1.0)
        if np.abs(step).max(initial=0.0) < 1e-7:
            break
    return found


def fitted(linear: Floats, units: Floats, group: Ints) -> Floats:
    """Expected units where each group's level makes its sum right: (n,)."""
    groups = int(group.max()) + 1
    top = np.full(groups, -np.inf)
    np.maximum.at(top, group, linear)
    raised = np.exp(linear - top[group])
    return np.asarray(
        raised * (np.bincount(group, units, groups) / np.bincount(group, raised, groups).clip(1e-300))[group]
    )


def own_slopes(
    x: Floats, extra: Floats, units: Floats, offset: Floats, group: Ints, groups: int, precision: Floats
) -> tuple[Floats, Floats]:
    """A slope on x for every group by itself, beside slopes on extra (n, k) with prior ``precision`` (k,).

    Returns slopes (groups,) and their variances (groups,), overdispersion included; 0 and ``inf`` where x never moved.
    """
    order = np.argsort(group, kind="stable")
    ends = np.searchsorted(group[order], np.arange(groups + 1))
    found, information, spread, rows = np.zeros(groups), np.zeros(groups), np.ones(groups), np.zeros(groups)
    prior = np.concatenate([[1e-4], precision])
    for number in range(groups):
        at = order[ends[number] : ends[number + 1]]
        if len(at) < 3 or units[at].sum() <= 0 or np.ptp(x[at]) < 1e-6:
            continue
        columns, none = np.column_stack([x[at], extra[at]]), np.zeros(len(at), np.int64)
        both = slopes(columns, units[at], offset[at], none, prior)
        expected = fitted(columns @ both + offset[at], units[at], none)
        inner = columns - expected @ columns / expected.sum()
        covariance = np.linalg.inv((inner * expected[:, None]).T @ inner + np.diag(prior))
        found[number], information[number], rows[number] = both[0], 1 / covariance[0, 0], len(at)
        free = max(len(at) - 1 - columns.shape[1], 1)
        spread[number] = (np.square(units[at] - expected) / np.maximum(expected, 1e-9)).sum() / free
    # Overdispersion of a short series is uncertain: it borrows 20 rows from all others.
    told = rows > 0
    usual = float(np.average(spread[told], weights=rows[told])) if told.any() else 1.0
    spread = np.maximum((rows * spread + 20 * usual) / (rows + 20), 1.0)
    return found, np.where(told & (information > 1e-3), spread / np.maximum(information, 1e-12), np.inf)
