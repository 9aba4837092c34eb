"""What merchants and operators changed: appended, never altered; each entry's hash holds the one before it."""

import hashlib
from datetime import UTC, datetime

import msgspec
from sqlalchemy import String, Text, select, text
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Database
from core.errors import Conflict

FIRST = "0" * 64
PAGE = 1000
LOCK = 0x41554449  # any number, the same in every process that appends


class AuditRow(Base):
    __tablename__ = "audit_log"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    time: Mapped[str] = mapped_column(String(40))
    actor: Mapped[str] = mapped_column(String(160))
    action: Mapped[str] = mapped_column(Text)
    outcome: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))


class AuditEntry(msgspec.Struct, frozen=True):
    """actor: name and id of the key, or "nobody"; action: method and path; outcome: the HTTP status it got."""

    number: int
    time: str
    actor: str
    action: str
    outcome: int
    digest: str


class AuditLog:
    """The log of a database. Safe to share between threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def record(self, actor: str, action: str, outcome: int) -> AuditEntry:
        """Append one entry. Raises Unavailable."""
        with self._database.session() as session:  # on SQLite the only writer; elsewhere a lock makes it so
            if self._database.dialect == "postgresql":
                session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            last = session.scalar(select(AuditRow).order_by(AuditRow.number.desc()).limit(1))
            number, before = (last.number + 1, last.digest) if last else (1, FIRST)
            time = datetime.now(UTC).isoformat()
            digest = _digest(before, number, time, actor, action, outcome)
            session.add(AuditRow(number=number, time=time, actor=actor, action=action, outcome=outcome, digest=digest))
        return AuditEntry(number, time, actor, action, outcome, digest)

    def entries(self, most: int = 100) -> tuple[AuditEntry, ...]:
        """The latest, newest first."""
        with self._database.reading() as session:
            return tuple(map(_entry, session.scalars(select(AuditRow).order_by(AuditRow.number.desc()).limit(most))))

    def verify(self) -> AuditEntry | None:
        """Walk the chain from its beginning; the last entry, whose hash stands for all of them.

        An end cut off shows only to whoever kept an earlier answer. Raises Conflict at the first entry that was altered
        or is missing.
        """
        before, number, last = FIRST, 0, None
        with self._database.reading() as session:
            while page := session.scalars(
                select(AuditRow).where(AuditRow.number > number).order_by(AuditRow.number).limit(PAGE)
            ).all():
                for entry in map(_entry, page):
                    told = _digest(before, entry.number, entry.time, entry.actor, entry.action, entry.outcome)
                    if entry.number != number + 1 or told != entry.digest:
                        raise Conflict(
                            f"The audit log is broken at number {number + 1}.",
                            remedy="Compare it with a backup: somebody changed the database past Shopglass.",
                        )
                    before, number, last = entry.digest, entry.number, entry
                session.expunge_all()
        return last


def _digest(before: str, *parts: object) -> str:
    return hashlib.sha256(msgspec.json.encode([before, *parts])).hexdigest()


def _entry(row: AuditRow) -> AuditEntry:
    return AuditEntry(row.number, row.time, row.actor, row.action, row.outcome, row.digest)
