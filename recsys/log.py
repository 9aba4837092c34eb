"""The log of events: written in any order, read by user, session or time, deleted and exported whole."""

import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import ColumnElement, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core import Database
from recsys.events import Event, Status, parse
from recsys.identity import Identity
from recsys.tables import EventRow, ExposureRow, RecommendationRow, SessionRow

_READ = (EventRow.item, EventRow.type, EventRow.time, EventRow.price, EventRow.quantity, EventRow.device, EventRow.place)
MOST_READ = 1000
"""Events of one user that are looked at when a list is made: the latest."""


class Done(msgspec.Struct, frozen=True):
    """An event as read back. time: Unix seconds."""

    item: str | None
    type: str
    time: float
    price: float | None
    quantity: int
    device: str | None
    place: str | None


class Export(msgspec.Struct, frozen=True):
    """Everything stored of a user, less names, which are not stored."""

    events: tuple[dict[str, Any], ...]
    recommendations: tuple[dict[str, Any], ...]
    experiments: tuple[dict[str, Any], ...]


class EventLog:
    """Events in the database. Safe to share between threads."""

    def __init__(self, database: Database, identity: Identity) -> None:
        self.database = database
        self.identity = identity

    # Writing

    def record(self, raw: Sequence[Mapping[str, Any]]) -> tuple[tuple[Status, ...], frozenset[str]]:
        """Store a batch; the status of every entry, in order, and the hashes of users and sessions it touched.

        Idempotent by event id. What a session did before it signed in becomes the user's, whichever came first.
        """
        now = time.time()
        statuses: list[Status] = []
        rows: dict[str, dict[str, Any]] = {}
        entered: list[tuple[int, str]] = []
        for entry in raw:
            named = entry.get("id")
            name = named if isinstance(named, str) and len(named) <= 128 else None
            try:
                event = parse(entry, now)
            except ValueError as error:
                statuses.append(Status(name, "refused", str(error)))
                continue
            row = self._row(event, now)
            if row["id"] in rows:
                statuses.append(Status(event.id, "duplicate"))
                continue
            rows[row["id"]] = row
            entered.append((len(statuses), row["id"]))
            statuses.append(Status(event.id, "stored"))
        if not rows:
            return tuple(statuses), frozenset()
        with self.database.session() as session:
            for user in {event["user"] for event in rows.values()} - {None}:
                self._adopt(session, user, names={entry.get("user") for entry in raw})
            there = set(session.scalars(select(EventRow.id).where(EventRow.id.in_(list(rows)))))
            for place, id in entered:
                if id in there:
                    statuses[place] = Status(statuses[place].id, "duplicate")
            fresh = [row for id, row in rows.items() if id not in there]
            touched = self._join(session, fresh)
            if fresh:
                session.execute(insert(EventRow), fresh)
        return tuple(statuses), touched

    def _row(self, event: Event, now: float) -> dict[str, Any]:
        return {
            "id": self.identity.event(event.id),
            "type": event.type,
            "time": event.time.timestamp(),
            "received": now,
            "user": None if event.user is None else self.identity.user(event.user),
            "session": None if event.session is None else self.identity.session(event.session),
            "item": event.item,
            "query": event.query,
            "price": event.price,
            "quantity": event.quantity,
            "recommendation": event.recommendation,
            **{name: getattr(event.context, name) for name in ("position", "device", "place", "page")},
        }

    def _join(self, session: Session, fresh: list[dict[str, Any]]) -> frozenset[str]:
        """Give anonymous events of a session to the first user who signed in within it."""
        sessions = {row["session"] for row in fresh} - {None}
        known = dict(
            session.execute(select(SessionRow.session, SessionRow.user).where(SessionRow.session.in_(sessions))).tuples()
        )
        signed_in = [row for row in sorted(fresh, key=lambda row: row["time"]) if row["user"] and row["session"]]
        for row in signed_in:
            if row["session"] not in known:
                known[row["session"]] = row["user"]
                session.add(SessionRow(session=row["session"], user=row["user"]))
                for table in (EventRow, RecommendationRow):
                    session.execute(
                        update(table)
                        .where(table.session == row["session"], table.user.is_(None))
                        .values(user=row["user"])
                    )
        for row in fresh:
            if row["user"] is None:
                row["user"] = known.get(row["session"])
        return frozenset({row["user"] for row in fresh} | sessions) - {None}

    def _adopt(self, session: Session, user: str, names: set[Any]) -> None:
        """Move what is stored under former keys to the hash of today."""
        for name in names:
            if not isinstance(name, str) or self.identity.user(name) != user:
                continue
            for former in self.identity.former_users(name):
                for table in (EventRow, SessionRow, RecommendationRow):
                    session.execute(update(table).where(table.user == former).values(user=user))
                session.execute(update(ExposureRow).where(ExposureRow.subject == former).values(subject=user))

    # Reading

    def of_user(self, name: str) -> tuple[Done, ...]:
        """The user's latest events, oldest first."""
        return self._read(EventRow.user.in_((self.identity.user(name), *self.identity.former_users(name))))

    def of_session(self, name: str) -> tuple[Done, ...]:
        """What was done in a session, and before by the user it signed in as; oldest first."""
        hashed = self.identity.session(name)
        with self.database.reading() as session:
            user = session.scalar(select(SessionRow.user).where(SessionRow.session == hashed))
        return self._read((EventRow.session == hashed) if user is None else (EventRow.user == user))

    def _read(self, where: ColumnElement[bool]) -> tuple[Done, ...]:
        latest = select(*_READ).where(where).order_by(EventRow.time.desc(), EventRow.id).limit(MOST_READ)
        with self.database.reading() as session:
            return tuple(Done(*row) for row in reversed(session.execute(latest).all()))

    def table(self, *, since: float = 0.0, before: float = float("inf")) -> dict[str, np.ndarray]:
        """All events of a time as columns, by time: subject (user, else session), item, type, time, price, quantity,
        position, device, place, recommendation; None where there is none."""
        columns = (
            func.coalesce(EventRow.user, EventRow.session), *_READ[:5], EventRow.position, EventRow.device,
            EventRow.place, EventRow.recommendation,
        )  # fmt: skip
        names = ("subject", "item", "type", "time", "price", "quantity", "position", "device", "place", "recommendation")
        query = select(*columns).where(EventRow.time >= since, EventRow.time < min(before, 1e15)).order_by(EventRow.time)
        with self.database.reading() as session:
            rows = session.execute(query).all()
        made = list(zip(*rows, strict=True)) if rows else [()] * len(names)
        return {name: np.array(column, object) for name, column in zip(names, made, strict=True)}

    def counts(self) -> tuple[int, float, float]:
        """How many events there are, and the times of the first and the last, 0 without any."""
        with self.database.reading() as session:
            row = session.execute(select(func.count(), func.min(EventRow.time), func.max(EventRow.time))).one()
        return int(row[0]), float(row[1] or 0.0), float(row[2] or 0.0)

    # Leaving

    def export(self, name: str) -> Export:
        """All that is stored of a user."""
        hashes = (self.identity.user(name), *self.identity.former_users(name))

        def rows(query: Any, table: Any, left_out: Sequence[str]) -> tuple[dict[str, Any], ...]:
            fields = [column.name for column in table.__table__.columns if column.name not in left_out]
            return tuple({field: _plain(field, getattr(row, field)) for field in fields} for row in session.scalars(query))

        with self.database.reading() as session:
            return Export(
                rows(select(EventRow).where(EventRow.user.in_(hashes)).order_by(EventRow.time), EventRow,
                     ("id", "user", "session")),
                rows(select(RecommendationRow).where(RecommendationRow.user.in_(hashes)).order_by(RecommendationRow.time),
                     RecommendationRow, ("user", "session")),
                rows(select(ExposureRow).where(ExposureRow.subject.in_(hashes)), ExposureRow, ("subject",)),
            )  # fmt: skip

    def forget(self, name: str) -> tuple[int, tuple[str, ...]]:
        """Delete all that is stored of a user, sessions that were theirs included; how many events, and the hashes."""
        hashes = (self.identity.user(name), *self.identity.former_users(name))
        with self.database.session() as session:
            sessions = list(session.scalars(select(SessionRow.session).where(SessionRow.user.in_(hashes))))
            gone = session.execute(
                delete(EventRow).where(
                    or_(EventRow.user.in_(hashes), EventRow.session.in_(sessions) & EventRow.user.is_(None))
                )
            )
            session.execute(delete(RecommendationRow).where(RecommendationRow.user.in_(hashes)))
            session.execute(delete(ExposureRow).where(ExposureRow.subject.in_(hashes)))
            session.execute(delete(SessionRow).where(SessionRow.user.in_(hashes)))
        return int(gone.rowcount), (*hashes, *sessions)  # type: ignore[attr-defined]

    def expire(self, keep_days: int, now: float | None = None) -> int:
        """Delete what is older than so many days; how many events that were."""
        oldest = (time.time() if now is None else now) - keep_days * 86_400.0
        with self.database.session() as session:
            gone = session.execute(delete(EventRow).where(EventRow.time < oldest))
            session.execute(delete(RecommendationRow).where(RecommendationRow.time < oldest))
            session.execute(delete(ExposureRow).where(ExposureRow.time < oldest))
            session.execute(
                delete(SessionRow).where(SessionRow.session.not_in(select(EventRow.session).where(EventRow.session.is_not(None))))
            )
        return int(gone.rowcount)  # type: ignore[attr-defined]

    # Lists that were shown

    def shown(self, rows: Sequence[dict[str, Any]]) -> None:
        """Store lists as they were given, with their propensities."""
        if rows:
            with self.database.session() as session:
                session.execute(insert(RecommendationRow), list(rows))

    def lists(self, since: float = 0.0) -> Iterator[RecommendationRow]:
        """Lists shown since, by time."""
        with self.database.reading() as session:
            yield from session.scalars(
                select(RecommendationRow).where(RecommendationRow.time >= since).order_by(RecommendationRow.time)
            )


def _plain(field: str, value: Any) -> Any:
    return datetime.fromtimestamp(value, UTC).isoformat() if field in ("time", "received") else value
