"""Conditions on a product: what they mean, and how Milvus is told.

Words are compared without regard to case or width (``ACME`` is ``Acme``), except ids. A product of unknown stock
meets no condition on stock. A product without an attribute meets ``!=`` and ``not in``, and nothing else, on it.
"""

import operator
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from hashlib import sha256
from typing import Literal
from urllib.parse import quote

import msgspec

from search.products import Product

Operator = Literal["=", "!=", "<", "<=", ">", ">=", "in", "not in"]

WORDS = ("id", "category", "brand", "currency")
NUMBERS = ("price", "stock")
UNKNOWN_STOCK = -1  # how an index without nulls (Milvus 2.3) holds a stock of None
LONGEST_TOKEN = 240

COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}


class Condition(msgspec.Struct, frozen=True):
    """One comparison. field: a name of WORDS or NUMBERS, or ``attributes.<name>``."""

    field: str
    operator: Operator
    values: tuple[str | float, ...]

    def matches(self, product: Product) -> bool:
        if self.field in NUMBERS:
            actual = product.price if self.field == "price" else product.stock
            return actual is not None and self._compares(float(actual))
        if self.field.startswith("attributes."):
            folded = {fold(name): value for name, value in product.attributes.items()}
            text = folded.get(fold(self.field.removeprefix("attributes.")))
        else:
            text = getattr(product, self.field)
        token = None if text is None else id_token(text) if self.field == "id" else word_token(text)
        return (token in self._tokens()) is (self.operator in ("=", "in"))

    def milvus(self) -> str:
        """The condition in Milvus's language, in the part of it that every engine has (no ``not``, no ``exists``)."""
        if self.field in NUMBERS:
            literals = [_number_literal(self.field, float(value)) for value in self.values]
            expression = self._expression(self.field, literals)
            return f"({expression} and {self.field} > {UNKNOWN_STOCK})" if self.field == "stock" else expression
        name = self.field
        if name.startswith("attributes."):
            name = f'attributes["{word_token(name.removeprefix("attributes."))}"]'
        return self._expression(name, [f'"{token}"' for token in self._tokens()])

    def _expression(self, name: str, literals: list[str]) -> str:
        if self.operator in ("in", "not in"):
            return f"{name} {self.operator} [{', '.join(literals)}]"
        return f"{name} {'==' if self.operator == '=' else self.operator} {literals[0]}"

    def _tokens(self) -> list[str]:
        return [id_token(str(value)) if self.field == "id" else word_token(str(value)) for value in self.values]

    def _compares(self, actual: float) -> bool:
        values = [float(value) for value in self.values]
        if self.operator in ("in", "not in"):
            return (actual in values) is (self.operator == "in")
        return COMPARISONS[self.operator](actual, values[0])


class Filter(msgspec.Struct, frozen=True):
    """Conditions that all hold. A filter without conditions lets everything through."""

    conditions: tuple[Condition, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def __and__(self, other: "Filter") -> "Filter":
        return Filter(self.conditions + other.conditions)

    def matches(self, product: Product) -> bool:
        return all(condition.matches(product) for condition in self.conditions)

    def milvus(self) -> str:
        """A Milvus boolean expression, "" for no condition.

        Words stand in it percent-encoded, as the index holds them: its alphabet has no quote and no backslash, so
        that no value can end its literal, whatever an engine's parser makes of escapes.
        """
        return " and ".join(condition.milvus() for condition in self.conditions)


def fold(text: str) -> str:
    """Text as it is compared: one form for letters of any case and width, single blanks."""
    return " ".join(unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold()).split())


def word_token(text: str) -> str:
    """A word as the index holds it: folded, percent-encoded ASCII; a long one is cut and told apart by its SHA-256."""
    token = quote(fold(text), safe=" ", errors="surrogatepass")
    if len(token) <= LONGEST_TOKEN:
        return token
    return f"{token[: LONGEST_TOKEN - 65]}~{sha256(token.encode()).hexdigest()}"


def id_token(text: str) -> str:
    """An id as the index holds it: percent-encoded ASCII that ``urllib.parse.unquote`` takes back."""
    return quote(text, safe=" ", errors="surrogatepass")


def _number_literal(field: str, value: float) -> str:
    return str(int(value)) if field == "stock" else format(Decimal(repr(value)), "f")
