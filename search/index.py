"""The one door to Milvus, embedded or a server. Nothing of pymilvus leaves this module and its connection.

A product is one row: its id, the fields that filters look at, and one vector of weighted subspaces; the metric is the
inner product. Words are stored percent-encoded (see :mod:`search.conditions`). A collection's description holds what
made its vectors, so that vectors of two encoders are never compared.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from urllib.parse import unquote

import msgspec
import numpy as np

from core import settings as configuration
from core.errors import BadSettings, IndexMismatch, IndexUnavailable
from search.conditions import LONGEST_TOKEN, UNKNOWN_STOCK, Filter, id_token, word_token
from search.connection import Capabilities, Connection
from search.products import ID_LENGTH, Product

MOST_RESULTS = 16_384
"""Milvus's own cap on the results of one search."""

_ROWS_A_CALL = 1_000
_PATIENCE = 60  # building an index takes longer than a query: its timeout is this many times as long
_BUILD = {
    "FLAT": (),
    "HNSW": ("M", "efConstruction"),
    "IVF_FLAT": ("nlist",),
    "IVF_SQ8": ("nlist",),
    "IVF_PQ": ("nlist", "m", "nbits"),
}
_SEARCH = {
    "FLAT": (),
    "HNSW": ("ef",),
    "IVF_FLAT": ("nprobe",),
    "IVF_SQ8": ("nprobe",),
    "IVF_PQ": ("nprobe",),
}
_QUANTISED = frozenset({"IVF_SQ8", "IVF_PQ"})
"""Whose scores are not of the vectors themselves."""

_DEFAULTS = {
    "M": 32,
    "efConstruction": 200,
    "ef": 256,
    "nlist": 256,
    "nprobe": 32,
    "m": 64,
    "nbits": 8,
}


class Collection(msgspec.Struct, frozen=True):
    """encoder: tag of what made the vectors; dim: their length; stored: the same, filled up to what the index type asks."""

    encoder: str
    dim: int
    stored: int
    type: str


class Found(msgspec.Struct, frozen=True):
    """Ids by falling score, with ties by id; scores (n,) float32; vectors (n, dim) float32 where they were asked for."""

    ids: tuple[str, ...]
    scores: np.ndarray
    vectors: np.ndarray | None = None


