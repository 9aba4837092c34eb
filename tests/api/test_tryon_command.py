"""``shopglass tryon``: usage, refusals, and a picture made through the real models."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from api.cli import main
from sample import person
from sample.wardrobe import garment
from tests.api.conftest import Shop


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["tryon", *map(str, arguments)])


def opened(file: Path) -> Image.Image:
    return Image.open(io.BytesIO(file.read_bytes()))


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    file = tmp_path / "grey.png"
    Image.new("RGB", (120, 160), (128, 128, 128)).save(file)
    return file


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "Give --garment or --item"),
        ({"--garment": "absent.jpg"}, "absent.jpg"),
        ({"--item": "a", "--category": "shirt"}, "at most once for each --garment"),
        ({"--item": "a", "--category": "tie"}, "--category"),
        ({"--item": "a", "--out": "x.gif"}, "must end in .png or .jpg"),
        ({"--item": "a", "--at": "1;2"}, "two numbers"),
        ({"--item": "a", "--at": "1.5,0.2"}, "two numbers"),
    ],
)
def test_bad_usage_is_exit_code_2(picture: Path, changes: dict[str, str], said: str) -> None:
    given = {"--person": str(picture), "--out": "x.png", **changes}
    result = run(*(part for option in given.items() for part in option))
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_an_unknown_product_is_named(picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path / "home"))
    result = run("--person", picture, "--item", "SG-404", "--out", tmp_path / "x.png")
    assert result.exit_code == 1
    assert "SG-404" in result.stderr


def test_a_photo_of_nobody_is_refused_with_a_remedy_and_nothing_is_written(picture: Path, tmp_path: Path) -> None:
    out = tmp_path / "x.png"
    result = run("--person", picture, "--garment", picture, "--category", "shirt", "--out", out)
    assert result.exit_code == 1
    assert "→" in result.stderr
    assert not out.exists()


@pytest.fixture(scope="module")
def somebody(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("people") / "somebody.jpg"
    picture = Image.fromarray(person(11, "arms away", size=(384, 512), quality=1).pixels)
    exif = Image.Exif()
    exif[0x010E] = "a secret of the person"
    picture.save(file, quality=95, exif=exif)
    return file


@pytest.fixture(scope="module")
def tee(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("garments") / "tee.png"
    Image.fromarray(garment(3, "t-shirt", "tee", size=512).on_background()).save(file)
    return file


def test_a_picture_its_layers_and_a_report_are_written(somebody: Path, tee: Path, tmp_path: Path) -> None:
    out, layers = tmp_path / "out.png", tmp_path / "layers"
    result = run(
        "--person", somebody, "--garment", tee, "--category", "t-shirt", "--out", out, "--layers", layers, "--json"
    )  # fmt: skip
    assert result.exit_code == 0, result.stderr
    told = json.loads(result.stdout)
    assert told["report"]["garments"] == ["tee.png"]
    assert told["report"]["size"] == [384, 512]
    assert told["picture"] == str(out)
    picture = opened(out)
    assert picture.size == (384, 512)
    assert b"secret" not in out.read_bytes()
    assert json.loads(picture.text["shopglass.provenance"])["garments"] == ["tee.png"]  # type: ignore[attr-defined]
    names = {file.name.split("-x")[0] for file in layers.iterdir()}
    assert {name.partition("-0-t-shirt-")[2] for name in names} >= {"body", "sleeve_left", "sleeve_right"}
    assert {opened(file).mode for file in layers.iterdir()} == {"RGBA"}


def test_a_product_of_the_catalogue_is_put_on_and_the_result_told_in_words(
    shop: Shop, somebody: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHOPGLASS_HOME", str(shop.home))
    out = tmp_path / "out.jpg"
    result = run("--person", somebody, "--item", "SG-00018", "--no-light", "--at", "0.5,0.5", "--out", out)
    assert result.exit_code == 0, result.stderr
    assert "384 × 512" in result.stdout
    assert "Confidence" in result.stdout
    assert opened(out).format == "JPEG"
    assert b"SG-00018" in out.read_bytes()


def test_a_point_on_nobody_is_refused(somebody: Path, tee: Path, tmp_path: Path) -> None:
    result = run("--person", somebody, "--garment", tee, "--at", "0.02,0.02", "--out", tmp_path / "x.png")
    assert result.exit_code == 1
    assert "Nobody was found at this point" in " ".join(result.stderr.split())
