"""The worth of a way to draw that was not logged."""

import numpy as np
import pytest

from recsys.offpolicy import doubly_robust, ips, snips, support

LOGGED = np.array([0.5, 0.3, 0.2])
TARGET = np.array([0.1, 0.2, 0.7])
WORTH = np.array([0.2, 0.5, 0.6])
TRUTH = float(TARGET @ WORTH)


def rounds(count: int, seed: int):
    rng = np.random.default_rng(seed)
    drawn = rng.choice(3, count, p=LOGGED)
    rewards = (rng.random(count) < WORTH[drawn]).astype(float)
    wrong = np.array([0.3, 0.3, 0.3])  # a model that knows little
    return rewards, LOGGED[drawn], TARGET[drawn], wrong[drawn], np.full(count, TARGET @ wrong), WORTH[drawn]


def test_intervals_hold_the_truth_in_95_of_100_logs() -> None:
    held = np.zeros(3)
    for seed in range(400):
        rewards, logged, target, predicted, expected, _ = rounds(1000, seed)
        found = (
            ips(rewards, logged, target),
            snips(rewards, logged, target),
            doubly_robust(rewards, logged, target, predicted, expected),
        )
        held += [one.low <= TRUTH <= one.high for one in found]
    assert (held / 400 > 0.92).all()


def test_a_model_that_knows_takes_the_noise_of_weights_away() -> None:
    rewards, logged, target, _, _, known = rounds(2000, 1)
    plain = ips(rewards, logged, target)
    robust = doubly_robust(rewards, logged, target, known, np.full(2000, TRUTH))
    assert robust.high - robust.low < 0.8 * (plain.high - plain.low)


def test_the_same_way_is_worth_what_came() -> None:
    rewards, logged, *_ = rounds(500, 2)
    assert ips(rewards, logged, logged).value == pytest.approx(rewards.mean())
    assert snips(rewards, logged, logged).value == pytest.approx(rewards.mean())
    told = support(logged, logged)
    assert (told.weight.value, told.effective) == (1, 500)


def test_a_log_that_never_drew_what_the_other_way_draws_says_so() -> None:
    rng = np.random.default_rng(3)
    drawn = rng.choice(2, 2000, p=LOGGED[:2] / 0.8)
    told = support(LOGGED[drawn] / 0.8, TARGET[drawn])
    assert told.weight.high < 1
    assert told.effective < 2000


@pytest.mark.parametrize(
    ("logged", "target"), [([0.0], [0.5]), ([0.5], [1.5]), ([], []), ([0.5, 0.5], [0.5]), ([2.0], [1.0])]
)
def test_chances_that_are_none_are_refused(logged: list[float], target: list[float]) -> None:
    with pytest.raises(ValueError, match="Expected"):
        ips(np.ones(len(logged)), np.array(logged), np.array(target))
    with pytest.raises(ValueError, match="Expected something"):
        snips(np.ones(2), np.array([0.5, 0.5]), np.zeros(2))
