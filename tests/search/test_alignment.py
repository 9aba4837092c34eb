"""Heads trained on a small drawn shop, for real, and put to use."""

import json
import shutil
from pathlib import Path

import msgspec
import numpy as np
import pytest

import sample
from core.errors import BadCatalogue
from core.settings import Settings, load_settings
from core.weights import Weights
from search.alignment import align, install_heads
from vision import HEAD_PLAN, HeadPoint, Heads, create_encoder

PLAN = msgspec.structs.replace(HEAD_PLAN, steps=60, every=30, reading=60, readers=1, hidden=64, dim=32, project=32)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a catalogue of 24 products, with one row too few and one picture too few."""
    folder = tmp_path_factory.mktemp("shop")
    sample.write(folder, products=24)
    catalogue = folder / "catalogue.jsonl"
    rows = catalogue.read_text(encoding="utf-8").splitlines()
    gone = json.loads(rows[0]) | {"id": "gone", "image": "images/gone.jpg"}
    catalogue.write_text("\n".join([*rows, json.dumps(gone), "{}"]) + "\n", encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A home of its own, with the model file that the towers need."""
    home = tmp_path_factory.mktemp("home")
    file = Weights(load_settings().models_dir).path("efficientnet_lite0")
    (home / "models").mkdir()
    shutil.copy(file, home / "models")
    return load_settings(home=home)


@pytest.fixture(scope="module")
def points() -> list[HeadPoint]:
    return []


@pytest.fixture(scope="module")
def heads(shop: Path, settings: Settings, points: list[HeadPoint]) -> Heads:
    return align(shop / "catalogue.jsonl", shop, settings, plan=PLAN, report=points.append)


def test_what_cannot_be_read_is_left_out(heads: Heads, points: list[HeadPoint]) -> None:
    assert heads.record.pictures + heads.record.held_out == 24
    assert heads.record.data == "catalogue.jsonl"
    assert points[-1].step == 60


def test_a_limit_is_kept(shop: Path, settings: Settings) -> None:
    done: list[int] = []
    align(
        shop / "catalogue.jsonl",
        shop,
        settings,
        limit=10,
        plan=msgspec.structs.replace(PLAN, steps=2),
        seen=done.append,
    )
    assert done == list(range(1, 11))


def test_a_catalogue_of_nothing_is_refused(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "empty.jsonl").write_text("")
    with pytest.raises(BadCatalogue, match="too few to align"):
        align(tmp_path / "empty.jsonl", tmp_path, settings)


def test_installed_heads_are_used_and_replace_those_before(heads: Heads, settings: Settings) -> None:
    before = create_encoder("fused.default", Weights(settings.models_dir), settings.models)
    manifest = settings.models_dir / "weights.toml"
    manifest.write_text('[mine]\ntask = "t"\nsource = "file:x"\nsha256 = "0"\nsize = 1\nlicence = "MIT"\n')
    first = install_heads(heads, settings.models_dir)
    assert install_heads(heads, settings.models_dir) == first
    weights = Weights(settings.models_dir)
    assert weights.path("heads") == first
    assert weights.entries["mine"].source == "file:x"
    assert manifest.read_text().count("[heads]") == 1
    after = create_encoder("fused.default", weights, settings.models)
    assert after.tag != before.tag
    assert after.dim == 256 + 32 + 75
    (vector,) = after.encode_texts(["red dress"])
    assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-5)
