"""Empirical Bayes: estimates of many products share what their categories and brands have in common.

b_i ~ N(β_i, s_i²), β_i = μ + category + brand + own, each a normal of its own variance; the variances maximise the
marginal likelihood, and the rest is Gaussian algebra by Woodbury's identity (Efron & Morris 1975; Rossi, Allenby &
McCulloch, "Bayesian Statistics and Marketing", 2005, chapter 5).
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from pricing.effects import ASSUMED
from pricing.panel import Ints

Floats = NDArray[np.float64]
SPREADS = (0.4, 0.6, 0.8, 1.0, 1.25, 1.6, 2.0)
WIDE = 2.0  # standard deviation of the mean of all products around the literature's


def pool(found: Floats, variance: Floats, categories: Ints, brands: Ints, common: Floats) -> tuple[Floats, Floats]:
    """Posterior mean and standard deviation of each, (products,) twice.

    variance: ``inf`` where nothing is known; common: (categories,) what of it a category's products have in common.
    """
    labels = [np.zeros(len(found), np.int64), categories, brands]
    members = np.concatenate([np.eye(int(one.max()) + 1)[one] for one in labels], 1)
    sizes = [int(one.max()) + 1 for one in labels]
    told = np.isfinite(variance)
    away = np.where(told, found - ASSUMED.mean, 0.0)
    noise = np.where(told, np.maximum(variance - common[categories], 0.2 * variance), 1e6)

    def algebra(deviations: Floats) -> tuple[Floats, Floats, float]:
        own, category, brand = np.square(deviations)
        total = noise + own
        prior = 1 / np.concatenate([[WIDE**2], category + common, np.full(sizes[2], brand)])
        inverse = (members / total[:, None]).T @ members + np.diag(prior)
        covariance = np.linalg.inv(inverse)
        effects = covariance @ (members / total[:, None]).T @ away
        left = away - members @ effects
        cost = np.log(total).sum() + np.linalg.slogdet(inverse)[1] - np.log(prior).sum() + away @ (left / total)
        return effects, covariance, float(cost)

    # A weak prior keeps deviations off 0 where there are few products: they are about a half in published studies.
    best = minimize(
        lambda logs: algebra(np.exp(logs))[2] + np.square(logs - np.log(0.5)).sum() / 2,
        np.log([0.5, 0.4, 0.2]), method="Nelder-Mead", bounds=[(-5, 2)] * 3, options={"xatol": 0.02, "fatol": 0.01},
    )  # fmt: skip
    # How much products differ by themselves is uncertain too: averaged over, by how likely each is.
    tried = np.exp(best.x) * np.array([[factor, 1, 1] for factor in SPREADS])
    costs = np.array([algebra(one)[2] + np.square(np.log(one[0] / 0.5)) for one in tried])
    weights = np.exp(-(costs - costs.min()) / 2)
    weights /= weights.sum()
    means, spreads = np.array(
        [_posterior(one, away, noise, members, categories, common, algebra(one)) for one in tried]
    ).swapaxes(0, 1)
    mean = weights @ means
    return ASSUMED.mean + mean, np.sqrt(weights @ (spreads + np.square(means)) - np.square(mean))


def _posterior(
    deviations: Floats, away: Floats, noise: Floats, members: Floats, categories: Ints, common: Floats, found: tuple[Floats, Floats, float]
) -> tuple[Floats, Floats]:  # fmt: skip
    """Mean and variance of each product's deviation from the literature's mean, at these standard deviations."""
    effects, covariance, _ = found
    share = deviations[0] ** 2 / (deviations[0] ** 2 + noise)
    # Of a category's effect only its own part is true of its products; what is common error is taken out again.
    kept = deviations[1] ** 2 / (deviations[1] ** 2 + common)
    true_part = np.concatenate([[1.0], kept, np.ones(members.shape[1] - 1 - len(common))])
    mean = (members * true_part) @ effects + share * (away - members @ effects)
    wanted = members * true_part - share[:, None] * members
    spread = share * noise + (kept * common)[categories] + np.einsum("ij,jk,ik->i", wanted, covariance, wanted)
    return mean, spread
