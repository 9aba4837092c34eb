"""The shop on disk is a catalogue that ingests."""

from pathlib import Path

import cv2
import msgspec
import pytest
from click.testing import CliRunner

from api.cli import main
from sample import generate, write
from search.rows import read_rows


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("shop")
    write(folder, 16, 9, size=128, photos=4)
    return folder


def test_every_row_is_a_valid_product(folder: Path) -> None:
    rows = list(read_rows(folder / "catalogue.jsonl"))
    assert len(rows) == 16
    for row, product in zip(rows, generate(16, 9), strict=True):
        assert row.faults == ()
        assert row.product is not None
        assert (row.product.id, row.product.title, row.product.price) == (product.id, product.title, product.price)
        assert row.product.attributes["title_zh"] == product.title_zh


def test_every_picture_is_there(folder: Path) -> None:
    for row in read_rows(folder / "catalogue.jsonl"):
        assert row.product is not None
        picture = cv2.imread(str(folder / row.product.image))
        assert picture.shape == (128, 128, 3)
        assert picture[:3].mean() > 225  # a studio's background


def test_photos_name_products_of_the_catalogue(folder: Path) -> None:
    ids = {row.product.id for row in read_rows(folder / "catalogue.jsonl") if row.product}
    lines = [msgspec.json.decode(line) for line in (folder / "photos.jsonl").read_bytes().splitlines()]
    assert len(lines) == 4
    for line in lines:
        assert (folder / line["image"]).is_file()
        assert {seen["id"] for seen in line["products"]} <= ids


def test_the_same_shop_is_not_written_twice(folder: Path) -> None:
    before = (folder / "images" / "SG-00001.jpg").stat().st_mtime_ns
    steps: list[int] = []
    write(folder, 16, 9, lambda done, total: steps.append(done), size=128, photos=4)
    assert (folder / "images" / "SG-00001.jpg").stat().st_mtime_ns == before
    assert steps == [16]


def test_progress_counts_every_product(tmp_path: Path) -> None:
    steps: list[tuple[int, int]] = []
    write(tmp_path, 3, 9, lambda done, total: steps.append((done, total)), size=64, photos=0)
    assert steps == [(1, 3), (2, 3), (3, 3)]


def test_a_smaller_shop_leaves_no_stale_rows(tmp_path: Path) -> None:
    write(tmp_path, 4, 9, size=64, photos=2)
    write(tmp_path, 2, 9, size=64, photos=1)
    assert len((tmp_path / "catalogue.jsonl").read_bytes().splitlines()) == 2
    assert len(list((tmp_path / "images").iterdir())) == 2
    assert len(list((tmp_path / "photos").iterdir())) == 1


def test_the_command_prints_the_catalogues_path(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["sample", str(tmp_path / "shop"), "--products", "2"])
    assert result.exit_code == 0
    assert Path(result.stdout.strip()) == tmp_path / "shop" / "catalogue.jsonl"
    assert CliRunner().invoke(main, ["sample", str(tmp_path), "--products", "0"]).exit_code == 2
