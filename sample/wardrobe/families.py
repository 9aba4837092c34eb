"""Which families of garments there are, and one drawn garment by its seed."""

from dataclasses import replace
from typing import Final

import msgspec
import numpy as np

from sample.drawing import Drawing
from sample.pieces import Sketch
from sample.render import render
from sample.wardrobe.fabrics import choose
from sample.wardrobe.form import in_bottom
from sample.wardrobe.hanger import cut, with_clips
from sample.wardrobe.laid import crooked, hem_cut, lay
from sample.wardrobe.lower import BOTTOMS
from sample.wardrobe.tops import build
from sample.wardrobe.upper import TOPS, drop
from sample.wardrobe.worn import wear

HELD_OUT: Final = "wrap"
"""Fronts and skirts wrapped over or tied in a knot, tops and dresses with bell sleeves: no other family has them."""

CATEGORIES: Final = (*TOPS, *BOTTOMS)
WAYS: Final = ("flat", "hung", "ghost", "formed")
"""How garments are shown: laid flat, on a hanger, as if worn by nobody, or on a dress form."""

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
    way = str(rng.choice(WAYS, p=(0.6, 0.2, 0.12, 0.08)))
    sketch = _sketch(rng, category, family, way)
    if "hem_left" in sketch.points and rng.random() < (0.25 if category in ("skirt", "dress") else 0.1):
        (half, low), (_, start) = sketch.points["hem_left"], sketch.points["waist_left"]
        slant, dip = (low - start) * rng.normal(0, 0.11), (low - start) * rng.uniform(-0.3, 0.3)
        lay(sketch, hem_cut(start, low, half, slant, dip * (rng.random() < 0.5)))
    wear(sketch, rng)
    lay(sketch, crooked(sketch, rng, float(rng.uniform(0.1, 1.1) if way == "flat" else rng.uniform(0.0, 0.5))))
    drawing = render(sketch, size, seed, float(rng.normal(0, 3)), float(rng.uniform(0.02, 0.12)))
    return msgspec.structs.replace(drawing, family=family, category=category)


def _sketch(rng: np.random.Generator, category: str, family: str, way: str) -> Sketch:
    if category in TOPS:
        top, fabric = TOPS[category][family](rng, category)
        look, relief = choose(rng, fabric)
        top = replace(
            top,
            hung=way == "hung" and top.neck != "hood" and top.front != "open",
            ghost=way == "ghost",
            contrast=rng.random() < 0.08,
            formed=way == "formed" and top.trunk.armpit > 14 and top.neck != "hood" and top.front != "open",
        )
        if way != "flat":
            top = replace(top, sleeves=(drop(rng, top.sleeves[0]), drop(rng, top.sleeves[1])))
        sketch = build(top, look, rng)
    else:
        sew, fabric = BOTTOMS[category][family](rng, category)
        look, relief = choose(rng, fabric)
        sketch = sew(look, rng)
        if way == "hung":
            with_clips(sketch, rng)
        if way == "formed":
            sketch.behind += in_bottom(sketch, rng)
            at = next(i for i, piece in enumerate(sketch.pieces) if piece.part != "waist_inside")
            sketch.pieces[at:at] = cut(sketch.behind[:1])
    sketch.relief = relief
    return sketch
