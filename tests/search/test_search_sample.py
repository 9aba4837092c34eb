"""Searching the sample shop with the default encoder and pose."""

import io
from collections.abc import Iterator

import numpy as np
import pytest
from PIL import Image

from core.database import Database
from core.settings import Settings, load_settings
from sample import SampleProduct, generate
from search.catalogue import Catalogue, Entry
from search.filters import parse
from search.index import Index
from search.products import Product
from search.query import Query, Term
from search.searcher import Searcher
from vision import Vision

COUNT = 56


class Shop:
    def __init__(self, searcher: Searcher, products: list[SampleProduct], photos: list[bytes]) -> None:
        self.searcher, self.products, self.photos = searcher, products, photos


def as_product(one: SampleProduct) -> Product:
    return Product(
        id=one.id, title=f"{one.title} {one.title_zh}", category=one.category, price=one.price, currency=one.currency,
        image="a.jpg", brand=one.brand, stock=one.stock, attributes=one.attributes, description=one.description,
    )  # fmt: skip


def on(pixels: np.ndarray, background: tuple[int, int, int]) -> np.ndarray:
    alpha = pixels[..., 3:] / 255
    return np.asarray(pixels[..., :3] * alpha + np.array(background) * (1 - alpha), np.uint8)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("sample")
    settings = Settings(home=home)
    products = list(generate(COUNT, seed=7))
    drawn = [one.render(256).pixels for one in products]
    database = Database(settings.database_url)
    database.migrate()
    catalogue = Catalogue(database)
    models = settings.models.model_copy(update={"detector": "off"})  # what it finds is the detector's own tests' matter
    at_home = settings.model_copy(update={"home": load_settings().home, "models": models})  # this machine's model files
    with Index(settings.index, home) as index, Vision.open(at_home) as vision:
        encoder = vision.encoder
        vectors = encoder.encode_images([on(pixels, (245, 245, 245)) for pixels in drawn])
        version = catalogue.begin_version(encoder.tag, encoder.dim)
        index.create(version.collection, encoder.dim, encoder.tag)
        rows = [as_product(one) for one in products]
        with database.session() as session:
            catalogue.write(session, version.id, [Entry(row, b"", v) for row, v in zip(rows, vectors, strict=True)])
        index.upsert(version.collection, rows, vectors)
        catalogue.swap(version.id)
        photos = []
        for pixels in drawn[:12]:
            buffer = io.BytesIO()
            Image.fromarray(on(pixels, (150, 130, 110))).resize((640, 640)).rotate(8, fillcolor=(150, 130, 110)).save(
                buffer, "JPEG"
            )
            photos.append(buffer.getvalue())
        yield Shop(Searcher(settings, vision, catalogue, index), products, photos)
    database.close()


def test_a_photo_of_a_product_finds_it(shop: Shop) -> None:
    first = 0
    for one, photo in zip(shop.products, shop.photos, strict=False):
        answer = shop.searcher.search_photo(photo, limit=5)
        (found,) = answer.answers
        ids = [i for hit in found.hits for i in (hit.product.id, *hit.duplicates)]
        first += one.id in ids
        assert found.hits[0].region == answer.main
        assert {"image", "joint", "colour"} <= found.hits[0].signals.keys()
    assert first >= 9, f"{first} of {len(shop.photos)}"


@pytest.mark.parametrize(
    ("text", "category"), [("dress", "dress"), ("连衣裙", "dress"), ("watch", "watch"), ("腕表", "watch")]
)
def test_words_of_either_language_find_their_kind(shop: Shop, text: str, category: str) -> None:
    there = sum(one.category == category for one in shop.products)
    hits = shop.searcher.search(Query.of(text, limit=there, collapse=False)).hits
    assert hits[0].product.category == category
    assert np.mean([hit.product.category == category for hit in hits]) >= 0.75
    assert text in hits[0].words


def test_a_filter_and_a_term_less_like_this_hold(shop: Shop) -> None:
    where = parse("price<60 stock>0")
    answer = shop.searcher.search(
        Query(terms=(Term(item=shop.products[0].id), Term(text="black", weight=-0.5)), where=where)
    )
    assert answer.hits
    assert all(where.matches(hit.product) for hit in answer.hits)
