"""The ingest as a job of the real queue."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from core.jobs import Job, Jobs
from core.worker import Worker
from search.ingest_job import KIND, IngestOrder, Parts, ingest_function, ingest_id
from search.ledger import read_faults
from tests.search.catalogues import Shop, draw, open_shop, row, write


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    for number in range(12):
        draw(tmp_path / "images" / f"p{number:04}.png", number)
    with open_shop(tmp_path / "home", tmp_path / "images", ingest={"batch": 4}) as shop:
        yield shop


@pytest.fixture
def jobs(shop: Shop) -> Iterator[Jobs]:
    jobs = Jobs.open(shop.settings, shop.catalogue.database)
    yield jobs
    jobs.close()


@contextmanager
def working(shop: Shop, jobs: Jobs) -> Iterator[None]:
    @contextmanager
    def parts() -> Iterator[Parts]:
        yield Parts(shop.catalogue, shop.index, shop.encoder)

    with Worker(jobs, {KIND: ingest_function(shop.settings, parts)}):
        yield


def done(jobs: Jobs, job: Job) -> Job:
    *_, last = jobs.watch(job.id, every=0.02)
    return last


def submit(jobs: Jobs, shop: Shop, **fields: Any) -> Job:
    order = IngestOrder(**{"catalogue": str(shop.file), "images": str(shop.images), **fields})
    return jobs.submit(KIND, msgspec.to_builtins(order))


def test_a_job_ingests_and_reports_to_the_last_row(shop, jobs):
    write(shop.file, [*(row(n) for n in range(10)), b"{broken"])
    with working(shop, jobs):
        job = done(jobs, submit(jobs, shop))
    assert (job.state, job.done, job.total) == ("done", 11, 11)
    assert job.result is not None
    assert (job.result["stage"], job.result["added"], job.result["failed"]) == ("done", 10, 1)
    assert [fault.row for fault in read_faults(shop.catalogue.database, ingest_id(job))] == [11]
    assert len(shop.state()) == 10


def test_two_jobs_at_once_run_one_after_the_other(shop, jobs):
    write(shop.file, [row(n) for n in range(10)])
    with working(shop, jobs):
        first, second = (done(jobs, job) for job in [submit(jobs, shop), submit(jobs, shop)])
    assert [job.result["added"] for job in (first, second) if job.result] == [10, 0]
    assert first.finished is not None
    assert second.started is not None
    assert first.finished <= second.started


def test_a_catalogue_from_the_network_names_no_files(shop, jobs):
    write(shop.file, [row(0)])
    with working(shop, jobs):
        job = done(jobs, submit(jobs, shop, images=None))
    assert job.state == "failed"
    (fault,) = read_faults(shop.catalogue.database, ingest_id(job))
    assert "paths are read for catalogues of the command line alone" in fault.reason


def test_a_cancelled_job_stops_and_another_takes_it_up(shop, jobs, monkeypatch):
    write(shop.file, [row(n) for n in range(12)])
    real = type(shop.encoder).encode_images

    def cancelling(self: object, pictures: list[Any]) -> Any:
        jobs.cancel(job.id)
        return real(self, pictures)  # type: ignore[arg-type]

    with monkeypatch.context() as patch:
        patch.setattr(type(shop.encoder), "encode_images", cancelling)
        job = submit(jobs, shop)
        with working(shop, jobs):
            stopped = done(jobs, job)
    assert stopped.state == "cancelled"
    assert shop.catalogue.count() == 4
    with working(shop, jobs):
        again = done(jobs, submit(jobs, shop, resume=ingest_id(stopped)))
    assert again.result is not None
    assert (again.state, again.result["added"], ingest_id(again)) == ("done", 12, job.id)


@pytest.mark.parametrize("name", ["none.csv", "none.parquet", "catalogue.xlsx"])
def test_a_file_that_cannot_be_read_fails_the_job_in_words(shop, jobs, name):
    with working(shop, jobs):
        job = done(jobs, submit(jobs, shop, catalogue=str(shop.settings.home / name)))
    assert job.state == "failed"
    assert name in (job.error or "")
