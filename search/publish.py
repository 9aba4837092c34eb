"""Making the index equal to the database: the last step of an ingest."""

import sys
from collections.abc import Callable, Sequence
from tempfile import TemporaryFile
from typing import IO

import msgspec
import numpy as np

from core.settings import Settings
from search import graph
from search.catalogue import Catalogue, Entry, Version
from search.index import Index
from search.locks import turn
from search.products import Product

MOST_SMOOTHED = 200_000
"""Products up to which neighbours are looked for: it takes time with their square, some minutes for so many."""

_PAGE = 500


def publish(
    catalogue: Catalogue,
    index: Index,
    settings: Settings,
    version: Version,
    *,
    stale: bool,
    kept: slice = graph.NOTHING,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Make a version's collection what the database says, and the version the live one if it was being built.

    stale: whether anything but fields of products changed since the last time; if not, a live version is left as it is.
    kept: the numbers of a vector that its neighbours have no say in.
    The version live before is kept for rollback, older ones are dropped with their collections.
    """
    home = settings.home
    if version.state == "building":
        with turn(catalogue.database, home, "write", wait=True):
            index.drop(version.collection)  # what a process that died left of it
            index.create(version.collection, version.dim, version.encoder)
    if version.state == "building" or stale:
        _write_all(catalogue, index, settings, version, kept, progress)
    if version.state == "building":
        index.warm(version.collection)
        with turn(catalogue.database, home, "write", wait=True):
            catalogue.swap(version.id)
    catalogue.mark(version.id, dirty=False)
    for old in catalogue.versions():
        if old.state == "dropped":
            index.drop(old.collection)
            catalogue.forget(old.id)


def republish(
    catalogue: Catalogue,
    index: Index,
    settings: Settings,
    encoder: object,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Version | None:
    """Make the live version's collection from the database alone, where Milvus holds nothing of it; None without one.

    encoder: the one that the vectors are of. The version kept for rollback has no collection then, and is forgotten.
    """
    live = catalogue.live()
    for version in catalogue.versions():
        if version.state in ("previous", "dropped"):
            index.drop(version.collection)
            catalogue.forget(version.id)
    if live is None:
        return None
    index.drop(live.collection)
    index.create(live.collection, live.dim, live.encoder)
    publish(catalogue, index, settings, live, stale=True, kept=graph.colours(encoder), progress=progress)
    index.warm(live.collection)
    return live


def upsert(
    catalogue: Catalogue, index: Index, version: Version, encoded: Sequence[Entry], products: Sequence[Product]
) -> None:
    """Write to the index what is encoded, by its own vector, and products with other fields, by the vector they have."""
    if encoded:
        index.upsert(version.collection, [entry.product for entry in encoded], np.stack([e.own for e in encoded]))
    if products:
        ids = [product.id for product in products]
        vectors = {**catalogue.own_vectors(version, ids), **index.get(version.collection, ids)}
        there = [product for product in products if product.id in vectors]
        if there:
            index.upsert(version.collection, there, np.stack([vectors[product.id] for product in there]))


def placed(catalogue: Catalogue, index: Index, version: Version, entry: Entry, kept: slice = graph.NOTHING) -> Entry:
    """A product that comes alone, with its vector drawn towards those it now stands among, if the others' are."""
    if not version.smoothed:
        return entry
    (found,) = index.search(version.collection, entry.own[None], graph.NEIGHBOURS + 1)
    ids = [one for one in found.ids if one != entry.product.id][: graph.NEIGHBOURS]
    own = catalogue.own_vectors(version, ids)
    neighbours = np.reshape([own[one] for one in ids if one in own], (-1, version.dim))
    return msgspec.structs.replace(entry, own=graph.place(entry.own, neighbours, kept=kept))


def _write_all(
    catalogue: Catalogue,
    index: Index,
    settings: Settings,
    version: Version,
    kept: slice,
    progress: Callable[[int, int], None],
) -> None:
    with TemporaryFile(dir=settings.home) as file:
        ids, own, places = _neighbourhood(catalogue, version, file)
        for start in range(0, len(ids), _PAGE):
            page = slice(start, start + _PAGE)
            vectors = own[page] if places is None else graph.place(own[page], own[places[page]], kept=kept)
            with turn(catalogue.database, settings.home, "write", wait=True):
                # Products that were written or deleted in the meantime are right in the index already.
                products = catalogue.get_many(ids[page])
                now = catalogue.own_vectors(version, ids[page])
                same = [
                    i
                    for i, one in enumerate(ids[page])
                    if one in products and one in now and np.array_equal(now[one], own[start + i])
                ]
                if same:
                    index.upsert(version.collection, [products[ids[start + i]] for i in same], vectors[same])
            progress(min(start + _PAGE, len(ids)), len(ids))
    for there, _ in index.iterate(version.collection):
        with turn(catalogue.database, settings.home, "write", wait=True):
            if strays := sorted(set(there) - catalogue.own_vectors(version, there).keys()):
                index.delete(version.collection, strays)


def _neighbourhood(
    catalogue: Catalogue, version: Version, file: IO[bytes]
) -> tuple[list[str], np.ndarray, np.ndarray | None]:
    """Ids, own vectors (n, dim) float32 and places of neighbours (n, k), None where they are not to be drawn together.

    The vectors lie in the file: memory does not grow with them.
    """
    ids: list[str] = []
    categories: list[str] = []
    for products, vectors in catalogue.iterate(version, _PAGE):
        file.write(np.ascontiguousarray(vectors, np.float32).tobytes())
        ids += [product.id for product in products]
        categories += [sys.intern(product.category) for product in products]
    file.flush()
    if not ids:
        return ids, np.empty((0, version.dim), np.float32), None
    own = np.memmap(file, np.float32, "r", shape=(len(ids), version.dim))
    places = graph.nearest(own)[0] if len(ids) <= MOST_SMOOTHED else None
    smoothed = places is not None and graph.come_in_kinds(categories, places)
    catalogue.note_smoothed(version.id, smoothed)
    return ids, own, places if smoothed else None
