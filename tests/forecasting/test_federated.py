"""Federated training: masks hide and vanish, clips and noise are what they say, and no site stops the others."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadRequest
from forecasting.federated import Privacy, agree, average, bounded, masked, total

NAMES = ("a", "b", "c", "d")


def sites(centres: dict[str, np.ndarray]) -> dict:
    """Each draws the weights half of the way to its own."""

    def at(own: np.ndarray):
        return lambda weights, number: weights + 0.5 * (own - weights)

    return {name: at(own) for name, own in centres.items()}


CENTRES = {name: np.random.default_rng(n).normal(0, 1, 5) for n, name in enumerate(NAMES)}


def test_without_clips_it_is_the_plain_average() -> None:
    told = average(np.zeros(5), sites(CENTRES), 30, Privacy(clip=1e5))
    assert np.allclose(told.weights, np.mean(list(CENTRES.values()), axis=0), atol=1e-6)
    assert told.epsilon == float("inf")
    assert not told.left_out


@settings(deadline=None, max_examples=30)
@given(st.integers(3, 7), st.integers(0, 2**31), st.integers(0, 100))
def test_masks_vanish_in_the_sum(count: int, seed: int, number: int) -> None:
    names = [f"site {n}" for n in range(count)]
    changes = np.random.default_rng(seed).normal(0, 10, (count, 6))
    keys = agree(names)
    sent = [masked(change, name, names, keys, number) for change, name in zip(changes, names, strict=True)]
    assert np.allclose(total(sent), changes.sum(0), atol=1e-8)


def test_what_a_site_sends_looks_like_noise_and_never_the_same_twice() -> None:
    keys = agree(NAMES)
    first, second = (masked(np.zeros(20_000), "a", NAMES, keys, number) for number in (0, 1))
    assert not np.array_equal(first, second)
    bits = np.unpackbits(first.view(np.uint8))
    assert abs(bits.mean() - 0.5) < 0.002
    assert not np.allclose(total([first]), 0, atol=1)
    without = [masked(np.ones(4), name, NAMES, keys, 0) for name in NAMES[:3]]
    assert not np.allclose(total(without), 3, atol=1)  # one short, and nothing is learnt


def test_one_site_moves_the_whole_by_no_more_than_its_clip() -> None:
    wild = {**CENTRES, "d": np.full(5, 1e6)}
    calm, moved = (average(np.zeros(5), sites(one), 1, Privacy(clip=0.2)).weights for one in (CENTRES, wild))
    assert np.linalg.norm(moved - calm) <= 2 * 0.2 / 4 + 1e-9
    assert np.linalg.norm(bounded(np.full(9, 3.0), 0.5)) == pytest.approx(0.5)


def test_noise_of_the_sum_is_as_large_as_it_says() -> None:
    still = {name: (lambda weights, number: weights) for name in NAMES}
    told = average(np.zeros(40_000), still, 1, Privacy(clip=0.5, noise=2.0), seed=1)
    assert (told.weights * 4).std() == pytest.approx(2.0 * 0.5, rel=0.03)
    again = average(np.zeros(40_000), still, 1, Privacy(clip=0.5, noise=2.0), seed=1)
    assert np.array_equal(told.weights, again.weights)


def test_epsilon_is_that_of_the_gaussian_mechanism() -> None:
    rho = 10 / (2 * 25)
    assert Privacy(noise=5.0).epsilon(10) == pytest.approx(rho + 2 * np.sqrt(rho * np.log(1e5)))
    assert Privacy(noise=5.0).epsilon(20) > Privacy(noise=5.0).epsilon(10) > Privacy(noise=9.0).epsilon(10)


def test_a_site_that_fails_is_left_out_and_named() -> None:
    def broken(weights: np.ndarray, number: int) -> np.ndarray:
        if number == 1:
            raise RuntimeError("no power")
        return weights * np.nan if number == 2 else weights

    told = average(np.zeros(5), {**sites(CENTRES), "e": broken}, 4)
    assert [one.series for one in told.left_out] == ["e", "e"]
    assert "no power" in told.left_out[0].reason
    assert "astray" in told.left_out[1].reason
    with pytest.raises(BadRequest, match="Fewer than three"):
        average(np.zeros(5), {"a": broken, "b": broken, "c": broken}, 3)


def test_too_few_sites_and_senseless_bounds_are_refused() -> None:
    with pytest.raises(BadRequest, match="three sites"):
        average(np.zeros(5), sites({"a": np.ones(5), "b": np.ones(5)}), 1)
    with pytest.raises(BadRequest):
        average(np.zeros(5), sites(CENTRES), 0)
    for wrong in ({"clip": 0.0}, {"noise": -1.0}, {"delta": 1.0}):
        with pytest.raises(ValueError, match="clip"):
            Privacy(**wrong)
