"""A product, and what makes a set of raw values one."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Any, get_type_hints

import msgspec

ID_LENGTH = 128
"""Longest product id in characters; four times as many bytes in UTF-8."""

CURRENCIES = frozenset(
    """AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF
    CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF
    IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK
    MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR
    SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED
    VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG""".split()  # noqa: SIM905
)
"""ISO 4217 codes in use as money."""

LARGEST_PRICE = Decimal(10**12)
LARGEST_STOCK = 2**53 - 1  # whole numbers that JavaScript and JSON readers keep exact

# NUL is refused everywhere: PostgreSQL cannot store it. Ids and names are one line, with no blank at either end.
_LINE = r"\A[^\s\x00-\x1f\x7f]([^\x00-\x1f\x7f]*[^\s\x00-\x1f\x7f])?\Z"
_TEXT = r"\A[^\x00]*\Z"

Id = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LENGTH, pattern=_LINE)]
Line = Annotated[str, msgspec.Meta(min_length=1, max_length=500, pattern=_LINE)]
Key = Annotated[str, msgspec.Meta(min_length=1, max_length=100, pattern=_LINE)]
Value = Annotated[str, msgspec.Meta(max_length=500, pattern=_TEXT)]


class Product(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing on sale.

    price: at least 0, below 10¹², finite; currency: ISO 4217; image: a path inside the images' folder, or an http(s)
    URL; stock: pieces on hand, None where it is not counted; attributes: at most 100 names with their values.
    Raises ValueError for a price or currency out of these bounds; msgspec checks the rest where a product is decoded.
    """

    id: Id
    title: Line
    category: Line
    price: Decimal
    currency: str
    image: Annotated[str, msgspec.Meta(min_length=1, max_length=2000, pattern=_LINE)]
    description: Annotated[str, msgspec.Meta(max_length=20_000, pattern=_TEXT)] = ""
    brand: Annotated[str, msgspec.Meta(max_length=200, pattern=_TEXT)] = ""
    stock: Annotated[int, msgspec.Meta(ge=0, le=LARGEST_STOCK)] | None = None
    attributes: Annotated[dict[Key, Value], msgspec.Meta(max_length=100)] = {}

    def __post_init__(self) -> None:
        check_price(self.price)
        check_currency(self.currency)


class Fault(msgspec.Struct, frozen=True):
    """Why a row, or one of its fields, is not as it should be.

    row: where it stands in the file (see :mod:`search.rows`); id: the product's, where it could be read;
    field: None when the whole row is meant.
    """

    row: int
    id: str | None
    field: str | None
    reason: str


def check_price(price: Decimal) -> None:
    """Raise ValueError unless the price is finite, at least 0, below 10¹² and has at most 6 decimals."""
    if not price.is_finite() or not 0 <= price < LARGEST_PRICE:
        raise ValueError("Expected a finite price, at least 0 and below 10^12")
    exponent = price.normalize().as_tuple().exponent
    if isinstance(exponent, int) and exponent < -6:
        raise ValueError("Expected a price of at most 6 decimals")


def check_currency(currency: str) -> None:
    """Raise ValueError unless the code is money of ISO 4217."""
    if currency not in CURRENCIES:
        raise ValueError("Expected a currency code of ISO 4217, as in EUR")


_TYPES: dict[str, Any] = get_type_hints(Product, include_extras=True)
FIELDS = tuple(_TYPES)
REQUIRED = tuple(field.name for field in msgspec.structs.fields(Product) if field.required)
_CHECKS: dict[str, Callable[[Any], None]] = {"price": check_price, "currency": check_currency}


def parse_product(values: Mapping[str, object], row: int) -> Product | tuple[Fault, ...]:
    """Make a product of raw values, or list everything that is wrong with them.

    values: field → text, number or JSON value; None and, for all but texts that may be empty, "" mean missing;
    texts are stripped, blanks within a title, category or brand made one, currencies put in capitals. Names that are no field are passed over.
    """
    good: dict[str, Any] = {}
    faults: list[tuple[str, str]] = []
    for name in FIELDS:
        value = values.get(name)
        if isinstance(value, str):
            value = " ".join(value.split()) if name in ("title", "category", "brand") else value.strip()
        if value is None or value == "":
            if name in REQUIRED:
                faults.append((name, "is missing"))
            continue
        try:
            good[name] = _field(name, value)
        except (ValueError, RecursionError) as error:  # msgspec's errors are ValueErrors
            faults.append((name, _reason(error)))
    if not faults:
        return Product(**good)
    product_id = good.get("id")
    return tuple(Fault(row, product_id, name, reason) for name, reason in faults)


def _field(name: str, value: object) -> Any:
    if name == "attributes":
        if isinstance(value, str):
            value = msgspec.json.decode(value)
        if isinstance(value, dict):
            value = {key: _text(entry) for key, entry in value.items()}
    elif name in ("id", "title", "category", "image", "brand", "description"):
        value = _text(value)
    elif name == "currency" and isinstance(value, str):
        value = value.upper()
    elif isinstance(value, bool):
        raise ValueError("Expected a number, got true or false")
    converted = msgspec.convert(value, _TYPES[name], strict=False)
    if check := _CHECKS.get(name):
        check(converted)
    return converted


def _text(value: object) -> object:
    """A number where text belongs (ids and sizes of spreadsheets) is taken as it is written."""
    if isinstance(value, str):
        value.encode()  # lone surrogates have no UTF-8
        return value
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if isinstance(value, int | float | Decimal) else value


def _reason(error: Exception) -> str:
    if isinstance(error, UnicodeError):
        return "Holds characters that are not UTF-8"
    if isinstance(error, RecursionError):
        return "Is nested too deeply"
    reason = str(error)
    if "matching regex" not in reason:
        return reason
    return "Holds a NUL character" if _TEXT in reason else "Expected one line of printable characters"
