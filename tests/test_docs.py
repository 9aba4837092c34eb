"""What the documents say is so: their links, settings, commands and targets exist, and their examples run."""

import io
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from PIL import Image

from api.cli import main
from core.settings import Settings, load_settings
from sample import person
from tests.api import conftest as api

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))
shop = api.shop  # the fixture


def blocks(language: str) -> str:
    """All of the guide's blocks of a language, one after the other."""
    return "\n".join(
        re.findall(rf"^```{language}\n(.*?)^```", (ROOT / "docs/api.md").read_text(), re.MULTILINE | re.DOTALL)
    )


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_and_files_are_there(page: Path) -> None:
    text = page.read_text()
    for link in re.findall(r"\]\(([^)#]+)", text):
        assert (page.parent / link).exists(), link
    for name in re.findall(
        r"`((?:docker|core|vision|search|tryon|recsys|forecasting|pricing|api|bench)/[\w./-]+)`", text
    ):
        assert (ROOT / name).exists(), name


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_settings_commands_and_targets_exist(page: Path) -> None:
    text = page.read_text()
    sections = {name: getattr(Settings(), name) for name in Settings.model_fields}
    for section, key in re.findall(r"`(\w+)\.(\w+)`", text):
        if section in sections:
            assert key in type(sections[section]).model_fields, f"{section}.{key}"
    for variable in re.findall(r"SHOPGLASS_(\w+__\w+)", text):
        section, key = variable.lower().split("__")
        assert key in type(sections[section]).model_fields, variable
    context = main.make_context("shopglass", [], resilient_parsing=True)
    for command in re.findall(r"(?:^|`|&& |\d )shopglass (\w+)", text, re.MULTILINE):
        assert command in main.list_commands(context), command
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"`make ([\w-]+)`", text)) <= targets


@pytest.fixture
def folder(shop: api.Shop, tmp_path: Path) -> Path:
    """Where the examples find their files."""
    (tmp_path / "shoe.jpg").write_bytes(shop.photos()[0][0])
    me = person(3, "arms down", size=(384, 512), quality=2, turn=0).pixels
    Image.fromarray(me).save(tmp_path / "me.jpg", quality=95)
    (tmp_path / "products.csv").write_text(
        "id,title,category,price,currency,image\nX-1,Hat,hat,9.90,EUR,http://127.0.0.1:9/hat.jpg\n"
    )
    return tmp_path


def run(shop: api.Shop, folder: Path, name: str, text: str, *program: str) -> str:
    (folder / name).write_text(text.replace("http://127.0.0.1:8000", shop.url))
    environment = {**os.environ, "NO_PROXY": "127.0.0.1", "no_proxy": "127.0.0.1"}
    ended = subprocess.run(
        [*program, name], cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
    )
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def test_the_examples_in_curl_run(shop: api.Shop, folder: Path) -> None:
    if shutil.which("curl") is None:
        pytest.skip("needs curl")
    told = run(shop, folder, "guide.sh", blocks("sh"), "sh", "-eu")
    assert '"answers"' in told
    assert "event: failed" in told or "event: done" in told
    assert "private" in told or "X-1" in told  # the row's fault: its picture is on this machine
    assert Image.open(io.BytesIO((folder / "dressed.jpg").read_bytes())).size == (384, 512)


def test_the_examples_in_python_run(shop: api.Shop, folder: Path) -> None:
    lines = run(shop, folder, "guide.py", blocks("python"), sys.executable).splitlines()
    assert "400 urn:shopglass:bad-filter" in lines[-1]


def test_the_examples_in_typescript_run(shop: api.Shop, folder: Path) -> None:
    node = shutil.which("node")
    if node is None or int(subprocess.check_output([node, "--version"], text=True)[1:].split(".")[0]) < 20:
        pytest.skip("needs Node.js 20")
    lines = run(shop, folder, "guide.mjs", blocks("typescript"), node).splitlines()
    assert len(lines) == 2


# The table of recover.md


@pytest.fixture
def own_redis(free_port: int, tmp_path: Path) -> Iterator[tuple[str, subprocess.Popen[bytes]]]:
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("needs redis-server or valkey-server")
    command = [program, "--port", str(free_port), "--bind", "127.0.0.1", "--save", ""]
    server = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.DEVNULL)
    yield f"redis://127.0.0.1:{free_port}/0", server
    server.kill()
    server.wait()


def test_without_redis_or_postgresql_it_does_what_the_table_says(
    postgresql_server: str, postgresql: str, own_redis: tuple[str, subprocess.Popen[bytes]], tmp_path: Path
) -> None:
    import psycopg

    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(load_settings().models_dir)
    url, redis = own_redis
    given = {"SHOPGLASS_HOME": str(home), "SHOPGLASS_DATABASE__URL": postgresql, "SHOPGLASS_JOBS__REDIS": url}
    environment = {**os.environ, **given, "SHOPGLASS_MODELS__THREADS": "1", "OMP_NUM_THREADS": "1"}
    environment["PYTHONWARNINGS"] = "ignore"
    event = {"id": "1", "type": "view", "item": "x", "time": "2026-05-01T10:00:00Z", "user": "ann"}
    with (
        api.serving(environment, tmp_path / "log") as (_, address),
        httpx.Client(base_url=address, timeout=60, trust_env=False) as client,
        psycopg.connect(postgresql_server + "postgres", autocommit=True) as connection,
    ):

        def asked() -> tuple[int, int, int]:
            events = client.post("/v1/events", json={"events": [event]})
            job = client.post("/v1/catalog/jobs", files={"catalogue": ("a.csv", b"id,title\n")})
            return client.get("/health/ready").status_code, events.status_code, job.status_code

        assert asked() == (200, 200, 202)
        redis.kill()
        redis.wait()
        assert asked() == (200, 200, 202)
        name = postgresql.rpartition("/")[2]
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false")
        connection.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])
        assert asked() == (200, 503, 503)
        metrics = client.get("/metrics")
        assert metrics.status_code == 200
        assert "shopglass_jobs{" not in metrics.text
        connection.execute(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")
        deadline = time.monotonic() + 30
        while asked() != (200, 200, 202):
            assert time.monotonic() < deadline, json.dumps(asked())
            time.sleep(0.2)
