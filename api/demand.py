"""Forecasts and orders, for merchants."""

from pathlib import Path
from typing import Annotated, Any, Literal

import anyio
import msgspec
from litestar import Controller, Response, get, post, route
from litestar.datastructures import UploadFile
from litestar.enums import HttpMethod, RequestEncodingType
from litestar.params import Body, JSONBody, PathParameter, QueryParameter

from api.access import MERCHANT
from api.catalog import keep
from api.events import JSON
from api.guards import takes
from api.problems import problems
from api.state import AppState
from core import Job
from core.errors import BadSales
from forecasting import Health, Order, Planned, PurchaseOrder, Told, named_groups

UPLOADS = "uploads"
SUFFIXES = (".csv", ".jsonl", ".parquet")
LARGEST = 500_000_000
Sku = Annotated[
    str, PathParameter(description="The product's id, as in the table of sales.", min_length=1, max_length=128)
]
OrderId = Annotated[int, PathParameter(description="The order's number.", ge=1, le=2**31 - 1)]
JobId = Annotated[str, PathParameter(description="The job's id.", min_length=1, max_length=64)]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


class SalesForm(msgspec.Struct):
    """sales: a table as CSV, JSON Lines or Parquet: series, date, quantity, and what else is known; without one, what was bought
    by the events of this service; model: a forecaster's tag; horizon: in periods; sums: groups of the table, such as ``category``,
    by comma, that get forecasts of their own, as ``total`` does, to which all add up; if_drifted: make none where those that
    are kept still hold."""

    sales: UploadFile | None = None
    model: Name | None = None
    horizon: Annotated[int, msgspec.Meta(ge=1, le=1000)] | None = None
    sums: Annotated[str, msgspec.Meta(max_length=256)] | None = None
    if_drifted: bool = False


class ForecastJob(msgspec.Struct, frozen=True):
    """A job that forecasts. result: how many series, which were refused and why, fallbacks, values changed by rule, and how many
    of the forecasts that were kept drift; made: whether there are new ones."""

    id: str
    state: str
    error: str | None
    result: dict[str, Any] | None


class Served(msgspec.Struct, frozen=True):
    """A forecast. age: seconds since it was made."""

    forecast: Told
    age: float


class Stocks(msgspec.Struct, frozen=True, kw_only=True):
    """stocks: by product, ``on_hand`` and, if known, on_order, backlog, lead_time, lead_time_spread, review, cost, holding, short,
    fixed, service, multiple, minimum, shelf_life; in pieces and in periods of the forecast."""

    stocks: dict[str, dict[str, float]]
    policy: Name = "RS"
    budget: Annotated[float, msgspec.Meta(ge=0)] | None = None
    capacity: Annotated[float, msgspec.Meta(ge=0)] | None = None


class Decision(msgspec.Struct, frozen=True):
    """quantity: another one than was proposed."""

    quantity: Annotated[int, msgspec.Meta(ge=1, le=10**9)] | None = None


class DemandController(Controller):
    path = "/v1"
    tags = ("demand",)
    opt = MERCHANT

    @post(
        "/forecasts/jobs",
        operation_id="submitForecasts",
        summary="Forecast a table of sales",
        guards=[takes("multipart/form-data")],
        status_code=202,
        request_max_body_size=LARGEST,
        responses=problems(400, 413, 415, 422, 503, 507),
    )
    async def submit(
        self, state: AppState, data: Annotated[SalesForm, Body(media_type=RequestEncodingType.MULTI_PART)]
    ) -> Response[ForecastJob]:
        """Answers at once; follow the job at the address in Location."""
        path = None
        if data.sales is not None:
            # of a union the framework lets through what is no file at all
            suffix = Path(data.sales.filename).suffix.lower() if isinstance(data.sales, UploadFile) else ""
            if suffix not in SUFFIXES:
                raise BadSales("The file's name does not say what it is.", remedy=f"End it in {', '.join(SUFFIXES)}.")
            path = str(await keep(data.sales, state.service.settings.home / UPLOADS, suffix))
        sums = named_groups(data.sums)
        order = Order(sales=path, model=data.model, horizon=data.horizon, sums=sums, if_drifted=data.if_drifted)
        job = await anyio.to_thread.run_sync(state.service.submit_forecasts, order)
        return Response(_shown(job), status_code=202, headers={"Location": f"/v1/forecasts/jobs/{job.id}"})

    @get(
        "/forecasts/jobs/{job_id:str}",
        operation_id="getForecastJob",
        summary="How far a forecast is",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def job(self, state: AppState, job_id: JobId) -> ForecastJob:
        return _shown(state.service.forecast_job(job_id))

    @get(
        "/forecasts",
        operation_id="listForecasts",
        summary="Products that have a forecast",
        responses=problems(400, 503),
        sync_to_thread=True,
    )
    def forecasts(self, state: AppState) -> tuple[str, ...]:
        return state.service.forecasts.skus()

    @get(
        "/monitoring/forecasts",
        operation_id="getForecastHealth",
        summary="How forecasts have held",
        responses=problems(400, 503),
        sync_to_thread=True,
    )
    def health(self, state: AppState) -> Health:
        """Bias, error and coverage of the interval of 80 %, by week and by product, of what a job was told was sold since; and who drifts."""
        return state.service.monitoring.health()

    @get(
        "/forecasts/{sku:str}",
        operation_id="getForecast",
        summary="The demand to be expected of a product",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def forecast(self, state: AppState, sku: Sku) -> Served:
        """By period: mean, quantiles and parts in pieces; the history it came from, its model and its age."""
        told, made = state.service.forecasts.get(sku)
        return Served(told, state.service.age(made))

    @route("/replenishment", http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
    def allow(self) -> Response[None]:
        """The framework's own answer names only the method of the handler whose name is first in the alphabet."""
        return Response(None, status_code=204, headers={"Allow": "GET, OPTIONS, POST"})

    @post(
        "/replenishment",
        operation_id="proposeOrders",
        summary="Propose orders from stocks and forecasts",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 404, 413, 415, 503),
        sync_to_thread=True,
    )
    def propose(self, state: AppState, data: JSONBody[Stocks]) -> Planned:
        """What was proposed before and not decided on is replaced."""
        return state.service.propose_orders(dict(data.stocks), data.policy, data.budget, data.capacity)

    @get(
        "/replenishment",
        operation_id="listOrders",
        summary="Orders, proposed and decided",
        responses=problems(400, 503),
        sync_to_thread=True,
    )
    def orders(
        self,
        state: AppState,
        only: Annotated[
            Literal["proposed", "approved", "rejected"] | None,
            QueryParameter(description="Those of this state.", required=False),
        ] = None,
    ) -> tuple[PurchaseOrder, ...]:
        return state.service.orders_to_place.list(only)

    @post(
        "/replenishment/{order_id:int}/approve",
        operation_id="approveOrder",
        summary="Approve an order",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 404, 409, 413, 415, 503),
        sync_to_thread=True,
    )
    def approve(self, state: AppState, order_id: OrderId, data: JSONBody[Decision]) -> PurchaseOrder:
        return state.service.orders_to_place.decide(order_id, "approved", data.quantity)

    @post(
        "/replenishment/{order_id:int}/reject",
        operation_id="rejectOrder",
        summary="Reject an order",
        status_code=200,
        responses=problems(400, 403, 404, 409, 503),
        sync_to_thread=True,
    )
    def reject(self, state: AppState, order_id: OrderId) -> PurchaseOrder:
        return state.service.orders_to_place.decide(order_id, "rejected")


def _shown(job: Job) -> ForecastJob:
    return ForecastJob(job.id, job.state, job.error, job.result)
