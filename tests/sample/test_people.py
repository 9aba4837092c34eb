"""Drawn people and the truth about them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sample import POSES, PersonPicture, person
from sample.people.build import random_build, rest_joints
from sample.people.figure import LABELS, figure
from sample.people.implicit import ellipsoid, polygonise
from sample.people.poses import stand

SMALL = (256, 340)


@pytest.fixture(scope="module")
def pictures() -> list[PersonPicture]:
    poses = ("arms down", "akimbo", "one forward", "sitting")
    return [
        person(3, pose, turn=turn, size=SMALL, quality=1) for pose, turn in zip(poses, (0, 30, -30, 0), strict=True)
    ]


def test_polygonised_ellipsoid_has_its_volume_and_outward_normals() -> None:
    radii = (0.1, 0.2, 0.15)
    points, triangles, normals = polygonise(lambda p: ellipsoid(p, (0, 0, 0), radii), (-0.3,) * 3, (0.3,) * 3, 0.012)
    a, b, c = (points[triangles[:, k]].astype(float) for k in range(3))
    assert (a * np.cross(b, c)).sum() / 6 == pytest.approx(4 / 3 * np.pi * np.prod(radii), rel=0.02)
    assert ((np.cross(b - a, c - a) * normals[triangles[:, 0]]).sum(1) > 0).all()


def test_the_same_seed_gives_the_same_picture(pictures: list[PersonPicture]) -> None:
    again = person(3, "arms down", turn=0, size=SMALL, quality=1)
    assert np.array_equal(again.pixels, pictures[0].pixels)
    assert np.array_equal(again.labels, pictures[0].labels)
    assert not np.array_equal(person(4, "arms down", turn=0, size=SMALL, quality=1).pixels, pictures[0].pixels)


def test_labels_are_the_person_and_nothing_else(pictures: list[PersonPicture]) -> None:
    for picture in pictures:
        inside, outside = picture.person > 0.99, picture.person < 0.01
        assert (picture.labels[inside] > 0).mean() > 0.995
        assert (picture.labels[outside] == 0).all()
        assert np.isfinite(picture.depth[picture.labels > 0]).all()
        assert {"hair", "face", "neck", "hand", "upper", "lower", "shoe"} <= {
            LABELS[k] for k in np.unique(picture.labels)
        }


def label_at(picture: PersonPicture, xy: NDArray[np.float32]) -> str:
    return LABELS[picture.labels[int(xy[1]), int(xy[0])]]


def test_landmarks_lie_on_the_parts_that_they_name(pictures: list[PersonPicture]) -> None:
    front = pictures[0]
    assert label_at(front, front.points[0]) == "face"
    for index, names in (
        (11, {"upper", "arm", "torso"}),
        (13, {"upper", "arm"}),
        (25, {"lower", "leg"}),
        (31, {"shoe"}),
    ):
        for k in (index, index + 1):
            assert label_at(front, front.points[k]) in names
    assert front.points[11, 0] > front.points[12, 0]  # seen from the front, the left shoulder is on the right
    assert all(label_at(front, xy) in {"hand", "arm"} for hand in front.hands for xy in hand[:1])


def test_world_landmarks_are_as_far_apart_as_the_bones() -> None:
    rng = np.random.default_rng([3, 4])
    build = random_build(rng)
    rest = rest_joints(build)
    bone = float(np.linalg.norm(rest["forearm_left"] - rest["arm_left"])) * build.stature / 1.72
    for pose in POSES:
        world = person(3, pose, size=(64, 85), quality=1).world
        assert np.linalg.norm(world[13] - world[11]) == pytest.approx(bone, rel=1e-4)


def test_turn_is_positive_when_the_left_shoulder_is_farther(pictures: list[PersonPicture]) -> None:
    _, turned, other, _ = pictures
    assert turned.turn == pytest.approx(30, abs=3)
    assert turned.points[11, 2] > turned.points[12, 2]
    assert other.points[11, 2] < other.points[12, 2]


def test_a_hidden_shoulder_is_not_visible() -> None:
    side = person(5, "arms down", turn=90, size=SMALL, quality=1)
    assert side.visibility[12] == 1
    assert side.visibility[[13, 11]].min() == 0


def test_skin_weights_are_shares_and_bones_at_rest_move_nothing() -> None:
    build = random_build(np.random.default_rng(1))
    for shell in figure(build, False):
        assert np.allclose(shell.weights.sum(1), 1, atol=1e-5)
        assert shell.weights.min() >= 0


@pytest.mark.parametrize("pose", POSES)
def test_nobody_sinks_into_the_floor(pose: str) -> None:
    build = random_build(np.random.default_rng(2))
    joints = {name: at * build.stature / 1.72 for name, at in rest_joints(build).items()}
    stance = stand(POSES[pose], joints)
    lowest = min(float(stance.points(s.points, s.weights)[:, 1].min()) for s in figure(build, False))
    assert -0.03 < lowest < 0.02
