"""What a live client is given: a mesh bound to bones, and a texture that its coordinates fit."""

from functools import cache

import cv2
import msgspec
import numpy as np
import pytest

from sample import generate
from tests.tryon.mannequins import garment
from tryon import Garment, GarmentAsset, garment_asset, garment_texture
from tryon.fit import fit
from tryon.skeleton import figure

STYLES = ("crew-neck T-shirt", "denim jacket", "shift dress", "straight-leg jeans", "circle skirt")


@cache
def worn(style: str) -> Garment:
    product = next(product for product in generate(400) if product.style == style)
    return garment(product.render(320), product.category)  # type: ignore[arg-type]


@pytest.fixture(params=STYLES)
def style(request: pytest.FixtureRequest) -> str:
    return request.param


def asset(style: str) -> GarmentAsset:
    return garment_asset(worn(style), "/texture")


def test_each_vertex_goes_wholly_with_its_bones(style: str) -> None:
    for piece in asset(style).pieces:
        shares = np.reshape(piece.weights, (len(piece.bones), -1))
        assert shares.min() >= 0
        assert np.allclose(shares.sum(0), 1, atol=0.01)
        assert len(piece.uv) == 2 * shares.shape[1]
        assert all(len(shape) == len(piece.uv) for shape in piece.shapes)


def test_no_triangle_is_turned_over_on_any_figure_at_rest(style: str) -> None:
    for piece in asset(style).pieces:
        triangles = np.reshape(piece.triangles, (-1, 3))
        signs = []
        for shape in (piece.uv, *piece.shapes):
            a, b, c = np.moveaxis(np.reshape(shape, (-1, 2))[triangles], 1, 0)
            signs.append(np.sign((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]))
        turned = np.mean(np.array(signs[1:]) * signs[0] < 0)
        assert turned < 0.002  # by rounding to four digits, of slivers


def test_shapes_are_the_fit_in_shoulder_widths() -> None:
    given = asset("crew-neck T-shirt")
    for degrees, shape in zip(given.raised, given.pieces[0].shapes, strict=True):
        body = figure(degrees)
        mesh = next(mesh for mesh in fit(worn("crew-neck T-shirt"), body) if mesh.part == "body")
        unit = np.linalg.norm(body.points[11, :2] - body.points[12, :2])
        expected = (mesh.target - body.points[[11, 12], :2].mean(0)) / unit
        assert np.abs(np.reshape(shape, (-1, 2)) - expected).max() < 1e-3


def test_the_texture_holds_the_garment_where_the_coordinates_say(style: str) -> None:
    picture = cv2.imdecode(np.frombuffer(garment_texture(worn(style)), np.uint8), cv2.IMREAD_UNCHANGED)[
        ..., [2, 1, 0, 3]
    ]
    pixels = worn(style).pixels
    meshes = {mesh.part: mesh for mesh in fit(worn(style), figure(10.0))}
    for piece in asset(style).pieces:
        at = np.floor(np.reshape(piece.uv, (-1, 2)) * picture.shape[1::-1]).astype(int)
        source = np.floor(meshes[piece.part].source).astype(int)
        inside = ((source >= 4) & (source < np.array(pixels.shape[1::-1]) - 4)).all(1)
        solid = np.zeros(len(source), bool)
        solid[inside] = cv2.erode(worn(style).part(piece.part).view(np.uint8), np.ones((9, 9)))[source[inside, 1], source[inside, 0]] > 0  # fmt: skip
        assert solid.sum() > 30
        seen, true = picture[at[solid, 1], at[solid, 0]], pixels[source[solid, 1], source[solid, 0]]
        assert (seen[:, 3] > 250).mean() > 0.98
        assert np.median(np.abs(seen[:, :3].astype(int) - true[:, :3])) < 10


def test_the_document_is_small_enough_for_a_phone(style: str) -> None:
    assert len(msgspec.json.encode(asset(style))) < 300_000
    assert len(garment_texture(worn(style))) < 150_000
