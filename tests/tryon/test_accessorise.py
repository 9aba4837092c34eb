"""Accessories put on a drawn person through the real models."""

from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from core.errors import AccessoryUnusable, BadRequest, GarmentUnusable
from sample import PersonPicture, generate, person
from sample.accessories import accessory_file
from tests.tryon.test_engine import garment
from tryon import (
    ACCESSORY_KINDS,
    Fitting,
    Order,
    TryOn,
    Wardrobe,
    accessory_of,
    category_of,
    encode_picture,
    provenance,
    read_accessory,
)
from vision import Picture


@pytest.fixture(scope="module")
def somebody() -> PersonPicture:
    return person(11, "arms away", size=(480, 640), quality=2)


@pytest.fixture(scope="module")
def photo(somebody: PersonPicture) -> Picture:
    return Picture(pixels=somebody.pixels, width=480, height=640)


def test_glasses_and_a_hat_go_where_the_drawn_eyes_and_the_head_are(
    engine: TryOn, photo: Picture, somebody: PersonPicture
) -> None:
    worn = [read_accessory(accessory_file(name), kind) for name, kind in (("sunglasses", "glasses"), ("fedora", "hat"))]
    answer = engine.accessorise(photo, worn)
    assert [layer.name for layer in answer.layers] == [
        "0-glasses/shadow", "0-glasses/itself", "1-hat/shadow", "1-hat/itself",
    ]  # fmt: skip
    changed = np.abs(answer.picture.astype(int) - photo.pixels).max(axis=2) > 30
    left, right, nose = (somebody.points[index, :2] for index in (2, 5, 0))
    for eye in (left, right):
        x, y = eye.astype(int)
        assert changed[y - 4 : y + 5, x - 4 : x + 5].mean() > 0.5
    assert not changed[int(somebody.points[9, 1]), int(somebody.points[9, 0])]
    assert changed[: int(2 * left[1] - nose[1] - 4)].any()
    assert not changed[int(somebody.points[11, 1]) :].any()
    assert answer.report.garments == ("glasses", "hat")
    assert answer.report.timings.keys() >= {"body", "accessories"}
    assert encode_picture(answer.picture, provenance(answer))


def test_accessories_are_laid_on_what_was_put_on_before(engine: TryOn, photo: Picture) -> None:
    dressed = engine.dress(photo, [garment("t-shirt", family="tee")], names=["tee"])
    hoops = read_accessory(accessory_file("hoops"), "earrings")
    both = engine.accessorise(photo, [hoops], dressed=dressed, names=["hoops"])
    assert both.report.garments == ("tee", "hoops")
    assert both.report.order == (0, 1)
    assert both.layers[: len(dressed.layers)] == dressed.layers
    changed = (both.picture != dressed.picture).any(axis=2)
    assert 0 < changed.mean() < 0.02


def test_none_or_too_many_accessories_are_refused(engine: TryOn, photo: Picture) -> None:
    ring = read_accessory(accessory_file("ring"), "ring")
    for number in (0, 5):
        with pytest.raises(BadRequest):
            engine.accessorise(photo, [ring] * number)


def test_every_kind_has_an_outcome_on_a_person_seen_from_the_front(engine: TryOn, photo: Picture) -> None:
    names = {
        "glasses": "glasses-wire",
        "hat": "cap",
        "earrings": "pearl-drops",
        "necklace": "pendant",
        "bracelet": "bangle",
    }
    for kind in ACCESSORY_KINDS:
        worn = read_accessory(accessory_file(names.get(kind, kind)), kind)
        try:
            answer = engine.accessorise(photo, [worn])
        except AccessoryUnusable as error:
            assert error.reason in {"no-hand", "wrist-covered"}  # noqa: PT017
            assert kind in {"watch", "bracelet", "ring"}
        else:
            assert (answer.picture != photo.pixels).any()


def test_an_order_may_mix_garments_and_photos_of_accessories(
    engine: TryOn, somebody: PersonPicture, tmp_path: Path
) -> None:
    import cv2

    def file(pixels: np.ndarray) -> bytes:
        return bytes(cv2.imencode(".png", pixels[..., ::-1])[1])

    products = {p.category: p for p in generate(300) if p.category in ("glasses", "t-shirt")}
    photos = {name: file(p.render(400).on_background(shadow=0.2)) for name, p in products.items()}
    wardrobe = Wardrobe(tmp_path, engine.prepare, tag="test", megabytes=10)
    fitting = Fitting(engine, wardrobe, lambda id: (photos[id], category_of(id) or accessory_of(id)))
    order = Order(items=("glasses", "t-shirt"), categories=("glasses",))
    answer = fitting.dress(order, file(somebody.pixels), [photos["glasses"]])
    assert answer.report.garments == ("t-shirt", "glasses", "photo 1")
    assert [layer.name for layer in answer.layers][-1] == "1-glasses/itself"
    with pytest.raises(GarmentUnusable) as raised:
        fitting.garment("glasses")
    assert raised.value.reason == "accessory"


@pytest.mark.parametrize(
    ("word", "kind"),
    [("Sunglasses", "glasses"), ("Hats / Caps", "hat"), ("耳环", "earrings"), ("Watches", "watch"), ("Spring", None)],
)
def test_shops_own_words_for_accessories_are_understood(word: str, kind: str | None) -> None:
    assert accessory_of(word) == kind


def test_the_command_takes_a_glb_and_says_what_it_wrote(tmp_path: Path, somebody: PersonPicture) -> None:
    import cv2

    from api.commands.tryon import tryon

    (tmp_path / "cap.glb").write_bytes(accessory_file("cap"))
    cv2.imwrite(str(tmp_path / "person.png"), somebody.pixels[..., ::-1])
    out = tmp_path / "out.png"
    words = ["--person", str(tmp_path / "person.png"), "--garment", str(tmp_path / "cap.glb"), "--category", "hat"]
    result = CliRunner().invoke(tryon, [*words, "--out", str(out)])
    assert result.exit_code == 0, result.output
    assert out.stat().st_size > 1000
