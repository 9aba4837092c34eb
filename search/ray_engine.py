"""The ingest's encoding on Ray Data: the same functions as the local pipeline, on as many machines as the cluster has.

Every machine needs Shopglass with its model files in a home folder of the same path, and pictures that are paths in a
folder that all of them see. Without a cluster (``RAY_ADDRESS``) Ray runs on this machine.
"""

import os
from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path

import msgspec
import numpy as np

from core import Weights
from core.settings import Settings
from search.encoding import Done, Engine, Loader, Task, encode_batch
from search.pictures import Pictures
from search.products import Fault
from search.rows import Row
from vision import create_encoder

ROWS_A_RUN = 10_000
"""Rows that are handed to Ray at once: models are loaded once for as many."""


class EncodeBatches:
    """What runs on a worker: fetches, decodes and encodes batches of rows; models stay loaded between them."""

    def __init__(self, settings: Settings, images: Path | None) -> None:
        self._loader = Loader(settings, Pictures(settings, images))
        self._encoder = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models)

    def __call__(self, batch: dict[str, np.ndarray]) -> dict[str, list[bytes]]:
        tasks = [msgspec.msgpack.decode(task, type=Task) for task in batch["task"]]
        done = encode_batch([self._loader.decode(self._loader.fetch(task)) for task in tasks], self._encoder)
        return {"done": [msgspec.msgpack.encode(_sent(one)) for one in done]}


class Sent(msgspec.Struct, frozen=True, array_like=True):
    """What comes back from a worker, as bytes: in columns, Ray turns None into a number."""

    picture: bytes | None
    own: bytes | None
    fault: Fault | None


def _sent(done: Done) -> Sent:
    return Sent(done.picture, None if done.own is None else done.own.astype("<f4").tobytes(), done.fault)


def _done(row: Row, sent: Sent) -> Done:
    own = None if sent.own is None else np.frombuffer(sent.own, "<f4")
    return Done(row, sent.picture, own, sent.fault)


def ray_engine(settings: Settings, images: Path | None) -> Engine:
    """The engine on Ray. images: as for :class:`Pictures`. Rows leave in the order they came in."""

    def run(tasks: Iterator[Task]) -> Generator[list[Done], None, None]:
        os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
        import ray

        if not ray.is_initialized():
            ray.init(include_dashboard=False, logging_level="warning", log_to_driver=False)
        context = ray.data.DataContext.get_current()
        context.execution_options.preserve_order = True
        context.enable_progress_bars = False
        size = settings.ingest.batch
        while chunk := list(islice(tasks, ROWS_A_RUN)):
            items = [{"task": msgspec.msgpack.encode(task)} for task in chunk]
            workers = max(1, int(ray.cluster_resources().get("CPU", 1)) // settings.models.threads)
            encoded = ray.data.from_items(items, override_num_blocks=-(-len(items) // size)).map_batches(
                EncodeBatches,
                batch_size=size,
                compute=ray.data.ActorPoolStrategy(size=workers),
                num_cpus=settings.models.threads,
                fn_constructor_args=(settings, images),
            )
            waiting = iter(chunk)
            for batch in encoded.iter_batches(batch_size=size, batch_format="numpy"):
                yield [_done(next(waiting).row, msgspec.msgpack.decode(one, type=Sent)) for one in batch["done"]]

    return run
