"""What joins the catalogue and try-on: products' pictures as garments, made ready as they come in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import structlog

from core import Function, Running, Weights
from core.errors import ShopglassError
from core.settings import Settings
from search import Catalogue, Product, Thumbnails
from tryon import AccessoryKind, Category, Fitting, TryOn, Wardrobe, accessory_of, category_of

log = structlog.get_logger()


def open_fitting(settings: Settings, engine: TryOn, catalogue: Catalogue, pictures: Thumbnails) -> Fitting:
    """Try-ons with the products of a catalogue."""

    def item(id: str) -> tuple[bytes, Category | AccessoryKind | None]:
        name = catalogue.get(id).category
        return pictures.photo(id), category_of(name) or accessory_of(name)

    tag = Weights(settings.models_dir).entries["garment_net"].sha256
    wardrobe = Wardrobe(settings.home / "garments", engine.prepare, tag=tag, megabytes=settings.tryon.garments)
    return Fitting(engine, wardrobe, item)


def then_prepare(ingest: Function, parts: Callable[[], AbstractContextManager[tuple[Catalogue, Fitting]]]) -> Function:
    """An ingest after which every garment that is new is made ready for try-on; the outcome counts them.

    Pictures that show no garment that can be put on are no fault of the catalogue: they are counted as refused.
    """

    def run(running: Running) -> dict[str, Any]:
        result = ingest(running) or {}
        ready = refused = 0
        with parts() as (catalogue, fitting):
            total = catalogue.count()
            for number, product in enumerate(_products(catalogue), 1):
                if category_of(product.category) is None:
                    continue
                counts = {"stage": "garments", "garments": ready, "refused": refused}
                running.report(min(number, total), total, {**result, **counts})
                try:
                    fitting.garment(product.id)
                    ready += 1
                except ShopglassError as error:
                    refused += 1
                    log.info("garment_refused", product=product.id, reason=getattr(error, "reason", error.type_uri()))
        return {**result, "garments": ready, "refused": refused}

    return run


def _products(catalogue: Catalogue) -> Iterator[Product]:
    after = ""
    while page := catalogue.page(after=after):
        yield from page
        after = page[-1].id
