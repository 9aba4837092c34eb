"""Faces on real photos, and their pose."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import ModelMissing
from core.settings import Images
from core.weights import Weights
from vision.face import Faces
from vision.face_pose import _LANDMARKS, CANONICAL, face_matrix, project
from vision.images import decode

NOSE, EYE_LEFT_IN_PICTURE, EYE_RIGHT_IN_PICTURE = 1, 33, 263


@pytest.fixture(scope="module")
def faces(weights: Weights) -> Iterator[Faces]:
    with Faces(weights.path("face_landmarker"), most=8) as faces:
        yield faces


def photo(file: Path) -> np.ndarray:
    return decode(file.read_bytes(), Images()).pixels


def in_pixels(points: np.ndarray, pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    return points * np.array([width, height, width], np.float32)


@pytest.mark.parametrize(
    ("name", "count"),
    [("astronaut.png", 1), ("grace_hopper.jpg", 1), ("tfjs_portrait.jpg", 1), ("tfjs_three_people.jpg", 3)],
)
def test_every_face_of_a_photo_is_found(faces: Faces, data: Path, name: str, count: int) -> None:
    found = faces.landmarks(photo(data / "people" / name))
    assert found.shape == (count, 478, 3)
    assert ((found[..., :2] > 0) & (found[..., :2] < 1)).all()
    assert (found[:, EYE_LEFT_IN_PICTURE, 0] < found[:, EYE_RIGHT_IN_PICTURE, 0]).all()
    assert (found[:, NOSE, 2] < found[:, [234, 454], 2].min(axis=1)).all(), "the nose is nearer than the ears"


def test_a_face_of_thirty_pixels_is_found(faces: Faces, data: Path) -> None:
    skier = photo(data / "people" / "coco_000000000785.jpg")
    (face,) = faces.landmarks(skier)
    assert np.hypot(*(in_pixels(face, skier)[NOSE, :2] - (367, 81))) < 10  # COCO's mark of the nose


def test_a_picture_without_a_face_has_none(faces: Faces) -> None:
    assert faces.landmarks(np.zeros((97, 61, 3), np.uint8)).shape == (0, 478, 3)


@given(
    st.floats(-40, 40), st.floats(-30, 30), st.floats(-60, 60), st.floats(-0.5, 0.5), st.floats(-0.5, 0.5)
)  # fmt: skip
def test_the_pose_of_a_rendered_face_is_found_again(yaw: float, pitch: float, roll: float, x: float, y: float) -> None:
    shape, away = (1000, 800), 70.0
    truth = np.eye(4)
    truth[:3, :3] = turned(2, roll) @ turned(0, pitch) @ turned(1, yaw)
    truth[:3, 3] = (x * 30, y * 40, -away)
    focal = shape[0] / 2 / np.tan(np.radians(31.5))
    points = np.zeros((478, 3), np.float32)
    points[_LANDMARKS, :2] = project(truth, CANONICAL, shape)
    points[_LANDMARKS, 2] = -(CANONICAL @ along(truth).T) * focal / away
    found = face_matrix(points, shape)
    assert angle(found, truth) < 4.0  # the network's depth is of a weak perspective
    assert np.linalg.norm(found[:3, 3] - truth[:3, 3]) < 0.03 * away
    assert np.abs(project(found, CANONICAL, shape) - points[_LANDMARKS, :2]).max() < 0.05 * np.ptp(
        points[_LANDMARKS, 0]
    )


def test_the_canonical_face_is_even() -> None:
    mirrored = CANONICAL * [-1, 1, 1]
    assert np.abs(mirrored[:, None] - CANONICAL).max(axis=2).min(axis=1).max() < 1e-9


def test_the_pose_agrees_with_mediapipes_own_but_for_the_ray_that_it_leaves_out(weights: Weights, data: Path) -> None:
    """Of faces near the middle of the picture, where there is no such ray, it agrees as it is."""
    from mediapipe.tasks.python import BaseOptions, vision

    from vision.mediapipe_tasks import array, image

    try:
        bundle = weights.path("face_landmarker_live")
    except ModelMissing as missing:
        pytest.skip(f"needs what npm supplies: {missing}")
    options = vision.FaceLandmarkerOptions(
        base_options=BaseOptions(model_asset_path=str(bundle)), output_facial_transformation_matrixes=True
    )
    with vision.FaceLandmarker.create_from_options(options) as landmarker:
        for name in ("astronaut.png", "grace_hopper.jpg", "tfjs_portrait.jpg"):
            pixels = photo(data / "people" / name)
            whole = landmarker.detect(image(pixels))
            points = in_pixels(array(whole.face_landmarks[0]), pixels)
            x, y = points[:, :2].mean(axis=0).round().astype(int)
            side = min(x, y, pixels.shape[1] - x, pixels.shape[0] - y)
            middle = np.ascontiguousarray(pixels[y - side : y + side, x - side : x + side])
            found = landmarker.detect(image(middle))
            theirs = found.facial_transformation_matrixes[0]
            ours = face_matrix(in_pixels(array(found.face_landmarks[0]), middle), middle.shape)
            assert angle(ours, theirs) < 10, name
            assert np.linalg.norm(ours[:3, 3] - theirs[:3, 3]) < 0.08 * np.linalg.norm(theirs[:3, 3]), name


def turned(axis: int, degrees: float) -> np.ndarray:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    one, other = [k for k in range(3) if k != axis]
    matrix = np.eye(3)
    matrix[[one, other], [one, other]], matrix[one, other], matrix[other, one] = c, -s, s
    return matrix


def along(matrix: np.ndarray) -> np.ndarray:
    """The row that gives the depth of canonical points along the ray to the face, nearer being larger."""
    back = -matrix[:3, 3] / np.linalg.norm(matrix[:3, 3])
    return np.asarray(back @ matrix[:3, :3])


def angle(one: np.ndarray, other: np.ndarray) -> float:
    cosine = (np.trace(one[:3, :3].T @ other[:3, :3]) - 1) / 2
    return float(np.degrees(np.arccos(np.clip(cosine, -1, 1))))
