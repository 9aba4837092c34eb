"""Cloth goes on beyond its edge as its own mirror image."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tryon.mirror import beside, mirrored, nearest


def test_the_nearest_known_pixel_is_told_with_its_distance() -> None:
    known = np.zeros((9, 12), bool)
    known[2, 3] = known[6, 10] = True
    away, place = nearest(known)
    assert away[2, 3] == 0
    assert tuple(place[0, 3]) == tuple(place[4, 2]) == (3, 2)
    assert tuple(place[8, 11]) == (10, 6)
    assert 1.9 < away[0, 3] < 2.1
    assert tuple(beside(known)[2, 11]) == (3, 2)


@given(st.integers(5, 20), st.integers(1, 8))
def test_beyond_an_edge_lies_what_lies_as_far_before_it(edge: int, out: int) -> None:
    pixels = np.zeros((7, 40, 3), np.uint8)
    pixels[:, :edge] = (np.arange(edge) * 10).astype(np.uint8)[None, :, None]
    known, wanted = np.zeros((7, 40), bool), np.zeros((7, 40), bool)
    known[:, :edge] = True
    wanted[:, edge : edge + out] = True
    expected = pixels[:, [max(edge - 1 - k, 0) for k in range(1, out + 1)]]
    whole = 2 * (edge - 1) - (edge + out - 1) >= 0
    for level in (False, True):
        found = mirrored(pixels, known, wanted, level=level).reshape(7, out, 3)
        assert (found[:, 0] == expected[:, 0]).all()
        assert not whole or (found == expected).all()


def test_without_anything_known_pixels_stay() -> None:
    pixels = np.full((4, 4, 3), 9, np.uint8)
    nothing = np.zeros((4, 4), bool)
    assert (mirrored(pixels, nothing, ~nothing) == 9).all()
