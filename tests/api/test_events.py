"""Events over HTTP, and what becomes of what is kept of a user."""

import httpx


def event(id: str, **fields):
    return {"id": id, "type": "view", "item": "SG-00001", "time": "2026-05-01T10:00:00Z", "user": "http ann", **fields}


def test_every_entry_has_its_status(client: httpx.Client) -> None:
    answer = client.post("/v1/events", json={"events": [event("h1"), event("h1"), event("h2", type="buy")]})
    assert answer.status_code == 200
    statuses = answer.json()["statuses"]
    assert [one["status"] for one in statuses] == ["stored", "duplicate", "refused"]
    assert "buy" in statuses[2]["reason"]


def test_a_batch_has_its_bounds(client: httpx.Client) -> None:
    assert client.post("/v1/events", json={"events": []}).status_code == 400
    assert client.post("/v1/events", json={"events": [event(f"m{n}") for n in range(1001)]}).status_code == 400
    answer = client.post("/v1/events", json={"events": [event(f"n{n}", user="http many") for n in range(1000)]})
    assert {one["status"] for one in answer.json()["statuses"]} == {"stored"}


def test_a_profile_is_up_to_date_and_goes_with_its_user(client: httpx.Client) -> None:
    client.post(
        "/v1/events",
        json={"events": [event("p1", user="http eve"), event("p2", user="http eve", type="purchase", price=12.5)]},
    )
    profile = client.get("/v1/users/http eve/profile").json()
    assert (profile["frequency"], profile["money"], profile["expected"]) == (1, 12.5, None)
    assert len(profile["categories"]) == 1
    assert client.get("/v1/users/http eve").json()["profile"]["events"] == {"purchase": 1, "view": 1}
    client.delete("/v1/users/http eve")
    assert client.get("/v1/users/http eve/profile").status_code == 404
    assert client.get("/v1/users/http eve").json() == {"events": [], "profile": None}


def test_what_is_kept_of_a_user_is_told_and_deleted(client: httpx.Client) -> None:
    before = event("d1", user=None, session="http-session")
    client.post("/v1/events", json={"events": [before, event("d2", user="http bob", session="http-session")]})
    told = client.get("/v1/users/http bob").json()["events"]
    assert len(told) == 2
    assert "bob" not in str(told)
    assert client.delete("/v1/users/http bob").status_code == 204
    assert client.get("/v1/users/http bob").json()["events"] == []
    assert client.delete("/v1/users/http bob").status_code == 204
