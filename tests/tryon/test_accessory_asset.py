"""Accessories as a live client wears them, from the sample's geometry and from product photos."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import AccessoryUnusable
from sample import generate
from sample.accessories import ACCESSORIES, accessory_file
from tryon import AccessoryAsset, accessory_asset, accessory_texture, read_accessory
from tryon.accessories.picture import pictured

FACE = ("glasses-acetate", "glasses-wire", "sunglasses", "fedora", "cap", "hoops", "pearl-drops", "pendant")


def worn(name: str) -> AccessoryAsset:
    return accessory_asset(read_accessory(accessory_file(name), ACCESSORIES[name][0]), "/texture")  # type: ignore[arg-type]


def points(asset: AccessoryAsset) -> NDArray[np.float64]:
    return np.concatenate([np.reshape(piece.positions, (-1, 3)) for piece in asset.pieces])


@cache
def photos() -> dict[str, NDArray[np.uint8]]:
    """Photos of glasses by style, and of one hat."""
    found = {}
    for product in generate(400):
        if product.category in ("glasses", "hat") and product.style not in found:
            found[product.style] = product.render(320).on_background(shadow=0.3)
    return found


@pytest.mark.parametrize("name", FACE)
def test_what_is_worn_on_the_head_lies_at_the_canonical_face_alike_on_both_sides(name: str) -> None:
    asset = worn(name)
    every = points(asset)
    assert abs(every[:, 0].min() + every[:, 0].max()) < 0.6
    assert np.abs(every).max() < 30
    assert all(len(piece.normals) == len(piece.positions) for piece in asset.pieces)
    assert all(max(piece.triangles) < len(piece.positions) / 3 for piece in asset.pieces)


@pytest.mark.parametrize("name", ["glasses-acetate", "glasses-wire", "sunglasses"])
def test_glasses_sit_before_the_eyes_with_temples_at_the_ears(name: str) -> None:
    every = points(worn(name))
    front, ends = every[every[:, 2] > 4], every[every[:, 2] < -3.4]
    assert abs(np.median(front[:, 1]) - 2.5) < 1.5
    assert 7.2 < np.abs(ends[:, 0]).max() < 8.4
    assert (np.abs(ends[:, 0]) > 6.8).all()  # beside the head, not in it


def test_what_is_worn_on_hands_is_refused_live() -> None:
    with pytest.raises(AccessoryUnusable) as refused:
        worn("ring")
    assert refused.value.reason == "not-live"


@pytest.mark.parametrize("style", ["round glasses", "rectangular glasses", "aviator sunglasses", "sunglasses"])
def test_glasses_of_a_photo_sit_likewise_and_their_texture_can_be_had(style: str) -> None:
    made = pictured(photos()[style], "glasses")
    asset = accessory_asset(made, "/texture")
    textured = [number for number in range(len(made.surfaces)) if accessory_texture(made, number)]
    assert {piece.texture for piece in asset.pieces} - {None} == {f"/texture?surface={number}" for number in textured}
    every = points(asset)
    assert 13 < np.ptp(every[every[:, 2] > 5, 0]) < 15.5
    assert accessory_texture(made, 99) is None
