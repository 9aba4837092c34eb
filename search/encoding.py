"""From rows to vectors: a bounded pipeline of reading or fetching, decoding and encoding in batches.

Threads fetch and decode ahead while the caller's thread encodes; rows leave in the order they came in.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Protocol, TypeVar

import msgspec
import numpy as np

from core.errors import ShopglassError
from core.settings import Settings
from search.pictures import Pictures
from search.products import Fault
from search.rows import Row
from vision import decode

T = TypeVar("T")
R = TypeVar("R")

LONGEST_BATCH = 256
"""Rows that leave together at most, where few of them need encoding."""


class Encoder(Protocol):
    """What is asked of an image encoder. encode_images: pictures (h, w, 3) uint8 → (n, dim) float32, unit length."""

    @property
    def tag(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def encode_images(self, images: Sequence[np.ndarray]) -> np.ndarray: ...


class Task(msgspec.Struct, frozen=True):
    """A row to be dealt with. known: SHA-256 of the picture that its product's vector was made from, if it has one."""

    row: Row
    known: bytes | None = None


class Done(msgspec.Struct, frozen=True):
    """A row dealt with.

    picture: SHA-256 of its picture's bytes; own: the vector, (dim,) float32, None where the picture is the known one;
    fault: why there is neither. A row that holds no product comes out as it went in.
    """

    row: Row
    picture: bytes | None = None
    own: np.ndarray | None = None
    fault: Fault | None = None


Engine = Callable[[Iterator[Task]], Generator[list[Done], None, None]]
"""Deals with tasks, in order, a batch at a time. Whatever a picture is like, its row comes out."""


class Fetched(msgspec.Struct, frozen=True):
    """A task with its picture's bytes and their SHA-256; bytes are None where there is nothing to decode."""

    task: Task
    picture: bytes | None = None
    data: bytes | None = None
    fault: Fault | None = None


class Loaded(msgspec.Struct, frozen=True):
    """A task with its picture: pixels (h, w, 3) uint8, None where it needs none or there was a fault."""

    task: Task
    picture: bytes | None = None
    pixels: np.ndarray | None = None
    fault: Fault | None = None


class Loader:
    """Fetches and decodes the pictures of tasks; what is wrong with one becomes a fault. Safe to share between threads."""

    def __init__(self, settings: Settings, pictures: Pictures) -> None:
        self._images = settings.images
        self._pictures = pictures

    def fetch(self, task: Task) -> Fetched:
        product = task.row.product
        if product is None:
            return Fetched(task)
        try:
            data = self._pictures.read(product.image)
        except ShopglassError as error:
            return Fetched(task, fault=_fault(task, error))
        picture = hashlib.sha256(data).digest()
        return Fetched(task, picture, None if picture == task.known else data)

    def decode(self, fetched: Fetched) -> Loaded:
        if fetched.data is None:
            return Loaded(fetched.task, fetched.picture, None, fetched.fault)
        try:
            return Loaded(fetched.task, fetched.picture, decode(fetched.data, self._images).pixels)
        except ShopglassError as error:
            return Loaded(fetched.task, fault=_fault(fetched.task, error))


def _fault(task: Task, error: ShopglassError) -> Fault:
    return Fault(task.row.number, task.row.id, "image", error.detail)


def local_engine(settings: Settings, pictures: Pictures, encoder: Encoder) -> Engine:
    """The pipeline on threads of this process: at most two batches of pictures are in memory, whatever the file's size."""
    loader = Loader(settings, pictures)
    size, at_once = settings.ingest.batch, settings.fetch.at_once

    def run(tasks: Iterator[Task]) -> Generator[list[Done], None, None]:
        # Few threads decode: each has a heap of its own that grows to what its largest pictures took.
        with (
            ThreadPoolExecutor(at_once, "fetch") as fetchers,
            ThreadPoolExecutor(settings.ingest.decoders, "decode") as decoders,
        ):
            try:
                fetched = _ahead(fetchers, loader.fetch, tasks, at_once)
                yield from in_batches(_ahead(decoders, loader.decode, fetched, 2 * size), encoder, size)
            finally:
                fetchers.shutdown(wait=False, cancel_futures=True)
                decoders.shutdown(wait=False, cancel_futures=True)

    return run


def _ahead(pool: ThreadPoolExecutor, work: Callable[[T], R], items: Iterator[T], depth: int) -> Iterator[R]:
    """Results in order, with up to ``depth`` of them begun before they are asked for."""
    waiting: deque[Future[R]] = deque()
    for item in items:
        waiting.append(pool.submit(work, item))
        if len(waiting) >= depth:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def in_batches(loaded: Iterator[Loaded], encoder: Encoder, size: int) -> Iterator[list[Done]]:
    """Encode what needs it, ``size`` pictures at a time; rows that need none go along in their place."""
    batch: list[Loaded] = []
    pictures = 0
    for one in loaded:
        batch.append(one)
        pictures += one.pixels is not None
        if pictures == size or len(batch) == LONGEST_BATCH:
            yield encode_batch(batch, encoder)
            batch, pictures = [], 0
    if batch:
        yield encode_batch(batch, encoder)


def encode_batch(batch: Sequence[Loaded], encoder: Encoder) -> list[Done]:
    """Encode all pictures of a batch in one call."""
    pixels = [one.pixels for one in batch if one.pixels is not None]
    vectors = iter(encoder.encode_images(pixels)) if pixels else iter(())
    return [Done(one.task.row, one.picture, None if one.pixels is None else next(vectors), one.fault) for one in batch]
