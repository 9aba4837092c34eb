"""What is trained on: the events of the log and the products of the catalogue, as arrays."""

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import select

from core import Database
from recsys.events import WEIGHTS
from recsys.interactions import Interactions
from recsys.tables import EventRow
from search import Catalogue, Product

_PAGE = 20_000


class Gathered(msgspec.Struct, frozen=True):
    """seen: interactions, products of the catalogue first and by id; baskets: (2, n), visits and items of what was put into
    a cart or bought; views, clicks: (items,) how often each was looked at and
    clicked; brands, colours: of each item, "" unknown; first, last: Unix seconds of the events."""

    seen: Interactions
    baskets: NDArray[np.int64]
    views: NDArray[np.int64]
    clicks: NDArray[np.int64]
    brands: tuple[str, ...]
    colours: tuple[str, ...]
    first: float
    last: float
    events: int


def gather(database: Database, catalogue: Catalogue, parts: Sequence[int] = ()) -> Gathered:
    """Read everything. parts: widths of the subspaces of the catalogue's vectors.

    Somebody who has not signed in is a user of their own, by session. What an event says of its shopper is its place.
    Events of products that the catalogue no longer has teach who is like whom, and are never recommended.
    """
    items, categories, brands, colours, prices, vectors = _products(catalogue)
    number = {item: place for place, item in enumerate(items)}
    users: dict[str, int] = {}
    visits: dict[str, int] = {}
    user: list[int] = []
    item: list[int] = []
    time: list[float] = []
    weight: list[float] = []
    places: dict[int, dict[str, int]] = {}
    baskets: list[tuple[int, int]] = []
    looked: list[tuple[int, int]] = []
    for row in _events(database):
        if row.item not in number:
            number[row.item] = len(items)
            items.append(row.item)
        who, what = users.setdefault(row.user or row.session, len(users)), number[row.item]
        if row.place:
            met = places.setdefault(who, {})
            met[row.place] = met.get(row.place, 0) + 1
        looked.append((what, int(row.type == "click")))
        if row.type in ("add_to_cart", "purchase"):
            baskets.append((visits.setdefault(row.session or f"{row.user} {row.time // 86_400}", len(visits)), what))
        if row.type in WEIGHTS:
            user.append(who)
            item.append(what)
            time.append(row.time)
            weight.append(WEIGHTS[row.type])
    unknown = len(items) - len(categories)
    seen = _first_meetings(
        Interactions.sorted(
            list(users), items, np.array(user, np.int64), np.array(item, np.int64), np.array(time),
            np.array(weight, np.float32),
            vectors=None if vectors is None else np.pad(vectors, ((0, unknown), (0, 0))), parts=tuple(parts),
            categories=(*categories, *[""] * unknown), prices=np.array(prices + [np.nan] * unknown),
            segments=tuple(max(places[who], key=lambda one: (places[who][one], one)) if who in places else "" for who in range(len(users))),
        )
    )  # fmt: skip
    counts = np.array(looked, np.int64).reshape(-1, 2)
    return Gathered(
        seen, np.array(baskets, np.int64).reshape(-1, 2).T,
        np.bincount(counts[:, 0], minlength=len(items)), np.bincount(counts[:, 0], counts[:, 1], len(items)).astype(np.int64),
        (*brands, *[""] * unknown), (*colours, *[""] * unknown), float(seen.time.min()) if len(seen) else 0.0, float(seen.time.max()) if len(seen) else 0.0, len(counts),
    )  # fmt: skip


def colour_of(product: Product) -> str:
    """The attribute of that name; "" where it has none."""
    return str(product.attributes.get("colour", ""))


def _first_meetings(seen: Interactions) -> Interactions:
    """Each product of a user once, when it was first met, with the strongest of its events."""
    pair = seen.user * len(seen.items) + seen.item
    order = np.lexsort((seen.time, pair))
    starts = np.flatnonzero(np.diff(pair[order], prepend=-1)) if len(pair) else np.empty(0, np.int64)
    strongest = np.maximum.reduceat(seen.weight[order], starts) if len(starts) else seen.weight
    kept = order[starts] if len(starts) else order
    return Interactions.sorted(
        seen.users, seen.items, seen.user[kept], seen.item[kept], seen.time[kept], strongest,
        vectors=seen.vectors, parts=seen.parts, categories=seen.categories, prices=seen.prices, segments=seen.segments,
    )  # fmt: skip


def _products(
    catalogue: Catalogue,
) -> tuple[list[str], list[str], list[str], list[str], list[float], NDArray[np.float32] | None]:
    """Ids, categories, brands, colours, prices and vectors, by id; a product without a vector, such as one that has no
    picture, has zeros, and without any there are none."""
    live = catalogue.live()
    found: list[Product] = []
    vectors: dict[str, NDArray[np.float32]] = {}
    after = ""
    while page := catalogue.page(after=after, limit=1000):
        found += page
        after = page[-1].id
        if live is not None:
            vectors |= catalogue.own_vectors(live, [one.id for one in page])
    own = None
    if vectors:
        own = np.zeros((len(found), len(next(iter(vectors.values())))), np.float32)
        for place, one in enumerate(found):
            if one.id in vectors:
                own[place] = vectors[one.id]
    return (
        [one.id for one in found], [one.category for one in found], [one.brand for one in found],
        [colour_of(one) for one in found], [float(one.price) for one in found], own,
    )  # fmt: skip


def _events(database: Database) -> Iterator[Any]:
    """Those with an item, by time; a page at a time, so that writers never wait."""
    columns = (
        EventRow.id,
        EventRow.user,
        EventRow.session,
        EventRow.item,
        EventRow.type,
        EventRow.time,
        EventRow.place,
    )
    after = (-1.0, "")
    while True:
        with database.reading() as session:
            page = session.execute(
                select(*columns)
                .where(EventRow.item.is_not(None), (EventRow.time > after[0]) | ((EventRow.time == after[0]) & (EventRow.id > after[1])))
                .order_by(EventRow.time, EventRow.id)
                .limit(_PAGE)
            ).all()  # fmt: skip
        if not page:
            return
        yield from page
        after = page[-1].time, page[-1].id
