"""Search by words on both databases."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.database import Database
from search import lexical
from search.products import Product
from tests.search.shop import product

SHOP = [
    product("1", title="Red dress 红色连衣裙", brand="Acme", description="For long summers"),
    product("2", title="Blue dress 蓝色连衣裙", attributes={"colour": "navy"}),
    product("3", title="Green skirt 绿色半身裙", category="skirt"),
    product("4", title="Shoes", category="shoes", description="Red soles, dress code black tie"),
    product("5", title="Hat", category="hat", description="x " * 500 + "dress"),
    product("6", title="Hat", category="hat"),
    product("7", title="Watch", category="watch"),
    product("8", title="Scarf", category="scarf"),
    product("9", title="Bag", category="bag"),
]


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    database.migrate()
    with database.session() as session:
        lexical.put(session, SHOP)
    yield database
    database.close()


def ids(database: Database, words: str, limit: int = 10, offset: int = 0) -> list[str]:
    with database.reading() as session:
        return [one for one, _ in lexical.match(session, words).page(session, limit, offset)]


def test_finds_by_stem_field_and_script(database: Database) -> None:
    for words, expected in [
        ("red dress", ["1", "2", "4", "5"]),
        ("RED DRESSES", ["1", "2", "4", "5"]),
        ("连衣裙", ["1", "2"]),
        ("蓝色", ["2"]),
        ("裙", ["1", "2", "3"]),
        ("acme", ["1"]),
        ("navy", ["2"]),
        ("summer", ["1"]),
        ("absent", []),
        ("", []),
        ("  ?! ", []),
    ]:
        assert sorted(ids(database, words)) == expected, words


def test_a_rare_word_counts_for_more_than_a_common_one_and_a_title_for_more_than_a_description(
    database: Database,
) -> None:
    found = ids(database, "green dress")
    assert found[0] == "3"
    assert found.index("2") < found.index("4") < found.index("5")


def test_pages_are_parts_of_one_list(database: Database) -> None:
    whole = ids(database, "dress hat")
    assert [one for start in range(0, len(whole), 2) for one in ids(database, "dress hat", 2, start)] == whole


def test_given_products_are_scored_wherever_they_stand(database: Database) -> None:
    with database.reading() as session:
        matches = lexical.match(session, "red dress 裙")
        whole = dict(matches.page(session, 20))
    assert len(whole) == 5
    assert matches.of(["5", "9", "absent"]) == {"5": whole["5"]}
    assert matches.of(whole) == whole
    assert matches.of([]) == {}


def test_an_upsert_replaces_and_a_removal_removes(database: Database) -> None:
    with database.session() as session:
        lexical.put(
            session, [product("1", title="Yellow coat"), product("2", title="old"), product("2", title="Yellow hat")]
        )
        lexical.remove(session, ["9", "never there"])
    assert ids(database, "红色") == []
    assert sorted(ids(database, "yellow")) == ["1", "2"]
    assert ids(database, "old") == []
    assert ids(database, "bag") == []


def test_what_is_rolled_back_was_never_there(database: Database) -> None:
    def fail() -> None:
        with database.session() as session:
            lexical.put(session, [product("new", title="Umbrella")])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert ids(database, "umbrella") == []


def test_ids_are_any_text(database: Database) -> None:
    with database.session() as session:
        lexical.put(
            session, [product("'; DROP TABLE lexical; --", title="Umbrella"), product("裙:x", title="Umbrella")]
        )
    assert sorted(ids(database, "umbrella")) == ["'; DROP TABLE lexical; --", "裙:x"]


def test_says_which_words_matched() -> None:
    assert lexical.matched("the Red dresses 连衣裙 蓝色", SHOP[0]) == ("red", "dresses", "连衣裙")
    assert lexical.matched("acme code", SHOP[3]) == ("code",)
    assert lexical.matched("红色连衣裙", SHOP[1]) == ("色连衣裙",)
    assert lexical.matched("红色半身连衣裙", SHOP[0]) == ("红色", "连衣裙")
    assert lexical.matched("裙 色", SHOP[0]) == ("裙", "色")


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=40), st.text(alphabet="\"'*^-+:(){}ANDORNEAR %_\\$?|&!dres", max_size=40)))
def test_no_text_breaks_out_of_the_query(database: Database, words: str) -> None:
    for one in ids(database, words, 5):
        assert one in {each.id for each in SHOP}


WORDS = ["red", "blue", "dress", "skirt", "running", "shoes", "linen", "红色", "连衣裙", "the", "x1"]
texts = st.lists(st.sampled_from(WORDS), min_size=1, max_size=6).map(" ".join)
shops = st.lists(
    st.builds(lambda title, brand, about: (title, brand, about), texts, st.sampled_from(["", *WORDS]), texts),
    min_size=1,
    max_size=12,
)


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, postgresql_server: str) -> Iterator[tuple[Database, Database]]:
    import psycopg

    with psycopg.connect(postgresql_server + "postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE agree")
    folder: Path = tmp_path_factory.mktemp("agree")
    databases = Database(f"sqlite:///{folder / 'shop.db'}"), Database(postgresql_server + "agree")
    for database in databases:
        database.migrate()
    yield databases
    for database in databases:
        database.close()


@settings(max_examples=25, deadline=None)
@given(shops, texts)
def test_both_databases_give_the_same_scores(
    both: tuple[Database, Database], shop: list[tuple[str, str, str]], words: str
) -> None:
    products: list[Product] = [
        product(f"p{i}", title=title, brand=brand, description=about) for i, (title, brand, about) in enumerate(shop)
    ]
    found = []
    for database in both:
        with database.session() as session:
            lexical.remove(session, [f"p{i}" for i in range(12)])
            lexical.put(session, products)
            found.append(dict(lexical.match(session, words).page(session, 20)))
    assert found[0].keys() == found[1].keys()
    np.testing.assert_allclose([found[0][one] for one in found[0]], [found[1][one] for one in found[0]], rtol=1e-9)
