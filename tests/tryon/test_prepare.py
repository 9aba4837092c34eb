"""A product photo becomes a garment ready for try-on, or is refused with the reason."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from bench.garment import GROUNDS, picture, point_error
from core import Settings, Weights
from core.errors import GarmentUnusable, ModelMissing
from sample import HELD_OUT, Drawing, garment
from sample.people import person
from sample.scenes import surface
from tryon import POINTS_OF, Garment
from tryon.garment_net import Reader
from tryon.prepare import in_place, prepare


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Reader:
    folder: Path = tmp_path_factory.mktemp("models")
    return Reader.open(Weights(folder), Settings().models)


@pytest.fixture(scope="module")
def tee() -> Drawing:
    return garment(4, "t-shirt", "tee", 512)


def refused(photo: NDArray[np.uint8], reader: Reader) -> str:
    with pytest.raises(GarmentUnusable) as caught:
        prepare(photo, reader=reader)
    return caught.value.reason


def test_a_prepared_garment_keeps_its_word(tee: Drawing, reader: Reader) -> None:
    made = prepare(tee.on_background((236, 236, 234), 0.3), "t-shirt", reader=reader)
    h, w = made.parts.shape
    assert made.pixels.shape == (h, w, 4)
    assert np.array_equal(made.parts == 0, made.pixels[..., 3] < 128)
    assert made.category == "t-shirt"
    assert not made.guessed
    assert made.points.keys() == made.confidence.keys() <= set(POINTS_OF["t-shirt"])
    assert all(0 <= x <= w and 0 <= y <= h for x, y in made.points.values())
    assert all(0 < sure <= 1 for sure in made.confidence.values())
    assert made.part("sleeve_left").any()
    columns = np.arange(w)
    assert columns[made.part("sleeve_left").any(0)].mean() > columns[made.part("sleeve_right").any(0)].mean()


def test_a_category_not_given_is_guessed(reader: Reader) -> None:
    jeans = garment(9, "pants", "jeans", 512).on_background((236, 236, 234), 0.3)
    made = prepare(jeans, reader=reader)
    assert made.category == "pants"
    assert made.guessed


def test_key_points_of_a_family_never_seen_are_near(reader: Reader) -> None:
    errors = []
    for seed in range(8):
        drawing = garment(seed, size=512, family=HELD_OUT)
        pixels, mask, points = picture(drawing, "studio", np.random.default_rng(seed))
        errors.append(point_error(in_place(pixels, drawing.category, reader=reader), mask, points))  # type: ignore[arg-type]
    assert np.median(errors) < 0.035


def test_a_given_alpha_is_kept(tee: Drawing, reader: Reader) -> None:
    made: Garment = prepare(tee.pixels, "t-shirt", reader=reader)
    x, y, w, h = cv2.boundingRect((tee.pixels[..., 3] > 0).view(np.uint8))
    assert np.array_equal(made.pixels[..., 3], tee.pixels[y : y + h, x : x + w, 3])
    assert not made.guessed


def test_a_large_photo_is_made_smaller(tee: Drawing, reader: Reader) -> None:
    large = cv2.resize(tee.on_background((236, 236, 234), 0.3), (1800, 1800))
    assert max(prepare(large, "t-shirt", reader=reader).parts.shape) <= 1024


def test_an_empty_floor_shows_no_garment(reader: Reader) -> None:
    floor = surface(np.random.default_rng(5), 400, 400).clip(0, 255).astype(np.uint8)
    assert refused(floor, reader) == "no-garment"


def test_two_garments_are_one_too_many(tee: Drawing, reader: Reader) -> None:
    one = tee.on_background((236, 236, 234), 0.3)
    other = garment(9, "pants", "jeans", 512).on_background((236, 236, 234), 0.3)
    assert refused(np.hstack([one, other]), reader) == "several-garments"


def test_half_a_garment_is_cut_off(tee: Drawing, reader: Reader) -> None:
    whole = tee.on_background((236, 236, 234), 0.3)
    assert refused(whole[:, : whole.shape[1] // 2], reader) in ("cut-off", "points-uncertain")


def test_somebody_in_the_photo_is_refused(tee: Drawing, reader: Reader) -> None:
    with pytest.raises(GarmentUnusable) as caught:
        prepare(tee.on_background(), reader=reader, shows_person=lambda pixels: True)
    assert caught.value.reason == "worn-by-somebody"


def test_nobody_is_seen_in_flat_garments(reader: Reader) -> None:
    rng = np.random.default_rng(3)
    for seed in range(30_000, 30_017):  # taken close up, the last was seen worn
        pixels, _, _ = picture(garment(seed, size=768, family=HELD_OUT), GROUNDS[seed % 3], rng)
    assert in_place(pixels, reader=reader).points


def test_a_garment_on_somebody_without_a_head_is_refused(reader: Reader) -> None:
    photos = (person(seed, size=(384, 512), quality=1).pixels for seed in range(70_000, 70_010))
    reasons = []
    for photo in photos:
        try:
            prepare(np.ascontiguousarray(photo[len(photo) // 4 :]), reader=reader)
        except GarmentUnusable as refusal:
            reasons.append(refusal.reason)
    assert reasons.count("worn-by-somebody") >= 8


def test_a_file_that_is_no_network_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "net.safetensors"
    file.write_bytes(b"nothing of the kind")
    with pytest.raises(ModelMissing):
        Reader.open(Weights(tmp_path), Settings().models, file)
