"""Prices over HTTP and from files alone."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.api.conftest import Shop


def euros(minor: int) -> dict:
    return {"minor": minor, "currency": "EUR"}


def state(product: str = "A", **fields) -> dict:
    told = {"product": product, "category": "hat", "price": euros(2000), "cost": euros(900), "at": datetime.now(UTC).isoformat(),
            "stock": 40, "demand": 2.0, "elasticity": {"mean": -3.0, "low": -3.5, "high": -2.5}}  # fmt: skip
    return {**told, **fields}


def test_every_product_has_its_price_or_its_fault(client: httpx.Client) -> None:
    states = [state("A"), state("B", price=euros(0)), state("C", cost={"minor": 9, "currency": "USD"})]
    answer = client.post("/v1/pricing/quotes", json={"states": states, "rails": {"step": 0.05}})
    assert answer.status_code == 200, answer.text
    told = answer.json()
    (quote,) = told["quotes"]
    assert quote["product"] == "A"
    assert 1900 <= quote["price"]["minor"] <= 2100
    assert quote["reason"]
    assert {one["product"]: one["code"] for one in told["faults"]} == {"B": "bad-price", "C": "currency-mix"}


@pytest.mark.parametrize(
    "wrong",
    [{"states": []}, {"states": [state(age_of_shopper=40)]}, {"states": [state()], "rails": {"step": 3}},
     {"states": [state(stock=-1.5)]}],
)  # fmt: skip
def test_a_question_that_makes_no_sense_is_refused(client: httpx.Client, wrong: dict) -> None:
    assert client.post("/v1/pricing/quotes", json=wrong).status_code == 400


def test_a_policy_that_there_is_not_is_not_found(client: httpx.Client) -> None:
    assert client.post("/v1/pricing/quotes", json={"states": [state()], "policy": "magic"}).status_code == 404


def test_a_price_is_proposed_looked_at_approved_applied_and_taken_back(client: httpx.Client) -> None:
    question = {
        "states": [state("P-1"), state("P-2", cost=euros(0), price=euros(0))],
        "rails": {"step": 0.2, "day": 0.2},
    }
    told = client.post("/v1/pricing/decisions", json=question)
    assert told.status_code == 200, told.text
    assert [one["code"] for one in told.json()["faults"]] == ["bad-price"]
    (made,) = told.json()["decisions"]
    assert made["state"] == "proposed"
    assert sum(made["explanation"]["gain"].values()) == pytest.approx(
        made["explanation"]["profit"]["mean"] - made["explanation"]["profit_now"]
    )
    place = f"/v1/pricing/decisions/{made['id']}"
    assert client.get(place).json() == made
    assert made["id"] in [one["id"] for one in client.get("/v1/pricing/decisions?only=proposed").json()]
    assert client.post(f"{place}/apply", json={}).status_code == 409
    assert client.post(f"{place}/approve", json={"note": "good"}).json()["state"] == "approved"
    assert client.post(f"{place}/apply", json={}).json()["state"] == "applied"
    applied = {one["product"]: one for one in client.get("/v1/pricing/prices").json()}["P-1"]
    assert applied["price"] == made["quote"]["price"]
    question = {"states": [state("P-1", price=applied["price"])], "rails": {"week": 0.5}}
    again = client.post("/v1/pricing/quotes", json=question).json()["quotes"][0]
    assert again["acted"][-1] == "cool-down"
    assert client.post(f"{place}/rollback", json={"note": "no"}).json()["state"] == "rolled-back"
    assert {one["product"]: one for one in client.get("/v1/pricing/prices").json()}["P-1"]["price"] == euros(2000)
    steps = client.get("/v1/pricing/history", params={"product": "P-1"}).json()
    assert [one["step"] for one in steps] == ["rolled-back", "applied", "approved", "proposed", "noted"]
    assert client.get("/v1/pricing/prices", params={"at": applied["since"]}).json()
    assert client.post("/v1/pricing/rollback", json={"to": applied["since"], "products": ["P-1"]}).json()["prices"]
    assert client.get("/v1/pricing/decisions/99999").status_code == 404


def test_a_switch_holds_every_path(client: httpx.Client) -> None:
    assert client.put("/v1/pricing/off", json={"off": ["*"]}).json() == {"off": ["*"]}
    try:
        question = {"states": [state("P-3")]}
        assert client.post("/v1/pricing/quotes", json=question).json()["quotes"][0]["acted"] == ["kill-switch"]
        assert client.post("/v1/pricing/decisions", json=question).json()["kept"][0]["acted"] == ["kill-switch"]
        told = client.post("/v1/pricing/simulate", json={"state": state("P-3")}).json()
        assert told["best_allowed"] == euros(2000)
    finally:
        assert client.put("/v1/pricing/off", json={"off": []}).json() == {"off": []}


def test_what_if_tells_demand_and_profit_by_price(client: httpx.Client) -> None:
    told = client.post("/v1/pricing/simulate", json={"state": state("P-4"), "prices": [euros(1777)]}).json()
    assert euros(1777) in [point["price"] for point in told["points"]]
    demands = [point["demand"]["mean"] for point in told["points"]]
    assert demands == sorted(demands, reverse=True)
    assert told["best"]["minor"] < 2000
    assert client.post("/v1/pricing/simulate", json={"state": state("P-4", price=euros(0))}).status_code == 422


def test_files_alone_are_enough(shop: Shop, tmp_path: Path) -> None:
    file = tmp_path / "states.jsonl"
    file.write_text("\n".join(map(json.dumps, [state("A"), state("B")])))

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "api", "price", str(file), *arguments],
            env=shop.environment, capture_output=True, text=True, check=False,
        )  # fmt: skip

    told = json.loads(run("--json").stdout)
    assert [one["product"] for one in told["quotes"]] == ["A", "B"]
    assert run("--policy", "magic").returncode == 1
    file.write_text("{")
    assert "Line 1" in run().stderr


def test_a_table_of_sales_becomes_decisions_for_the_page(shop: Shop, client: httpx.Client, tmp_path: Path) -> None:
    from sample import generate, sell

    table = tmp_path / "sales.csv"
    sell(list(generate(12, 3)), 3, 300).write(table)
    run = subprocess.run(
        [sys.executable, "-m", "api", "price", "--sales", str(table), "--fresh", "--propose", "--json"],
        env=shop.environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert run.returncode == 0, run.stderr
    moved = {one["product"] for one in json.loads(run.stdout)["quotes"] if not one["kept"]}
    assert moved
    for product in moved:
        (made,) = client.get("/v1/pricing/decisions", params={"product": product, "limit": 1}).json()
        assert made["state"] in ("proposed", "approved")
        assert client.get("/v1/pricing/history", params={"product": product}).json()[-2]["actor"] == "command line"
        client.post(f"/v1/pricing/decisions/{made['id']}/reject", json={})
