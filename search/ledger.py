"""What an ingest has dealt with so far: kept in the database, so that another process can take it up."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from core import Database
from core.errors import NotFound
from search.products import Fault
from search.tables import FaultRow, IngestRow, ProductRow, SeenRow

_PAGE = 500


class IngestResult(msgspec.Struct, frozen=True):
    """What an ingest did, or has done so far.

    version: the index version written; row: the last row dealt with; added, changed, unchanged, failed: rows;
    deleted: products that the file no longer lists.
    """

    id: str
    version: int
    row: int
    added: int
    changed: int
    unchanged: int
    failed: int
    deleted: int
    finished: bool


class Ledger:
    """The record of one ingest."""

    def __init__(self, database: Database, ingest_id: str) -> None:
        self._database = database
        self.id = ingest_id

    def begun(self) -> IngestResult | None:
        """What was done so far, or None before :meth:`begin`."""
        with self._database.reading() as session:
            row = session.get(IngestRow, self.id)
            return None if row is None else _result(row)

    def result(self) -> IngestResult:
        """What was done so far. Raises NotFound before :meth:`begin`."""
        done = self.begun()
        if done is None:
            raise NotFound(f"There is no ingest {self.id!r}.")
        return done

    def begun_on(self, source: str) -> bool:
        """Whether the record is about this state of the file."""
        with self._database.reading() as session:
            return session.scalar(select(IngestRow.source).where(IngestRow.id == self.id)) == source

    def begin(self, catalogue: str, source: str, version_id: int) -> None:
        """Begin the record anew."""
        with self._database.session() as session:
            for table, key in ((FaultRow, FaultRow.ingest_id), (SeenRow, SeenRow.ingest_id), (IngestRow, IngestRow.id)):
                session.execute(delete(table).where(key == self.id))
            session.execute(delete(SeenRow))  # of ingests that were never taken up again; only one runs at a time
            row = {"id": self.id, "catalogue": catalogue, "source": source, "version_id": version_id, "finished": False}
            counts = dict.fromkeys(("row", "added", "changed", "unchanged", "failed", "deleted"), 0)
            session.execute(insert(IngestRow).values(**row, **counts))

    def first_rows(self, ids: Sequence[str]) -> dict[str, int]:
        """In which row an id was met first, of those that were."""
        with self._database.reading() as session:
            rows = session.execute(
                select(SeenRow.product_id, SeenRow.row).where(SeenRow.ingest_id == self.id, SeenRow.product_id.in_(ids))
            )
            return dict(rows.all())

    def record(
        self, session: Session, row: int, counts: Mapping[str, int], seen: Mapping[str, int], faults: Sequence[Fault]
    ) -> None:
        """Note that everything up to ``row`` is dealt with, in the transaction that does so."""
        values: dict[str, object] = {name: IngestRow.__table__.c[name] + count for name, count in counts.items()}
        session.execute(update(IngestRow).where(IngestRow.id == self.id).values(row=row, **values))
        if seen:
            session.execute(
                insert(SeenRow), [{"ingest_id": self.id, "product_id": one, "row": at} for one, at in seen.items()]
            )
        ordinals: dict[int, int] = {}
        rows = []
        for fault in faults:
            ordinal = ordinals.get(fault.row, -1) + 1
            ordinals[fault.row] = ordinal
            rows.append(
                {
                    "ingest_id": self.id,
                    "row": fault.row,
                    "ordinal": ordinal,
                    "product_id": fault.id,
                    "field": fault.field,
                    "reason": fault.reason,
                }
            )
        if rows:
            session.execute(insert(FaultRow), rows)

    def count_deleted(self, session: Session, count: int) -> None:
        """Count products deleted, in the transaction that deletes them."""
        session.execute(update(IngestRow).where(IngestRow.id == self.id).values(deleted=IngestRow.deleted + count))

    def missing(self) -> Iterator[list[str]]:
        """Ids of products that the file did not list, in pages; to be deleted before the next page is asked for."""
        seen = select(SeenRow.product_id).where(SeenRow.ingest_id == self.id, SeenRow.product_id == ProductRow.id)
        while True:
            with self._database.reading() as session:
                ids = list(session.scalars(select(ProductRow.id).where(~seen.exists()).limit(_PAGE)))
            if not ids:
                return
            yield ids

    def finish(self) -> IngestResult:
        """Note that nothing is left to do, and forget which ids were met."""
        with self._database.session() as session:
            session.execute(delete(SeenRow).where(SeenRow.ingest_id == self.id))
            session.execute(update(IngestRow).where(IngestRow.id == self.id).values(finished=True))
        return self.result()


def read_faults(database: Database, ingest_id: str) -> Iterator[Fault]:
    """All faults of an ingest by row, streamed. Raises NotFound, at the first one, when there is no such ingest."""
    Ledger(database, ingest_id).result()
    after = (-1, -1)
    while True:
        with database.reading() as session:
            rows = session.scalars(
                select(FaultRow)
                .where(
                    FaultRow.ingest_id == ingest_id,
                    (FaultRow.row > after[0]) | ((FaultRow.row == after[0]) & (FaultRow.ordinal > after[1])),
                )
                .order_by(FaultRow.row, FaultRow.ordinal)
                .limit(_PAGE)
            ).all()
        if not rows:
            return
        yield from (Fault(row.row, row.product_id, row.field, row.reason) for row in rows)
        after = (rows[-1].row, rows[-1].ordinal)


def _result(row: IngestRow) -> IngestResult:
    return IngestResult(
        id=row.id,
        version=row.version_id,
        row=row.row,
        added=row.added,
        changed=row.changed,
        unchanged=row.unchanged,
        failed=row.failed,
        deleted=row.deleted,
        finished=row.finished,
    )
