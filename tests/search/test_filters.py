"""What people write as filters, and that Milvus and Python read it alike."""

from collections.abc import Iterator
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from core.errors import BadFilter
from core.settings import Index as Settings
from search.conditions import Condition, Filter, fold, word_token
from search.filters import MOST_CONDITIONS, MOST_VALUES, parse
from search.index import Index
from search.products import Product
from tests.search.shop import product, units


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("price<50", "price < 50.0"),
        ("price<50 brand=Acme stock>0", 'price < 50.0 and brand == "acme" and (stock > 0 and stock > -1)'),
        ('price <= 9.99 and brand = "Blue Harbour"', 'price <= 9.99 and brand == "blue harbour"'),
        ("category in (dress, long skirt)", 'category in ["dress", "long skirt"]'),
        ("category not in (bag)", 'category not in ["bag"]'),
        ("price 10..50", "price >= 10.0 and price <= 50.0"),
        ("price=10..50", "price >= 10.0 and price <= 50.0"),
        ("attributes.colour=red", 'attributes["colour"] == "red"'),
        ("""attributes."net weight"='5 kg'""", 'attributes["net weight"] == "5 kg"'),
        ("brand=连衣裙", 'brand == "%E8%BF%9E%E8%A1%A3%E8%A3%99"'),
        ('brand="it\'s \\"x\\""', 'brand == "it%27s %22x%22"'),
        ("brand='\" or id != \"'", 'brand == "%22 or id %21%3D %22"'),
        ("id=AbC", 'id == "AbC"'),
        ("", ""),
        ('{"price": {"gte": 10, "lt": 50}}', "price >= 10.0 and price < 50.0"),
        ('{"attributes": {"colour": "red"}}', 'attributes["colour"] == "red"'),
        ('{"brand": ["A", "B"], "category": {"ne": "bag"}}', 'brand in ["a", "b"] and category != "bag"'),
        ('{"stock": {"nin": [1, 2]}}', "(stock not in [1, 2] and stock > -1)"),
    ],
)
def test_reads_what_people_write(text: str, expected: str) -> None:
    assert parse(text).milvus() == expected


def test_several_texts_must_all_hold() -> None:
    assert (
        parse(["price<5", '{"brand": "Acme"}']) == parse("price<5 brand=Acme") == parse("price<5") & parse("brand=Acme")
    )
    assert not parse(None)
    assert not parse([])


@pytest.mark.parametrize(
    ("text", "place", "remedy"),
    [
        ("brand=Blue Harbour", "At character 12, 'Harbour'", 'brand="Blue Harbour"'),
        ("color=red", "no field 'color'", "attributes.<name>"),
        ("price<50 colour=red", "At character 10", "attributes.<name>"),
        ("price<cheap", "cheap is not a number", "price<50"),
        ("price<nan", "nan is not a number", "price<50"),
        ("price<1e999999999", "not a number", "price<50"),
        ("stock=2.5", "2.5 is not a whole number", "stock>0"),
        ("category<dress", "category has no order", "category=red"),
        ("category in (dress", "a comma or a closing bracket", "category in (dress, skirt)"),
        ("category in dress", "a list in brackets", "category in (dress, skirt)"),
        ("brand in ()", "no value follows", "brand in (red, blue)"),
        ("brand=", "a value is expected", "brand="),
        ("attributes.=x", "a comparison is expected", "attributes.colour=red"),
        ("=5", "a field name is expected", "price<50"),
        ("price>5..9", "a range does not go with >", "price<50"),
        ('{"price":', "line 1 column 10", '{"price": {"lt": 50}}'),
        ('{"price": {"under": 5}}', "no operator 'under'", "lte"),
        ('{"price": {"lt": [5]}}', "lt takes one value", "price<50"),
        ('{"price": true}', "True is not a number", "price<50"),
        ('{"brand": 5}', "brand is compared with text", "brand=red"),
        ('{"brand": null}', "brand is compared with text", "brand=red"),
        ("[" * 100_000, "a field name is expected", "price<50"),
        ('{"a":' * 100_000, "cannot be read", "price"),
    ],
)
def test_names_the_place_and_the_remedy(text: str, place: str, remedy: str) -> None:
    with pytest.raises(BadFilter) as caught:
        parse(text)
    assert place in caught.value.detail
    assert caught.value.remedy is not None
    assert remedy in caught.value.remedy
    assert len(str(caught.value)) < 500


def test_caps_conditions_and_values() -> None:
    with pytest.raises(BadFilter, match="at most 32"):
        parse("price<5 " * (MOST_CONDITIONS + 1))
    with pytest.raises(BadFilter, match="too long"):
        parse(f"brand in ({','.join('x' * (MOST_VALUES + 2))})")
    with pytest.raises(BadFilter, match="at most 1000"):
        parse({"brand": ["x"] * (MOST_VALUES + 1)})


