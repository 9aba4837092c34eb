"""Ingests whose process is killed with SIGKILL, and taken up again by another one."""

import importlib
import multiprocessing
import os
import random
import signal
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

import pytest

from search.ledger import read_faults
from tests.search.catalogues import Shop, assert_same, draw, open_shop, row, write

ROOT = Path(__file__).parents[2]
Point = tuple[str, str, str, int, str]
"""Module, class, method, at which call, and whether before or after it did its work."""

ROWS = 48

INDEX = ("search.index", "Index")
CATALOGUE = ("search.catalogue", "Catalogue")
LEDGER = ("search.ledger", "Ledger")
BEFORE_THE_END = [
    (*LEDGER, "begin", 1, "after"),
    (*CATALOGUE, "mark", 1, "after"),
    (*CATALOGUE, "write", 2, "before"),
    (*LEDGER, "record", 2, "after"),
    ("search.ingest", "_Tasks", "first_met", 3, "after"),
]
PUBLISHING = [
    (*CATALOGUE, "swap", 1, "before"),
    (*CATALOGUE, "swap", 1, "after"),
    (*LEDGER, "finish", 1, "before"),
]
LIVE = [
    (*INDEX, "upsert", 2, "after"),
    (*CATALOGUE, "write_products", 1, "before"),
    (*INDEX, "delete", 1, "after"),
    (*CATALOGUE, "remove", 1, "after"),
    (*INDEX, "upsert", 1, "after"),
    (*LEDGER, "finish", 1, "before"),
]


@pytest.fixture(scope="module", autouse=True)
def _path() -> Iterator[None]:
    """The server that forks knows no other way to these modules."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(ROOT))
        yield


@pytest.fixture(scope="module")
def images(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("images")
    for number in range(ROWS * 2):
        draw(folder / f"p{number:04}.png", number)
    return folder


def first_rows() -> list[object]:
    return [*(row(n) for n in range(ROWS)), b"{broken", row(0), row(500, image="none.png")]


def second_rows() -> list[object]:
    """Other pictures, other fields, products that are new and products that are gone."""
    rows: list[object] = [row(n, image=f"p{n + n % 3 * 9:04}.png") for n in range(10, ROWS + 10)]
    rows[20] = row(30, price="1")
    rows[30] = row(40, image="none.png")
    return [*rows, row(11)]


def die(point: Point) -> None:
    """Have this process killed at the point."""
    module, owner, name, nth, when = point
    holder = getattr(importlib.import_module(module), owner)
    real, calls = getattr(holder, name), []

    def killing(*args: Any, **kwargs: Any) -> Any:
        calls.append(name)
        if len(calls) == nth and when == "before":
            os.kill(os.getpid(), signal.SIGKILL)
        result = real(*args, **kwargs)
        if len(calls) == nth and when == "after":
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(holder, name, killing)


def child(home: Path, images: Path, options: dict[str, Any], point: Point | None, pipe: Connection) -> None:
    if point is not None:
        die(point)
    with open_shop(home, images, ingest={"batch": 4}) as shop:
        pipe.send("open")
        shop.ingest("killed", progress=lambda progress: pipe.send(progress.stage), **options)


class Killed:
    """The ingest ``killed`` in a process of its own."""

    def __init__(self, home: Path, images: Path, options: dict[str, Any], point: Point | None = None) -> None:
        # The server that forks it has everything imported, and nothing begun.
        context = multiprocessing.get_context("forkserver")
        context.set_forkserver_preload(["tests.search.catalogues", "pymilvus", "alembic.command", "vision.colour"])
        self.reports, sending = context.Pipe(duplex=False)
        self._process = context.Process(target=child, args=(home, images, options, point, sending))
        self._process.start()
        sending.close()

    def reported(self) -> Iterator[str]:
        try:
            while True:
                yield self.reports.recv()
        except EOFError:
            return

    def kill(self, after: float) -> None:
        """Kill it after so many seconds, if it has not ended."""
        self._process.join(after)
        self._process.kill()

    def died(self) -> bool:
        """Whether it was killed, once it is over."""
        list(self.reported())
        self._process.join()
        code = self._process.exitcode
        self._process.close()
        self.reports.close()
        assert code in (0, -signal.SIGKILL)
        return code != 0


def prepared(home: Path, images: Path, *ingests: list[object]) -> None:
    """A home with these ingests undisturbed behind it."""
    with open_shop(home, images) as shop:
        for number, rows in enumerate(ingests):
            shop.ingest(f"before{number}", rows)


def compare(home: Path, undisturbed: Path, images: Path) -> None:
    with open_shop(home, images) as one, open_shop(undisturbed, images) as other:
        assert_same(one, other)
        assert faults(one) == faults(other)
        for shop in (one, other):
            assert [v.dirty for v in shop.catalogue.versions() if v.state == "live"] == [False]
            assert sorted(shop.index.collections()) == sorted(v.collection for v in shop.catalogue.versions())


def faults(shop: Shop) -> list[tuple[int, str | None, str | None]]:
    return [(f.row, f.id, f.field) for f in read_faults(shop.catalogue.database, "killed")]


@pytest.mark.parametrize(
    ("before", "rows", "options", "points"),
    [
        ([], first_rows(), {}, [*BEFORE_THE_END, *PUBLISHING]),
        ([first_rows()], second_rows(), {}, [*BEFORE_THE_END[2:], *LIVE]),
        ([first_rows()], second_rows(), {"rebuild": True}, [*BEFORE_THE_END[3:], *PUBLISHING]),
    ],
    ids=["first", "changes", "rebuild"],
)
def test_killed_again_and_again_it_ends_as_if_undisturbed(tmp_path, images, before, rows, options, points):
    home, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    for folder in (home, undisturbed):
        prepared(folder, images, *before)
        write(folder / "catalogue.jsonl", rows)
    assert {point: Killed(home, images, options, point).died() for point in points} == dict.fromkeys(points, True)
    assert not Killed(home, images, options).died()
    with open_shop(undisturbed, images) as shop:
        result = shop.ingest("killed", **options)
    compare(home, undisturbed, images)
    with open_shop(home, images) as shop:
        assert shop.ingest("killed") == result, "rows were counted twice, or not at all"


def test_killed_at_any_moment_it_ends_as_if_undisturbed(tmp_path, images):
    home, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    dice = random.Random(7)
    for folder in (home, undisturbed):
        prepared(folder, images, first_rows())
        write(folder / "catalogue.jsonl", second_rows())
    for _ in range(6):
        running = Killed(home, images, {})
        for _ in zip(range(dice.randint(1, 5)), running.reported(), strict=False):
            pass
        running.kill(after=dice.uniform(0, 0.05))  # somewhere between two reports
        running.died()
    assert not Killed(home, images, {}).died()
    with open_shop(undisturbed, images) as shop:
        shop.ingest("killed")
    compare(home, undisturbed, images)


def test_a_file_that_changed_meanwhile_is_begun_anew(tmp_path, images):
    home, undisturbed = tmp_path / "killed", tmp_path / "undisturbed"
    home.mkdir()
    write(home / "catalogue.jsonl", first_rows())
    assert Killed(home, images, {}, (*LEDGER, "record", 4, "after")).died()
    prepared(undisturbed, images)
    for folder in (home, undisturbed):
        write(folder / "catalogue.jsonl", second_rows())
    assert not Killed(home, images, {}).died()
    with open_shop(undisturbed, images) as shop:
        shop.ingest("killed")
    compare(home, undisturbed, images)
