"""A laid garment goes on over what shows beside it, and not beyond its cuffs, its hem or its neckline."""

import numpy as np
from numpy.typing import NDArray

from tests.tryon import dressed
from tryon.extending import extended
from tryon.layers import Layer
from tryon.parse import Parsed
from tryon.stack import cover_of

NAMED = dressed.labels()
BODY = dressed.body(NAMED)
PARSED = Parsed(NAMED, 0.9, np.zeros(3, np.float32))


def covered(*layers: Layer, old: str = "upper") -> NDArray[np.bool_]:
    found = extended(layers, BODY, PARSED, frozenset({old}))
    assert [layer.name for layer in found] == [layer.name for layer in layers]
    return np.asarray(cover_of(found, dressed.SHAPE) > 0.5)


def test_a_narrow_trunk_goes_out_to_the_worn_tops_sides() -> None:
    before = dressed.layer("0-t-shirt/body", 66, 64, 114, 130)
    after = covered(before)
    assert after[100:124, 61:119].all()
    assert not after[84:, :58].any()
    assert not after[136:, :].any()


def test_cloth_goes_on_as_its_mirror_image() -> None:
    striped = dressed.layer("0-t-shirt/body", 66, 64, 114, 130)
    striped.pixels[:, 4:8, :3] = (250, 0, 0)
    (found,) = extended([striped], BODY, PARSED, frozenset({"upper"}))
    row = found.pixels[110 - found.y, :, :3].astype(int)
    beyond = row[61 - found.x : 66 - found.x]
    assert (beyond[:, 0] > 150).any()
    assert (row[90 - found.x] == (40, 160, 90)).all()


def test_a_sleeve_does_not_go_on_beyond_its_cuff() -> None:
    trunk = dressed.layer("0-t-shirt/body", 60, 62, 120, 131)
    sleeve = dressed.layer("0-t-shirt/sleeve_left", 122, 62, 130, 80)
    after = covered(trunk, sleeve)
    assert after[68:76, 121:133].all()
    assert not after[96:, 122:].any()


def test_what_has_no_sleeves_leaves_the_worn_ones_bare() -> None:
    after = covered(dressed.layer("0-dress/body", 60, 62, 120, 131))
    assert not after[84:, 128:].any()


def test_a_deep_neckline_stays_open() -> None:
    trunk = dressed.layer("0-t-shirt/body", 60, 62, 120, 131)
    trunk.pixels[:20, 20:40] = 0
    assert not covered(trunk)[63:76, 84:96].any()


def test_nothing_is_let_out_over_the_ground() -> None:
    bare = Parsed(np.zeros_like(NAMED), 0.9, np.zeros(3, np.float32))
    layer = dressed.layer("0-t-shirt/body", 66, 64, 114, 130)
    assert extended([layer], BODY, bare, frozenset({"upper"})) == [layer]
