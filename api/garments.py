"""What joins the catalogue and try-on: products' pictures as garments, made ready as they come in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import structlog

from core import Function, Running, Weights
from core.errors import ModelMissing, ShopglassError
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
        try:
            with parts() as (catalogue, fitting):
                return {**result, **_prepare(running, result, catalogue, fitting)}
        except ModelMissing as error:  # the catalogue is in all the same; a try-on will say so again
            log.warning("garments_not_prepared", error=str(error))
            return result

    return run


def _prepare(running: Running, result: dict[str, Any], catalogue: Catalogue, fitting: Fitting) -> dict[str, int]:
    """Make every garment ready; how many are, and how many pictures show none."""
    counts = {"garments": 0, "refused": 0}
    total = catalogue.count()
    for number, product in enumerate(_products(catalogue), 1):
        if category_of(product.category) is None:
            continue
        running.report(min(number, total), total, {**result, **counts, "stage": "garments"})
        try:
            fitting.garment(product.id)
            counts["garments"] += 1
        except ModelMissing:
            raise
        except ShopglassError as error:
            counts["refused"] += 1
            log.info("garment_refused", product=product.id, reason=getattr(error, "reason", error.type_uri()))
    running.report(total, total)
    return counts


def _products(catalogue: Catalogue) -> Iterator[Product]:
    after = ""
    while page := catalogue.page(after=after):
        yield from page
        after = page[-1].id
