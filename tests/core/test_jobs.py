"""Jobs outlive requests and processes, run one at a time in their lane, and end in exactly one state."""

import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from core.database import Database
from core.errors import BadFilter, BadSettings, NotFound
from core.jobs import Jobs
from core.settings import load_settings
from core.worker import Worker

ROOT = Path(__file__).parents[2]


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def jobs(database, tmp_path):
    jobs = Jobs(database, tmp_path)
    yield jobs
    jobs.close()


def last(jobs, job, **states):
    """The job once it is over, or in one of ``states``."""
    return next(seen for seen in jobs.watch(job.id, every=0.01) if seen.over or seen.state in states.get("states", ()))


class Steps:
    """A job's function that can be held in its middle."""

    def __init__(self):
        self.calls = []
        self.reached = threading.Semaphore(0)
        self.go_on = threading.Event()

    def __call__(self, job):
        self.calls.append(job.arguments)
        job.report(1, 2)
        self.reached.release()
        assert self.go_on.wait(20)
        job.report(2, 2, {"sum": 3})
        return {"sum": 4}


def test_a_job_runs_and_tells_how_far_it_is(jobs):
    steps = Steps()
    with Worker(jobs, {"add": steps}):
        job = jobs.submit("add", {"a": 1, "b": [None, "ü"]})
        assert (job.state, job.done, job.started) == ("queued", 0, None)
        assert steps.reached.acquire(timeout=20)
        midway = jobs.get(job.id)
        assert (midway.state, midway.done, midway.total, midway.attempts) == ("running", 1, 2, 1)
        steps.go_on.set()
        over = last(jobs, job)
    assert (over.state, over.done, over.result, over.error) == ("done", 2, {"sum": 4}, None)
    assert over.created <= over.started <= over.finished
    assert steps.calls == [{"a": 1, "b": [None, "ü"]}]


def test_a_job_submitted_while_no_worker_lives_is_done_by_the_next(jobs):
    job = jobs.submit("add", {})
    with Worker(jobs, {"add": lambda running: {"attempt": running.attempt}}):
        assert last(jobs, job).result == {"attempt": 1}


def test_a_job_whose_ring_was_lost_is_found(jobs):
    job = jobs.submit("add", {})
    jobs.queue.flush()
    with Worker(jobs, {"add": lambda running: {}}):
        assert last(jobs, job).state == "done"


def test_an_error_on_purpose_is_told_in_its_own_words(jobs):
    def fail(running):
        raise BadFilter("The filter names no field.")

    with Worker(jobs, {"fail": fail}):
        over = last(jobs, jobs.submit("fail", {}))
    assert (over.state, over.error) == ("failed", "The filter names no field.")


def test_an_unexpected_error_does_not_tell_what_it_held_and_the_worker_goes_on(jobs):
    def fail(running):
        raise RuntimeError("/secret/path")

    with Worker(jobs, {"fail": fail, "add": lambda running: {}}):
        over = last(jobs, jobs.submit("fail", {}))
        assert last(jobs, jobs.submit("add", {})).state == "done"
    assert over.state == "failed"
    assert "RuntimeError" in over.error
    assert "secret" not in over.error


def test_a_waiting_job_is_cancelled_at_once_and_never_runs(jobs):
    job = jobs.submit("add", {})
    assert jobs.cancel(job.id).state == "cancelled"
    steps = Steps()
    steps.go_on.set()
    with Worker(jobs, {"add": steps}):
        other = jobs.submit("add", {"n": 2})
        assert last(jobs, other).state == "done"
    assert steps.calls == [{"n": 2}]


def test_a_running_job_is_cancelled_at_its_next_report(jobs):
    steps = Steps()
    with Worker(jobs, {"add": steps}):
        job = jobs.submit("add", {})
        assert steps.reached.acquire(timeout=20)
        asked = jobs.cancel(job.id)
        assert (asked.state, asked.cancelling) == ("running", True)
        steps.go_on.set()
        over = last(jobs, job)
    assert (over.state, over.result) == ("cancelled", {"sum": 3})


