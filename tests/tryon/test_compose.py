"""Layers over a person: what may change, and what lies in front."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.tryon import dressed
from tryon.bodies import LABELS
from tryon.compose import compose, visible
from tryon.garments import Garment
from tryon.layers import Layer
from tryon.order import dressing_order, fronts, over_torso
from tryon.overlap import without_hidden
from tryon.stack import cover_of, trimmed


def garment(category: str = "t-shirt", sleeves: bool = True) -> Garment:
    parts = np.ones((8, 8), np.uint8)
    parts[:, 0] = 2 if sleeves else 1
    return Garment(pixels=np.full((8, 8, 4), 255, np.uint8), parts=parts, category=category, points={}, confidence={})  # type: ignore[arg-type]


def dressed_up(
    named: NDArray[np.uint8], layers: list[Layer], *, sleeves: bool = True, tucked: bool = False, kind: str = "t-shirt"
):  # type: ignore[no-untyped-def]
    body = dressed.body(named)
    front = fronts(body, named, [garment(kind, sleeves)], tucked=tucked)
    (layers,) = without_hidden([layers], body, front.worn, over=not tucked)
    return body, front, compose(body, body.pixels, [layers], front)


def of(named: NDArray[np.uint8], *names: str) -> NDArray[np.bool_]:
    return np.isin(named, [LABELS.index(name) for name in names])


@pytest.mark.parametrize("arm", ["down", "over"])
def test_nothing_changes_outside_the_person_and_the_garment(arm: str) -> None:
    named = dressed.labels(arm)
    body, _, picture = dressed_up(named, dressed.tee())
    outside = (body.person == 0) & (cover_of(dressed.tee(), named.shape) == 0)
    far = (
        outside
        & ~np.roll(~outside, 3, 0)
        & ~np.roll(~outside, -3, 0)
        & ~np.roll(~outside, 3, 1)
        & ~np.roll(~outside, -3, 1)
    )
    assert far.sum() > 5000
    assert (picture[far] == body.pixels[far]).all()


def test_the_face_stays_as_it_is_to_the_bit() -> None:
    named = dressed.labels()
    collar = [dressed.layer("0-t-shirt/body", 60, 30, 120, 140)]
    body, _, picture = dressed_up(named, collar)
    face = of(named, "face")
    assert (picture[face] == body.pixels[face]).all()
    assert (picture[of(named, "upper")] != body.pixels[of(named, "upper")]).any(axis=-1).mean() > 0.85


def test_hair_and_a_hand_lie_over_the_garment() -> None:
    named = dressed.labels("over")
    body, _, picture = dressed_up(named, dressed.tee())
    for name in ("hand", "hair"):
        inner = of(named, name)
        inner &= np.roll(inner, 3, 0) & np.roll(inner, -3, 0) & np.roll(inner, 3, 1) & np.roll(inner, -3, 1)
        off = np.abs(picture[inner].astype(int) - body.pixels[inner])
        assert off.max() <= 6, name


def test_a_bare_forearm_across_the_waist_lies_over_the_body_and_under_a_long_sleeve() -> None:
    named = dressed.labels("over")
    skin = np.array(dressed.COLOURS["arm"])
    _, front, short = dressed_up(named, dressed.tee())
    assert np.abs(short[106, 100].astype(int) - skin).max() < 30
    assert set(front.crossing) == {"left"}
    sleeve = dressed.layer("0-longsleeve/sleeve_left", 86, 98, 136, 114)
    _, _, long = dressed_up(named, [*dressed.tee(), sleeve], kind="longsleeve")
    assert np.abs(long[106, 100].astype(int) - (40, 160, 90)).max() < 40


def test_an_upper_arm_is_in_front_of_a_sleeveless_garment_alone() -> None:
    named = dressed.labels()
    named[62:88, 120:134] = LABELS.index("arm")
    wide = [dressed.layer("0-t-shirt/body", 58, 58, 130, 140)]
    _, _, sleeveless = dressed_up(named, wide, sleeves=False)
    _, _, sleeved = dressed_up(named, wide)
    assert sleeveless[76, 126, 0] > 150
    assert sleeved[76, 126, 0] < 100


def test_what_is_seen_inside_a_neck_is_behind_the_neck() -> None:
    named = dressed.labels()
    body, _, picture = dressed_up(named, dressed.tee()[:1])
    neck = of(named, "neck")
    assert (picture[neck] == body.pixels[neck]).all()


def test_a_tucked_top_goes_behind_the_trousers_and_an_untucked_one_over_them() -> None:
    named = dressed.labels()
    _, _, over = dressed_up(named, dressed.tee())
    _, _, tucked = dressed_up(named, dressed.tee(), tucked=True)
    assert over[136, 90, 1] > 100
    assert tucked[136, 90, 2] > 80


def test_new_trousers_go_under_the_worn_top() -> None:
    named = dressed.labels()
    body, _, picture = dressed_up(named, [dressed.layer("0-pants/body", 62, 110, 118, 215)], kind="pants")
    assert np.abs(picture[120, 90].astype(int) - body.pixels[120, 90]).max() <= 3
    assert picture[180, 90, 1] > 100


def test_new_trousers_do_not_stand_out_beside_the_worn_top_that_hides_their_waist() -> None:
    named = dressed.labels()
    body, _, picture = dressed_up(named, [dressed.layer("0-pants/body", 40, 110, 140, 215)], kind="pants")
    beside = np.s_[112:124, 64:120]
    assert np.abs(picture[120, 62:118].astype(int) - body.pixels[120, 62:118]).max() <= 4
    assert (picture[beside] != body.pixels[beside]).any(axis=-1).mean() < 0.2
    assert picture[180, 50, 1] == 160


def test_shadows_fall_on_the_person_below_the_hem_and_can_be_left_out() -> None:
    named = dressed.labels()
    body = dressed.body(named)
    front = fronts(body, named, [garment()])
    with_shadow = compose(body, body.pixels, [dressed.tee()], front).astype(int)
    without = compose(body, body.pixels, [dressed.tee()], front, shadows=False).astype(int)
    below = np.s_[141:143, 80:100]
    assert (without[below] == body.pixels[below]).all()
    assert with_shadow[below].mean() < without[below].mean() - 1


def test_what_shows_of_a_garment_is_what_nothing_covers() -> None:
    named = dressed.labels("over")
    body = dressed.body(named)
    front = fronts(body, named, [garment()])
    cover = visible(dressed.tee(), front, named.shape)
    assert cover[106, 100] < 0.1  # the forearm
    assert cover[120, 90] == 1
    assert cover[36, 90] == 0  # the face


def test_a_forearm_behind_the_back_is_not_over_the_torso() -> None:
    named = dressed.labels("over")
    body = dressed.body(named)
    assert over_torso(body, "left")
    assert not over_torso(body, "right")
    body.world[15, 2] = 0.3
    assert not over_torso(body, "left")


def test_layers_beyond_the_frame_are_cut_and_empty_ones_do_nothing() -> None:
    named = dressed.labels()
    body = dressed.body(named)
    front = fronts(body, named, [garment()])
    away = dressed.layer("0-t-shirt/body", -40, -40, -5, -5)
    partly = dressed.layer("0-t-shirt/body", 150, 200, 260, 300)
    empty = Layer(name="0-t-shirt/body", pixels=np.zeros((240, 180, 4), np.uint8), x=0, y=0)
    assert trimmed(empty).pixels.shape == (1, 1, 4)
    picture = compose(body, body.pixels, [[away, trimmed(empty), partly]], front)
    assert picture.shape == body.pixels.shape
    assert picture[230, 170, 1] == 160


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.sampled_from(["pants", "skirt", "shorts", "t-shirt", "shirt", "dress", "outwear"]), max_size=4),
    st.booleans(),
)
def test_the_dressing_order_is_a_permutation_with_coats_last(kinds: list[str], tucked: bool) -> None:
    order = dressing_order([garment(kind) for kind in kinds], tucked=tucked)
    assert sorted(order) == list(range(len(kinds)))
    put_on = [kinds[index] for index in order]
    coats = put_on.count("outwear")
    assert put_on[len(put_on) - coats :] == ["outwear"] * coats
    tops = [place for place, kind in enumerate(put_on) if kind in ("t-shirt", "shirt")]
    legs = [place for place, kind in enumerate(put_on) if kind in ("pants", "skirt", "shorts")]
    if tops and legs:
        assert (max(tops) < min(legs)) if tucked else (max(legs) < min(tops))
