"""Who does the jobs: one thread that takes them one by one, in a process that may be killed at any time."""

import threading
import time
from collections.abc import Callable, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal

import structlog
from filelock import FileLock
from sqlalchemy import select, text

from core.errors import ShopglassError
from core.jobs import Job, JobRow, Jobs, alive, as_job, find, new_owner, now, same_machine

Function = Callable[["Running"], dict[str, Any] | None]

POLL_SECONDS = 0.2  # between looks into a queue that cannot wait by itself
SWEEP_SECONDS = 5.0  # between looks for work that nobody rang for
BEAT_SECONDS = 5.0
DEAD_AFTER = timedelta(seconds=60)  # without a heartbeat, for workers of other machines
ATTEMPTS = 5  # a job that has taken this many processes down with it is not begun again
CLAIM_LOCK = 0x4A4F4253  # any number, the same in every process

log = structlog.get_logger()


class Stopped(BaseException):
    """Raised inside a job's function when it must end now; no Exception, so that no handler for faults catches it."""

    def __init__(self, why: Literal["cancelled", "released", "lost"]) -> None:
        super().__init__(why)
        self.why = why


class Running:
    """What a job's function is given: its arguments, and the way to report and to learn that it must stop."""

    def __init__(self, jobs: Jobs, job: Job, owner: str, stopping: threading.Event) -> None:
        self.id = job.id
        self.arguments = job.arguments
        self.attempt = job.attempts
        self._jobs = jobs
        self._owner = owner
        self._stopping = stopping

    def report(self, done: int, total: int | None = None, result: dict[str, Any] | None = None) -> None:
        """Note how far the job is. Call it often: before each piece of work that must not be done twice at once.

        done, total: in whatever unit the kind counts. result: what is known so far, where there is something to show.
        Raises Stopped (let it pass) when the job was cancelled, this worker stops, or another has taken the job over.
        """
        with self._jobs.database.session() as session:
            row = session.get(JobRow, self.id, with_for_update=True)
            if row is None or row.owner != self._owner:
                raise Stopped("lost")
            row.done, row.total, row.heartbeat = done, total, now()
            if result is not None:
                row.result = result
            cancelling = row.cancelling
        if cancelling:
            raise Stopped("cancelled")
        if self._stopping.is_set():
            raise Stopped("released")

    def _beat(self) -> None:
        with self._jobs.database.session() as session:
            row = session.get(JobRow, self.id, with_for_update=True)
            if row is not None and row.owner == self._owner:
                row.heartbeat = now()

    def _finish(self, state: str, *, result: dict[str, Any] | None = None, error: str | None = None) -> None:
        with self._jobs.database.session() as session:
            row = session.get(JobRow, self.id, with_for_update=True)
            if row is None or row.owner != self._owner:
                return
            row.state, row.owner, row.error = state, None, error
            if result is not None:
                row.result = result
            if state == "queued":
                row.attempts -= 1  # given back, not failed
            else:
                row.finished = now()


