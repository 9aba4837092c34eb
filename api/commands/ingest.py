"""``shopglass ingest CATALOG``: a file of products into the catalogue and its index."""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import islice
from pathlib import Path
from time import sleep
from typing import TYPE_CHECKING

import msgspec
import rich_click as click
from rich.markup import escape
from rich.table import Table

from api.terminal import messages, output, progress, write_json
from core.errors import NotFound
from core.settings import Settings, load_settings

if TYPE_CHECKING:
    from core import Database, Job, Jobs
    from search import Catalogue, IngestOrder, Parts
    from tryon import Fitting

SHOWN = 10
LOOK_SECONDS = 0.1


@click.command()
@click.argument("catalog", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--images",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder that the paths of pictures start from; by default the catalogue's.",
)
@click.option("--resume", is_flag=True, help="Take up the last ingest of this catalogue that did not end.")
@click.option("--rebuild", is_flag=True, help="Encode everything anew beside the live index, then swap them.")
@click.option("--partial", is_flag=True, help="Keep products that the catalogue does not list.")
@click.option(
    "--engine",
    type=click.Choice(["local", "ray"]),
    default="local",
    show_default=True,
    help="Where pictures are encoded.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the outcome, with every error, as one JSON document.")
def ingest(
    catalog: Path, images: Path | None, resume: bool, rebuild: bool, partial: bool, engine: str, as_json: bool
) -> None:
    """Ingest CATALOG, a .csv, .jsonl or .parquet file with id, title, category, price, currency and image.

    A row that is broken is listed and keeps nothing else from being ingested. What has not changed since the last time
    is not encoded again. A running service does the work; without one it is done here.
    """
    from core import Database, Jobs
    from search import IngestOrder

    settings = load_settings()
    order = IngestOrder(
        catalogue=str(catalog.resolve()),
        images=str((images or catalog.parent).resolve()),
        rebuild=rebuild,
        partial=partial,
        engine=engine,  # type: ignore[arg-type]
    )
    with ExitStack() as stack:
        database = Database(settings.database_url)
        stack.callback(database.close)
        database.migrate()
        jobs = Jobs.open(settings, database)
        stack.callback(jobs.close)
        job = _job(jobs, order, resume)
        try:
            with progress(f"Ingesting {catalog.name}") as update:
                job = _await(settings, database, jobs, job, update)
        except KeyboardInterrupt:
            job = jobs.cancel(job.id)
            messages().print("Stopped. What is done is kept; `--resume` takes it up from there.")
            sys.exit(1)
        _print(database, job, as_json)
        if job.state != "done":
            messages().print(job.error or f"The ingest was {job.state}.", style="bold red", markup=False)
            sys.exit(1)


def _job(jobs: "Jobs", order: "IngestOrder", resume: bool) -> "Job":
    """The job to wait for: a new one, or that of an ingest of the same catalogue that did not end."""
    from search import KIND, ingest_id

    if resume:
        same = [job for job in jobs.list(kind=KIND) if job.arguments.get("catalogue") == order.catalogue]
        if same and not same[0].over:
            return same[0]
        if not same or same[0].state == "done":
            raise NotFound("No ingest of this catalogue was cut short.", remedy="Start one without --resume.")
        before = msgspec.convert(same[0].arguments, type(order))
        order = msgspec.structs.replace(before, resume=ingest_id(same[0]))
    return jobs.submit(KIND, msgspec.to_builtins(order))


def _await(
    settings: Settings, database: "Database", jobs: "Jobs", job: "Job", update: Callable[[int, int | None], None]
) -> "Job":
    """Wait for the job's end; do it here as long as no service is there to do it."""
    from api.garments import then_prepare
    from core import Worker
    from search import KIND, ingest_function

    function = ingest_function(settings, lambda: _parts(settings, database))
    if settings.tryon.prepare:
        function = then_prepare(function, lambda: _fitting(settings, database, jobs))
    with ExitStack() as stack:
        worker = None
        while not job.over:
            if worker is None and not jobs.attended():
                worker = stack.enter_context(Worker(jobs, {KIND: function}))
            sleep(LOOK_SECONDS)
            job = jobs.get(job.id)
            update(job.done, job.total)
    return job


@contextmanager
def _parts(settings: Settings, database: "Database") -> Iterator["Parts"]:
    from core import Weights
    from search import Catalogue, Index, Parts
    from vision import create_encoder

    with Index(settings.index, settings.home) as index:
        encoder = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models)
        yield Parts(Catalogue(database), index, encoder)


@contextmanager
def _fitting(settings: Settings, database: "Database", jobs: "Jobs") -> Iterator[tuple["Catalogue", "Fitting"]]:
    from api.garments import open_fitting
    from search import Catalogue, Thumbnails, image_folders
    from tryon import TryOn

    catalogue = Catalogue(database)
    with (
        TryOn.open(settings) as engine,
        closing(Thumbnails(settings, catalogue, lambda: image_folders(jobs))) as pictures,
    ):
        yield catalogue, open_fitting(settings, engine, catalogue, pictures)


def _print(database: "Database", job: "Job", as_json: bool) -> None:
    from search import ingest_id, read_faults

    faults = read_faults(database, ingest_id(job)) if job.result else iter(())
    if as_json:
        write_json(
            {"job": job.id, "state": job.state, "error": job.error, "result": job.result, "errors": list(faults)}
        )
        return
    counts = job.result or {}
    console = output()
    for name in ("added", "changed", "unchanged", "failed", "deleted", "garments", "refused"):
        if name in counts:
            console.print(f"{name:>10} {counts[name]}", highlight=False)
    shown = list(islice(faults, SHOWN + 1))
    if shown:
        table = Table("row", "id", "field", "reason")
        for fault in shown[:SHOWN]:
            table.add_row(
                *(
                    escape(str(cell)) if cell is not None else ""
                    for cell in (fault.row, fault.id, fault.field, fault.reason)
                )
            )
        console.print(table)
    if len(shown) > SHOWN:
        console.print(f"The first {SHOWN} errors; `--json` gives all.")
