"""Decisions on prices: proposed, approved, applied, rejected, rolled back; and the history that only grows.

The record says what is asked for each product, since when and by whose word. A price is in force once its decision is
applied, and not before the rails have seen it a second time.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec
from sqlalchemy import (
    BigInteger,
    Float,
    Index,
    Integer,
    LargeBinary,
    String,
    Text,
    delete,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from core import Base, Database
from core.errors import BadPrice, Conflict, NotFound
from pricing.contract import Policy
from pricing.explaining import Explanation, explain
from pricing.guardrails import MONTH, NOTHING, Change, Limits, Quote, Rails, breaches, guard, least
from pricing.money import Money
from pricing.quoting import quote
from pricing.states import AHEAD, Fault, State, fault_of

Stage = Literal["proposed", "approved", "applied", "rejected", "rolled-back"]
Step = Literal["noted", "proposed", "approved", "applied", "rejected", "rolled-back"]
OPEN = ("proposed", "approved")
RULE = "the rule for small changes"
_OPEN_SQL = text("state IN ('proposed', 'approved')")
_PAGE = 500


class DecisionRow(Base):
    """One decision. record: a :class:`Record` as MessagePack. At most one of a product is open."""

    __tablename__ = "price_decisions"
    __table_args__ = (
        Index("ux_price_decisions_open", "product", unique=True, sqlite_where=_OPEN_SQL, postgresql_where=_OPEN_SQL),
        Index("ix_price_decisions_state_id", "state", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    product: Mapped[str] = mapped_column(String(128), index=True)
    made: Mapped[float] = mapped_column(Float)
    state: Mapped[str] = mapped_column(String(16))
    record: Mapped[bytes] = mapped_column(LargeBinary)


class HistoryRow(Base):
    """One step. price, currency: what is asked from here on, where the step changed it. A trigger forbids change and removal."""

    __tablename__ = "price_history"
    __table_args__ = (Index("ix_price_history_product_number", "product", "number"),)

    number: Mapped[int] = mapped_column(primary_key=True)
    time: Mapped[float] = mapped_column(Float, index=True)
    product: Mapped[str] = mapped_column(String(128))
    decision: Mapped[int | None] = mapped_column(Integer, index=True)
    step: Mapped[str] = mapped_column(String(16))
    actor: Mapped[str] = mapped_column(String(160))
    note: Mapped[str] = mapped_column(Text)
    price: Mapped[int | None] = mapped_column(BigInteger)
    currency: Mapped[str | None] = mapped_column(String(3))


class SwitchRow(Base):
    """A product, a category, or "*" whose prices are not to move."""

    __tablename__ = "price_switches"

    what: Mapped[str] = mapped_column(String(128), primary_key=True)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a decision was made of, and what was told: enough to make it again."""

    quote: Quote
    state: State
    rails: Rails
    limits: Limits
    smaller: tuple[tuple[str, str], ...]
    bundles: dict[str, tuple[str, ...]]
    explanation: Explanation


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """state: where it stands; quote: the price, with policy, version, and the rails that acted; inputs: what was known."""

    id: int
    product: str
    state: Stage
    made: datetime
    quote: Quote
    explanation: Explanation
    inputs: State


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A step of the history. price: asked from then on, None where the step changed no price."""

    number: int
    time: datetime
    product: str
    decision: int | None
    step: Step
    actor: str
    note: str
    price: Money | None


class Asked(msgspec.Struct, frozen=True):
    """A price in force, and since when."""

    product: str
    price: Money
    since: datetime


class Decided(msgspec.Struct, frozen=True):
    """decisions: new ones; kept: products whose price stays, with the reason; faults: those nothing can be said of."""

    decisions: tuple[Decision, ...]
    kept: tuple[Quote, ...]
    faults: tuple[Fault, ...]


class RolledBack(msgspec.Struct, frozen=True):
    """prices: now in force again; faults: products that stay as they are, and why."""

    prices: tuple[Asked, ...]
    faults: tuple[Fault, ...]


class Decisions:
    """Those of a database. Safe to share between threads and processes."""

    def __init__(
        self, database: Database, approve_over: float = 0.05, clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        """approve_over: changes of price by no more than this share need nobody's approval. clock: gives aware times."""
        self._database, self._approve_over, self._clock = database, approve_over, clock

    def decide(
        self,
        states: Sequence[State],
        policy: Policy,
        rails: Rails | None = None,
        limits: Mapping[str, Limits] | None = None,
        smaller: Sequence[tuple[str, str]] = (),
        bundles: Mapping[str, Sequence[str]] | None = None,
        actor: str = "",
    ) -> Decided:
        """Propose a price for each product, in place of what was proposed for it before and not decided on.

        The changes of price in our own history hold beside those in ``limits``. A price that was changed elsewhere is
        noted. A product with an approved price that is not applied yet has a fault. Raises BadPrice, and Conflict where
        the clock went back or somebody else decided on a product at the same moment.
        """
        now, known = self._clock(), rails or Rails()
        by_product = {state.product: state for state in states}
        try:
            with self._database.session() as session:
                self._turn(session, now)
                known = msgspec.structs.replace(known, off=known.off | _switches(session))
                history, waiting = _changes(session, by_product), _waiting(session, list(by_product))
                faults = {
                    product: fault
                    for product, state in by_product.items()
                    if (fault := _unfit(state, history.get(product, ()), waiting.get(product))) is not None
                }
                fit = [state for state in states if state.product not in faults]
                _note(session, fit, history, now)
                own = {state.product: _with_history(limits, state.product, history) for state in fit}
                told = quote(fit, policy, now, known, own, smaller, bundles)
                faults |= {one.product: one for one in told if isinstance(one, Fault)}
                quotes = [one for one in told if isinstance(one, Quote)]
                moved = [one for one in quotes if not one.kept]
                before = _last_states(session, [one.product for one in moved])
                _supersede(session, [one.product for one in quotes], now)
                made = [
                    self._insert(
                        session, one, by_product[one.product], known, own[one.product], smaller, bundles or {},
                        before.get(one.product), actor, now,
                    )
                    for one in moved
                ]  # fmt: skip
        except IntegrityError as error:
            raise Conflict(
                "Somebody else decided on one of these products at the same moment.", remedy="Look, and ask again."
            ) from error
        return Decided(tuple(made), tuple(one for one in quotes if one.kept), tuple(faults.values()))

    def approve(self, id: int, actor: str = "", note: str = "") -> Decision:
        """Raises NotFound, and Conflict where it is no longer proposed."""
        return self._step(id, ("proposed",), "approved", actor, note)

    def reject(self, id: int, actor: str = "", note: str = "") -> Decision:
        """Raises NotFound, and Conflict where it is applied, rejected or rolled back already."""
        return self._step(id, OPEN, "rejected", actor, note)

    def apply(self, id: int, actor: str = "", note: str = "") -> Decision:
        """From now on this price is asked.

        Raises NotFound, and Conflict where it is not approved, another price is in force than the one it was made from,
        or the rails would no longer let it pass: a state too old, a switch, a cool-down, its kin at other prices.
        """
        now = self._clock()
        with self._database.session() as session:
            self._turn(session, now)
            row, record = _get(session, id)
            told = record.quote
            changes = _changes(session, [row.product])[row.product]
            if changes[-1].price != told.current:
                raise Conflict(f"{row.product} is at {changes[-1].price} now, not at {told.current}: decide anew.")
            rails = msgspec.structs.replace(record.rails, off=record.rails.off | _switches(session))
            limits = msgspec.structs.replace(record.limits, history=_merged(record.limits.history, changes))
            # What was to be asked, not what the policy wished: a rail that held then must not hold a second time.
            again = guard(msgspec.structs.replace(told.proposal, price=told.price), record.state, rails, limits, now)
            if again.price != told.price:
                raise Conflict(
                    f"{told.price} would not pass the rails now: {', '.join(again.acted)}.", remedy="Decide anew."
                )
            _hold_together(session, record)
            return self._move(session, row, ("approved",), "applied", actor, note, now, told.price)

    def roll_back(self, id: int, actor: str = "", note: str = "") -> Decision:
        """The price before an applied decision is asked again.

        Raises NotFound, and Conflict where it is not applied, is not its product's latest change of price, or the price
        before would stand under what may be asked least.
        """
        now = self._clock()
        with self._database.session() as session:
            self._turn(session, now)
            row, record = _get(session, id)
            latest = _latest(session, [row.product])[row.product]
            if row.state == "applied" and latest.decision != id:
                raise Conflict(f"The price of {row.product} has changed since.", remedy="Roll back to a day instead.")
            if (fault := _under(record, record.quote.current)) is not None and row.state == "applied":
                raise Conflict(fault.detail)
            return self._move(session, row, ("applied",), "rolled-back", actor, note, now, record.quote.current)

    def roll_back_to(
        self, moment: datetime, products: Sequence[str] | None = None, actor: str = "", note: str = ""
    ) -> RolledBack:
        """Every price, or those of ``products``, as they were asked at that moment. A switch does not hold this back.

        Raises BadPrice for a moment that names no time zone or lies ahead.
        """
        now = self._clock()
        if moment.tzinfo is None or moment > now:
            raise BadPrice("Prices can be taken back to a time that has been, with its time zone.")
        prices: list[Asked] = []
        faults: list[Fault] = []
        with self._database.session() as session:
            self._turn(session, now)
            then = {one.product: one for one in _in_force(session, moment, products)}
            for asked in _in_force(session, None, products):
                product, before = asked.product, then.get(asked.product)
                if before is None or before.price == asked.price:
                    continue
                record = _newest_record(session, product)
                if record is not None and (fault := _under(record, before.price)) is not None:
                    faults.append(fault)
                    continue
                _log(session, now, product, None, "rolled-back", actor, note, before.price)
                session.execute(
                    update(DecisionRow)
                    .where(
                        DecisionRow.product == product,
                        DecisionRow.state == "applied",
                        DecisionRow.id.in_(_applied_after(product, moment)),
                    )
                    .values(state="rolled-back")
                )
                prices.append(Asked(product, before.price, now))
        return RolledBack(tuple(prices), tuple(faults))

    def get(self, id: int) -> Decision:
        """Raises NotFound."""
        with self._database.reading() as session:
            row, record = _get(session, id)
            return _decision(row, record)

    def list(
        self, state: Stage | None = None, product: str | None = None, before: int | None = None, most: int = 100
    ) -> tuple[Decision, ...]:
        """The latest first. before: only those with a lower id, for the next page."""
        query = select(DecisionRow).order_by(DecisionRow.id.desc()).limit(most)
        if state is not None:
            query = query.where(DecisionRow.state == state)
        if product is not None:
            query = query.where(DecisionRow.product == product)
        if before is not None:
            query = query.where(DecisionRow.id < before)
        with self._database.reading() as session:
            return tuple(_decision(row, _record(row)) for row in session.scalars(query))

    def history(self, product: str | None = None, before: int | None = None, most: int = 100) -> tuple[Entry, ...]:
        """Every step that was taken, the latest first. before: only those with a lower number, for the next page."""
        query = select(HistoryRow).order_by(HistoryRow.number.desc()).limit(most)
        if product is not None:
            query = query.where(HistoryRow.product == product)
        if before is not None:
            query = query.where(HistoryRow.number < before)
        with self._database.reading() as session:
            return tuple(map(_entry, session.scalars(query)))

    def prices(self, at: datetime | None = None) -> tuple[Asked, ...]:
        """What is asked now, or was at a moment, by product."""
        with self._database.reading() as session:
            return _in_force(session, at, None)

    def limits(self, products: Iterable[str], given: Mapping[str, Limits] | None = None) -> dict[str, Limits]:
        """Those given, with the changes of price in our own history beside theirs."""
        asked = list(products)
        with self._database.reading() as session:
            history = _changes(session, asked)
        return {product: _with_history(given, product, history) for product in asked}

    def switches(self) -> frozenset[str]:
        """Products, categories, or "*" for the shop, whose prices do not move."""
        with self._database.reading() as session:
            return _switches(session)

    def switch_off(self, what: Iterable[str]) -> frozenset[str]:
        """Let the prices of these, and of no others, stand still."""
        off = sorted(set(what))
        with self._database.session() as session:
            session.execute(delete(SwitchRow))
            if off:
                session.execute(insert(SwitchRow), [{"what": one} for one in off])
        return frozenset(off)

    def _turn(self, session: Session, now: datetime) -> None:
        """One process decides at a time. Raises Conflict where the clock has gone back."""
        if self._database.dialect == "postgresql":
            session.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": 0x50524943})
        last = session.scalar(select(func.max(HistoryRow.time)))
        if last is not None and now.timestamp() < last - AHEAD.total_seconds():
            raise Conflict(
                f"The clock says {now:%Y-%m-%d %H:%M}, and the history goes on to {_time(last):%Y-%m-%d %H:%M}.",
                remedy="Set the machine's clock.",
            )

    def _step(self, id: int, source: Sequence[str], step: Stage, actor: str, note: str) -> Decision:
        now = self._clock()
        with self._database.session() as session:
            self._turn(session, now)
            row, _ = _get(session, id)
            return self._move(session, row, source, step, actor, note, now, None)

    @staticmethod
    def _move(
        session: Session, row: DecisionRow, source: Sequence[str], step: Stage, actor: str, note: str, now: datetime,
        price: Money | None,
    ) -> Decision:  # fmt: skip
        if row.state not in source:
            raise Conflict(f"The decision {row.id} is {row.state}, so it cannot be {step}.")
        row.state = step
        _log(session, now, row.product, row.id, step, actor, note, price)
        session.flush()
        return _decision(row, _record(row))

    def _insert(
        self, session: Session, told: Quote, state: State, rails: Rails, limits: Limits,
        smaller: Sequence[tuple[str, str]], bundles: Mapping[str, Sequence[str]], before: State | None, actor: str,
        now: datetime,
    ) -> Decision:  # fmt: skip
        product = told.product
        record = Record(
            quote=told, state=state, rails=rails, limits=limits,
            smaller=tuple(pair for pair in smaller if product in pair),
            bundles={name: tuple(parts) for name, parts in bundles.items() if product == name or product in parts},
            explanation=explain(told.price, state, before),
        )  # fmt: skip
        row = DecisionRow(
            product=product, made=now.timestamp(), state="proposed", record=msgspec.msgpack.encode(record)
        )
        session.add(row)
        session.flush()
        _log(session, now, product, row.id, "proposed", actor, told.reason, None)
        if abs(told.price.minor - told.current.minor) <= self._approve_over * told.current.minor:
            row.state = "approved"
            _log(session, now, product, row.id, "approved", RULE, "", None)
        session.flush()
        return _decision(row, record)


