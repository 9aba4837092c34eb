"""Heads trained on a shop's own products: their titles, categories and colours, against their pictures."""

import re
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import numpy as np

from core import Weights, digest, replacing
from core.errors import IndexMismatch, ShopglassError
from core.settings import Settings
from search.pictures import Pictures
from search.products import Product
from search.rows import read_rows
from vision import (
    HEAD_PLAN,
    IMAGE_TOWERS,
    TEXT_TOWER,
    HeadPlan,
    HeadPoint,
    Heads,
    captions_by_kind,
    captions_by_title,
    create_encoder,
    decode,
    look_at,
    train_heads,
)

VIEWS = 3
"""Random parts of each picture that are looked at beside the whole."""

Done = Callable[[int], None]

CAPTIONS = 80  # of a kind in a colour: a caption is read in 3 ms, and a shop has hundreds of such groups


def align(
    catalogue: Path,
    images: Path,
    settings: Settings,
    *,
    limit: int = 10_000,
    plan: HeadPlan = HEAD_PLAN,
    seen: Done = lambda done: None,
    report: Callable[[HeadPoint], None] = lambda point: None,
) -> Heads:
    """Train heads on the first ``limit`` products of a catalogue file whose pictures can be read.

    images: folder that the paths of pictures start from. seen: told how many pictures are done; report: how training
    stands. Raises BadCatalogue for a file that is none or holds too few products, ModelMissing.
    """
    weights = Weights(settings.models_dir)
    towers = [create_encoder(tag, weights, settings.models) for tag in IMAGE_TOWERS]
    texts = create_encoder(TEXT_TOWER, weights, settings.models)
    products: list[Product] = []

    def readable() -> Iterator[np.ndarray]:
        with Pictures(settings, images) as pictures:
            for row in read_rows(catalogue):
                if len(products) >= limit:
                    return
                if row.product is None:
                    continue
                try:
                    pixels = decode(pictures.read(row.product.image), settings.images).pixels
                except ShopglassError:
                    continue  # ingest is where they are listed
                products.append(row.product)
                yield pixels

    what, colours = look_at(readable(), towers, views=VIEWS, seen=seen)
    levels = [
        captions_by_title([(p.title, p.attributes.get("title_zh", ""), p.description[:200]) for p in products], texts),
        *captions_by_kind([p.category for p in products], colours, texts, CAPTIONS),
    ]
    return train_heads(what, levels, (IMAGE_TOWERS, TEXT_TOWER), catalogue.name, plan, report, _directions(weights))


def _directions(weights: Weights) -> tuple[tuple[np.ndarray, np.ndarray], ...] | None:
    """The main directions of pictures as they were, which need more of them than most shops have; None from old heads."""
    try:
        return Heads.load(weights.path("heads")).parts["project"]
    except IndexMismatch:
        return None


def install_heads(heads: Heads, models_dir: Path) -> Path:
    """Keep heads among the models and have them used from now on, by the user's own ``weights.toml``. Returns the file."""
    with replacing(models_dir / "heads.safetensors") as part:
        heads.save(part)
    written = models_dir / "heads.safetensors"
    checksum = digest(written)
    file = written.replace(models_dir / f"heads-{checksum[:8]}.safetensors")
    entry = {
        "task": "pictures and texts in one space, trained on one's own products",
        "source": f"file:{file.resolve()}",
        "sha256": checksum,
        "size": file.stat().st_size,
        "licence": "one's own",
    }
    manifest = models_dir / "weights.toml"
    others = manifest.read_text(encoding="utf-8") if manifest.is_file() else ""
    others = re.sub(r"(?ms)^\[heads\]$.*?(?=^\[|\Z)", "", others).rstrip()
    lines = [f"{key} = {msgspec.json.encode(value).decode()}" for key, value in entry.items()]
    text = "\n".join(filter(None, (others, "", "[heads]", *lines))) + "\n"
    tomllib.loads(text)
    with replacing(manifest) as part:
        part.write_text(text, encoding="utf-8")
    return file
