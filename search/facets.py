"""How many of the found products have which value: what a shopper can narrow a search by."""

from collections import Counter
from collections.abc import Iterable, Sequence
from decimal import Decimal

from search.conditions import fold
from search.products import Product
from search.query import Count, Facet, Facets

MOST_VALUES = 20
"""Values listed for one field, the most frequent ones."""

_STEPS = (Decimal(1), Decimal(2), Decimal(5))
_STOCK = {"in stock": "stock>0", "sold out": "stock=0", "unknown": ""}


def count(products: Sequence[Product], wanted: Iterable[Facet], *, complete: bool) -> Facets:
    """Count the values of these products; ``complete`` says whether they are all that could be found.

    Spellings that a filter takes for one value are counted as one, under the most frequent (of equals, the first).
    Prices are counted by bands in the currency most products have; products of other currencies are left out there.
    """
    fields: dict[str, tuple[Count, ...]] = {}
    for facet in wanted:
        if facet == "price":
            fields["price"] = _bands(products)
        elif facet == "stock":
            states = Counter(_state(product.stock) for product in products)
            fields["stock"] = tuple(Count(s, states[s], _STOCK[s]) for s in _STOCK if s in states)
        elif facet == "attributes":
            names = _spelled(name for product in products for name in product.attributes)
            values: dict[str, list[str]] = {folded: [] for folded in names}
            for product in products:
                for folded, value in {fold(name): value for name, value in product.attributes.items()}.items():
                    values[folded].append(value)
            for folded, name in sorted(names.items(), key=lambda item: item[1]):
                fields[f"attributes.{name}"] = _values(f"attributes.{_quoted(name)}", values[folded])
        else:
            fields[facet] = _values(facet, [getattr(product, facet) for product in products])
    return Facets(len(products), complete, fields)


def _values(field: str, values: Sequence[str]) -> tuple[Count, ...]:
    spelled = _spelled(values)
    counts = Counter(fold(value) for value in values)
    ordered = sorted(((n, folded) for folded, n in counts.items() if folded), key=lambda c: (-c[0], spelled[c[1]]))
    return tuple(
        Count(spelled[folded], n, f"{field}={_quoted(spelled[folded])}") for n, folded in ordered[:MOST_VALUES]
    )


def _spelled(values: Iterable[str]) -> dict[str, str]:
    """Folded value → how it is mostly written."""
    best: dict[str, str] = {}
    for value, _ in sorted(Counter(values).items(), key=lambda item: (-item[1], item[0])):
        best.setdefault(fold(value), value)
    return best


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _state(stock: int | None) -> str:
    return "unknown" if stock is None else "in stock" if stock > 0 else "sold out"


def _bands(products: Sequence[Product]) -> tuple[Count, ...]:
    currencies = Counter(product.currency for product in products)
    if not currencies:
        return ()
    currency = min(currencies, key=lambda code: (-currencies[code], code))
    bands = Counter(_band(product.price) for product in products if product.currency == currency)
    only = f" currency={currency}" if len(currencies) > 1 else ""
    return tuple(
        Count(f"{low:f}..{high:f} {currency}", bands[low, high], f"price>={low:f} price<{high:f}{only}")
        for low, high in sorted(bands)
    )


def _band(price: Decimal) -> tuple[Decimal, Decimal]:
    """The band of 0..1, 1..2, 2..5, 5..10, 10..20, … that holds a price; a price on an edge is in the upper band."""
    if price < 1:
        return Decimal(0), Decimal(1)
    power = Decimal(10) ** price.adjusted()
    low = max(step * power for step in _STEPS if step * power <= price)
    return low, next(step * power for step in (*_STEPS, Decimal(10)) if step * power > low)
