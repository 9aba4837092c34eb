"""Drawn people and the truth about them."""

import numpy as np
import pytest
from numpy.typing import NDArray

from sample import POSES, Drawing, PersonPicture, Shop, person
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


@pytest.fixture(scope="module")
def dressed() -> tuple[PersonPicture, Drawing]:
    shirt = next(p for p in Shop(3).products(200) if p.category == "t-shirt" and p.attributes["pattern"] != "plain")
    drawing = shirt.render(320)
    return person(7, "arms away", [("t-shirt", drawing)], turn=0, size=SMALL, quality=1, bare=True), drawing


def test_a_source_map_leads_back_to_the_colours_of_the_flat_garment(dressed: tuple[PersonPicture, Drawing]) -> None:
    picture, drawing = dressed
    (worn,) = picture.worn
    seen = np.isfinite(worn.source[..., 0])
    x, y = np.floor(worn.source[seen]).astype(int).T
    flat = drawing.pixels[y.clip(0, 319), x.clip(0, 319), :3].astype(float)
    photo = picture.pixels[seen].astype(float)
    assert np.corrcoef(flat.ravel(), photo.ravel())[0, 1] > 0.85
    assert (drawing.mask[y.clip(0, 319), x.clip(0, 319)]).mean() > 0.95


def test_source_maps_lie_in_the_mask_and_the_mask_is_labelled_as_worn(dressed: tuple[PersonPicture, Drawing]) -> None:
    picture, _ = dressed
    (worn,) = picture.worn
    assert not np.isfinite(worn.source[~worn.mask]).any()
    assert (picture.labels[worn.mask] == LABELS.index("upper")).all()
    assert np.isfinite(worn.source[worn.mask]).all(1).mean() > 0.8


def test_key_points_are_where_the_source_map_shows_them(dressed: tuple[PersonPicture, Drawing]) -> None:
    picture, drawing = dressed
    (worn,) = picture.worn
    height = float(np.ptp(np.nonzero(picture.person > 0.5)[0]))
    ys, xs = np.nonzero(np.isfinite(worn.source[..., 0]))
    near = worn.source[ys, xs]
    for name in worn.visible - {"cuff_outer_left", "cuff_outer_right", "shoulder_left", "shoulder_right"}:
        k = int(np.hypot(*(near - drawing.points[name]).T).argmin())
        assert np.hypot(xs[k] + 0.5 - worn.points[name][0], ys[k] + 0.5 - worn.points[name][1]) < 0.03 * height, name


def test_a_garment_hangs_level_and_its_left_side_is_the_wearers(dressed: tuple[PersonPicture, Drawing]) -> None:
    points = dressed[0].worn[0].points
    assert points["hem_left"][0] > points["hem_right"][0]
    assert abs(points["hem_left"][1] - points["hem_right"][1]) < 0.02 * SMALL[1]
    assert points["neckline_front"][1] < points["armpit_left"][1] < points["hem_left"][1]


def test_the_bare_picture_differs_only_where_clothes_were(dressed: tuple[PersonPicture, Drawing]) -> None:
    picture, _ = dressed
    assert picture.bare.shape == picture.pixels.shape
    face = picture.labels == LABELS.index("face")
    assert np.abs(picture.bare[face].astype(int) - picture.pixels[face]).mean() < 3


def test_what_is_not_worn_on_the_body_is_refused(dressed: tuple[PersonPicture, Drawing]) -> None:
    with pytest.raises(ValueError, match="watch"):
        person(1, wears=[("watch", dressed[1])])
