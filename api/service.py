"""The parts of a running service, opened together and closed together."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from functools import partial
from itertools import chain, count
from pathlib import Path
from typing import Any, TypeVar

import msgspec
import structlog
from anyio import CapacityLimiter, sleep, to_thread

from api.facts import facts_of, kin_of, sales_of
from api.garments import open_fitting, then_prepare
from api.metrics import observe_stages
from api.sight import batched
from core import AuditLog, Database, Job, Jobs, Keys, Settings, Worker
from core.errors import Busy, NotFound, ShopglassError, Unavailable
from forecasting import KIND as FORECAST
from forecasting import Forecasts, Monitoring, Planned, PurchaseOrders, forecast_function, plan
from forecasting import Order as ForecastOrder
from pricing import Decisions
from recsys import KIND as RECOMMEND
from recsys import EventLog, Identity, Profiles, Recommendations, Reports, Slate, train_function
from search import (
    KIND,
    Answer,
    Catalogue,
    Fault,
    Index,
    IngestOrder,
    Items,
    Parts,
    PhotoAnswer,
    Pictures,
    Query,
    Searcher,
    Thumbnails,
    image_folders,
    ingest_function,
    ingest_id,
    read_faults,
)
from tryon import KIND as TRY_ON
from tryon import (
    Accessory,
    Fitting,
    Format,
    Garment,
    Order,
    Orders,
    Photos,
    Result,
    TryOn,
)
from vision import Encoder, Vision

T = TypeVar("T")

log = structlog.get_logger()
UPLOADS = "uploads"
REFRESH = 30  # seconds between looks for products that no training has seen
SWEEP = 60.0  # seconds between looks for try-ons that have expired


class Service:
    """What the handlers call. Catalogue and index open at once; models warm in a thread of their own meanwhile.

    fault: what kept it from starting, once something has. on_fault: called when that happened while warming.
    """

    catalogue: Catalogue
    index: Index
    jobs: Jobs
    thumbnails: Thumbnails
    orders: Orders
    events: EventLog
    recommendations: Recommendations
    reports: Reports
    forecasts: Forecasts
    monitoring: Monitoring
    orders_to_place: PurchaseOrders
    prices: Decisions
    keys: Keys
    audit: AuditLog

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.fault: ShopglassError | None = None
        self.on_fault: Callable[[], None] = lambda: None
        self._items: Items | None = None
        self._searcher: Searcher | None = None
        self._pictures: Pictures | None = None
        self._fitting: Fitting | None = None
        self._warm = threading.Event()
        self._asked = 0
        # More at once would fill no batch, and stand in each other's way at the interpreter's lock.
        self._threads = CapacityLimiter(8)
        # A recommendation is a few milliseconds of Python, nearly all under the interpreter's lock: one after another four
        # clients get 163 a second, two at once 134, eight 140.
        self._recommenders = CapacityLimiter(1)
        # A try-on fills a core and some hundred megabytes.
        self._fitters = CapacityLimiter(settings.models.threads)

    @property
    def items(self) -> Items:
        """Raises Unavailable until the models are warm."""
        return self._ready(self._items)

    @property
    def fitting(self) -> Fitting:
        """Raises Unavailable until the models are warm."""
        return self._ready(self._fitting)

    def readiness(self) -> dict[str, bool]:
        """By part, whether it can serve."""
        try:
            self.index.ping()
            answers = True
        except ShopglassError:
            answers = False
        return {"index": answers, "models": self._warm.is_set()}

    # Searching

    async def search(self, query: Query) -> Answer:
        """What :meth:`Searcher.search` gives; raises Busy at once where too many are being answered already."""
        return await self._answer(self._ready(self._searcher).search, query)

    async def search_photo(self, photo: bytes, **options: Any) -> PhotoAnswer:
        """What :meth:`Searcher.search_photo` gives; raises Busy likewise."""
        return await self._answer(partial(self._ready(self._searcher).search_photo, photo, **options))

    async def fetch_photo(self, url: str) -> bytes:
        """A photo by URL, through the guarded fetch."""
        return await self._answer(self._ready(self._pictures).read, url)

    async def _answer(self, call: Callable[..., T], *arguments: object, limiter: CapacityLimiter | None = None) -> T:
        """Run ``call`` in a thread when one is free. Raises Busy at once when too many wait or run already."""
        if self._asked >= self.settings.serve.queue:
            raise Busy(f"{self._asked} requests are being answered already.", remedy="Try again in a moment.")
        self._asked += 1
        try:
            return await to_thread.run_sync(call, *arguments, limiter=limiter or self._threads)
        finally:
            self._asked -= 1

    # Trying on

    async def try_on(self, order: Order, person: bytes, garments: Photos, kind: Format) -> Result:
        """What :meth:`Fitting.result` gives; raises Busy likewise."""
        return await self._answer(self.fitting.result, order, person, garments, kind, limiter=self._fitters)

    async def wearable(self, item: str, use: Callable[[Garment | Accessory], T]) -> T:
        """What is made of a product that can be worn. Raises NotFound, GarmentUnusable or AccessoryUnusable, and Busy
        likewise."""
        return await self._answer(lambda: use(self.fitting.wearable(item)), limiter=self._fitters)

    async def sweep(self) -> None:
        """Remove what has expired of try-ons and events, every minute and at once when it is started."""
        while True:
            try:
                await to_thread.run_sync(self.orders.sweep)
                await to_thread.run_sync(self.events.expire, self.settings.recsys.keep_days)
            except ShopglassError as error:
                log.warning("sweep_failed", error=error.detail)
            await sleep(SWEEP)

    # Recommending

    async def recommend(self, call: Callable[..., Slate], *arguments: object) -> Slate:
        """What a function of ``recommendations`` gives; raises Busy likewise."""
        return await self._answer(call, *arguments, limiter=self._recommenders)

    async def keep_recommending(self) -> None:
        """Write down lists that were given, every second, and meet new products, every half minute."""
        for turn in count(1):
            try:
                await to_thread.run_sync(self.recommendations.flush)
                if turn % REFRESH == 0:
                    await to_thread.run_sync(self.recommendations.refresh)
            except ShopglassError as error:
                log.warning("recommendations_not_kept", error=error.detail)
            await sleep(1.0)

    # Demand

    def submit_forecasts(self, order: ForecastOrder) -> Job:
        """Queue a forecast, of a table that came by the network or of what was bought here."""
        return self.jobs.submit(FORECAST, msgspec.to_builtins(order))

    def forecast_job(self, job_id: str) -> Job:
        """Raises NotFound, also for jobs of other kinds."""
        job = self.jobs.get(job_id)
        if job.kind != FORECAST:
            raise NotFound(f"There is no job {job_id}.")
        return job

    def propose_orders(
        self, stocks: dict[str, dict[str, Any]], policy: str, budget: float | None, capacity: float | None
    ) -> Planned:
        """Orders from the forecasts that are kept, kept in turn. Raises NotFound and BadRequest."""
        planned = plan(self.forecasts.all(), stocks, policy, budget, capacity)
        self.orders_to_place.propose(planned)
        return planned

    @staticmethod
    def age(made: datetime) -> float:
        """Seconds since then."""
        return max(0.0, (datetime.now(UTC) - made).total_seconds())

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
        self.thumbnails = Thumbnails(settings, self.catalogue, lambda: image_folders(self.jobs))
        stack.callback(self.thumbnails.close)
        self.orders = Orders(self.jobs, settings.home, settings.tryon.keep)
        self.forecasts, self.orders_to_place = Forecasts(database), PurchaseOrders(database)
        self.monitoring = Monitoring(database)
        self.prices = Decisions(database, settings.pricing.approve_over)
        self.keys, self.audit = Keys(database), AuditLog(database)
        profiles = Profiles(database, settings.home / "recsys", facts_of(self.catalogue))
        self.events = EventLog(database, Identity(settings), profiles)
        self.recommendations = Recommendations(settings, self.catalogue, self.events)
        self.recommendations.refresh()
        self.reports = Reports(settings.reports, settings.recsys.keep_days, database)
        self._sweep_uploads()

    def _warm_up(self, stack: ExitStack, closing: threading.Event) -> None:
        settings = self.settings
        try:
            vision = stack.enter_context(Vision.open(settings))
            if closing.is_set():
                return
            vision.warm()
            sight = stack.enter_context(batched(vision, settings.serve))
            self._pictures = stack.enter_context(Pictures(settings, folder=None))
            self._items = Items(settings, self.catalogue, self.index, sight.encoder, self._pictures)
            self._searcher = Searcher(settings, sight, self.catalogue, self.index)
            with suppress(NotFound):  # before the first ingest there is nothing that could not fit
                self._searcher.check()
            engine = stack.enter_context(TryOn.open(settings))
            fitting = self._fitting = open_fitting(settings, engine, self.catalogue, self.thumbnails)
            # An ingest has batches of its own: behind those of shoppers, whole catalogues would stand in one queue.
            ingest = ingest_function(settings, lambda: self._parts(vision.encoder))
            if settings.tryon.prepare:
                ingest = then_prepare(ingest, lambda: nullcontext((self.catalogue, fitting)))
            stack.enter_context(Worker(self.jobs, {KIND: ingest}))
            # A worker of their own: nobody waits for a night's ingest to see a coat on.
            stack.enter_context(Worker(self.jobs, {TRY_ON: self.orders.function(fitting.result)}))
            parts = tuple(one.stop - one.start for one in getattr(vision.encoder, "subspaces", ()))
            training = train_function(settings, self.catalogue.database, parts)
            stack.enter_context(Worker(self.jobs, {RECOMMEND: training}))
            history = partial(sales_of, self.events, self.catalogue)
            forecasting = forecast_function(self.catalogue.database, kin_of(self.catalogue), history)
            stack.enter_context(Worker(self.jobs, {FORECAST: forecasting}))
            self._warm.set()
        except ShopglassError as error:
            self._fail(error)
        except Exception as error:
            log.exception("start_failed")
            self._fail(ShopglassError(f"An unexpected {type(error).__name__} while starting; the log has more."))

    def _fail(self, fault: ShopglassError) -> None:
        self.fault = fault
        log.error("start_failed", error=fault.detail)
        self.on_fault()

    def _parts(self, encoder: Encoder) -> nullcontext[Parts]:
        return nullcontext(Parts(self.catalogue, self.index, encoder))

    def _ready(self, part: T | None) -> T:
        if part is None:
            raise self.fault or Unavailable("The models are warming up.", remedy="Try again shortly.", retry_after=2)
        return part

    def _sweep_uploads(self) -> None:
        """Remove the files of ingests that are over."""
        folder = self.settings.home / UPLOADS
        for job in self.jobs.list(kind=KIND, states=("done", "failed", "cancelled")):
            file = Path(job.arguments["catalogue"])
            if file.parent == folder:
                file.unlink(missing_ok=True)
