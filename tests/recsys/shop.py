"""A small catalogue with vectors, and the events of the sample's shoppers in it; no pictures are needed."""

from pathlib import Path

import numpy as np

from core import Database
from core.settings import Settings
from recsys import EventLog, Identity
from sample import Shoppers, generate
from search import Catalogue, Entry, Product

PARTS = (16, 4)


def opened(
    home: Path, products: int = 60, shoppers: int = 60, **recsys
) -> tuple[Settings, Database, Catalogue, EventLog]:
    """vectors: what each product truly is to shoppers' taste, and one of four colours."""
    settings = Settings(home=home, recsys=recsys)
    database = Database(settings.database_url)
    database.migrate()
    catalogue = Catalogue(database)
    drawn = list(generate(products, 5))
    version = catalogue.begin_version("made-up", sum(PARTS))
    entries = [Entry(product(one), bytes(32), vector(one.latent.taste, number)) for number, one in enumerate(drawn)]
    with database.session() as session:
        catalogue.write(session, version.id, entries)
    catalogue.swap(version.id)
    log = EventLog(database, Identity(settings))
    if shoppers:
        batch = list(Shoppers(drawn, shoppers, 5).events(20))
        for start in range(0, len(batch), 1000):
            log.record(batch[start : start + 1000])
    return settings, database, catalogue, log


def product(one, **fields) -> Product:
    told = {"id": one.id, "title": one.title, "category": one.category, "price": one.price, "currency": one.currency}
    return Product(**{**told, "image": "a.jpg", "brand": one.brand, "stock": one.stock, **fields})


def vector(taste, number: int) -> np.ndarray:
    looks = np.zeros(PARTS[0], np.float32)
    looks[: len(taste)] = taste
    colour = np.eye(PARTS[1], dtype=np.float32)[number % PARTS[1]]
    whole = np.concatenate([looks / max(float(np.linalg.norm(looks)), 1e-6), 0.3 * colour])
    return (whole / np.linalg.norm(whole)).astype(np.float32)
