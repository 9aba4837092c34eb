"""Prices, for merchants: proposed by a policy, held by the rails."""

from datetime import UTC, datetime
from typing import Annotated

import msgspec
from litestar import Controller, post
from litestar.params import JSONBody

from api.access import MERCHANT
from api.events import JSON
from api.guards import takes
from api.problems import problems
from api.state import AppState
from pricing import Fault, Limits, Quote, Rails, State, policy, quote

MOST = 10_000
Tag = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]


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
        request_max_body_size=50_000_000,
        responses=problems(400, 403, 404, 413, 415, 422),
        sync_to_thread=True,
    )
    def quotes(self, state: AppState, data: JSONBody[Question]) -> Quoted:
        """A product that is faulty has its fault, and stops no other. Nothing is applied by this."""
        made = policy(data.policy)()
        told = quote(data.states, made, datetime.now(UTC), data.rails, data.limits, data.smaller, data.bundles)
        return Quoted(
            tuple(one for one in told if isinstance(one, Quote)), tuple(one for one in told if isinstance(one, Fault))
        )
