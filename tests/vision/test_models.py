"""Vision as a whole: the models that the settings name, on pictures of people and things."""

import threading
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core.errors import ModelMissing, NotFound
from core.settings import Images, Models, Settings, load_settings
from core.weights import Weights
from vision import Picture, Regions, Vision, decode
from vision.detection import register

ENCODER = "efficientnet.lite0"


def settings(**models: object) -> Settings:
    return load_settings(models={"encoder": ENCODER, "detector": "off", "threads": 2} | models)


@pytest.fixture(scope="module")
def vision(weights: Weights) -> Iterator[Vision]:
    with Vision.open(settings(), weights) as vision:
        vision.warm()
        yield vision


@pytest.fixture
def skier(data: Path) -> Picture:
    return decode((data / "people" / "coco_000000000785.jpg").read_bytes(), Images())


class Redness:
    """A detector that anybody may add: the box around what is red."""

    tag = "red.things"
    labels = ("red thing",)

    def detect(self, pictures: Sequence[np.ndarray]) -> list[Regions]:
        return [self._of(picture.astype(int)) for picture in pictures]

    def _of(self, pixels: np.ndarray) -> Regions:
        rows, columns = np.nonzero((pixels[..., 0] > 180) & (pixels[..., 1:].max(axis=2) < 80))
        if not len(rows):
            return Regions.empty()
        corners = np.array([[columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]])
        height, width = pixels.shape[:2]
        return Regions.of(corners / [width, height, width, height], self.labels, np.array([0.9]), "detector")


@register("red")
def make_redness(tag: str, weights: Weights, models: Models) -> Redness:
    return Redness()


def drawn(width: int = 120, height: int = 80) -> Picture:
    """Left half red, right half blue."""
    pixels = np.zeros((height, width, 3), np.uint8)
    pixels[:, : width // 2] = (220, 30, 30)
    pixels[:, width // 2 :] = (30, 30, 220)
    return Picture(pixels=pixels, width=width, height=height)


def test_a_picture_of_nothing_known_has_itself_as_its_region(vision: Vision) -> None:
    regions = vision.regions(drawn())
    assert regions.labels == ("whole",)
    assert regions.main == 0


def test_a_persons_parts_and_the_whole_are_regions(vision: Vision, skier: Picture) -> None:
    regions = vision.regions(skier)
    assert {"upper body", "lower body", "whole"} <= set(regions.labels)
    assert regions.labels[regions.main] != "whole"


def test_a_detectors_find_joins_the_persons_parts(weights: Weights, skier: Picture) -> None:
    pixels = skier.pixels.copy()
    pixels[-60:, :80] = (230, 10, 10)
    with Vision.open(settings(detector="red.things"), weights) as vision:
        regions = vision.regions(Picture(pixels=pixels, width=skier.width, height=skier.height))
        assert set(regions.sources) == {"detector", "pose", "whole"}
        assert vision.regions(drawn()).labels == ("red thing", "whole")
        (box, _) = vision.regions(drawn()).boxes
    np.testing.assert_allclose(box, (0, 0, 0.5, 1), atol=1e-6)


def test_the_shipped_detector_finds_the_garment_of_most_photos(weights: Weights, data: Path) -> None:
    if "garments" not in weights.entries:
        pytest.skip("needs the shipped detector, garments, in the manifest")
    photos = [
        file for kind in ("dress", "t-shirt") for file in sorted((data / "clothing/validation" / kind).glob("*"))[:8]
    ]
    with Vision.open(settings(detector="yolo.garments"), weights) as vision:
        vision.warm()
        found = [vision.regions(decode(file.read_bytes(), Images())) for file in photos]
    mains = [regions.sources[regions.main] for regions in found]
    assert mains.count("detector") >= 0.75 * len(mains)


def test_a_callers_box_is_the_main_region_and_nothing_else_is_looked_for(vision: Vision, skier: Picture) -> None:
    regions = vision.regions(skier, (0.4, 0.2, 0.3, 0.3))
    assert regions.sources == ("caller", "whole")
    assert regions.main == 0
    np.testing.assert_allclose(regions.boxes[0], (0.4, 0.2, 0.3, 0.3), atol=1e-6)


def test_a_callers_box_outside_the_picture_is_refused(vision: Vision) -> None:
    with pytest.raises(ValueError, match="expected"):
        vision.regions(drawn(), (0.8, 0.1, 0.5, 0.5))


def test_vectors_are_of_the_regions_asked_for_in_their_order(vision: Vision) -> None:
    picture = drawn()
    left = vision.regions(picture, (0, 0, 0.45, 1))
    both = vision.encode_regions(picture, left)
    assert both.shape == (2, vision.encoder.dim)
    assert both.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(both, axis=1), 1, atol=1e-5)
    np.testing.assert_allclose(vision.encode_regions(picture, left, [1, 0]), both[::-1], atol=1e-5)
    (red,) = vision.encoder.encode_images([picture.pixels[:, :57]])
    np.testing.assert_allclose(both[0], red, atol=0.02)
    assert float(both[0] @ both[1]) < 0.95


def test_no_indices_give_no_vectors(vision: Vision) -> None:
    picture = drawn()
    assert vision.encode_regions(picture, vision.regions(picture), []).shape == (0, vision.encoder.dim)


def test_a_region_of_one_pixel_has_a_vector(vision: Vision) -> None:
    picture = Picture(pixels=np.zeros((1, 1, 3), np.uint8), width=1, height=1)
    assert np.isfinite(vision.encode_regions(picture, vision.regions(picture))).all()


def test_threads_see_what_one_alone_sees(vision: Vision, skier: Picture) -> None:
    pictures = [skier, drawn(), drawn(90, 160)]
    alone = [vision.encode_regions(picture, vision.regions(picture)) for picture in pictures]
    start = threading.Barrier(6)

    def look(lane: int) -> np.ndarray:
        start.wait()
        picture = pictures[lane % 3]
        return vision.encode_regions(picture, vision.regions(picture))

    with ThreadPoolExecutor(6) as pool:
        for lane, vectors in enumerate(pool.map(look, range(6))):
            np.testing.assert_allclose(vectors, alone[lane % 3], atol=1e-4)


def test_without_pose_there_are_no_body_parts(weights: Weights, skier: Picture) -> None:
    with Vision.open(settings(pose="off"), weights) as vision:
        assert vision.regions(skier).labels == ("whole",)


def test_closed_vision_refuses_and_closing_again_is_nothing(weights: Weights) -> None:
    vision = Vision.open(settings(), weights)
    vision.close()
    vision.close()
    with pytest.raises(RuntimeError):
        vision.regions(drawn())


def test_a_missing_model_file_is_named_with_its_remedy(tmp_path: Path) -> None:
    with pytest.raises(ModelMissing, match="shopglass models pull"):
        Vision.open(settings().model_copy(update={"home": tmp_path}))


def test_a_tag_that_names_nothing_is_not_found(weights: Weights) -> None:
    with pytest.raises(NotFound, match=r"efficientnet\.lite9"):
        Vision.open(settings(encoder="efficientnet.lite9"), weights)
