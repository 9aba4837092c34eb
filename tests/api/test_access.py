"""Keys, scopes, origins and limits of a service that asks for keys."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from litestar import Litestar

from api.app import create_app
from core.settings import Settings, load_settings
from tests.api.conftest import serving

ORIGIN = "https://shop.example"
EVENT = {"events": [{"id": "a1", "type": "view", "item": "x", "time": "2026-05-01T10:00:00Z", "user": "access ann"}]}
RATE = 120


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    home = tmp_path_factory.mktemp("guarded")
    (home / "models").symlink_to(load_settings().models_dir)
    return {
        **os.environ,
        "SHOPGLASS_HOME": str(home),
        "SHOPGLASS_ACCESS__REQUIRED": "true",
        "SHOPGLASS_ACCESS__RATE": str(RATE),
        "OMP_NUM_THREADS": "1",
        "PYTHONWARNINGS": "ignore",
    }


@pytest.fixture(scope="module")
def client(environment: dict[str, str]) -> Iterator[httpx.Client]:
    log = Path(environment["SHOPGLASS_HOME"]) / "serve.log"
    with serving(environment, log) as (_, url), httpx.Client(base_url=url, timeout=60, trust_env=False) as client:
        yield client
    assert "sg_" not in log.read_text()


@pytest.fixture(scope="module")
def command(environment: dict[str, str]):
    def run(*arguments: str) -> str:
        ended = subprocess.run(
            [sys.executable, "-m", "api", *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert ended.returncode == 0, ended.stderr
        return ended.stdout.strip()

    return run


@pytest.fixture(scope="module")
def secrets(command, client: httpx.Client) -> dict[str, str]:
    return {
        "front": command("keys", "add", "app"),
        "merchant": command("keys", "add", "night job", "--scope", "merchant", "--days", "30"),
        "operator": command("keys", "add", "watch", "--scope", "operator"),
        "page": command("keys", "add", "page", "--origin", ORIGIN),
    }


def bearing(secret: str, **more: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}", **more}


def routes(app: Litestar) -> Iterator[tuple[str, str, str | None]]:
    for route in app.routes:
        for handler in getattr(route, "route_handlers", None) or [route.route_handler]:
            for method in getattr(handler, "http_methods", {"GET"}) - {"OPTIONS"}:
                yield method, route.path, handler.opt.get("scope")


def test_every_handler_says_what_it_needs(tmp_path: Path) -> None:
    asked = {(method, path): scope for method, path, scope in routes(create_app(Settings(home=tmp_path)))}
    silent = {place for place, scope in asked.items() if scope is None}
    assert silent == {("GET", "/metrics")}  # the operator's
    assert asked["PUT", "/v1/items/{item_id:str}"] == "merchant"
    assert asked["POST", "/v1/search/photo"] == "front"
    assert all(scope == "open" for (_, path), scope in asked.items() if path.startswith(("/health", "/schema")))


def test_without_a_key_pages_and_health_alone_answer(client: httpx.Client, secrets: dict[str, str]) -> None:
    assert client.get("/health/ready").status_code == 200
    assert client.get("/").status_code == 200
    for answer in (
        client.post("/v1/events", json=EVENT),
        client.post("/v1/events", json=EVENT, headers=bearing("sg_0_0")),
        client.get("/metrics"),
        client.delete("/v1/items/x"),
    ):
        assert answer.status_code == 401, answer.request.url
        assert answer.json()["type"] == "urn:shopglass:unauthorised"
        assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_does_what_its_scope_allows(client: httpx.Client, secrets: dict[str, str]) -> None:
    def ask(scope: str) -> list[int]:
        headers = bearing(secrets[scope])
        return [
            client.post("/v1/events", json=EVENT, headers=headers).status_code,
            client.delete("/v1/items/x", headers=headers).status_code,
            client.get("/metrics", headers=headers).status_code,
        ]

    assert ask("front") == [200, 403, 403]
    assert ask("merchant") == [200, 404, 403]
    assert ask("operator") == [200, 404, 200]
    login = httpx.BasicAuth("anybody", secrets["operator"])
    assert client.get("/metrics", auth=login).status_code == 200


def test_our_own_pages_may_what_a_shop_front_may(client: httpx.Client, secrets: dict[str, str]) -> None:
    same = {"Sec-Fetch-Site": "same-origin"}
    assert client.post("/v1/events", json=EVENT, headers=same).status_code == 200
    assert client.delete("/v1/items/x", headers=same).status_code == 401
    assert client.post("/v1/events", json=EVENT, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 401


def test_a_page_elsewhere_may_ask_with_a_key_bound_to_it(client: httpx.Client, secrets: dict[str, str]) -> None:
    before = client.options("/v1/events", headers={"Origin": ORIGIN, "Access-Control-Request-Method": "POST"})
    assert before.headers["access-control-allow-origin"] == ORIGIN
    assert "POST" in before.headers["access-control-allow-methods"]
    assert "authorization" in before.headers["access-control-allow-headers"]
    answer = client.post("/v1/events", json=EVENT, headers=bearing(secrets["page"], Origin=ORIGIN))
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == ORIGIN
    assert answer.headers["cross-origin-resource-policy"] == "cross-origin"
    other = {"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    assert "access-control-allow-origin" not in client.options("/v1/events", headers=other).headers
    for headers in (
        bearing(secrets["page"], Origin="https://evil.example"),
        bearing(secrets["page"]),
        bearing(secrets["front"], Origin=ORIGIN),
    ):
        assert client.post("/v1/events", json=EVENT, headers=headers).status_code == 403


def test_a_rate_is_told_and_held(client: httpx.Client, command, secrets: dict[str, str]) -> None:
    headers = bearing(command("keys", "add", "hasty"))
    first = client.post("/v1/events", json=EVENT, headers=headers)
    assert first.headers["ratelimit-policy"] == f'"minute";q={RATE};w=60'
    assert first.headers["ratelimit"].startswith(f'"minute";r={RATE - 1};t=')
    for _ in range(2 * RATE):
        answer = client.post("/v1/events", json=EVENT, headers=headers)
        if answer.status_code != 200:
            break
    assert answer.status_code == 429
    assert answer.json()["type"] == "urn:shopglass:rate-exceeded"
    assert int(answer.headers["retry-after"]) >= 1
    assert client.post("/v1/events", json=EVENT, headers=bearing(secrets["front"])).status_code == 200


def test_changes_are_recorded_and_people_are_not_named(client: httpx.Client, command, secrets: dict[str, str]) -> None:
    client.delete("/v1/items/SG-1", headers=bearing(secrets["merchant"]))
    client.delete("/v1/users/access ann", headers=bearing(secrets["merchant"]))
    latest = json.loads(command("audit", "list", "--limit", "2", "--json"))
    assert [one["action"] for one in latest] == ["DELETE /v1/users/{user}", "DELETE /v1/items/SG-1"]
    assert all(one["actor"].startswith("night job (") for one in latest)
    assert [one["outcome"] for one in latest] == [204, 404]
    assert "entries are whole" in command("audit", "verify")


def test_a_withdrawn_key_is_refused_within_seconds(client: httpx.Client, command, secrets: dict[str, str]) -> None:
    secret = command("keys", "add", "lost")
    assert client.post("/v1/events", json=EVENT, headers=bearing(secret)).status_code == 200
    command("keys", "revoke", secret.split("_")[1])

    refused = time.monotonic() + 20
    while (answer := client.post("/v1/events", json=EVENT, headers=bearing(secret))).status_code == 200:
        assert time.monotonic() < refused
        time.sleep(0.5)
    assert answer.status_code == 401


def test_who_watches_sees_that_redis_is_gone_and_all_others_are_told_so(tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to(load_settings().models_dir)
    environment = {
        **os.environ, "SHOPGLASS_HOME": str(tmp_path), "SHOPGLASS_ACCESS__REQUIRED": "true",
        "SHOPGLASS_JOBS__REDIS": "redis://127.0.0.1:1", "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore",
    }  # fmt: skip
    keys = {
        scope: subprocess.run(
            [sys.executable, "-m", "api", "keys", "add", scope, "--scope", scope],
            env=environment, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for scope in ("operator", "front")
    }  # fmt: skip
    with serving(environment, tmp_path / "log") as (_, url), httpx.Client(base_url=url, trust_env=False) as client:

        def asked(path: str, scope: str) -> int:
            return client.get(path, headers={"Authorization": f"Bearer {keys[scope]}"}).status_code

        assert asked("/metrics", "operator") == 200
        assert asked("/v1/items/x", "front") == 503
        assert client.get("/health/live").status_code == 200
