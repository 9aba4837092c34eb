"""The index on a real embedded Milvus."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.errors import BadSettings, IndexLocked, IndexMismatch, IndexUnavailable, NotFound
from core.settings import Index as Settings
from search.filters import parse
from search.index import Index
from tests.search.shop import product, units

DIM = 12


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with Index(Settings(), tmp_path) as index:
        yield index


def server_of(home: Path) -> psutil.Process:
    """The embedded server whose file is in this folder."""
    (found,) = [
        process
        for process in psutil.Process().children()
        if process.name() == "milvus" and str(home / "index.db") in process.cmdline()
    ]
    return found


def test_finds_what_was_written_by_falling_inner_product(index: Index) -> None:
    vectors = units(300, DIM)
    index.create("v1", DIM, "test")
    index.upsert("v1", [product(f"p{i}") for i in range(300)], vectors)
    queries = units(3, DIM, seed=8)
    for query, found in zip(queries, index.search("v1", queries, 20, vectors=True), strict=True):
        expected = np.argsort(-(vectors @ query))[:20]
        assert found.ids == tuple(f"p{i}" for i in expected)
        np.testing.assert_allclose(found.scores, vectors[expected] @ query, atol=1e-6)
        assert found.vectors is not None
        np.testing.assert_array_equal(found.vectors, vectors[expected])
    assert index.count("v1") == 300


def test_equal_scores_stand_in_the_order_of_ids(index: Index) -> None:
    index.create("v1", DIM, "test")
    same = np.repeat(units(1, DIM), 5, axis=0)
    index.upsert("v1", [product(name) for name in "ecadb"], same)
    assert index.search("v1", same[:1], 5)[0].ids == tuple("abcde")


def test_an_upsert_replaces_and_the_last_of_two_with_one_id_stays(index: Index) -> None:
    vectors = units(4, DIM)
    index.create("v1", DIM, "test")
    index.upsert("v1", [product("a", brand="Old"), product("b")], vectors[:2])
    index.upsert("v1", [product("a", brand="Middle"), product("a", brand="New")], vectors[2:])
    assert index.count("v1") == 2
    np.testing.assert_array_equal(index.get("v1", ["a", "absent"])["a"], vectors[3])
    assert index.matching("v1", parse("brand=new")) == ["a"]
    assert index.matching("v1", parse("brand in (old, middle)")) == []


def test_deleted_products_are_gone_and_unknown_ids_passed_over(index: Index) -> None:
    index.create("v1", DIM, "test")
    index.upsert("v1", [product("a"), product("b")], units(2, DIM))
    index.delete("v1", ["a", "never there"])
    assert index.count("v1") == 1
    assert index.search("v1", units(1, DIM), 5)[0].ids == ("b",)


@pytest.mark.parametrize("name", ["it's", 'a"b', "a\\", 'x"] or id != "', "连衣裙 1", "👗", "a%20b", "ß" * 128])
def test_any_id_comes_back_as_it_went_in(index: Index, name: str) -> None:
    vectors = units(2, DIM)
    index.create("v1", DIM, "test")
    index.upsert("v1", [product(name), product("other")], vectors)
    assert set(index.search("v1", vectors[:1], 5)[0].ids) == {name, "other"}
    np.testing.assert_array_equal(index.get("v1", [name])[name], vectors[0])
    assert [ids for ids, _ in index.iterate("v1", 10)] in ([[name, "other"]], [["other", name]])
    index.delete("v1", [name])
    assert index.count("v1") == 1


def test_iterating_meets_every_product_once(index: Index) -> None:
    vectors = units(2500, DIM)
    index.create("v1", DIM, "test")
    index.upsert("v1", [product(f"p{i}") for i in range(2500)], vectors)
    met = {one: vector for ids, part in index.iterate("v1", 400) for one, vector in zip(ids, part, strict=True)}
    assert len(met) == 2500
    np.testing.assert_array_equal(np.stack([met[f"p{i}"] for i in range(2500)]), vectors)


def test_collections_are_made_listed_and_dropped(index: Index) -> None:
    index.create("v1", DIM, "test")
    index.create("v2", DIM, "test")
    index.drop("v1")
    index.drop("v1")
    assert index.collections() == ["v2"]
    with pytest.raises(NotFound, match="no such collection"):
        index.search("v1", units(1, DIM), 1)


def test_vectors_of_another_encoder_are_refused_with_the_remedy(index: Index) -> None:
    index.create("v1", DIM, "fused.default+heads:1234")
    index.check("v1", DIM, "fused.default+heads:1234")
    with pytest.raises(IndexMismatch) as caught:
        index.check("v1", DIM, "efficientnet.lite0")
    assert "shopglass ingest CATALOG --rebuild" in str(caught.value)
    with pytest.raises(IndexMismatch):
        index.check("v1", DIM + 1, "fused.default+heads:1234")


def test_vectors_of_the_wrong_shape_are_named(index: Index) -> None:
    index.create("v1", DIM, "test")
    with pytest.raises(ValueError, match=r"expected vectors of shape \(1, 12\), got \(1, 11\)"):
        index.upsert("v1", [product("a")], units(1, DIM - 1))


def test_an_index_type_the_engine_lacks_is_refused_with_those_it_has(tmp_path: Path) -> None:
    with Index(Settings(type="HNSW"), tmp_path) as index, pytest.raises(BadSettings, match="FLAT, IVF_FLAT"):
        index.create("v1", DIM, "test")


def test_ivf_flat_finds_all_when_it_looks_everywhere(tmp_path: Path) -> None:
    vectors = units(500, DIM)
    with Index(Settings(type="IVF_FLAT", parameters={"nlist": 8, "nprobe": 1}), tmp_path) as index:
        index.create("v1", DIM, "test")
        index.upsert("v1", [product(f"p{i}") for i in range(500)], vectors)
        index.warm("v1")
        query = units(1, DIM, seed=8)
        expected = [f"p{i}" for i in np.argsort(-(vectors @ query[0]))[:10]]
        assert list(index.search("v1", query, 10, effort=8)[0].ids) == expected


def test_what_was_written_is_there_after_a_restart(tmp_path: Path) -> None:
    vectors = units(50, DIM)
    with Index(Settings(), tmp_path) as index:
        index.create("v1", DIM, "test")
        index.upsert("v1", [product(f"p{i}") for i in range(50)], vectors)
    with Index(Settings(), tmp_path) as index:
        assert index.count("v1") == 50
        assert index.search("v1", vectors[:1], 1)[0].ids == ("p0",)


def test_a_server_killed_during_queries_is_reported_and_started_again(index: Index, tmp_path: Path) -> None:
    vectors = units(200, DIM)
    index.create("v1", DIM, "test")
    index.upsert("v1", [product(f"p{i}") for i in range(200)], vectors)
    for _ in range(2):
        server = server_of(tmp_path)
        server.kill()
        server.wait(5)
        with pytest.raises(IndexUnavailable) as caught:
            index.search("v1", vectors[:1], 3)
        assert caught.value.retry_after > 0
        assert index.search("v1", vectors[:1], 1)[0].ids == ("p0",)
        assert index.count("v1") == 200


def test_every_thread_recovers_when_the_server_dies_under_all_of_them(index: Index, tmp_path: Path) -> None:
    vectors = units(200, DIM)
    index.create("v1", DIM, "test")
    index.upsert("v1", [product(f"p{i}") for i in range(200)], vectors)
    kill = threading.Event()

    def query(i: int) -> int:
        failures = 0
        for turn in range(40):
            if i == 0 and turn == 10:
                server_of(tmp_path).kill()
                kill.set()
            if turn == 10:
                kill.wait(5)
            try:
                assert index.search("v1", vectors[i : i + 1], 1)[0].ids == (f"p{i}",)
            except IndexUnavailable:
                failures += 1
        return failures

    with ThreadPoolExecutor(6) as pool:
        failures = list(pool.map(query, range(6)))
    assert sum(failures) >= 1
    assert max(failures) < 30  # all came back before their 40 turns were over
    assert index.search("v1", vectors[:1], 1)[0].ids == ("p0",)


def test_a_stopped_server_is_a_timeout_and_not_a_hang(tmp_path: Path) -> None:
    with Index(Settings(timeout=0.3), tmp_path) as index:
        index.create("v1", DIM, "test")
        index.upsert("v1", [product("a")], units(1, DIM))
        server = server_of(tmp_path)
        server.suspend()
        try:
            with pytest.raises(IndexUnavailable, match="DEADLINE"):
                index.search("v1", units(1, DIM), 1)
        finally:
            server.resume()
        deadline = time.monotonic() + 30  # a process that was asleep may need longer than that short timeout at first
        while True:
            try:
                assert index.search("v1", units(1, DIM), 1)[0].ids == ("a",)
                break
            except IndexUnavailable:
                assert time.monotonic() < deadline


def test_the_embedded_index_belongs_to_one_and_says_to_whom(index: Index, tmp_path: Path) -> None:
    index.announce("http://127.0.0.1:8000")
    with pytest.raises(IndexLocked) as caught:
        Index(Settings(), tmp_path).capabilities()
    assert f"Process {os.getpid()}" in str(caught.value)
    assert "http://127.0.0.1:8000" in str(caught.value)
    index.close()
    with Index(Settings(), tmp_path) as other:
        assert other.collections() == []


def test_a_forked_child_is_refused_the_embedded_index_and_the_parent_keeps_it(index: Index) -> None:
    index.create("v1", DIM, "test")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            index.ping()
            os.write(writer, b"answered")
        except IndexLocked as error:
            os.write(writer, str(error).encode())
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert f"Process {os.getpid()}" in os.read(reader, 1000).decode()
    os.close(reader)
    os.close(writer)
    assert index.collections() == ["v1"]


OWNER = """
import sys, time
from decimal import Decimal
from pathlib import Path
from core.settings import Index as Settings
from search.index import Index
from tests.search.shop import product, units
index = Index(Settings(), Path(sys.argv[1]))
index.create("v1", 12, "test")
vectors = units(20_000, 12)
for i in range(0, 20_000, 100):
    index.upsert("v1", [product(f"p{j}") for j in range(i, i + 100)], vectors[i:i + 100])
    print(i + 100, flush=True)
