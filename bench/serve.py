"""Speed of the service over HTTP: 50,000 products, photos of about 100 kB, one client and eight."""

import io
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import msgspec
import numpy as np
import psutil

from bench.report import Figure, Report
from bench.stock import fill
from bench.traffic import Answers, Request, ask, photo_request, text_request
from core import Settings, Weights
from core.errors import Unavailable

if TYPE_CHECKING:
    from PIL import Image

SEED = 7
PHOTO_BYTES = 100_000
TEXTS = ("red dress", "black leather shoes", "striped cotton shirt", "红色连衣裙", "wool scarf", "蓝色牛仔裤")
CLIENTS = 8
STARTING_SECONDS = 120


def run(data: Path, settings: Settings, *, products: int = 50_000, seconds: int = 20) -> Report:
    """Fill a shop of ``products`` (kept in the temporary folder for the next time), serve it, ask for ``seconds`` each.

    The sum-of-stages limit: all processor time that one answer takes, measured on the serving processes (index
    included) while a single client asks, goes into the processor time there is: cores / seconds per answer. Eight
    clients come near it only if no stage waits while a core is free.
    """
    from vision import create_encoder
    from vision.fusion import FusedEncoder

    weights = Weights(settings.models_dir)
    encoder = create_encoder(settings.models.encoder, weights, settings.models)
    assert isinstance(encoder, FusedEncoder)
    home = Path(tempfile.gettempdir()) / f"shopglass-bench-{products}-{encoder.tag.rpartition('@')[2]}"
    home.mkdir(exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(settings.models_dir.resolve())
    fill(home, settings, encoder, products, SEED, lambda done: print(f"{done} of {products} products", file=sys.stderr))
    del encoder
    cores = len(os.sched_getaffinity(0))
    photos = [photo_request(photo, limit="20") for photo in _photos(data)]
    texts = [text_request(text) for text in TEXTS]
    with serving(home) as (url, server):
        ask(url, [*photos[:4], *texts], 1, 4, server)
        ask(url, photos, CLIENTS, 4, server)
        alone = ask(url, photos, 1, seconds, server)
        together = ask(url, photos, CLIENTS, seconds, server)
        text = ask(url, texts, 1, seconds / 2, server)
    limit = cores / alone.cpu_each
    return Report(
        bench="serve",
        data=f"{products:,} products with synthetic vectors, {len(photos)} photos of {_mean_kb(photos):.0f} kB",
        split="clothing/validation" if (data / "clothing").is_dir() else "drawn photos",
        seed=SEED,
        cores=cores,
        figures=(
            Figure("photo, 1 client, p50", alone.percentile(50), "ms", bar=120, better="lower"),
            Figure("photo, 1 client, p95", alone.percentile(95), "ms", better="lower"),
            Figure("photo, processor time an answer", alone.cpu_each * 1000, "ms", better="lower", note=_stages(alone)),
            Figure("photo, sum-of-stages limit", limit, "/s", note=f"{cores} cores / processor time an answer"),
            Figure(
                f"photo, {CLIENTS} clients, throughput", together.rate, "/s", bar=0.8 * limit, note="80 % of the limit"
            ),
            Figure(
                f"photo, {CLIENTS} clients, processor time an answer",
                together.cpu_each * 1000,
                "ms",
                better="lower",
                note=f"{together.cpu / together.seconds:.2f} of {cores} cores used; {_stages(together)}",
            ),
            Figure(f"photo, {CLIENTS} clients, p50", together.percentile(50), "ms", better="lower"),
            Figure(f"photo, {CLIENTS} clients, p95", together.percentile(95), "ms", better="lower"),
            Figure("text, 1 client, p50", text.percentile(50), "ms", bar=60, better="lower", note=_stages(text)),
            Figure("text, 1 client, p95", text.percentile(95), "ms", better="lower"),
            Figure("errors", alone.errors + together.errors + text.errors, bar=0, better="lower"),
        ),
    )


@contextmanager
def serving(home: Path) -> Iterator[tuple[str, psutil.Process]]:
    """The service in a process of its own, warm: its URL and the process."""
    log = home / "serve.log"
    environment = {**os.environ, "SHOPGLASS_HOME": str(home), "SHOPGLASS_TELEMETRY__LEVEL": "warning"}
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--port", "0"], env=environment, stdout=file, stderr=file
        )
    try:
        deadline = time.monotonic() + STARTING_SECONDS
        while True:
            if process.poll() is not None or time.monotonic() > deadline:
                raise Unavailable(f"The service did not start: {log.read_text()[-500:]}")
            told = re.search(r"serves on (http://\S+)", log.read_text())
            if told and _ready(told[1]):
                break
            time.sleep(0.2)
        yield told[1], psutil.Process(process.pid)
    finally:
        process.terminate()
        process.wait()


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=30, trust_env=False).status_code == 200
    except httpx.TransportError:
        return False


def _photos(data: Path, count: int = 24) -> list[bytes]:
    """Photos of garments as JPEG of about 100 kB; without the data, drawn ones."""
    from PIL import Image

    files = sorted((data / "clothing" / "validation").glob("*/*.jpg"))
    pictures: list[Image.Image] = []
    if files:
        chosen = np.random.default_rng(SEED).choice(len(files), count, replace=False)
        pictures = [Image.open(files[i]).convert("RGB") for i in chosen]
    else:
        from sample import generate

        pictures = [Image.fromarray(one.render(512).on_background((220, 215, 205))) for one in generate(count, SEED)]
    return [_of_size(picture) for picture in pictures]


def _of_size(picture: "Image.Image") -> bytes:
    """A JPEG of the picture, brought to 1,024 pixels, in the quality whose size is nearest to PHOTO_BYTES."""
    scale = 1024 / max(picture.size)
    picture = picture.resize((round(picture.width * scale), round(picture.height * scale)))
    written = []
    for quality in (30, 45, 60, 75, 85, 92, 96):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality)
        written.append(file.getvalue())
    return min(written, key=lambda data: abs(len(data) - PHOTO_BYTES))


def _mean_kb(requests: list[Request]) -> float:
    return sum(len(request.body) for request in requests) / len(requests) / 1000


def _stages(answers: Answers) -> str:
    """Mean milliseconds by stage, as the answers tell them."""
    timings = [msgspec.json.decode(body)["timings"] for body in answers.bodies]
    means = (
        {stage: sum(one.get(stage, 0.0) for one in timings) / len(timings) for stage in timings[0]} if timings else {}
    )
    return ", ".join(f"{stage} {mean:.0f}" for stage, mean in means.items())
