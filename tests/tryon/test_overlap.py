"""What is hidden under other clothes does not stand out beside them."""

import numpy as np
from numpy.typing import NDArray

from tests.tryon import dressed
from tryon.layers import Layer
from tryon.overlap import without_hidden
from tryon.reach import along_arm
from tryon.stack import cover_of

BODY = dressed.body(dressed.labels())
NOTHING = np.zeros(dressed.SHAPE, np.float32)


def shown(worn: list[list[Layer]], index: int) -> NDArray[np.bool_]:
    """Where what is left of a garment's layers lies."""
    return cover_of(without_hidden(worn, BODY, NOTHING, over=True)[index], dressed.SHAPE) > 0.5


def test_one_garment_alone_keeps_all_of_its_body_and_sleeves() -> None:
    tee = dressed.tee()[1:]
    assert (shown([tee], 0) == (cover_of(tee, dressed.SHAPE) > 0.5)).all()


def test_a_wide_short_sleeve_does_not_stand_out_beside_a_narrow_long_one() -> None:
    wide = dressed.layer("0-shirt/sleeve_left", 114, 60, 150, 92)
    narrow = dressed.layer("1-outwear/sleeve_left", 120, 60, 134, 128)
    assert shown([[wide]], 0).any()
    assert not shown([[wide], [narrow]], 0).any()


def test_a_long_sleeve_shows_past_the_end_of_a_short_one_and_only_there() -> None:
    long, short = (
        dressed.layer("0-shirt/sleeve_left", 118, 60, 138, 128),
        dressed.layer("1-t-shirt/sleeve_left", 118, 60, 138, 92),
    )
    left = shown([[long], [short]], 0)
    assert left[100:126, 122:134].all()
    assert not left[62:84].any()
    other = dressed.layer("1-t-shirt/sleeve_right", 42, 60, 62, 92)
    assert shown([[long], [other]], 0)[66:128, 120:136].all()


def test_a_shirt_shows_below_the_hem_and_in_the_opening_of_a_coat_and_not_beside_it() -> None:
    shirt = dressed.layer("0-shirt/body", 50, 60, 130, 160)
    fronts = [dressed.layer("1-outwear/body", 62, 60, 80, 140), dressed.layer("1-outwear/body", 100, 60, 118, 140)]
    left = shown([[shirt], fronts], 0)
    assert left[70:139, 82:98].all()
    assert not left[70:139, :60].any()
    assert not left[70:139, 120:].any()
    assert left[142:159, 52:128].all()


def test_a_top_does_not_stand_out_beside_the_trousers_it_is_tucked_into() -> None:
    top = dressed.layer("0-shirt/body", 50, 60, 130, 160)
    trousers = [dressed.layer("1-pants/body", 64, 126, 116, 150), dressed.layer("1-pants/leg_left", 91, 150, 116, 220)]
    left = shown([[top], trousers], 0)
    assert left[70:125, 52:128].all()
    assert not left[127:149, 50:63].any()
    kept = (dressed.labels() == 8).astype(np.float32)
    beside = cover_of(without_hidden([[top]], BODY, kept, over=False)[0], dressed.SHAPE)
    assert not (beside[142:160, 50:63] > 0.5).any()
    assert (beside[70:125, 62:118] > 0.5).all()


def test_a_hood_is_cut_beside_the_head_and_a_raised_sleeve_is_not() -> None:
    hood, sleeve = (
        dressed.layer("0-outwear/body", 60, 10, 120, 140),
        dressed.layer("0-outwear/sleeve_left", 120, 5, 140, 70),
    )
    left = shown([[hood]], 0)
    assert not left[:50, :71].any()
    assert left[62:139, 62:118].all()
    assert shown([[sleeve]], 0)[6:69, 122:138].all()


def test_along_an_arm_goes_from_shoulder_to_wrist_and_on() -> None:
    along, beside = along_arm(BODY, "left")
    for index, value in ((11, 0.0), (13, 1.0), (15, 2.0)):
        x, y = BODY.points[index, :2].astype(int)
        assert abs(along[y, x] - value) < 0.15
        assert beside[y, x] < 0.15
    assert along[138, 129] > 2.1
    assert beside[100, 40] > 1
