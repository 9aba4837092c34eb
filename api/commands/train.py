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
