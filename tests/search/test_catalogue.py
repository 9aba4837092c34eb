"""On both databases."""

from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest
from sqlalchemy import select

from core.database import Database
from core.errors import Conflict, NotFound
from search import lexical
from search.catalogue import Catalogue, Entry, Version
from search.tables import VectorRow
from tests.search.shop import product, units


@pytest.fixture
def catalogue(database_url: str) -> Iterator[Catalogue]:
    database = Database(database_url)
    database.migrate()
    yield Catalogue(database)
    database.close()


def write(catalogue: Catalogue, version: Version, *ids: str, **fields: object) -> np.ndarray:
    own = units(len(ids), version.dim)
    entries = [Entry(product(i, **fields), i.encode().ljust(32), v) for i, v in zip(ids, own, strict=True)]
    with catalogue.database.session() as session:
        catalogue.write(session, version.id, entries)
    return own


def live(catalogue: Catalogue) -> Version:
    return catalogue.swap(catalogue.begin_version("encoder.a", 8).id)


def test_a_product_comes_back_as_it_was_stored(catalogue):
    given = product("A/1 é%_", price=Decimal("0.10"), stock=2**53 - 1, title="红", attributes={"size": "S", "é": ""})
    with catalogue.database.session() as session:
        catalogue.write_products(session, [given])
    assert catalogue.get("A/1 é%_") == given
    assert str(catalogue.get("A/1 é%_").price) == "0.10"
    assert catalogue.count() == 1


def test_writing_an_id_again_replaces_it_and_its_words(catalogue):
    version = live(catalogue)
    write(catalogue, version, "a", title="Red dress")
    own = write(catalogue, version, "a", title="Blue skirt")
    assert catalogue.count() == 1
    np.testing.assert_array_equal(catalogue.own_vectors(version, ["a"])["a"], own[0])
    with catalogue.database.reading() as session:
        assert [lexical.match(session, words).page(session, 5) for words in ("red", "plain")] == [[], []]
        assert [found for found, _ in lexical.match(session, "skirt").page(session, 5)] == ["a"]


def test_products_are_paged_by_id(catalogue):
    write(catalogue, live(catalogue), *"dbeca")
    assert [p.id for p in catalogue.page(limit=2)] == ["a", "b"]
    assert [p.id for p in catalogue.page(after="b", limit=9)] == ["c", "d", "e"]


def test_all_vectors_of_a_version_are_read_in_pages(catalogue):
    version = live(catalogue)
    own = write(catalogue, version, *"abcde")
    pages = list(catalogue.iterate(version, batch=2))
    assert [[p.id for p in products] for products, _ in pages] == [["a", "b"], ["c", "d"], ["e"]]
    np.testing.assert_array_equal(np.concatenate([vectors for _, vectors in pages]), own)


def test_stored_says_what_picture_stands_behind_a_vector_of_which_version(catalogue):
    first = live(catalogue)
    write(catalogue, first, "a")
    other = catalogue.begin_version("encoder.b", 8)
    assert catalogue.stored(["a", "none"], first.id)["a"].picture == b"a".ljust(32)
    assert catalogue.stored(["a"], other.id)["a"].picture is None


def test_removed_products_are_gone_with_vectors_and_words(catalogue):
    version = live(catalogue)
    write(catalogue, version, "a", "b", title="Red dress")
    with catalogue.database.session() as session:
        catalogue.remove(session, ["a", "none"])
    with pytest.raises(NotFound):
        catalogue.get("a")
    assert catalogue.own_vectors(version, ["a", "b"]).keys() == {"b"}
    with catalogue.database.reading() as session:
        assert [found for found, _ in lexical.match(session, "dress").page(session, 5)] == ["b"]


def test_a_swap_moves_the_pointer_and_keeps_one_version_for_rollback(catalogue):
    assert catalogue.live() is None
    versions = [live(catalogue) for _ in range(3)]
    assert catalogue.live() == versions[2]
    assert [v.state for v in catalogue.versions()] == ["dropped", "previous", "live"]
    assert len({v.collection for v in versions}) == 3

    assert catalogue.rollback().id == versions[1].id
    assert [v.state for v in catalogue.versions()] == ["dropped", "live", "previous"]
    assert catalogue.live().dirty, "what changed since must be seen to by the next ingest"
    assert catalogue.rollback().id == versions[2].id


def test_only_what_is_being_built_can_go_live(catalogue):
    with pytest.raises(Conflict):
        catalogue.rollback()
    version = live(catalogue)
    for wrong in (version.id, 99):
        with pytest.raises(Conflict):
            catalogue.swap(wrong)
    given_up = catalogue.begin_version("encoder.a", 8)
    catalogue.begin_version("encoder.a", 8)
    with pytest.raises(Conflict):
        catalogue.swap(given_up.id)
    assert catalogue.live() == version


def test_a_dropped_version_is_forgotten_with_its_vectors(catalogue):
    first = live(catalogue)
    write(catalogue, first, "a")
    catalogue.forget(first.id)  # it is live: nothing happens
    assert catalogue.own_vectors(first, ["a"])
    live(catalogue), live(catalogue)
    catalogue.forget(first.id)
    with catalogue.database.reading() as session:
        assert session.scalars(select(VectorRow.version_id)).all() == []
    assert first.id not in [v.id for v in catalogue.versions()]
    assert catalogue.count() == 1
