"""Reports over HTTP."""

import httpx

ASK = {"since": "2026-01-01T00:00:00Z", "until": "2026-02-01T00:00:00Z"}


def test_a_report_is_made_told_again_and_refused_when_the_budget_is_spent(client: httpx.Client) -> None:
    before = client.get("/v1/reports").json()
    made = client.post("/v1/reports/events", json={**ASK, "epsilon": 0.5})
    assert made.status_code == 200, made.text
    told = made.json()
    assert told["epsilon"] == 0.5
    assert "purchase" in told["counts"]
    after = client.get("/v1/reports").json()
    assert after["spent"] == before["spent"] + 0.5
    assert told in after["reports"]
    left = after["budget"] - after["spent"]
    refused = client.post("/v1/reports/events", json={**ASK, "epsilon": left + 0.001})
    assert refused.status_code == 429
    assert refused.json()["type"] == "urn:shopglass:budget-spent"
    assert int(refused.headers["retry-after"]) > 86_400
    assert client.get("/v1/reports").json()["spent"] == after["spent"]


def test_a_report_of_no_time_is_refused(client: httpx.Client) -> None:
    assert client.post("/v1/reports/events", json={**ASK, "until": ASK["since"]}).status_code == 400
    assert client.post("/v1/reports/events", json={**ASK, "since": "2026-01-01T00:00:00"}).status_code == 400
