"""From rows to vectors: a bounded pipeline of reading or fetching, decoding and encoding in batches.

Threads fetch and decode ahead while the caller's thread encodes; rows leave in the order they came in.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Generator, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Semaphore
from typing import Protocol

import msgspec
import numpy as np

from core.errors import ShopglassError
from core.settings import Settings
from search.pictures import Pictures
from search.products import Fault
from search.rows import Row
from vision.images import decode

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


class Loaded(msgspec.Struct, frozen=True):
    """A task with its picture: pixels (h, w, 3) uint8, None where it needs none or there was a fault."""

    task: Task
    picture: bytes | None = None
    pixels: np.ndarray | None = None
    fault: Fault | None = None


class Loader:
    """Fetches and decodes. Safe to share between threads; at most ``settings.ingest.decoders`` decode at once."""

    def __init__(self, settings: Settings, pictures: Pictures) -> None:
        self._images = settings.images
        self._pictures = pictures
        self._decoders = Semaphore(settings.ingest.decoders)

    def load(self, task: Task) -> Loaded:
        """The task with its picture, or with what is wrong with it."""
        product = task.row.product
        if product is None:
            return Loaded(task)
        try:
            data = self._pictures.read(product.image)
            picture = hashlib.sha256(data).digest()
            if picture == task.known:
                return Loaded(task, picture)
            with self._decoders:
                return Loaded(task, picture, decode(data, self._images).pixels)
        except ShopglassError as error:
            return Loaded(task, fault=Fault(task.row.number, product.id, "image", error.detail))


def local_engine(settings: Settings, pictures: Pictures, encoder: Encoder) -> Engine:
    """The pipeline on threads of this process: at most two batches of pictures are in memory, whatever the file's size."""
    loader = Loader(settings, pictures)
    size = settings.ingest.batch

    def run(tasks: Iterator[Task]) -> Generator[list[Done], None, None]:
        threads = max(settings.fetch.at_once, settings.ingest.decoders)
        with ThreadPoolExecutor(threads, "load") as pool:
            try:
                yield from in_batches(_ahead(pool, loader, tasks, 2 * size), encoder, size)
            finally:
                pool.shutdown(wait=False, cancel_futures=True)

    return run


def _ahead(pool: ThreadPoolExecutor, loader: Loader, tasks: Iterator[Task], depth: int) -> Iterator[Loaded]:
    waiting: deque[Future[Loaded]] = deque()
    for task in tasks:
        waiting.append(pool.submit(loader.load, task))
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
