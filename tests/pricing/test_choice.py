"""Cross-price effects and drift are found where they are, and not where they are not."""

import numpy as np
import pytest

from core.errors import BadPrice
from pricing.choice import Nested, nested_logit
from pricing.drift import drift_of


def shares(alpha: float, sigma: float, prices: np.ndarray, noise: np.ndarray) -> np.ndarray:
    """Of the nested logit with one nest, in closed form (Berry 1994, equations 22 to 24)."""
    pull = np.exp((-alpha * np.log(prices) + noise) / (1 - sigma))
    total = pull.sum(1, keepdims=True)
    group = total ** (1 - sigma) / (1 + total ** (1 - sigma))
    return pull / total * group


@pytest.mark.parametrize("sigma", [0.0, 0.5])
def test_the_nest_is_found_and_its_effects_are_those_of_the_shares(sigma: float) -> None:
    rng = np.random.default_rng(4)
    prices = np.exp(rng.normal(0, 0.2, (400, 5)))
    noise = rng.normal(0, 0.1, (400, 5)) + rng.normal(0, 0.3, 5)
    said = nested_logit(shares(2.0, sigma, prices, noise), prices)
    assert abs(said.alpha - 2.0) < 4 * said.errors[0] + 0.02
    assert abs(said.sigma - sigma) < 4 * said.errors[1] + 0.02
    exact, at, calm = Nested(2.0, sigma, (0, 0)), np.ones((1, 5)), noise[:1]
    base = shares(2.0, sigma, at, calm)[0]
    for column in range(5):
        moved = at.copy()
        moved[0, column] = 1.0001
        seen = np.log(shares(2.0, sigma, moved, calm)[0] / base) / np.log(1.0001)
        np.testing.assert_allclose(exact.elasticities(base)[:, column], seen, atol=2e-3)


def test_shares_that_leave_nobody_are_refused() -> None:
    with pytest.raises(BadPrice):
        nested_logit(np.full((4, 2), 0.5), np.ones((4, 2)))


def test_drift_is_told_from_noise() -> None:
    rng = np.random.default_rng(6)
    error = np.full(30, 0.15)
    still = drift_of(-2 + rng.normal(0, 0.15, 30), error)
    walked = -2 + np.linspace(0, 1.5, 30)
    moving = drift_of(walked + rng.normal(0, 0.15, 30), error)
    assert still.chance > 0.05
    assert moving.chance < 0.01
    assert abs(moving.level[-1] - walked[-1]) < 0.3
    gap = drift_of(np.array([-2.0, 0.0, -2.0]), np.array([0.1, np.inf, 0.1]))
    assert np.isfinite(gap.level).all()
