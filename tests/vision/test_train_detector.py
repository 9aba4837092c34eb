"""Training the detector: cut-outs and composites of drawn photos, the ring of features, and a real training of seconds."""

from pathlib import Path

import cv2
import msgspec
import numpy as np
import pytest
import timm
import torch

from vision.composites import Composer
from vision.cutouts import Specimen, class_folders, extent, foreground, read_specimens
from vision.feature_ring import FeatureRing
from vision.garments import load, save
from vision.precision import mean_average_precision
from vision.train_detector import Plan, Point, record, train_detector

CLASSES = ("disc", "square")


def photo(name: str, seed: int, size: int = 160) -> tuple[np.ndarray, np.ndarray]:
    """A disc or a square, of its own colour, on mottled ground: pixels and the true mask."""
    rng = np.random.default_rng(seed)
    ground = rng.uniform(150, 220, 3) + rng.normal(0, 6, (size, size, 1))
    mask = np.zeros((size, size), np.uint8)
    x, y = (int(v) for v in rng.integers(int(0.42 * size), int(0.58 * size), 2))
    reach = int(rng.integers(int(0.2 * size), int(0.32 * size)))
    if name == "disc":
        cv2.circle(mask, (x, y), reach, 1, cv2.FILLED)
    else:
        cv2.rectangle(mask, (x - reach, y - reach), (x + reach, y + reach), 1, cv2.FILLED)
    cloth = rng.uniform([60, 0, 0], [150, 90, 90]) + rng.normal(0, 8, (size, size, 1))
    pixels = np.where(mask[..., None] > 0, cloth, ground)
    return cv2.GaussianBlur(pixels.clip(0, 255).astype(np.uint8), (0, 0), 0.8), mask > 0


