"""On a real index, database and pictures."""

import io
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import psutil
import pytest

from core.errors import BadCatalogue, Conflict, IndexMismatch, IndexUnavailable, NotFound, Refused
from search.encoding import local_engine
from search.ingest import Progress
from search.ledger import read_faults
from search.pictures import Pictures
from tests.search.catalogues import Shop, assert_same, draw, open_shop, row


@pytest.fixture
def images(tmp_path: Path) -> Path:
    folder = tmp_path / "images"
    for number in range(40):
        draw(folder / f"p{number:04}.png", number)
    return folder


@pytest.fixture
def shop(tmp_path: Path, images: Path) -> Iterator[Shop]:
    with open_shop(tmp_path / "home", images, ingest={"batch": 4}) as shop:
        yield shop


def counts(result: object) -> tuple[int, ...]:
    return tuple(getattr(result, name) for name in ("added", "changed", "unchanged", "failed", "deleted"))


def faults(shop: Shop, ingest_id: str) -> list[tuple[int, str | None, str | None]]:
    return [(fault.row, fault.id, fault.field) for fault in read_faults(shop.catalogue.database, ingest_id)]


def test_every_product_is_in_database_and_index_with_its_own_vector(shop):
    result = shop.ingest("a", [row(n) for n in range(10)])
    assert counts(result) == (10, 0, 0, 0, 0)
    state = shop.state()
    assert sorted(state) == [f"p{n:04}" for n in range(10)]
    with Pictures(shop.settings, shop.images) as pictures:
        from vision.images import decode

        for product, own, _ in state.values():
            pixels = decode(pictures.read(product.image), shop.settings.images).pixels
            np.testing.assert_allclose(own, shop.encoder.encode_images([pixels])[0], atol=1e-5)


def test_what_has_not_changed_is_not_encoded_again(shop, monkeypatch):
    shop.ingest("a", [row(n) for n in range(20)])
    encoded = []
    real = type(shop.encoder).encode_images
    monkeypatch.setattr(
        type(shop.encoder), "encode_images", lambda self, images: encoded.append(len(images)) or real(self, images)
    )
    assert counts(shop.ingest("b")) == (0, 0, 20, 0, 0)
    assert counts(shop.ingest("c", [row(n, price=f"{n}.60" if n < 5 else f"{n}.50") for n in range(20)])) == (
        0,
        5,
        15,
        0,
        0,
    )
    assert encoded == []
    assert str(shop.catalogue.get("p0001").price) == "1.60"
    draw(shop.images / "p0007.png", 99)
    assert counts(shop.ingest("d")) == (0, 1, 19, 0, 0)
    assert encoded == [1]


def test_a_full_catalogue_deletes_what_it_lacks_and_a_partial_one_does_not(shop):
    shop.ingest("a", [row(n) for n in range(10)])
    assert counts(shop.ingest("b", [row(n) for n in range(8, 12)], partial=True)) == (2, 0, 2, 0, 0)
    assert len(shop.state()) == 12
    assert counts(shop.ingest("c", [row(n) for n in range(5, 9)])) == (0, 0, 4, 0, 8)
    assert sorted(shop.state()) == [f"p{n:04}" for n in range(5, 9)]


def test_changes_in_steps_end_where_one_ingest_of_the_last_file_ends(shop, images, tmp_path):
    shop.ingest("a", [row(n) for n in range(20)])
    last = [row(n, image=f"p{(n + 7) % 40:04}.png") if n % 3 else row(n, title="New") for n in range(10, 30)]
    shop.ingest("b", last)
    with open_shop(tmp_path / "other", images) as other:
        other.ingest("a", last)
        assert_same(shop, other)


