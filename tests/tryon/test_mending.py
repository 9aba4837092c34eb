"""Laid garments whose necklines are cut in and whose sleeves leave a gap, on a body that stands straight."""

import msgspec
import numpy as np
import pytest

from tests.tryon.dummy import dummy
from tryon.bodies import Body
from tryon.layers import Layer
from tryon.mending import mended
from tryon.stack import cover_of
from tryon.zones import Figure


@pytest.fixture
def body() -> Body:
    return dummy()[0]


def layer(name: str, body: Body, x0: float, y0: float, x1: float, y1: float) -> Layer:
    pixels = np.zeros((*body.person.shape, 4), np.uint8)
    pixels[int(y0) : int(y1), int(x0) : int(x1)] = (30, 90, 200, 255)
    return Layer(name=f"0-t-shirt/{name}", pixels=pixels, x=0, y=0)


def trunk(body: Body) -> Layer:
    (left, top), (right, _) = body.points[11, :2], body.points[12, :2]
    return layer("body", body, right, top, left, body.points[23, 1])


def test_a_gap_between_trunk_and_sleeve_is_filled_with_darker_cloth(body: Body) -> None:
    unit, edge, top = Figure.of(body).unit, body.points[11, 0], body.points[11, 1]
    sleeve = layer("sleeve_left", body, edge + 0.06 * unit, top, edge + 0.35 * unit, top + 0.6 * unit)
    around = msgspec.structs.replace(body, person=np.ones_like(body.person))
    y, x = int(top + 0.25 * unit), int(edge + 0.03 * unit)
    assert cover_of([trunk(body), sleeve], body.person.shape)[y, x] == 0
    found = mended([trunk(body), sleeve], around)
    assert cover_of(found, body.person.shape)[y, x] == 1
    filled = found[0].pixels[y - found[0].y, x - found[0].x, :3].astype(int)
    assert (filled < (30, 90, 200)).all()
    assert filled.argmax() == 2
    assert (
        cover_of(
            mended([trunk(body), sleeve], msgspec.structs.replace(body, person=0 * body.person)), body.person.shape
        )[y, x]
        == 0
    )


def test_cuts_in_a_neckline_close_and_the_hem_stays(body: Body) -> None:
    ragged, unit = trunk(body), Figure.of(body).unit
    x, y = int(body.points[[11, 12], 0].mean()), int(body.points[11, 1])
    deep = int(0.03 * unit)
    ragged.pixels[y : y + deep, x : x + 2] = 0
    hem = int(body.points[23, 1])
    ragged.pixels[hem - deep : hem, x : x + 2] = 0
    (found,) = mended([ragged], body)
    assert found.pixels[y + deep - 2, x, 3] > 150
    assert (found.pixels[y + deep - 2, x, :3].astype(int) > (20, 80, 180)).all()
    assert found.pixels[hem - 2, x, 3] == 0
