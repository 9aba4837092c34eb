"""Single products over HTTP."""

import io

import httpx
import pytest
from PIL import Image

ITEM = "/v1/items/SG-00002"


def test_an_item_is_told_whole(client: httpx.Client) -> None:
    product = client.get(ITEM).json()
    assert product["id"] == "SG-00002"
    assert product["price"].replace(".", "").isdigit()


def test_an_unknown_item_is_not_found(client: httpx.Client) -> None:
    for path in ("/v1/items/none", "/v1/items/none/picture", "/v1/items/none/similar"):
        response = client.get(path)
        assert (response.status_code, response.json()["type"]) == (404, "urn:shopglass:not-found"), path


def test_a_change_is_searchable_at_once(client: httpx.Client) -> None:
    before = client.get(ITEM).json()
    changed = client.patch(ITEM, json={"price": "1234.50", "brand": "Newbrand"})
    assert changed.status_code == 200
    hits = client.post("/v1/search", json={"terms": [{"text": "shirt"}], "filters": "price>1234"}).json()["hits"]
    assert [hit["product"]["id"] for hit in hits] == ["SG-00002"]
    client.patch(ITEM, json={"price": before["price"], "brand": before["brand"]})
    assert client.get(ITEM).json() == before


@pytest.mark.parametrize(
    "changes", [{"price": "-1"}, {"currency": "XXX"}, {"title": ""}, {"bogus": 1}, {"stock": 1.5}, [], "x"]
)
def test_a_change_that_does_not_fit_is_refused(client: httpx.Client, changes: object) -> None:
    before = client.get(ITEM).json()
    response = client.patch(ITEM, json=changes)
    assert (response.status_code, response.json()["type"]) == (400, "urn:shopglass:bad-request")
    assert client.get(ITEM).json() == before


def test_a_picture_in_the_private_network_is_not_fetched(client: httpx.Client) -> None:
    item = {"title": "t", "category": "c", "price": "1", "currency": "EUR", "image": "http://127.0.0.1:9/x.jpg"}
    response = client.put("/v1/items/new", json=item)
    assert (response.status_code, response.json()["type"]) == (403, "urn:shopglass:refused")
    assert client.get("/v1/items/new").status_code == 404


def test_a_path_from_the_network_is_not_read(client: httpx.Client) -> None:
    item = {"title": "t", "category": "c", "price": "1", "currency": "EUR", "image": "/etc/passwd"}
    response = client.put("/v1/items/new", json=item)
    assert (response.status_code, response.json()["type"]) == (403, "urn:shopglass:refused")


def test_an_item_can_be_deleted_and_is_gone_from_the_index(client: httpx.Client) -> None:
    assert client.delete("/v1/items/SG-00036").status_code == 204
    assert client.get("/v1/items/SG-00036").status_code == 404
    hits = client.post("/v1/search", json={"terms": [{"text": "shirt"}], "limit": 100}).json()["hits"]
    assert "SG-00036" not in [hit["product"]["id"] for hit in hits]
    assert client.delete("/v1/items/SG-00036").status_code == 404


def test_a_picture_is_small_and_cached(client: httpx.Client) -> None:
    response = client.get(f"{ITEM}/picture")
    assert response.headers["content-type"] == "image/jpeg"
    assert "max-age" in response.headers["cache-control"]
    assert max(Image.open(io.BytesIO(response.content)).size) <= 480


@pytest.mark.parametrize("path", ["..%2f..%2fetc%2fpasswd", "%2e%2e", "..%5c..%5cshop.db", "a%00b"])
def test_no_path_leads_out_of_the_pictures(client: httpx.Client, path: str) -> None:
    assert client.get(f"/v1/items/{path}/picture").status_code in (400, 404)


def test_a_page_of_another_site_cannot_change_anything(client: httpx.Client) -> None:
    response = client.delete(ITEM, headers={"Origin": "http://elsewhere.example"})
    assert response.status_code == 403
    assert client.get(ITEM).status_code == 200


def test_changes_are_json(client: httpx.Client) -> None:
    assert client.patch(ITEM, content=b"{}", headers={"Content-Type": "text/plain"}).status_code == 415
