"""An experiment over HTTP: shoppers are put in arms, do what they do, and the merchant is told what came of it."""

import time
from datetime import UTC, datetime, timedelta

import httpx

from tests.api.conftest import OUTCOME_DAYS


def test_an_experiment_from_lists_to_effects(client: httpx.Client) -> None:
    arms: dict[str, str] = {}
    events = []

    def bought(name: str, at: datetime) -> None:
        id = f"{name} {at.isoformat()}"
        events.append(
            {"id": id, "type": "purchase", "item": "SG-00001", "user": name, "time": at.isoformat(), "price": 5}
        )

    for n in range(160):
        name = f"tried {n}"
        answer = client.get(f"/v1/users/{name}/recommendations", params={"limit": 2, "experiment": "tried"})
        told = answer.json()["slate"]["experiment"]
        assert told["id"] == "tried"
        arms[name] = told["arm"]
        now = datetime.now(UTC)
        if n % 2:
            bought(name, now - timedelta(days=2))
        if n % 10 < (7 if told["arm"] == "drawn" else 1) + n % 2:
            bought(name, now)
    done = client.post("/v1/events", json={"events": events})
    assert {one["status"] for one in done.json()["statuses"]} == {"stored"}
    time.sleep(OUTCOME_DAYS * 86_400)
    answer = client.get("/v1/experiments/tried")
    assert answer.status_code == 200, answer.text
    told = answer.json()
    counts = {one["name"]: one["exposed"] for one in told["arms"]}
    assert counts == {arm: list(arms.values()).count(arm) for arm in ("plain", "drawn")}
    assert [one["counted"] for one in told["arms"]] == list(counts.values())
    assert told["mismatch"]["p"] > 1e-6  # the key, and so the split, is another one in every home
    (effect,) = told["effects"]
    assert (effect["metric"], effect["verdict"]) == ("bought", "better")
    assert effect["plain"]["low"] < effect["mean"] - effect["first"] < effect["plain"]["high"]
    assert effect["adjusted"]["low"] > 0
    assert told["broken"] == []


def test_a_session_that_signed_in_is_in_its_users_arm(client: httpx.Client) -> None:
    ask = {"session": "tried session", "experiment": "tried", "limit": 2}
    nobody = client.post("/v1/sessions/recommendations", json=ask).json()["slate"]["experiment"]
    assert nobody["arm"] is None
    assert nobody["reason"]
    now = datetime.now(UTC).isoformat()
    event = {
        "id": "signs in",
        "type": "view",
        "item": "SG-00001",
        "time": now,
        "user": "tried ann",
        "session": "tried session",
    }
    client.post("/v1/events", json={"events": [event]})
    own = client.get("/v1/users/tried ann/recommendations?experiment=tried").json()["slate"]["experiment"]["arm"]
    assert client.post("/v1/sessions/recommendations", json=ask).json()["slate"]["experiment"]["arm"] == own


def test_an_experiment_that_there_is_not_is_named(client: httpx.Client) -> None:
    for answer in (
        client.get("/v1/experiments/nothing"),
        client.get("/v1/users/ann/recommendations?experiment=nothing"),
        client.post("/v1/sessions/recommendations", json={"experiment": "nothing"}),
    ):
        assert answer.status_code == 404
        assert answer.json()["remedy"]
