"""Try-ons as jobs of the real queue, with what dresses replaced by something quick where only the keeping matters."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core import Database, Jobs, Worker
from core.errors import Conflict, KeyReused, NotFound, PersonUnusable
from tryon.orders import KIND, Dress, Order, Orders, Photos, Result

ORDER = Order(items=("SG-1",))


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    database.migrate()
    jobs = Jobs(database, tmp_path)
    yield jobs
    jobs.close()
    database.close()


@contextmanager
def working(jobs: Jobs, orders: Orders, dress: Dress) -> Iterator[None]:
    with Worker(jobs, {KIND: orders.function(dress)}):
        yield


def joined(order: Order, person: bytes, garments: Photos) -> Result:
    return Result(b"+".join([person, *garments]), b"{}")


def files(home: Path) -> set[bytes]:
    """The contents of every file below the folder of try-ons."""
    return {file.read_bytes() for file in (home / "tryon").rglob("*") if file.is_file()}


def test_a_result_is_had_and_the_photos_are_gone(jobs, tmp_path):
    orders = Orders(jobs, tmp_path, keep=60)
    with working(jobs, orders, joined):
        job = orders.submit(ORDER, b"person", [b"one", b"two"])
        *_, last = jobs.watch(job.id, every=0.01)
    assert last.state == "done"
    assert orders.result(job.id) == Result(b"person+one+two", b"{}")
    assert files(tmp_path) == {b"person+one+two", b"{}"}


def test_photos_and_results_are_readable_to_their_owner_alone(jobs, tmp_path):
    orders = Orders(jobs, tmp_path, keep=60)
    job = orders.submit(ORDER, b"person", [])
    folder = tmp_path / "tryon" / job.arguments["folder"]
    assert folder.stat().st_mode & 0o077 == 0
    assert (folder / "person").stat().st_mode & 0o077 == 0


def test_a_refusal_is_told_with_its_reason_and_keeps_no_photo(jobs, tmp_path):
    def refuse(order: Order, person: bytes, garments: Photos) -> Result:
        raise PersonUnusable("Nobody is seen.", reason="nobody", remedy="Take another photo.")

    orders = Orders(jobs, tmp_path, keep=60)
    with working(jobs, orders, refuse):
        job = orders.submit(ORDER, b"person", [])
        *_, last = jobs.watch(job.id, every=0.01)
    assert last.state == "failed"
    assert last.result is not None
    assert last.result["failure"]["reason"] == "nobody"
    assert files(tmp_path) == set()
    with pytest.raises(Conflict):
        orders.result(job.id)


def test_a_key_gives_the_same_job_again_and_is_refused_for_another_request(jobs, tmp_path):
    orders = Orders(jobs, tmp_path, keep=60)
    first = orders.submit(ORDER, b"person", [], key="k1")
    assert orders.submit(ORDER, b"person", [], key="k1").id == first.id
    assert orders.submit(ORDER, b"person", [], key="k2").id != first.id
    with pytest.raises(KeyReused):
        orders.submit(ORDER, b"somebody else", [], key="k1")


def test_a_key_answered_at_once_is_bound_to_its_request(jobs, tmp_path):
    orders = Orders(jobs, tmp_path, keep=60)
    orders.check_key("k", ORDER, b"person", [])
    orders.check_key("k", ORDER, b"person", [])
    with pytest.raises(KeyReused):
        orders.check_key("k", ORDER, b"person", [b"garment"])


def test_deleting_removes_files_and_row(jobs, tmp_path):
    orders = Orders(jobs, tmp_path, keep=60)
    with working(jobs, orders, joined):
        job = orders.submit(ORDER, b"person", [])
        list(jobs.watch(job.id, every=0.01))
    orders.delete(job.id)
    assert files(tmp_path) == set()
    with pytest.raises(NotFound):
        jobs.get(job.id)


def test_deleting_while_it_runs_leaves_nothing(jobs, tmp_path):
    begun, go = threading.Event(), threading.Event()

    def slow(order: Order, person: bytes, garments: Photos) -> Result:
        begun.set()
        assert go.wait(20)
        return Result(person, b"{}")

    orders = Orders(jobs, tmp_path, keep=60)
    with working(jobs, orders, slow):
        job = orders.submit(ORDER, b"person", [])
        assert begun.wait(20)
        orders.delete(job.id)
        go.set()
        *_, last = jobs.watch(job.id, every=0.01)
    assert last.state == "cancelled"
    assert files(tmp_path) == set()


def test_a_waiting_one_that_is_cancelled_keeps_no_photo(jobs, tmp_path):
    orders = Orders(jobs, tmp_path, keep=60)
    job = orders.cancel(orders.submit(ORDER, b"person", []).id)
    assert job.state == "cancelled"
    assert files(tmp_path) == set()


def test_what_expired_is_not_found_and_is_swept(jobs, tmp_path):
    orders = Orders(jobs, tmp_path, keep=0.2)
    with working(jobs, orders, joined):
        job = orders.submit(ORDER, b"person", [], key="k")
        *_, last = jobs.watch(job.id, every=0.01)
    while orders.expires(last).timestamp() > time.time():
        time.sleep(0.01)
    with pytest.raises(NotFound):
        orders.result(job.id)
    for file in (tmp_path / "tryon").rglob("*"):  # as if they were of yesterday
        os.utime(file, (0, 0))
    orders.sweep()
    assert files(tmp_path) == set()
    with pytest.raises(NotFound):
        jobs.get(job.id)
