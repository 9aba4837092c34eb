"""How drawn and photographed people stand, and what is refused or remarked for it."""

from collections.abc import Callable
from functools import cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace as changed

from core.errors import PersonUnusable
from sample.people import PersonPicture, person
from tryon import Body, People
from tryon.posture import Part, in_view, remarks, require, sits, turn_of

WHOLE: frozenset[Part] = frozenset({"upper", "lower"})
TOP: frozenset[Part] = frozenset({"upper"})


@cache
def drawn(pose: str, turn: float = 0.0) -> PersonPicture:
    return person(7, pose, turn=turn, size=(240, 320), quality=1)


def found(people: People, pose: str, turn: float = 0.0) -> Body:
    return people.find_body(np.ascontiguousarray(drawn(pose, turn).pixels))


def reason(body: Body, wanted: frozenset[Part]) -> str | None:
    try:
        require(body, wanted)
    except PersonUnusable as refused:
        return refused.reason
    return None


def codes(body: Body, wanted: frozenset[Part] = WHOLE) -> set[str]:
    return {remark.code for remark in remarks(body, wanted)}


@pytest.mark.parametrize("turn", [-30.0, 0.0, 30.0])
def test_the_turn_is_that_of_the_drawn_body_and_has_its_sign(people: People, turn: float) -> None:
    assert found(people, "arms down", turn).turn == pytest.approx(turn, abs=16)


@given(st.floats(-170, 170))
def test_the_turn_of_a_turned_pose_is_turned_as_far(degrees: float) -> None:
    world = np.zeros((33, 3))
    world[11], world[12] = (0.2, 0, 0), (-0.2, 0, 0)
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    turned = world @ np.array([[c, 0, s], [0, 1, 0], [-s, 0, c]])
    assert turn_of(turned.astype(np.float32)) == pytest.approx(degrees, abs=0.1)


@pytest.mark.parametrize("pose", ["arms down", "akimbo", "raised", "walking"])
def test_who_stands_facing_the_camera_can_wear_anything(people: People, pose: str) -> None:
    body = found(people, pose)
    assert in_view(body) == {"head", "upper", "lower", "feet"}
    require(body, in_view(body))
    assert not sits(body)
    assert codes(body) <= {"low_light"}


def test_the_back_is_refused_but_not_for_a_hat(people: People) -> None:
    body = found(people, "arms down", 180.0)
    assert reason(body, TOP) == reason(body, WHOLE) == "back-view"
    assert reason(body, frozenset({"head"})) is None


def test_the_side_is_refused(people: People) -> None:
    assert reason(found(people, "arms down", 90.0), TOP) == "side-view"


def test_who_sits_can_try_a_top_on_but_no_trousers(people: People) -> None:
    body = found(people, "sitting")
    assert sits(body)
    assert reason(body, WHOLE) == "sitting"
    assert reason(body, TOP) is None
    assert "pose_uncertain" in codes(body, TOP)


def test_an_arm_over_the_torso_is_remarked_upon(people: People) -> None:
    assert "arm_over_torso" in codes(found(people, "crossed"))
    assert "arm_over_torso" not in codes(found(people, "arms down"))


def test_a_photo_down_to_the_waist_shows_a_torso_and_no_legs(people: People) -> None:
    picture = drawn("arms down")
    waist = int(picture.points[[23, 24], 1].mean())
    body = people.find_body(np.ascontiguousarray(picture.pixels[: waist + 4]))
    assert in_view(body) >= {"head", "upper"}
    assert reason(body, TOP) is None
    assert reason(body, WHOLE) == "legs-out-of-view"
    assert reason(body, frozenset({"feet"})) == "feet-out-of-view"


def test_a_portrait_shows_no_torso(people: People) -> None:
    picture = drawn("arms down")
    neck, hips = picture.points[[11, 12], 1].mean(), picture.points[[23, 24], 1].mean()
    middle = int(picture.points[0, 0])
    portrait = picture.pixels[: int(neck + 0.25 * (hips - neck)), middle - 60 : middle + 60]
    body = people.find_body(np.ascontiguousarray(portrait))
    assert reason(body, TOP) == "torso-out-of-view"


def test_a_cut_off_hem_is_remarked_upon(people: People) -> None:
    picture = drawn("arms down")
    neck, hips = picture.points[[11, 12], 1].mean(), picture.points[[23, 24], 1].mean()
    body = people.find_body(np.ascontiguousarray(picture.pixels[: int(neck + 0.8 * (hips - neck))]))
    assert reason(body, TOP) is None
    assert "part_out_of_view" in codes(body, TOP)


def test_a_dark_photo_is_remarked_upon(people: People) -> None:
    body = found(people, "akimbo")
    assert "low_light" in codes(changed(body, pixels=body.pixels // 6))


def test_a_turned_person_is_remarked_upon(people: People) -> None:
    assert "turned" in codes(changed(found(people, "arms down"), turn=50.0))


@pytest.mark.parametrize("name", ["tfjs_portrait.jpg", "tfjs_pose.jpg", "astronaut.png"])
def test_real_people_can_try_a_top_on(people: People, photo: Callable[[str], np.ndarray], name: str) -> None:
    body = people.find_body(photo(name))
    assert reason(body, TOP) is None
    assert not sits(body)


def test_arms_crossed_in_a_real_photo_are_remarked_upon(people: People, photo: Callable[[str], np.ndarray]) -> None:
    assert "arm_over_torso" in codes(people.find_body(photo("tfjs_portrait.jpg")), TOP)
