"""Making the index equal to the database: the last step of an ingest."""

from collections.abc import Callable, Sequence

import numpy as np

from core.settings import Settings
from search.catalogue import Catalogue, Entry, Version
from search.index import Index
from search.locks import turn
from search.products import Product

_PAGE = 500


def publish(
    catalogue: Catalogue,
    index: Index,
    settings: Settings,
    version: Version,
    *,
    stale: bool,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Make a version's collection what the database says, and the version the live one if it was being built.

    stale: whether anything but fields of products changed since the last time; if not, a live version is left as it is.
    The version live before is kept for rollback, older ones are dropped with their collections.
    """
    home = settings.home
    if version.state == "building":
        with turn(catalogue.database, home, "write", wait=True):
            index.drop(version.collection)  # what a process that died left of it
            index.create(version.collection, version.dim, version.encoder)
    if version.state == "building" or stale:
        _write_all(catalogue, index, settings, version, progress)
    if version.state == "building":
        index.warm(version.collection)
        with turn(catalogue.database, home, "write", wait=True):
            catalogue.swap(version.id)
    catalogue.mark(version.id, dirty=False)
    for old in catalogue.versions():
        if old.state == "dropped":
            index.drop(old.collection)
            catalogue.forget(old.id)


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


def _write_all(
    catalogue: Catalogue, index: Index, settings: Settings, version: Version, progress: Callable[[int, int], None]
) -> None:
    total, done = catalogue.count(), 0
    for products, own in catalogue.iterate(version, _PAGE):
        with turn(catalogue.database, settings.home, "write", wait=True):
            index.upsert(version.collection, products, own)
        done += len(products)
        progress(done, total)
    for ids, _ in index.iterate(version.collection):
        strays = set(ids) - catalogue.get_many(ids).keys()
        if strays:
            index.delete(version.collection, sorted(strays))
