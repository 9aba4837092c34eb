"""Orders of a shop: proposed from its forecasts and stocks, changed, approved or rejected by a buyer."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import msgspec
from sqlalchemy import Float, Text, delete, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core import Base, Database, Query, read_table
from core.errors import BadRequest, BadSales, Conflict, NotFound
from forecasting.cleaning import Refusal
from forecasting.explaining import Told
from forecasting.replenishment.demand import told_outlook
from forecasting.replenishment.policies import Item, Proposal, policy, within

State = Literal["proposed", "approved", "rejected"]
FIELDS = ("on_hand", "on_order", "backlog", "cost", "holding", "short", "fixed", "service")
WHOLE = ("review", "multiple", "minimum", "shelf_life")


class OrderRow(Base):
    """One order. proposal: a :class:`Proposal` as JSON; quantity: as it stands now."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    sku: Mapped[str]
    made: Mapped[float] = mapped_column(Float)
    changed: Mapped[float] = mapped_column(Float)
    state: Mapped[str]
    quantity: Mapped[int]
    proposal: Mapped[str] = mapped_column(Text)


class PurchaseOrder(msgspec.Struct, frozen=True):
    """proposal: as it was made; quantity: as a buyer left it."""

    id: int
    state: State
    quantity: int
    made: datetime
    proposal: Proposal


class Planned(msgspec.Struct, frozen=True):
    """What came of a plan. refused: products without an order, and why."""

    proposals: tuple[Proposal, ...]
    refused: tuple[Refusal, ...]
    cost: float


def plan(
    forecasts: Sequence[Told],
    stocks: dict[str, dict[str, Any]],
    tag: str = "RS",
    budget: float | None = None,
    capacity: float | None = None,
) -> Planned:
    """An order for every product with a stock. stocks: by product, fields of :class:`Item`, ``lead_time`` and
    ``lead_time_spread`` in periods. Raises NotFound for a policy that there is not, and BadRequest for bounds below 0."""
    chosen = policy(tag)
    told = {one.sku: one for one in forecasts}
    items: list[Item] = []
    refused: list[Refusal] = []
    for sku, fields in stocks.items():
        if sku not in told:
            refused.append(Refusal(sku, "there is no forecast of it"))
            continue
        try:
            items.append(_item(told[sku], fields))
        except (ValueError, TypeError) as error:
            refused.append(Refusal(sku, str(error)))
    proposals = within([chosen.propose(one) for one in items], items, budget, capacity)
    return Planned(tuple(proposals), tuple(refused), round(sum(one.cost for one in proposals), 2))


def read_stocks(source: Path | Query) -> dict[str, dict[str, Any]]:
    """A CSV, JSON Lines or Parquet table, or a query's, with ``sku`` and ``on_hand``, and what else an item has. Raises BadTable
    and BadSales."""
    table = read_table(source)
    if missing := {"sku", "on_hand"} - set(table.columns):
        raise BadSales(
            f"There is no column {', '.join(sorted(missing))}.", remedy="A table of stocks has sku and on_hand."
        )
    return {str(row["sku"]): {name: value for name, value in row.items() if name != "sku" and value is not None} for row in table.to_dicts()}  # fmt: skip


def _item(told: Told, fields: dict[str, Any]) -> Item:
    unknown = set(fields) - {*FIELDS, *WHOLE, "lead_time", "lead_time_spread"}
    if unknown:
        raise ValueError(f"{told.sku}: there is no {', '.join(sorted(unknown))}")
    numbers: dict[str, Any] = {name: float(fields[name]) for name in FIELDS if name in fields}
    whole: dict[str, Any] = {name: int(fields[name]) for name in WHOLE if name in fields}
    times = float(fields.get("lead_time", 7.0)), float(fields.get("lead_time_spread", 0.0))
    return Item(sku=told.sku, outlook=told_outlook(told), lead_time=times, **{"on_hand": 0.0, **numbers}, **whole)


class PurchaseOrders:
    """Those of a database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def propose(self, planned: Planned) -> tuple[PurchaseOrder, ...]:
        """Keep orders in place of those proposed before that nobody decided on; those for nothing are left out."""
        now = datetime.now(UTC).timestamp()
        rows = [
            {"sku": one.sku, "made": now, "changed": now, "state": "proposed", "quantity": one.quantity,
             "proposal": msgspec.json.encode(one).decode()}
            for one in planned.proposals if one.quantity > 0
        ]  # fmt: skip
        with self._database.session() as session:
            session.execute(delete(OrderRow).where(OrderRow.state == "proposed"))
            if rows:
                session.execute(insert(OrderRow), rows)
        return self.list("proposed")

    def list(self, state: State | None = None, most: int = 1000) -> tuple[PurchaseOrder, ...]:
        """The latest first, by product."""
        query = select(OrderRow).order_by(OrderRow.made.desc(), OrderRow.sku).limit(most)
        if state is not None:
            query = query.where(OrderRow.state == state)
        with self._database.reading() as session:
            return tuple(map(_order, session.scalars(query)))

    def decide(self, id: int, state: Literal["approved", "rejected"], quantity: int | None = None) -> PurchaseOrder:
        """Approve, with another quantity if one is given, or reject. Raises NotFound, BadRequest, and Conflict where it is
        decided already."""
        if quantity is not None and not 0 < quantity <= 10**9:
            raise BadRequest("A quantity is a whole number above 0.")
        values: dict[str, Any] = {"state": state, "changed": datetime.now(UTC).timestamp()}
        if quantity is not None:
            values["quantity"] = quantity
        with self._database.session() as session:
            done = session.execute(
                update(OrderRow).where(OrderRow.id == id, OrderRow.state == "proposed").values(**values)
            )
            row = session.get(OrderRow, id)
            if row is None:
                raise NotFound(f"There is no order {id}.")
            if not done.rowcount:  # type: ignore[attr-defined]
                raise Conflict(f"The order {id} is {row.state} already.")
            return _order(row)


def _order(row: OrderRow) -> PurchaseOrder:
    proposal = msgspec.json.decode(row.proposal, type=Proposal)
    return PurchaseOrder(row.id, row.state, row.quantity, datetime.fromtimestamp(row.made, UTC), proposal)  # type: ignore[arg-type]
