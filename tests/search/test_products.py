from decimal import Decimal

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from search.products import FIELDS, Fault, Product, parse_product

GOOD: dict[str, object] = {
    "id": "A-1",
    "title": "Red dress 红色连衣裙",
    "category": "dress",
    "price": "19.90",
    "currency": "eur",
    "image": "a.jpg",
}


def faults_of(**values: object) -> list[tuple[str | None, str]]:
    parsed = parse_product(GOOD | values, 7)
    assert isinstance(parsed, tuple), f"{values} was taken"
    assert {fault.row for fault in parsed} == {7}
    return [(fault.field, fault.reason) for fault in parsed]


def test_a_row_of_texts_becomes_a_product():
    product = parse_product(GOOD | {"stock": "3", "attributes": '{"size": 42, "new": true}', "brand": " A \t B "}, 1)
    assert product == Product(
        id="A-1",
        title="Red dress 红色连衣裙",
        category="dress",
        price=Decimal("19.90"),
        currency="EUR",
        image="a.jpg",
        stock=3,
        brand="A B",
        attributes={"size": "42", "new": "true"},
    )


def test_all_faults_of_a_row_are_listed_with_its_id():
    parsed = parse_product({"id": "x", "price": "-1", "currency": "EURO", "stock": "many"}, 3)
    assert isinstance(parsed, tuple)
    assert [fault.field for fault in parsed] == ["title", "category", "price", "currency", "image", "stock"]
    assert {(fault.row, fault.id) for fault in parsed} == {(3, "x")}


@pytest.mark.parametrize(
    "price", ["nan", "inf", "-inf", "-0.01", "1e12", "1e400", "0.0000001", "free", "1,99", True, [], "٣x", 10**30]
)
def test_a_price_out_of_bounds_is_a_fault(price):
    assert [field for field, _ in faults_of(price=price)] == ["price"]


@pytest.mark.parametrize("price", ["0", "0.10", 19.99, 5, "999999999999.999999", "1.500000000", "1E2"])
def test_a_price_is_kept_exactly(price):
    product = parse_product(GOOD | {"price": price}, 1)
    assert isinstance(product, Product)
    assert product.price == Decimal(str(price))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "x" * 129),
        ("id", "a\0b"),
        ("id", "a\nb"),
        ("id", "a\udc80"),
        ("id", ["a"]),
        ("currency", "XXX"),
        ("currency", "€"),
        ("title", "t" * 501),
        ("description", "d" * 20_001),
        ("description", "a\0b"),
        ("stock", -1),
        ("stock", "2.5"),
        ("stock", 2**53),
        ("stock", True),
        ("attributes", "{"),
        ("attributes", "[1]"),
        ("attributes", {"a": ["b"]}),
        ("attributes", "[" * 100_000),
        ("attributes", {"": "b"}),
        ("attributes", {str(i): "" for i in range(101)}),
    ],
)
def test_a_value_that_does_not_fit_is_a_fault_of_its_field(field, value):
    assert [name for name, _ in faults_of(**{field: value})] == [field]


@settings(suppress_health_check=[HealthCheck.too_slow])  # its tables of characters are made at the first run
@given(
    st.dictionaries(st.sampled_from(FIELDS), st.none() | st.booleans() | st.floats() | st.text() | st.lists(st.text()))
)
def test_whatever_the_values_are_there_is_a_product_or_a_reason(values):
    parsed = parse_product(values, 1)
    assert isinstance(parsed, Product) or (parsed and all(isinstance(f, Fault) and f.reason for f in parsed))
    if isinstance(parsed, Product):
        assert msgspec.convert(msgspec.to_builtins(parsed), Product) == parsed


def test_decoding_json_checks_the_same_bounds():
    for change in ({"price": "-1"}, {"currency": "XXX"}, {"id": ""}, {"colour": "red"}):
        body = msgspec.json.encode({**GOOD, "currency": "EUR", **change})
        with pytest.raises(msgspec.ValidationError):
            msgspec.json.decode(body, type=Product)
