"""``shopglass train``: make the models that Shopglass ships, or one's own in their place."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from api.facts import facts_of
from api.terminal import messages, progress
from core.errors import Conflict
from core.settings import load_settings

if TYPE_CHECKING:
    from tryon.examples import Example
    from vision.cutouts import Specimen
    from vision.train_detector import Point


@click.group()
def train() -> None:
    """Train models on one's own photos and events."""


@train.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("../shared/data/clothing"),
    show_default=True,
    help="Folder with train/CLASS/*.jpg and validation/CLASS/*.jpg, one garment a photo.",
)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A .safetensors file.")
def detector(data: Path, minutes: float, seed: int, out: Path) -> None:
    """Train the garment detector on composites of cut-out photos.

    Writes OUT and, beside it, OUT's training record as .json. Use it with models.detector = "yolo.PATH".
    """
    import torch

    from core.weights import Weights
    from vision.cutouts import class_folders, read_specimens
    from vision.garments import save
    from vision.train_detector import Plan, record, train_detector

    settings = load_settings()
    imagenet = Weights(settings.models_dir).path("efficientnet_lite0")
    classes = class_folders(data / "train")
    parts: dict[str, list[Specimen]] = {}
    for part in ("train", "validation"):
        with progress(f"Cutting out {part}") as update:
            parts[part] = []
            for specimen in read_specimens(data / part, classes):
                parts[part].append(specimen)
                update(len(parts[part]), None)
    console = messages()

    def report(point: "Point", model: "torch.nn.Module") -> None:
        save(model, out)  # what there is so far outlives an interruption
        console.print(
            f"{point.minutes:6.1f} min  {point.pictures:7,} pictures  box {point.box_loss:.3f}  "
            f"class {point.class_loss:.3f}  mAP50 {point.map50:.3f}  mAP50-95 {point.map:.3f}",
            highlight=False,
            soft_wrap=True,
        )

    torch.set_num_threads(1)  # the other core makes composites
    plan = Plan(minutes=minutes, seed=seed)
    trained = train_detector(parts["train"], parts["validation"], classes, imagenet, plan, report)
    save(trained.model, out)
    out.with_suffix(".json").write_bytes(record(trained, plan, data.name, parts, classes))


@train.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("../shared/data/clothing"),
    show_default=True,
    help="Folder with train/CLASS/*.jpg, one garment a photo.",
)
@click.option(
    "--words",
    "kept",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="HEADS",
    help="Learn words alone: pictures are put where these heads put them.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A .safetensors file.")
def heads(data: Path, kept: Path | None, out: Path) -> None:
    """Train the heads that Shopglass ships, on captions of class and measured colour; the record is in OUT itself.

    For one's own products see `shopglass align`.
    """
    import numpy as np

    from core import Weights
    from vision import (
        IMAGE_TOWERS,
        TEXT_TOWER,
        HeadPoint,
        Heads,
        captions_by_kind,
        create_encoder,
        decode,
        look_at,
        name_prototypes,
        train_heads,
        train_readers,
    )

    settings = load_settings()
    weights = Weights(settings.models_dir)
    towers = [create_encoder(tag, weights, settings.models) for tag in IMAGE_TOWERS]
    texts = create_encoder(TEXT_TOWER, weights, settings.models)
    files = sorted((data / "train").glob("*/*.jpg"))
    with progress("Looking at photos") as looked:
        photos = (decode(file.read_bytes(), settings.images).pixels for file in files)
        pictures, colours = look_at(photos, towers, seen=lambda done: looked(done, len(files)))
    with progress("Training") as trained:

        def report(point: HeadPoint) -> None:
            trained(point.step, point.steps)

        kinds = [file.parent.name for file in files]
        groups = captions_by_kind(kinds, colours, texts)
        tags = (IMAGE_TOWERS, TEXT_TOWER)
        if kept is None:
            trained_heads = train_heads(pictures, groups, tags, f"{data.name}/train", report=report)
        else:
            trained_heads = train_readers(Heads.load(kept), pictures, groups)
        captions = np.concatenate([group.texts for level in groups for group in level])
        trained_heads = name_prototypes(trained_heads, pictures, kinds, colours, captions)
    trained_heads.save(out)
    record = trained_heads.record
    messages().print(
        f"Recall at 10 of {record.recall_at_10:.3f} among {record.held_out} photos held out.", highlight=False
    )