"""


def test_an_owner_killed_in_the_middle_of_writing_loses_nothing_acknowledged(tmp_path: Path) -> None:
    owner = subprocess.Popen([sys.executable, "-c", OWNER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
    assert owner.stdout is not None
    acknowledged = 0
    while acknowledged < 1_000:
        acknowledged = int(owner.stdout.readline())
    owner.send_signal(signal.SIGKILL)
    acknowledged = int((owner.stdout.read().split() or [str(acknowledged)])[-1])
    owner.wait()
    owner.stdout.close()
    with Index(Settings(), tmp_path) as index:  # the killed owner's server is gone before the lock is
        assert acknowledged <= index.count("v1") <= acknowledged + 100
        vectors = units(20_000, DIM)
        np.testing.assert_array_equal(index.get("v1", ["p0", f"p{acknowledged - 1}"])["p0"], vectors[0])


def test_a_lock_note_that_cannot_be_read_still_refuses(tmp_path: Path) -> None:
    with Index(Settings(), tmp_path):
        (tmp_path / "index.lock").write_text("{")
        with pytest.raises(IndexLocked, match="unknown"):
            Index(Settings(), tmp_path).capabilities()
        (tmp_path / "index.lock").write_text(json.dumps({"pid": os.getpid(), "url": None}))
