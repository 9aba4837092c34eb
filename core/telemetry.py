"""Structured logs, and one stopwatch whose readings serve the answer and the metrics alike."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_observers: list[Callable[[str, float], None]] = []


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
