"""Profiles in the database: added to in the transaction that stores the events, told, merged and deleted."""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from core import Database, replacing
from core.errors import Conflict
from recsys.interactions import DAY
from recsys.profiles.ledger import Deed, Facts, Ledger
from recsys.profiles.outlook import After, Outlook
from recsys.profiles.profile import Profile, told
from recsys.profiles.tables import ProfileRow
from recsys.tables import EventRow

FILE = "profiles.json"
LEAST = 50
"""Users with an order that models are trained on at least."""
FactsOf = Callable[[Iterable[str]], Mapping[str, Facts]]


class Profiles:
    """Ledgers of users by hash. Safe to share between threads.

    folder: where the models are kept, None for no models; facts: what is known of items by id, an item left out is known by its events alone.
    """

    def __init__(self, database: Database, folder: Path | None = None, facts: FactsOf = lambda ids: {}) -> None:
        self.database = database
        self._file = None if folder is None else folder / FILE
        self._facts = facts

    # Kept up to date, within the session that writes the events

    def take(self, session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
        """Add events to the profiles of their users. rows: as they are stored, with the user; others are passed over."""
        of_users: dict[str, list[Deed]] = {}
        for row in rows:
            if row["user"] is not None and row["item"] is not None:
                of_users.setdefault(row["user"], []).append(_deed(row))
        facts = self._facts({deed.item for deeds in of_users.values() for deed in deeds})
        there = {
            row.user: row
            for row in session.scalars(select(ProfileRow).where(ProfileRow.user.in_(list(of_users))).with_for_update())
        }
        for user, deeds in of_users.items():
            kept = there.get(user)
            ledger = Ledger() if kept is None else msgspec.json.decode(kept.ledger, type=Ledger)
            for deed in deeds:
                ledger.add(deed, facts.get(deed.item, Facts()))
            self._put(session, user, ledger, kept)

    def move(self, session: Session, former: str, user: str) -> None:
        """Join what is kept under a former hash to that of today."""
        old = session.get(ProfileRow, former)
        if old is None or former == user:
            return
        row = session.get(ProfileRow, user)
        ledger = msgspec.json.decode(old.ledger, type=Ledger)
        if row is not None:
            ledger.merge(msgspec.json.decode(row.ledger, type=Ledger))
        session.delete(old)
        self._put(session, user, ledger, row)

    def rebuild(self, session: Session, users: Iterable[str | None]) -> None:
        """Make profiles anew from the events that are stored; a user without any has none."""
        for user in filter(None, users):
            session.execute(delete(ProfileRow).where(ProfileRow.user == user))
            events = session.scalars(select(EventRow).where(EventRow.user == user))
            self.take(session, [{name: getattr(row, name) for name in _READ} for row in events])
            session.flush()

    def fill(self) -> int:
        """Make the profiles of users with events who have none, as there were before profiles were kept; how many."""
        with self.database.session() as session:
            there = select(ProfileRow.user)
            query = select(EventRow.user).where(EventRow.item.is_not(None), EventRow.user.not_in(there)).distinct()
            users = list(session.scalars(query))
            self.rebuild(session, users)
        return len(users)

    def _put(self, session: Session, user: str, ledger: Ledger, row: ProfileRow | None) -> None:
        text = msgspec.json.encode(ledger).decode()
        if row is None:
            session.add(ProfileRow(user=user, ledger=text, updated=time.time()))
        else:
            row.ledger, row.updated = text, time.time()

    # Told

    def of(self, hashes: Sequence[str], now: float | None = None) -> Profile | None:
        """The profile of a user known by these hashes, today's and former ones; None where there is none."""
        with self.database.reading() as session:
            rows = list(session.scalars(select(ProfileRow).where(ProfileRow.user.in_(hashes))))
        if not rows:
            return None
        ledger = Ledger()
        for row in rows:
            ledger.merge(msgspec.json.decode(row.ledger, type=Ledger))
        return told(ledger, time.time() if now is None else now, self.outlook())

    def outlook(self) -> Outlook | None:
        """The models as they were last trained; None before."""
        if self._file is None:
            return None
        try:
            return msgspec.json.decode(self._file.read_bytes(), type=Outlook)
        except FileNotFoundError:
            return None

    # Trained

    def train(self, now: float | None = None, *, churn_days: float = 30.0, value_days: float = 90.0) -> Outlook:
        """Fit the models on all events, the last ``max(churn_days, value_days)`` days of which tell what came.

        Raises Conflict when fewer than :data:`LEAST` users had bought before that.
        """
        now = time.time() if now is None else now
        ledgers, after = self._parted(now - max(churn_days, value_days) * DAY, now)
        if sum(bool(ledger.orders) for ledger in ledgers) < LEAST:
            raise Conflict(
                f"Fewer than {LEAST} users had bought anything {max(churn_days, value_days):g} days ago.",
                remedy="Train with shorter horizons, or when there are more events.",
            )
        at = now - max(churn_days, value_days) * DAY
        made = Outlook.fit(ledgers, after, at, churn_days=churn_days, value_days=value_days, ended=now)
        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            with replacing(self._file) as part:
                part.write_bytes(msgspec.json.encode(made))
        return made

    def _parted(self, at: float, until: float) -> tuple[list[Ledger], list[After]]:
        """Ledgers of everybody as of ``at``, and what they bought from then on."""
        before: dict[str, list[Deed]] = {}
        bought: dict[str, list[tuple[float, float]]] = {}
        query = select(*(getattr(EventRow, name) for name in _READ)).where(
            EventRow.user.is_not(None), EventRow.item.is_not(None), EventRow.time <= until
        )
        with self.database.reading() as session:
            for row in session.execute(query).mappings():
                if row["time"] <= at:
                    before.setdefault(row["user"], []).append(_deed({**row}))
                elif row["type"] == "purchase":
                    days, money = (row["time"] - at) / DAY, (row["price"] or 0.0) * row["quantity"]
                    bought.setdefault(row["user"], []).append((days, money))
        facts = self._facts({deed.item for deeds in before.values() for deed in deeds})
        ledgers = [Ledger.of((deed, facts.get(deed.item, Facts())) for deed in before[user]) for user in sorted(before)]
        after = [np.array(bought.get(user, []), np.float64).reshape(-1, 2) for user in sorted(before)]
        return ledgers, [After(rows[:, 0], rows[:, 1]) for rows in after]


_READ = ("user", "type", "time", "item", "price", "quantity")


def _deed(row: Mapping[str, Any]) -> Deed:
    return Deed(row["type"], row["time"], row["item"], row["price"], row["quantity"])
