"""An event, and what makes a raw value one."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

Kind = Literal[
    "view", "click", "like", "hide", "add_to_cart", "remove_from_cart", "purchase", "search", "try_on"
]  # fmt: skip
WEIGHTS: Mapping[str, float] = {
    "view": 1.0, "click": 2.0, "try_on": 3.0, "like": 3.0, "add_to_cart": 3.0, "purchase": 4.0,
}  # fmt: skip
"""How much each kind says for an item; those that are not here say nothing, or the contrary."""

MOST_EVENTS = 1000
ID_LENGTH = 128
MOST_PRICE = 10**9
_LINE = r"\A[^\x00-\x1f\x7f]+\Z"
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=ID_LENGTH, pattern=_LINE)]
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=_LINE)]
_AHEAD = 86_400.0  # seconds that a client's clock may be ahead of ours
_EARLIEST = datetime(2000, 1, 1, tzinfo=UTC).timestamp()


class Context(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where it happened. position: place in the list it was shown in, from 1."""

    device: Word | None = None
    place: Word | None = None
    page: Word | None = None
    position: Annotated[int, msgspec.Meta(ge=1, le=10_000)] | None = None


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something a shopper did.

    id: the same event sent twice is stored once; user or session: at least one; item: for all kinds but search, which
    has a query; price: of one piece; recommendation: id of the answer that led here.
    """

    id: Name
    type: Kind
    time: datetime
    user: Name | None = None
    session: Name | None = None
    item: Name | None = None
    query: Annotated[str, msgspec.Meta(min_length=1, max_length=500)] | None = None
    price: float | None = None
    quantity: Annotated[int, msgspec.Meta(ge=1, le=10_000)] = 1
    recommendation: Word | None = None
    context: Context = Context()


class Status(msgspec.Struct, frozen=True):
    """What became of one entry. reason: why it was refused."""

    id: str | None
    status: Literal["stored", "duplicate", "refused"]
    reason: str | None = None


def parse(raw: Mapping[str, Any], now: float) -> Event:
    """An event of raw values. Raises ValueError in words for whoever sent it. now: Unix seconds."""
    event = msgspec.convert(raw, Event)
    for name in ("id", "user", "session", "item", "query"):
        value = getattr(event, name)
        if value is not None:
            value.encode()  # lone surrogates have no UTF-8
            if "\x00" in value:
                raise ValueError(f"{name} holds a NUL character")
    if event.user is None and event.session is None:
        raise ValueError("Expected a user or a session")
    if (event.item is None) != (event.type == "search"):
        raise ValueError("Expected an item, and none for a search")
    if event.type == "search" and event.query is None:
        raise ValueError("Expected a query for a search")
    if event.price is not None and not (math.isfinite(event.price) and 0 <= event.price <= MOST_PRICE):
        raise ValueError("Expected a price of at least 0 and finite")
    if event.time.tzinfo is None:
        raise ValueError("Expected a time with its offset from UTC")
    if not _EARLIEST <= event.time.timestamp() <= now + _AHEAD:
        raise ValueError("Expected a time between the year 2000 and tomorrow")
    return event