@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        parse(text)
    except BadFilter as error:
        assert error.remedy  # noqa: PT017


@given(st.text(), st.text())
def test_tokens_are_harmless_short_and_differ_where_the_words_do(one: str, other: str) -> None:
    token = word_token(one)
    assert len(token) <= 240
    assert token.isascii()
    assert not set(token) & set("\"'\\\n[](){}")
    assert (token == word_token(other)) is (fold(one) == fold(other))


# Equivalence: the same filters in Milvus and in Python over one catalogue with every hostile value there is.

HOSTILE = [
    "Acme",
    "ACME ",
    "ａｃｍｅ",
    "Straße",
    "STRASSE",
    "it's",
    'say "hi"',
    "back\\slash",
    "\\",
    '"',
    "'",
    '" or 1 == 1 or brand == "',
    '") or (id != "',
    "a%20b",
    "a b",
    "a\tb\nc",
    "\x00",
    "😀",
    "连衣裙",
    "\u202eevil",
    "[]",
    "{x}",
    "%",
    "_",
    "x" * 10_000,
    "x" * 10_001,
    "裙" * 10_000,
    "",
]
PRICES = [Decimal(text) for text in ("0", "0.01", "0.1", "0.3", "10", "19.99", "20.00", "999999999999.999999", "1E+3")]
STOCKS = [None, 0, 1, 7, 2**53 - 1]


def catalogue() -> list[Product]:
    products = []
    for i, text in enumerate(HOSTILE * 3):
        attributes = {"colour": text} if i % 3 else {}
        if i % 5 == 0:
            attributes[text or "none"] = "yes"
        products.append(
            product(
                f"{i} {text[:40]}",
                brand=text if i % 2 else "Acme",
                category=HOSTILE[(i * 7) % len(HOSTILE)],
                price=PRICES[i % len(PRICES)],
                stock=STOCKS[i % len(STOCKS)],
                currency=("EUR", "CNY")[i % 2],
                attributes=attributes,
            )
        )
    return products


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Index, list[Product]]]:
    products = catalogue()
    with Index(Settings(), tmp_path_factory.mktemp("filters")) as index:
        index.create("v1", 4, "test")
        index.upsert("v1", products, units(len(products), 4))
        yield index, products


words = st.sampled_from([*HOSTILE, "absent"])
fields = st.sampled_from(["brand", "category", "currency", "attributes.colour", 'attributes.say "hi"', "attributes.\\"])
numbers = st.sampled_from([0.0, 0.01, 0.1, 0.3, 7.0, 10.0, 19.99, 20.0, 1000.0, 1e12, -1.0, 1e-9])
counts = st.sampled_from([-1.0, 0.0, 1.0, 7.0, float(2**53 - 1), float(-(2**53))])
comparisons = st.sampled_from(["=", "!=", "<", "<=", ">", ">="])
lists = st.sampled_from(["in", "not in"])
conditions = st.one_of(
    st.builds(lambda f, o, v: Condition(f, o, (v,)), fields, st.sampled_from(["=", "!="]), words),
    st.builds(lambda f, o, v: Condition(f, o, tuple(v)), fields, lists, st.lists(words, min_size=1, max_size=4)),
    st.builds(lambda o, v: Condition("price", o, (v,)), comparisons, numbers),
    st.builds(lambda o, v: Condition("price", o, tuple(v)), lists, st.lists(numbers, min_size=1, max_size=3)),
    st.builds(lambda o, v: Condition("stock", o, (v,)), comparisons, counts),
    st.builds(lambda o, v: Condition("stock", o, tuple(v)), lists, st.lists(counts, min_size=1, max_size=3)),
    st.builds(lambda o, i: Condition("id", o, (f"{i} {HOSTILE[i][:40]}",)), lists, st.integers(0, len(HOSTILE) - 1)),
)
filters = st.builds(lambda parts: Filter(tuple(parts)), st.lists(conditions, min_size=1, max_size=4))


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(filters)
@example(Filter((Condition("attributes.colour", "!=", ("Acme",)),)))
@example(Filter((Condition("attributes.colour", "not in", ("Acme",)),)))
@example(Filter((Condition("stock", "!=", (0.0,)),)))
@example(Filter((Condition("stock", "not in", (0.0, 1.0)),)))
def test_milvus_and_python_let_the_same_products_through(shop: tuple[Index, list[Product]], where: Filter) -> None:
    index, products = shop
    expected = sorted(one.id for one in products if where.matches(one))
    assert index.matching("v1", where) == expected
    assert index.count("v1", where) == len(expected)
    assert sorted(index.search("v1", units(1, 4), len(products), where=where)[0].ids) == expected
