"""People in real photos: who is chosen, and what is known of them."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import PersonUnusable
from core.settings import Images
from sample.people import person
from tryon import Body, People
from vision import decode

Photo = Callable[[str], np.ndarray]


def iou(one: np.ndarray, other: np.ndarray) -> float:
    return float((one & other).sum() / (one | other).sum())


def middle(body: Body) -> tuple[float, float]:
    height, width = body.person.shape
    rows, columns = np.nonzero(body.person > 0.5)
    return columns.mean() / width, rows.mean() / height


@pytest.mark.parametrize("name", ["astronaut.png", "grace_hopper.jpg", "tfjs_portrait.jpg", "tfjs_pose.jpg"])
def test_all_that_is_known_of_a_person_is_in_pixels_of_the_photo(people: People, photo: Photo, name: str) -> None:
    pixels = photo(name)
    body = people.find_body(pixels)
    height, width = pixels.shape[:2]
    assert body.points.shape == body.world.shape == (33, 3)
    assert body.person.shape == (height, width)
    assert body.person.dtype == np.float32
    assert 0 <= body.person.min() < 0.01
    assert 0.99 < body.person.max() <= 1
    x0, y0, x1, y1 = body.box
    assert 0 <= x0 < x1 <= width
    assert 0 <= y0 < y1 <= height
    seen = body.points[body.visibility > 0.5, :2]
    inside = seen[((seen >= 0) & (seen < (width, height))).all(axis=1)].astype(int)
    assert (body.person[inside[:, 1], inside[:, 0]] > 0.5).mean() > 0.8
    assert body.face is not None
    assert np.hypot(*(body.face.points[1, :2] - body.points[0, :2])) < 0.3 * np.ptp(body.face.points[:, 0])


@pytest.mark.parametrize(
    ("name", "reference", "least"),
    [
        ("tfjs_portrait.jpg", "tfjs_portrait_segmentation.png", 0.985),
        ("tfjs_pose.jpg", "tfjs_pose_segmentation.png", 0.965),
    ],
)
def test_the_mask_is_the_person(
    people: People, photo: Photo, data: Path, name: str, reference: str, least: float
) -> None:
    truth = decode((data / "people" / reference).read_bytes(), Images(longest=1024)).pixels
    assert iou(people.find_body(photo(name)).person > 0.5, truth[..., 2] > 127) >= least


@pytest.mark.parametrize("pose", ["akimbo", "arms out", "walking"])
def test_the_mask_and_the_joints_are_those_of_a_drawn_person(people: People, pose: str) -> None:
    picture = person(11, pose, turn=0, size=(360, 480), quality=1)
    body = people.find_body(np.ascontiguousarray(picture.pixels))
    assert iou(body.person > 0.5, np.asarray(picture.person) > 0.5) >= 0.95
    off = np.linalg.norm(body.points[11:29, :2] - picture.points[11:29, :2], axis=1).mean()
    assert off < 0.025 * np.ptp(picture.points[:, 1])
    for hand in body.hands:
        truth = picture.hands[0 if hand.side == "left" else 1]
        assert np.linalg.norm(hand.points[0, :2] - truth[0]) < 0.05 * np.ptp(picture.points[:, 1])


def test_flat_garments_are_nobody(people: People, data: Path) -> None:
    photos = sorted((data / "clothing" / "validation").glob("*/*.jpg"))[::20]
    for file in photos:
        with pytest.raises(PersonUnusable):
            people.find_body(decode(file.read_bytes(), Images()).pixels)


def test_the_mask_lies_within_the_outline_drawn_by_people(people: People, photo: Photo, data: Path) -> None:
    record = json.loads((data / "people" / "coco_000000000785.json").read_text())
    x, y, width, height = (record["annotations"][0] if "annotations" in record else record)["bbox"]
    body = people.find_body(photo("coco_000000000785.jpg"))
    outside = body.person.copy()
    outside[int(y) - 5 : int(y + height) + 5, int(x) - 5 : int(x + width) + 5] = 0
    assert outside.sum() < 0.02 * body.person.sum()


@pytest.mark.parametrize("at", [(0.15, 0.5), (0.45, 0.9), (0.85, 0.5)])
def test_of_several_people_the_one_at_a_point_is_taken(people: People, photo: Photo, at: tuple[float, float]) -> None:
    body = people.find_body(photo("tfjs_three_people.jpg"), at)
    height, width = body.person.shape
    assert body.person[int(at[1] * height), int(at[0] * width)] > 0.5
    assert abs(middle(body)[0] - at[0]) < 0.1
    assert body.face is not None


def test_of_several_people_the_largest_is_taken(people: People, photo: Photo) -> None:
    pixels = photo("tfjs_three_people.jpg")
    sizes = [people.find_body(pixels, at).person.sum() for at in ((0.15, 0.5), (0.45, 0.9), (0.85, 0.5))]
    assert people.find_body(pixels).person.sum() == pytest.approx(max(sizes), rel=0.05)


def test_a_point_where_nobody_is_says_so(people: People, photo: Photo) -> None:
    with pytest.raises(PersonUnusable) as raised:
        people.find_body(photo("tfjs_portrait.jpg"), (0.02, 0.3))
    assert raised.value.reason == "nobody-there"


@pytest.mark.parametrize("shape", [(1, 1), (3, 500), (480, 641)])
def test_a_picture_without_anybody_says_so(people: People, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    with pytest.raises(PersonUnusable) as raised:
        people.find_body(noise)
    assert raised.value.reason == "nobody"


def test_any_width_of_photo_is_taken(people: People, photo: Photo) -> None:
    pixels = photo("grace_hopper.jpg")
    for width in range(401, 405):
        assert people.find_body(pixels[:, :width]).person.shape == (pixels.shape[0], width)


def test_several_threads_get_the_answers_that_one_gets(people: People, photo: Photo) -> None:
    names = ["astronaut.png", "grace_hopper.jpg", "tfjs_pose.jpg"] * 3
    alone = {name: people.find_body(photo(name)) for name in set(names)}
    with ThreadPoolExecutor(6) as pool:
        for name, body in zip(names, pool.map(lambda name: people.find_body(photo(name)), names), strict=True):
            np.testing.assert_allclose(body.points, alone[name].points, atol=0.1)
            np.testing.assert_allclose(body.person, alone[name].person, atol=0.02)
