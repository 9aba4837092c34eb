"""Counts that leave the service: noised, so that they tell of shoppers and not of one, and only as many as a budget allows.

Differential privacy by shopper: of each, so many events count in a report at most, and each count gets discrete Laplace
noise of scale most / epsilon. Dwork, McSherry, Nissim, Smith, TCC 2006; in whole numbers, as the last bits of a float would
tell what was added: Ghosh, Roughgarden, Sundararajan, STOC 2009, and Mironov, CCS 2012. What several reports spend adds up.
"""

import math
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, Literal, get_args

import msgspec
from sqlalchemy import JSON, ColumnElement, Date, DateTime, Float, Integer, String, cast, func, select, text, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import Base, Database
from core.errors import BadRequest, BudgetSpent
from core.settings import Reports as Rules
from recsys.events import Kind
from recsys.interactions import DAY
from recsys.tables import EventRow

ReportBy = Literal["type", "day"]
MOST_DAYS = 400
_LOCK = 0x52505254  # any number, the same in every process that spends
_UNIT = 1_000_000  # parts of one epsilon, in which is counted exactly
_RANDOM = secrets.SystemRandom()


class ReportRow(Base):
    """A report, written when its epsilon is spent; answer: None until, or unless, it was made. epsilon: in millionths."""

    __tablename__ = "reports"

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    time: Mapped[float] = mapped_column(Float, index=True)
    epsilon: Mapped[int] = mapped_column(Integer)
    answer: Mapped[dict[str, Any] | None] = mapped_column(JSON)


class Report(msgspec.Struct, frozen=True):
    """counts: events by kind, or by day in UTC, each with noise, so that it may be below 0; most: events of one shopper that
    count at most, any of theirs; within: what the noise of a count stays within in 95 of 100."""

    id: str
    made: datetime
    since: datetime
    until: datetime
    by: ReportBy
    epsilon: float
    most: int
    within: int
    counts: dict[str, int]


class Ledger(msgspec.Struct, frozen=True):
    """budget: epsilon for reports within ``days``, after which all events they told of are gone; reports: oldest first."""

    budget: float
    spent: float
    days: int
    reports: tuple[Report, ...]


class Reports:
    """Makes reports and keeps the account. Safe to share between threads and processes."""

    def __init__(self, rules: Rules, keep_days: int, database: Database) -> None:
        self._rules = rules
        self._days = keep_days + 1  # an event may be a day ahead
        self._database = database

    def events(
        self, since: datetime, until: datetime, by: ReportBy, epsilon: float, now: float | None = None
    ) -> Report:
        """Events of [since, until). Raises BadRequest, and BudgetSpent where epsilon is more than is left.

        What is spent stays spent, also where the report then fails.
        """
        names = _names(since, until, by)
        price = math.ceil(epsilon * _UNIT)
        if not 0 < price <= self._budget:
            raise BadRequest(
                f"Epsilon is not above 0 and at most {self._rules.budget:g}.", remedy="Ask for less of the budget."
            )
        now = time.time() if now is None else now
        id = secrets.token_hex(12)
        self._spend(id, price, now)
        counts = self._counted(since, until, by)
        scale = self._rules.most / (price / _UNIT)
        told = Report(
            id, datetime.fromtimestamp(now, UTC), since, until, by, price / _UNIT, self._rules.most,
            math.ceil(scale * math.log(20)), {name: counts.get(name, 0) + laplace(scale) for name in names},
        )  # fmt: skip
        with self._database.session() as session:
            session.execute(update(ReportRow).where(ReportRow.id == id).values(answer=msgspec.to_builtins(told)))
        return told

    def ledger(self, now: float | None = None) -> Ledger:
        """What was spent, and what was told for it; told again it costs nothing."""
        oldest = (time.time() if now is None else now) - self._days * DAY
        with self._database.reading() as session:
            rows = session.execute(
                select(ReportRow.epsilon, ReportRow.answer).where(ReportRow.time > oldest).order_by(ReportRow.time, ReportRow.id)
            ).all()  # fmt: skip
        reports = tuple(msgspec.convert(answer, Report) for _, answer in rows if answer is not None)
        return Ledger(self._rules.budget, sum(price for price, _ in rows) / _UNIT, self._days, reports)

    @property
    def _budget(self) -> int:
        return math.floor(self._rules.budget * _UNIT)

    def _spend(self, id: str, price: int, now: float) -> None:
        with self._database.session() as session:
            self._turn(session)
            spent = session.execute(
                select(ReportRow.time, ReportRow.epsilon).where(ReportRow.time > now - self._days * DAY).order_by(ReportRow.time)
            ).all()  # fmt: skip
            left = self._budget - sum(row.epsilon for row in spent)
            if price > left:
                back, comes = left, now
                for row in spent:
                    back += row.epsilon
                    if back >= price:
                        comes = row.time + self._days * DAY
                        break
                raise BudgetSpent(
                    f"Of the epsilon of {self._rules.budget:g}, {left / _UNIT:g} is left.",
                    remedy="Ask for less, or read the reports that were made: GET /v1/reports.",
                    retry_after=max(1.0, comes - now),
                )
            session.add(ReportRow(id=id, time=now, epsilon=price, answer=None))

    def _turn(self, session: Session) -> None:
        """Who spends does so alone until the transaction ends; on SQLite a writer is alone anyway."""
        if self._database.dialect == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})

    def _counted(self, since: datetime, until: datetime, by: ReportBy) -> dict[str, int]:
        """Before noise. Ids are keyed hashes: which events of a shopper count is by chance, and says nothing."""
        who = func.coalesce(EventRow.user, EventRow.session)
        place = func.row_number().over(partition_by=who, order_by=EventRow.id)
        within = (EventRow.time >= since.timestamp()) & (EventRow.time < until.timestamp())
        chosen = select(EventRow.type, EventRow.time, place.label("place")).where(within).subquery()
        key = chosen.c.type if by == "type" else self._day(chosen.c.time)
        query = select(key, func.count()).where(chosen.c.place <= self._rules.most).group_by(key)
        with self._database.reading() as session:
            return {str(name): int(count) for name, count in session.execute(query)}

    def _day(self, seconds: ColumnElement[float]) -> ColumnElement[Any]:
        if self._database.dialect == "sqlite":
            return func.date(seconds, "unixepoch")
        return cast(cast(func.timezone("UTC", func.to_timestamp(seconds)), DateTime), Date)


def laplace(scale: float, uniform: Callable[[], float] = _RANDOM.random) -> int:
    """A whole number n with a chance in proportion to exp(-|n| / scale): the difference of two geometric ones.

    uniform: numbers in [0, 1), by default of the system's own source, which nobody can foresee.
    """
    return _geometric(scale, uniform) - _geometric(scale, uniform)


def _geometric(scale: float, uniform: Callable[[], float]) -> int:
    return math.floor(-math.log(1.0 - uniform()) * scale)


def _names(since: datetime, until: datetime, by: ReportBy) -> tuple[str, ...]:
    """What is counted, by the question alone: that a count is there tells nothing."""
    if since >= until:
        raise BadRequest("The report ends before it begins.", remedy="Give a later `until`.")
    if by == "type":
        return get_args(Kind)
    first, last = since.astimezone(UTC).date(), (until - timedelta(microseconds=1)).astimezone(UTC).date()
    if (last - first).days >= MOST_DAYS:
        raise BadRequest(f"A report by day tells of {MOST_DAYS} days at most.", remedy="Ask for fewer.")
    return tuple((first + timedelta(days=n)).isoformat() for n in range((last - first).days + 1))
