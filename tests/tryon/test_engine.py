"""A drawn garment on a drawn person, through the real models."""

import math
import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from core import Stages, Weights
from core.errors import BadRequest, GarmentUnusable, ModelMissing, PersonUnusable
from core.settings import load_settings
from sample import PersonPicture, person
from sample.wardrobe import garment as drawn
from tests.tryon import mannequins
from tryon.answer import Answer
from tryon.bodies import LABELS
from tryon.engine import TryOn
from tryon.garments import Category, Garment
from tryon.stack import cover_of
from vision import Faces, Picture, Pose

STAGES = {"body", "fit", "warp", "parse", "order", "light", "undress", "compose"}


@pytest.fixture(scope="module")
def somebody() -> PersonPicture:
    return person(11, "arms away", size=(384, 512), quality=2)


@pytest.fixture(scope="module")
def photo(somebody: PersonPicture) -> Picture:
    return Picture(pixels=somebody.pixels, width=384, height=512)


def garment(category: Category, seed: int = 3, family: str | None = None) -> Garment:
    return mannequins.garment(drawn(seed, category, family, size=384), category)


@pytest.fixture(scope="module")
def tee() -> Garment:
    return garment("t-shirt", family="tee")


@pytest.fixture(scope="module")
def answer(engine: TryOn, photo: Picture, tee: Garment) -> Answer:
    return engine.dress(photo, [tee])


def test_a_top_covers_the_trunk_and_leaves_face_and_surroundings_alone(
    photo: Picture, somebody: PersonPicture, answer: Answer
) -> None:
    changed = (answer.picture != photo.pixels).any(axis=-1)
    cover = cover_of(answer.layers, changed.shape) > 0
    far = somebody.person == 0
    for shift, axis in ((5, 0), (-5, 0), (5, 1), (-5, 1)):
        far &= np.roll(somebody.person, shift, axis) == 0
    assert not (changed & far & ~cover).any()
    face = somebody.labels == LABELS.index("face")
    assert not (changed & face)[: int(somebody.points[9, 1])].any()
    trunk = np.zeros_like(changed)
    (x0, y0), (x1, y1) = somebody.points[12, :2], somebody.points[23, :2]
    trunk[int(y0) + 20 : int(y1), int(x0) : int(x1)] = True
    assert changed[trunk].mean() > 0.9


def test_the_report_tells_stages_names_order_and_confidence(engine: TryOn, photo: Picture, tee: Garment) -> None:
    stages = Stages()
    answer = engine.dress(photo, [garment("outwear"), tee], names=["coat", "tee"], stages=stages)
    report = answer.report
    assert set(report.timings) >= STAGES
    assert report.timings is stages.milliseconds
    assert report.garments == ("coat", "tee")
    assert report.order == (1, 0)
    assert {layer.name.split("-")[0] for layer in answer.layers} == {"0", "1"}
    assert len(answer.meshes) == 2
    assert 0.3 < report.confidence.total <= 1
    assert len(report.landmarks) == 33
    assert report.size == report.photo == (384, 512)


def test_light_can_be_left_out(engine: TryOn, photo: Picture, tee: Garment, answer: Answer) -> None:
    lit, plain = answer, engine.dress(photo, [tee], light=False)
    assert "light" not in plain.report.timings
    assert not plain.report.lit
    assert [layer.name for layer in lit.layers] == [layer.name for layer in plain.layers]
    assert (lit.picture != plain.picture).any()


def test_threads_get_what_one_alone_gets(engine: TryOn, photo: Picture, tee: Garment, answer: Answer) -> None:
    alone = answer.picture
    assert answer.report.garments[0].startswith("sha256:")
    mirrored = Picture(pixels=np.ascontiguousarray(photo.pixels[:, ::-1]), width=384, height=512)
    other = engine.dress(mirrored, [tee]).picture
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda turn: engine.dress((photo, mirrored)[turn % 2], [tee]).picture, range(4)))
    for turn, picture in enumerate(found):
        assert (picture == (alone, other)[turn % 2]).all()


def test_what_cannot_be_dressed_is_refused_with_its_reason(engine: TryOn, photo: Picture, tee: Garment) -> None:
    with pytest.raises(BadRequest):
        engine.dress(photo, [])
    with pytest.raises(BadRequest):
        engine.dress(photo, [tee] * 5)
    empty = Picture(pixels=np.full((256, 256, 3), 200, np.uint8), width=256, height=256)
    with pytest.raises(PersonUnusable) as nobody:
        engine.dress(empty, [tee])
    assert nobody.value.reason == "nobody"
    unsure = Garment(
        pixels=tee.pixels,
        parts=tee.parts,
        category="t-shirt",
        points=tee.points,
        confidence=dict.fromkeys(tee.points, 0.1),
    )
    with pytest.raises(GarmentUnusable) as guesses:
        engine.dress(photo, [unsure])
    assert guesses.value.reason == "points-uncertain"


def test_confidence_is_the_geometric_mean_of_its_parts(answer: Answer) -> None:
    told = answer.report.confidence
    parts = (told.pose, told.parsing, told.points, told.coverage, told.seen)
    assert told.total == pytest.approx(math.prod(parts) ** 0.2, abs=0.002)


@pytest.mark.slow
def test_eight_threads_at_once_get_what_one_alone_gets(
    engine: TryOn, photo: Picture, tee: Garment, answer: Answer
) -> None:
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: engine.dress(photo, [tee]), range(24)))
    assert all((one.picture == answer.picture).all() for one in found)
    assert {one.report.confidence for one in found} == {answer.report.confidence}


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="memory is read from /proc")
def test_memory_is_flat_over_200_try_ons(engine: TryOn) -> None:
    seen = person(11, "arms away", size=(192, 256), quality=1)
    photo = Picture(pixels=seen.pixels, width=192, height=256)
    garments = [garment("t-shirt", seed) for seed in range(20)]  # more than have their patterns kept

    def dress(times: int) -> float:
        for turn in range(times):
            engine.dress(photo, [garments[turn % len(garments)]])
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6

    before = dress(60)  # allocators and patterns fill up
    assert dress(200) < before + 20


def test_what_was_opened_is_closed_when_a_later_model_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed: list[str] = []

    def noting(kind: type[Pose | Faces]) -> None:
        close = kind.close

        def noted(self: Pose | Faces) -> None:
            closed.append(kind.__name__)
            close(self)  # type: ignore[arg-type]

        monkeypatch.setattr(kind, "close", noted)

    noting(Pose)
    noting(Faces)
    settings = load_settings()
    for name in ("pose_landmarker", "face_landmarker"):
        for file in settings.models_dir.glob(f"**/{name}*"):
            here = tmp_path / file.relative_to(settings.models_dir)
            here.parent.mkdir(parents=True, exist_ok=True)
            here.symlink_to(file)
    with pytest.raises(ModelMissing):
        TryOn.open(settings, Weights(tmp_path))
    assert closed == ["Faces", "Pose"]
