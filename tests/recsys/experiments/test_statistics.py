"""What is said of an experiment holds as often as is said, at every look."""

import math

import numpy as np
import pytest

from core.settings import Arm, Settings
from recsys.experiments.assignment import bucket
from recsys.experiments.cuped import adjusted
from recsys.experiments.mismatch import mismatch
from recsys.experiments.power import needed
from recsys.experiments.sequential import LEAST, boundary, difference
from recsys.identity import Identity

ARMS = (Arm(name="a", weight=1), Arm(name="b", weight=2), Arm(name="c", weight=1))


@pytest.fixture
def identity(tmp_path) -> Identity:
    return Identity(Settings(home=tmp_path, recsys={"key": "a key of the tests"}))


def test_a_unit_falls_into_the_same_arm_again_and_under_another_key_into_another(identity, tmp_path) -> None:
    units = [identity.user(f"user {n}") for n in range(300)]
    found = [bucket(identity, "one", unit, ARMS) for unit in units]
    assert found == [bucket(identity, "one", unit, ARMS) for unit in units]
    other = Identity(Settings(home=tmp_path, recsys={"key": "another key"}))
    assert found != [bucket(other, "one", unit, ARMS) for unit in units]


def test_units_fall_evenly_by_weight_and_independently_of_other_experiments(identity) -> None:
    units = [identity.user(f"user {n}") for n in range(20_000)]
    one, two = ([bucket(identity, name, unit, ARMS) for unit in units] for name in ("one", "two"))
    assert not mismatch([one.count(arm.name) for arm in ARMS], [1, 2, 1]).alarm
    pairs = [f"{a}{b}" for a, b in zip(one, two, strict=True)]
    both = [(pairs.count(f"{a.name}{b.name}"), a.weight * b.weight) for a in ARMS for b in ARMS]
    assert not mismatch([count for count, _ in both], [weight for _, weight in both]).alarm
    shares = np.array([identity.share("experiment one", unit) for unit in units])
    assert shares.min() >= 0
    assert shares.max() < 1
    assert np.abs(np.histogram(shares, 20, (0, 1))[0] / 1000 - 1).max() < 0.15


def test_a_broken_split_raises_the_alarm_and_a_right_one_in_one_of_a_thousand() -> None:
    rng = np.random.default_rng(3)
    assert mismatch([5000, 5000], [1, 1]).p == 1
    assert mismatch([5000, 4600], [1, 1]).alarm  # 4 of 100 of one arm were lost
    assert mismatch([0, 0], [1, 1]) == mismatch([], [])
    right = rng.multinomial(10_000, (0.5, 0.3, 0.2), 20_000)
    alarms = np.mean([mismatch(row, (5, 3, 2)).alarm for row in right])
    assert alarms <= 0.001 + 3 * math.sqrt(0.001 / 20_000)
    lost = rng.binomial(10_000, 0.95, 200), np.full(200, 10_000)
    assert np.mean([mismatch(row, (1, 1)).alarm for row in zip(*lost, strict=True)]) > 0.9


