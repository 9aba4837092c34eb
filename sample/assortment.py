"""Everything the sample shop may stock: styles by category, brands, and which colours go together."""

from dataclasses import dataclass

import numpy as np

from sample.colours import COLOURS
from sample.shapes import bags, dresses, glasses, hats, outwear, scarves, shirts, shoes, skirts, tees, trousers, watches
from sample.shapes.hooded import HOODIE
from sample.style import Style


@dataclass(frozen=True)
class Category:
    """zh: its name in Chinese; share: weight in the assortment."""

    zh: str
    styles: tuple[Style, ...]
    share: int = 2


CATEGORIES: dict[str, Category] = {
    "t-shirt": Category("T恤", tees.T_SHIRTS, 3),
    "longsleeve": Category("长袖", (*tees.LONGSLEEVES, HOODIE), 3),
    "shirt": Category("衬衫", shirts.SHIRTS, 3),
    "outwear": Category("外套", outwear.OUTWEAR, 3),
    "dress": Category("连衣裙", dresses.DRESSES, 3),
    "skirt": Category("半身裙", skirts.SKIRTS, 2),
    "pants": Category("长裤", trousers.PANTS, 3),
    "shorts": Category("短裤", trousers.SHORTS, 2),
    "shoes": Category("鞋", shoes.SHOES, 3),
    "hat": Category("帽子", hats.HATS, 2),
    "bag": Category("包", bags.BAGS, 3),
    "glasses": Category("眼镜", glasses.GLASSES, 2),
    "scarf": Category("围巾", scarves.SCARVES, 2),
    "watch": Category("腕表", watches.WATCHES, 2),
}


@dataclass(frozen=True)
class Brand:
    """quality in [0, 1] moves prices; formality in [0, 1] and boldness in [0, 1] move taste."""

    quality: float
    formality: float
    boldness: float


BRANDS: dict[str, Brand] = {
    "Alderwick": Brand(0.55, 0.5, 0.3),
    "Norrvale": Brand(0.75, 0.4, 0.1),
    "Tesselane": Brand(0.45, 0.3, 0.9),
    "Marrowby": Brand(0.9, 0.9, 0.2),
    "Kestrelle": Brand(0.65, 0.2, 0.6),
    "Hollisgrove": Brand(0.8, 0.7, 0.4),
    "Saltmere": Brand(0.35, 0.1, 0.5),
    "Quillonet": Brand(0.2, 0.3, 0.4),
    "Brindlewood": Brand(0.5, 0.2, 0.3),
    "Fennimoor": Brand(0.3, 0.5, 0.2),
    "Cordovane": Brand(0.95, 0.8, 0.5),
    "Lumenside": Brand(0.15, 0.0, 0.8),
}

_COMMON = (
    "black", "black", "navy", "navy", "white", "white", "grey", "charcoal", "light grey", "cream", "beige", "red", "burgundy",
    "olive", "green", "teal", "blue", "light blue", "denim blue", "mustard", "yellow", "orange", "coral", "pink", "fuchsia",
    "lavender", "purple", "mint", "brown", "camel",
)  # fmt: skip


def pick_colour(style: Style, rng: np.random.Generator) -> str:
    """The ground colour of a product of this style."""
    return str(rng.choice(style.colours or _COMMON))


def companion(ground: str, rng: np.random.Generator, lightness: float = 30.0) -> str:
    """A colour that goes with the ground and is told from it: neutrals most of all."""
    l0 = COLOURS[ground].lab[0]
    neutral = [
        name
        for name in ("white", "cream", "black", "navy", "grey", "beige")
        if abs(COLOURS[name].lab[0] - l0) > lightness
    ]
    bold = [
        name
        for name in ("red", "mustard", "blue", "green", "pink", "teal", "burgundy", "coral")
        if abs(COLOURS[name].lab[0] - l0) > 18
    ]
    if COLOURS[ground].lab[1] ** 2 + COLOURS[ground].lab[2] ** 2 > 400 or rng.random() < 0.6:
        return str(rng.choice(neutral))
    return str(rng.choice([name for name in bold if name != ground] or neutral))
