"""``shopglass recommend``: train recommenders, see their versions, go back, and ask them."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING, Any

import msgspec
import rich_click as click
from rich.table import Column, Table

from api.terminal import messages, output, progress, write_json
from core import load_settings
from core.errors import BadRequest
from core.settings import Settings

if TYPE_CHECKING:
    from core import Database
    from recsys import EventLog

LOOK_SECONDS = 0.1
BATCH = 1000


@click.group()
def recommend() -> None:
    """Train recommenders on what shoppers did, and ask them."""


@recommend.command()
@click.option(
    "--events",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A file of events to take in first, one JSON object a line, as POST /v1/events takes them.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the version as one JSON document.")
def train(events: Path | None, as_json: bool) -> None:
    """Train on all events and products, and serve what comes of it.

    A running service does it, as a job; without one it is done here. The version before is kept for `rollback`, and
    goes on serving where the new one treats a group worse than recsys.fair allows.
    """
    from core import Jobs, Worker
    from recsys import KIND, train_function

    settings = load_settings()
    with _database(settings) as database, ExitStack() as stack:
        if events is not None:
            _take_in(_log(settings, database), events)
        jobs = Jobs.open(settings, database)
        stack.callback(jobs.close)
        job = jobs.submit(KIND, {})
        worker = None
        with progress("Training"):
            while not job.over:
                if worker is None and not jobs.attended():
                    worker = stack.enter_context(
                        Worker(jobs, {KIND: train_function(settings, database, _parts(settings))})
                    )
                sleep(LOOK_SECONDS)
                job = jobs.get(job.id)
    if job.state != "done" or job.result is None:
        messages().print(job.error or f"The training was {job.state}.", style="bold red", markup=False)
        sys.exit(1)
    if as_json:
        write_json(job.result)
        return
    told = job.result
    weights = ", ".join(f"{tag} {weight:g}" for tag, weight in zip(told["tags"], told["weights"], strict=True))
    output().print(
        f"Version {told['id']} serves: {told['events']} events of {told['users']} users, {told['items']} products; {weights}.",
        highlight=False,
    )


@recommend.command()
@click.option("--json", "as_json", is_flag=True, help="Print the versions as one JSON document.")
def versions(as_json: bool) -> None:
    """List the versions; the live one answers."""
    from recsys import Versions

    store = Versions(load_settings().home)
    found = store.list()
    if as_json:
        write_json(found)
        return
    live = store.live().id if found else ""
    table = Table(Column("version", overflow="fold"), "", "events", "users", "products", "from", "to")
    for one in found:
        dates = (f"{when:%Y-%m-%d}" for when in (one.first, one.last))
        state = "live" if one.id == live else ""
        table.add_row(one.id, state, str(one.events), str(one.users), str(one.items), *dates)
    output().print(table)


@recommend.command()
def rollback() -> None:
    """Make the version before the last training the live one again; once more undoes it."""
    from recsys import Versions

    click.echo(f"Version {Versions(load_settings().home).rollback().id} serves.")


@recommend.command()
@click.option("--refused", is_flag=True, help="Of the last training that was refused, not of the version that serves.")
@click.option("--json", "as_json", is_flag=True, help="Print the report as one JSON document.")
def bias(refused: bool, as_json: bool) -> None:
    """How groups of shoppers and of products are served and shown."""
    from recsys import Versions

    store = Versions(load_settings().home)
    told = store.bias(None if refused else store.live())
    if as_json:
        write_json(told)
        return
    table = Table("group", "size", "quality", "exposure", "wanted", Column("", overflow="fold"))
    for one in told.groups:
        wanted = "" if one.wanted is None else f"{one.wanted:.1%}"
        figures = (str(one.size), f"{one.quality:.3f}", f"{one.exposure:.1%}", wanted)
        table.add_row(f"{one.kind} {one.name}", *figures, "; ".join(one.faults))
    output().print(table)
    output().print(
        f"{told.shoppers} shoppers, NDCG@10 {told.ndcg:.3f}; recall@10 of products {told.recall:.3f}.", highlight=False
    )


@recommend.command("for")
@click.option("--user", help="A user's id, as in events.")
@click.option("--item", "items", multiple=True, help="A product that was looked at; may be repeated.")
@click.option("--limit", type=click.IntRange(1, 100), default=10, show_default=True)
@click.option("--filter", "filters", multiple=True, help="A condition such as price<50; may be repeated.")
@click.option("--goes-with", is_flag=True, help="What goes with the one --item, and not what is like it.")
@click.option("--json", "as_json", is_flag=True, help="Print the list as one JSON document.")
def for_(
    user: str | None, items: tuple[str, ...], limit: int, filters: tuple[str, ...], goes_with: bool, as_json: bool
) -> None:
    """Recommend to a user, or to somebody who looked at some products; without either, what is popular."""
    from recsys import Asked, Recommendations
    from search import Catalogue, parse

    if user and items:
        raise click.UsageError("Give --user or --item, not both.")
    if goes_with and len(items) != 1:
        raise click.UsageError("--goes-with needs one --item.")
    settings = load_settings()
    with _database(settings) as database:
        served = Recommendations(settings, Catalogue(database), _log(settings, database))
        asked = Asked(items=items, limit=limit, filter=parse(filters))
        if goes_with:
            slate = served.companions(items[0], limit)
        else:
            slate = served.user(user, asked) if user else served.session(None, asked)
    if as_json:
        write_json(slate)
        return
    for skipped in slate.skipped:
        messages().print(f"Without {skipped.stage}: {skipped.reason}.", highlight=False)
    table = Table("id", "title", "price", "why")
    for one in slate.items:
        price = f"{one.product.price} {one.product.currency}"
        table.add_row(one.product.id, one.product.title, price, one.reason.text)
    output().print(table)


def _take_in(log: "EventLog", file: Path) -> None:
    counts: dict[str, int] = {}
    lines = enumerate(file.open(encoding="utf-8"), 1)
    while batch := list(islice(lines, BATCH)):
        entries: list[dict[str, Any]] = []
        for number, line in batch:
            try:
                entries.append(msgspec.json.decode(line, type=dict[str, Any]))
            except msgspec.DecodeError as error:
                raise BadRequest(
                    f"Line {number} of {file.name} is no JSON object.", remedy="Lines before it are in."
                ) from error
        for status in log.record(entries):
            counts[status.status] = counts.get(status.status, 0) + 1
    told = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
    messages().print(f"Events: {told or 'none'}.", highlight=False)


def _log(settings: Settings, database: "Database") -> "EventLog":
    from recsys import EventLog, Identity

    return EventLog(database, Identity(settings))


def _parts(settings: Settings) -> tuple[int, ...]:
    """Widths of the subspaces of the catalogue's vectors."""
    from core import Weights
    from vision import create_encoder

    encoder = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models)
    return tuple(one.stop - one.start for one in getattr(encoder, "subspaces", ()))


@contextmanager
def _database(settings: Settings) -> Iterator["Database"]:
    from core import Database

    database = Database(settings.database_url)
    try:
        database.migrate()
        yield database
    finally:
        database.close()
