"""``shopglass tryon``: a garment, or several, put on a person in a photo."""

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

import msgspec
import rich_click as click

from api.terminal import messages, output, write_json
from core.settings import Settings, load_settings
from tryon import ACCESSORY_KINDS, AccessoryKind, Category, Report

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from tryon import Answer

FORMATS: dict[str, Literal["png", "jpeg"]] = {".png": "png", ".jpg": "jpeg", ".jpeg": "jpeg"}
CATEGORIES: tuple[Category, ...] = get_args(Category)
ALL: tuple[Category | AccessoryKind, ...] = (*CATEGORIES, *ACCESSORY_KINDS)
FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


class Written(msgspec.Struct, frozen=True):
    """What ``--json`` prints: the report, and the files written; size: width and height of the picture's."""

    report: Report
    picture: str
    size: tuple[int, ...]
    layers: tuple[str, ...]


class Chosen(msgspec.Struct, frozen=True):
    """Something to put on: the bytes of its file, what it is called and, where it is known, what it is.

    folder: where files that it names may lie, if it is a file of the user's own.
    """

    name: str
    data: bytes
    category: Category | AccessoryKind | None
    folder: Path | None = None


@click.command()
@click.option("--person", type=FILE, required=True, help="A photo of the person.")
@click.option(
    "--garment",
    "garments",
    type=FILE,
    multiple=True,
    help="A photo of a garment, or an accessory as glTF or photo; repeatable.",
)
@click.option("--item", "items", multiple=True, help="The id of a product of the catalogue; repeatable.")
@click.option(
    "--category",
    "categories",
    type=click.Choice(ALL),
    multiple=True,
    help="What a --garment is, once for each in their order; clothes are recognised if not given.",
)
@click.option("--at", help="A point on the person, x,y in fractions of the upright photo; the largest by default.")
@click.option("--tucked", is_flag=True, help="Tuck tops into what is worn below.")
@click.option("--no-light", is_flag=True, help="Leave the garment in the light of its own photo.")
@click.option(
    "--layers", type=click.Path(path_type=Path, file_okay=False), help="A folder for the layers as PNG files."
)
@click.option("--watermark", default="", help="Words to write into the picture's corner.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), required=True, help="A .png or .jpg file.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
def tryon(
    person: Path,
    garments: tuple[Path, ...],
    items: tuple[str, ...],
    categories: tuple[Category | AccessoryKind, ...],
    at: str | None,
    tucked: bool,
    no_light: bool,
    layers: Path | None,
    watermark: str,
    out: Path,
    as_json: bool,
) -> None:
    """Put garments and accessories on a person in a photo, and write the picture.

    Several garments are put on in their natural order, trousers before the top before the coat; accessories last.
    """
    if not garments and not items:
        raise click.UsageError("Give --garment or --item.")
    if len(categories) > len(garments):
        raise click.UsageError("Give --category at most once for each --garment.")
    if out.suffix.lower() not in FORMATS:
        raise click.BadParameter("the file must end in .png or .jpg", param_hint="--out")
    point = _point(at)
    settings = load_settings()
    from tryon import TryOn, read_accessory

    known = [*categories, *[None] * (len(garments) - len(categories))]
    files = zip(garments, known, strict=True)
    chosen = [Chosen(file.name, file.read_bytes(), category, file.parent) for file, category in files]
    chosen += _of_catalogue(settings, items)
    accessories = [(one, kind) for one in chosen for kind in ACCESSORY_KINDS if kind == one.category]
    clothes = [one for one in chosen if one.category not in ACCESSORY_KINDS]
    with TryOn.open(settings) as engine:
        data = person.read_bytes()
        photo = engine.decode(data)
        answer = None
        if clothes:
            prepared = [engine.prepare(one.data, _category(one.category)) for one in clothes]
            names = [one.name for one in clothes]
            answer = engine.dress(photo, prepared, names=names, at=point, tucked=tucked, light=not no_light)
        if accessories:
            read = [
                read_accessory(one.data, kind, images=settings.images, folder=one.folder) for one, kind in accessories
            ]
            names = [one.name for one, _ in accessories]
            answer = engine.accessorise(photo, read, dressed=answer, names=names, at=point, light=not no_light)
        assert answer is not None
        pixels = engine.at_own_size(answer, data)
    written = _write(answer, pixels, out, layers, watermark)
    if as_json:
        write_json(written)
    else:
        _print(written)


def _of_catalogue(settings: Settings, items: Sequence[str]) -> list[Chosen]:
    """The photos of products, as they were ingested, and their categories where they are ones that can be tried on."""
    if not items:
        return []
    from core import Database, Jobs
    from search import Catalogue, Thumbnails, image_folders
    from tryon import accessory_of, category_of

    with closing(Database(settings.database_url)) as database:
        database.migrate()
        catalogue = Catalogue(database)
        with (
            closing(Jobs.open(settings, database)) as jobs,
            closing(Thumbnails(settings, catalogue, lambda: image_folders(jobs))) as photos,
        ):
            chosen = []
            for item in items:
                name = catalogue.get(item).category
                chosen.append(Chosen(item, photos.photo(item), category_of(name) or accessory_of(name)))
            return chosen


def _category(name: str | None) -> Category | None:
    return next((category for category in CATEGORIES if category == name), None)


def _point(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        x, y = (float(part) for part in text.split(","))
    except ValueError:
        raise click.BadParameter("give two numbers, x,y, as fractions from 0 to 1", param_hint="--at") from None
    if not (0 <= x <= 1 and 0 <= y <= 1):
        raise click.BadParameter("give two numbers, x,y, as fractions from 0 to 1", param_hint="--at")
    return x, y


def _write(answer: "Answer", pixels: "NDArray[np.uint8]", out: Path, folder: Path | None, watermark: str) -> Written:
    from core import replacing
    from tryon import encode_picture, provenance

    told = provenance(answer)
    files = []
    with replacing(out) as part:
        part.write_bytes(encode_picture(pixels, told, FORMATS[out.suffix.lower()], watermark=watermark))
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        for number, layer in enumerate(answer.layers):
            file = folder / f"{number:02d}-{layer.name.replace('/', '-')}-x{layer.x}-y{layer.y}.png"
            file.write_bytes(encode_picture(layer.pixels, told))
            files.append(str(file))
    return Written(answer.report, str(out), pixels.shape[1::-1], tuple(files))


def _print(written: Written) -> None:
    report, console = written.report, output()
    console.print(
        f"Wrote {written.picture}, {written.size[0]} × {written.size[1]} pixels.", highlight=False, soft_wrap=True
    )
    parts = ", ".join(
        f"{name} {getattr(report.confidence, name):.2f}" for name in ("pose", "parsing", "points", "coverage", "seen")
    )
    console.print(f"Confidence {report.confidence.total:.2f} ({parts}).", highlight=False, soft_wrap=True)
    for remark in report.remarks:
        console.print(f"• {remark.text}", markup=False, highlight=False, soft_wrap=True)
    stages = ", ".join(f"{name} {spent:.0f}" for name, spent in report.timings.items())
    messages().print(f"Milliseconds: {stages}.", style="dim", highlight=False, soft_wrap=True)
