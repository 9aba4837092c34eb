"""Forecasts and orders over HTTP and from files alone."""

import json
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import pytest

from tests.api.conftest import Shop


@pytest.fixture(scope="module")
def sales(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Monthly sales of four products, one of which nobody can forecast."""
    rng = np.random.default_rng(1)
    lines = ["series,date,quantity,price,group_category"]
    for n, name in enumerate(("D-1", "D-2", "D-3")):
        for month in range(48):
            day = date(2022 + month // 12, month % 12 + 1, 1)
            wanted = rng.poisson((20 + 10 * n) * (1 + 0.4 * np.sin(month * np.pi / 6)))
            lines.append(f"{name},{day},{wanted},{9.9 + n},c")
    lines.append("D-4,2022-01-01,5,3,c")
    file = tmp_path_factory.mktemp("sales") / "sales.csv"
    file.write_text("\n".join(lines))
    return file


def command(shop: Shop, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments], env=shop.environment, capture_output=True, text=True, check=False
    )


def followed(client: httpx.Client, answer: httpx.Response) -> dict:
    assert answer.status_code == 202, answer.text
    deadline = time.monotonic() + 120
    while (told := client.get(answer.headers["location"]).json())["state"] not in ("done", "failed"):
        assert time.monotonic() < deadline
        time.sleep(0.2)
    assert told["state"] == "done", told
    return told["result"]


@pytest.fixture(scope="module")
def job(client: httpx.Client, sales: Path) -> dict:
    return followed(
        client, client.post("/v1/forecasts/jobs", files={"sales": ("sales.csv", sales.read_bytes(), "text/csv")})
    )


def test_a_table_becomes_forecasts_by_a_job(client: httpx.Client, job: dict) -> None:
    assert job["forecasts"] == 3
    assert job["refused"] == [{"series": "D-4", "reason": "fewer than two dates"}]
    assert {"D-1", "D-2", "D-3"} <= set(client.get("/v1/forecasts").json())
    served = client.get("/v1/forecasts/D-2").json()
    told = served["forecast"]
    assert told["model"] == "ensemble.weighed"
    assert len(told["points"]) == 12
    assert 0 <= served["age"] < 600
    for point in told["points"]:
        levels = list(point["quantiles"].values())
        assert levels == sorted(levels)
        assert sum(point["parts"].values()) == pytest.approx(point["mean"], abs=0.01)
    assert client.get("/v1/forecasts/nothing").status_code == 404


def test_orders_are_proposed_changed_approved_and_rejected(client: httpx.Client, job: dict) -> None:
    stocks = {
        name: {"on_hand": 5, "lead_time": 1, "review": 1, "cost": 4, "short": 5} for name in ("D-1", "D-2", "D-9")
    }
    stocks["D-3"] = {"on_hand": -1}
    planned = client.post("/v1/replenishment", json={"stocks": stocks}).json()
    assert {one["sku"] for one in planned["proposals"]} == {"D-1", "D-2"}
    assert {one["series"] for one in planned["refused"]} == {"D-3", "D-9"}
    first, second = client.get("/v1/replenishment?only=proposed").json()
    assert first["proposal"]["reason"]
    approved = client.post(f"/v1/replenishment/{first['id']}/approve", json={"quantity": 7}).json()
    assert (approved["state"], approved["quantity"]) == ("approved", 7)
    assert client.post(f"/v1/replenishment/{first['id']}/approve", json={}).status_code == 409
    assert client.post(f"/v1/replenishment/{second['id']}/reject").json()["state"] == "rejected"
    assert client.post("/v1/replenishment/999999/reject").status_code == 404
    assert client.post("/v1/replenishment", json={"stocks": stocks, "policy": "magic"}).status_code == 404


def test_files_alone_are_enough(shop: Shop, sales: Path, tmp_path: Path) -> None:
    ended = command(shop, "forecast", str(sales), "--horizon", "3", "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert [len(one["points"]) for one in told["forecasts"]] == [3, 3, 3]
    stocks = tmp_path / "stocks.csv"
    stocks.write_text("sku,on_hand,lead_time,review,cost\nD-1,0,1,1,2.5\nD-2,500,1,1,2.5\n")
    ended = command(shop, "replenish", str(stocks), "--sales", str(sales), "--json")
    orders = {one["sku"]: one["quantity"] for one in json.loads(ended.stdout)["proposals"]}
    assert orders["D-1"] > 0
    assert orders["D-2"] == 0


@pytest.mark.parametrize("wrong", [("--horizon", "0"), ("--model", "no.such")])
def test_a_question_that_makes_no_sense_ends_in_words(shop: Shop, sales: Path, wrong: tuple[str, str]) -> None:
    ended = command(shop, "forecast", str(sales), *wrong)
    assert ended.returncode == 1
    assert "Traceback" not in ended.stderr


def test_a_product_of_three_days_borrows_from_what_looks_like_it(client: httpx.Client, shop: Shop) -> None:
    """Two kinds of product sell 2 and 20 a day; one of three days has sold nothing yet."""
    rows = [json.loads(line) for line in (shop.sample / "catalogue.jsonl").read_text().splitlines()]
    kinds: dict[str, list[str]] = {}
    for row in rows:
        kinds.setdefault(row["category"], []).append(row["id"])
    (_, high), (_, low) = sorted(kinds.items(), key=lambda one: -len(one[1]))[:2]
    rng = np.random.default_rng(3)
    days = [date.fromordinal(date(2025, 1, 1).toordinal() + n) for n in range(200)]
    lines = ["series,date,quantity"]
    for ids, rate in ((high[1:], 20), (low, 2)):
        lines += [f"{id},{day},{rng.poisson(rate)}" for id in ids for day in days]
    lines += [f"{high[0]},{day},0" for day in days[-3:]]
    followed(client, client.post("/v1/forecasts/jobs", files={"sales": ("sales.csv", "\n".join(lines), "text/csv")}))
    forecast = client.get(f"/v1/forecasts/{high[0]}").json()["forecast"]
    assert np.mean([point["mean"] for point in forecast["points"]]) > 8


def test_what_was_bought_by_events_is_a_history_whose_forecasts_add_up_and_are_watched(client: httpx.Client) -> None:
    rng = np.random.default_rng(8)
    now = datetime.now(UTC)
    events = [
        {"id": f"own {item} {day} {n}", "type": "purchase", "item": item, "session": "till", "time": (now - timedelta(days=day)).isoformat(), "quantity": int(rng.integers(1, 4)), "price": 9.5}
        for item in ("E-1", "E-2") for day in range(1, 61) for n in range(2)
    ]  # fmt: skip
    told = client.post("/v1/events", json={"events": events})
    assert {one["status"] for one in told.json()["statuses"]} == {"stored"}
    first = followed(client, client.post("/v1/forecasts/jobs", files={"sums": (None, ""), "horizon": (None, "7")}))
    assert first["forecasts"] >= 3
    mean = {
        sku: [point["mean"] for point in client.get(f"/v1/forecasts/{sku}").json()["forecast"]["points"]]
        for sku in ("E-1", "E-2")
    }
    assert 2 < np.mean(mean["E-1"]) < 7  # two purchases a day of one to three pieces
    names = [name for name in client.get("/v1/forecasts").json() if "=" not in name]
    assert "total" in names
    total = [point["mean"] for point in client.get("/v1/forecasts/total").json()["forecast"]["points"]]
    parts = np.sum(
        [[point["mean"] for point in client.get(f"/v1/forecasts/{sku}").json()["forecast"]["points"]] for sku in names if sku.startswith("E-")], axis=0
    )  # fmt: skip
    assert np.all(np.array(total) >= parts - 0.01)


@pytest.mark.parametrize("sales", [(None, "no file"), ("s.xls", b"x"), ("", b"x")])
def test_what_is_no_file_of_sales_is_refused(client: httpx.Client, sales: tuple) -> None:
    answer = client.post("/v1/forecasts/jobs", files={"sales": sales})
    assert answer.status_code in (400, 422)
    assert answer.json()["title"]


def test_a_field_that_is_no_text_is_refused(client: httpx.Client) -> None:
    body = b'--q\r\nContent-Disposition: form-data; name="sales"\r\n\r\n\x89PNG\xff\r\n--q--\r\n'
    told = {"content-type": "multipart/form-data; boundary=q"}
    for path in ("/v1/forecasts/jobs", "/v1/search/photo"):
        answer = client.post(path, content=body, headers=told)
        assert answer.status_code == 400
        assert "UTF-8" in answer.json()["detail"]


def test_forecasts_are_held_against_what_came(client: httpx.Client) -> None:
    days = [date.fromordinal(date(2025, 1, 1).toordinal() + n) for n in range(150)]
    rng = np.random.default_rng(9)
    lines = [f"W-1,{day},{rng.poisson(20)}" for day in days]

    def table(n):
        return {
            "sales": ("s.csv", "\n".join(["series,date,quantity", *lines[:n]]), "text/csv"),
            "horizon": (None, "28"),
        }

    assert followed(client, client.post("/v1/forecasts/jobs", files=table(120)))["made"]
    held = followed(client, client.post("/v1/forecasts/jobs", files={**table(148), "if_drifted": (None, "true")}))
    assert (held["made"], held["drifting"]) == (False, 0)
    health = client.get("/v1/monitoring/forecasts").json()
    (own,) = [one for one in health["series"] if one["name"] == "W-1"]
    assert own["periods"] == 28
    assert abs(own["bias"]) < 4
    assert own["coverage"] > 0.5
    assert not own["alarm"]
    assert not health["retrain"]
    assert sum(week["periods"] for week in health["weeks"]) >= 28


def test_a_database_is_asked_by_a_query(shop: Shop, sales: Path, tmp_path: Path) -> None:
    import sqlite3

    with sqlite3.connect(tmp_path / "till.db") as till:
        till.execute("CREATE TABLE sold (sku TEXT, day TEXT, pieces REAL)")
        rows = [line.split(",")[:3] for line in sales.read_text().splitlines()[1:]]
        till.executemany("INSERT INTO sold VALUES (?, ?, ?)", rows)
    url = f"sqlite:///{tmp_path / 'till.db'}"
    sql = "SELECT sku AS series, day AS date, pieces AS quantity FROM sold WHERE sku <> 'D-4'"
    ended = command(shop, "forecast", url, "--query", sql, "--horizon", "2", "--json")
    assert ended.returncode == 0, ended.stderr
    assert [one["sku"] for one in json.loads(ended.stdout)["forecasts"]] == ["D-1", "D-2", "D-3"]
    ended = command(shop, "forecast", url)
    assert ended.returncode == 1
    assert "--query" in ended.stderr


def test_a_warehouse_and_its_stores_get_their_levels(shop: Shop, sales: Path, tmp_path: Path) -> None:
    pytest.importorskip("stockpyl", reason="needs the extra inventory")
    places = tmp_path / "places.csv"
    rows = [
        "X,centre,,3,0.1",
        "X,north,D-1,1,0.2",
        "X,south,D-2,1,0.2",
        "Y,centre,,1,0.1",
        "Y,east,D-9,1,0.2",
        "Z,west,D-1,1,0.2",
    ]
    places.write_text("\n".join(["sku,place,series,lead_time,holding", *rows]))
    ended = command(shop, "replenish", str(places), "--network", "--sales", str(sales), "--json")
    assert ended.returncode == 0, ended.stderr
    told = json.loads(ended.stdout)
    assert {one["series"] for one in told["refused"]} == {"Y", "Z"}
    network = told["networks"]["X"]
    assert network["warehouse"]["name"] == "centre"
    north, south = network["stores"]
    assert south["level"] > north["level"] > 0