def _note(session: Session, states: Sequence[State], history: dict[str, list[Change]], now: datetime) -> None:
    """Prices that we did not know, or that were changed elsewhere, into the history."""
    for state in states:
        known = history.setdefault(state.product, [])
        if fault_of(state, now) is None and (not known or known[-1].price != state.price):
            _log(session, now, state.product, None, "noted", "", "asked already", state.price)
            known.append(Change(now if known else now - MONTH, state.price))


def _log(
    session: Session, now: datetime, product: str, decision: int | None, step: Step, actor: str, note: str,
    price: Money | None,
) -> None:  # fmt: skip
    session.add(
        HistoryRow(
            time=now.timestamp(), product=product, decision=decision, step=step, actor=actor[:160], note=note,
            price=price.minor if price else None, currency=price.currency if price else None,
        )
    )  # fmt: skip


def _waiting(session: Session, products: Sequence[str]) -> dict[str, int]:
    """Decisions that are approved and not yet applied, by product."""
    found: dict[str, int] = {}
    for start in range(0, len(products), _PAGE):
        rows = select(DecisionRow.product, DecisionRow.id).where(
            DecisionRow.product.in_(products[start : start + _PAGE]), DecisionRow.state == "approved"
        )
        found |= {row.product: row.id for row in session.execute(rows)}
    return found


