"""The catalogue: products, their own vectors, and which index version is live."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Literal

import msgspec
import numpy as np
from sqlalchemy import delete, func, insert, literal, select, update
from sqlalchemy.orm import Session

from core import Database
from core.errors import Conflict, NotFound
from search import lexical
from search.products import FIELDS, Product
from search.tables import ProductRow, VectorRow, VersionRow

State = Literal["building", "live", "previous", "dropped"]


_COLUMNS = [getattr(ProductRow, name) for name in FIELDS]


class Version(msgspec.Struct, frozen=True):
    """One index version. encoder: tag of what made its vectors; dim: their length.

    dirty: the index is to be reconciled with the catalogue; smoothed: vectors in the index are drawn towards their
    neighbours, because the catalogue comes in kinds.
    """

    id: int
    collection: str
    encoder: str
    dim: int
    state: State
    dirty: bool
    smoothed: bool
    created: datetime


class Entry(msgspec.Struct, frozen=True):
    """A product to be stored, with the SHA-256 of its picture's bytes and its own vector, (dim,) float32."""

    product: Product
    picture: bytes
    own: np.ndarray


class Stored(msgspec.Struct, frozen=True):
    """What the catalogue holds of a product for one index version; picture is None where it has no vector there."""

    product: Product
    picture: bytes | None


MOST_ASKED = 10_000
"""Ids in one question: SQLite takes 32,766 values, PostgreSQL 65,535."""


