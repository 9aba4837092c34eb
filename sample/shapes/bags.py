"""Totes, backpacks and travel bags, and all bags by style."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, ribbon, symmetric, trace
from sample.pieces import RGB, Fold, Line, Patch, Piece, Sketch, Stud
from sample.shapes.handbags import crossbody, handbag
from sample.shapes.handles import SILVER, handle, inset, mark_corners
from sample.shapes.tees import emblem
from sample.style import Look, Style


def tote(look: Look, rng: np.random.Generator) -> Sketch:
    sketch = Sketch()
    half, deep, flare = rng.uniform(17, 20), rng.uniform(33, 40), rng.uniform(-1.5, 2.0)
    rise, grip = rng.uniform(22, 27), look.trim if rng.random() < 0.4 else look.cloth.plain()
    body = symmetric(
        trace(
            (0, 0.5),
            (half * 0.5, 0.5, half, 0),
            (half + flare * 0.4, deep * 0.5, half + flare - 0.3, deep - 1.2),
            (half + flare - 0.4, deep, half + flare - 1.6, deep),
            (0, deep + 0.4),
        )
    )
    marks: list[Line | Patch | Stud] = [Line([trace((-half - 1, 2.6), (0, 3.2, half + 1, 2.6))], 0.9, -0.28, dash=2.4)]
    if look.cloth.pattern == "plain" and rng.random() < 0.6:
        marks = [*emblem(rng, (look.trim.colour, look.accent), 8.5, (0.0, deep * 0.54)), *marks]
    folds = tuple(
        Fold(
            trace((x, 1), (x * 0.9, deep * 0.4, x * 0.7 + rng.uniform(-2, 2), deep * 0.8)), rng.choice([-0.8, 0.8]), 12
        )
        for x in (-half * 0.6, half * 0.6, 0.0)
    )
    inside = np.array([(-half + 0.5, -1.2), (half - 0.5, -1.2), (half - 0.5, 1.5), (-half + 0.5, 1.5)])
    sketch.add(
        handle("handle", grip, half * 0.5 - 0.6, rise - 2.4, 3.0, 2.2),
        Piece("inside", inside, look.cloth.plain(), shade=0.6, puff=1, lift=0, wrinkle=0.2),
        Piece("body", body, look.cloth, puff=8, lift=2, folds=folds, marks=tuple(marks)),
        handle("handle", grip, half * 0.5, rise, 4.4, 2.4),
    )
    for side in (-1, 1):
        x = side * half * 0.5
        patch = np.array([(x - 1.7, 2.6), (x + 1.7, 2.6), (x + 1.7, 6.6), (x - 1.7, 6.6)])
        cross = [np.array([(x - 1.2, 3.2), (x + 1.2, 6.0)]), np.array([(x + 1.2, 3.2), (x - 1.2, 6.0)])]
        sketch.add(
            Piece(
                "handle",
                patch,
                grip,
                puff=1.5,
                lift=1.5,
                wrinkle=0,
                marks=(Line([*cross, inset(patch, 0.78)], 0.8, -0.3),),
            )
        )
    mark_corners(sketch, body, -rise - 1.2)
    return sketch


def zip_along(path: Points, metal: RGB) -> tuple[Line, ...]:
    return (Line([path], 5.0, -0.42), Line([path], 1.8, 0, metal, dash=1.4))


def backpack(look: Look, rng: np.random.Generator) -> Sketch:
    sketch = Sketch()
    half, tall = rng.uniform(14, 16), rng.uniform(40, 44)
    trim = look.trim if rng.random() < 0.5 else look.cloth.plain()
    body = symmetric(
        trace(
            (0, 0),
            (half * 0.62, 0, half, 3, half, 11),
            (half + 0.6, tall - 4),
            (half + 0.4, tall, half - 3.6, tall),
            (0, tall),
        )
    )
    panel = symmetric(
        trace(
            (0, tall * 0.5),
            (half * 0.6, tall * 0.5),
            (half * 0.82, tall * 0.5, half * 0.82, tall * 0.58),
            (half * 0.84, tall - 3.4),
            (half * 0.82, tall - 1.2, half * 0.66, tall - 1.2),
            (0, tall - 1.2),
        )
    )
    loop = trace((-3.2, 1.0), (-3.2, -4.6, 3.2, -4.6, 3.2, 1.0))
    lid = trace(
        (-half + 0.2, 13),
        (-half * 0.96, 4.2, -half * 0.5, 2.6, 0, 2.6),
        (half * 0.5, 2.6, half * 0.96, 4.2, half - 0.2, 13),
    )
    pocket_zip = trace((-half * 0.74, tall * 0.56), (0, tall * 0.545, half * 0.74, tall * 0.56))
    for side in (-1, 1):
        strap = trace(
            (side * (half - 2.4), 6),
            (side * (half + 4.6), 12, side * (half + 4.2), tall * 0.7, side * (half - 0.4), tall - 4),
        )
        sketch.add(Piece("straps", ribbon(strap, 3.2, 1.6), trim, puff=4, lift=0, wrinkle=0.2))
        mesh = trace(
            (side * (half - 1), tall * 0.6),
            (side * (half + 1.9), tall * 0.62),
            (side * (half + 2.0), tall - 2.6),
            (side * (half - 1), tall - 1.4),
        )
        sketch.add(Piece("body", mesh, trim.plain("mesh"), puff=3, lift=0, shade=0.85))
    sketch.add(
        Piece("handle", ribbon(loop, 1.3), trim, puff=2.5, lift=0, wrinkle=0),
        Piece("body", body, look.cloth, puff=11, lift=3, wrinkle=0.7, marks=zip_along(lid, SILVER)),
        Piece("pocket", panel, look.cloth, puff=7, lift=4, wrinkle=0.5, marks=zip_along(pocket_zip, SILVER)),
    )
    tag = np.array([(-2.2, tall * 0.3), (2.2, tall * 0.3), (2.2, tall * 0.3 + 4.4), (-2.2, tall * 0.3 + 4.4)])
    slots = [
        Patch(
            [
                np.array(
                    [
                        (x, tall * 0.3 + 1.2),
                        (x + 0.8, tall * 0.3 + 1.2),
                        (x + 0.8, tall * 0.3 + 3.2),
                        (x, tall * 0.3 + 3.2),
                    ]
                )
            ],
            (60, 44, 32),
        )
        for x in (-1.2, 0.4)
    ]
    sketch.add(Piece("body", tag, Cloth(((164, 116, 74),), "leather"), puff=2, lift=2, wrinkle=0, marks=tuple(slots)))
    zip_pull = np.array([(-0.5, 2.8), (0.5, 2.8), (0.4, 5.6), (-0.4, 5.6)])
    sketch.add(Piece("body", zip_pull + (4.0, 0.3), Cloth((SILVER,), "smooth"), puff=1.5, lift=1.5, gleam=0.2))
    mark_corners(sketch, body, -3.8)
    return sketch


def duffel(look: Look, rng: np.random.Generator) -> Sketch:
    sketch = Sketch()
    half, deep = rng.uniform(24, 27), rng.uniform(24, 27)
    body = symmetric(
        trace(
            (0, 0),
            (half * 0.7, -0.6, half, 2, half, deep * 0.5),
            (half, deep - 0.4, half * 0.9, deep, half * 0.8, deep),
            (0, deep + 0.3),
        )
    )
    strip = [np.array([(x, -2), (x, deep + 2)]) for x in (half * 0.42, -half * 0.42)]
    grip = look.trim
    top = trace((-half * 0.88, 3.4), (0, 0.9, half * 0.88, 3.4))
    sketch.add(
        handle("handle", grip, half * 0.42, 13, 6, 2.0),
        Piece("body", body, look.cloth, puff=14, lift=2, wrinkle=0.9, marks=zip_along(top, SILVER)),
    )
    for path in strip:
        sketch.add(
            Piece(
                "handle",
                ribbon(path * (1.0, 0.0) + np.array([(0, 2.4), (0, deep - 0.4)]), 2.6),
                grip,
                puff=2,
                lift=1.5,
                wrinkle=0.1,
            )
        )
    sketch.add(handle("handle", grip, half * 0.42, 11, 5, 2.4))
    for side in (-1, 1):
        end = trace(
            (side * half * 0.84, 1.6),
            (side * half * 1.07, 3, side * half * 1.07, deep - 3, side * half * 0.84, deep - 0.6),
        )
        sketch.add(Piece("body", end, grip, puff=5, lift=1.5, wrinkle=0.3))
    mark_corners(sketch, body, -12.2)
    return sketch


_LEATHERS = ("black", "black", "brown", "camel", "burgundy", "navy", "beige", "red", "cream", "green", "olive", "pink")


BAGS = (
    Style(
        "tote bag",
        "托特包",
        tote,
        ("canvas", "cotton"),
        ("plain", "plain", "striped", "floral", "leafy", "gingham"),
        (15, 45),
        0.5,
        0.2,
    ),
    Style("leather tote", "皮革托特包", tote, ("leather",), ("plain",), (69, 169), 0.0, 0.7, _LEATHERS),
    Style("handbag", "手提包", handbag, ("leather", "suede"), ("plain",), (59, 189), 0.0, 0.9, _LEATHERS),
    Style("crossbody bag", "斜挎包", crossbody, ("leather", "suede"), ("plain",), (45, 129), 0.1, 0.6, _LEATHERS),
    Style(
        "backpack",
        "双肩包",
        backpack,
        ("nylon", "canvas"),
        ("plain", "plain", "plain", "camouflage", "leafy"),
        (35, 99),
        0.0,
        0.1,
    ),
    Style("duffel bag", "旅行包", duffel, ("canvas", "nylon"), ("plain", "plain", "striped"), (45, 119), 0.2, 0.2),
)