@pytest.fixture(scope="module")
def photos(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """train/ with six photos of each class, and one file that is none."""
    folder = tmp_path_factory.mktemp("photos") / "train"
    for label, name in enumerate(CLASSES):
        (folder / name).mkdir(parents=True)
        for i in range(6):
            pixels, _ = photo(name, 10 * label + i)
            cv2.imwrite(str(folder / name / f"{i}.jpg"), pixels[..., ::-1])
    (folder / "disc" / "broken.jpg").write_bytes(b"no picture")
    return folder


@pytest.fixture(scope="module")
def specimens(photos: Path) -> list[Specimen]:
    return list(read_specimens(photos, class_folders(photos)))


@pytest.mark.parametrize("name", CLASSES)
def test_the_foreground_of_a_plain_photo_is_its_thing(name: str) -> None:
    pixels, truth = photo(name, 5)
    mask = foreground(pixels)
    assert mask is not None
    assert (mask & truth).sum() / (mask | truth).sum() > 0.9


def test_a_photo_of_nothing_or_of_cloth_up_to_its_edges_gives_no_cut_out() -> None:
    rng = np.random.default_rng(0)
    assert foreground(np.full((120, 90, 3), 200, np.uint8)) is None
    assert foreground(rng.integers(0, 256, (120, 90, 3), np.uint8)) is None


def test_photos_come_in_the_order_of_classes_and_what_is_no_picture_is_left_out(specimens: list[Specimen]) -> None:
    assert [s.label for s in specimens] == [0] * 6 + [1] * 6
    assert sum(s.alpha is not None for s in specimens) >= 6


def test_a_class_without_a_folder_is_named(photos: Path) -> None:
    with pytest.raises(FileNotFoundError, match="hat"):
        list(read_specimens(photos, (*CLASSES, "hat")))


@pytest.mark.parametrize("whole_photos", [0.0, 1.0])
def test_the_same_seed_makes_the_same_composites_with_boxes_inside(
    specimens: list[Specimen], whole_photos: float
) -> None:
    composer = Composer(specimens, 128, whole_photos=whole_photos)
    first, second = ([composer.compose(np.random.default_rng(seed)) for seed in range(12)] for _ in range(2))
    for one, two in zip(first, second, strict=True):
        assert np.array_equal(one.pixels, two.pixels)
        assert one.pixels.shape == (128, 128, 3)
        assert np.array_equal(one.boxes, two.boxes)
        assert len(one.labels) == len(one.boxes)
        assert (one.boxes >= 0).all()
        assert (one.boxes <= 1).all()
        assert (one.boxes[:, 2:] > one.boxes[:, :2]).all()
    assert any(not np.array_equal(first[0].pixels, other.pixels) for other in first[1:])


def test_a_box_is_the_extent_of_what_is_seen_of_its_garment() -> None:
    """Glowing cut-outs on dull photos: what glows in a composite of one is the garment."""
    pixels = np.full((100, 100, 3), 60, np.uint8)
    alpha = np.zeros((100, 100), np.uint8)
    pixels[20:80, 30:70], alpha[20:80, 30:70] = (0, 255, 0), 255
    composer = Composer([Specimen(0, pixels, alpha)], 200, whole_photos=1.0)
    checked = 0
    for seed in range(30):
        composite = composer.compose(np.random.default_rng(seed))
        if len(composite.labels) != 1:
            continue
        red, green, blue = np.moveaxis(cv2.GaussianBlur(composite.pixels, (0, 0), 1).astype(int), 2, 0)
        found = np.array(extent((green > red + 60) & (green > blue + 60))) / 200
        np.testing.assert_allclose(composite.boxes[0], found, atol=0.03)
        checked += 1
    assert checked >= 10


def test_photos_without_a_cut_out_make_no_composer() -> None:
    with pytest.raises(ValueError, match="none of 1 photos"):
        Composer([Specimen(0, np.zeros((10, 10, 3), np.uint8), None)], 64)


def test_a_ring_keeps_the_last_composites_and_shares_them(specimens: list[Specimen]) -> None:
    shapes = ((2, 3, 3), (1, 1, 1))
    composer, rng = Composer(specimens, 64), np.random.default_rng(0)
    ring = FeatureRing(20, shapes)
    writer = FeatureRing(20, shapes, ring.name)
    for i in range(50):
        writer.put([np.full(shape, i, np.float16) for shape in shapes], composer.compose(rng))
    assert ring.made == 50
    levels, boxes, labels = ring.draw(200, rng)
    assert set(levels[0][:, 0, 0, 0].astype(int)) <= set(range(46, 50))
    assert boxes.shape == (200, 4, 4)
    assert ((labels == -1) | (boxes.sum(axis=2) > 0)).all()
    writer.close()
    ring.remove()


def test_precision_is_one_for_the_truth_and_falls_with_wrong_labels() -> None:
    boxes = np.array([[0.1, 0.1, 0.4, 0.4], [0.5, 0.5, 0.9, 0.9]], np.float32)
    labels = np.array([0, 1])
    sure = np.array([0.9, 0.8], np.float32)
    assert mean_average_precision([(boxes, sure, labels)], [(boxes, labels)]).map50 == pytest.approx(1, abs=0.01)
    assert mean_average_precision([(boxes, sure, labels[::-1])], [(boxes, labels)]).map50 == 0
    shifted = mean_average_precision([(boxes + 0.05, sure, labels)], [(boxes, labels)])
    assert shifted.map50 > 0.9
    assert shifted.map < 0.5
    nothing = (boxes[:0], sure[:0], labels[:0])
    assert mean_average_precision([nothing], [(boxes, labels)]).map50 == 0


def test_a_training_of_seconds_lowers_the_loss_and_leaves_a_model_and_its_record(
    specimens: list[Specimen], tmp_path: Path
) -> None:
    torch.manual_seed(0)
    imagenet = tmp_path / "backbone.pth"
    torch.save(timm.create_model("tf_efficientnet_lite0", pretrained=False).state_dict(), imagenet)
    points: list[Point] = []
    for minutes in (0.3, 1, 3):  # on a busy machine the first are over before anything was learnt
        points.clear()
        plan = Plan(minutes=minutes, batch=4, ring=64, validation=6, rate=1e-3)
        trained = train_detector(
            specimens, specimens, CLASSES, imagenet, plan, lambda point, model: points.append(point)
        )
        if len(points) > 3:
            break
    assert trained.curve == tuple(points)
    assert points[-1].class_loss < points[0].class_loss
    assert points[-1].pictures > points[0].pictures
    save(trained.model, tmp_path / "out.safetensors")
    assert load(tmp_path / "out.safetensors").names == {0: "disc", 1: "square"}
    written = msgspec.json.decode(record(trained, plan, "drawn", {"train": specimens}, CLASSES))
    assert written["plan"]["seed"] == plan.seed
    assert written["photos"] == {"train": 12}
    assert len(written["curve"]) == len(points)