class Index:
    """Milvus behind one set of functions. Safe to share between threads; a forked child must make its own.

    It connects at the first call, and again at the first call after Milvus was gone; an embedded server that died is
    started again. Every call raises IndexUnavailable when Milvus does not answer in time, IndexLocked when another
    process holds the embedded index, and NotFound for a collection that is not there.
    """

    def __init__(self, settings: configuration.Index, home: Path) -> None:
        self._settings = settings
        self._collections: dict[str, Collection] = {}
        self._connection = Connection(settings, home, on_lost=self._collections.clear)
        self._capabilities: Capabilities | None = None

    def __enter__(self) -> Self:
        self.capabilities()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def announce(self, url: str) -> None:
        """Tell other processes, which are refused the embedded index, where this one can be asked."""
        self._connection.announce(url)

    def capabilities(self) -> Capabilities:
        """What the engine can do; the first call connects."""
        if self._capabilities is None:
            self._capabilities = self._connection.capabilities()
        return self._capabilities

    def ping(self) -> None:
        """Return if Milvus answers; raise IndexUnavailable if not."""
        self._connection.call(lambda client, timeout: client.list_collections(timeout=timeout))

    def close(self) -> None:
        """Disconnect, end the embedded server and give its lock back. The index can be used again afterwards."""
        self._connection.close()

    # Collections

    def create(self, name: str, dim: int, encoder: str) -> None:
        """Create an empty collection for vectors of ``dim`` numbers made by ``encoder``.

        Raises BadSettings when the engine does not have the index type of the settings.
        """
        from pymilvus import DataType

        kind = self._settings.type
        capabilities = self.capabilities()
        if kind not in capabilities.index_types:
            raise BadSettings(
                f"index.type {kind} is not one that the {capabilities.engine} Milvus {capabilities.version} has.",
                remedy=f"Use one of {', '.join(sorted(capabilities.index_types))}, or a Milvus server by index.uri.",
            )
        parameters = self._parameters(_BUILD[kind])
        made = Collection(encoder, dim, _filled(dim, parameters.get("m", 1)), kind)

        def run(client: Any, timeout: float) -> None:
            schema = client.create_schema(description=msgspec.json.encode(made).decode(), auto_id=False)
            words, ids = LONGEST_TOKEN, 12 * ID_LENGTH  # a character is at most four bytes, a byte three characters
            schema.add_field("id", DataType.VARCHAR, is_primary=True, max_length=ids)
            schema.add_field("category", DataType.VARCHAR, max_length=words)
            schema.add_field("brand", DataType.VARCHAR, max_length=words)
            schema.add_field("currency", DataType.VARCHAR, max_length=words)
            schema.add_field("price", DataType.DOUBLE)
            schema.add_field("stock", DataType.INT64)
            schema.add_field("attributes", DataType.JSON)
            schema.add_field("vector", DataType.FLOAT_VECTOR, dim=made.stored)
            index = client.prepare_index_params()
            index.add_index("vector", index_type=kind, metric_type="IP", params=parameters)
            consistency = self._settings.consistency
            client.create_collection(
                name, schema=schema, index_params=index, consistency_level=consistency, timeout=timeout * _PATIENCE
            )

        self._connection.call(run)

    def drop(self, name: str) -> None:
        """Drop a collection; one that is not there is fine."""
        self._connection.call(lambda client, timeout: client.drop_collection(name, timeout=timeout * _PATIENCE))
        self._collections.pop(name, None)

    def collections(self) -> list[str]:
        """Names of all collections there are."""
        return sorted(self._connection.call(lambda client, timeout: client.list_collections(timeout=timeout)))

    def check(self, name: str, dim: int, encoder: str) -> None:
        """Raise IndexMismatch unless the collection was made by this encoder with vectors of this length."""
        made = self._collection(name)
        if (made.encoder, made.dim) != (encoder, dim):
            raise IndexMismatch(
                f"The index holds vectors of {made.encoder} ({made.dim} numbers), the settings ask for {encoder} ({dim}).",
                remedy="Build it anew with `shopglass ingest CATALOG --rebuild`, or set models.encoder back.",
            )

    def exact(self, name: str) -> bool:
        """Whether a search looks at every product."""
        return self._collection(name).type == "FLAT"

    def warm(self, name: str) -> None:
        """Wait until everything written is indexed and in memory. Raises IndexUnavailable when that takes too long."""
        if self.capabilities().engine == "server":
            self._connection.call(lambda client, timeout: client.flush(name, timeout=timeout * _PATIENCE))
            self._connection.call(lambda client, timeout: _await_indexed(client, name, timeout * _PATIENCE))
        self.search(name, np.zeros((1, self._collection(name).dim), np.float32), 1)

    # Rows

    def upsert(self, name: str, products: Sequence[Product], vectors: np.ndarray) -> None:
        """Write products with their vectors, (n, dim) float32; a product that is there is replaced, whole.

        Of two products with one id, the last is kept. Written in calls of 1,000 rows: after an error some may be in,
        and the same call again completes it.
        """
        made = self._collection(name)
        vectors = np.ascontiguousarray(vectors, np.float32)
        if vectors.shape != (len(products), made.dim):
            raise ValueError(f"expected vectors of shape {(len(products), made.dim)}, got {vectors.shape}")
        vectors = np.pad(vectors, ((0, 0), (0, made.stored - made.dim)))
        last = {product.id: i for i, product in enumerate(products)}
        rows = [_row(products[i], vectors[i]) for i in last.values()]
        for start in range(0, len(rows), _ROWS_A_CALL):
            part = rows[start : start + _ROWS_A_CALL]
            self._connection.call(partial(_upsert, name, part))

    def delete(self, name: str, ids: Sequence[str]) -> None:
        """Delete products; ids that are not there are passed over."""
        for start in range(0, len(ids), _ROWS_A_CALL):
            self._connection.call(partial(_delete, name, _among(ids[start : start + _ROWS_A_CALL])))

    def search(
        self,
        name: str,
        queries: np.ndarray,
        limit: int,
        *,
        where: Filter | None = None,
        vectors: bool = False,
        effort: int = 1,
    ) -> list[Found]:
        """The products of largest inner product with each query, (q, dim) float32, best first, ties by id.

        Scores are exact also where the index type is not; what it passes over is not found.
        limit: 1 to 16,384; where: only products that meet it; vectors: give those of the products, too.
        effort: how many times as thorough as the settings say an approximate index looks.
        """
        made = self._collection(name)
        limit = min(limit, MOST_RESULTS)
        parameters = self._parameters(_SEARCH[made.type])
        if "ef" in parameters:  # HNSW looks at no fewer than it returns
            parameters["ef"] = min(max(parameters["ef"] * effort, limit), 32_768)
        if "nprobe" in parameters:
            parameters["nprobe"] = min(parameters["nprobe"] * effort, self._parameters(("nlist",))["nlist"])
        rescored = made.type in _QUANTISED
        padded = np.pad(np.asarray(queries, np.float32), ((0, 0), (0, made.stored - made.dim)))
        answers = self._connection.call(
            lambda client, timeout: client.search(
                name,
                data=list(padded),
                anns_field="vector",
                filter=where.milvus() if where else "",
                limit=limit,
                output_fields=["vector"] if vectors or rescored else [],
                search_params={"metric_type": "IP", "params": parameters},
                consistency_level=self._settings.consistency,
                timeout=timeout,
            )
        )
        return [
            _found(answer, query if rescored else None, made, vectors)
            for answer, query in zip(answers, padded, strict=True)
        ]

    def get(self, name: str, ids: Sequence[str]) -> dict[str, np.ndarray]:
        """The vectors of these products, (dim,) float32 each, as they stand in the index; those that there are."""
        made = self._collection(name)
        found: dict[str, np.ndarray] = {}
        for start in range(0, len(ids), _ROWS_A_CALL):
            for row in self._query(name, _among(ids[start : start + _ROWS_A_CALL]), ["id", "vector"]):
                found[unquote(row["id"])] = np.asarray(row["vector"], np.float32)[: made.dim]
        return found

    def count(self, name: str, where: Filter | None = None) -> int:
        """How many products there are that meet the filter."""
        return int(self._query(name, where.milvus() if where else "", ["count(*)"])[0]["count(*)"])

    def matching(self, name: str, where: Filter, limit: int = MOST_RESULTS) -> list[str]:
        """Ids of up to ``limit`` products that meet the filter, sorted."""
        rows = self._query(name, where.milvus(), ["id"], limit=min(limit, MOST_RESULTS))
        return sorted(unquote(row["id"]) for row in rows)

    def iterate(self, name: str, batch: int = 1_000) -> Iterator[tuple[list[str], np.ndarray]]:
        """All products: ids and vectors, (≤ batch, dim) float32. What is written meanwhile may or may not be met."""
        made = self._collection(name)
        pages = self._connection.call(
            lambda client, timeout: client.query_iterator(
                name, batch_size=batch, output_fields=["id", "vector"], timeout=timeout
            )
        )
        try:
            while rows := self._connection.call(lambda client, timeout: pages.next()):
                ids = [unquote(row["id"]) for row in rows]
                yield ids, np.array([row["vector"] for row in rows], np.float32)[:, : made.dim]
        finally:
            pages.close()

    # Within

    def _query(self, name: str, expression: str, fields: list[str], **options: object) -> list[dict[str, Any]]:
        self._collection(name)
        rows: list[dict[str, Any]] = self._connection.call(
            lambda client, timeout: client.query(
                name,
                filter=expression,
                output_fields=fields,
                consistency_level=self._settings.consistency,
                timeout=timeout,
                **options,
            )
        )
        return rows

    def _collection(self, name: str) -> Collection:
        """What the collection was made with; it is in memory afterwards."""
        known = self._collections.get(name)
        if known is None:
            about = self._connection.call(lambda client, timeout: client.describe_collection(name, timeout=timeout))
            self._connection.call(lambda client, timeout: client.load_collection(name, timeout=timeout * _PATIENCE))
            known = msgspec.json.decode(about["description"], type=Collection)
            self._collections[name] = known
        return known

    def _parameters(self, names: Sequence[str]) -> dict[str, int]:
        return {name: self._settings.parameters.get(name, _DEFAULTS[name]) for name in names}


