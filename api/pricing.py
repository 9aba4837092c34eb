"""Prices, for merchants: proposed by a policy, held by the rails, decided on, and taken back."""

from datetime import UTC, datetime
from typing import Annotated, Any

import msgspec
from litestar import Controller, Request, Response, get, post, put, route
from litestar.enums import HttpMethod
from litestar.params import JSONBody, PathParameter, QueryParameter

from api.access import MERCHANT, actor
from api.events import JSON
from api.guards import takes
from api.problems import problems
from api.state import AppState
from core.errors import BadPrice
from pricing import (
    Asked,
    Decided,
    Decision,
    Entry,
    Fault,
    Limits,
    Money,
    Quote,
    Rails,
    RolledBack,
    Simulated,
    Stage,
    State,
    policy,
    quote,
    simulate,
)

MOST = 10_000
LARGEST = 50_000_000
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Name = Annotated[str, msgspec.Meta(max_length=128)]
DecisionId = Annotated[int, PathParameter(description="The decision's number.", ge=1, le=2**31 - 1)]
Only = Annotated[
    str | None, QueryParameter(description="Of this product alone.", min_length=1, max_length=128, required=False)
]
Before = Annotated[
    int | None,
    QueryParameter(description="The number the last page ended with.", ge=1, le=2**31 - 1, required=False),
]
Most = Annotated[int, QueryParameter(description="At most so many.", ge=1, le=1000, required=False)]
AnyRequest = Request[Any, Any, Any]


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """states: what is known of each product, none twice; limits: by product, its minimum advertised price and changes of price;
    smaller: pairs of which the second may not cost less; bundles: by bundle, its parts. Nothing of a shopper has a place
    here, and fields that are not known are refused."""

    states: Annotated[list[State], msgspec.Meta(min_length=1, max_length=MOST)]
    policy: Tag = "optimum.one-step"
    rails: Rails = Rails()
    limits: dict[str, Limits] = {}
    smaller: list[tuple[str, str]] = []
    bundles: dict[str, list[str]] = {}


class Quoted(msgspec.Struct, frozen=True):
    """quotes and faults: together one for each state."""

    quotes: tuple[Quote, ...]
    faults: tuple[Fault, ...]


