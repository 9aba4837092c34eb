"""``shopglass tryon``: usage, refusals, and a picture made through the real models."""

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from PIL import Image

from api.cli import main


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, ["tryon", *map(str, arguments)])


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
