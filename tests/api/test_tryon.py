"""Trying on over HTTP, with a drawn person and the drawn shop's garments."""

import base64
import io
import json
import time
from concurrent.futures import ThreadPoolExecutor

import httpx
import numpy as np
import pytest
from PIL import Image

from sample import person
from tests.api.conftest import Shop


@pytest.fixture(scope="module")
def photo() -> bytes:
    file = io.BytesIO()
    Image.fromarray(person(3, "arms down", size=(384, 512), quality=2, turn=0).pixels).save(file, "JPEG", quality=95)
    return file.getvalue()


@pytest.fixture(scope="module")
def top(shop: Shop) -> str:
    """The id of a t-shirt, or else of another top."""
    lines = [json.loads(line) for line in (shop.sample / "catalogue.jsonl").read_text().splitlines()]
    ids = {line["category"]: line["id"] for line in lines}
    return next(ids[category] for category in ("t-shirt", "longsleeve", "shirt", "dress") if category in ids)


def ask(client: httpx.Client, photo: bytes, headers: dict[str, str] | None = None, **fields: str) -> httpx.Response:
    return client.post("/v1/tryon", files={"person": ("p.jpg", photo)}, data=fields, headers=headers or {})


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB"), np.int16)


def awaited(client: httpx.Client, place: str) -> dict[str, object]:
    deadline = time.monotonic() + 120
    while True:
        job: dict[str, object] = client.get(place).json()
        if job["state"] in ("done", "failed", "cancelled"):
            return job
        assert time.monotonic() < deadline, job
        time.sleep(0.05)


def test_a_person_is_dressed_and_head_and_feet_stay_as_they_were(client, photo, top):
    answer = ask(client, photo, {"Accept": "image/png"}, item=top)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "image/png"
    assert answer.headers["cache-control"] == "no-store"
    before, after = pixels(photo), pixels(answer.content)
    changed = np.abs(after - before).max(axis=2) > 40
    assert changed[150:260, 130:250].mean() > 0.3  # the torso
    assert not changed[:90].any()
    assert not changed[-40:].any()


def test_the_document_tells_of_layers_meshes_and_landmarks_when_asked(client, photo, top):
    told = ask(client, photo, item=top, layers="true").json()
    assert Image.open(io.BytesIO(base64.b64decode(told["picture"]))).size == (384, 512)
    assert {"body"} <= {layer["name"].rpartition("/")[2] for layer in told["layers"]}
    assert Image.open(io.BytesIO(base64.b64decode(told["layers"][0]["png"]))).mode == "RGBA"
    mesh = told["placement"][0]
    assert len(mesh["source"]) == len(mesh["target"]) > max(max(t) for t in mesh["triangles"])
    assert len(told["report"]["landmarks"]) == 33
    assert told["report"]["garments"] == [top]
    assert {"body", "fit", "warp", "compose"} <= told["report"]["timings"].keys()
    assert "layers" not in ask(client, photo, item=top).json()["report"]


def test_a_photo_of_nobody_is_refused_with_its_reason(client, top):
    file = io.BytesIO()
    Image.new("RGB", (320, 400), (200, 200, 205)).save(file, "JPEG")
    problem = ask(client, file.getvalue(), item=top)
    assert problem.status_code == 422
    assert problem.headers["content-type"].startswith("application/problem+json")
    assert (problem.json()["type"], problem.json()["reason"]) == ("urn:shopglass:person-unusable", "nobody")


def test_what_no_picture_is_and_what_no_garment_is_is_told(client, photo, top):
    assert ask(client, b"no picture", item=top).json()["type"] == "urn:shopglass:bad-image"
    assert ask(client, photo).status_code == 400
    assert ask(client, photo, item="no-such-item").status_code == 404
    assert ask(client, photo, item=top, category="hat").status_code == 400
    assert ask(client, photo, item=top, at="2,2").status_code == 400
    assert ask(client, photo, item=",".join([top] * 5)).status_code == 400


def test_a_job_gives_the_same_picture_and_is_gone_when_deleted(client, shop, photo, top):
    at_once = ask(client, photo, {"Accept": "image/jpeg"}, item=top).content
    taken = ask(client, photo, {"Prefer": "respond-async", "Idempotency-Key": "one"}, item=top)
    assert taken.status_code == 202
    assert taken.headers["preference-applied"] == "respond-async"
    place = taken.headers["location"]
    again = ask(client, photo, {"Prefer": "respond-async", "Idempotency-Key": "one"}, item=top)
    assert again.headers["location"] == place
    job = awaited(client, place)
    assert job["state"] == "done"
    picture = client.get(str(job["picture"]))
    assert picture.headers["content-type"] == "image/jpeg"
    assert (pixels(picture.content) == pixels(at_once)).all()
    assert client.get(str(job["document"])).json()["report"]["garments"] == [top]
    assert not any(photo in file.read_bytes() for file in (shop.home / "tryon").rglob("*") if file.is_file())
    assert client.delete(place).status_code == 204
    assert client.get(place).status_code == 404
    assert client.get(str(job["picture"])).status_code == 404


def test_a_key_of_another_request_is_refused_at_once_and_as_a_job(client, photo, top):
    headers = {"Idempotency-Key": "two"}
    assert ask(client, photo, headers, item=top).status_code == 200
    assert ask(client, photo, headers, item=top).status_code == 200
    other = ask(client, photo, headers, item=top, tucked="true")
    assert (other.status_code, other.json()["type"]) == (422, "urn:shopglass:key-reused")


def test_a_job_that_fails_tells_why(client, top):
    file = io.BytesIO()
    Image.new("RGB", (320, 400), (90, 120, 60)).save(file, "PNG")
    place = ask(client, file.getvalue(), {"Prefer": "respond-async"}, item=top).headers["location"]
    job = awaited(client, place)
    assert job["state"] == "failed"
    assert job["failure"]["reason"] == "nobody"
    assert client.get(f"{place}/picture").status_code == 409


def test_eight_clients_at_once_get_the_same_picture_each(client, shop, photo, top):
    def one(_: int) -> httpx.Response:
        with shop.client() as own:
            return ask(own, photo, {"Accept": "image/png"}, item=top)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(one, range(8)))
    assert [answer.status_code for answer in answers] == [200] * 8
    assert len({answer.content[-2000:] for answer in answers}) == 1


def test_no_log_line_names_the_photo_or_holds_it(shop, client, photo, top):
    ask(client, photo, {"Prefer": "respond-async"}, item=top)
    log = shop.log.read_bytes()
    assert b"p.jpg" not in log
    assert photo[200:260] not in log