@train.command()
@click.option(
    "--data",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=Path("../shared/data/clothing"),
    show_default=True,
    help="Folder with train/CLASS/*.jpg, one garment a photo: grounds, and masks without parts.",
)
@click.option(
    "--drawings", type=click.IntRange(min=100), default=8000, show_default=True, help="Of the wardrobe and shop."
)
@click.option("--minutes", type=click.FloatRange(min=0, min_open=True), default=60.0, show_default=True)
@click.option("--seed", type=int, default=7, show_default=True)
@click.option("--start", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A network to go on from.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A .safetensors file.")
def garment(data: Path, drawings: int, minutes: float, seed: int, start: Path | None, out: Path) -> None:
    """Train the network that finds parts and key points of garments, on drawn ones and on cut-out photos.

    Writes OUT and, beside it, OUT's training record as .json.
    """
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    import cv2
    import numpy as np
    import torch

    from core import Weights
    from sample import HELD_OUT
    from sample.scenes import surface
    from tryon.examples import ground_of, photographed
    from tryon.garment_net import CATEGORIES, SIDE, save
    from tryon.scenes import Composer
    from tryon.train_garment import Plan, Point, record, train_garment
    from vision.cutouts import class_folders, read_specimens

    cv2.setNumThreads(1)
    torch.set_num_threads(1)  # the other core makes scenes
    plan = Plan(minutes=minutes, seed=seed)
    imagenet = Weights(load_settings().models_dir).path("efficientnet_lite0")
    garments: list[Example] = []
    others: list[Example] = []
    unseen: list[Example] = []
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool, progress("Drawing") as update:
        for done, example in enumerate(pool.map(draw_example, range(drawings), [seed] * drawings, chunksize=32), 1):
            (garments if example.category else others).append(example)
            update(done, drawings)
        unseen += pool.map(draw_unseen, range(300), chunksize=32)
    classes = class_folders(data / "train")
    photos: list[Example] = []
    rng = np.random.default_rng(seed)
    grounds = [surface(rng, 512, 512).clip(0, 255).astype(np.uint8) for _ in range(120)]
    with progress("Cutting out") as update:
        for done, specimen in enumerate(read_specimens(data / "train", classes), 1):
            update(done, None)
            if specimen.alpha is not None:
                kind = classes[specimen.label]
                photos.append(photographed(specimen.pixels, specimen.alpha, kind if kind in CATEGORIES else ""))
                ground = ground_of(specimen.pixels, specimen.alpha, SIDE)
                grounds += [] if ground is None else [ground]
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool, progress("Dressing people") as update:
        people: list[Example] = []
        for one in pool.map(draw_person, range(drawings // 50)):
            people.append(one)
            update(len(people), drawings // 50)
    console = messages()

    def report(point: Point, network: "torch.nn.Module") -> None:
        save(network, out, tag)  # what there is so far outlives an interruption
        console.print(
            f"{point.minutes:6.1f} min  {point.seen:7,} scenes  loss {point.loss:.3f}  IoU {point.iou:.4f}  "
            f"points {100 * point.error:.2f} % of height  category {point.category:.3f}",
            highlight=False,
            soft_wrap=True,
        )

    tag = f"garment.{seed}-{drawings}-{minutes:g}"
    counts: dict[str, int | str] = {
        "drawn": len(garments),
        "held out": len(unseen),
        "others": len(others),
        "photos": len(photos),
        "people": len(people),
    }
    console.print(", ".join(f"{count} {name}" for name, count in {**counts, "grounds": len(grounds)}.items()))
    counts["family held out"] = HELD_OUT
    composer = Composer(garments, others, photos, people, grounds)
    trained = train_garment(composer, Composer(unseen, grounds=grounds), imagenet, plan, report, start)
    save(trained.network, out, tag)
    out.with_suffix(".json").write_bytes(record(trained, plan, tag, counts, start.name if start else None))


@train.command()
@click.option(
    "--churn-days", type=click.FloatRange(min=1), default=30.0, show_default=True, help="Without a purchase: gone."
)
@click.option(
    "--value-days", type=click.FloatRange(min=1), default=90.0, show_default=True, help="That money is expected in."
)
def profiles(churn_days: float, value_days: float) -> None:
    """Train what is expected of users on the events that are kept, and make the profiles that are missing.

    The latest days, as many as the larger option says, tell what came; a running service takes the models up at once.
    """
    from core import Database
    from recsys import Profiles
    from search import Catalogue

    settings = load_settings()
    database = Database(settings.database_url)
    try:
        database.migrate()
        kept = Profiles(database, settings.home / "recsys", facts_of(Catalogue(database)))
        made = kept.fill()
        kept.train(churn_days=churn_days, value_days=value_days)
    finally:
        database.close()
    messages().print(f"Models are trained; {made} profiles were missing.")


def draw_example(index: int, seed: int) -> "Example":
    """Drawing ``index`` of a seed: three of four are of the wardrobe without the family held out, the others products
    of the sample shop, garments or not. Called in processes of its own."""
    from sample import HELD_OUT, Shop, garment
    from tryon.examples import drawn
    from tryon.garment_net import CATEGORIES

    if index % 4:
        drawing = garment(1_000_000 * seed + index, size=320, without=HELD_OUT)
        return drawn(drawing, drawing.category)
    product = Shop(seed).product(index // 4)
    return drawn(product.render(320), product.category if product.category in CATEGORIES else "")


def draw_unseen(index: int) -> "Example":
    """Garment ``index`` of the family held out."""
    from sample import HELD_OUT, garment
    from tryon.examples import drawn

    drawing = garment(index, size=320, family=HELD_OUT)
    return drawn(drawing, drawing.category)


def draw_person(index: int) -> "Example":
    """Person ``index``, of whom no part or point is known; called in processes of its own."""
    import numpy as np

    from sample.people import person
    from tryon.examples import photographed

    pixels = person(index, size=(240, 320), quality=1).pixels
    return photographed(pixels, np.zeros(pixels.shape[:2], np.uint8), "")


@train.command()
@click.option("--visits", type=click.IntRange(min=100), default=3000, show_default=True, help="That it learns from.")
@click.option("--judged", type=click.IntRange(min=100), default=2000, show_default=True, help="Of other shoppers, that it is judged by.")  # fmt: skip
@click.option("--seed", type=int, default=7, show_default=True)
def slates(visits: int, judged: int, seed: int) -> None:
    """Train the policy that chooses pages for the whole visit, on simulated shoppers of the sample shop.

    It is kept, for arms of experiments that say `policy = "slates"`, only where it brings more than the greedy ranker, by the
    95 % interval; otherwise the exit code is 1 and what was there stays.
    """
    from bench.slates import contest
    from recsys.slates import FOLDER, save

    policy, won = contest(visits, judged, seed)
    messages().print(
        f"A visit brings {won.policy:.2f} mean prices, {won.greedy:.2f} by the greedy ranker and {won.bandit:.2f} by the bandit; "
        f"the difference from the greedy one is {won.low:+.3f} to {won.high:+.3f}.",
        highlight=False,
    )
    if not won.wins:
        raise Conflict("It does not win, so it is not kept.", remedy="Train on more visits.")
    save(policy, won, load_settings().home / FOLDER)
