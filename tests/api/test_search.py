"""Searching over HTTP, on real models and a real index."""

import httpx
import pytest

from tests.api.conftest import Shop


@pytest.fixture(scope="module")
def photo(shop: Shop) -> bytes:
    return shop.photos()[0][0]


def by_photo(client: httpx.Client, photo: bytes, **form: object) -> httpx.Response:
    return client.post("/v1/search/photo", files={"photo": photo}, data={k: str(v) for k, v in form.items()})


def test_a_photo_finds_the_product_on_it(shop: Shop, client: httpx.Client) -> None:
    found = 0
    photos = shop.photos()[:8]
    for photo, product in photos:
        answer = by_photo(client, photo, limit=5).json()
        found += product in [hit["product"]["id"] for hit in answer["answers"][0]["hits"]]
    assert found >= len(photos) / 2


def test_a_photo_answer_has_regions_reasons_and_timings(client: httpx.Client, photo: bytes) -> None:
    answer = by_photo(client, photo, facets="category,price").json()
    assert any(region["source"] == "whole" for region in answer["regions"])
    (main,) = answer["answers"]
    assert main["region"] == answer["main"]
    hit = main["hits"][0]
    assert hit["region"] == answer["main"]
    assert {"image", "joint", "colour"} <= hit["signals"].keys()
    assert sum(hit["signals"].values()) == pytest.approx(hit["score"], abs=1e-3)
    assert set(main["facets"]["fields"]) == {"category", "price"}
    assert answer["index_version"] >= 1
    assert {"decode", "regions", "encode", "search"} <= answer["timings"].keys()


def test_a_drawn_box_becomes_the_region_searched_by(client: httpx.Client, photo: bytes) -> None:
    answer = by_photo(client, photo, box="0.25,0.25,0.5,0.5").json()
    main = answer["regions"][answer["main"]]
    assert main["source"] == "caller"
    assert main["box"] == pytest.approx([0.25, 0.25, 0.5, 0.5])


def test_words_refine_a_photo(client: httpx.Client, photo: bytes) -> None:
    plain = by_photo(client, photo, limit=10).json()["answers"][0]["hits"]
    refined = by_photo(client, photo, limit=10, text="black").json()["answers"][0]["hits"]
    assert [hit["product"]["id"] for hit in plain] != [hit["product"]["id"] for hit in refined]
    assert any("black" in hit["words"] for hit in refined)


@pytest.mark.parametrize(
    ("form", "status", "slug"),
    [
        ({"box": "1,2,3"}, 400, "bad-request"),
        ({"box": "0.5,0.5,0.9,0.9"}, 400, "bad-request"),
        ({"box": "nan,0,1,1"}, 400, "bad-request"),
        ({"filters": "colour~red"}, 400, "bad-filter"),
        ({"facets": "size"}, 400, "bad-request"),
        ({"limit": 0}, 400, "bad-request"),
        ({"limit": 1000}, 400, "bad-request"),
        ({"limit": "many"}, 400, "bad-request"),
    ],
)
def test_a_faulty_form_is_told(client: httpx.Client, photo: bytes, form: dict, status: int, slug: str) -> None:
    response = by_photo(client, photo, **form)
    assert (response.status_code, response.json()["type"]) == (status, f"urn:shopglass:{slug}")


def test_bytes_that_are_no_picture_are_told(client: httpx.Client) -> None:
    response = by_photo(client, b"GIF89a no")
    assert (response.status_code, response.json()["type"]) == (422, "urn:shopglass:bad-image")


def test_a_photo_over_the_cap_is_refused(client: httpx.Client) -> None:
    response = by_photo(client, b"\xff\xd8\xff" + bytes(21_000_000))
    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"


def test_a_photo_just_under_the_cap_is_read(client: httpx.Client, photo: bytes) -> None:
    assert by_photo(client, photo + bytes(19_999_000 - len(photo))).status_code == 200


