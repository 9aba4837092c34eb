"""The index on a real Milvus server: the same facts as on the embedded one, and what only a server has."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings

from bench.milvus_server import NEEDED, MilvusServer, installed
from core.errors import IndexUnavailable, NotFound
from core.settings import Index as Settings
from search.conditions import Filter
from search.index import Index
from search.products import Product
from tests.search.shop import product, units
from tests.search.test_filters import catalogue, filters

pytestmark = [pytest.mark.server, pytest.mark.skipif(not installed(), reason=f"needs {NEEDED}")]

DIM = 37  # a prime, as the default product vector's length is: product quantisation must cope


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MilvusServer]:
    with MilvusServer(tmp_path_factory.mktemp("milvus")) as server:
        yield server


@pytest.mark.parametrize(
    ("kind", "parameters"),
    [
        ("HNSW", {"M": 16, "ef": 64}),
        ("IVF_SQ8", {"nlist": 16, "nprobe": 16}),
        ("IVF_PQ", {"nlist": 16, "nprobe": 16, "m": 12}),
    ],
)
def test_a_servers_own_index_types_find_write_and_delete(
    server: MilvusServer, tmp_path: Path, kind: str, parameters: dict[str, int]
) -> None:
    vectors = units(2_000, DIM)
    with Index(Settings(uri=server.uri, type=kind, parameters=parameters, timeout=10), tmp_path) as index:  # type: ignore[arg-type]
        index.create(kind, DIM, "test")
        index.upsert(kind, [product(f"p{i}") for i in range(2_000)], vectors)
        index.upsert(kind, [product("p0", brand="New")], vectors[1:2])
        index.delete(kind, ["p1", "never there"])
        index.warm(kind)
        assert index.count(kind) == 1_999
        assert index.count(kind, Filter()) == 1_999
        np.testing.assert_array_equal(index.get(kind, ["p0", "p1"])["p0"], vectors[1])
        query = vectors[7:8] + 0.02 * units(1, DIM, seed=9)
        found = index.search(kind, query, 10, vectors=True)[0]
        assert found.ids[0] == "p7"
        assert found.vectors is not None
        np.testing.assert_array_equal(found.vectors[0], vectors[7])
        assert sum(len(ids) for ids, _ in index.iterate(kind, 300)) == 1_999
        index.drop(kind)
        with pytest.raises(NotFound):
            index.count(kind)


@pytest.fixture(scope="module")
def shop(server: MilvusServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, list[Product]]]:
    products = catalogue()
    with Index(Settings(uri=server.uri, timeout=10), tmp_path_factory.mktemp("filters")) as index:
        index.create("filters", 4, "test")
        index.upsert("filters", products, units(len(products), 4))
        yield index, products


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters)
def test_the_server_and_python_let_the_same_products_through(shop: tuple[Index, list[Product]], where: Filter) -> None:
    index, products = shop
    expected = sorted(one.id for one in products if where.matches(one))
    assert sorted(index.search("filters", units(1, 4), len(products), where=where)[0].ids) == expected


def test_an_address_where_nobody_listens_is_unavailable(tmp_path: Path) -> None:
    index = Index(Settings(uri="http://127.0.0.1:9", timeout=1), tmp_path)
    for _ in range(3):
        with pytest.raises(IndexUnavailable):
            index.ping()


def test_a_server_that_went_away_is_reported_and_found_again_without_restart_of_ours(
    server: MilvusServer, tmp_path: Path
) -> None:
    vectors = units(100, DIM)
    with Index(Settings(uri=server.uri, timeout=10), tmp_path) as index:
        index.create("v1", DIM, "test")
        index.upsert("v1", [product(f"p{i}") for i in range(100)], vectors)
        index.warm("v1")
        server.kill()
        for _ in range(2):
            with pytest.raises(IndexUnavailable) as caught:
                index.search("v1", vectors[:1], 1)
            assert caught.value.retry_after > 0
        server.start()
        for _ in range(100):  # healthy comes before its collections are in memory again
            try:
                assert index.search("v1", vectors[:1], 1)[0].ids == ("p0",)
                break
            except IndexUnavailable:
                continue
        assert index.search("v1", vectors[:1], 1)[0].ids == ("p0",)
