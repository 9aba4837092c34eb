"""The vector index, embedded and as a server side by side: what they find, how fast, how long they take to fill."""

import time
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bench.milvus_server import NEEDED, MilvusServer, installed
from bench.report import Figure, Report
from core.settings import Index as IndexSettings
from core.settings import Settings
from core.weights import Weights
from search.index import Index
from search.products import Product
from vision.encoders import create_encoder

NAME = "bench"
TOP = 10
BAR = 0.98
CLUSTERS = 2_000
SPREAD = 0.7
"""Length of what sets a product apart from the middle of its cluster, where the middle has length 1."""

_BATCH = 2_000
_SERVER = {"M": 16, "efConstruction": 120, "ef": 128}


def run(data: Path, settings: Settings, *, products: int = 100_000, queries: int = 200, seed: int = 7) -> Report:
    """Fill both with the same made-up vectors of the product's dimension, then ask both the same queries in turn.

    recall: share of the exact ten nearest, by a plain matrix product, that are found. Without the `server` extra the
    embedded one is measured alone.
    """
    dim = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models).dim
    rng = np.random.default_rng(seed)
    middles = _unit(rng.normal(size=(CLUSTERS, dim)))
    vectors, asked = _around(middles, products, rng), _around(middles, queries, rng)
    exact = np.argsort(-(asked @ vectors.T), axis=1)[:, :TOP]
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="shopglass-bench-")))
        engines = {"embedded, FLAT": IndexSettings(timeout=30)}
        if installed():
            server = stack.enter_context(MilvusServer(folder / "milvus"))
            engines["server, HNSW"] = IndexSettings(uri=server.uri, type="HNSW", parameters=_SERVER, timeout=30)
        indexes = {name: stack.enter_context(Index(one, folder / "home")) for name, one in engines.items()}
        filled = {name: _fill(index, vectors) for name, index in indexes.items()}
        recalls, times = _ask(indexes, asked, exact)
        versions = {name: index.capabilities().version for name, index in indexes.items()}
    figures = []
    names = list(indexes)
    for name in names:
        peer = next((other for other in names if other != name), None)
        figures += [
            Figure(f"recall@{TOP}, {name}", recalls[name], bar=BAR, note=versions[name]),
            Figure(
                f"search p50, {name}", times[name], "ms", better="lower", peer=None if peer is None else times[peer]
            ),
            Figure(
                f"fill, {name}", filled[name], "s", better="lower", peer=None if peer is None else filled[peer],
                note="written, indexed and in memory",
            ),
        ]  # fmt: skip
    missing = "" if installed() else f"; the server was not measured: it needs {NEEDED}"
    return Report(
        "index", f"{products:,} made-up vectors of {dim}", f"{queries} queries{missing}", seed, tuple(figures)
    )


def _fill(index: Index, vectors: np.ndarray) -> float:
    start = time.perf_counter()
    index.create(NAME, vectors.shape[1], "bench")
    for first in range(0, len(vectors), _BATCH):
        part = vectors[first : first + _BATCH]
        index.upsert(NAME, [_product(first + i) for i in range(len(part))], part)
    index.warm(NAME)
    return time.perf_counter() - start


def _ask(
    indexes: dict[str, Index], queries: np.ndarray, exact: np.ndarray
) -> tuple[dict[str, float], dict[str, float]]:
    """Recall, and the middle of the milliseconds a query, of each index; they take turns at every query."""
    found = dict.fromkeys(indexes, 0)
    spent: dict[str, list[float]] = {name: [] for name in indexes}
    for query, nearest in zip(queries, exact, strict=True):
        expected = {_product(int(i)).id for i in nearest}
        for name, index in indexes.items():
            start = time.perf_counter()
            (answer,) = index.search(NAME, query[None], TOP)
            spent[name].append((time.perf_counter() - start) * 1000)
            found[name] += len(expected & set(answer.ids))
    return (
        {name: count / exact.size for name, count in found.items()},
        {name: float(np.median(times)) for name, times in spent.items()},
    )


def _product(i: int) -> Product:
    return Product(
        id=f"p{i}", title="Thing", category=f"kind {i % 14}", price=Decimal(i % 500), currency="EUR", image="a.jpg",
        brand=f"brand {i % 40}", stock=i % 30, attributes={"colour": f"colour {i % 20}"},
    )  # fmt: skip


def _around(middles: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    noise = _unit(rng.normal(size=(count, middles.shape[1]))) * SPREAD
    return _unit(middles[rng.integers(0, len(middles), count)] + noise)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)