class Worker:
    """One thread that does jobs of the given kinds; use it as a context manager, or ``start`` and ``stop`` it.

    A job whose worker was killed is taken up again by the next to start or to look: at once on the same machine, after
    a minute without a heartbeat on another. Its function is called with the same arguments and must go on from there.
    """

    def __init__(
        self, jobs: Jobs, functions: Mapping[str, Function], *, ready: Callable[[], bool] = lambda: True
    ) -> None:
        """ready: while it says no, the worker counts as there, but begins nothing (models are warming, say)."""
        self._jobs = jobs
        self._ready = ready
        self._functions = dict(functions)
        self._owner = new_owner()
        self._presence = FileLock(jobs.presence / f"{self._owner}.lock", thread_local=False)
        self._stopping = threading.Event()
        self._bell = jobs.bell()
        self._thread = threading.Thread(target=self._work, name="jobs", daemon=True)

    def start(self) -> "Worker":
        self._presence.acquire()
        self._thread.start()
        return self

    def stop(self, timeout: float = 30.0) -> None:
        """Have the running job, if any, go back to the queue at its next report; wait for that ``timeout`` seconds."""
        self._stopping.set()
        self._thread.join(timeout)
        if not self._thread.is_alive():
            self._presence.release()
            Path(self._presence.lock_file).unlink(missing_ok=True)

    def __enter__(self) -> "Worker":
        return self.start()

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def _work(self) -> None:
        try:
            self._take_turns()
        finally:
            self._jobs.queue.storage.close()  # this thread's connection

    def _take_turns(self) -> None:
        swept = -SWEEP_SECONDS
        while not self._ready():
            if self._stopping.wait(POLL_SECONDS):
                return
        while not self._stopping.is_set():
            try:
                # A ring wakes one worker of those that share the queue, and it may be of other kinds: the bell, all here.
                rung = self._jobs.queue.dequeue() is not None or self._bell.is_set()
                self._bell.clear()
                if rung or time.monotonic() - swept >= SWEEP_SECONDS:
                    self._recover()
                    while not self._stopping.is_set() and (job := self._claim()) is not None:
                        self._do(job)
                    swept = time.monotonic()
            except Exception as error:  # database or queue away: jobs are kept, try again
                log.warning("jobs_interrupted", error=type(error).__name__)
                rung, swept = False, -SWEEP_SECONDS
                self._stopping.wait(1.0)
            if not rung and not self._jobs.queue.storage.blocking:
                self._stopping.wait(POLL_SECONDS)

    def _claim(self) -> Job | None:
        """The oldest waiting job of a free lane, now ours, or None."""
        busy = select(JobRow.lane).where(JobRow.state == "running")
        waiting = (
            select(JobRow)
            .where(JobRow.state == "queued", JobRow.kind.in_(self._functions), JobRow.lane.not_in(busy))
            .order_by(JobRow.created, JobRow.id)
            .limit(1)
            .with_for_update()
        )
        with self._jobs.database.session() as session:
            if self._jobs.database.dialect == "postgresql":  # SQLite's writers take turns anyhow
                session.execute(text("SELECT pg_advisory_xact_lock(:claim)"), {"claim": CLAIM_LOCK})
            row = session.scalar(waiting)
            if row is None:
                return None
            row.state, row.owner, row.attempts = "running", self._owner, row.attempts + 1
            row.started, row.heartbeat = row.started or now(), now()
            return as_job(row)

    def _do(self, job: Job) -> None:
        running = Running(self._jobs, job, self._owner, self._stopping)
        over = threading.Event()
        threading.Thread(target=self._keep_beating, args=(running, over), name="heartbeat", daemon=True).start()
        bound = log.bind(job=job.id, kind=job.kind)
        bound.info("job_started", attempt=job.attempts)
        try:
            result = self._functions[job.kind](running)
        except Stopped as stopped:
            bound.info("job_stopped", why=stopped.why)
            running._finish("queued" if stopped.why == "released" else "cancelled")
        except ShopglassError as error:
            bound.warning("job_failed", error=str(error))
            running._finish("failed", error=str(error))
        except Exception as error:
            bound.exception("job_failed")
            running._finish("failed", error=f"An unexpected {type(error).__name__}; the log has more.")
        else:
            running._finish("done", result=result)
            bound.info("job_done")
        finally:
            over.set()

    def _keep_beating(self, running: Running, over: threading.Event) -> None:
        while not over.wait(BEAT_SECONDS):
            try:
                running._beat()
            except Exception as error:
                log.warning("heartbeat_missed", error=type(error).__name__)

    def _recover(self) -> None:
        """Put jobs whose worker is dead back into the queue."""
        with self._jobs.database.reading() as session:
            dead = [
                row for row in session.scalars(select(JobRow).where(JobRow.state == "running")) if not self._lives(row)
            ]
        for seen in dead:
            with self._jobs.database.session() as session:
                row = find(session, seen.id, lock=True)
                if row.state != "running" or row.owner != seen.owner:
                    continue
                row.owner = None
                if row.cancelling:
                    row.state, row.finished = "cancelled", now()
                elif row.attempts >= ATTEMPTS:
                    row.state, row.finished = "failed", now()
                    row.error = f"The process that did it ended {row.attempts} times without a word."
                else:
                    row.state = "queued"
            log.warning("job_recovered", job=seen.id, kind=seen.kind)
            self._jobs.presence.joinpath(f"{seen.owner}.lock").unlink(missing_ok=True)

    def _lives(self, row: JobRow) -> bool:
        """Whether the worker of a running job may still be at it."""
        if row.owner is None or row.owner == self._owner:  # ours, and we are not doing it
            return False
        file = self._jobs.presence / f"{row.owner}.lock"
        if same_machine(row.owner, self._owner) and file.exists():
            return alive(file)
        return row.heartbeat is not None and now() - row.heartbeat < DEAD_AFTER
