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
