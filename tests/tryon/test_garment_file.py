"""A prepared garment survives its file, and no other file is taken for one."""

import pickle
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from core.errors import GarmentUnusable
from tryon import Garment
from tryon.garment_file import from_bytes, load, save, to_bytes


def a_garment() -> Garment:
    rng = np.random.default_rng(1)
    pixels = rng.integers(0, 255, (40, 30, 4), np.uint8)
    parts = np.where(pixels[..., 3] > 127, rng.integers(1, 7, (40, 30)), 0).astype(np.uint8)
    points = {"waist_left": (20.25, 1.5), "waist_right": (3.0, 2.0)}
    return Garment(
        pixels=pixels, parts=parts, category="skirt", points=points, confidence=dict.fromkeys(points, 0.5),
        guessed=True, tag="garment.test",
    )  # fmt: skip


def test_a_garment_comes_back_as_it_was(tmp_path: Path) -> None:
    garment, file = a_garment(), tmp_path / "skirt.garment"
    save(garment, file)
    again = load(file)
    assert np.array_equal(again.pixels, garment.pixels)
    assert np.array_equal(again.parts, garment.parts)
    assert replace(again, pixels=garment.pixels, parts=garment.parts) == garment


def damaged(content: bytes) -> str:
    with pytest.raises(GarmentUnusable) as caught:
        from_bytes(content)
    return caught.value.reason


@given(st.binary(max_size=200))
def test_bytes_of_anything_are_refused(content: bytes) -> None:
    assert damaged(content) == "damaged-file"


@settings(deadline=None)
@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_file_tampered_with_at_its_head_is_refused_or_still_a_garment(place: int, bytes_: bytes) -> None:
    content = to_bytes(a_garment())
    with suppress(GarmentUnusable):
        assert from_bytes(content[:place] + bytes_ + content[place + len(bytes_) :]).parts.shape == (40, 30)


def test_a_cut_off_file_is_refused() -> None:
    content = to_bytes(a_garment())
    assert {damaged(content[: len(content) * k // 10]) for k in range(10)} == {"damaged-file"}


def test_a_pickle_is_not_opened() -> None:
    class Trap:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return pytest.fail, ("unpickled",)

    assert damaged(pickle.dumps(Trap())) == "damaged-file"


def test_a_picture_that_claims_to_be_huge_is_not_unpacked() -> None:
    content = bytearray(to_bytes(a_garment()))
    start = content.find(b"IHDR") + 4
    content[start : start + 8] = (60_000).to_bytes(4, "big") * 2
    assert damaged(bytes(content)) == "damaged-file"


def test_points_of_another_category_are_refused() -> None:
    garment = a_garment()
    assert damaged(to_bytes(replace(garment, category="pants", points={"neckline_left": (1.0, 1.0)}))) == "damaged-file"
