"""A shop of many products for load tests: real rows and words, synthetic vectors of the product's own kind."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from core import Database, Settings
from sample import generate
from search import Catalogue, Entry, Index, Product

if TYPE_CHECKING:
    from vision.fusion import FusedEncoder

DRAWN = 2_000  # rows of the sample shop; more are these again, with other ids and prices
BATCH = 1_000


def fill(
    home: Path, settings: Settings, encoder: "FusedEncoder", products: int, seed: int, progress: Callable[[int], None]
) -> bool:
    """Put ``products`` products into the catalogue and index of ``home``; False where they are there already.

    Their vectors (products, dim) are random in every subspace, with the subspace's own weight: an exact search over
    them costs what it costs over any others.
    """
    database = Database(f"sqlite:///{home / 'shopglass.db'}")
    database.migrate()
    catalogue = Catalogue(database)
    try:
        live = catalogue.live()
        if live is not None and live.encoder == encoder.tag and catalogue.count() == products:
            return False
        with Index(settings.index, home) as index:
            version = catalogue.begin_version(encoder.tag, encoder.dim)
            index.create(version.collection, version.dim, version.encoder)
            rng = np.random.default_rng(seed)
            batch: list[Product] = []
            for done, product in enumerate(_rows(products, seed), 1):
                batch.append(product)
                if len(batch) == BATCH or done == products:
                    vectors = _vectors(encoder, len(batch), rng)
                    entries = [Entry(one, bytes(32), vector) for one, vector in zip(batch, vectors, strict=True)]
                    with database.session() as session:
                        catalogue.write(session, version.id, entries)
                    index.upsert(version.collection, batch, vectors)
                    batch = []
                    progress(done)
            index.warm(version.collection)
            catalogue.swap(version.id)
            catalogue.mark(version.id, dirty=False)
        return True
    finally:
        database.close()


def _rows(products: int, seed: int) -> Iterator[Product]:
    rng = np.random.default_rng(seed)
    drawn = list(generate(min(products, DRAWN), seed))
    for number in range(products):
        one = drawn[number % len(drawn)]
        factor = rng.integers(60, 160)
        yield Product(
            id=f"B-{number:06}",
            title=one.title,
            category=one.category,
            price=(one.price * int(factor) / 100).quantize(one.price),
            currency=one.currency,
            image=f"images/{number}.jpg",
            description=one.description,
            brand=one.brand,
            stock=int(rng.integers(0, 200)),
            attributes={"title_zh": one.title_zh, **one.attributes},
        )


def _vectors(encoder: "FusedEncoder", count: int, rng: np.random.Generator) -> np.ndarray:
    parts = []
    for space in encoder.subspaces:
        part = rng.standard_normal((count, space.stop - space.start), np.float32)
        parts.append(part / np.linalg.norm(part, axis=1, keepdims=True) * np.float32(np.sqrt(space.weight)))
    return np.concatenate(parts, axis=1)
