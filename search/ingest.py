"""Catalogue ingest: a file of products becomes rows in the database and vectors in the index.

The database is the truth, and what is done to it for a batch of rows is one transaction: products, vectors, faults and
how far the file is dealt with. The index follows: written before the batch is committed, so that what is new is found
at once, and made equal to the database at the end. Whenever the process dies, the same ingest taken up again ends
where an undisturbed one does.
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Literal

import msgspec

from core.errors import BadCatalogue, IndexMismatch
from core.settings import Settings
from search import graph
from search.catalogue import Catalogue, Entry, Version
from search.encoding import Done, Encoder, Engine, Task
from search.index import Index
from search.ledger import IngestResult, Ledger
from search.locks import turn
from search.products import Fault, Product
from search.publish import publish, upsert
from search.rows import Row, read_rows

_LOOKAHEAD = 64  # rows that are looked up in the database in one query


class Progress(msgspec.Struct, frozen=True):
    """How far an ingest is. done: the row dealt with last, or how many products are published; total: None if unknown."""

    stage: Literal["rows", "publish"]
    done: int
    total: int | None = None


class Ingest:
    """Ingests into one catalogue and index with one encoder."""

    def __init__(self, settings: Settings, catalogue: Catalogue, index: Index, encoder: Encoder) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._index = index
        self._encoder = encoder

    def run(
        self,
        ingest_id: str,
        path: Path,
        engine: Engine,
        *,
        rebuild: bool = False,
        partial: bool = False,
        progress: Callable[[Progress], None] = lambda _: None,
    ) -> IngestResult:
        """Ingest a catalogue file; with the id of an ingest that was cut short, take that up.

        rebuild: encode everything anew, into an index version built beside the live one, and swap them at the end.
        partial: the file lists some products only, and the others stay; else they are deleted.
        progress: called after every batch; what it raises ends the ingest, which can be taken up again.
        A row that fails leaves its product as it was. Raises Conflict while another ingest runs, BadCatalogue when the
        file cannot be read or no row of it is good, IndexMismatch when the live version is of another encoder.
        """
        with turn(self._catalogue.database, self._settings.home, "ingest", wait=False):
            ledger = Ledger(self._catalogue.database, ingest_id)
            begun = ledger.begun()
            if begun is not None and begun.finished:
                return begun
            version = self._begin(ledger, path, rebuild)
            stale = version.dirty
            self._catalogue.mark(version.id, dirty=True)
            stale = self._rows(ledger, version, path, engine, progress) or stale
            if not partial:
                stale |= self._delete_missing(ledger)
            live = self._catalogue.live()
            if live is not None and live.id != version.id:  # rows that failed, and those that a partial file lacks
                self._catalogue.carry_over(live, version)
            publish(
                self._catalogue,
                self._index,
                self._settings,
                self._catalogue.version(version.id),
                stale=stale,
                kept=graph.colours(self._encoder),
                progress=lambda done, total: progress(Progress("publish", done, total)),
            )
            return ledger.finish()

    def _begin(self, ledger: Ledger, path: Path, rebuild: bool) -> Version:
        source = _source(path)
        begun = ledger.begun()
        if begun is not None and ledger.begun_on(source):
            version = next((v for v in self._catalogue.versions() if v.id == begun.version), None)
            if version is not None and version.state in ("building", "live") and self._fits(version):
                return version
        version = self._target(rebuild)
        ledger.begin(str(path), source, version.id)
        return version

    def _target(self, rebuild: bool) -> Version:
        live = self._catalogue.live()
        building = self._catalogue.building()
        if live is None and building is not None and not rebuild and self._fits(building):
            return building  # a first ingest that was cut short: what it encoded is not encoded again
        if live is None or rebuild:
            return self._catalogue.begin_version(self._encoder.tag, self._encoder.dim)
        if not self._fits(live):
            raise IndexMismatch(
                f"The live index was made by {live.encoder}, the settings say {self._encoder.tag}.",
                remedy="Build it anew with `shopglass ingest CATALOG --rebuild`, or set models.encoder back.",
            )
        return live

    def _fits(self, version: Version) -> bool:
        return (version.encoder, version.dim) == (self._encoder.tag, self._encoder.dim)

    # Rows

    def _rows(
        self, ledger: Ledger, version: Version, path: Path, engine: Engine, progress: Callable[[Progress], None]
    ) -> bool:
        """Deal with all rows that are left; whether any vector changed."""
        tasks = _Tasks(self._catalogue, ledger, version)
        vectors_changed = False
        with closing(tasks.of(read_rows(path))) as waiting, closing(engine(waiting)) as batches:
            for batch in batches:
                vectors_changed |= self._commit(ledger, version, batch, tasks.first_met(batch))
                progress(Progress("rows", batch[-1].row.number))
        done = ledger.result()
        if done.added + done.changed + done.unchanged == 0:  # nor must everything be deleted for it
            raise BadCatalogue(f"No row of {path.name} is a product.", remedy="See the list of errors.")
        return vectors_changed

    def _commit(self, ledger: Ledger, version: Version, batch: Sequence[Done], seen: Mapping[str, int]) -> bool:
        stored = self._catalogue.stored([done.row.product.id for done in batch if done.row.product], version.id)
        counts = dict.fromkeys(("added", "changed", "unchanged", "failed"), 0)
        faults: list[Fault] = []
        encoded: list[Entry] = []
        products: list[Product] = []  # with other fields, and the picture they had
        for done in batch:
            faults += done.row.faults
            product = done.row.product
            if done.fault is not None:
                faults.append(done.fault)
            if product is None or done.fault is not None or done.picture is None:
                counts["failed"] += 1
                continue
            before = stored.get(product.id)
            if done.own is not None:
                encoded.append(Entry(product, done.picture, done.own))
            elif before is None or before.product != product:
                products.append(product)
            else:
                counts["unchanged"] += 1
                continue
            counts["added" if before is None else "changed"] += 1
        with turn(self._catalogue.database, self._settings.home, "write", wait=True):
            if version.state == "live":
                upsert(self._catalogue, self._index, version, encoded, products)
            with self._catalogue.database.session() as session:
                self._catalogue.write(session, version.id, encoded)
                self._catalogue.write_products(session, products)
                ledger.record(session, batch[-1].row.number, counts, seen, faults)
        return bool(encoded)

    def _delete_missing(self, ledger: Ledger) -> bool:
        deleted = False
        for ids in ledger.missing():
            deleted = True
            with turn(self._catalogue.database, self._settings.home, "write", wait=True):
                live = self._catalogue.live()
                if live is not None:
                    self._index.delete(live.collection, ids)
                with self._catalogue.database.session() as session:
                    self._catalogue.remove(session, ids)
                    ledger.count_deleted(session, len(ids))
        return deleted


class _Tasks:
    """Rows as tasks: those dealt with are passed over, an id that comes again is a fault, known pictures are noted."""

    def __init__(self, catalogue: Catalogue, ledger: Ledger, version: Version) -> None:
        self._catalogue = catalogue
        self._ledger = ledger
        self._version = version
        self._met: dict[str, int] = {}  # id → its first row, of rows on their way

    def of(self, rows: Iterator[Row]) -> Generator[Task, None, None]:
        done = self._ledger.result().row
        left = (row for row in rows if row.number > done)
        while chunk := list(islice(left, _LOOKAHEAD)):
            ids = [row.id for row in chunk if row.id is not None]
            earlier = self._ledger.first_rows(ids)
            stored = self._catalogue.stored(ids, self._version.id)
            # Settled for the whole chunk before any of it goes on its way: what is on its way may be committed meanwhile.
            firsts = {
                one: earlier.get(one) or self._met.setdefault(one, row.number) for row in chunk if (one := row.id)
            }
            for row in chunk:
                first = firsts.get(row.id or "")
                if row.product is not None and first != row.number:
                    twice = Fault(row.number, row.id, "id", f"stands already in row {first}")
                    yield Task(Row(row.number, None, (*row.faults, twice)))
                else:
                    known = stored.get(row.id or "")
                    yield Task(row, None if known is None else known.picture)

    def first_met(self, batch: Sequence[Done]) -> dict[str, int]:
        """The ids that were met first in this batch, with their rows. The batch is to be committed next."""
        found = {}
        for done in batch:
            product_id = done.row.id
            if product_id is not None and self._met.get(product_id) == done.row.number:
                found[product_id] = self._met.pop(product_id)
        return found


def _source(path: Path) -> str:
    try:
        status = path.stat()
    except OSError as error:
        raise BadCatalogue(f"{path.name} cannot be read: {error.strerror}.") from error
    return f"{status.st_size}-{status.st_mtime_ns}"
