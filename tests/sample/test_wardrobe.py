"""Garments of the wardrobe are of many kinds, and what is said of each is so."""

import cv2
import numpy as np
import pytest

from sample import HELD_OUT, Drawing, families, garment
from sample.wardrobe.families import CATEGORIES
from tryon import POINTS_OF

SIZE = 256
EVERY = [(category, family) for category in CATEGORIES for family in families(category)]


@pytest.fixture(scope="module")
def drawings() -> list[tuple[int, Drawing]]:
    return [(3, garment(3, category, family, SIZE)) for category, family in EVERY]


def test_a_seed_names_a_garment() -> None:
    first, again, other = garment(5, size=96), garment(5, size=96), garment(6, size=96)
    assert np.array_equal(first.pixels, again.pixels)
    assert first.points == again.points
    assert first.pixels.tobytes() != other.pixels.tobytes()


def test_parts_partition_the_mask(drawings: list[tuple[int, Drawing]]) -> None:
    for _, drawing in drawings:
        assert np.array_equal(drawing.mask, drawing.pixels[..., 3] >= 128)
        assert drawing.labels.max() <= len(drawing.part_names)


def test_a_garment_is_in_one_piece(drawings: list[tuple[int, Drawing]]) -> None:
    for seed, drawing in drawings:
        _, _, stats, _ = cv2.connectedComponentsWithStats(drawing.mask.astype(np.uint8))
        areas = sorted(stats[1:, cv2.CC_STAT_AREA])
        assert areas[-1] > 0.995 * sum(areas), f"{drawing.category} {drawing.family} {seed}"


def test_key_points_are_on_the_garment_and_of_its_category(drawings: list[tuple[int, Drawing]]) -> None:
    for seed, drawing in drawings:
        assert set(drawing.points) <= set(POINTS_OF[drawing.category])
        away = cv2.distanceTransform((~drawing.mask).astype(np.uint8), cv2.DIST_L2, 5)
        for name, (x, y) in drawing.points.items():
            assert 0 <= x < SIZE
            assert 0 <= y < SIZE
            assert away[int(y), int(x)] <= 3, f"{drawing.category} {drawing.family} {seed}: {name}"


def test_ends_lie_on_the_outline_of_what_is_not_a_sleeve(drawings: list[tuple[int, Drawing]]) -> None:
    for seed, drawing in drawings:
        sleeves = [part for name, part in drawing.parts.items() if name.startswith("sleeve")]
        rest = drawing.mask & ~np.logical_or.reduce(sleeves or [np.zeros_like(drawing.mask)])
        inside = cv2.distanceTransform(np.pad(rest, 1).astype(np.uint8), cv2.DIST_L2, 5)
        names = ["hem_left", "hem_right", "hem_outer_left", "hem_outer_right"]
        if drawing.category in ("skirt", "pants", "shorts"):
            names += ["waist_left", "waist_right"]
        for name in names:
            if name in drawing.points:
                x, y = drawing.points[name]
                assert inside[int(y) + 1, int(x) + 1] <= 5, f"{drawing.category} {drawing.family} {seed}: {name}"


def test_the_ends_of_sleeves_are_seen(drawings: list[tuple[int, Drawing]]) -> None:
    for seed, drawing in drawings:
        sleeves = [part for name, part in drawing.parts.items() if name.startswith("sleeve")]
        cuffs = [name for name in drawing.points if name.startswith("cuff")]
        if cuffs:
            away = cv2.distanceTransform((~np.logical_or.reduce(sleeves)).astype(np.uint8), cv2.DIST_L2, 5)
        for name in cuffs:
            x, y = drawing.points[name]
            assert away[int(y), int(x)] <= 6, f"{drawing.category} {drawing.family} {seed}: {name}"


def test_left_is_the_wearers_left(drawings: list[tuple[int, Drawing]]) -> None:
    for _, drawing in drawings:
        for name in ("neckline", "shoulder", "armpit", "waist", "hem"):
            if {f"{name}_left", f"{name}_right"} <= set(drawing.points):
                assert drawing.points[f"{name}_left"][0] > drawing.points[f"{name}_right"][0]


@pytest.mark.slow
def test_three_hundred_garments_keep_their_points() -> None:
    for seed in range(300):
        drawing = garment(seed, size=128)
        away = cv2.distanceTransform((~drawing.mask).astype(np.uint8), cv2.DIST_L2, 5)
        assert max(away[int(y), int(x)] for x, y in drawing.points.values()) <= 2.5, seed


def test_a_family_can_be_left_out() -> None:
    assert HELD_OUT in families()
    kinds = {garment(seed, size=32, without=HELD_OUT).family for seed in range(60)}
    assert HELD_OUT not in kinds
    assert len(kinds) > 12
    assert garment(1, "dress", HELD_OUT, 32).family == HELD_OUT


def test_a_family_no_category_has_is_refused() -> None:
    with pytest.raises(ValueError, match="no garment"):
        garment(1, "skirt", "hoodie")