def test_cancelling_what_is_over_changes_nothing(jobs):
    with Worker(jobs, {"add": lambda running: {}}):
        job = last(jobs, jobs.submit("add", {}))
    assert jobs.cancel(job.id) == job


def test_a_job_that_does_not_exist_is_not_found(jobs):
    for action in (jobs.get, jobs.cancel):
        with pytest.raises(NotFound):
            action("nonsense")


def test_two_workers_never_run_two_jobs_of_one_lane_at_once(jobs):
    inside, most, order = [], [], []

    def work(running):
        inside.append(running.id)
        most.append(len(inside))
        order.append(running.arguments["n"])
        running.report(1)
        inside.remove(running.id)

    with Worker(jobs, {"a": work, "b": work}), Worker(jobs, {"a": work, "b": work}):
        submitted = [jobs.submit("a" if n % 2 else "b", {"n": n}, lane="index") for n in range(30)]
        assert {last(jobs, job).state for job in submitted} == {"done"}
    assert max(most) == 1
    assert order == list(range(30))


def test_two_workers_run_jobs_of_different_lanes_side_by_side(jobs):
    both = threading.Barrier(2, timeout=20)
    with (
        Worker(jobs, {"a": lambda _: both.wait() and None, "b": lambda _: both.wait() and None}) as _,
        Worker(jobs, {"a": lambda _: both.wait() and None, "b": lambda _: both.wait() and None}),
    ):
        submitted = [jobs.submit("a", {}), jobs.submit("b", {})]
        assert {last(jobs, job).state for job in submitted} == {"done"}


def test_a_worker_leaves_kinds_it_does_not_know_to_others(jobs):
    with Worker(jobs, {"a": lambda running: {}}):
        unknown, known = jobs.submit("b", {}), jobs.submit("a", {})
        assert last(jobs, known).state == "done"
        assert jobs.get(unknown.id).state == "queued"


def test_a_worker_that_stops_gives_its_job_back_and_the_next_takes_it_up(jobs):
    steps = Steps()
    worker = Worker(jobs, {"add": steps}).start()
    job = jobs.submit("add", {})
    assert steps.reached.acquire(timeout=20)
    stopper = threading.Thread(target=worker.stop)
    stopper.start()
    while not worker._stopping.is_set():
        pass
    steps.go_on.set()
    stopper.join()
    given_back = jobs.get(job.id)
    assert (given_back.state, given_back.attempts) == ("queued", 0)
    with Worker(jobs, {"add": steps}):
        assert last(jobs, job).state == "done"


def test_jobs_are_listed_the_latest_first(jobs):
    first, second, third = jobs.submit("a", {}), jobs.submit("b", {}), jobs.submit("a", {})
    jobs.cancel(third.id)
    assert [job.id for job in jobs.list()] == [third.id, second.id, first.id]
    assert [job.id for job in jobs.list(kind="a")] == [third.id, first.id]
    assert [job.id for job in jobs.list(states=("queued",), limit=1)] == [second.id]


def test_a_worker_that_is_not_ready_is_there_but_begins_nothing(jobs):
    ready, asked = threading.Event(), threading.Semaphore(0)

    def is_ready():
        asked.release()
        return ready.is_set()

    with Worker(jobs, {"add": lambda running: {}}, ready=is_ready):
        job = jobs.submit("add", {})
        assert all(asked.acquire(timeout=20) for _ in range(3))
        assert jobs.attended()
        assert jobs.get(job.id).state == "queued"
        ready.set()
        assert last(jobs, job).state == "done"


def test_a_worker_that_never_becomes_ready_can_be_stopped(jobs):
    with Worker(jobs, {}, ready=lambda: False):
        pass
    assert not jobs.attended()


def test_whether_a_worker_lives_is_known(jobs):
    assert not jobs.attended()
    with Worker(jobs, {}):
        assert jobs.attended()
    assert not jobs.attended()


