"""Detection: geometry of the letterbox, suppression, tags and files, and that torch and the exported network agree."""

import pickle
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadSettings, ModelMissing, NotFound
from core.settings import load_settings
from core.weights import Weights
from vision.detection import Yolo, create_detector, exportable, letterbox, suppress
from vision.garments import CLASSES, SIDE, build, load, save
from vision.images import decode
from vision.regions import overlaps


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="module")
def untrained(models_dir: Path) -> Yolo:
    """A detector with random weights, exported and checked against torch on the way."""
    torch.manual_seed(3)
    model = build(("cap", "boot"))
    file = models_dir / "untrained.safetensors"
    save(model, file)
    return create(f"yolo.{file}", models_dir)


def create(tag: str, models_dir: Path, **models: object) -> Yolo:
    detector = create_detector(tag, Weights(models_dir), load_settings(models={"threads": 1} | models).models)
    assert isinstance(detector, Yolo)
    return detector


def pictures(count: int, seed: int = 0) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [rng.integers(0, 256, (*rng.integers(20, 500, 2), 3), np.uint8) for _ in range(count)]


@pytest.mark.parametrize(("height", "width"), [(100, 50), (33, 640), (1, 1), (1, 900), (320, 320)])
def test_a_picture_of_any_shape_lies_whole_in_its_square(height: int, width: int) -> None:
    square, (left, top, w, h) = letterbox(np.full((height, width, 3), 90, np.uint8), 64)
    assert square.shape == (64, 64, 3)
    assert (square == 90).all()
    assert max(w, h) == 64
    assert 0 <= left <= 64 - w
    assert 0 <= top <= 64 - h


def test_boxes_come_back_in_fractions_of_the_picture_not_of_the_square() -> None:
    def network(squares: np.ndarray) -> tuple[np.ndarray, ...]:
        found = np.array([[0.25, 0.0, 0.75, 0.5, 0.9, 0.1], [0.0, 0.0, 0.1, 0.1, 0.01, 0.02]], np.float32)
        return (np.repeat(found[None], len(squares), axis=0),)

    detector = Yolo("yolo.fixed", ("shirt", "hat"), 64, network)
    (upright,) = detector.detect([np.zeros((200, 100, 3), np.uint8)])  # fills the middle half of its square
    np.testing.assert_allclose(upright.boxes, [[0, 0, 1, 0.5]], atol=0.02)
    assert upright.labels == ("shirt",)
    assert upright.sources == ("detector",)
    assert upright.scores == pytest.approx([0.9])


corners = st.tuples(*[st.floats(0, 0.5)] * 2, *[st.floats(0.51, 1)] * 2)


@given(st.lists(st.tuples(corners, st.floats(0, 1)), max_size=12))
def test_no_two_kept_boxes_overlap_much_and_every_other_overlaps_a_better_one(
    boxes: list[tuple[tuple[float, float, float, float], float]],
) -> None:
    xyxy = np.array([c for c, _ in boxes]).reshape(-1, 4)
    scores = np.array([s for _, s in boxes])
    kept = suppress(xyxy, scores, 0.6).tolist()
    xywh = np.concatenate([xyxy[:, :2], xyxy[:, 2:] - xyxy[:, :2]], axis=1)
    iou = overlaps(xywh, xywh)
    for i in kept:
        assert all(iou[i, j] <= 0.6 + 1e-4 for j in kept if j != i)
    for i in set(range(len(boxes))) - set(kept):
        assert any(iou[i, j] >= 0.6 - 1e-4 and scores[j] >= scores[i] for j in kept)


def test_a_saved_model_comes_back_as_it_was_to_half_precision(tmp_path: Path) -> None:
    torch.manual_seed(5)
    model = build(("cap", "boot"))
    save(model, tmp_path / "model.safetensors")
    again = load(tmp_path / "model.safetensors")
    assert again.names == {0: "cap", 1: "boot"}
    for name, tensor in model.state_dict().items():
        torch.testing.assert_close(again.state_dict()[name], tensor, rtol=1e-3, atol=1e-4, msg=name)


