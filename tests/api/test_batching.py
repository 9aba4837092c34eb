"""Micro-batching: who is served with whom, who is refused, and what a failure takes down."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from api.batching import Batcher
from core.errors import Busy, Unavailable


class Model:
    """Doubles numbers; holds every run until it is let go; refuses 13."""

    def __init__(self) -> None:
        self.runs: list[list[int]] = []
        self.entered = threading.Semaphore(0)
        self.gate = threading.Semaphore(0)

    def __call__(self, items: list[int]) -> np.ndarray:
        self.runs.append(items)
        self.entered.release()
        assert self.gate.acquire(timeout=30)
        if 13 in items:
            raise ValueError("13")
        return np.array(items) * 2


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def batcher(model: Model, callers: ThreadPoolExecutor) -> Iterator[Batcher[int, np.ndarray]]:
    batcher = Batcher("model", model, batch=4, queue=3)
    yield batcher
    for _ in range(20):
        model.gate.release()
    batcher.close()


@pytest.fixture
def callers() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(8) as pool:
        yield pool


def enqueue(batcher: Batcher[int, np.ndarray], callers: ThreadPoolExecutor, *groups: list[int]) -> list[Any]:
    """Start callers one after the other, each once the one before it waits, so that their order is known."""
    futures = []
    for group in groups:
        before = len(batcher._waiting)
        futures.append(callers.submit(batcher, group))
        with batcher._changed:
            while len(batcher._waiting) == before:
                batcher._changed.wait(0.01)
    return futures


def test_what_gathers_during_one_run_is_the_next(batcher, model, callers) -> None:
    first = callers.submit(batcher, [1])
    assert model.entered.acquire(timeout=30)
    later = enqueue(batcher, callers, [2, 3], [4], [5, 6])
    for _ in range(3):
        model.gate.release()
    assert first.result(30).tolist() == [2]
    assert [future.result(30).tolist() for future in later] == [[4, 6], [8], [10, 12]]
    assert model.runs == [[1], [2, 3, 4], [5, 6]]


def test_a_caller_with_more_than_a_batch_is_served_alone(batcher, model) -> None:
    model.gate.release()
    assert batcher([1, 2, 3, 4, 5, 6]).tolist() == [2, 4, 6, 8, 10, 12]


def test_a_full_queue_refuses_at_once(batcher, model, callers) -> None:
    callers.submit(batcher, [1])
    assert model.entered.acquire(timeout=30)
    enqueue(batcher, callers, [2], [3], [4])
    with pytest.raises(Busy) as caught:
        batcher([5])
    assert caught.value.status == 503
    assert caught.value.retry_after > 0


def test_a_failure_reaches_only_the_caller_who_brought_it(batcher, model, callers) -> None:
    first = callers.submit(batcher, [1])
    assert model.entered.acquire(timeout=30)
    good, bad = enqueue(batcher, callers, [2], [13])
    for _ in range(4):
        model.gate.release()
    first.result(30)
    assert good.result(30).tolist() == [4]
    with pytest.raises(ValueError, match="13"):
        bad.result(30)


def test_closing_serves_those_who_wait_and_refuses_the_next(model, callers) -> None:
    batcher = Batcher("model", model, batch=4, queue=3)
    first = callers.submit(batcher, [1])
    assert model.entered.acquire(timeout=30)
    (second,) = enqueue(batcher, callers, [2])
    closing = callers.submit(batcher.close)
    model.gate.release()
    model.gate.release()
    closing.result(30)
    assert (first.result(30).tolist(), second.result(30).tolist()) == ([2], [4])
    with pytest.raises(Unavailable):
        batcher([3])
