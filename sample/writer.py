"""The sample shop on disk: a catalogue, its pictures, and photos as a shopper would take them."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.people import person
from sample.sales import sell
from sample.scenes import photograph
from sample.shop import SampleProduct, Shop
from sample.shoppers import Shoppers

POSTURES = ("arms down", "arms away", "one akimbo")
RECIPE = 4  # raise it when the drawings change, so that a catalogue on disk is written anew


def write(
    folder: Path, products: int = 300, seed: int = 7, progress: Callable[[int, int], None] | None = None, *,
    size: int = 512, photos: int = 24, people: int = 0, shoppers: int = 0, sales: bool = False,
) -> Path:  # fmt: skip
    """Write ``catalogue.jsonl`` and ``images/``, ``photos.jsonl`` and ``photos/``, ``people/`` and
    ``events.jsonl``, and ``sales.csv`` where asked for; return the catalogue's path.

    size: pixels of a picture's side; photos: how many at most; people: drawn persons to try things on; shoppers: whose events
    are written, one a line (:mod:`sample.shoppers`). progress is
    called with (done, total) after every picture of a product. A folder already written from the same numbers is left
    as it is. A line of ``photos.jsonl`` names a photo and the products in it, largest first, with
    their boxes (x, y, w, h) in fractions.
    """
    folder = Path(folder)
    stamp, catalogue = folder / "sample.json", folder / "catalogue.jsonl"
    numbers = {
        "products": products,
        "seed": seed,
        "size": size,
        "photos": photos,
        "people": people,
        "shoppers": shoppers,
        "sales": sales,
    }
    recipe = msgspec.json.encode({"recipe": RECIPE, **numbers})
    if catalogue.is_file() and stamp.is_file() and stamp.read_bytes() == recipe:
        if progress:
            progress(products, products)
        return catalogue
    stamp.unlink(missing_ok=True)
    for kind in ("images", "photos", "people"):
        (folder / kind).mkdir(parents=True, exist_ok=True)
        for stale in (folder / kind).glob("*.jpg"):
            stale.unlink()
    shop = Shop(seed)
    with catalogue.open("wb") as rows:
        for done, product in enumerate(shop.products(products), 1):
            image = f"images/{product.id}.jpg"
            save(folder / image, product.render(size).on_background(shadow=0.35))
            rows.write(msgspec.json.encode(row(product, image)) + b"\n")
            if progress:
                progress(done, products)
    _photos(folder, shop, products, photos)
    for number in range(people):
        save(folder / "people" / f"{number + 1}.jpg", person(seed + number, POSTURES[number % len(POSTURES)]).pixels)
    with (folder / "events.jsonl").open("wb") as lines:
        for event in Shoppers(list(shop.products(products)), shoppers, seed).events():
            lines.write(msgspec.json.encode(event) + b"\n")
    if sales:
        sell(list(shop.products(products)), seed).write(folder / "sales.csv")
    stamp.write_bytes(recipe)
    return catalogue


def _photos(folder: Path, shop: Shop, products: int, photos: int) -> None:
    """Up to ``photos`` photos: of one product, every fourth of two, every sixth cropped."""
    rng = np.random.default_rng([shop.seed, 3])
    chosen = rng.permutation(products)
    with (folder / "photos.jsonl").open("wb") as lines:
        for number in range(min(photos, products)):
            pair = number % 4 == 3 and products > photos
            shown = [
                shop.product(int(i)) for i in ((chosen[number], chosen[-1 - number]) if pair else (chosen[number],))
            ]
            scene = photograph([(p.id, p.category, p.render(512)) for p in shown], rng, 600, 800, crop=number % 6 == 4)
            image = f"photos/{number + 1:03d}.jpg"
            save(folder / image, scene.pixels, 88)
            seen = sorted(scene.seen, key=lambda s: -s.box[2] * s.box[3])
            lines.write(msgspec.json.encode({"image": image, "products": seen}) + b"\n")


def row(product: SampleProduct, image: str) -> dict[str, Any]:
    """A product as a catalogue row; image: path relative to the catalogue."""
    return {
        "id": product.id,
        "title": product.title,
        "category": product.category,
        "price": str(product.price),
        "currency": product.currency,
        "image": image,
        "description": product.description,
        "brand": product.brand,
        "stock": product.stock,
        "attributes": {"title_zh": product.title_zh, **product.attributes},
    }


def save(path: Path, pixels: NDArray[np.uint8], quality: int = 90) -> None:
    """Write (h, w, 3) uint8 sRGB as JPEG."""
    path.write_bytes(cv2.imencode(".jpg", pixels[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])[1].tobytes())
