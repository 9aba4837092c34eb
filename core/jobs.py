"""Long work that outlives the request and the process: a table says what is so, a queue only rings the bell.

A job is a row. Submitting one inserts it and rings; a worker that wakes takes the oldest row whose lane is free. A lost
or doubled ring therefore loses and doubles nothing, and with the queue down, jobs merely start a few seconds later.
"""

import socket
import threading
import time
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
import structlog
from advanced_alchemy.types import DateTimeUTC
from filelock import FileLock, Timeout
from sqlalchemy import JSON, Index, String, select, text
from sqlalchemy.orm import Mapped, Session, mapped_column

from core.database import Base, Database
from core.errors import BadSettings, NotFound
from core.settings import Settings

State = Literal["queued", "running", "done", "failed", "cancelled"]
FINISHED = ("done", "failed", "cancelled")
RUNNING = text("state = 'running'")

log = structlog.get_logger()


class JobRow(Base):
    """The table of jobs. That a lane runs one job at a time is held by an index, whatever the processes do."""

    __tablename__ = "jobs"
    __table_args__ = (
        Index("ix_jobs_state_created", "state", "created"),
        Index("uq_jobs_running_lane", "lane", unique=True, sqlite_where=RUNNING, postgresql_where=RUNNING),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(64))
    lane: Mapped[str] = mapped_column(String(64))
    arguments: Mapped[dict[str, Any]] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(16), default="queued")
    cancelling: Mapped[bool] = mapped_column(default=False)
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    error: Mapped[str | None]
    attempts: Mapped[int] = mapped_column(default=0)
    owner: Mapped[str | None] = mapped_column(String(128))
    created: Mapped[datetime] = mapped_column(DateTimeUTC(timezone=True))
    started: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    finished: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))
    heartbeat: Mapped[datetime | None] = mapped_column(DateTimeUTC(timezone=True))


class Job(msgspec.Struct, frozen=True):
    """One job as it stands. done, total: in whatever unit its kind counts; result: what its kind reports, also midway.

    attempts: how often a worker has begun it; cancelling: it runs, and has been asked to stop.
    """

    id: str
    kind: str
    lane: str
    arguments: dict[str, Any]
    state: State
    cancelling: bool
    done: int
    total: int | None
    result: dict[str, Any] | None
    error: str | None
    attempts: int
    created: datetime
    started: datetime | None
    finished: datetime | None
    heartbeat: datetime | None

    @property
    def over(self) -> bool:
        return self.state in FINISHED