VICTIM = """
import sys, threading
from pathlib import Path
from core.database import Database
from core.jobs import Jobs
from core.settings import Telemetry
from core.telemetry import configure_logging
from core.worker import Worker

def hang(job):
    job.report(3, 10)
    print("midway", flush=True)
    threading.Event().wait()

configure_logging(Telemetry(level="error"))
Worker(Jobs(Database(sys.argv[1]), Path(sys.argv[2])), {"add": hang}).start()
threading.Event().wait()
"""


@pytest.fixture
def victim(database_url, tmp_path, jobs):
    """A process whose worker is in the middle of whatever ``add`` is submitted."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", VICTIM, database_url, str(tmp_path)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_a_job_of_a_killed_process_is_taken_up_by_the_next_worker(jobs, victim):
    job = jobs.submit("add", {"n": 1})
    assert victim.stdout.readline() == "midway\n"
    with Worker(jobs, {"add": lambda running: {"attempt": running.attempt, "n": running.arguments["n"]}}):
        waiting = jobs.submit("add", {"n": 2})  # the lane is taken while the other process lives
        assert jobs.attended()
        victim.kill()
        assert last(jobs, job).result == {"attempt": 2, "n": 1}
        assert last(jobs, waiting).result == {"attempt": 1, "n": 2}


def test_a_job_cancelled_in_a_process_that_is_then_killed_ends_as_cancelled(jobs, victim):
    job = jobs.submit("add", {})
    assert victim.stdout.readline() == "midway\n"
    jobs.cancel(job.id)
    victim.kill()
    victim.wait()
    with Worker(jobs, {"add": lambda running: {}}):
        assert last(jobs, job).state == "cancelled"


def test_a_job_that_takes_its_process_down_every_time_fails_in_the_end(jobs, victim, monkeypatch):
    monkeypatch.setattr("core.worker.ATTEMPTS", 1)
    job = jobs.submit("add", {})
    assert victim.stdout.readline() == "midway\n"
    victim.kill()
    victim.wait()
    with Worker(jobs, {"add": lambda running: {}}):
        over = last(jobs, job)
    assert over.state == "failed"
    assert "ended 1 times" in over.error


def test_a_worker_that_was_taken_for_dead_stops_at_its_next_report(jobs):
    from core.jobs import find

    steps = Steps()
    with Worker(jobs, {"add": steps}):
        job = jobs.submit("add", {})
        assert steps.reached.acquire(timeout=20)
        with jobs.database.session() as session:
            find(session, job.id).owner = "another-machine-0"
        steps.go_on.set()
        with Worker(jobs, {"other": lambda running: {}}):
            assert last(jobs, jobs.submit("other", {})).state == "done"
    after = jobs.get(job.id)
    assert (after.state, after.done, after.result) == ("running", 1, None)


def test_jobs_travel_through_redis(redis_server, tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    database.migrate()
    settings = load_settings(home=tmp_path, jobs={"redis": redis_server})
    jobs = Jobs.open(settings, database)
    assert not (tmp_path / "queue.db").exists()
    with Worker(jobs, {"add": lambda running: {"n": running.arguments["n"]}}):
        started = time.monotonic()
        assert [last(jobs, jobs.submit("add", {"n": n})).result for n in range(3)] == [{"n": n} for n in range(3)]
        assert time.monotonic() - started < 4  # rung for, not found by a sweep
    jobs.close()
    database.close()


def test_with_redis_down_jobs_are_kept_and_done(tmp_path, free_port):
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    database.migrate()
    away = Jobs(database, tmp_path, f"redis://127.0.0.1:{free_port}/0")
    job = away.submit("add", {})
    assert job.state == "queued"
    here = Jobs(database, tmp_path)
    with Worker(here, {"add": lambda running: {}}):
        assert last(here, job).state == "done"
    here.close()
    away.close()
    database.close()


def test_a_redis_url_that_is_none_is_a_fault_of_the_settings(tmp_path, database):
    with pytest.raises(BadSettings, match="SHOPGLASS_JOBS__REDIS"):
        Jobs(database, tmp_path, "nonsense://host")
