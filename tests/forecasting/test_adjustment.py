"""Seasonal factors: found where they are, in place, and of late where history is long."""

import numpy as np
import pytest

from forecasting.adjustment import LONG, indices


def seasonal(n: int, factors: np.ndarray, seed: int = 1) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return 100 * factors[np.arange(n) % len(factors)] * rng.lognormal(0, 0.02, n)


def test_factors_are_found_in_place() -> None:
    true = 1 + 0.3 * np.sin(np.arange(12) * np.pi / 6)
    assert indices(seasonal(60, true), 12) == pytest.approx(true / true.mean(), abs=0.03)


@pytest.mark.parametrize("extra", range(12))
def test_of_a_long_history_the_late_ones_count_and_stand_in_place(extra: int) -> None:
    old, new = 1 + 0.3 * np.sin(np.arange(12)), 1 + 0.3 * np.cos(np.arange(12))
    n = (LONG + 8) * 12 + extra
    history = np.r_[seasonal(n - 96, old), seasonal(n, new)[n - 96 :]]
    assert indices(history, 12) == pytest.approx(new / new.mean(), abs=0.03)


def test_without_a_season_there_are_none() -> None:
    rng = np.random.default_rng(2)
    assert indices(100 + rng.normal(0, 5, 60), 12) is None
    assert indices(seasonal(20, np.ones(12)), 12) is None
    assert indices(-seasonal(60, np.ones(12)), 12) is None
    assert indices(np.full(60, 5.0), 12) is None
