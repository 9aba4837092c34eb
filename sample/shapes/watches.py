"""Wrist watches laid open. Units are centimetres from the middle of the dial."""

import numpy as np

from sample.cloth import Cloth
from sample.colours import to_lab
from sample.curves import Points, ellipse, ribbon, spline, symmetric, trace, turn
from sample.pieces import RGB, Line, Patch, Piece, Sketch, Stud
from sample.style import Look, Style

STEEL = (188, 191, 196)
GOLD = (206, 172, 108)
ROSE = (206, 158, 138)
BLACK = (40, 41, 44)


def _ring(radius: float, square: bool) -> Points:
    if not square:
        return ellipse(0, 0, radius, radius, steps=96)
    r = radius * 0.92
    k = r * 0.84
    return spline(
        [
            (-k, -r),
            (0, -r * 1.01),
            (k, -r),
            (r, -k),
            (r * 1.01, 0),
            (r, k),
            (k, r),
            (0, r * 1.01),
            (-k, r),
            (-r, k),
            (-r * 1.01, 0),
            (-r, -k),
        ],
        closed=True,
    )


def _strap(sketch: Sketch, look: Look, kind: str, metal: Cloth, rng: np.random.Generator) -> None:
    """Above the buckle's half, below the half with holes."""
    wide = 1.0
    upper = np.array([(-wide, -1.5), (wide, -1.5), (wide * 0.9, -5.6), (-wide * 0.9, -5.6)])
    lower = symmetric(trace((0, 1.5), (wide, 1.5), (wide * 0.88, 6.0), (wide * 0.84, 6.9, wide * 0.4, 7.2, 0, 7.2)))
    if kind == "bracelet":
        for y0, y1 in ((-5.8, -1.4), (1.4, 6.0)):
            band = np.array([(-wide, y0), (wide, y0), (wide, y1), (-wide, y1)])
            rows = [np.array([(-wide, y), (wide, y)]) for y in np.arange(y0, y1, 0.44)]
            sides = [np.array([(x, y0), (x, y1)]) for x in (-0.42, 0.42)]
            sketch.add(
                Piece(
                    "strap",
                    band,
                    metal,
                    puff=8,
                    lift=0,
                    gleam=0.12,
                    marks=(
                        Line(rows, 1.5, -0.4),
                        Line([r + (0, 0.09) for r in rows], 1.0, 0.2),
                        Line(sides, 1.2, -0.32),
                    ),
                )
            )
        return
    body = look.cloth
    marks: list[Line | Stud] = []
    if kind == "leather":
        marks.append(
            Line(
                [np.array([(s * 0.84, 1.7), (s * 0.74, 6.2)]) for s in (-1, 1)],
                0.9,
                -0.2,
                _thread(look.cloth.colour),
                2.2,
            )
        )
    holes = tuple(Patch([ellipse(0, y, 0.11, 0.15, steps=16)], (28, 26, 26)) for y in np.arange(3.4, 6.6, 0.62))
    above = Line(
        [np.array([(s * 0.84, -1.7), (s * 0.78, -5.4)]) for s in (-1, 1)],
        0.9,
        -0.2,
        _thread(look.cloth.colour) if kind == "leather" else None,
        2.2,
    )
    buckle = np.array([(-1.3, -6.6), (1.3, -6.6), (1.3, -5.3), (-1.3, -5.3)])
    hole = np.array([(-0.98, -6.3), (0.98, -6.3), (0.98, -5.6), (-0.98, -5.6)])
    sketch.add(
        Piece("buckle", buckle, metal, puff=2.5, lift=0, gleam=0.25, holes=(hole,)),
        Piece("strap", upper, body, puff=6, lift=1.5, wrinkle=0.3, marks=(above,) if kind == "leather" else ()),
        Piece("strap", lower, body, puff=6, lift=0, wrinkle=0.3, marks=(*marks, *holes)),
        Piece("buckle", ribbon(np.array([(0, -6.5), (0, -5.2)]), 0.16), metal, puff=1, lift=1, gleam=0.2),
        Piece(
            "strap",
            np.array([(-1.02, -4.6), (1.02, -4.6), (1.02, -4.05), (-1.02, -4.05)]),
            body,
            puff=3,
            lift=2,
            wrinkle=0,
        ),
    )


def _thread(cloth: RGB) -> RGB:
    return (226, 214, 190) if float(to_lab(cloth)[0, 0]) < 60 else (120, 92, 66)


