"""The parts of a running service, opened together and closed together."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import structlog

from api.metrics import observe_stages
from core.errors import ShopglassError
from core.settings import Settings

log = structlog.get_logger()


class Service:
    """What the handlers call. Opened at once; models warm in a thread of their own meanwhile.

    fault: what kept it from starting, once something has.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.fault: ShopglassError | None = None
        self._warm = threading.Event()

    def readiness(self) -> dict[str, bool]:
        """By part, whether it can serve."""
        return {"models": self._warm.is_set()}

    @contextmanager
    def run(self) -> Iterator[None]:
        """Open every part, and close them all when left, last opened first."""
        with ExitStack() as stack:
            stack.callback(observe_stages())
            warming = threading.Thread(target=self._warm_up, name="warm-up", daemon=True)
            warming.start()
            stack.callback(warming.join)
            yield

    def _warm_up(self) -> None:
        self._warm.set()
