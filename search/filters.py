"""What a shopper or a shop writes as a filter, read into conditions.

Text: ``price<50 brand="Blue Harbour" and stock>0``, ``category in (dress, skirt)``, ``price 10..50``,
``attributes.colour=red``, ``brand!=Acme``, ``category not in (bag, hat)``. Words with blanks stand in quotes.
JSON: ``{"price": {"gte": 10, "lt": 50}, "category": ["dress", "skirt"], "attributes.colour": "red"}``.
"""

import json
import math
import re
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import NoReturn

from core.errors import BadFilter
from search.conditions import COMPARISONS, NUMBERS, WORDS, Condition, Filter, Operator

MOST_CONDITIONS = 32
MOST_VALUES = 1000

_JSON_OPERATORS: dict[str, Operator] = {
    "eq": "=",
    "ne": "!=",
    "lt": "<",
    "lte": "<=",
    "gt": ">",
    "gte": ">=",
    "in": "in",
    "nin": "not in",
}


def parse(source: str | Mapping[str, object] | Iterable[str] | None) -> Filter:
    """Read a filter: text in either form, a JSON object, or several texts that must all hold.

    Raises BadFilter naming the place and what is allowed there.
    """
    if source is None:
        return Filter()
    if isinstance(source, str):
        conditions = _from_json_text(source) if source.lstrip().startswith("{") else _Reader(source).conditions()
    elif isinstance(source, Mapping):
        conditions = _from_object(source)
    else:
        conditions = [condition for text in source for condition in parse(text).conditions]
    if len(conditions) > MOST_CONDITIONS:
        raise BadFilter(f"The filter has {len(conditions)} conditions.", remedy=f"Use at most {MOST_CONDITIONS}.")
    return Filter(tuple(conditions))


def _condition(field: str, op: Operator, values: Iterable[object], place: str) -> Condition:
    field = field.strip()
    name = field if field.startswith("attributes.") else field.lower()
    if name not in WORDS and name not in NUMBERS and not (name.startswith("attributes.") and len(name) > 11):
        known = ", ".join((*WORDS, *NUMBERS))
        raise BadFilter(f"{place}: there is no field {_short(field)!r}.", remedy=f"Use {known} or attributes.<name>.")
    values = list(values)
    if not values:
        raise BadFilter(f"{place}: no value follows {name} {op}.", remedy=f"Write for instance {_example(name)}.")
    if len(values) > MOST_VALUES:
        raise BadFilter(f"{place}: {len(values)} values for {name}.", remedy=f"Use at most {MOST_VALUES}.")
    if name in NUMBERS:
        return Condition(name, op, tuple(_number(name, value, place) for value in values))
    if op in COMPARISONS and op not in ("=", "!="):
        raise BadFilter(f"{place}: {name} has no order, {op} does not apply.", remedy=f"Write {_example(name)}.")
    for value in values:
        if not isinstance(value, str):
            raise BadFilter(f"{place}: {name} is compared with text, not {_short(value)}.", remedy=_example(name))
    return Condition(name, op, tuple(str(value) for value in values))


def _number(name: str, value: object, place: str) -> float:
    if isinstance(value, str | int | float) and not isinstance(value, bool) and len(str(value)) <= 40:
        try:
            number = float(Decimal(str(value)))
        except (InvalidOperation, OverflowError):
            number = math.nan
        if abs(number) <= 2**53 and (name != "stock" or number.is_integer()):
            return number + 0.0  # -0.0 is 0.0
    kind = "a whole number" if name == "stock" else "a number"
    raise BadFilter(f"{place}: {_short(value)} is not {kind} that {name} can have.", remedy=f"Write {_example(name)}.")


def _example(name: str) -> str:
    return {"price": "price<50 or price 10..50", "stock": "stock>0"}.get(name, f"{name}=red or {name} in (red, blue)")


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "…"


def _from_json_text(text: str) -> list[Condition]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        place = f"line {error.lineno} column {error.colno}" if isinstance(error, json.JSONDecodeError) else "it"
        raise BadFilter(
            f"The filter is no JSON: {place} cannot be read.", remedy='Write {"price": {"lt": 50}}.'
        ) from None
    return _from_object(found)