def _unfit(state: State, history: Sequence[Change], waiting: int | None) -> Fault | None:
    if waiting is not None:
        return Fault(state.product, "decided-already", f"Decision {waiting} is approved and not yet applied.")
    if history and history[-1].price != state.price and state.at.tzinfo is not None and state.at < history[-1].at:
        return Fault(state.product, "stale-state", f"Its state was read before its price became {history[-1].price}.")
    return None


def _with_history(limits: Mapping[str, Limits] | None, product: str, history: Mapping[str, Sequence[Change]]) -> Limits:
    given = (limits or {}).get(product, NOTHING)
    return msgspec.structs.replace(given, history=_merged(given.history, history.get(product, ())))


def _merged(given: Sequence[Change], known: Sequence[Change]) -> tuple[Change, ...]:
    """Theirs, and ours where they do not say; theirs are judged by :func:`quote`, so a time without zone stays."""
    if not known or any(change.at.tzinfo is None for change in given):
        return tuple(given)
    same = {(change.at, change.price) for change in given}
    return tuple(sorted([*given, *(one for one in known if (one.at, one.price) not in same)], key=lambda one: one.at))


def _supersede(session: Session, products: Sequence[str], now: datetime) -> None:
    for start in range(0, len(products), _PAGE):
        open_ones = select(DecisionRow).where(
            DecisionRow.product.in_(products[start : start + _PAGE]), DecisionRow.state == "proposed"
        )
        for row in session.scalars(open_ones).all():
            row.state = "rejected"
            _log(session, now, row.product, row.id, "rejected", "a later proposal", "superseded", None)
    session.flush()


