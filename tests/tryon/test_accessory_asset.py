"""Accessories as a live client wears them, from the sample's geometry and from product photos."""

from functools import cache

import numpy as np
import pytest
from numpy.typing import NDArray

from core.errors import AccessoryUnusable
from sample import generate
from sample.accessories import ACCESSORIES, accessory_file
from tryon import AccessoryAsset, accessory_asset, accessory_texture, are_glasses, glasses_from_picture, read_accessory

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
def test_a_photo_of_glasses_becomes_a_front_with_lenses_to_look_through_and_two_temples(style: str) -> None:
    made = glasses_from_picture(photos()[style])
    asset = accessory_asset(made, "/texture")
    assert [piece.texture for piece in asset.pieces] == ["/texture?surface=0", None, None]
    every = points(asset)
    assert 13.5 < np.ptp(every[every[:, 2] > 5, 0]) < 14.2
    alpha = made.surfaces[0].material.texture[..., 3] / 255
    height, width = alpha.shape
    for x in (0.25, 0.75):
        lens = alpha[int(0.45 * height) : int(0.6 * height), int((x - 0.06) * width) : int((x + 0.06) * width)]
        assert np.median(lens) < 0.85
    assert (alpha > 0.95).mean() > 0.03
    assert accessory_texture(made, 0)
    assert accessory_texture(made, 1) is None


@pytest.mark.parametrize("level", [0, 255])
def test_a_photo_without_glasses_is_refused(level: int) -> None:
    with pytest.raises(AccessoryUnusable):
        glasses_from_picture(np.full((200, 200, 3), level, np.uint8))
    hat = next(photo for style, photo in photos().items() if "glasses" not in style)
    with pytest.raises(AccessoryUnusable):
        glasses_from_picture(hat)


def test_shops_words_for_glasses_are_known() -> None:
    assert all(are_glasses(word) for word in ("glasses", "Sunglasses / men", "男士太阳镜"))
    assert not are_glasses("wine glass")
