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
WIDE = 2.0  # standard deviation of the mean of all products around the literature's


def pool(found: Floats, variance: Floats, categories: Ints, brands: Ints) -> tuple[Floats, Floats]:
    """Posterior mean and standard deviation of each, (products,) twice. variance: ``inf`` where nothing is known."""
    labels = [np.zeros(len(found), np.int64), categories, brands]
    members = np.concatenate([np.eye(int(one.max()) + 1)[one] for one in labels], 1)
    sizes = [int(one.max()) + 1 for one in labels]
    told = np.isfinite(variance)
    away = np.where(told, found - ASSUMED.mean, 0.0)
    noise = np.where(told, variance, 1e6)

    def algebra(deviations: Floats) -> tuple[Floats, Floats, float]:
        own, category, brand = np.square(deviations)
        total = noise + own
        prior = np.repeat([1 / WIDE**2, 1 / category, 1 / brand], sizes)
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
    deviations = np.exp(best.x)
    effects, covariance, _ = algebra(deviations)
    share = deviations[0] ** 2 / (deviations[0] ** 2 + noise)
    common = members @ effects
    mean = ASSUMED.mean + common + share * (away - common)
    spread = share * noise + np.square(1 - share) * np.einsum("ij,jk,ik->i", members, covariance, members)
    return mean, np.sqrt(spread)
