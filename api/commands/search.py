"""``shopglass search``: the products nearest to a photo, to words or to an item, and why."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import rich_click as click
from rich.markup import escape
from rich.table import Table

from api.terminal import messages, output, write_json
from core.errors import IndexLocked, ShopglassError
from core.settings import Settings, load_settings
from search import MOST_HITS, Answer, Hit, PhotoAnswer

if TYPE_CHECKING:
    from search import Searcher

HTTP_SECONDS = 30.0


class Wanted(msgspec.Struct, frozen=True):
    """What the command line asks for."""

    photo: bytes | None
    text: str | None
    item: str | None
    box: tuple[float, ...] | None
    filters: str | None
    limit: int


@click.command()
@click.option("--photo", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A picture to search by.")
@click.option("--text", help="Words to search by; with --photo, words that refine it.")
@click.option("--item", help="The id of a product to search by.")
@click.option("--box", help="Region of the photo: x,y,w,h in fractions of the upright picture.")
@click.option(
    "--filter", "filters", multiple=True, help="As in 'price<50' or 'category in (dress, skirt)'; repeatable."
)
@click.option("--limit", type=click.IntRange(1, MOST_HITS), default=10, show_default=True, help="Hits to show.")
@click.option("--json", "as_json", is_flag=True, help="Print the answer as one JSON document.")
def search(
    photo: Path | None,
    text: str | None,
    item: str | None,
    box: str | None,
    filters: tuple[str, ...],
    limit: int,
    as_json: bool,
) -> None:
    """Find products by a photo, by words, by an item.

    A running service that holds the index answers; without one the search is done here.
    """
    if photo is None and text is None and item is None:
        raise click.UsageError("Give --photo, --text or --item.")
    if photo is not None and item is not None:
        raise click.UsageError("Give --photo or --item, not both.")
    if box is not None and photo is None:
        raise click.UsageError("--box is a region of a --photo.")
    if len(filters) > 1 and any(one.lstrip().startswith("{") for one in filters):
        raise click.UsageError("A filter in JSON stands alone: give one --filter.")
    from search import parse

    joined = " and ".join(filters) or None
    parse(joined)
    wanted = Wanted(photo.read_bytes() if photo else None, text, item, _box(box), joined, limit)
    settings = load_settings()
    try:
        with _searcher(settings, looks=photo is not None) as searcher:
            answer = _here(searcher, wanted)
    except IndexLocked:
        from search import holder

        url = holder(settings.home)[1]
        if url is None:
            raise
        messages().print(f"Asked {url}, which holds the index.", style="dim", highlight=False)
        answer = _there(url, wanted)
    if as_json:
        write_json(answer)
    else:
        _print(answer)


def _here(searcher: "Searcher", wanted: Wanted) -> Answer | PhotoAnswer:
    from search import Query, Term, parse

    where = parse(wanted.filters)
    if wanted.photo is not None:
        return searcher.search_photo(wanted.photo, box=wanted.box, text=wanted.text, where=where, limit=wanted.limit)
    terms = [Term(text=wanted.text)] if wanted.text is not None else []
    terms += [Term(item=wanted.item)] if wanted.item is not None else []
    return searcher.search(Query(terms=tuple(terms), where=where, limit=wanted.limit))


def _there(url: str, wanted: Wanted) -> Answer | PhotoAnswer:
    import httpx

    try:
        if wanted.photo is not None:
            fields = {
                "text": wanted.text,
                "box": ",".join(map(str, wanted.box)) if wanted.box else None,
                "filters": wanted.filters,
                "limit": str(wanted.limit),
            }
            response = httpx.post(
                f"{url}/v1/search/photo",
                data={name: value for name, value in fields.items() if value is not None},
                files={"photo": wanted.photo},
                timeout=HTTP_SECONDS,
            )
        else:
            terms = [{"text": wanted.text}] if wanted.text is not None else []
            terms += [{"item": wanted.item}] if wanted.item is not None else []
            query = {"terms": terms, "filters": wanted.filters, "limit": wanted.limit}
            response = httpx.post(f"{url}/v1/search", json=query, timeout=HTTP_SECONDS)
    except httpx.HTTPError as error:
        raise ShopglassError(
            f"The service at {url} holds the index and does not answer.", remedy="Try again, or stop it."
        ) from error
    if response.is_error:
        problem = response.json()
        raise ShopglassError(str(problem.get("detail")), remedy=problem.get("remedy"))
    if wanted.photo is not None:
        return msgspec.json.decode(response.content, type=PhotoAnswer)
    return msgspec.json.decode(response.content, type=Answer)


@contextmanager
def _searcher(settings: Settings, *, looks: bool) -> Iterator["Searcher"]:
    """A searcher of this process. looks: whether there is a photo to be seen; if not, its models stay unloaded."""
    from core import Database
    from search import Catalogue, Index, Searcher
    from vision import Vision

    with Index(settings.index, settings.home) as index:  # refused at once where another process holds it
        if not looks:
            blind = settings.models.model_copy(update={"detector": "off", "pose": "off"})
            settings = settings.model_copy(update={"models": blind})
        database = Database(settings.database_url)
        try:
            database.migrate()
            with Vision.open(settings) as vision:
                yield Searcher(settings, vision, Catalogue(database), index)
        finally:
            database.close()


def _box(text: str | None) -> tuple[float, ...] | None:
    if text is None:
        return None
    try:
        box = tuple(float(part) for part in text.split(","))
    except ValueError:
        box = ()
    if len(box) != 4:
        raise click.BadParameter("give four numbers, x,y,w,h, as fractions from 0 to 1", param_hint="--box")
    return box


def _print(answer: Answer | PhotoAnswer) -> None:
    console = output()
    if isinstance(answer, PhotoAnswer):
        for found in answer.answers:
            region = answer.regions[found.region]
            box = ", ".join(f"{value:.2f}" for value in region.box)
            _table(found.hits, f"Region {escape(region.label)} ({region.source}, box {box})", found.note)
    else:
        _table(answer.hits, "Nearest products", answer.note)
    stages = ", ".join(f"{name} {spent:.0f}" for name, spent in answer.timings.items())
    console.print(f"Index version {answer.index_version}. Milliseconds: {stages}.", style="dim", highlight=False)


def _table(hits: tuple[Hit, ...], title: str, note: str) -> None:
    table = Table(title=title, caption=escape(note) or None, title_justify="left", caption_justify="left")
    for column in ("", "id", "title", "price", "score", "why"):
        table.add_column(column, justify="right" if column in ("", "price", "score") else "left")
    for place, hit in enumerate(hits, start=1):
        product = hit.product
        table.add_row(
            str(place),
            escape(product.id),
            escape(product.title),
            f"{product.price} {product.currency}",
            f"{hit.score:.3f}",
            escape(_why(hit)),
        )
    output().print(table)


def _why(hit: Hit) -> str:
    reasons = [f"{name} {value:.2f}" for name, value in hit.signals.items() if abs(value) >= 0.005]
    if hit.words:
        reasons.append(f"words: {', '.join(hit.words)}")
    if hit.duplicates:
        reasons.append(f"{len(hit.duplicates)} alike")
    return "; ".join(reasons)
