"""Patterns are kept for garments, not for objects, and not without end."""

import msgspec
import numpy as np

from sample.wardrobe import garment as drawn
from tests.tryon import mannequins
from tryon.garments import Garment
from tryon.patterns import Patterns


def tee(seed: int) -> Garment:
    return mannequins.garment(drawn(seed, "t-shirt", "tee", size=256), "t-shirt")


def test_a_garment_read_again_has_the_pattern_made_before() -> None:
    patterns, garment = Patterns(), tee(3)
    again = msgspec.structs.replace(garment, parts=garment.parts.copy())
    assert patterns.of(again) is patterns.of(garment)


def test_another_cut_has_another_pattern() -> None:
    patterns, garment = Patterns(), tee(3)
    moved = {**garment.points, "hem_centre": (1.0, 2.0)}
    assert patterns.of(msgspec.structs.replace(garment, points=moved)) is not patterns.of(garment)


def test_the_longest_unused_goes_and_no_picture_is_kept() -> None:
    patterns, garments = Patterns(most=2), [tee(seed) for seed in (1, 2, 3)]
    first, second = patterns.of(garments[0]), patterns.of(garments[1])
    assert patterns.of(garments[0]) is first
    third = patterns.of(garments[2])
    assert patterns.of(garments[0]) is first
    assert patterns.of(garments[1]) is not second
    assert not any(np.size(pattern.cut.garment.pixels) for pattern in (first, second, third))
