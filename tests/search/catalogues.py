"""Small catalogues of drawn pictures on disk, and the parts to ingest them with."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from core.database import Database
from core.settings import Settings, load_settings
from core.weights import Weights
from search.catalogue import Catalogue
from search.encoding import Encoder, local_engine
from search.index import Index
from search.ingest import Ingest
from search.ledger import IngestResult
from search.pictures import Pictures
from search.products import Product
from vision.encoders import create_encoder


def draw(path: Path, seed: int, size: int = 48) -> None:
    """A picture like no other: two colours and a place by seed."""
    random = np.random.default_rng(seed)
    pixels = np.empty((size, size, 3), np.uint8)
    pixels[:] = random.integers(0, 256, 3)
    x, y = random.integers(0, size // 2, 2)
    pixels[y : y + size // 2, x : x + size // 2] = random.integers(0, 256, 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path)


def row(number: int, **fields: Any) -> dict[str, Any]:
    """The row of product p<number>, whose picture is p<number>.png."""
    given = {"id": f"p{number:04}", "title": f"Thing {number}", "category": "thing", "price": f"{number}.50"}
    return {**given, "currency": "EUR", "image": f"p{number:04}.png", **fields}


def write(path: Path, rows: Sequence[object]) -> Path:
    """A catalogue of JSON lines; a row that is bytes is written as it is."""
    lines = [one if isinstance(one, bytes) else json.dumps(one).encode() for one in rows]
    path.write_bytes(b"\n".join(lines) + b"\n")
    return path


class Shop:
    """A home folder with catalogue, index and encoder, and the folder of pictures beside it."""

    def __init__(self, settings: Settings, database: Database, index: Index, encoder: Encoder, images: Path) -> None:
        self.settings = settings
        self.catalogue = Catalogue(database)
        self.index = index
        self.encoder = encoder
        self.images = images
        self.file = settings.home / "catalogue.jsonl"

    def ingest(self, ingest_id: str, rows: Sequence[object] | None = None, **options: Any) -> IngestResult:
        """Ingest these rows, or the file as it is."""
        if rows is not None:
            write(self.file, rows)
        with Pictures(self.settings, self.images) as pictures:
            engine = options.pop("engine", None) or local_engine(self.settings, pictures, self.encoder)
            ingest = Ingest(self.settings, self.catalogue, self.index, self.encoder)
            return ingest.run(ingest_id, self.file, engine, **options)

    def state(self) -> dict[str, tuple[Product, np.ndarray, np.ndarray]]:
        """All there is: by id, the product, its own vector, and its vector in the live collection."""
        live = self.catalogue.live()
        assert live is not None
        own = {
            p.id: (p, v)
            for products, vectors in self.catalogue.iterate(live)
            for p, v in zip(products, vectors, strict=True)
        }
        indexed = {
            i: v for ids, vectors in self.index.iterate(live.collection) for i, v in zip(ids, vectors, strict=True)
        }
        assert own.keys() == indexed.keys(), "database and index hold other products"
        assert self.catalogue.count() == len(own) == self.index.count(live.collection)
        return {i: (*own[i], indexed[i]) for i in own}


@contextmanager
def open_shop(home: Path, images: Path, **sections: Any) -> Iterator[Shop]:
    """The parts on a home folder, with the smallest encoder there is."""
    settings = load_settings(home=home, models={"encoder": "colour.lab75"}, **sections)
    database = Database(settings.database_url)
    database.migrate()
    encoder = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models)
    with Index(settings.index, home) as index:
        yield Shop(settings, database, index, encoder, images)
    database.close()


def assert_same(shop: Shop, other: Shop) -> None:
    """Both hold the same products, with the same vectors, in database and index."""
    one, two = shop.state(), other.state()
    assert one.keys() == two.keys()
    for key, (product, own, indexed) in one.items():
        assert msgspec.to_builtins(product) == msgspec.to_builtins(two[key][0])
        np.testing.assert_allclose(own, two[key][1], atol=1e-5)
        np.testing.assert_allclose(indexed, two[key][2], atol=1e-5)