def _from_object(source: Mapping[str, object]) -> list[Condition]:
    conditions: list[Condition] = []
    for field, wanted in source.items():
        place = f"At {_short(field)!r}"
        if field == "attributes" and isinstance(wanted, Mapping):
            conditions += _from_object({f"attributes.{name}": value for name, value in wanted.items()})
        elif isinstance(wanted, Mapping):
            for name, value in wanted.items():
                op = _JSON_OPERATORS.get(name)
                if op is None:
                    raise BadFilter(
                        f"{place}: no operator {_short(name)!r}.", remedy=f"Use {', '.join(_JSON_OPERATORS)}."
                    )
                several = op in ("in", "not in")
                if several is not isinstance(value, list | tuple):
                    raise BadFilter(
                        f"{place}: {name} takes {'a list' if several else 'one value'}.", remedy=_example(field)
                    )
                conditions.append(_condition(field, op, value if isinstance(value, list | tuple) else [value], place))
        elif isinstance(wanted, list | tuple):
            conditions.append(_condition(field, "in", wanted, place))
        else:
            conditions.append(_condition(field, "=", [wanted], place))
    return conditions


class _Reader:
    """Reads the text form from left to right."""

    _blank = re.compile(r"[\s,;&]*(?:(?:and|AND|And)(?=\s))?[\s]*")
    _field = re.compile(r"attributes\.(?:\"(?:[^\"\\]|\\.)*\"|[^\s=!<>(),\"']+)|[^\W\d]\w*")
    _operator = re.compile(r"\s*(<=|>=|!=|==|=|<|>|not\s+in\b|in\b|(?=[-\d.]+\.\.))\s*", re.IGNORECASE)
    _range = re.compile(r"(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)(?![\w.])")
    _quoted = re.compile(r"\"((?:[^\"\\]|\\.)*)\"|'((?:[^'\\]|\\.)*)'", re.DOTALL)
    _bare = re.compile(r"[^\s,;()\"'<>=!]+")
    _listed = re.compile(r"[^,()\"']+")

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def conditions(self) -> list[Condition]:
        found: list[Condition] = []
        self._skip()
        while self._at < len(self._text):
            start = self._at
            found += self._one(f"At character {start + 1}, {_short(self._text[start:])!r}")
            self._skip()
        return found

    def _one(self, place: str) -> list[Condition]:
        field = self._take(self._field)
        if field is None:
            self._fail(place, "a field name is expected")
        name = field[0]
        if name.startswith('attributes."'):
            name = "attributes." + _unescaped(name[12:-1])
        found = self._take(self._operator)
        if found is None:
            self._fail(place, f"a comparison is expected after {_short(name)!r}")
        word = " ".join(found[1].lower().split())
        if (span := self._take(self._range)) is not None:
            if word not in ("", "=", "==", "in"):
                self._fail(place, f"a range does not go with {word}")
            return [_condition(name, ">=", [span[1]], place), _condition(name, "<=", [span[2]], place)]
        if word in ("in", "not in"):
            return [_condition(name, "in" if word == "in" else "not in", self._list(place), place)]
        op: Operator = "=" if word in ("=", "==") else word  # type: ignore[assignment]
        if not word:
            self._fail(place, "a range reads 10..50")
        value = self._value(self._bare)
        if value is None:
            self._fail(place, f"a value is expected after {word}")
        return [_condition(name, op, [value], place)]

    def _list(self, place: str) -> list[str]:
        if not self._literal("("):
            self._fail(place, "a list in brackets is expected")
        values: list[str] = []
        while not self._literal(")"):
            if values and not self._literal(","):
                self._fail(place, "a comma or a closing bracket is expected")
            value = self._value(self._listed)
            if value is None or len(values) > MOST_VALUES:
                self._fail(place, "a value is expected in the list" if value is None else "the list is too long")
            values.append(value)
        return values

    def _value(self, bare: re.Pattern[str]) -> str | None:
        if (quoted := self._take(self._quoted)) is not None:
            return _unescaped(quoted[1] if quoted[1] is not None else quoted[2])
        found = self._take(bare)
        return None if found is None else found[0].strip() or None

    def _literal(self, character: str) -> bool:
        while self._text[self._at : self._at + 1].isspace():
            self._at += 1
        if self._text.startswith(character, self._at):
            self._at += 1
            while self._text[self._at : self._at + 1].isspace():
                self._at += 1
            return True
        return False

    def _take(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        found = pattern.match(self._text, self._at)
        if found is not None:
            self._at = found.end()
        return found

    def _skip(self) -> None:
        self._take(self._blank)

    def _fail(self, place: str, what: str) -> NoReturn:
        raise BadFilter(
            f"{place}: {what}.",
            remedy='Write for instance price<50 brand="Blue Harbour" category in (dress, skirt) attributes.colour=red.',
        )


def _unescaped(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text, flags=re.DOTALL)
