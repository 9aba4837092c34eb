"""Which families of garments there are, and one drawn garment by its seed."""

from typing import Final

import msgspec
import numpy as np

from sample.drawing import Drawing
from sample.pieces import Sketch
from sample.render import render
from sample.wardrobe.fabrics import choose
from sample.wardrobe.laid import crooked, lay
from sample.wardrobe.lower import BOTTOMS
from sample.wardrobe.tops import build
from sample.wardrobe.upper import TOPS

HELD_OUT: Final = "wrap"
"""Fronts and skirts wrapped over or tied in a knot, tops and dresses with bell sleeves: no other family has them."""

CATEGORIES: Final = (*TOPS, *BOTTOMS)
_OFTEN: Final = {"tee": 3, "buttoned": 3, "jeans": 2, "sweater": 2, "jacket": 2, "coat": 2, "a-line": 2}


def families(category: str | None = None) -> tuple[str, ...]:
    """The names of all families, or of those of a category. Raises KeyError for a category unknown."""
    kinds = [(TOPS | BOTTOMS)[c] for c in ((category,) if category else CATEGORIES)]
    return tuple(dict.fromkeys(name for makers in kinds for name in makers))


def garment(
    seed: int, category: str | None = None, family: str | None = None, size: int = 384, without: str | None = None
) -> Drawing:
    """The garment of this seed, of any category and family unless they are given, on a square of ``size`` pixels.

    without: a family never drawn. Raises ValueError where nothing is of that category and family.
    """
    rng = np.random.default_rng([seed, 7])
    have = [
        (c, name)
        for c in CATEGORIES
        for name in families(c)
        if category in (None, c) and family in (None, name) and name != without
    ]
    if not have:
        raise ValueError(f"no garment is of category {category} and family {family}")
    kinds = sorted({c for c, _ in have})
    category = kinds[rng.integers(len(kinds))]
    names = [name for c, name in have if c == category]
    weights = np.array([_OFTEN.get(name, 1) for name in names], float)
    family = names[rng.choice(len(names), p=weights / weights.sum())]
    sketch = _sketch(rng, category, family)
    lay(sketch, crooked(sketch, rng, float(rng.uniform(0.1, 1.1))))
    drawing = render(sketch, size, seed, float(rng.normal(0, 3)), float(rng.uniform(0.02, 0.12)))
    return msgspec.structs.replace(drawing, family=family, category=category)


def _sketch(rng: np.random.Generator, category: str, family: str) -> Sketch:
    if category in TOPS:
        top, fabric = TOPS[category][family](rng, category)
        look, relief = choose(rng, fabric)
        sketch = build(top, look, rng)
    else:
        sew, fabric = BOTTOMS[category][family](rng, category)
        look, relief = choose(rng, fabric)
        sketch = sew(look, rng)
    sketch.relief = relief
    return sketch
