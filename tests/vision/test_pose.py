"""Pose on real photos of people and of garments, and on pictures without anybody."""

import json
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.settings import Images
from core.weights import Weights
from vision.images import Picture, crop, decode
from vision.pose import Landmarks, Pose

# COCO's key points as MediaPipe's landmarks.
COCO = {0: 0, 1: 2, 2: 5, 5: 11, 6: 12, 7: 13, 8: 14, 9: 15, 10: 16, 11: 23, 12: 24, 13: 25, 14: 26, 15: 27, 16: 28}


@pytest.fixture(scope="module")
def bundle(weights: Weights) -> Path:
    return weights.path("pose_landmarker_full")


@pytest.fixture(scope="module")
def pose(bundle: Path) -> Iterator[Pose]:
    with Pose(bundle, at_once=2) as pose:
        yield pose


def photo(file: Path) -> Picture:
    return decode(file.read_bytes(), Images())


@pytest.fixture
def skier(data: Path) -> Picture:
    return photo(data / "people" / "coco_000000000785.jpg")


def test_landmarks_lie_where_people_marked_them(pose: Pose, skier: Picture, data: Path) -> None:
    record = json.loads((data / "people" / "coco_000000000785.json").read_text())
    person = record["annotations"][0] if "annotations" in record else record
    marked = np.array(person["keypoints"], float).reshape(17, 3)
    found = pose.landmarks(skier.pixels)
    assert found is not None
    height = np.ptp(marked[marked[:, 2] > 0, 1])
    for coco, ours in COCO.items():
        x, y, seen = marked[coco]
        if seen:
            off = np.hypot(found.points[ours, 0] * skier.width - x, found.points[ours, 1] * skier.height - y)
            assert off < 0.08 * height, f"landmark {ours} is {off:.0f} pixels from where it was marked"


def test_the_worlds_landmarks_are_metres_around_the_hips(pose: Pose, skier: Picture) -> None:
    found = pose.landmarks(skier.pixels)
    assert found is not None
    assert np.abs(found.world[[23, 24]].mean(axis=0)).max() < 0.05
    assert 1.0 < np.ptp(found.world[:, 1]) < 2.2
    assert found.has_human_build()


def test_a_whole_person_has_all_body_regions(pose: Pose, skier: Picture) -> None:
    regions = pose.regions(skier.pixels)
    boxes = dict(zip(regions.labels, regions.boxes, strict=True))
    assert set(boxes) == {"head", "upper body", "lower body", "feet"}
    assert set(regions.sources) == {"pose"}
    middles = {label: float(box[1] + box[3] / 2) for label, box in boxes.items()}
    assert middles["head"] < middles["upper body"] < middles["lower body"] < middles["feet"]


@pytest.mark.parametrize("name", ["astronaut.png", "grace_hopper.jpg", "tfjs_portrait.jpg", "tfjs_three_people.jpg"])
def test_people_seen_from_the_waist_up_have_a_head_and_no_feet(pose: Pose, data: Path, name: str) -> None:
    labels = pose.regions(photo(data / "people" / name).pixels).labels
    assert "head" in labels
    assert "feet" not in labels


def test_a_turned_picture_of_a_person_still_shows_one(pose: Pose, skier: Picture) -> None:
    mirrored = pose.regions(skier.pixels[:, ::-1])
    assert "upper body" in mirrored.labels


def test_garments_without_a_person_rarely_get_body_regions(pose: Pose, data: Path) -> None:
    """27 of all 3,409 do; of every tenth validation photo at most one may."""
    photos = sorted((data / "clothing" / "validation").glob("*/*.jpg"))[::10]
    with_body = [file.name for file in photos if len(pose.regions(photo(file).pixels))]
    assert len(photos) == 35
    assert len(with_body) <= 1


@pytest.mark.parametrize("shape", [(1, 1), (2, 500), (480, 640)])
def test_a_picture_without_anybody_has_no_landmarks(pose: Pose, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (*shape, 3), np.uint8)
    assert pose.landmarks(noise) is None
    assert len(pose.regions(noise)) == 0


def test_a_small_head_low_on_its_shoulders_is_no_human_build(pose: Pose, skier: Picture) -> None:
    found = pose.landmarks(skier.pixels)
    assert found is not None
    sunk = found.world.copy()
    sunk[:11] = sunk[11:13].mean(axis=0) + (found.world[:11] - found.world[0]) / 3
    assert not Landmarks(points=found.points, visibility=found.visibility, world=sunk).has_human_build()


def test_a_view_into_a_larger_picture_is_taken(pose: Pose, skier: Picture) -> None:
    part = crop(skier, (0.35, 0.1, 0.5, 0.9))
    assert not part.flags.c_contiguous
    assert "head" in pose.regions(part).labels


def test_more_threads_than_landmarkers_get_the_same_answers(pose: Pose, skier: Picture) -> None:
    alone = pose.landmarks(skier.pixels)
    assert alone is not None
    empty = np.zeros_like(skier.pixels)
    start = threading.Barrier(6)

    def ask(lane: int) -> list[Landmarks | None]:
        start.wait()
        return [pose.landmarks(empty if (lane + turn) % 2 else skier.pixels) for turn in range(4)]

    with ThreadPoolExecutor(6) as pool:
        for lane, answers in enumerate(pool.map(ask, range(6))):
            for turn, found in enumerate(answers):
                if (lane + turn) % 2:
                    assert found is None
                else:
                    assert found is not None
                    np.testing.assert_allclose(found.points, alone.points, atol=1e-4)


def test_masks_of_any_width_show_the_person(bundle: Path, skier: Picture) -> None:
    """MediaPipe itself ends the process at widths that are no multiple of 4."""
    with Pose(bundle, masks=True) as pose:
        whole = pose.landmarks(skier.pixels)
        assert whole is not None
        assert whole.person is not None
        for narrower in range(1, 4):
            found = pose.landmarks(skier.pixels[:, :-narrower])
            assert found is not None
            assert found.person is not None
            assert found.person.shape == (skier.height, skier.width - narrower)
            assert np.abs(found.person - whole.person[:, :-narrower]).mean() < 0.01
            wider = np.array([1 - narrower / skier.width, 1])
            np.testing.assert_allclose(found.points[:, :2] * wider, whole.points[:, :2], atol=0.03)


def test_landmarks_without_masks_have_none(pose: Pose, skier: Picture) -> None:
    found = pose.landmarks(skier.pixels)
    assert found is not None
    assert found.person is None


def test_closing_twice_is_closing_once(bundle: Path) -> None:
    pose = Pose(bundle)
    pose.close()
    pose.close()