def test_a_search_wants_a_form(client: httpx.Client, photo: bytes) -> None:
    response = client.post("/v1/search/photo", content=photo, headers={"Content-Type": "image/jpeg"})
    assert (response.status_code, response.json()["type"]) == (415, "urn:shopglass:unsupported-media-type")


def search(client: httpx.Client, **query: object) -> httpx.Response:
    return client.post("/v1/search", json=query)


def test_words_find_products_in_both_languages(client: httpx.Client) -> None:
    for text, word in (("black shirt", "black"), ("黑色", "黑色")):
        hits = search(client, terms=[{"text": text}], limit=5).json()["hits"]
        assert any(word in hit["words"] for hit in hits)


def test_pages_do_not_repeat_and_end(client: httpx.Client) -> None:
    answer = search(client, terms=[{"text": "shirt"}], limit=10, collapse=False, facets=["category"]).json()
    all_of_them = answer["facets"]["over"]
    seen = [hit["product"]["id"] for hit in answer["hits"]]
    while answer["cursor"]:
        answer = search(client, cursor=answer["cursor"], limit=10).json()
        seen += [hit["product"]["id"] for hit in answer["hits"]]
    assert len(seen) == len(set(seen)) == all_of_them


def test_filters_hold_as_text_and_as_json(client: httpx.Client) -> None:
    for filters in ("price<50 stock>0", {"price": {"lt": 50}, "stock": {"gt": 0}}):
        hits = search(client, terms=[{"text": "trousers"}], filters=filters, limit=36).json()["hits"]
        assert hits
        assert all(float(hit["product"]["price"]) < 50 and hit["product"]["stock"] > 0 for hit in hits)


def test_terms_add_and_subtract(client: httpx.Client) -> None:
    items = [hit["product"]["id"] for hit in search(client, terms=[{"text": "shirt"}]).json()["hits"]]
    plain = search(client, terms=[{"item": items[0]}]).json()["hits"]
    less = search(client, terms=[{"item": items[0]}, {"item": items[1], "weight": -0.8}]).json()["hits"]
    assert items[0] not in [hit["product"]["id"] for hit in plain]
    assert [hit["product"]["id"] for hit in plain] != [hit["product"]["id"] for hit in less]


@pytest.mark.parametrize(
    ("query", "status", "slug"),
    [
        ({}, 400, "bad-request"),
        ({"terms": [{"text": "a", "item": "b"}]}, 400, "bad-request"),
        ({"terms": [{"text": "a", "weight": 0}]}, 400, "bad-request"),
        ({"terms": [{"item": "no such"}]}, 404, "not-found"),
        ({"terms": [{"photo_url": "file:///etc/passwd"}]}, 403, "refused"),
        ({"terms": [{"photo_url": "http://127.0.0.1:1/a.jpg"}]}, 403, "refused"),
        ({"terms": [{"photo_url": "http://169.254.169.254/latest"}]}, 403, "refused"),
        ({"terms": [{"text": "a"}], "filters": {"price": {"near": 3}}}, 400, "bad-filter"),
        ({"terms": [{"text": "a"}], "colour": "red"}, 400, "bad-request"),
        ({"cursor": "AAAA"}, 400, "bad-cursor"),
    ],
)
def test_a_faulty_query_is_told(client: httpx.Client, query: dict, status: int, slug: str) -> None:
    response = search(client, **query)
    assert (response.status_code, response.json()["type"]) == (status, f"urn:shopglass:{slug}")


def test_similar_items_leave_the_item_out(client: httpx.Client) -> None:
    hits = client.get("/v1/items/SG-00001/similar?limit=7").json()["hits"]
    assert len(hits) == 7
    assert "SG-00001" not in [hit["product"]["id"] for hit in hits]


def test_stages_of_answers_are_in_the_metrics(client: httpx.Client, photo: bytes) -> None:
    stages = by_photo(client, photo).json()["timings"]
    metrics = client.get("/metrics").text
    for stage in stages:
        assert f'shopglass_stage_seconds_count{{stage="{stage}"}}' in metrics
