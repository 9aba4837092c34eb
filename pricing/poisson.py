"""Poisson regression of many products at once: some slopes are each product's own, some are shared by all.

Newton's method on the joint likelihood with Gaussian priors. The curvature is an arrow, a block for each product and one
for what is shared, so products are eliminated one by one and what is left is small (Schur complement; Boyd &
Vandenberghe, "Convex Optimization", appendix C.4).
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
ROUNDS, CLOSE = 60, 1e-6
BORROWED = 20  # rows by which a product's overdispersion leans on all products'


class Fit(msgspec.Struct, frozen=True):
    """shared (k,); own (groups, m); variance (groups,) of each group's first own slope, overdispersion included, and what
    of it is common to all groups, as the shared slopes err for all alike."""

    shared: Floats
    own: Floats
    variance: Floats
    common: float


def fit(
    shared: Floats, own: Floats, units: Floats, offset: Floats, group: Ints, *, prior_shared: float, prior_own: Floats
) -> Fit:
    """log of expected units (n,) = offset + own level + own (n, m) · slopes of the group + shared (n, k) · slopes.

    group: (n,) 0 to groups − 1, each with a row at least. prior_shared, prior_own (m,): precisions around 0.
    """
    groups, columns = int(group.max()) + 1, np.column_stack([np.ones(len(units)), own])
    order = np.argsort(group, kind="stable")
    parts = np.split(order, np.searchsorted(group[order], np.arange(1, groups)))
    precision = np.concatenate([[1e-6], prior_own])
    gamma, theta = np.zeros(shared.shape[1]), np.zeros((groups, columns.shape[1]))
    raised = np.bincount(group, np.exp(offset), groups)
    theta[:, 0] = np.log((np.bincount(group, units, groups) + 0.1) / raised)
    for _ in range(ROUNDS):
        mean = _mean(shared, columns, offset, group, gamma, theta)
        step, steps, _, _ = _newton(shared, columns, units, mean, parts, gamma, theta, prior_shared, precision)
        # A step over 1 in any direction is cut short: far from the top the quadratic promises too much.
        longest = max(np.abs(step).max(initial=0.0), np.abs(steps).max())
        scale = min(1.0, 1.0 / longest) if longest > 0 else 1.0
        gamma, theta = gamma + scale * step, theta + scale * steps
        if longest < CLOSE:
            break
    mean = _mean(shared, columns, offset, group, gamma, theta)
    _, _, covariance, blocks = _newton(shared, columns, units, mean, parts, gamma, theta, prior_shared, precision)
    legs = np.array([(inverse @ cross)[1] for inverse, cross in blocks])
    variance = np.array([inverse[1, 1] for inverse, _ in blocks]) + np.einsum("ij,jk,ik->i", legs, covariance, legs)
    rows = np.bincount(group, minlength=groups)
    free = np.maximum(rows - columns.shape[1], 1)
    spread = np.bincount(group, np.square(units - mean) / np.maximum(mean, 1e-9), groups) / free
    spread = (rows * spread + BORROWED * np.average(spread, weights=rows)) / (rows + BORROWED)
    spread = np.maximum(spread, 1.0)
    middle = legs.mean(0)
    return Fit(gamma, theta[:, 1:], variance * spread, float(middle @ covariance @ middle * spread.mean()))


def _mean(shared: Floats, columns: Floats, offset: Floats, group: Ints, gamma: Floats, theta: Floats) -> Floats:
    linear = offset + shared @ gamma + np.einsum("ij,ij->i", columns, theta[group])
    return np.asarray(np.exp(np.clip(linear, -30, 20)))


def _newton(
    shared: Floats, columns: Floats, units: Floats, mean: Floats, parts: list[Ints], gamma: Floats, theta: Floats,
    prior_shared: float, precision: Floats,
) -> tuple[Floats, Floats, Floats, list[tuple[Floats, Floats]]]:  # fmt: skip
    """Steps of shared and own slopes, covariance of the shared ones, and each group's inverse block and cross block."""
    gradient = shared.T @ (units - mean) - prior_shared * gamma
    schur = (shared * mean[:, None]).T @ shared + (prior_shared + 1e-9) * np.eye(len(gamma))
    blocks = []
    for number, at in enumerate(parts):
        mine, weighted = columns[at], columns[at] * mean[at, None]
        inverse = np.linalg.inv(weighted.T @ mine + np.diag(precision))
        cross = weighted.T @ shared[at]
        pull = mine.T @ (units[at] - mean[at]) - precision * theta[number]
        gradient = gradient - cross.T @ (inverse @ pull)
        schur -= cross.T @ inverse @ cross
        blocks.append((inverse, cross, pull))
    covariance = np.linalg.inv(schur)
    step = covariance @ gradient
    steps = np.array([inverse @ (pull - cross @ step) for inverse, cross, pull in blocks])
    return (
        np.asarray(step),
        steps,
        np.asarray(covariance),
        [(np.asarray(inverse), cross) for inverse, cross, _ in blocks],
    )
