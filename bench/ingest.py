"""Ingest of real photos through the whole pipeline, beside a bare loop of decoding and encoding.

Both see the same photos with the same encoder and batch size, turn and turn about in one process. Memory is the
largest resident size of a process that ingests 1,000 rows, and of one that ingests 20,000: the photos repeated under
new ids, every one decoded, with an encoder that is quick (colours) so that it takes minutes.
"""

import json
import multiprocessing
import os
import tempfile
import time
from collections.abc import Sequence
from itertools import cycle, islice
from pathlib import Path

import psutil

from bench.report import Figure, Report
from core.database import Database
from core.settings import Settings
from core.weights import Weights
from search.catalogue import Catalogue
from search.encoding import Encoder, local_engine
from search.index import Index
from search.ingest import Ingest, Progress
from search.pictures import Pictures
from vision.encoders import create_encoder
from vision.images import decode

ROUNDS = 4
QUICK = "colour.lab75"


def run(data: Path, settings: Settings, *, rows: int = 20_000, photos: int = 2_400) -> Report:
    """rows: of the larger ingest whose memory is measured; photos: how many the rates are measured on."""
    folder = data / "clothing" / "train"
    files = sorted(folder.rglob("*.jpg"))
    # Every share has photos of every class.
    shares = [files[start::ROUNDS][: photos // ROUNDS] for start in range(ROUNDS)]
    encoder = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models)
    bare, piped = 0.0, 0.0
    _bare(shares[0][: 2 * settings.ingest.batch], settings, encoder)  # warm
    for number, share in enumerate(shares):
        for first in (number % 2 == 0, number % 2 == 1):
            if first:
                bare += _bare(share, settings, encoder)
            else:
                piped += _piped(share, folder, settings, encoder)
    count = sum(map(len, shares))
    small, large = (_memory(files, folder, settings, n) for n in (1_000, rows))
    mega = 1024 * 1024
    return Report(
        bench="ingest",
        data="clothing",
        split="train",
        seed=0,
        cores=os.cpu_count() or 0,
        figures=(
            Figure(
                "rate against a bare loop",
                bare / piped,
                bar=0.8,
                note=f"{count} photos, {ROUNDS} turns each, batches of {settings.ingest.batch}, {encoder.tag}",
            ),
            Figure("rows ingested", count / piped, "/s", peer=count / bare, note="peer: decode + encode alone"),
            Figure(f"memory, {rows:,} rows against 1,000", large[0] / small[0], bar=1.1, better="lower", note=QUICK),
            Figure("memory, 1,000 rows", small[0] / mega, "MB"),
            Figure(f"memory, {rows:,} rows", large[0] / mega, "MB"),
            Figure(f"memory of the embedded Milvus, {rows:,} rows", large[1] / mega, "MB", note="holds the vectors"),
        ),
    )


def _bare(files: Sequence[Path], settings: Settings, encoder: Encoder) -> float:
    start = time.perf_counter()
    for at in range(0, len(files), settings.ingest.batch):
        batch = files[at : at + settings.ingest.batch]
        encoder.encode_images([decode(file.read_bytes(), settings.images).pixels for file in batch])
    return time.perf_counter() - start


def _piped(files: Sequence[Path], folder: Path, settings: Settings, encoder: Encoder) -> float:
    with tempfile.TemporaryDirectory() as home:
        return _ingest(files, folder, settings.model_copy(update={"home": Path(home)}), encoder)[0]


def _ingest(files: Sequence[Path], folder: Path, settings: Settings, encoder: Encoder) -> tuple[float, int, int]:
    """Seconds, and the largest resident bytes of this process and of Milvus while they passed."""
    catalogue = settings.home / "catalogue.jsonl"
    with catalogue.open("w") as out:
        for number, file in enumerate(files):
            kind, image = file.parent.name, str(file.relative_to(folder))
            row = {"id": f"p{number}", "title": kind, "category": kind, "price": 1, "currency": "EUR", "image": image}
            out.write(json.dumps(row) + "\n")
    process, sizes = psutil.Process(), [(0, 0)]

    def look(progress: Progress) -> None:
        children = sum(child.memory_info().rss for child in process.children() if child.name() == "milvus")
        sizes.append((process.memory_info().rss, children))

    database = Database(settings.database_url)
    database.migrate()
    with Index(settings.index, settings.home) as index, Pictures(settings, folder) as pictures:
        engine = local_engine(settings, pictures, encoder)
        start = time.perf_counter()
        Ingest(settings, Catalogue(database), index, encoder).run("bench", catalogue, engine, progress=look)
        seconds = time.perf_counter() - start
    database.close()
    return seconds, max(own for own, _ in sizes), max(children for _, children in sizes)


def _memory(files: Sequence[Path], folder: Path, settings: Settings, rows: int) -> tuple[int, int]:
    """The largest resident bytes of a new process that ingests so many rows, and of its Milvus."""
    context = multiprocessing.get_context("spawn")
    receiving, sending = context.Pipe(duplex=False)
    process = context.Process(target=_measured, args=(files, folder, settings, rows, sending))
    process.start()
    sending.close()
    try:
        sizes: tuple[int, int] = receiving.recv()
    finally:
        process.join()
    return sizes


def _measured(files: Sequence[Path], folder: Path, settings: Settings, rows: int, sending: object) -> None:
    encoder = create_encoder(QUICK, Weights(settings.models_dir), settings.models)
    with tempfile.TemporaryDirectory() as home:
        own = settings.model_copy(update={"home": Path(home)})
        sizes = _ingest(list(islice(cycle(files), rows)), folder, own, encoder)
    sending.send(sizes[1:])  # type: ignore[attr-defined]
