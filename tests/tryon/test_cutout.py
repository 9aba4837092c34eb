"""From a rough idea of where the garment is to its exact outline, and colours in which no ground shows."""

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.garment import GROUNDS, picture
from sample import garment
from tryon.cutout import clean_edge, cut_out


def rough(mask: NDArray[np.bool_], cells: int = 110, shift: float = 1.5) -> NDArray[np.float32]:
    """The mask as a network of few cells sees it, and a little beside its place."""
    h, w = mask.shape
    small = cv2.resize(mask.astype(np.float32), (cells, cells), interpolation=cv2.INTER_AREA)
    move = np.array([[1, 0, shift], [0, 1, -shift]], np.float32)
    blurred = cv2.resize(cv2.GaussianBlur(small, (0, 0), 0.7), (w, h))
    return np.asarray(cv2.warpAffine(blurred, move, (w, h)).clip(0.02, 0.98), np.float32)


def overlap(one: NDArray[np.bool_], other: NDArray[np.bool_]) -> float:
    return float((one & other).sum() / (one | other).sum())


@pytest.mark.parametrize("ground", GROUNDS)
def test_the_outline_is_found_on_every_ground(ground: str) -> None:
    rng, found, given = np.random.default_rng(2), [], []
    for seed in range(4):
        pixels, mask, _ = picture(garment(seed, size=512), ground, rng)
        prior = rough(mask)
        _, alpha = cut_out(pixels, prior)
        found.append(overlap(alpha > 127, mask))
        given.append(overlap(prior > 0.5, mask))
    assert np.mean(found) > max(0.985, np.mean(given))


def test_white_on_white_is_found_by_a_difference_of_three_levels() -> None:
    rng = np.random.default_rng(0)
    mask = np.zeros((300, 260), bool)
    cv2.fillPoly(mask.view(np.uint8), [np.array([(70, 40), (190, 40), (220, 260), (40, 260)])], 1)
    pixels = np.where(mask[..., None], 246, 249) + rng.normal(0, 0.7, (300, 260, 3))
    _, alpha = cut_out(pixels.clip(0, 255).astype(np.uint8), rough(mask, 70))
    assert overlap(alpha > 127, mask) > 0.97


def test_no_colour_of_the_ground_is_left_at_the_edge() -> None:
    mask = np.zeros((200, 200), np.float32)
    cv2.circle(mask, (100, 100), 60, 1.0, cv2.FILLED)
    share = cv2.GaussianBlur(mask, (0, 0), 1.2)[..., None]
    pixels = (share * (90, 90, 90) + (1 - share) * (255, 0, 255)).astype(np.uint8)
    colours, alpha = cut_out(pixels, rough(mask > 0.5, 60))
    edge = (alpha > 8) & (alpha < 250)
    assert edge.any()
    assert np.percentile(np.ptp(colours[edge].astype(int), axis=1), 98) < 12


def test_colours_inside_are_kept() -> None:
    rng = np.random.default_rng(3)
    pixels = rng.integers(0, 255, (60, 60, 3), np.uint8)
    alpha = np.zeros((60, 60), np.float32)
    alpha[10:50, 10:50] = 1
    assert np.array_equal(clean_edge(pixels, alpha)[13:47, 13:47], pixels[13:47, 13:47])


def test_nothing_likely_gives_nothing() -> None:
    pixels = np.full((80, 60, 3), 120, np.uint8)
    _, alpha = cut_out(pixels, np.zeros((80, 60), np.float32))
    assert not alpha.any()
