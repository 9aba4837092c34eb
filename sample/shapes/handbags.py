"""Handbags with a flap."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import ribbon, symmetric, trace
from sample.pieces import Line, Patch, Piece, Sketch, Stud
from sample.shapes.handles import GOLD, SILVER, handle, inset, mark_corners
from sample.style import Look


def handbag(look: Look, rng: np.random.Generator) -> Sketch:
    sketch = Sketch()
    half, deep = rng.uniform(13, 15), rng.uniform(19, 22)
    flare, rise = rng.uniform(1.5, 3.5), rng.uniform(11, 14)
    metal = GOLD if rng.random() < 0.6 else SILVER
    body = symmetric(
        trace(
            (0, 0),
            (half - 1, 0),
            (half, 0, half + 0.2, 1.2),
            (half + flare, deep - 2.5),
            (half + flare, deep, half + flare - 2.4, deep),
            (0, deep),
        )
    )
    reach = deep * rng.uniform(0.42, 0.6)
    flap = symmetric(
        trace(
            (0, -0.4),
            (half - 0.6, -0.4),
            (half + 0.6, -0.2, half + 0.7, 1.4),
            (half + 0.9, reach * 0.6, half * 0.7, reach, 0, reach),
        )
    )
    clasp = np.array([(-1.6, reach - 2.6), (1.6, reach - 2.6), (1.6, reach + 1.2), (-1.6, reach + 1.2)])
    sketch.add(
        handle("handle", look.cloth, half * 0.62, rise, 1.6, 1.9),
        Piece(
            "body",
            body,
            look.cloth,
            puff=9,
            lift=2,
            wrinkle=0.4,
            gleam=0.05,
            marks=(Line([inset(body, 0.94)], 0.8, -0.24, dash=2.4),),
        ),
        Piece(
            "flap",
            flap,
            look.cloth,
            puff=5,
            lift=4,
            wrinkle=0.3,
            gleam=0.06,
            marks=(Line([inset(flap, 0.93)], 0.8, -0.24, dash=2.4),),
        ),
        Piece(
            "clasp",
            clasp,
            Cloth((metal,), "smooth"),
            puff=3,
            lift=2.5,
            gleam=0.3,
            marks=(Stud((0.0, reach - 0.7), 2.2, metal),),
        ),
    )
    for side in (-1, 1):
        x = side * half * 0.62
        sketch.add(
            Piece(
                "clasp",
                np.array([(x - 1.3, -0.8), (x + 1.3, -0.8), (x + 1.1, 1.0), (x - 1.1, 1.0)]),
                Cloth((metal,), "smooth"),
                puff=2,
                lift=1.5,
                gleam=0.3,
            )
        )
    mark_corners(sketch, body, -rise - 0.95)
    return sketch


def crossbody(look: Look, rng: np.random.Generator) -> Sketch:
    sketch = Sketch()
    half, deep = rng.uniform(10.5, 12.5), rng.uniform(13, 16)
    metal = GOLD if rng.random() < 0.6 else SILVER
    rise = rng.uniform(18, 22)
    round_ = rng.uniform(3, 7)
    body = symmetric(
        trace(
            (0, 0),
            (half - 1, 0),
            (half, 0, half, 1),
            (half, deep - round_),
            (half, deep, half - round_, deep),
            (0, deep),
        )
    )
    reach = deep * rng.uniform(0.55, 0.75)
    flap = symmetric(
        trace(
            (0, -0.5),
            (half - 0.8, -0.5),
            (half + 0.5, -0.5, half + 0.4, 1.0),
            (half + 0.3, reach * 0.7),
            (half + 0.1, reach, half - round_, reach),
            (0, reach),
        )
    )
    strap = trace(
        (-half + 0.3, 1.4),
        (-half - 2.5, -rise * 0.7, -half * 0.55, -rise, 0, -rise),
        (half * 0.55, -rise, half + 2.5, -rise * 0.7, half - 0.3, 1.4),
    )
    quilt: list[Line | Patch | Stud] = []
    if rng.random() < 0.4:
        span = np.arange(-40, 40, 3.2)
        quilt = [
            Line(
                [np.array([(x - 20, -20), (x + 20, 20)]) for x in span]
                + [np.array([(x + 20, -20), (x - 20, 20)]) for x in span],
                1.2,
                -0.26,
            )
        ]
    turn = np.array([(-1.3, reach - 2.8), (1.3, reach - 2.8), (1.3, reach - 1.0), (-1.3, reach - 1.0)])
    sketch.add(
        Piece("handle", ribbon(strap, 1.15), look.cloth.plain(), puff=2.5, lift=2, wrinkle=0),
        Piece(
            "body",
            body,
            look.cloth,
            puff=8,
            lift=2,
            wrinkle=0.3,
            marks=(*quilt, Line([inset(body, 0.93)], 0.8, -0.22, dash=2.2)),
        ),
        Piece(
            "flap",
            flap,
            look.cloth,
            puff=5,
            lift=4,
            wrinkle=0.2,
            gleam=0.05,
            marks=(*quilt, Line([inset(flap, 0.93)], 0.8, -0.22, dash=2.2)),
        ),
        Piece("clasp", turn, Cloth((metal,), "smooth"), puff=3, lift=2, gleam=0.3),
    )
    for side in (-1, 1):
        sketch.add(
            Piece(
                "clasp",
                np.array(
                    [
                        (side * half - 0.8, 0.2),
                        (side * half + 0.8, 0.2),
                        (side * half + 0.8, 2.2),
                        (side * half - 0.8, 2.2),
                    ]
                ),
                Cloth((metal,), "smooth"),
                puff=2,
                lift=1.5,
                gleam=0.3,
            )
        )
    mark_corners(sketch, body, -rise - 0.57)
    return sketch