def running(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Number, mean and sum of squares about the mean of the first units, for every number of them."""
    n = np.arange(1, values.shape[1] + 1)
    mean = values.cumsum(1) / n
    return n, mean, (values**2).cumsum(1) - n * mean**2


@pytest.mark.parametrize("kind", ["normal", "rare", "money"])
@pytest.mark.parametrize("known", [False, True])
def test_an_interval_holds_at_every_look_in_95_of_100_experiments(kind: str, known: bool) -> None:
    rng, runs, units = np.random.default_rng(11), 800, 2500
    level, tuned, effect = 0.05, 2000, 0.1
    before = [rng.normal(0, 1, (runs, units)) for _ in range(2)]
    noise = [rng.normal(0, 1, (runs, units)) for _ in range(2)]
    if kind == "normal":
        after = [x + e for x, e in zip(before, noise, strict=True)]
    else:
        after = [(0.6 * x + e > 1.5) * 1.0 for x, e in zip(before, noise, strict=True)]  # one in ten
        if kind == "money":
            after = [y * rng.lognormal(0, 0.5, y.shape) for y in after]
    after[1] = after[1] + effect
    if known:  # theta of every look, of what was there by then
        (n, y0, yy0), (_, y1, yy1) = map(running, after)
        (_, x0, xx0), (_, x1, xx1) = map(running, before)
        xy = [
            (y * x).cumsum(1) - n * a * b
            for y, x, a, b in ((after[0], before[0], y0, x0), (after[1], before[1], y1, x1))
        ]
        theta = (xy[0] + xy[1]) / np.maximum(xx0 + xx1, 1e-9)
        found = y1 - y0 - theta * (x1 - x0)
        squares = [yy - 2 * theta * c + theta**2 * xx for yy, c, xx in ((yy0, xy[0], xx0), (yy1, xy[1], xx1))]
    else:
        (n, y0, yy0), (_, y1, yy1) = map(running, after)
        found, squares = y1 - y0, [yy0, yy1]
    error = np.sqrt(np.maximum(squares[0] + squares[1], 0) / np.maximum(n - 1, 1) / n)
    half = np.array([boundary(2 * k, level, tuned) for k in n]) * error
    outside = np.abs(found - effect) > half
    assert 1 - outside[:, LEAST - 1 :].any(1).mean() >= 0.95
    # and what was computed here is what the module says
    pair = [one[0] for one in after]
    if known:
        pair = adjusted(pair, [one[0] for one in before])[0]
    told = difference(*pair, level, tuned)
    assert told is not None
    np.testing.assert_allclose([told.difference, told.error], [found[0, -1], error[0, -1]], rtol=1e-6)
    np.testing.assert_allclose(told.high - told.low, 2 * half[0, -1], rtol=1e-6)


def test_an_interval_of_one_look_is_broken_by_looking_often() -> None:
    """What the sequential one is for."""
    rng = np.random.default_rng(1)
    values = rng.normal(0, 1, (400, 4000))
    n, mean, squares = running(values)
    outside = np.abs(mean) > 1.96 * np.sqrt(squares / np.maximum(n - 1, 1) / n)
    assert outside[:, LEAST:].any(1).mean() > 0.3
    assert boundary(4000, 0.05, 4000) < 3.1
    assert boundary(2000, 0.05, 2000) == min(boundary(2000, 0.05, tuned) for tuned in (200, 1000, 2000, 4000, 20_000))


@pytest.mark.parametrize("rho", [0.0, 0.5, 0.8])
def test_what_was_known_before_takes_its_square_from_the_variance(rho: float) -> None:
    rng, units = np.random.default_rng(2), 20_000
    before = [rng.normal(3, 1, units) for _ in range(2)]
    after = [rho * x + math.sqrt(1 - rho**2) * rng.normal(0, 1, units) + arm for arm, x in enumerate(before)]
    steady, correlation = adjusted(after, before)
    shrunk = sum(one.var() for one in steady) / sum(one.var() for one in after)
    assert shrunk == pytest.approx(1 - rho**2, abs=0.02)
    assert correlation == pytest.approx(rho, abs=0.02)
    told, plain = difference(*steady, 0.05, units), difference(*after, 0.05, units)
    assert told is not None
    assert plain is not None
    assert told.difference == pytest.approx(1, abs=0.05)
    assert (told.error / plain.error) ** 2 == pytest.approx(1 - rho**2, abs=0.02)


def test_without_a_past_nothing_is_adjusted_and_few_units_say_nothing() -> None:
    y, nothing = np.arange(60.0), np.zeros(60)
    steady, correlation = adjusted([y, y], [nothing, nothing])
    assert correlation == 0
    assert (steady[0] == y).all()
    assert difference(y, y[: LEAST - 1], 0.05, 100) is None


def test_as_many_units_as_are_needed_find_the_effect_as_often_as_is_said() -> None:
    rng, effect = np.random.default_rng(5), 0.2
    told = needed(1.0, effect, power=0.8)
    assert told.at_once == 785  # 2 · (1.96 + 0.8416)² · 2 / 0.2²
    assert told.at_once < told.peeking
    half = told.peeking // 2
    found = [difference(rng.normal(0, 1, half), rng.normal(effect, 1, half), 0.05, told.peeking) for _ in range(500)]
    assert np.mean([one is not None and one.low > 0 for one in found]) == pytest.approx(0.8, abs=0.06)
    assert needed(1.0, effect, share=0.1).at_once > told.at_once
    assert needed(1.0, effect, correlation=0.8).adjusted == pytest.approx(0.36 * told.peeking, abs=2)