class Jobs:
    """The jobs of one database. Safe to share between threads; several processes may each have one."""

    def __init__(self, database: Database, home: Path, redis: str | None = None) -> None:
        """redis: URL of the queue; None means an SQLite file in ``home``. Raises BadSettings without the client for it."""
        self.database = database
        self.presence = home / "workers"
        self.presence.mkdir(parents=True, exist_ok=True)
        self.queue = _open_queue(home, redis)
        self._ring = self.queue.task(name="ring")(lambda: None)
        self._bells: list[threading.Event] = []

    @classmethod
    def open(cls, settings: Settings, database: Database) -> "Jobs":
        redis = settings.jobs.redis
        return cls(database, settings.home, None if redis is None else redis.get_secret_value())

    def submit(self, kind: str, arguments: dict[str, Any], *, lane: str | None = None) -> Job:
        """Put a job in the queue. Jobs of one lane (by default the kind's own) run one after the other, oldest first.

        arguments: what JSON can hold; never a photo or a secret, for they are kept.
        """
        row = JobRow(
            id=uuid.uuid4().hex,
            kind=kind,
            lane=lane or kind,
            arguments=arguments,
            state="queued",
            cancelling=False,
            done=0,
            attempts=0,
            created=now(),
        )
        with self.database.session() as session:
            session.add(row)
            session.flush()
            job = as_job(row)
        self.wake()
        return job

    def get(self, id: str) -> Job:
        """Raises NotFound."""
        with self.database.reading() as session:
            return as_job(find(session, id))

    def list(self, *, kind: str | None = None, states: tuple[State, ...] = (), limit: int = 50) -> tuple[Job, ...]:
        """The latest first; of all kinds and in all states unless they are named."""
        query = select(JobRow).order_by(JobRow.created.desc(), JobRow.id).limit(limit)
        if kind is not None:
            query = query.where(JobRow.kind == kind)
        if states:
            query = query.where(JobRow.state.in_(states))
        with self.database.reading() as session:
            return tuple(as_job(row) for row in session.scalars(query))

    def cancel(self, id: str) -> Job:
        """End a waiting job at once; ask a running one to stop at its next report. One that is over stays as it is.

        Raises NotFound.
        """
        with self.database.session() as session:
            row = find(session, id, lock=True)
            if row.state == "queued":
                row.state, row.finished = "cancelled", now()
            elif row.state == "running":
                row.cancelling = True
            return as_job(row)

    def forget(self, id: str) -> None:
        """Remove a job that is over, or waiting, from the table; a running one is asked to stop. Raises NotFound."""
        with self.database.session() as session:
            row = find(session, id, lock=True)
            if row.state == "running":
                row.cancelling = True
            else:
                session.delete(row)

    def watch(self, id: str, *, every: float = 0.2) -> Iterator[Job]:
        """The job as it is now, then after every change, until it is over. every: seconds between looks.

        Raises NotFound.
        """
        seen = None
        while seen is None or not seen.over:
            job = self.get(id)
            if job != seen:
                yield job
                seen = job
            else:
                time.sleep(every)

    def attended(self) -> bool:
        """Whether a worker that shares this home folder is alive, in whichever process."""
        return any(alive(file) for file in self.presence.glob("*.lock"))

    def bell(self) -> threading.Event:
        """An event that is set whenever this object submits: for workers of this process, each of which must hear it."""
        self._bells.append(threading.Event())
        return self._bells[-1]

    def wake(self) -> None:
        """Ring for a worker; that the queue does not answer is logged and costs only time."""
        for bell in self._bells:
            bell.set()
        try:
            self._ring()
        except Exception as error:
            log.warning("queue_unavailable", error=type(error).__name__)

    def close(self) -> None:
        self.queue.storage.close()


def now() -> datetime:
    return datetime.now(UTC)


def as_job(row: JobRow) -> Job:
    return Job(**{name: getattr(row, name) for name in Job.__struct_fields__})


def find(session: Session, id: str, *, lock: bool = False) -> JobRow:
    row = session.get(JobRow, id, with_for_update=lock or None)
    if row is None:
        raise NotFound(f"There is no job {id}.")
    return row


def alive(file: Path) -> bool:
    """Whether a process holds this lock, which the kernel lets go when the process ends, however it ends."""
    try:
        with FileLock(file, timeout=0):
            return False
    except Timeout:
        return True


def new_owner() -> str:
    """A name for a worker that no other has had. It begins with the machine's, for locks speak for one machine only."""
    return f"{socket.gethostname()}-{uuid.uuid4().hex}"


def same_machine(owner: str, other: str) -> bool:
    return owner.rpartition("-")[0] == other.rpartition("-")[0]


class _Json:
    """Rings on the wire as JSON: huey's own form is pickle, which whoever can write to the queue could abuse."""

    def serialize(self, message: tuple[Any, ...]) -> bytes:
        return msgspec.json.encode(list(message))

    def deserialize(self, data: bytes) -> tuple[Any, ...]:
        from huey.registry import Message

        return Message(*msgspec.json.decode(data))  # type: ignore[no-any-return]


def _open_queue(home: Path, redis: str | None) -> Any:
    from huey import RedisHuey, SqliteHuey
    from huey.exceptions import ConfigurationError

    try:
        if redis is not None:
            return RedisHuey("shopglass", url=redis, results=False, serializer=_Json())
        return SqliteHuey("shopglass", filename=str(home / "queue.db"), results=False, serializer=_Json())
    except (ConfigurationError, ValueError) as error:
        raise BadSettings(
            "The Redis queue cannot be used: its client is not installed or its URL is not valid.",
            remedy="Run: pip install 'shopglass[redis]', or correct SHOPGLASS_JOBS__REDIS.",
        ) from error
