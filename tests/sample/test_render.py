"""The truth that comes with a drawing is exact."""

import cv2
import numpy as np
import pytest

from sample import Drawing, SampleProduct, Shop
from sample.assortment import CATEGORIES
from sample.cloth import Cloth
from sample.curves import ellipse
from sample.pieces import Piece, Sketch
from sample.render import render
from sample.style import MATERIALS, Look, Style

STYLES = [(name, style) for name, category in CATEGORIES.items() for style in category.styles]


def draw(style: Style, seed: int, size: int = 160) -> Drawing:
    cloth = Cloth(
        ((120, 60, 60), (230, 230, 220), (40, 40, 60)), MATERIALS[style.materials[0]].weave, style.patterns[-1], seed
    )
    look = Look(cloth, cloth.plain(colour=(230, 230, 220)), (200, 180, 90))
    return render(style.draw(look, np.random.default_rng(seed)), size, seed, tilt=float(seed % 5 - 2))


def one_of_each() -> list[SampleProduct]:
    found: dict[str, SampleProduct] = {}
    for product in Shop(3).products(120):
        found.setdefault(product.category, product)
    assert set(found) == set(CATEGORIES)
    return list(found.values())


@pytest.fixture(scope="module")
def drawings() -> list[tuple[str, Drawing]]:
    return [(product.category, product.render(256)) for product in one_of_each()]


def test_mask_is_alpha_of_one_half_and_more(drawings: list[tuple[str, Drawing]]) -> None:
    for _, drawing in drawings:
        assert np.array_equal(drawing.mask, drawing.pixels[..., 3] >= 128)


def test_parts_partition_the_mask(drawings: list[tuple[str, Drawing]]) -> None:
    for _, drawing in drawings:
        total = np.sum([part.astype(int) for part in drawing.parts.values()], axis=0)
        assert np.array_equal(total, drawing.mask.astype(int))


def test_box_is_the_extent_of_the_mask(drawings: list[tuple[str, Drawing]]) -> None:
    for _, drawing in drawings:
        ys, xs = np.nonzero(drawing.mask)
        x, y, w, h = drawing.box
        assert (x, y, x + w, y + h) == (xs.min(), ys.min(), xs.max() + 1, ys.max() + 1)


def test_drawing_is_centred_and_leaves_a_margin(drawings: list[tuple[str, Drawing]]) -> None:
    for _, drawing in drawings:
        x, y, w, h = drawing.box
        assert max(w, h) == pytest.approx(256 * 0.84, abs=4)
        assert (x + w / 2, y + h / 2) == pytest.approx((128, 128), abs=3)


@pytest.mark.parametrize(("category", "style"), STYLES, ids=[f"{c}-{s.name}" for c, s in STYLES])
def test_key_points_lie_on_the_product(category: str, style: Style) -> None:
    for seed in (1, 2):
        drawing = draw(style, seed, 512)
        assert len(drawing.points) >= 4 or category in ("scarf", "hat")
        away = cv2.distanceTransform((~drawing.mask).astype(np.uint8), cv2.DIST_L2, 5)
        for name, (x, y) in drawing.points.items():
            column, row = min(int(x), 511), min(int(y), 511)
            assert away[row, column] <= 2, f"{style.name}: {name} is {away[row, column]:.1f} px off"


OUTLINE_POINTS = (
    "shoulder",
    "armpit",
    "cuff_outer",
    "cuff_inner",
    "hem_left",
    "hem_right",
    "neckline_left",
    "hem_outer",
    "hem_inner",
    "crotch",
)


COLLARED = {"hoodie", *(style.name for style in CATEGORIES["shirt"].styles)}


@pytest.mark.parametrize("category", ["t-shirt", "longsleeve", "shirt", "pants", "shorts", "skirt"])
def test_landmarks_of_garments_lie_on_the_outline(category: str) -> None:
    for style in CATEGORIES[category].styles:
        drawing = draw(style, 1, 512)
        contour = np.concatenate(
            cv2.findContours(drawing.mask.astype(np.uint8), cv2.RETR_CCOMP, cv2.CHAIN_APPROX_NONE)[0]
        )
        for name, point in drawing.points.items():
            if name.startswith(OUTLINE_POINTS) and not (style.name in COLLARED and name.startswith("neckline")):
                gap = np.hypot(*(contour[:, 0] + 0.5 - point).T).min()
                assert gap <= 3.5, f"{style.name}: {name} is {gap:.1f} px from the outline"


def test_left_is_the_wearers_left(drawings: list[tuple[str, Drawing]]) -> None:
    for _, drawing in drawings:
        for name, (x, _) in drawing.points.items():
            twin = drawing.points.get(name.replace("_left", "_right"))
            if name.endswith("_left") and twin is not None:
                assert x > twin[0]


@pytest.mark.parametrize("category", list(CATEGORIES))
def test_every_category_draws_for_fifty_seeds(category: str) -> None:
    styles = CATEGORIES[category].styles
    for seed in range(50):
        drawing = draw(styles[seed % len(styles)], seed, 48)
        assert drawing.mask.mean() > 0.02
        assert all(0 <= x <= 48 and 0 <= y <= 48 for x, y in drawing.points.values())


def test_sizes_show_the_same_drawing() -> None:
    product = next(Shop(3).products(1))
    small, large = product.render(128), product.render(512)
    for name, (x, y) in small.points.items():
        assert (x * 4, y * 4) == pytest.approx(large.points[name], abs=0.01)
    shrunk = cv2.resize(large.pixels[..., 3], (128, 128), interpolation=cv2.INTER_AREA).astype(int)
    assert np.abs(shrunk - small.pixels[..., 3]).mean() < 2


def test_edges_are_antialiased_and_alpha_is_straight() -> None:
    red = Cloth(((200, 30, 30),), "smooth")
    sketch = Sketch([Piece("disc", ellipse(0, 0, 1, 1, steps=200), red, puff=0, lift=0)], {"centre": (0.0, 0.0)})
    drawing = render(sketch, 128)
    alpha = drawing.pixels[..., 3].astype(float) / 255
    assert alpha.sum() == pytest.approx(np.pi * (128 * 0.42) ** 2, rel=0.01)
    edge = (alpha > 0.05) & (alpha < 0.95)
    assert edge.sum() > 100
    assert np.abs(drawing.pixels[edge][:, 0].astype(int) - 200).max() < 45
    assert drawing.points["centre"] == pytest.approx((64, 64))


def test_a_frame_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 32"):
        render(Sketch([Piece("disc", ellipse(0, 0, 1, 1), Cloth(((0, 0, 0),)))]), 16)
