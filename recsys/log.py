"""The log of events: written in any order, read by user, session or time, deleted and exported whole."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Integer, case, cast, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from core import Database
from recsys.events import ID_LENGTH, Event, Status, parse
from recsys.identity import Identity
from recsys.profiles.profile import Profile
from recsys.profiles.store import Profiles
from recsys.profiles.tables import ProfileRow
from recsys.tables import EventRow, ExposureRow, SessionRow, ShownRow

_READ = (
    EventRow.item,
    EventRow.type,
    EventRow.time,
    EventRow.price,
    EventRow.quantity,
    EventRow.device,
    EventRow.place,
)
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


class EventLog:
    """Events in the database, and with them the profiles of users. Safe to share between threads."""

    def __init__(self, database: Database, identity: Identity, profiles: Profiles | None = None) -> None:
        self.database = database
        self.identity = identity
        self.profiles = profiles or Profiles(database)

    # Writing

    def record(self, raw: Sequence[Mapping[str, Any]]) -> tuple[Status, ...]:
        """Store a batch; the status of every entry, in order.

        Idempotent by event id. What a session did before it signed in becomes the user's, whichever came first.
        """
        now = time.time()
        statuses: list[Status] = []
        rows: dict[str, dict[str, Any]] = {}
        entered: list[tuple[int, str]] = []
        names: set[str] = set()
        for entry in raw:
            name = _told(entry.get("id"))
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
            if event.user is not None:
                names.add(event.user)
            entered.append((len(statuses), row["id"]))
            statuses.append(Status(event.id, "stored"))
        if not rows:
            return tuple(statuses)
        with self.database.session() as session:
            for one in names:
                self._adopt(session, one)
            there = set(session.scalars(select(EventRow.id).where(EventRow.id.in_(list(rows)))))
            for place, id in entered:
                if id in there:
                    statuses[place] = Status(statuses[place].id, "duplicate")
            fresh = [row for id, row in rows.items() if id not in there]
            joined = self._join(session, fresh)
            if fresh:
                session.execute(insert(EventRow), fresh)
            self.profiles.take(session, [*fresh, *joined])
        return tuple(statuses)

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

    def _join(self, session: Session, fresh: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """Give anonymous events of a session to the first user who signed in within it; those already stored."""
        joined: list[dict[str, Any]] = []
        sessions = {row["session"] for row in fresh} - {None}
        met = select(SessionRow.session, SessionRow.user).where(SessionRow.session.in_(sessions))
        known = {row.session: row.user for row in session.execute(met)}
        signed_in = [row for row in sorted(fresh, key=lambda row: row["time"]) if row["user"] and row["session"]]
        for row in signed_in:
            if row["session"] not in known:
                known[row["session"]] = row["user"]
                session.add(SessionRow(session=row["session"], user=row["user"]))
                anonymous = (EventRow.session == row["session"]) & EventRow.user.is_(None)
                columns = EventRow.__table__.columns
                joined += [
                    {**one, "user": row["user"]}
                    for one in session.execute(select(*columns).where(anonymous)).mappings()
                ]
                session.execute(update(EventRow).where(anonymous).values(user=row["user"]))
        for row in fresh:
            if row["user"] is None:
                row["user"] = known.get(row["session"])
        return joined

    def _adopt(self, session: Session, name: str) -> None:
        """Move what is stored of a user under former keys to the hash of today."""
        for former in self.identity.former_users(name):
            for table in (EventRow, SessionRow):
                session.execute(update(table).where(table.user == former).values(user=self.identity.user(name)))
            # who was met under both names keeps the later one's arm
            met = select(ExposureRow.experiment).where(ExposureRow.unit == self.identity.user(name)).scalar_subquery()
            old = (ExposureRow.unit == former) & ExposureRow.experiment.not_in(met)
            session.execute(update(ExposureRow).where(old).values(unit=self.identity.user(name)))
            self.profiles.move(session, former, self.identity.user(name))

    # Reading

    def of_user(self, name: str) -> tuple[Done, ...]:
        """The user's latest events, oldest first."""
        return self._read(EventRow.user.in_((self.identity.user(name), *self.identity.former_users(name))))

    def of_session(self, name: str) -> tuple[Done, ...]:
        """What was done in a session, and before by the user it signed in as; oldest first."""
        user = self.signed_in(name)
        return self._read(
            (EventRow.session == self.identity.session(name)) if user is None else (EventRow.user == user)
        )

    def signed_in(self, name: str) -> str | None:
        """The hash of the user that a session signed in as; None of one that has not."""
        with self.database.reading() as session:
            return session.scalar(select(SessionRow.user).where(SessionRow.session == self.identity.session(name)))

    def _read(self, where: ColumnElement[bool]) -> tuple[Done, ...]:
        latest = select(*_READ).where(where).order_by(EventRow.time.desc(), EventRow.id).limit(MOST_READ)
        with self.database.reading() as session:
            return tuple(Done(*row) for row in reversed(session.execute(latest).all()))

    def profile(self, name: str) -> Profile | None:
        """What is known of the user in sums; None of somebody unknown."""
        return self.profiles.of((self.identity.user(name), *self.identity.former_users(name)))

    def daily(self, before: float) -> tuple[tuple[str, int, int, float | None], ...]:
        """What was sold, by item and day: item, days since 1970 in UTC, pieces, and the mean price of a piece where it was told;
        of purchases before a Unix time."""
        day = cast(func.floor(EventRow.time / 86_400), Integer).label("day")
        price = func.sum(EventRow.price * EventRow.quantity) / func.sum(
            case((EventRow.price.is_not(None), EventRow.quantity))
        )
        query = (
            select(EventRow.item, day, func.sum(EventRow.quantity), price)
            .where(EventRow.type == "purchase", EventRow.item.is_not(None), EventRow.time < before)
            .group_by(EventRow.item, day)
            .order_by(EventRow.item, day)
        )
        with self.database.reading() as session:
            return tuple((str(item), int(on), int(sold), paid) for item, on, sold, paid in session.execute(query))

    # Leaving

    def export(self, name: str) -> tuple[dict[str, Any], ...]:
        """All that is stored of a user, by time, less names, which are not stored."""
        hashes = (self.identity.user(name), *self.identity.former_users(name))
        fields = [column.name for column in EventRow.__table__.columns if column.name not in ("id", "user", "session")]
        query = select(EventRow).where(EventRow.user.in_(hashes)).order_by(EventRow.time, EventRow.id)
        with self.database.reading() as session:
            return tuple({one: _plain(one, getattr(row, one)) for one in fields} for row in session.scalars(query))

    def forget(self, name: str) -> int:
        """Delete all that is stored of a user, the profile and what was done in their sessions included; how many events."""
        hashes = (self.identity.user(name), *self.identity.former_users(name))
        with self.database.session() as session:
            sessions = list(session.scalars(select(SessionRow.session).where(SessionRow.user.in_(hashes))))
            gone = session.execute(
                delete(EventRow).where(
                    or_(EventRow.user.in_(hashes), EventRow.session.in_(sessions) & EventRow.user.is_(None))
                )
            )
            session.execute(delete(ShownRow).where(or_(ShownRow.user.in_(hashes), ShownRow.session.in_(sessions))))
            session.execute(delete(SessionRow).where(SessionRow.user.in_(hashes)))
            session.execute(delete(ProfileRow).where(ProfileRow.user.in_(hashes)))
            session.execute(delete(ExposureRow).where(ExposureRow.unit.in_([*hashes, *sessions])))
        return int(gone.rowcount)  # type: ignore[attr-defined]

    def expire(self, keep_days: int, now: float | None = None) -> int:
        """Delete what is older than so many days; how many events that were."""
        oldest = (time.time() if now is None else now) - keep_days * 86_400.0
        with self.database.session() as session:
            users = list(
                session.scalars(
                    select(EventRow.user).where(EventRow.time < oldest, EventRow.user.is_not(None)).distinct()
                )
            )
            gone = session.execute(delete(EventRow).where(EventRow.time < oldest))
            session.execute(delete(ShownRow).where(ShownRow.time < oldest))
            session.execute(delete(ExposureRow).where(ExposureRow.time < oldest))
            self.profiles.rebuild(session, users)
            session.execute(
                delete(SessionRow).where(
                    SessionRow.session.not_in(select(EventRow.session).where(EventRow.session.is_not(None)))
                )
            )
        return int(gone.rowcount)  # type: ignore[attr-defined]


def _told(id: Any) -> str | None:
    """An entry's id as it may be told back, whatever was sent in its place."""
    if not isinstance(id, str) or len(id) > ID_LENGTH or not id.isprintable():
        return None
    return id


def _plain(field: str, value: Any) -> Any:
    return datetime.fromtimestamp(value, UTC).isoformat() if field in ("time", "received") else value
