"""Events of shoppers: taken in, told back, deleted."""

from typing import Annotated, Any

import msgspec
from litestar import Controller, Response, delete, get, post, route
from litestar.enums import HttpMethod
from litestar.params import JSONBody, PathParameter

from api.access import FRONT, MERCHANT
from api.guards import takes
from api.problems import problems
from api.state import AppState
from core.errors import NotFound
from recsys import MOST_EVENTS, Profile, Status

JSON = "application/json"
UserId = Annotated[
    str, PathParameter(description="The user's id, as it stands in events.", min_length=1, max_length=128)
]


class Batch(msgspec.Struct, frozen=True):
    """Events; one alone is a batch of one."""

    events: Annotated[list[dict[str, Any]], msgspec.Meta(min_length=1, max_length=MOST_EVENTS)]


class Recorded(msgspec.Struct, frozen=True):
    """What became of each entry, in their order."""

    statuses: tuple[Status, ...]


class Stored(msgspec.Struct, frozen=True):
    """Everything that is kept of a user: events by time, and the profile told from them; names are not kept."""

    events: tuple[dict[str, Any], ...]
    profile: Profile | None


class EventsController(Controller):
    path = "/v1"
    tags = ("events",)
    opt = FRONT

    @post(
        "/events",
        operation_id="recordEvents",
        summary="Record what shoppers did",
        status_code=200,
        guards=[takes(JSON)],
        responses=problems(400, 403, 413, 415, 503),
        sync_to_thread=True,
    )
    def record(self, state: AppState, data: JSONBody[Batch]) -> Recorded:
        """An entry has `id`, `type` (view, click, like, hide, add_to_cart, remove_from_cart, purchase, search, try_on),
        `time` with its offset, `user` or `session`, and `item`, or `query` for a search; it may have `price`, `quantity`,
        `recommendation` and `context` (`device`, `place`, `page`, `position`). A faulty entry is refused and spoils no
        other; the same id is stored once."""
        return Recorded(state.service.events.record(data.events))

    @get(
        "/users/{user:str}",
        operation_id="exportUser",
        opt={**MERCHANT, "personal": True},
        summary="Everything that is kept of a user",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def export(self, state: AppState, user: UserId) -> Stored:
        return Stored(state.service.events.export(user), state.service.events.profile(user))

    @get(
        "/users/{user:str}/profile",
        operation_id="profileUser",
        summary="A user's habits, leanings and outlook",
        responses=problems(400, 404, 503),
        sync_to_thread=True,
    )
    def profile(self, state: AppState, user: UserId) -> Profile:
        """Up to date with the last event. `expected` is null until models were trained (`shopglass train profiles`)."""
        profile = state.service.events.profile(user)
        if profile is None:
            raise NotFound("Nothing is kept of this user.")
        return profile

    @route("/users/{user:str}", http_method=HttpMethod.OPTIONS, include_in_schema=False, sync_to_thread=False)
    def allow(self, user: UserId) -> Response[None]:
        """The framework's own answer names only the method of the handler whose name is first in the alphabet."""
        return Response(None, status_code=204, headers={"Allow": "DELETE, GET, OPTIONS"})

    @delete(
        "/users/{user:str}",
        operation_id="deleteUser",
        opt={**MERCHANT, "personal": True},
        summary="Delete everything that is kept of a user",
        responses=problems(400, 403, 404, 503),
        sync_to_thread=True,
    )
    def remove(self, state: AppState, user: UserId) -> None:
        """What was done in the user's sessions before signing in goes too. Deleting twice is no fault."""
        state.service.events.forget(user)
