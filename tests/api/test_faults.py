"""A service under more load than it can bear, and one whose index was killed."""

import signal
import time
from concurrent.futures import ThreadPoolExecutor
from statistics import median

import httpx
import psutil

from tests.api.conftest import Shop

RECOVERY_SECONDS = 60


def test_too_many_at_once_are_told_to_come_back_and_nothing_else_waits(shop: Shop) -> None:
    photo = shop.photos()[0][0]

    def ask(_: int) -> httpx.Response:
        with shop.client() as client:
            return client.post("/v1/search/photo", files={"photo": photo})

    with ThreadPoolExecutor(48) as pool, shop.client() as client:
        answers = [pool.submit(ask, number) for number in range(48)]
        start, waited = time.monotonic(), []
        while not all(answer.done() for answer in answers):
            began = time.monotonic()
            assert client.get("/health/live").status_code == 200
            waited.append(time.monotonic() - began)
        took = time.monotonic() - start
        responses = [answer.result() for answer in answers]
    busy = [response for response in responses if response.status_code == 503]
    assert {response.status_code for response in responses} == {200, 503}
    assert all(response.json()["type"] == "urn:shopglass:busy" for response in busy)
    assert all(int(response.headers["retry-after"]) >= 1 for response in busy)
    assert median(waited) < took / 5  # who stood behind the photos would have waited for all of them


def test_an_index_that_was_killed_comes_back_by_itself(shop: Shop, client: httpx.Client) -> None:
    query = {"terms": [{"text": "shirt"}], "limit": 5}
    before = [hit["product"]["id"] for hit in client.post("/v1/search", json=query).json()["hits"]]
    (milvus,) = [one for one in psutil.Process(shop.process.pid).children() if one.name() == "milvus"]
    milvus.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + RECOVERY_SECONDS
    while (response := client.post("/v1/search", json=query)).status_code != 200:
        assert response.status_code == 503
        assert response.json()["type"] == "urn:shopglass:index-unavailable"
        assert int(response.headers["retry-after"]) >= 1
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert [hit["product"]["id"] for hit in response.json()["hits"]] == before
    assert client.get("/health/ready").status_code == 200