class WhatIf(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """prices: those of interest, besides 41 from 70 % to 130 % of today's."""

    state: State
    prices: Annotated[list[Money], msgspec.Meta(max_length=100)] = []
    rails: Rails = Rails()
    limits: Limits = Limits()


class Word(msgspec.Struct, frozen=True):
    """note: why, for the history."""

    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Undo(msgspec.Struct, frozen=True):
    """to: the moment whose prices are asked again; products: those alone."""

    to: Annotated[datetime, msgspec.Meta(tz=True)]
    products: Annotated[list[Name], msgspec.Meta(max_length=MOST)] | None = None
    note: Annotated[str, msgspec.Meta(max_length=1000)] = ""


class Off(msgspec.Struct, frozen=True):
    """off: products, categories, or "*" for the whole shop."""

    off: Annotated[list[Name], msgspec.Meta(max_length=MOST)]


class PricingController(Controller):
    path = "/v1/pricing"
    tags = ("pricing",)
    opt = MERCHANT

    @post(
        "/quotes",
        operation_id="quotePrices",
        summary="Prices for products, with reasons",
        guards=[takes(JSON)],
        status_code=200,
        request_max_body_size=LARGEST,
        responses=problems(400, 403, 404, 413, 415, 422, 503),
        sync_to_thread=True,
    )
    def quotes(self, state: AppState, data: JSONBody[Question]) -> Quoted:
        """A product that is faulty has its fault, and stops no other. Nothing is recorded or applied by this."""
        rails = msgspec.structs.replace(data.rails, off=data.rails.off | state.service.prices.switches())
        made = policy(data.policy)()
        limits = state.service.prices.limits([one.product for one in data.states], data.limits)
        told = quote(data.states, made, datetime.now(UTC), rails, limits, data.smaller, data.bundles)
        return Quoted(
            tuple(one for one in told if isinstance(one, Quote)), tuple(one for one in told if isinstance(one, Fault))
        )

    @post(
        "/simulate",
        operation_id="simulatePrices",
        summary="What other prices of a product would do",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 413, 415, 422, 503),
        sync_to_thread=True,
    )
    def what_if(self, state: AppState, data: JSONBody[WhatIf]) -> Simulated:
        """Demand and profit a day with 90 % intervals at each price, the best of them, and the rails that would hold it."""
        rails = msgspec.structs.replace(data.rails, off=data.rails.off | state.service.prices.switches())
        product = data.state.product
        limits = state.service.prices.limits([product], {product: data.limits})[product]
        told = simulate(data.state, datetime.now(UTC), rails, limits, data.prices)
        if isinstance(told, Fault):
            raise BadPrice(told.detail)
        return told

    @post(
        "/decisions",
        operation_id="decidePrices",
        summary="Propose prices and record them",
        guards=[takes(JSON)],
        status_code=200,
        request_max_body_size=LARGEST,
        responses=problems(400, 403, 404, 409, 413, 415, 422, 503),
        sync_to_thread=True,
    )
    def decide(self, state: AppState, request: AnyRequest, data: JSONBody[Question]) -> Decided:
        """What was proposed before and not decided on is replaced. Small changes are approved by rule."""
        return state.service.prices.decide(
            data.states,
            policy(data.policy)(),
            data.rails,
            data.limits,
            data.smaller,
            data.bundles,
            actor(request),
        )

    @route(["/decisions", "/off"], http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
    def allow(self, request: AnyRequest) -> Response[None]:
        """The framework's own answer names only the method of the handler whose name is first in the alphabet."""
        other = "PUT" if request.url.path.endswith("/off") else "POST"
        return Response(None, status_code=204, headers={"Allow": f"GET, OPTIONS, {other}"})

    @get(
        "/decisions",
        operation_id="listPriceDecisions",
        summary="Decisions, the latest first",
        responses=problems(400, 503),
        sync_to_thread=True,
    )
    def decisions(
        self,
        state: AppState,
        only: Annotated[Stage | None, QueryParameter(description="Those that stand there.", required=False)] = None,
        product: Only = None,
        before: Before = None,
        limit: Most = 100,
    ) -> tuple[Decision, ...]:
        return state.service.prices.list(only, product, before, limit)

    @get(
        "/decisions/{decision_id:int}",
        operation_id="getPriceDecision",
        summary="A decision",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def decision(self, state: AppState, decision_id: DecisionId) -> Decision:
        return state.service.prices.get(decision_id)

    @post(
        "/decisions/{decision_id:int}/approve",
        operation_id="approvePrice",
        summary="Approve a proposed price",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 404, 409, 413, 415, 503),
        sync_to_thread=True,
    )
    def approve(self, state: AppState, request: AnyRequest, decision_id: DecisionId, data: JSONBody[Word]) -> Decision:
        return state.service.prices.approve(decision_id, actor(request), data.note)

    @post(
        "/decisions/{decision_id:int}/reject",
        operation_id="rejectPrice",
        summary="Reject a price that is not applied yet",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 404, 409, 413, 415, 503),
        sync_to_thread=True,
    )
    def reject(self, state: AppState, request: AnyRequest, decision_id: DecisionId, data: JSONBody[Word]) -> Decision:
        return state.service.prices.reject(decision_id, actor(request), data.note)

    @post(
        "/decisions/{decision_id:int}/apply",
        operation_id="applyPrice",
        summary="Put an approved price in force",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 404, 409, 413, 415, 503),
        sync_to_thread=True,
    )
    def apply(self, state: AppState, request: AnyRequest, decision_id: DecisionId, data: JSONBody[Word]) -> Decision:
        """The rails see it a second time."""
        return state.service.prices.apply(decision_id, actor(request), data.note)

    @post(
        "/decisions/{decision_id:int}/rollback",
        operation_id="rollBackPrice",
        summary="Ask the price before an applied decision again",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 404, 409, 413, 415, 503),
        sync_to_thread=True,
    )
    def roll_back(
        self, state: AppState, request: AnyRequest, decision_id: DecisionId, data: JSONBody[Word]
    ) -> Decision:
        return state.service.prices.roll_back(decision_id, actor(request), data.note)

    @post(
        "/rollback",
        operation_id="rollBackPrices",
        summary="Ask the prices of an earlier moment again",
        guards=[takes(JSON)],
        status_code=200,
        responses=problems(400, 403, 409, 413, 415, 422, 503),
        sync_to_thread=True,
    )
    def roll_back_to(self, state: AppState, request: AnyRequest, data: JSONBody[Undo]) -> RolledBack:
        return state.service.prices.roll_back_to(data.to, data.products, actor(request), data.note)

    @get(
        "/prices",
        operation_id="listPrices",
        summary="What is asked, now or at a moment",
        responses=problems(400, 422, 503),
        sync_to_thread=True,
    )
    def prices(
        self,
        state: AppState,
        at: Annotated[
            datetime | None, QueryParameter(description="The moment, with its time zone.", required=False)
        ] = None,
    ) -> tuple[Asked, ...]:
        """Of products that were ever decided on."""
        return state.service.prices.prices(at)

    @get(
        "/history",
        operation_id="getPriceHistory",
        summary="Every step that was taken, the latest first",
        responses=problems(400, 503),
        sync_to_thread=True,
    )
    def history(
        self, state: AppState, product: Only = None, before: Before = None, limit: Most = 100
    ) -> tuple[Entry, ...]:
        return state.service.prices.history(product, before, limit)

    @get(
        "/off",
        operation_id="getPriceSwitches",
        summary="Whose prices stand still",
        responses=problems(400, 503),
        sync_to_thread=True,
    )
    def switches(self, state: AppState) -> Off:
        return Off(sorted(state.service.prices.switches()))

    @put(
        "/off",
        operation_id="setPriceSwitches",
        summary="Let prices stand still: of products, categories, or the whole shop",
        guards=[takes(JSON)],
        responses=problems(400, 403, 413, 415, 503),
        sync_to_thread=True,
    )
    def switch_off(self, state: AppState, data: JSONBody[Off]) -> Off:
        """These and no others."""
        return Off(sorted(state.service.prices.switch_off(data.off)))
