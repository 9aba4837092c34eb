"""Counts for others, which tell of shoppers and not of one."""

from datetime import datetime
from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody

from api.access import MERCHANT
from api.events import JSON
from api.guards import takes
from api.problems import problems
from api.state import AppState
from recsys import Ledger, Report, ReportBy

Time = Annotated[datetime, msgspec.Meta(tz=True)]


class ReportQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """since, until: of the events, the latter left out; by: kind or day in UTC; epsilon: to be spent of the budget, a smaller
    one for more noise."""

    since: Time
    until: Time
    by: ReportBy = "type"
    epsilon: Annotated[float, msgspec.Meta(ge=0.001, le=100)] = 0.1


class ReportsController(Controller):
    path = "/v1/reports"
    tags = ("events",)
    opt = MERCHANT

    @post(
        "/events",
        operation_id="reportEvents",
        summary="Events counted, with noise",
        status_code=200,
        guards=[takes(JSON)],
        responses=problems(400, 403, 413, 415, 503),
        sync_to_thread=True,
    )
    def events(self, state: AppState, data: JSONBody[ReportQuestion]) -> Report:
        """Differentially private by shopper. Spends `epsilon` of the budget, and is refused with 429 where less is left."""
        return state.service.reports.events(data.since, data.until, data.by, data.epsilon)

    @get(
        "",
        operation_id="listReports",
        summary="Reports that were made, and what is spent of the budget",
        responses=problems(400, 503),
        sync_to_thread=True,
    )
    def ledger(self, state: AppState) -> Ledger:
        return state.service.reports.ledger()