def test_every_backend_finds_what_torch_finds(untrained: Yolo, models_dir: Path) -> None:
    seen = pictures(3)
    expected = untrained.predict(seen)
    for backend in ("onnxruntime", "torch"):
        other = create(untrained.tag, models_dir, backend=backend)
        for (a, b), (c, d) in zip(expected, other.predict(seen), strict=True):
            np.testing.assert_allclose(a, c, atol=1e-3)
            np.testing.assert_allclose(b, d, atol=1e-4)


def test_a_picture_is_seen_alike_alone_in_a_batch_and_from_many_threads(untrained: Yolo) -> None:
    seen = pictures(6)
    alone = [untrained.predict([picture])[0] for picture in seen]
    together = untrained.predict(seen)
    start = threading.Barrier(6)

    def look(i: int) -> tuple[np.ndarray, np.ndarray]:
        start.wait()
        return untrained.predict([seen[i]])[0]

    with ThreadPoolExecutor(6) as pool:
        for one, two, three in zip(alone, together, pool.map(look, range(6)), strict=True):
            np.testing.assert_allclose(one[0], two[0], atol=1e-3)
            np.testing.assert_allclose(one[1], three[1], atol=1e-5)


def test_no_pictures_give_no_regions(untrained: Yolo) -> None:
    assert untrained.detect([]) == []


def test_any_ultralytics_model_can_be_the_detector(tmp_path: Path, models_dir: Path) -> None:
    from ultralytics.nn.tasks import DetectionModel

    model = DetectionModel("yolo11n.yaml", nc=3, verbose=False)
    model.names = {0: "bag", 1: "watch", 2: "glasses"}
    model.args = {"imgsz": 96}
    torch.save({"model": model}, tmp_path / "own.pt")
    detector = create(f"yolo.{tmp_path / 'own.pt'}", models_dir)
    assert detector.labels == ("bag", "watch", "glasses")
    (seen,) = pictures(1)
    square, _ = letterbox(seen, 96)
    with torch.inference_mode():
        (expected,) = exportable(model.eval(), 96)(torch.from_numpy(square)[None]).numpy()
    np.testing.assert_allclose(detector.predict([seen])[0][1], expected[:, 4:], atol=1e-4)


def test_a_file_that_would_run_code_is_refused_and_runs_none(tmp_path: Path, models_dir: Path) -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, ...]:
            return Path.touch, (tmp_path / "sprung",)

    torch.save({"model": Trap()}, tmp_path / "trap.pt")
    (tmp_path / "plain.pt").write_bytes(pickle.dumps(Trap(), protocol=2))
    for name in ("trap.pt", "plain.pt"):
        with pytest.raises(BadSettings, match=name):
            create(f"yolo.{tmp_path / name}", models_dir)
    assert not (tmp_path / "sprung").exists()


def test_unknown_tags_and_absent_files_say_what_to_do(models_dir: Path) -> None:
    with pytest.raises(NotFound, match=r"yolo\.\*"):
        create("ssd.mobilenet", models_dir)
    with pytest.raises(ModelMissing, match="shopglass models pull yolo99x"):
        create("yolo.yolo99x", models_dir)


def test_the_shipped_detector_finds_the_garment_of_a_photo(data: Path, models_dir: Path) -> None:
    detector = create("yolo.garments", models_dir)
    assert detector.labels == CLASSES
    assert detector.side == SIDE
    right = 0
    for name in CLASSES:
        for photo in sorted((data / "clothing" / "validation" / name).glob("*.jpg"))[:3]:
            picture = decode(photo.read_bytes(), load_settings().images)
            (regions,) = detector.detect([picture.pixels])
            right += len(regions) > 0 and regions.labels[regions.main] == name
    assert right >= 24  # of 30
