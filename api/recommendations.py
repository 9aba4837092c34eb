"""What suits a shopper: by user, by session, and what goes with a product."""

import secrets
from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.params import JSONBody, QueryParameter

from api.access import FRONT
from api.events import JSON, UserId
from api.guards import takes
from api.items import ItemId
from api.problems import problems
from api.state import AppState
from recsys import Asked, Placement, Slate
from search import parse

MOST = 100
Word = Annotated[str, msgspec.Meta(min_length=1, max_length=64, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
Name = Annotated[str, msgspec.Meta(min_length=1, max_length=128, pattern=r"\A[^\x00-\x1f\x7f]+\Z")]
Limit = Annotated[int, QueryParameter(description="How many at most.", ge=1, le=MOST, required=False)]
Where = Annotated[Placement, QueryParameter(description="Where they will be shown.", required=False)]
Filters = Annotated[
    list[str] | None,
    QueryParameter(description="Conditions that all hold, such as `price<50`; may be repeated.", required=False),
]
Ids = Annotated[
    list[str] | None,
    QueryParameter(description="Ids of products that are not wanted; may be repeated.", required=False),
]
Place = Annotated[
    str | None, QueryParameter(description="Where the shopper is, as in events.", max_length=64, required=False)
]
Experiment = Annotated[
    str | None,
    QueryParameter(
        description="Id of an experiment, in an arm of which the list is made.", max_length=64, required=False
    ),
]


class SessionQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """session: as in events; items: of the product page or the basket, and for somebody of whom nothing else is known
    what they looked at; place: where the shopper is; experiment: id of one in an arm of which the list is made."""

    session: Name | None = None
    items: Annotated[list[str], msgspec.Meta(max_length=100)] = []
    placement: Placement = "home"
    limit: Annotated[int, msgspec.Meta(ge=1, le=MOST)] = 12
    filters: Annotated[list[str], msgspec.Meta(max_length=20)] = []
    exclude: Annotated[list[str], msgspec.Meta(max_length=1000)] = []
    place: Word | None = None
    experiment: Word | None = None


class Recommendation(msgspec.Struct, frozen=True):
    """id: to be sent as ``recommendation`` with the events that come of it; slate: the list, what had no part in it, and
    milliseconds by stage."""

    id: str
    placement: Placement
    slate: Slate


class RecommendationsController(Controller):
    path = "/v1"
    tags = ("recommendations",)
    opt = FRONT

    @get(
        "/users/{user:str}/recommendations",
        operation_id="recommendToUser",
        summary="Products for a user",
        opt={"personal": True},
        responses=problems(400, 404, 503),
    )
    async def for_user(
        self,
        state: AppState,
        user: UserId,
        placement: Where = "home",
        limit: Limit = 12,
        filters: Filters = None,
        exclude: Ids = None,
        place: Place = None,
        experiment: Experiment = None,
    ) -> Recommendation:
        """From everything that the user did, up to now. Somebody unknown gets what is popular."""
        asked = Asked(
            placement=placement,
            limit=limit,
            filter=parse(filters or ()),
            exclude=frozenset(exclude or ()),
            place=place or "",
        )
        service = state.service
        slate = await service.recommend(service.recommendations.user, user, asked, experiment)
        return _noted(state, user, None, placement, slate)

    @post(
        "/sessions/recommendations",
        operation_id="recommendToSession",
        summary="Products for a session, a product page or a basket",
        status_code=200,
        guards=[takes(JSON)],
        responses=problems(400, 403, 404, 413, 415, 503),
    )
    async def for_session(self, state: AppState, data: JSONBody[SessionQuestion]) -> Recommendation:
        """From what was done in the session, and before by whoever signed in within it, and from `items`."""
        asked = Asked(
            items=tuple(data.items),
            placement=data.placement,
            limit=data.limit,
            filter=parse(data.filters),
            exclude=frozenset(data.exclude),
            place=data.place or "",
        )
        service = state.service
        slate = await service.recommend(service.recommendations.session, data.session, asked, data.experiment)
        return _noted(state, None, data.session, data.placement, slate)

    @get(
        "/items/{item_id:str}/complements",
        operation_id="getComplements",
        summary="What goes with a product",
        responses=problems(400, 404, 503),
    )
    async def complements(self, state: AppState, item_id: ItemId, limit: Limit = 12) -> Slate:
        """From baskets, and where there are none from kinds that go together and colours that agree."""
        service = state.service
        return await service.recommend(service.recommendations.companions, item_id, limit)


def _noted(
    state: AppState, user: str | None, session: str | None, placement: Placement, slate: Slate
) -> Recommendation:
    id = secrets.token_hex(12)
    state.service.recommendations.note(id, user, session, placement, slate)
    return Recommendation(id, placement, slate)