def _row(product: Product, vector: np.ndarray) -> dict[str, object]:
    return {
        "id": id_token(product.id),
        "category": word_token(product.category),
        "brand": word_token(product.brand),
        "currency": word_token(product.currency),
        "price": float(product.price),
        "stock": UNKNOWN_STOCK if product.stock is None else product.stock,
        "attributes": {word_token(name): word_token(value) for name, value in product.attributes.items()},
        "vector": vector,
    }


def _upsert(name: str, rows: list[dict[str, object]], client: Any, timeout: float) -> None:
    client.upsert(name, rows, timeout=timeout * _PATIENCE)


def _delete(name: str, where: str, client: Any, timeout: float) -> None:
    client.delete(name, filter=where, timeout=timeout)


def _among(ids: Sequence[str]) -> str:
    return f"id in [{', '.join(f'{chr(34)}{id_token(one)}{chr(34)}' for one in ids)}]"


def _filled(dim: int, parts: int) -> int:
    """Product quantisation cuts a vector into equal parts: it is filled up with zeros, which no inner product sees."""
    return math.ceil(dim / parts) * parts


def _found(answer: Sequence[Mapping[str, Any]], query: np.ndarray | None, made: Collection, vectors: bool) -> Found:
    ids = [unquote(hit["id"]) for hit in answer]
    scores = np.array([hit["distance"] for hit in answer], np.float32)
    matrix = None
    if vectors or query is not None:
        matrix = np.array([hit["entity"]["vector"] for hit in answer], np.float32).reshape(len(ids), made.stored)
        scores = scores if query is None else matrix @ query
    order = sorted(range(len(ids)), key=lambda i: (-scores[i], ids[i]))
    found = matrix[order, : made.dim] if matrix is not None and vectors else None
    return Found(tuple(ids[i] for i in order), scores[order], found)


def _await_indexed(client: Any, name: str, timeout: float) -> None:
    """A server builds indexes in the background and searches what is not indexed yet by brute force."""
    deadline = time.monotonic() + timeout
    while int(client.describe_index(name, "vector").get("pending_index_rows", 0)) > 0:
        if time.monotonic() > deadline:
            raise IndexUnavailable("Milvus is still building the index.", retry_after=10.0)
        time.sleep(0.2)
