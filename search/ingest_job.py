"""An ingest as a job of the queue: it goes on where it was when its process died."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, Literal

import msgspec

from core import Function, Job, Jobs, Running
from core.settings import Settings
from search.catalogue import Catalogue
from search.encoding import Encoder, Engine, local_engine
from search.index import Index
from search.ingest import Ingest, Progress
from search.pictures import Pictures
from search.rows import count_rows

KIND = "ingest"


class IngestOrder(msgspec.Struct, frozen=True, kw_only=True):
    """What an ingest job is to do; its arguments are this as JSON.

    catalogue: path of the file; images: folder of its pictures, None for what came by the network, which may name URLs
    only; partial: products that the file lacks stay; resume: id of the ingest to take up, None for a new one.
    """

    catalogue: str
    images: str | None = None
    rebuild: bool = False
    partial: bool = False
    engine: Literal["local", "ray"] = "local"
    resume: str | None = None


class Parts(msgspec.Struct, frozen=True):
    """What an ingest works with."""

    catalogue: Catalogue
    index: Index
    encoder: Encoder


def ingest_id(job: Job) -> str:
    """Under which id the ledger has what this job did."""
    return job.arguments.get("resume") or job.id


def image_folders(jobs: Jobs) -> list[Path]:
    """Folders of the pictures of catalogues ingested here, the latest first."""
    folders = [job.arguments.get("images") for job in jobs.list(kind=KIND)]
    return [Path(folder) for folder in dict.fromkeys(folders) if folder]


def ingest_function(settings: Settings, parts: Callable[[], AbstractContextManager[Parts]]) -> Function:
    """The function of the job kind ``ingest``. parts: gives catalogue, index and encoder for the time of one job."""

    def run(running: Running) -> dict[str, Any]:
        order = msgspec.convert(running.arguments, IngestOrder)
        path = Path(order.catalogue)
        total = count_rows(path)

        def report(progress: Progress) -> None:
            done = progress.done if progress.stage == "rows" else total
            running.report(done, total, {"stage": progress.stage, "done": progress.done, "total": progress.total})

        images = None if order.images is None else Path(order.images)
        with parts() as p, Pictures(settings, images) as pictures:
            engine = _engine(order, settings, pictures, p.encoder)
            ingest = Ingest(settings, p.catalogue, p.index, p.encoder)
            result = ingest.run(
                order.resume or running.id, path, engine, rebuild=order.rebuild, partial=order.partial, progress=report
            )
        running.report(total, total)
        return {"stage": "done", **msgspec.to_builtins(result)}

    return run


def _engine(order: IngestOrder, settings: Settings, pictures: Pictures, encoder: Encoder) -> Engine:
    if order.engine == "ray":
        from search.ray_engine import ray_engine

        return ray_engine(settings, None if order.images is None else Path(order.images))
    return local_engine(settings, pictures, encoder)
