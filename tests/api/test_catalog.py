"""Catalogue jobs over HTTP: upload, progress, errors, cancelling."""

import csv
import io
import json

import httpx
import pytest

HEADER = "id,title,category,price,currency,image"
ROWS = [
    "n1,Thing,shirt,5,EUR,http://127.0.0.1:9/a.jpg",
    "n2,,shirt,5,EUR,http://127.0.0.1:9/b.jpg",
    "=n3,Thing,shirt,-5,EUR,images/c.jpg",
]


def submit(client: httpx.Client, rows: list[str], name: str = "catalogue.csv", **form: str) -> httpx.Response:
    data = "\n".join([HEADER, *rows]).encode()
    return client.post("/v1/catalog/jobs", files={"catalogue": (name, data)}, data={"partial": "true", **form})


def events(client: httpx.Client, url: str) -> list[tuple[str, dict]]:
    """Every event until the job is over."""
    told, name = [], ""
    with client.stream("GET", f"{url}/events") as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        for line in response.iter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            elif line.startswith("data: "):
                told.append((name, json.loads(line.removeprefix("data: "))))
    return told


@pytest.fixture(scope="module")
def job(client: httpx.Client) -> str:
    """The address of a job of three faulty rows that is over."""
    response = submit(client, ROWS)
    assert response.status_code == 202
    url = response.headers["location"]
    assert url == f"/v1/catalog/jobs/{response.json()['id']}"
    assert events(client, url)[-1][1]["state"] == "failed"  # no row of it is good
    return url


def test_a_job_is_told_without_paths_of_the_server(client: httpx.Client, job: str) -> None:
    answer = client.get(job)
    assert answer.json()["state"] == "failed"
    assert "uploads" not in answer.text
    assert "arguments" not in answer.json()


def test_every_fault_is_listed_by_row_and_field(client: httpx.Client, job: str) -> None:
    response = client.get(f"{job}/errors")
    faults = [json.loads(line) for line in response.text.splitlines()]
    assert {(fault["row"], fault["field"]) for fault in faults} == {(2, "image"), (3, "title"), (4, "price")}
    assert "attachment" in response.headers["content-disposition"]


def test_faults_come_as_csv_that_no_spreadsheet_runs(client: httpx.Client, job: str) -> None:
    rows = list(csv.DictReader(io.StringIO(client.get(f"{job}/errors?format=csv").text)))
    assert [row["row"] for row in rows] == ["2", "3", "4"]
    assert rows[2]["id"] == "'=n3"


def test_cancelling_a_job_that_is_over_changes_nothing(client: httpx.Client, job: str) -> None:
    assert client.post(f"{job}/cancel").json()["state"] == "failed"


def test_a_file_of_another_kind_is_refused(client: httpx.Client) -> None:
    response = submit(client, ROWS, "catalogue.exe")
    assert (response.status_code, response.json()["type"]) == (422, "urn:shopglass:bad-catalogue")


def test_an_unknown_job_is_not_found(client: httpx.Client) -> None:
    for method, path in (("GET", ""), ("GET", "/events"), ("GET", "/errors"), ("POST", "/cancel")):
        response = client.request(method, f"/v1/catalog/jobs/{'0' * 32}{path}")
        assert (response.status_code, response.json()["type"]) == (404, "urn:shopglass:not-found"), path


def test_the_command_line_goes_through_the_running_service(shop, client: httpx.Client) -> None:
    import subprocess
    import sys

    run = subprocess.run(
        [sys.executable, "-m", "api", "ingest", str(shop.sample / "catalogue.jsonl"), "--partial", "--json"],
        env=shop.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    counts = json.loads(run.stdout)["result"]
    assert counts["added"] + counts["changed"] + counts["unchanged"] == 36
