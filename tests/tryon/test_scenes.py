"""Made-up photos of garments: the truth moves with the pixels."""

import numpy as np
import pytest

from sample import garment
from tryon import PARTS, POINTS
from tryon.examples import UNKNOWN, UNSURE, Example, drawn, ground_of, photographed
from tryon.garment_net import MIRRORED_POINTS, SIDE
from tryon.scenes import FLIPPED_LABELS, Composer, Scene


@pytest.fixture(scope="module")
def examples() -> list[Example]:
    drawings = [garment(seed, size=256) for seed in range(12)]
    return [drawn(drawing, drawing.category) for drawing in drawings]


@pytest.fixture(scope="module")
def scenes(examples: list[Example]) -> list[Scene]:
    composer, rng = Composer(examples), np.random.default_rng(4)
    return [composer.compose(rng) for _ in range(80)]


def test_key_points_lie_on_the_garment_they_belong_to(scenes: list[Scene]) -> None:
    near = []
    for scene in scenes:
        for x, y in scene.points[~np.isnan(scene.points).any(axis=1)]:
            around = scene.parts[max(0, int(y / 2) - 2) : int(y / 2) + 3, max(0, int(x / 2) - 2) : int(x / 2) + 3]
            near.append(bool((around > 0).any()))
    assert np.mean(near) > 0.98


def test_left_parts_lie_right_of_right_ones(scenes: list[Scene]) -> None:
    columns = np.arange(SIDE // 2)
    told = 0
    for scene in scenes:
        for left, right in (("sleeve_left", "sleeve_right"), ("leg_left", "leg_right")):
            one, other = (scene.parts == PARTS.index(name) for name in (left, right))
            if scene.count == 1 and one.sum() > 30 and other.sum() > 30:
                told += 1
                assert columns[one.any(0)].mean() > columns[other.any(0)].mean()
    assert told > 10


def test_mirroring_twice_changes_nothing() -> None:
    assert np.array_equal(np.array(MIRRORED_POINTS)[MIRRORED_POINTS], np.arange(len(POINTS)))
    assert np.array_equal(FLIPPED_LABELS[FLIPPED_LABELS], np.arange(256))


def test_a_seed_makes_the_same_scenes(examples: list[Example]) -> None:
    one, other = (Composer(examples).compose(np.random.default_rng(9)) for _ in range(2))
    assert np.array_equal(one.pixels, other.pixels)
    assert np.array_equal(one.points, other.points, equal_nan=True)


def test_two_garments_are_counted_and_have_no_points(scenes: list[Scene]) -> None:
    pairs = [scene for scene in scenes if scene.count == 2]
    assert pairs
    assert all(scene.pointless and not scene.category for scene in pairs)


def test_of_a_photo_only_the_outline_is_known() -> None:
    alpha = np.zeros((60, 40), np.uint8)
    alpha[15:45, 10:30] = 255
    example = photographed(np.zeros((60, 40, 3), np.uint8), alpha, "skirt")
    assert set(np.unique(example.parts)) == {0, UNKNOWN, UNSURE}
    assert example.pointless


def test_the_ground_is_taken_from_beside_the_garment() -> None:
    pixels = np.full((100, 100, 3), 200, np.uint8)
    alpha = np.zeros((100, 100), np.uint8)
    alpha[10:90, 30:70] = 255
    pixels[alpha > 0] = 10
    ground = ground_of(pixels, alpha, 64)
    assert ground is not None
    assert ground.shape == (64, 64, 3)
    assert ground.min() == 200
    assert ground_of(pixels, np.full((100, 100), 255, np.uint8), 64) is None
