"""Colour words are true by measure."""

import numpy as np
import pytest

from sample import SampleProduct, Shop
from sample.colours import COLOURS, measure, name_of, to_lab, to_rgb

NAMED_AFTER = {  # the parts that a title's colour speaks of, where the product has others as large
    "watch": ("strap",),
    "glasses": ("frame_left", "frame_right", "bridge", "temple_left", "temple_right"),
    "scarf": ("centre", "tail_front", "tail_back", "loop", "front", "back"),
}


def test_every_colour_bears_its_own_name() -> None:
    for name, colour in COLOURS.items():
        assert name_of(to_rgb(colour.lab)) == name


def test_cielab_goes_there_and_back() -> None:
    for colour in COLOURS.values():
        assert to_lab(to_rgb(colour.lab))[0] == pytest.approx(colour.lab, abs=1.0)


def test_measure_gives_shares_of_the_masked_pixels() -> None:
    pixels = np.zeros((10, 10, 3), np.uint8)
    pixels[:7], pixels[7:] = to_rgb(COLOURS["red"].lab), to_rgb(COLOURS["navy"].lab)
    mask = np.ones((10, 10), bool)
    mask[:2] = False
    assert measure(pixels, mask) == [("red", 0.625), ("navy", 0.375)]


def _measured(product: SampleProduct) -> list[str]:
    drawing = product.render(384)
    parts = NAMED_AFTER.get(product.category)
    mask = drawing.mask
    if parts:
        mask = np.logical_or.reduce([area for name, area in drawing.parts.items() if name in parts])
    return [name for name, _ in measure(drawing.pixels, mask)]


@pytest.mark.parametrize("seed", [7, 11])
def test_titles_tell_the_measured_colour(seed: int) -> None:
    for product in Shop(seed).products(60):
        seen = _measured(product)
        among = 1 if product.attributes["pattern"] == "plain" else 4  # checks mix their colours into third ones
        assert product.colours[0] in seen[:among], f"{product.title}: {seen[:4]}"
        assert product.title.lower().startswith(" and ".join(product.colours))
        assert product.title_zh.startswith("".join(COLOURS[name].zh for name in product.colours))
