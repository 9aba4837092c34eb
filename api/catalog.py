"""Catalogue jobs: a file of products comes in, and what became of every row goes out."""

import csv
import io
import secrets
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
import anyio.to_thread
import msgspec
from litestar import Controller, Response, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import Body, PathParameter, QueryParameter
from litestar.response import ServerSentEvent, Stream

from api.access import MERCHANT
from api.guards import takes
from api.problems import problems
from api.service import UPLOADS
from api.state import AppState
from core import Job, refusing_full_disk
from core.errors import BadCatalogue
from search import Fault

LARGEST_CATALOGUE = 4 * 1024**3
CHUNK = 1 << 20
LOOK = 0.5  # seconds between looks at a job that is watched
SUFFIXES = (".csv", ".jsonl", ".ndjson", ".parquet")

JobId = Annotated[str, PathParameter(description="The job's id.", pattern="^[0-9a-f]{32}$")]


@dataclass
class CatalogueForm:
    """catalogue: a file of products, .csv, .jsonl or .parquet, with images by URL; rebuild: encode everything anew in
    an index beside the live one; partial: products that the file lacks stay.
    """

    catalogue: UploadFile
    rebuild: bool = False
    partial: bool = False


class CatalogueJob(msgspec.Struct, frozen=True):
    """One ingest. done, total: rows; result: how many were added, changed, unchanged, failed and deleted so far."""

    id: str
    state: Literal["queued", "running", "done", "failed", "cancelled"]
    cancelling: bool
    done: int
    total: int | None
    result: dict[str, Any] | None
    error: str | None
    created: datetime
    started: datetime | None
    finished: datetime | None


def shown(job: Job) -> CatalogueJob:
    """What of a job is told outside: all but its arguments, which hold paths of this machine."""
    return CatalogueJob(**{name: getattr(job, name) for name in CatalogueJob.__struct_fields__})


class CatalogController(Controller):
    path = "/v1/catalog/jobs"
    tags = ("catalogue",)
    opt = MERCHANT

    @post(
        operation_id="submitCatalogue",
        summary="Ingest a catalogue",
        guards=[takes("multipart/form-data")],
        status_code=202,
        request_max_body_size=LARGEST_CATALOGUE,
        responses=problems(400, 413, 415, 422, 503, 507),
    )
    async def submit(
        self, state: AppState, data: Annotated[CatalogueForm, Body(media_type=RequestEncodingType.MULTI_PART)]
    ) -> Response[CatalogueJob]:
        """Answers at once; follow the job at the address in Location."""
        suffix = Path(data.catalogue.filename).suffix.lower()
        if suffix not in SUFFIXES:
            raise BadCatalogue("The file's name does not say what it is.", remedy=f"End it in {', '.join(SUFFIXES)}.")
        path = await keep(data.catalogue, state.service.settings.home / UPLOADS, suffix)
        job = await anyio.to_thread.run_sync(state.service.submit_catalogue, path, data.rebuild, data.partial)
        return Response(shown(job), status_code=202, headers={"Location": f"/v1/catalog/jobs/{job.id}"})

    @get(
        "/{job_id:str}",
        operation_id="getCatalogueJob",
        summary="How far an ingest is",
        responses=problems(400, 404),
        sync_to_thread=True,
    )
    def get_job(self, state: AppState, job_id: JobId) -> CatalogueJob:
        return shown(state.service.catalogue_job(job_id))

    @get(
        "/{job_id:str}/events",
        operation_id="watchCatalogueJob",
        summary="An ingest as it goes on, as server-sent events",
        media_type="text/event-stream",
        responses={
            200: ResponseSpec(
                str, description="Events named by the job's state, with the job as data", media_type="text/event-stream"
            ),
            **problems(400, 404),
        },
    )
    async def watch(self, state: AppState, job_id: JobId) -> ServerSentEvent:
        job = await anyio.to_thread.run_sync(state.service.catalogue_job, job_id)

        async def events(job: Job) -> AsyncIterator[dict[str, Any]]:
            told: Job | None = None
            while True:
                if job != told:
                    yield {"event": job.state, "data": msgspec.json.encode(shown(job)).decode()}
                    told = job
                if job.over:
                    return
                await anyio.sleep(LOOK)
                job = await anyio.to_thread.run_sync(state.service.catalogue_job, job_id)

        return ServerSentEvent(events(job))

    @get(
        "/{job_id:str}/errors",
        operation_id="getCatalogueErrors",
        summary="Every row that was faulty, and why",
        media_type="application/jsonl",
        responses={
            200: ResponseSpec(
                str, description="One fault a line: row, id, field, reason", media_type="application/jsonl"
            ),
            **problems(400, 404),
        },
        sync_to_thread=True,
    )
    def errors(
        self,
        state: AppState,
        job_id: JobId,
        format: Annotated[Literal["jsonl", "csv"], QueryParameter(description="How to write them.")] = "jsonl",
    ) -> Stream:
        faults = state.service.catalogue_faults(job_id)
        lines = as_csv(faults) if format == "csv" else (msgspec.json.encode(fault) + b"\n" for fault in faults)
        return Stream(
            lines,
            media_type="text/csv" if format == "csv" else "application/jsonl",
            headers={"Content-Disposition": f'attachment; filename="errors-{job_id}.{format}"'},
        )

    @post(
        "/{job_id:str}/cancel",
        operation_id="cancelCatalogueJob",
        summary="Stop an ingest",
        status_code=200,
        responses=problems(400, 404),
        sync_to_thread=True,
    )
    def cancel(self, state: AppState, job_id: JobId) -> CatalogueJob:
        """What is in stays in. One that is over stays as it is."""
        return shown(state.service.cancel_catalogue(job_id))


async def keep(upload: UploadFile, folder: Path, suffix: str) -> Path:
    """Move an upload to a file of its own, a piece at a time. Raises DiskFull."""
    await anyio.Path(folder).mkdir(parents=True, exist_ok=True)
    path = folder / f"{secrets.token_hex(16)}{suffix}"
    try:
        with refusing_full_disk(path):
            async with await anyio.open_file(path, "wb") as file:
                while chunk := await upload.read(CHUNK):
                    await file.write(chunk)
    except BaseException:
        await anyio.Path(path).unlink(missing_ok=True)
        raise
    finally:
        await upload.close()
    return path


def as_csv(faults: Iterator[Fault]) -> Iterator[bytes]:
    """The faults as CSV with a header, a line at a time."""
    line = io.StringIO()
    writer = csv.writer(line)
    writer.writerow(Fault.__struct_fields__)
    for fault in faults:
        yield line.getvalue().encode()
        line.seek(0)
        line.truncate()
        writer.writerow(_harmless(value) for value in msgspec.structs.astuple(fault))
    yield line.getvalue().encode()


def _harmless(value: object) -> object:
    """Spreadsheets run what begins like a formula, and ids come from whoever wrote the catalogue."""
    return f"'{value}" if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r") else value
