"""Single products on a real index, beside ingests of whole catalogues."""

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.errors import BadImage, BadRequest, Conflict, FetchFailed, IndexMismatch, NotFound, Refused
from search import graph
from search.ingest import Progress
from search.items import Items
from search.pictures import Pictures
from search.products import Product
from tests.search.catalogues import Shop, assert_same, draw, open_shop, row, write


@pytest.fixture
def images(tmp_path: Path) -> Path:
    for number in range(30):
        draw(tmp_path / "images" / f"p{number:04}.png", number)
    return tmp_path / "images"


@pytest.fixture
def base(images: Path) -> Iterator[str]:
    """Address of a server of the pictures."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(images)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def shop(tmp_path: Path, images: Path) -> Iterator[Shop]:
    with open_shop(tmp_path / "home", images, ingest={"batch": 4}, fetch={"allow_hosts": ("127.0.0.1",)}) as shop:
        yield shop


@pytest.fixture
def items(shop: Shop) -> Iterator[Items]:
    with Pictures(shop.settings, None) as network:
        yield Items(shop.settings, shop.catalogue, shop.index, shop.encoder, network)


def given(number: int, **fields: object) -> Product:
    return msgspec.convert(row(number, **fields), Product, strict=False)


def test_a_product_put_is_found_at_once(shop, items, base):
    shop.ingest("a", [row(n) for n in range(5)])
    product = given(9, image=f"{base}/p0009.png", stock=3)
    assert items.put(product) is True
    assert items.put(product) is False
    assert shop.catalogue.get("p0009") == product
    state = shop.state()
    (found,) = shop.index.search(shop.catalogue.live().collection, state["p0009"][1][None], 1)
    assert found.ids == ("p0009",)


def test_products_put_one_by_one_are_those_of_an_ingest_after_the_next(shop, items, base, images, tmp_path):
    rows = [row(n, image=f"{base}/p{n:04}.png") for n in range(12)]
    shop.ingest("a", rows[:6])
    for one in rows[6:]:
        items.put(msgspec.convert(one, Product, strict=False))
    shop.ingest("b", rows)
    with open_shop(tmp_path / "other", images, fetch={"allow_hosts": ("127.0.0.1",)}) as other:
        other.ingest("a", rows)
        assert_same(shop, other)


def test_vectors_are_drawn_together_where_products_come_in_kinds(shop, items, base):
    rows = [row(n, category="thing") for n in range(12)]
    shop.ingest("a", rows)
    assert shop.catalogue.live().smoothed
    state = shop.state()
    own = np.stack([state[one["id"]][1] for one in rows])
    expected = graph.place(own, own[graph.nearest(own)[0]])
    np.testing.assert_allclose([state[one["id"]][2] for one in rows], expected, atol=1e-5)

    items.put(given(20, image=f"{base}/p0020.png"))
    _, own_new, indexed = shop.state()["p0020"]
    assert np.linalg.norm(indexed - own_new) > 0.1, "the new one too"
    assert np.linalg.norm(indexed) == pytest.approx(1, abs=1e-5)


def test_vectors_stay_their_own_where_each_product_stands_alone(shop, items, base):
    shop.ingest("a", [row(n, category=f"kind {n}") for n in range(12)])
    assert not shop.catalogue.live().smoothed
    items.put(given(20, image=f"{base}/p0020.png"))
    for _, own, indexed in shop.state().values():
        np.testing.assert_allclose(indexed, own, atol=1e-6)


def test_the_first_product_may_come_alone(shop, items, base):
    assert items.put(given(1, image=f"{base}/p0001.png")) is True
    assert list(shop.state()) == ["p0001"]
    assert [v.state for v in shop.catalogue.versions()] == ["live"]


def test_a_patch_changes_fields_and_fetches_nothing(shop, items):
    shop.ingest("a", [row(n) for n in range(3)])
    before = shop.state()["p0001"]
    patched = items.patch("p0001", {"price": "7.77", "attributes": {"size": "M"}, "stock": 0})
    product, own, indexed = shop.state()["p0001"]
    assert product == patched
    assert (str(product.price), product.attributes, product.stock) == ("7.77", {"size": "M"}, 0)
    np.testing.assert_allclose([own, indexed], before[1:], atol=1e-6)


def test_a_patch_of_the_picture_encodes_it(shop, items, base):
    shop.ingest("a", [row(n) for n in range(3)])
    items.patch("p0001", {"image": f"{base}/p0022.png"})
    shop.ingest("b", [row(22)], partial=True)
    state = shop.state()
    np.testing.assert_allclose(state["p0001"][1], state["p0022"][1], atol=1e-6)


@pytest.mark.parametrize(
    "changes", [{"price": "-1"}, {"colour": "red"}, {"id": "other"}, {"title": ""}, {"currency": "XXX"}]
)
def test_a_patch_that_does_not_fit_changes_nothing(shop, items, changes):
    shop.ingest("a", [row(n) for n in range(3)])
    before = shop.catalogue.get("p0001")
    with pytest.raises(BadRequest):
        items.patch("p0001", changes)
    assert shop.catalogue.get("p0001") == before


def test_what_is_put_with_a_picture_that_cannot_be_had_is_not_stored(shop, items, base, images):
    shop.ingest("a", [row(0)])
    (images / "text.png").write_text("no picture")
    for image, error in (
        ("p0009.png", Refused),
        ("http://169.254.169.254/x", Refused),
        (f"{base}/none.png", FetchFailed),
        (f"{base}/text.png", BadImage),
    ):
        with pytest.raises(error):
            items.put(given(9, image=image))
    assert list(shop.state()) == ["p0000"]


def test_an_ingested_product_is_put_back_with_the_path_it_has(shop, items):
    shop.ingest("a", [row(0), row(1)])
    items.put(given(0, price="3"))
    assert str(shop.catalogue.get("p0000").price) == "3"
    with pytest.raises(Refused):
        items.put(given(0, image="p0001.png"))


def test_a_deleted_product_is_gone(shop, items):
    shop.ingest("a", [row(0), row(1)])
    items.delete("p0000")
    assert list(shop.state()) == ["p0001"]
    for gone in (items.delete, shop.catalogue.get, partial(items.patch, changes={})):
        with pytest.raises(NotFound):
            gone("p0000")


def test_what_is_put_during_a_rebuild_is_in_the_new_version(shop, items, base):
    rows = [row(n) for n in range(12)]
    shop.ingest("a", rows)
    done = []

    def meanwhile(progress: Progress) -> None:
        if progress.stage == "rows" and progress.done == 8:
            items.put(given(20, image=f"{base}/p0020.png"))
            items.put(given(1, image=f"{base}/p0021.png"))
            items.delete("p0002")
        if progress.stage == "publish":
            items.put(given(22, image=f"{base}/p0022.png"))
        done.append(progress)

    shop.ingest("b", rebuild=True, partial=True, progress=meanwhile)
    assert done[-1].stage == "publish"
    state = shop.state()
    assert sorted(set(state)) == sorted([*(f"p{n:04}" for n in range(12) if n != 2), "p0020", "p0022"])
    assert state["p0001"][0].image == f"{base}/p0021.png"


def test_before_the_first_ingest_is_over_nothing_can_be_put(shop, items, base):
    def stop(progress: Progress) -> None:
        raise KeyboardInterrupt

    write(shop.file, [row(n) for n in range(8)])
    with pytest.raises(KeyboardInterrupt):
        shop.ingest("a", progress=stop)
    with pytest.raises(Conflict):
        items.put(given(20, image=f"{base}/p0020.png"))


def test_vectors_of_another_encoder_are_not_mixed_in(shop, items, base):
    shop.ingest("a", [row(0)])
    shop.encoder.tag = "colour.other"
    with pytest.raises(IndexMismatch):
        items.put(given(9, image=f"{base}/p0009.png"))
