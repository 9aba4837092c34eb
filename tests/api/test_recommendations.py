"""Recommendations over HTTP and from the command line, before and after a training."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime

import httpx
import msgspec
import pytest

from sample import Shoppers, generate
from tests.api.conftest import PRODUCTS, Shop


def send(client: httpx.Client, *done: tuple[str, str], **who: str) -> None:
    now = datetime.now(UTC).isoformat()
    events = [
        {"id": f"{who} {n} {kind} {item} {now}", "type": kind, "item": item, "time": now, **who}
        for n, (kind, item) in enumerate(done)
    ]
    answer = client.post("/v1/events", json={"events": events})
    assert {one["status"] for one in answer.json()["statuses"]} == {"stored"}


def command(shop: Shop, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", "recommend", *arguments],
        env=shop.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.fixture(scope="module")
def trained(shop: Shop, client: httpx.Client) -> dict:
    """A training by the running service, of the events that the sample wrote."""
    assert len(client.get("/v1/users/new/recommendations?limit=4").json()["slate"]["items"]) == 4  # before it
    events = shop.home / "events.jsonl"
    shoppers = Shoppers(list(generate(PRODUCTS, 7)), 40, 7)
    events.write_bytes(b"".join(msgspec.json.encode(one) + b"\n" for one in shoppers.events(20)))
    ended = command(shop, "train", "--events", str(events), "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert told["events"] > 1000
    return told


def items(answer: httpx.Response) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [one["product"]["id"] for one in answer.json()["slate"]["items"]]


def test_a_user_is_recommended_by_what_they_did(client: httpx.Client, trained: dict) -> None:
    send(client, ("click", "SG-00001"), ("add_to_cart", "SG-00001"), user="rec ann")
    answer = client.get("/v1/users/rec ann/recommendations", params={"limit": 6})
    assert len(items(answer)) == 6
    assert "SG-00001" not in items(answer)
    told = answer.json()
    assert told["slate"]["version"] == trained["id"]
    assert told["slate"]["skipped"] == []
    assert all(one["reason"]["text"] for one in told["slate"]["items"])
    send(client, ("hide", items(answer)[0]), user="rec ann")
    assert items(answer)[0] not in items(client.get("/v1/users/rec ann/recommendations", params={"limit": 36}))


def test_a_session_is_recommended_by_its_first_clicks(client: httpx.Client, trained: dict) -> None:
    ask = {"session": "rec session", "limit": 5, "filters": ["price>10"]}
    before = items(client.post("/v1/sessions/recommendations", json=ask))
    send(client, ("click", "SG-00009"), ("like", "SG-00009"), session="rec session")
    after = client.post("/v1/sessions/recommendations", json=ask)
    assert items(after) != before
    assert "SG-00009" in {one["reason"]["item"] for one in after.json()["slate"]["items"]}
    basket = client.post("/v1/sessions/recommendations", json={"items": ["SG-00001"], "placement": "basket"})
    assert "SG-00001" not in items(basket)


def test_what_goes_with_a_product(client: httpx.Client, trained: dict) -> None:
    answer = client.get("/v1/items/SG-00001/complements?limit=3")
    assert 1 <= len(answer.json()["items"]) <= 3
    assert client.get("/v1/items/nothing/complements").status_code == 404


@pytest.mark.parametrize("query", ["limit=0", "limit=101", "placement=moon", "filters=colour~red"])
def test_a_question_that_makes_no_sense_is_refused(client: httpx.Client, trained: dict, query: str) -> None:
    assert client.get(f"/v1/users/ann/recommendations?{query}").status_code == 400


def test_the_command_line_asks_too(shop: Shop, trained: dict) -> None:
    told = json.loads(command(shop, "for", "--item", "SG-00002", "--limit", "3", "--json").stdout)
    assert len(told["items"]) == 3
    assert "Goes with" in command(shop, "for", "--item", "SG-00002", "--goes-with").stdout
    assert command(shop, "for", "--item", "SG-00002", "--user", "a").returncode == 2
    assert [one["id"] for one in json.loads(command(shop, "versions", "--json").stdout)] == [trained["id"]]
    assert command(shop, "rollback").returncode == 1


def test_a_training_that_treats_a_group_too_badly_fails_and_changes_nothing(
    shop: Shop, client: httpx.Client, trained: dict
) -> None:
    told = json.loads(command(shop, "bias", "--json").stdout)
    assert {one["kind"] for one in told["groups"]} == {"place", "activity", "category", "price", "age"}
    assert "recall@10" in command(shop, "bias").stdout
    home = shop.home.parent / "strict"  # of no running service, which would train by its own settings
    shutil.copytree(shop.home / "recommenders", home / "recommenders")
    shutil.copy(shop.home / "recsys.key", home)
    (home / "models").symlink_to((shop.home / "models").resolve())
    with (
        closing(sqlite3.connect(shop.home / "shopglass.db")) as live,
        closing(sqlite3.connect(home / "shopglass.db")) as own,
    ):
        live.backup(own)
    strict = shop._replace(
        environment=shop.environment
        | {"SHOPGLASS_HOME": str(home), "SHOPGLASS_RECSYS__FAIR": '{"quality": 1, "exposure": 1, "least": 2}'}
    )
    ended = command(strict, "train")
    assert ended.returncode == 1
    assert "treats groups too badly" in ended.stderr
    assert json.loads(command(strict, "bias", "--refused", "--json").stdout)["groups"]
    assert [one["id"] for one in json.loads(command(strict, "versions", "--json").stdout)] == [trained["id"]]
    assert client.get("/v1/users/ann/recommendations").json()["slate"]["version"] == trained["id"]
