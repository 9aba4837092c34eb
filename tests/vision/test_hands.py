"""Hands on drawn and real people, and silhouettes."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from core.settings import Images
from core.weights import Weights
from sample.people import PersonPicture, person
from vision.hands import Hands
from vision.images import decode
from vision.silhouette import Silhouette


@pytest.fixture(scope="module")
def hands(weights: Weights) -> Iterator[Hands]:
    with Hands(weights.path("hand_landmarker")) as hands:
        yield hands


@pytest.fixture(scope="module")
def picture() -> PersonPicture:
    return person(109, "sitting", turn=0, size=(480, 640), quality=1)


@pytest.mark.parametrize("side", ["left", "right"])
def test_a_hand_has_the_side_of_its_owner(hands: Hands, picture: PersonPicture, side: str) -> None:
    truth = picture.hands[0 if side == "left" else 1]
    x, y = truth.mean(axis=0).astype(int)
    crop = picture.pixels[y - 100 : y + 100, x - 100 : x + 100]
    found = hands.landmarks(crop)
    assert found is not None
    assert found.side == side
    assert 0.5 < found.sure <= 1
    assert found.points.shape == found.world.shape == (21, 3)
    off = found.points[:, :2] * crop.shape[1::-1] + (x - 100, y - 100) - truth
    assert np.linalg.norm(off, axis=1).mean() < 0.15 * np.ptp(truth, axis=0).max()


def test_hands_of_a_real_person_are_found(hands: Hands, data: Path) -> None:
    pixels = decode((data / "people" / "tfjs_pose.jpg").read_bytes(), Images(longest=1024)).pixels
    assert hands.landmarks(pixels[300:430, 640:780]) is not None


def test_a_picture_without_a_hand_has_none(hands: Hands) -> None:
    assert hands.landmarks(np.full((61, 47, 3), 200, np.uint8)) is None


def test_closing_twice_is_closing_once(weights: Weights) -> None:
    hands = Hands(weights.path("hand_landmarker"))
    hands.close()
    hands.close()


@pytest.mark.parametrize("width", [477, 478, 479, 480])
def test_a_silhouette_of_any_width_is_the_person(weights: Weights, picture: PersonPicture, width: int) -> None:
    with Silhouette(weights.path("silhouette")) as silhouette:
        mask = silhouette.people(picture.pixels[:, :width])
    truth = np.asarray(picture.person)[:, :width] > 0.5
    assert mask.shape == truth.shape
    assert mask.dtype == np.float32
    assert ((mask > 0.5) & truth).sum() / ((mask > 0.5) | truth).sum() > 0.85
