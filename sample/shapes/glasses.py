"""Glasses from the front. Units are centimetres from the middle of the bridge."""

import numpy as np

from sample.cloth import Cloth
from sample.colours import COLOURS, to_rgb
from sample.curves import Points, ellipse, ribbon, spline, trace
from sample.pieces import RGB, Line, Piece, Sketch, Stud
from sample.style import Look, Style

STEEL = (170, 173, 178)


def _rim(kind: str, rng: np.random.Generator) -> Points:
    """The inner edge of the wearer's left lens."""
    x, w, h = 3.3, rng.uniform(2.35, 2.6), rng.uniform(1.7, 2.1)
    if kind == "round":
        r = rng.uniform(2.1, 2.4)
        return ellipse(x, 0.15, r, r)
    if kind == "rectangular":
        return spline([(x - w, -h * 0.62), (x - w * 0.6, -h * 0.8), (x + w * 0.7, -h * 0.82), (x + w, -h * 0.6), (x + w * 0.94, h * 0.45),
                       (x + w * 0.62, h * 0.82), (x - w * 0.6, h * 0.82), (x - w * 0.92, h * 0.4)], closed=True)  # fmt: skip
    if kind == "cat":
        return spline([(x - w, -0.5), (x - w * 0.5, -1.35), (x + w * 0.55, -1.75), (x + w * 1.14, -2.05), (x + w * 0.95, -0.2),
                       (x + w * 0.5, 1.35), (x - w * 0.25, 1.6), (x - w * 0.86, 0.8)], closed=True)  # fmt: skip
    if kind == "aviator":
        return spline([(x - w * 0.95, -1.3), (x, -1.6), (x + w * 0.9, -1.45), (x + w * 1.05, -0.3), (x + w * 0.72, 1.5), (x + 0.1, 2.35),
                       (x - w * 0.62, 1.7), (x - w * 0.98, 0.2)], closed=True)  # fmt: skip
    return spline([(x - w, -0.9), (x - w * 0.55, -1.6), (x + w * 0.6, -1.7), (x + w * 1.04, -1.1), (x + w * 0.88, 0.9), (x + w * 0.35, 1.75),
                   (x - w * 0.45, 1.7), (x - w * 0.9, 0.8)], closed=True)  # fmt: skip


def _spread(path: Points, by: float) -> Points:
    """The closed path moved outwards by ``by``."""
    middle = (path.min(0) + path.max(0)) / 2
    half = (path.max(0) - path.min(0)) / 2
    return np.asarray(middle + (path - middle) * (1 + by / half))


