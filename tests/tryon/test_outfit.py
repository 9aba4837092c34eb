"""A garment takes on the outline, the hem and the cuffs of what is worn where these are nearly its own."""

import msgspec
import numpy as np
import pytest

from tests.tryon import dressed
from tryon.anchors import find_anchors
from tryon.bodies import LABELS
from tryon.outfit import LET, Outfit, near
from tryon.parse import Parsed

NAMED = dressed.labels()
BODY = dressed.body(NAMED)
UPPER = frozenset({"upper"})
TRUNK = NAMED.copy()
"""Without arms, which hang against it."""
TRUNK[88:145, :60] = TRUNK[88:145, 120:] = 0


def parsed(named: np.ndarray = NAMED, alike: float = 0.0) -> Parsed:
    return Parsed(named, 0.9, np.zeros(3, np.float32), alike)


def level_reach(outfit: Outfit, y: float, s: int) -> tuple[float, bool]:
    away, cloth = outfit.reach(np.array([[90.5, y]]), np.array([[float(s), 0.0]]), 100)
    return float(away[0]), bool(cloth[0])


def test_the_outline_is_where_the_body_ends_and_told_whether_in_old_clothes() -> None:
    outfit = Outfit.of(parsed(TRUNK), UPPER)
    assert level_reach(outfit, 118.5, 1) == (pytest.approx(30, abs=1), True)
    assert level_reach(outfit, 150.5, -1) == (pytest.approx(24, abs=2), False)
    assert np.isnan(level_reach(outfit, 230.5, 1)[0])


def test_widths_go_to_the_outline_within_limits_and_stay_where_nothing_is_known() -> None:
    outfit = Outfit.of(parsed(TRUNK), UPPER)
    start = np.stack([np.full(40, 90.0), np.linspace(104, 126, 40)], 1)
    way = np.broadcast_to([1.0, 0.0], (40, 2))
    for own, expected in ((27.0, 30), (33.0, 30), (22.0, 22 * LET[1]), (10.0, 10), (100.0, 100)):
        found = outfit.let(np.full(40, own), start, way)
        assert np.abs(found[5:-5] - expected).max() < 1.5
    unknown = outfit.let(np.full(40, 27.0), start, way, np.zeros(40, bool))
    assert (unknown == 27).all()


def test_what_stays_on_lets_a_garment_out_and_never_takes_it_in() -> None:
    outfit = Outfit.of(parsed(TRUNK), UPPER)
    start = np.stack([np.full(40, 90.0), np.linspace(140, 180, 40)], 1)
    way = np.broadcast_to([1.0, 0.0], (40, 2))
    assert (outfit.let(np.full(40, 26.0), start, way) == 26).all()
    assert outfit.let(np.full(40, 22.0), start, way)[10:30].min() > 23


def test_a_hem_is_found_unless_colours_hide_it() -> None:
    anchors = find_anchors(BODY)
    hem = Outfit.of(parsed(), UPPER).hem(anchors, 0.4 * anchors.torso)
    assert hem == pytest.approx(131 - 66, abs=3)
    assert Outfit.of(parsed(alike=0.9), UPPER).hem(anchors, 0.4 * anchors.torso) is None
    assert Outfit.of(parsed(), frozenset({"lower"})).hem(anchors, 0.4 * anchors.torso) is None


def test_a_cuff_is_where_the_sleeve_ends() -> None:
    anchors = find_anchors(BODY)
    cuff = Outfit.of(parsed(), UPPER).cuff(anchors.arm["right"])
    assert cuff == pytest.approx(88 - 66, abs=4)
    bare = NAMED.copy()
    bare[60:90, 46:60] = LABELS.index("arm")
    assert Outfit.of(parsed(bare), UPPER).cuff(anchors.arm["right"]) is None


def test_a_skirt_spans_the_legs_and_trousers_do_not() -> None:
    points = BODY.points.copy()
    points[[23, 25, 27], 0] += 6
    points[[24, 26, 28], 0] -= 6
    anchors = find_anchors(msgspec.structs.replace(BODY, points=points))
    assert Outfit.of(parsed(), frozenset({"lower"})).skirted(anchors)
    apart = NAMED.copy()
    apart[134:220, 86:94] = 0
    assert not Outfit.of(parsed(apart), frozenset({"lower"})).skirted(anchors)


def test_ends_meet_only_when_they_are_near() -> None:
    assert near(100, 108, 10, 1) == 109
    assert near(100, 95, 10, 1) == 96
    assert near(100, 95, 10, 1, shorter=2) == 100
    assert near(100, 120, 10, 1) == 100
    assert near(100, None, 10, 1) == 100
