"""Facets count what the filter they name lets through."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from search.facets import MOST_VALUES, count
from search.filters import parse
from search.products import Product
from search.query import FACETS
from tests.search.shop import product
from tests.search.test_filters import HOSTILE

texts = st.sampled_from([text for text in HOSTILE if len(text) < 100])
names = st.sampled_from([text for text in HOSTILE if text.strip() and len(text) < 100])
shops = st.lists(
    st.builds(
        lambda **fields: fields,
        brand=texts,
        category=names,
        price=st.decimals(0, 10_000, places=2),
        currency=st.sampled_from(["EUR", "CNY"]),
        stock=st.sampled_from([None, 0, 1, 5]),
        attributes=st.dictionaries(names, texts, max_size=3),
    ),
    max_size=40,
)


def shop(rows: list[dict[str, object]]) -> list[Product]:
    return [product(f"p{i}", **row) for i, row in enumerate(rows)]


@given(shops)
def test_every_count_is_what_its_filter_lets_through(rows: list[dict[str, object]]) -> None:
    products = shop(rows)
    facets = count(products, FACETS, complete=True)
    assert facets.over == len(products)
    for field, counts in facets.fields.items():
        assert len({one.label for one in counts}) == len(counts)
        for one in counts:
            assert one.count > 0
            if one.filter:
                where = parse(one.filter)
                assert sum(where.matches(each) for each in products) == one.count, (field, one)
            else:
                assert (field, one.label) == ("stock", "unknown")


def test_counts_are_readable() -> None:
    products = [
        product("a", brand="Acme", price=Decimal("19.99"), stock=3, attributes={"colour": "red"}),
        product("b", brand="ACME", price=Decimal("20"), stock=0, attributes={"Colour": "Red"}),
        product("c", brand="Acme", price=Decimal("0.50"), category="hat"),
    ]
    fields = count(products, FACETS, complete=False).fields
    assert [(c.label, c.count) for c in fields["brand"]] == [("Acme", 3)]
    assert [(c.label, c.count) for c in fields["category"]] == [("dress", 2), ("hat", 1)]
    assert [(c.label, c.filter) for c in fields["price"]] == [
        ("0..1 EUR", "price>=0 price<1"),
        ("10..20 EUR", "price>=10 price<20"),
        ("20..50 EUR", "price>=20 price<50"),
    ]
    assert [(c.label, c.count) for c in fields["stock"]] == [("in stock", 1), ("sold out", 1), ("unknown", 1)]
    assert sum(c.count for name, counts in fields.items() if name.startswith("attributes.") for c in counts) == 2


def test_the_most_frequent_values_are_listed() -> None:
    products = [product(f"p{i}", brand=f"b{i % 30:02}" if i >= 30 else "b00") for i in range(90)]
    brands = count(products, ["brand"], complete=True).fields["brand"]
    assert len(brands) == MOST_VALUES
    assert brands[0].label == "b00"
