"""Structured logs, and one stopwatch whose readings serve the answer and the metrics alike."""

import logging
import re
import sys
import time
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

import structlog

from core.settings import Telemetry

_observers: list[Callable[[str, float], None]] = []
_QUIET = ("httpx", "httpcore", "alembic", "huey", "urllib3", "PIL")  # they tell addresses, or too much
_SECRET = re.compile(r"password|passwd|secret|token|authorization|cookie|api_?key|credential", re.IGNORECASE)
_ADDRESS = re.compile(r"(\w+://)(?:[^\s/@]*@)?([^\s?#]*)(?:[?#]\S*)?")


def configure_logging(settings: Telemetry) -> None:
    """Send all logs, those of libraries too, to standard error as lines for people or as JSON.

    Values named like secrets, credentials and queries in addresses, and bytes or arrays are never written out.
    """
    shared: list[structlog.typing.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    if settings.json_logs:
        # no locals: a frame of a request holds the photo
        traces = structlog.processors.ExceptionRenderer(
            structlog.tracebacks.ExceptionDictTransformer(show_locals=False)
        )
        ending: list[structlog.typing.Processor] = [
            traces,
            redact,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
    else:
        console = structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
        )
        ending = [redact, console]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *ending],
        )
    )
    level = getattr(logging, settings.level.upper())
    logging.basicConfig(handlers=[handler], level=level, force=True)
    for name in _QUIET:
        logging.getLogger(name).setLevel(max(level, logging.WARNING))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.PositionalArgumentsFormatter(),
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def redact(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor that leaves out what must not be kept: secrets, and the contents of pictures."""
    for key, value in event.items():
        if key != "exc_info":
            event[key] = "***" if _SECRET.search(key) and value is not None else _plain(value)
    return event


def _plain(value: Any) -> Any:
    match value:
        case str():
            return _ADDRESS.sub(_bare_address, value)
        case bytes() | bytearray() | memoryview():
            return f"<{len(value)} bytes>"
        case dict():
            return {k: "***" if isinstance(k, str) and _SECRET.search(k) else _plain(v) for k, v in value.items()}
        case list() | tuple():
            return [_plain(v) for v in value]
    if hasattr(value, "shape") and hasattr(value, "dtype"):
        return f"<array {tuple(value.shape)} {value.dtype}>"
    return value


def _bare_address(match: re.Match[str]) -> str:
    return match[1] + match[2]


def observe(observer: Callable[[str, float], None]) -> Callable[[], None]:
    """Have ``observer(stage, seconds)`` called for every stage that ends; returns what takes it off again."""
    _observers.append(observer)
    return lambda: _observers.remove(observer)


class Stages:
    """Milliseconds by stage of one request, in the order the stages were first entered.

    A stage entered again adds up. Not for use from two threads at once: give each its own and ``add`` them.
    """

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def stage(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        try:
            yield
        finally:
            self.add(name, time.perf_counter() - start)

    def add(self, name: str, seconds: float) -> None:
        self.milliseconds[name] = self.milliseconds.get(name, 0.0) + seconds * 1000
        for observer in _observers:
            observer(name, seconds)