def _switches(session: Session) -> frozenset[str]:
    return frozenset(session.scalars(select(SwitchRow.what)))


def _changes(session: Session, products: Iterable[str]) -> dict[str, list[Change]]:
    """Of each product, its prices in the order they came into force.

    The first that was noted was asked before, nobody said since when: it counts as no change of late.
    """
    asked = list(products)
    found: dict[str, list[Change]] = {}
    for start in range(0, len(asked), _PAGE):
        rows = select(HistoryRow).where(
            HistoryRow.product.in_(asked[start : start + _PAGE]), HistoryRow.price.is_not(None)
        )
        for row in session.scalars(rows.order_by(HistoryRow.number)):
            first = row.step == "noted" and row.product not in found
            at = _time(row.time) - MONTH if first else _time(row.time)
            found.setdefault(row.product, []).append(Change(at, _price(row)))
    return found


def _latest(session: Session, products: Sequence[str]) -> dict[str, HistoryRow]:
    """The last entry of each product that changed its price."""
    last = select(func.max(HistoryRow.number)).where(HistoryRow.product.in_(products), HistoryRow.price.is_not(None))
    rows = select(HistoryRow).where(HistoryRow.number.in_(last.group_by(HistoryRow.product)))
    return {row.product: row for row in session.scalars(rows)}