def _watch(look: Look, rng: np.random.Generator, kind: str, *, square: bool, sporty: bool) -> Sketch:
    sketch = Sketch()
    tone = (STEEL, GOLD, ROSE, BLACK)[int(rng.integers(4 if kind != "bracelet" else 1))]
    metal = look.cloth.plain("smooth") if kind == "bracelet" else Cloth((tone,), "smooth")
    _strap(sketch, look, kind, metal, rng)
    radius = rng.uniform(1.85, 2.1)
    for s in (-1, 1):
        for t in (-1, 1):
            lug = np.array([(s * 0.86, t * 1.2), (s * 1.3, t * 1.1), (s * 1.24, t * 2.1), (s * 0.98, t * 2.2)])
            sketch.add(Piece("case", lug, metal, puff=3, lift=1, gleam=0.15))
    sketch.add(Piece("crown", np.array([(radius - 0.1, -0.26), (radius + 0.32, -0.22), (radius + 0.32, 0.22), (radius - 0.1, 0.26)]), metal, puff=3, lift=1, gleam=0.2,
                     marks=(Line([np.array([(radius, y), (radius + 0.3, y)]) for y in (-0.12, 0, 0.12)], 0.9, -0.35),)))  # fmt: skip
    dial_rgb: RGB = ((242, 241, 236), (34, 35, 38), (28, 44, 74), (236, 232, 220))[int(rng.integers(4))]
    ink: RGB = (44, 44, 46) if dial_rgb[0] > 128 else (238, 238, 234)
    ring, dial = _ring(radius, square), _ring(radius * 0.82, square)
    bezel: tuple[Line, ...] = ()
    if sporty:
        bezel = (
            Line(
                [
                    np.array([turn(np.array([(0, -radius * 0.97)]), a)[0], turn(np.array([(0, -radius * 0.87)]), a)[0]])
                    for a in range(0, 360, 6)
                ],
                1.1,
                -0.35,
            ),
        )
    ticks = [np.array([(0, -radius * 0.76), (0, -radius * (0.60 if k % 3 == 0 else 0.66))]) for k in range(12)]
    marks: list[Line | Patch | Stud] = [Line([turn(t, k * 30.0) for k, t in enumerate(ticks)], 2.6, 0, ink)]
    marks.append(
        Line([turn(np.array([(0, -radius * 0.77), (0, -radius * 0.74)]), k * 6.0) for k in range(60)], 1.0, 0, ink)
    )
    if sporty:
        for x, y in ((-0.62, 0.05), (0.62, 0.05), (0.0, 0.68)):
            sub = ellipse(x, y, 0.4, 0.4)
            marks.append(
                Line(
                    [np.concatenate([sub, sub[:1]]), np.array([(x, y), (x + 0.14, y - 0.26)])],
                    1.1,
                    -0.3 if dial_rgb[0] > 128 else 0.9,
                )
            )
    hour, minute = turn(_hand(radius * 0.44, 0.13), -52.0), turn(_hand(radius * 0.66, 0.10), 54.0)
    second = turn(_hand(radius * 0.7, 0.035), 195.0)
    marks += [Patch([hour], ink), Patch([minute], ink), Patch([second], (196, 62, 52)), Stud((0.0, 0.0), 2.0, tone)]
    sketch.add(
        Piece("case", ring, metal, puff=6, lift=4, gleam=0.22, marks=bezel),
        Piece("dial", dial, Cloth((dial_rgb,), "smooth"), puff=0, lift=0, gleam=0.05, marks=tuple(marks)),
        Piece("dial", dial, Cloth(((255, 255, 255),), "smooth"), puff=0, lift=0, alpha=0.05),
    )
    sketch.add(
        Piece(
            "case",
            _ring(radius * 0.84, square),
            metal,
            puff=1.5,
            lift=0,
            shade=0.8,
            holes=(_ring(radius * 0.81, square),),
        )
    )
    sketch.mark(
        case_top=(0.0, float(ring[:, 1].min())), case_base=(0.0, float(ring[:, 1].max())), dial=(0.0, 0.0),
        crown=(radius + 0.32, 0.0), strap_end=(0.0, 6.0 if kind == "bracelet" else 7.2),
    )  # fmt: skip
    return sketch


def _hand(length: float, width: float) -> Points:
    return np.array(
        [
            (-width * 0.6, length * 0.18),
            (-width, -length * 0.5),
            (0, -length),
            (width, -length * 0.5),
            (width * 0.6, length * 0.18),
        ]
    )


def dress_watch(look: Look, rng: np.random.Generator) -> Sketch:
    return _watch(look, rng, "leather", square=bool(rng.random() < 0.35), sporty=False)


def chronograph(look: Look, rng: np.random.Generator) -> Sketch:
    return _watch(look, rng, "leather", square=False, sporty=True)


def bracelet_watch(look: Look, rng: np.random.Generator) -> Sketch:
    return _watch(look, rng, "bracelet", square=bool(rng.random() < 0.2), sporty=bool(rng.random() < 0.5))


def sports_watch(look: Look, rng: np.random.Generator) -> Sketch:
    return _watch(look, rng, "silicone", square=bool(rng.random() < 0.5), sporty=True)


_STRAPS = ("black", "brown", "camel", "burgundy", "navy", "olive", "beige", "grey")

WATCHES = (
    Style("dress watch", "正装腕表", dress_watch, ("leather",), ("plain",), (59, 189), 0.0, 0.9, _STRAPS),
    Style("chronograph", "计时腕表", chronograph, ("leather",), ("plain",), (89, 239), 0.0, 0.6, _STRAPS),
    Style(
        "bracelet watch",
        "手链腕表",
        bracelet_watch,
        ("steel",),
        ("plain",),
        (79, 259),
        0.0,
        0.7,
        ("light grey", "light grey", "grey", "charcoal", "black"),
    ),
    Style("sports watch", "运动腕表", sports_watch, ("silicone",), ("plain",), (39, 149), 0.3, 0.0),
)