def test_a_catalogue_with_a_third_of_its_rows_broken_gives_the_rest_and_a_complete_list(shop):
    (shop.images / "broken.png").write_bytes((shop.images / "p0000.png").read_bytes()[:60])
    (shop.images / "empty.png").write_bytes(b"")
    (shop.images / "text.jpg").write_text("no picture")
    broken: list[object] = [
        row(100, price="-1", currency="EURO"),
        row(101, image="none.png"),
        b"{not json",
        row(102, image="broken.png"),
        row(103, image="empty.png"),
        row(104, image="text.jpg"),
        row(105, image="../home/shopglass.db"),
        row(106, image="/etc/hostname"),
        row(107, image="http://169.254.169.254/latest/meta-data"),
        row(108, image="file:///etc/hostname"),
        row(3),
        row(109, stock="many"),
    ]
    good: list[object] = [row(n) for n in range(28)]
    rows = [one for n in range(28) for one in (*good[n : n + 1], *broken[n // 2 : n // 2 + 1] * (n % 2))]
    result = shop.ingest("a", rows)
    assert counts(result) == (28, 0, 0, 12, 0)
    assert sorted(shop.state()) == [f"p{n:04}" for n in range(28)]
    at = [rows.index(one) + 1 if one != row(3) else len(rows) - rows[::-1].index(one) for one in broken]
    assert faults(shop, "a") == [
        (at[0], "p0100", "price"),
        (at[0], "p0100", "currency"),
        (at[1], "p0101", "image"),
        (at[2], None, None),
        (at[3], "p0102", "image"),
        (at[4], "p0103", "image"),
        (at[5], "p0104", "image"),
        (at[6], "p0105", "image"),
        (at[7], "p0106", "image"),
        (at[8], "p0107", "image"),
        (at[9], "p0108", "image"),
        (at[10], "p0003", "id"),
        (at[11], "p0109", "stock"),
    ]


def test_a_row_that_fails_leaves_its_product_as_it_was(shop):
    shop.ingest("a", [row(n) for n in range(4)])
    assert counts(shop.ingest("b", [row(0), row(1, price="-1"), row(2, image="none.png"), row(3)])) == (0, 0, 2, 2, 0)
    assert str(shop.catalogue.get("p0001").price) == "1.50"
    assert len(shop.state()) == 4


def test_a_file_without_one_good_row_deletes_nothing(shop):
    shop.ingest("a", [row(0)])
    for rows in ([b"{"], [row(0, price="-1")], [row(0, image="none.png")]):
        with pytest.raises(BadCatalogue):
            shop.ingest("b", rows)
    assert list(shop.state()) == ["p0000"]


def test_the_first_row_of_an_id_counts(shop):
    shop.ingest("a", [row(0), *(row(n) for n in range(1, 30)), row(0, title="Other")])
    assert shop.catalogue.get("p0000").title == "Thing 0"
    assert faults(shop, "a") == [(31, "p0000", "id")]


def test_a_rebuild_swaps_at_its_end_and_keeps_the_version_before(shop):
    shop.ingest("a", [row(n) for n in range(8)])
    before = shop.catalogue.live()
    during = []
    result = shop.ingest("b", rebuild=True, progress=lambda p: during.append(shop.catalogue.live()))
    assert {v.id for v in during[:-1]} == {before.id}
    live = shop.catalogue.live()
    assert (live.id, result.version) == (result.version, live.id)
    assert live.id != before.id
    assert sorted(shop.index.collections()) == sorted([before.collection, live.collection])
    shop.ingest("c", rebuild=True)
    assert [v.state for v in shop.catalogue.versions()] == ["previous", "live"]
    assert len(shop.index.collections()) == 2


def test_a_rebuild_keeps_products_whose_rows_fail_or_are_not_in_a_partial_file(shop):
    shop.ingest("a", [row(n) for n in range(8)])
    rows = [row(0), row(1, image="none.png")]
    assert counts(shop.ingest("b", rows, rebuild=True, partial=True)) == (0, 1, 0, 1, 0)
    assert len(shop.state()) == 8


def test_after_a_rollback_the_next_ingest_makes_good_what_changed_since(shop, images, tmp_path):
    shop.ingest("a", [row(n) for n in range(8)])
    shop.ingest("b", rebuild=True)
    last = [row(n, image=f"p{n + 1:04}.png") for n in range(4, 12)]
    shop.ingest("c", last)
    shop.catalogue.rollback()
    shop.ingest("d", last)
    with open_shop(tmp_path / "other", images) as other:
        other.ingest("a", last)
        assert_same(shop, other)


def test_another_encoder_needs_a_rebuild(shop, images):
    shop.ingest("a", [row(n) for n in range(4)])

    class Other(type(shop.encoder)):  # type: ignore[misc]
        tag = "colour.other"

    shop.encoder.__class__ = Other
    shop.encoder.tag = "colour.other"
    with pytest.raises(IndexMismatch, match="lab75"):
        shop.ingest("b")
    shop.ingest("c", rebuild=True)
    assert shop.catalogue.live().encoder == "colour.other"


def test_an_ingest_done_is_not_done_again(shop):
    first = shop.ingest("a", [row(n) for n in range(4)])
    assert shop.ingest("a", [row(n) for n in range(8)]) == first
    assert len(shop.state()) == 4


def test_a_second_ingest_at_once_is_refused(shop):
    inside, leave = threading.Event(), threading.Event()

    def wait(progress: Progress) -> None:
        inside.set()
        assert leave.wait(30)

    first = threading.Thread(target=shop.ingest, args=("a", [row(n) for n in range(8)]), kwargs={"progress": wait})
    first.start()
    assert inside.wait(30)
    try:
        with pytest.raises(Conflict, match="Another ingest"):
            shop.ingest("b")
    finally:
        leave.set()
        first.join()
    assert len(shop.state()) == 8


def test_on_postgresql_it_is_the_same(postgresql, shop, images, tmp_path):
    with open_shop(tmp_path / "other", images, database={"url": postgresql}, ingest={"batch": 4}) as other:
        for ingest_id, rows in (("a", [row(n) for n in range(12)]), ("b", [row(n, price="2") for n in range(5, 20)])):
            assert other.ingest(ingest_id, rows) == shop.ingest(ingest_id, rows)
            assert_same(shop, other)

        def second(progress: Progress) -> None:
            with pytest.raises(Conflict, match="Another ingest"):
                other.ingest("d")

        other.ingest("c", progress=second, rebuild=True)


def test_progress_counts_rows_to_the_last(shop):
    seen: list[Progress] = []
    shop.ingest("a", [row(n) for n in range(10)], progress=seen.append)
    rows = [p.done for p in seen if p.stage == "rows"]
    assert rows == sorted(rows)
    assert rows[-1] == 10
    assert [(p.done, p.total) for p in seen if p.stage == "publish"][-1] == (10, 10)


def test_faults_of_an_ingest_that_never_was(shop):
    with pytest.raises(NotFound):
        next(read_faults(shop.catalogue.database, "none"))


def test_pictures_come_by_url_too(shop, images):
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(images)))
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    base = f"http://127.0.0.1:{server.server_address[1]}"
    fetch = shop.settings.fetch.model_copy(update={"allow_hosts": ("127.0.0.1",)})
    shop.settings = shop.settings.model_copy(update={"fetch": fetch})
    try:
        result = shop.ingest(
            "a", [*(row(n, image=f"{base}/p{n:04}.png") for n in range(20)), row(20, image=f"{base}/none")]
        )
        assert counts(result) == (20, 0, 0, 1, 0)
        with Pictures(shop.settings, None) as network:
            run = partial(shop.ingest, engine=local_engine(shop.settings, network, shop.encoder))
            assert counts(run("b", [row(0, image=f"{base}/p0000.png"), row(1)], partial=True)) == (0, 0, 1, 1, 0)
    finally:
        server.shutdown()
        server.server_close()


@pytest.mark.parametrize(
    "path", ["../secret.png", "/etc/hostname", "link.png", "linked/secret.png", "a/../../secret.png"]
)
def test_no_path_leads_out_of_the_images_folder(shop, images, path):
    draw(images.parent / "secret.png", 1)
    (images / "link.png").symlink_to(images.parent / "secret.png")
    (images / "linked").symlink_to(images.parent)
    with Pictures(shop.settings, images) as pictures, pytest.raises(Refused):
        pictures.read(path)
    with Pictures(shop.settings, None) as network, pytest.raises(Refused):
        network.read("p0000.png")


def test_milvus_killed_meanwhile_costs_nothing_but_another_try(shop, images, tmp_path):
    shop.ingest("a", [row(n) for n in range(20)])
    last = [row(n, image=f"p{n + 5:04}.png") for n in range(4, 24)]

    def kill(progress: Progress) -> None:
        if progress.stage == "rows" and progress.done == 8:
            (server,) = [child for child in psutil.Process().children() if child.name() == "milvus"]
            server.kill()
            server.wait()

    try:
        shop.ingest("b", last, progress=kill)
    except IndexUnavailable:
        shop.ingest("b")
    with open_shop(tmp_path / "other", images) as other:
        other.ingest("a", last)
        assert_same(shop, other)


def test_what_an_encoder_raises_ends_the_ingest_and_it_can_be_taken_up(shop, images, tmp_path, monkeypatch):
    real, calls = type(shop.encoder).encode_images, io.BytesIO()

    def failing(self: object, pictures: list[np.ndarray]) -> np.ndarray:
        calls.write(b".")
        if calls.tell() == 3:
            raise RuntimeError("out of memory")
        return real(self, pictures)  # type: ignore[arg-type]

    monkeypatch.setattr(type(shop.encoder), "encode_images", failing)
    with pytest.raises(RuntimeError):
        shop.ingest("a", [row(n) for n in range(20)])
    assert shop.catalogue.count() == 8
    result = shop.ingest("a")
    assert counts(result) == (20, 0, 0, 0, 0)
    with open_shop(tmp_path / "other", images) as other:
        other.ingest("a", [row(n) for n in range(20)])
        assert_same(shop, other)
