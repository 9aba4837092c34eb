"""``shopglass train``: make the models that Shopglass ships, or one's own in their place."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from api.terminal import messages, progress
from core.settings import load_settings

if TYPE_CHECKING:
    from vision.cutouts import Specimen
    from vision.train_detector import Point


@click.group()
def train() -> None:
    """Train models on one's own photos."""


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

        groups = captions_by_kind([file.parent.name for file in files], colours, texts)
        tags = (IMAGE_TOWERS, TEXT_TOWER)
        if kept is None:
            trained_heads = train_heads(pictures, groups, tags, f"{data.name}/train", report=report)
        else:
            trained_heads = train_readers(Heads.load(kept), pictures, groups)
    trained_heads.save(out)
    record = trained_heads.record
    messages().print(
        f"Recall at 10 of {record.recall_at_10:.3f} among {record.held_out} photos held out.", highlight=False
    )
