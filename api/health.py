"""Whether the service lives, and whether it can answer."""

import msgspec
from litestar import Controller, get

from api.access import OPEN
from api.problems import problems
from api.state import AppState
from core.errors import Unavailable


class Live(msgspec.Struct, frozen=True):
    live: bool = True


class Ready(msgspec.Struct, frozen=True):
    """ready: by part, whether it can serve."""

    ready: dict[str, bool]


class HealthController(Controller):
    path = "/health"
    tags = ("health",)
    opt = OPEN

    @get("/live", operation_id="live", summary="The process answers", sync_to_thread=False)
    def live(self) -> Live:
        return Live()

    @get(
        "/ready",
        operation_id="ready",
        summary="Models are warm and the index answers",
        responses=problems(503),
        sync_to_thread=True,
    )
    def ready(self, state: AppState) -> Ready:
        parts = state.service.readiness()
        if waiting := [name for name, ready in parts.items() if not ready]:
            raise Unavailable(f"Not ready yet: {', '.join(waiting)}.", remedy="Ask again shortly.", retry_after=2)
        return Ready(parts)