class Catalogue:
    """Products and index versions in the database. Safe to share between threads: every call has its own session."""

    def __init__(self, database: Database) -> None:
        self.database = database

    # Products

    def get(self, product_id: str) -> Product:
        """The product of this id. Raises NotFound."""
        found = self.get_many([product_id])
        if not found:
            raise NotFound(f"There is no product {product_id!r}.")
        return found[product_id]

    def get_many(self, ids: Iterable[str]) -> dict[str, Product]:
        """The products of these ids, those that there are."""
        asked = list(ids)
        found: dict[str, Product] = {}
        with self.database.reading() as session:
            for start in range(0, len(asked), MOST_ASKED):
                # Columns and not rows of the mapper: every search asks for hundreds, and it takes a third of the time.
                rows = session.execute(select(*_COLUMNS).where(ProductRow.id.in_(asked[start : start + MOST_ASKED])))
                found |= {row.id: Product(**row._mapping) for row in rows}
        return found

    def page(self, *, after: str = "", limit: int = 100) -> list[Product]:
        """Up to ``limit`` products by id, those whose id comes after ``after``."""
        with self.database.reading() as session:
            rows = session.scalars(select(ProductRow).where(ProductRow.id > after).order_by(ProductRow.id).limit(limit))
            return [_product(row) for row in rows]

    def ids(self) -> list[str]:
        """The ids of all products, in order: 0.1 s for 100,000."""
        with self.database.reading() as session:
            return list(session.scalars(select(ProductRow.id).order_by(ProductRow.id)))

    def count(self) -> int:
        """How many products there are."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(ProductRow)) or 0

    def stored(self, ids: Sequence[str], version_id: int) -> dict[str, Stored]:
        """What is known of these ids, with the picture behind their vector in the given index version."""
        with self.database.reading() as session:
            rows = session.execute(
                select(ProductRow, VectorRow.picture)
                .join(
                    VectorRow,
                    (VectorRow.product_id == ProductRow.id) & (VectorRow.version_id == version_id),
                    isouter=True,
                )
                .where(ProductRow.id.in_(ids))
            )
            return {row.id: Stored(_product(row), picture) for row, picture in rows}

    def write(self, session: Session, version_id: int, entries: Sequence[Entry]) -> None:
        """Store products and their vectors for one index version, in the caller's transaction; the same id is replaced."""
        if not entries:
            return
        self.write_products(session, [entry.product for entry in entries])
        ids = [entry.product.id for entry in entries]
        session.execute(delete(VectorRow).where(VectorRow.version_id == version_id, VectorRow.product_id.in_(ids)))
        rows = [
            {
                "version_id": version_id,
                "product_id": entry.product.id,
                "picture": entry.picture,
                "own": np.asarray(entry.own, "<f4").tobytes(),
            }
            for entry in entries
        ]
        session.execute(insert(VectorRow), rows)

    def write_products(self, session: Session, products: Sequence[Product]) -> None:
        """Store products whose pictures, and so vectors, are as they were; in the caller's transaction."""
        if not products:
            return
        session.execute(delete(ProductRow).where(ProductRow.id.in_([product.id for product in products])))
        session.execute(insert(ProductRow), [msgspec.structs.asdict(product) for product in products])
        lexical.put(session, products)

    def remove(self, session: Session, ids: Sequence[str]) -> None:
        """Take products out, with their vectors of every index version; in the caller's transaction."""
        session.execute(delete(VectorRow).where(VectorRow.product_id.in_(ids)))
        session.execute(delete(ProductRow).where(ProductRow.id.in_(ids)))
        lexical.remove(session, ids)

    # Vectors

    def own_vectors(self, version: Version, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The products' own vectors, (dim,) float32 each, those that there are."""
        found: dict[str, np.ndarray] = {}
        with self.database.reading() as session:
            for start in range(0, len(ids), MOST_ASKED):
                rows = session.execute(
                    select(VectorRow.product_id, VectorRow.own).where(
                        VectorRow.version_id == version.id, VectorRow.product_id.in_(ids[start : start + MOST_ASKED])
                    )
                )
                found |= {product_id: np.frombuffer(own, "<f4") for product_id, own in rows}
        return found

    def iterate(self, version: Version, batch: int = 1000) -> Iterator[tuple[list[Product], np.ndarray]]:
        """All products that have a vector in this version, by id, with their own vectors (≤ batch, dim) float32."""
        after = ""
        while True:
            with self.database.reading() as session:
                rows = session.execute(
                    select(ProductRow, VectorRow.own)
                    .join(VectorRow, VectorRow.product_id == ProductRow.id)
                    .where(VectorRow.version_id == version.id, VectorRow.product_id > after)
                    .order_by(VectorRow.product_id)
                    .limit(batch)
                ).all()
                products = [_product(row) for row, _ in rows]
            if not products:
                return
            yield products, np.frombuffer(b"".join(own for _, own in rows), "<f4").reshape(len(rows), version.dim)
            after = products[-1].id

    # Index versions

    def live(self) -> Version | None:
        """The version that queries are answered from, or None before the first ingest."""
        return self._in_state("live")

    def building(self) -> Version | None:
        """The version that is being built beside the live one, if any."""
        return self._in_state("building")

    def versions(self) -> list[Version]:
        """All versions, oldest first."""
        with self.database.reading() as session:
            return [_version(row) for row in session.scalars(select(VersionRow).order_by(VersionRow.id))]

    def version(self, version_id: int) -> Version:
        """The version of this id. Raises NotFound."""
        with self.database.reading() as session:
            row = session.get(VersionRow, version_id)
            if row is None:
                raise NotFound(f"There is no index version {version_id}.")
            return _version(row)

    def begin_version(self, encoder: str, dim: int) -> Version:
        """Begin a version to be built; one that was being built before is marked as dropped."""
        with self.database.session() as session:
            session.execute(update(VersionRow).where(VersionRow.state == "building").values(state="dropped"))
            number = (session.scalar(select(func.max(VersionRow.id))) or 0) + 1
            now = datetime.now(UTC)
            collection = f"products_{number}_{now:%Y%m%d%H%M%S%f}"  # never used twice, even where a number is
            row = VersionRow(
                id=number, collection=collection, encoder=encoder, dim=dim, state="building", dirty=True, created=now
            )
            session.add(row)
            session.flush()
            return _version(row)

    def swap(self, version_id: int) -> Version:
        """Make the version being built the live one; the live one becomes the previous, the previous is dropped.

        One transaction: a query sees the one or the other. Raises Conflict when the version is not being built.
        """
        with self.database.session() as session:
            row = session.get(VersionRow, version_id)
            if row is None or row.state != "building":
                raise Conflict(f"Index version {version_id} is not being built.")
            session.execute(update(VersionRow).where(VersionRow.state == "previous").values(state="dropped"))
            session.execute(update(VersionRow).where(VersionRow.state == "live").values(state="previous"))
            row.state = "live"
            session.flush()
            return _version(row)

    def rollback(self) -> Version:
        """Exchange live and previous version; returns the one now live. Raises Conflict when there is no previous one."""
        with self.database.session() as session:
            previous = session.scalars(select(VersionRow).where(VersionRow.state == "previous")).one_or_none()
            if previous is None:
                raise Conflict("There is no previous index version to go back to.")
            session.execute(update(VersionRow).where(VersionRow.state == "live").values(state="previous"))
            previous.state, previous.dirty = "live", True
            session.flush()
            return _version(previous)

    def carry_over(self, source: Version, target: Version) -> None:
        """Give ``target`` the vectors of products that it has none of, from a version of the same encoder."""
        if (source.encoder, source.dim) != (target.encoder, target.dim):
            return
        there = select(VectorRow.product_id).where(VectorRow.version_id == target.id)
        missing = select(literal(target.id), VectorRow.product_id, VectorRow.picture, VectorRow.own).where(
            VectorRow.version_id == source.id, VectorRow.product_id.not_in(there)
        )
        with self.database.session() as session:
            columns = ["version_id", "product_id", "picture", "own"]
            session.execute(insert(VectorRow).from_select(columns, missing))

    def mark(self, version_id: int, *, dirty: bool) -> None:
        """Note that the version's collection may differ from the catalogue, or that it no longer does."""
        with self.database.session() as session:
            session.execute(update(VersionRow).where(VersionRow.id == version_id).values(dirty=dirty))

    def note_smoothed(self, version_id: int, smoothed: bool) -> None:
        """Note whether the version's vectors are drawn towards their neighbours."""
        with self.database.session() as session:
            session.execute(update(VersionRow).where(VersionRow.id == version_id).values(smoothed=smoothed))

    def forget(self, version_id: int) -> None:
        """Take a dropped version and its vectors out, once its collection is gone."""
        with self.database.session() as session:
            row = session.get(VersionRow, version_id)
            if row is not None and row.state == "dropped":
                session.execute(delete(VectorRow).where(VectorRow.version_id == version_id))
                session.delete(row)

    def _in_state(self, state: State) -> Version | None:
        with self.database.reading() as session:
            row = session.scalars(select(VersionRow).where(VersionRow.state == state)).one_or_none()
            return None if row is None else _version(row)


def _product(row: ProductRow) -> Product:
    return Product(**{name: getattr(row, name) for name in FIELDS})


def _version(row: VersionRow) -> Version:
    created = row.created if row.created.tzinfo else row.created.replace(tzinfo=UTC)  # SQLite keeps no zone
    return Version(
        id=row.id,
        collection=row.collection,
        encoder=row.encoder,
        dim=row.dim,
        state=row.state,  # type: ignore[arg-type]
        dirty=row.dirty,
        smoothed=row.smoothed,
        created=created,
    )
