"""One shop for all tests of this room: a sample catalogue ingested from the command line, and a live service over it."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx
import pytest

from core.settings import load_settings
from sample import write

PRODUCTS = 36
STARTING_SECONDS = 120
OUTCOME_DAYS = 2.5 / 86_400
CONFIG = f"""
[[recsys.experiments]]
id = "tried"
arms = [{{name = "plain", explore = 0.0}}, {{name = "drawn", explore = 0.5}}]
metrics = [{{name = "bought", event = "purchase", role = "primary"}}]
start = 2026-01-01T00:00:00Z
days = {OUTCOME_DAYS}
"""


class Shop(NamedTuple):
    """home: of the service; sample: folder of catalogue and photos; url: where it serves; log: what it wrote."""

    home: Path
    sample: Path
    url: str
    log: Path
    process: subprocess.Popen[bytes]
    environment: dict[str, str]

    def client(self) -> httpx.Client:
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False)

    def photos(self) -> list[tuple[bytes, str]]:
        """Each photo with the id of the product on it."""
        lines = (self.sample / "photos.jsonl").read_text().splitlines()
        told = [json.loads(line) for line in lines]
        return [
            ((self.sample / one["image"]).read_bytes(), one["products"][0]["id"])
            for one in told
            if len(one["products"]) == 1
        ]


@contextmanager
def serving(environment: dict[str, str], log: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A serving process of its own, and its URL, once it is ready."""
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "api", "serve", "--port", "0"],
            env=environment,
            stdout=file,
            stderr=file,
        )
    try:
        deadline = time.monotonic() + STARTING_SECONDS
        while True:
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            found = re.search(r"serves on (http://\S+)", log.read_text())
            if found is not None and _ready(found[1]):
                break
            time.sleep(0.1)
        yield process, found[1]
    finally:
        process.terminate()
        process.wait(30)


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=60, trust_env=False).status_code == 200
    except httpx.ConnectError:  # it is ending; the log says why
        return False


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    folder = tmp_path_factory.mktemp("shop")
    home = folder / "home"
    home.mkdir()
    (home / "models").symlink_to(load_settings().models_dir)  # ``make test`` fetches them first
    (home / "shopglass.toml").write_text(CONFIG)
    catalogue = write(folder / "sample", PRODUCTS, 7)
    environment = {
        **os.environ,
        "SHOPGLASS_HOME": str(home),
        "SHOPGLASS_MODELS__THREADS": "1",
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
    }
    ingest = subprocess.run(
        [sys.executable, "-m", "api", "ingest", str(catalogue), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ingest.returncode == 0, ingest.stderr
    assert json.loads(ingest.stdout)["result"]["added"] == PRODUCTS
    log = folder / "serve.log"
    with serving(environment, log) as (process, url):
        yield Shop(home, folder / "sample", url, log, process, environment)


@pytest.fixture(scope="session")
def client(shop: Shop) -> Iterator[httpx.Client]:
    with shop.client() as client:
        yield client
