"""Micro-batching: one worker thread per model, which takes what has gathered while it was busy."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Any, Generic, Protocol, TypeVar

from core.errors import Busy, Unavailable

T = TypeVar("T")


class Ticket(Generic[T]):
    """One caller's items, and where the results of exactly these will be."""

    def __init__(self, items: Sequence[T]) -> None:
        self.items = items
        self.result: Future[object] = Future()


class Sliceable(Protocol):
    def __getitem__(self, index: slice, /) -> Any: ...


R = TypeVar("R", bound=Sliceable)


class Batcher(Generic[T, R]):
    """Calls ``run(items)`` in a thread of its own, on the items of several callers at once.

    run: takes a list, returns a sequence of the same length and order that can be sliced (a list, an array).
    batch: items after which no further caller is taken into the same run; a single caller may bring more.
    queue: callers that may wait; the next one gets Busy at once.

    Nothing waits for a batch to fill: a lone caller is served immediately, and while one run lasts the next gathers.
    """

    def __init__(self, name: str, run: Callable[[list[T]], R], *, batch: int, queue: int) -> None:
        self.name = name
        self._run = run
        self._batch = batch
        self._queue = queue
        self._waiting: deque[Ticket[T]] = deque()
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name=f"batch-{name}", daemon=True)
        self._thread.start()

    def __call__(self, items: Sequence[T]) -> R:
        """The results of ``items``; blocks the calling thread until they are there.

        Raises Busy when the queue is full, Unavailable when the worker has been closed, and what ``run`` raises.
        """
        ticket = Ticket(items)
        with self._changed:
            if self._closed:
                raise Unavailable("The service is shutting down.", remedy="Try again in a moment.")
            if len(self._waiting) >= self._queue:
                raise Busy(f"{self._queue} requests wait for the {self.name} already.", remedy="Try again in a moment.")
            self._waiting.append(ticket)
            self._changed.notify()
        return ticket.result.result()  # type: ignore[return-value]

    def close(self) -> None:
        """Serve those who wait, then end the worker."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while tickets := self._next():
            self._serve(tickets)

    def _next(self) -> list[Ticket[T]]:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            tickets: list[Ticket[T]] = []
            count = 0
            while self._waiting and (not tickets or count + len(self._waiting[0].items) <= self._batch):
                tickets.append(self._waiting.popleft())
                count += len(tickets[-1].items)
            return tickets

    def _serve(self, tickets: list[Ticket[T]]) -> None:
        try:
            results = self._run([item for ticket in tickets for item in ticket.items])
        except Exception as error:
            if len(tickets) == 1:
                tickets[0].result.set_exception(error)
                return
            # One caller's items must not fail the others': each alone.
            for ticket in tickets:
                self._serve([ticket])
            return
        start = 0
        for ticket in tickets:
            ticket.result.set_result(results[start : start + len(ticket.items)])
            start += len(ticket.items)
