"""The parts of a running service, opened together and closed together."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from itertools import chain
from pathlib import Path
from typing import TypeVar

import msgspec
import structlog

from api.metrics import observe_stages
from core.database import Database
from core.errors import NotFound, ShopglassError, Unavailable
from core.jobs import Job, Jobs
from core.settings import Settings
from core.weights import Weights
from core.worker import Worker
from search.catalogue import Catalogue
from search.encoding import Encoder
from search.index import Index
from search.ingest_job import KIND, IngestOrder, Parts, ingest_id, ingest_job
from search.items import Items
from search.ledger import read_faults
from search.pictures import Pictures
from search.products import Fault
from search.thumbnails import Thumbnails
from vision.encoders import create_encoder

T = TypeVar("T")

log = structlog.get_logger()
UPLOADS = "uploads"


class Service:
    """What the handlers call. Catalogue and index open at once; models warm in a thread of their own meanwhile.

    fault: what kept it from starting, once something has. on_fault: called when that happened while warming.
    """

    catalogue: Catalogue
    index: Index
    jobs: Jobs
    thumbnails: Thumbnails

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.fault: ShopglassError | None = None
        self.on_fault: Callable[[], None] = lambda: None
        self._items: Items | None = None
        self._warm = threading.Event()

    @property
    def items(self) -> Items:
        """Raises Unavailable until the models are warm."""
        return self._ready(self._items)

    def readiness(self) -> dict[str, bool]:
        """By part, whether it can serve."""
        try:
            self.index.ping()
            answers = True
        except ShopglassError:
            answers = False
        return {"index": answers, "models": self._warm.is_set()}

    # Catalogue jobs

    def submit_catalogue(self, path: Path, rebuild: bool, partial: bool) -> Job:
        """Queue the ingest of a file that came by the network: its pictures are URLs."""
        self._sweep_uploads()
        order = IngestOrder(catalogue=str(path), rebuild=rebuild, partial=partial)
        return self.jobs.submit(KIND, msgspec.to_builtins(order))

    def catalogue_job(self, job_id: str) -> Job:
        """Raises NotFound, also for jobs of other kinds."""
        job = self.jobs.get(job_id)
        if job.kind != KIND:
            raise NotFound(f"There is no job {job_id}.")
        return job

    def catalogue_faults(self, job_id: str) -> Iterator[Fault]:
        """Every fault of an ingest so far, by row. Raises NotFound."""
        job = self.catalogue_job(job_id)
        try:
            faults = read_faults(self.catalogue.database, ingest_id(job))
            first = next(faults, None)
        except NotFound:  # it has not begun
            return iter(())
        return iter(()) if first is None else chain([first], faults)

    def cancel_catalogue(self, job_id: str) -> Job:
        """Raises NotFound."""
        return self.jobs.cancel(self.catalogue_job(job_id).id)

    # Life

    @contextmanager
    def run(self) -> Iterator[None]:
        """Open every part, and close them all when left, last opened first. Raises, and keeps, what a part raises."""
        with ExitStack() as stack:
            stack.callback(observe_stages())
            try:
                self._open(stack)
            except ShopglassError as error:
                self.fault = error
                raise
            closing = threading.Event()
            warming = threading.Thread(target=self._warm_up, args=(stack, closing), name="warm-up", daemon=True)
            warming.start()
            try:
                yield
            finally:
                closing.set()
                warming.join()

    def announce(self, url: str) -> None:
        """Tell commands on the same home where this service answers."""
        self.index.announce(url)

    def _open(self, stack: ExitStack) -> None:
        settings = self.settings
        database = Database(settings.database_url)
        stack.callback(database.close)
        database.migrate()
        self.catalogue = Catalogue(database)
        self.index = stack.enter_context(Index(settings.index, settings.home))
        self.jobs = Jobs.open(settings, database)
        stack.callback(self.jobs.close)
        self.thumbnails = Thumbnails(settings, self.catalogue, self._image_folders)
        stack.callback(self.thumbnails.close)
        self._sweep_uploads()

    def _warm_up(self, stack: ExitStack, closing: threading.Event) -> None:
        try:
            encoder = create_encoder(
                self.settings.models.encoder, Weights(self.settings.models_dir), self.settings.models
            )
            if closing.is_set():
                return
            pictures = stack.enter_context(Pictures(self.settings, folder=None))
            self._items = Items(self.settings, self.catalogue, self.index, encoder, pictures)
            stack.enter_context(Worker(self.jobs, {KIND: ingest_job(self.settings, lambda: self._parts(encoder))}))
            self._warm.set()
        except ShopglassError as error:
            self.fault = error
            log.error("start_failed", error=error.detail)
            self.on_fault()

    def _parts(self, encoder: Encoder) -> nullcontext[Parts]:
        return nullcontext(Parts(self.catalogue, self.index, encoder))

    def _ready(self, part: T | None) -> T:
        if part is None:
            raise self.fault or Unavailable("The models are warming up.", remedy="Try again shortly.", retry_after=2)
        return part

    def _image_folders(self) -> list[Path]:
        """Folders of the pictures of catalogues ingested here, the latest first."""
        folders = [job.arguments.get("images") for job in self.jobs.list(kind=KIND)]
        return [Path(folder) for folder in dict.fromkeys(folders) if folder]

    def _sweep_uploads(self) -> None:
        """Remove the files of ingests that are over."""
        folder = self.settings.home / UPLOADS
        for job in self.jobs.list(kind=KIND, states=("done", "failed", "cancelled")):
            file = Path(job.arguments["catalogue"])
            if file.parent == folder:
                file.unlink(missing_ok=True)
