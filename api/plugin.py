"""All the wiring of the web application."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from anyio import create_task_group
from litestar import Litestar, get
from litestar.config.app import AppConfig
from litestar.plugins import InitPlugin
from litestar.response import File
from litestar.static_files import create_static_files_router

from api.access import MERCHANT, OPEN, Access
from api.assets import AssetsController
from api.catalog import CatalogController
from api.demand import DemandController
from api.document import openapi
from api.events import EventsController
from api.experiments import ExperimentsController
from api.guards import from_here
from api.headers import add_headers
from api.health import HealthController
from api.items import ItemsController
from api.live import LiveController, live_files, live_page
from api.metrics import REQUESTS, MetricsController
from api.pricing import PricingController
from api.problems import problem_details
from api.recommendations import RecommendationsController
from api.reports import ReportsController
from api.search import SearchController
from api.service import Service
from api.state import AppState
from api.tracing import tracer_provider, tracing
from api.tryon import TryOnController
from core import Settings, configure_logging

PAGE = Path(__file__).parent / "page"


@get("/", include_in_schema=False, sync_to_thread=False, opt=OPEN)
def page() -> File:
    """The web page."""
    return File(PAGE / "index.html", content_disposition_type="inline", media_type="text/html")


@get("/shop", include_in_schema=False, sync_to_thread=False, opt=OPEN)
def shop_page() -> File:
    """Recommendations as a shopper sees them."""
    return File(PAGE / "shop" / "index.html", content_disposition_type="inline", media_type="text/html")


@get("/pricing", include_in_schema=False, sync_to_thread=False, opt=MERCHANT)
def pricing_page() -> File:
    """Decisions on prices. Where keys are required, the browser asks for one, and sends it with what the page asks."""
    return File(PAGE / "pricing" / "index.html", content_disposition_type="inline", media_type="text/html")


@get("/demand", include_in_schema=False, sync_to_thread=False, opt=MERCHANT)
def demand_page() -> File:
    """Forecasts and orders, asked for likewise."""
    return File(PAGE / "demand" / "index.html", content_disposition_type="inline", media_type="text/html")


class ShopglassPlugin(InitPlugin):
    """Routes, problem details, metrics, traces, headers, document, and the service itself for the time the app lives."""

    def __init__(self, settings: Settings) -> None:
        self.service = Service(settings)

    def on_app_init(self, app_config: AppConfig) -> AppConfig:
        app_config.route_handlers += [
            page,
            shop_page,
            pricing_page,
            demand_page,
            live_page,
            create_static_files_router("/page", directories=[PAGE], include_in_schema=False, opt=OPEN),
            live_files,
            SearchController,
            ItemsController,
            CatalogController,
            HealthController,
            MetricsController,
            AssetsController,
            TryOnController,
            LiveController,
            EventsController,
            RecommendationsController,
            ExperimentsController,
            ReportsController,
            DemandController,
            PricingController,
        ]
        app_config.plugins.append(problem_details())
        if (collector := self.service.settings.telemetry.otlp) is not None:
            provider = tracer_provider(collector)
            app_config.plugins.append(tracing(provider))
            app_config.on_shutdown.append(provider.shutdown)
        access = Access(self.service.settings, self.service)
        app_config.middleware += [REQUESTS.middleware, access]
        app_config.on_shutdown.append(access.limits.close)
        app_config.guards.append(from_here)
        app_config.before_send.append(add_headers)
        app_config.openapi_config = openapi()
        app_config.logging_config = None
        configure_logging(self.service.settings.telemetry)
        logging.getLogger("uvicorn").setLevel(logging.WARNING)  # we say ourselves where we serve
        app_config.state = AppState({"service": self.service})
        app_config.lifespan.append(self._lifespan)
        return app_config

    @asynccontextmanager
    async def _lifespan(self, app: Litestar) -> AsyncIterator[None]:
        with self.service.run():
            async with create_task_group() as tasks:
                tasks.start_soon(self.service.sweep)
                tasks.start_soon(self.service.keep_recommending)
                yield
                tasks.cancel_scope.cancel()
