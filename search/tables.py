"""Tables of the catalogue: products, index versions and their vectors, ingests and their faults.

The database is the truth and the index is made from it: a product's own vector is kept here, once for every index
version, as the encoder gave it; what stands in Milvus may be smoothed over its neighbours.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, ForeignKey, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

from core import Base
from search.products import ID_LENGTH


class Exact(TypeDecorator[Decimal]):
    """A decimal kept as its own digits: SQLite has no decimals, and a price must come back as it was given."""

    impl = String(40)
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> Decimal | None:
        return None if value is None else Decimal(value)


class ProductRow(Base):
    """A product as it was last given."""

    __tablename__ = "products"

    id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    title: Mapped[str] = mapped_column(Text)
    category: Mapped[str] = mapped_column(Text, index=True)
    price: Mapped[Decimal] = mapped_column(Exact)
    currency: Mapped[str] = mapped_column(String(3))
    image: Mapped[str] = mapped_column(Text)
    description: Mapped[str] = mapped_column(Text)
    brand: Mapped[str] = mapped_column(Text)
    stock: Mapped[int | None] = mapped_column(BigInteger)
    attributes: Mapped[dict[str, str]] = mapped_column(JSON)


class VersionRow(Base):
    """One index version. state: building, live, previous (at most one of each) or dropped, until its collection is gone.

    dirty: the collection may differ from what products and vectors say, and must be reconciled.
    smoothed: its vectors are drawn towards their neighbours (:mod:`search.graph`).
    """

    __tablename__ = "index_versions"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    collection: Mapped[str] = mapped_column(String(100), unique=True)
    encoder: Mapped[str] = mapped_column(Text)
    dim: Mapped[int] = mapped_column(Integer)
    state: Mapped[str] = mapped_column(String(16))
    dirty: Mapped[bool] = mapped_column(default=False)
    smoothed: Mapped[bool] = mapped_column(default=False)
    created: Mapped[datetime] = mapped_column(DateTime(timezone=True))


class VectorRow(Base):
    """A product's own vector in one index version. picture: SHA-256 of the bytes it was made from."""

    __tablename__ = "vectors"

    version_id: Mapped[int] = mapped_column(ForeignKey("index_versions.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    picture: Mapped[bytes] = mapped_column(LargeBinary(32))
    own: Mapped[bytes] = mapped_column(LargeBinary)


class IngestRow(Base):
    """One ingest, by the id of its job. row: the last one whose outcome is stored; source: size and time of the file."""

    __tablename__ = "ingests"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    catalogue: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(64))
    version_id: Mapped[int] = mapped_column(Integer)
    row: Mapped[int] = mapped_column(BigInteger, default=0)
    added: Mapped[int] = mapped_column(BigInteger, default=0)
    changed: Mapped[int] = mapped_column(BigInteger, default=0)
    unchanged: Mapped[int] = mapped_column(BigInteger, default=0)
    failed: Mapped[int] = mapped_column(BigInteger, default=0)
    deleted: Mapped[int] = mapped_column(BigInteger, default=0)
    finished: Mapped[bool] = mapped_column(default=False)


class SeenRow(Base):
    """An id that a running ingest has met, with its first row: finds duplicates and what is missing. Emptied at its end."""

    __tablename__ = "ingest_seen"

    ingest_id: Mapped[str] = mapped_column(ForeignKey("ingests.id", ondelete="CASCADE"), primary_key=True)
    product_id: Mapped[str] = mapped_column(String(ID_LENGTH), primary_key=True)
    row: Mapped[int] = mapped_column(BigInteger)


class FaultRow(Base):
    """What was wrong with a row. ordinal: the row's faults are counted from 0."""

    __tablename__ = "ingest_faults"

    ingest_id: Mapped[str] = mapped_column(ForeignKey("ingests.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    ordinal: Mapped[int] = mapped_column(Integer, primary_key=True)
    product_id: Mapped[str | None] = mapped_column(String(ID_LENGTH))
    field: Mapped[str | None] = mapped_column(String(100))
    reason: Mapped[str] = mapped_column(Text)