def _in_force(session: Session, at: datetime | None, products: Sequence[str] | None) -> tuple[Asked, ...]:
    last = select(func.max(HistoryRow.number)).where(HistoryRow.price.is_not(None)).group_by(HistoryRow.product)
    if at is not None:
        if at.tzinfo is None:
            raise BadPrice("A time must name its time zone.")
        last = last.where(HistoryRow.time <= at.timestamp())
    if products is not None:
        last = last.where(HistoryRow.product.in_(list(products)))
    rows = select(HistoryRow).where(HistoryRow.number.in_(last)).order_by(HistoryRow.product)
    return tuple(Asked(row.product, _price(row), _time(row.time)) for row in session.scalars(rows))


def _applied_after(product: str, moment: datetime):  # type: ignore[no-untyped-def]  # a subquery of decisions' ids
    return select(HistoryRow.decision).where(
        HistoryRow.product == product, HistoryRow.step == "applied", HistoryRow.time > moment.timestamp()
    )


def _last_states(session: Session, products: Sequence[str]) -> dict[str, State]:
    """What was known of each product when it was last decided on."""
    found: dict[str, State] = {}
    for start in range(0, len(products), _PAGE):
        page = products[start : start + _PAGE]
        last = select(func.max(DecisionRow.id)).where(DecisionRow.product.in_(page)).group_by(DecisionRow.product)
        for row in session.scalars(select(DecisionRow).where(DecisionRow.id.in_(last))):
            found[row.product] = _record(row).state
    return found


def _newest_record(session: Session, product: str) -> Record | None:
    rows = select(DecisionRow).where(DecisionRow.product == product).order_by(DecisionRow.id.desc()).limit(1)
    row = session.scalar(rows)
    return None if row is None else _record(row)


def _under(record: Record, price: Money) -> Fault | None:
    floor, rail = least(record.state, record.rails, record.limits)
    if price.minor >= floor:
        return None
    lowest = Money(floor, price.currency)
    return Fault(record.quote.product, rail, f"{record.quote.product} at {price} would stand under {lowest}.")


def _hold_together(session: Session, record: Record) -> None:
    """Raises Conflict where the price would break with those in force of its kin."""
    kin = {one for pair in record.smaller for one in pair} | {
        one for bundle, parts in record.bundles.items() for one in (bundle, *parts)
    }
    asked = {one.product: one.price for one in _in_force(session, None, sorted(kin))} if kin else {}
    asked[record.quote.product] = record.quote.price
    for _, why in breaches(asked, record.smaller, record.bundles):
        raise Conflict(why, remedy="Apply their decisions in order.")


def _get(session: Session, id: int) -> tuple[DecisionRow, Record]:
    row = session.get(DecisionRow, id)
    if row is None:
        raise NotFound(f"There is no decision {id}.")
    return row, _record(row)


def _record(row: DecisionRow) -> Record:
    return msgspec.msgpack.decode(row.record, type=Record)


def _decision(row: DecisionRow, record: Record) -> Decision:
    return Decision(
        id=row.id, product=row.product, state=row.state, made=_time(row.made), quote=record.quote,  # type: ignore[arg-type]
        explanation=record.explanation, inputs=record.state,
    )  # fmt: skip


def _entry(row: HistoryRow) -> Entry:
    return Entry(
        number=row.number, time=_time(row.time), product=row.product, decision=row.decision, step=row.step,  # type: ignore[arg-type]
        actor=row.actor, note=row.note, price=None if row.price is None else _price(row),
    )  # fmt: skip


def _price(row: HistoryRow) -> Money:
    assert row.price is not None and row.currency is not None  # noqa: PT018
    return Money(row.price, row.currency)


def _time(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