def _glasses(look: Look, rng: np.random.Generator, kind: str, sun: bool, wire: bool) -> Sketch:
    sketch = Sketch()
    frame = look.cloth.plain("smooth")
    thick = 0.16 if wire else rng.uniform(0.42, 0.62)
    rim = _rim(kind, rng)
    outer = _spread(rim, thick)
    top, end = float(rim[:, 1].min()), float(outer[:, 0].max())
    hinge_y = -0.85 if kind in ("round", "aviator") else top * 0.62
    width = 0.26 if wire else 0.62
    tint: RGB = (
        to_rgb(COLOURS[str(rng.choice(["black", "brown", "charcoal", "olive"]))].lab) if sun else (226, 234, 238)
    )
    glow = 0.34 if sun else 0.25
    for s in (1.0, -1.0):  # the temples, folded back and seen foreshortened
        arm = trace(
            (s * (end - 0.15), hinge_y),
            (s * (end + 0.75), hinge_y - 0.08),
            (s * (end + 1.0), hinge_y + 0.1, s * (end + 0.95), hinge_y + 1.1),
        )
        sketch.add(
            Piece(
                "temple_left" if s > 0 else "temple_right",
                ribbon(arm, width, width * 0.7),
                frame,
                puff=3,
                lift=0,
                shade=0.85,
                gleam=0.05,
            )
        )
    for s in (1.0, -1.0):
        lens = _spread(rim, thick * 0.4) * (s, 1.0)
        sketch.add(
            Piece(
                "lens_left" if s > 0 else "lens_right",
                lens,
                Cloth((tint,), "smooth"),
                puff=2,
                lift=0,
                alpha=0.94 if sun else 0.3,
                gleam=glow,
            )
        )
    if wire:
        for y0 in (top * 0.42, top * 0.98) if kind == "aviator" else (-0.5,):
            inner_x = float(rim[:, 0].min()) + (0.1 if y0 > top * 0.9 else 0.9)
            bridge = trace((-inner_x, y0), (0, y0 - 0.55, inner_x, y0))
            sketch.add(Piece("bridge", ribbon(bridge, 0.2), frame, puff=2, lift=0, gleam=0.2))
    else:
        x = float(rim[:, 0].min())
        bridge = np.concatenate([trace((-x, -0.95), (0, -1.35, x, -0.95)), trace((x, 0.1), (0, -0.95, -x, 0.1))])
        sketch.add(Piece("bridge", bridge, frame, puff=3, lift=0, gleam=0.08))
    for s in (1.0, -1.0):
        studs = () if wire else tuple(Stud((s * (end - 0.42 + d), hinge_y), 1.5, STEEL) for d in (0.0, 0.22))
        pad = ellipse(s * (float(rim[:, 0].min()) - 0.05), 0.5, 0.16, 0.36, 18 * s)
        sketch.add(Piece("pads", pad, Cloth(((222, 218, 208),), "smooth"), puff=2, lift=0, alpha=0.6))
        marks = (Line([np.concatenate([rim, rim[:1]]) * (s, 1.0)], 1.0, -0.3),)
        sketch.add(
            Piece("frame_left" if s > 0 else "frame_right", outer * (s, 1.0), frame, puff=2.5 if wire else 4,
                  lift=3, gleam=0.25 if wire else 0.06, wrinkle=0, marks=(*marks, *studs), holes=(rim * (s, 1.0),))
        )  # fmt: skip
    right = outer[outer[:, 0].argmax()]
    low = outer[outer[:, 1].argmax()]
    high = outer[outer[:, 1].argmin()]
    sketch.mark_sides(
        temple=(float(right[0]), float(right[1])),
        rim_low=(float(low[0]), float(low[1])),
        rim_top=(float(high[0]), float(high[1])),
    )
    sketch.mark(bridge=(0.0, (top * 0.42 - 0.28 if kind == "aviator" else -0.78) if wire else -1.14))
    return sketch


def round_glasses(look: Look, rng: np.random.Generator) -> Sketch:
    return _glasses(look, rng, "round", False, bool(look.cloth.seed % 2))


def square_glasses(look: Look, rng: np.random.Generator) -> Sketch:
    return _glasses(look, rng, "rectangular", False, False)


def wayfarers(look: Look, rng: np.random.Generator) -> Sketch:
    return _glasses(look, rng, "trapeze", True, False)


def aviators(look: Look, rng: np.random.Generator) -> Sketch:
    return _glasses(look, rng, "aviator", True, True)


def cat_eyes(look: Look, rng: np.random.Generator) -> Sketch:
    return _glasses(look, rng, "cat", True, False)


def round_sunglasses(look: Look, rng: np.random.Generator) -> Sketch:
    return _glasses(look, rng, "round", True, bool(look.cloth.seed % 2))


_METALS = ("black", "mustard", "light grey", "grey", "camel", "charcoal")
_ACETATES = (
    "black",
    "black",
    "brown",
    "camel",
    "burgundy",
    "navy",
    "beige",
    "red",
    "olive",
    "charcoal",
    "teal",
    "pink",
    "lavender",
    "white",
)

GLASSES = (
    Style(
        "round glasses", "圆框眼镜", round_glasses, ("acetate", "metal"), ("plain",), (45, 139), 0.0, 0.5, _ACETATES[:7]
    ),
    Style("rectangular glasses", "方框眼镜", square_glasses, ("acetate",), ("plain",), (45, 149), 0.0, 0.7, _ACETATES),
    Style("sunglasses", "太阳镜", wayfarers, ("acetate",), ("plain",), (39, 149), 0.9, 0.3, _ACETATES),
    Style("aviator sunglasses", "飞行员太阳镜", aviators, ("metal",), ("plain",), (49, 169), 0.9, 0.4, _METALS),
    Style("cat-eye sunglasses", "猫眼太阳镜", cat_eyes, ("acetate",), ("plain",), (39, 139), 0.9, 0.6, _ACETATES),
    Style(
        "round sunglasses",
        "圆框太阳镜",
        round_sunglasses,
        ("acetate", "metal"),
        ("plain",),
        (39, 139),
        0.9,
        0.3,
        _ACETATES,
    ),
)
