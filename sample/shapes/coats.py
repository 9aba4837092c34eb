"""Tailored jackets and coats."""

from dataclasses import replace

import numpy as np

from sample.curves import ribbon, trace
from sample.pieces import Line, Piece, Sketch, Stud
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    armhole_seams,
    inside_back,
)
from sample.shapes.outer import finish, outer_body
from sample.style import Look


def lapels(look: Look, body: Bodice, width: float) -> list[Piece]:
    """Two lapels and the collar above them, over a V opening that closes at ``body.drop``."""
    pieces = []
    n, d = body.neck, body.drop
    for side in (-1, 1):
        flip = np.array([float(side), 1.0])
        lapel = trace(
            (-0.6, d + 1.0),
            (n * 0.42, d * 0.5, n - 0.6, 0.6),
            (n + 3.6, 7.2),
            (n + width, 8.6),
            (n + width * 0.55, d * 0.62, -0.6, d + 1.6),
        )
        top = trace((n - 1.2, -2.6), (n + 3.2, -1.4, n + 5.4, 5.2), (n + 3.3, 8.8), (n + 0.6, 5.0, n - 1.8, 1.2))
        pieces.append(Piece("collar", lapel * flip, look.cloth, grain=90 - side * 14, puff=3, lift=3.5, wrinkle=0.3))
        pieces.append(Piece("collar", top * flip, look.cloth, grain=90 + side * 30, puff=3, lift=3, wrinkle=0.2))
    return pieces


def _tailored(look: Look, rng: np.random.Generator, body: Bodice, sleeve: Sleeve, double: bool, buttons: int) -> Sketch:
    sketch = Sketch()
    lining = look.trim.plain("satin")
    sketch.add(*inside_back(body, lining, 2.6))
    stand = ribbon(trace((-body.neck + 0.4, -1.2), (0, 0.2, body.neck - 0.4, -1.2)), 3.4)
    sketch.add(Piece("collar_inside", stand, look.cloth, shade=0.85, puff=2, lift=2, wrinkle=0.2))
    for side in (-1, 1):
        piece = sleeve.piece(body, look.cloth, rng, side)
        outer, _ = sleeve.corners(body)
        axis = np.array([np.cos(np.radians(sleeve.angle)), np.sin(np.radians(sleeve.angle))])
        across = np.array([-axis[1], axis[0]])
        studs = []
        for k in range(3):
            x, y = np.array(outer) - axis * (2.4 + 2.0 * k) + across * 1.8
            studs.append(Stud((float(x * side), float(y)), 1.9, look.accent, 4))
        sketch.add(replace(piece, marks=tuple(studs)))
    low = body.length + body.hem_dip
    overlap = 5.5 if double else 1.6
    edge = trace(
        (overlap * 0.6, body.drop + 0.8), (overlap, body.drop + 6), (overlap, low - 5), (overlap - 0.6, low, 0.2, low)
    )
    py = body.waist_at + 6
    pocket = np.array(
        [
            (body.waist * 0.36, py + 0.8),
            (body.waist * 0.84, py - 0.6),
            (body.waist * 0.86, py + 4),
            (body.waist * 0.36, py + 5.4),
        ]
    )
    welt = np.array(
        [
            (body.chest * 0.32, body.armpit + 1.2),
            (body.chest * 0.66, body.armpit + 0.2),
            (body.chest * 0.66, body.armpit + 2.2),
            (body.chest * 0.32, body.armpit + 3.2),
        ]
    )
    dart = trace((body.chest * 0.58, body.armpit + 7), (body.chest * 0.52, py - 2))
    spots = [
        (side * overlap * 0.62, y)
        for y in np.linspace(body.drop + 3, body.waist_at + 9, buttons)
        for side in ((1, -1) if double else (0,))
    ]
    marks: tuple[Line | Stud, ...] = (
        Line([edge], 2.0, -0.45), Line([dart, dart * (-1.0, 1.0)], 1.2, -0.22), armhole_seams(body),
        *(Stud((float(x), float(y)), 4.0, look.accent, 4) for x, y in spots),
    )  # fmt: skip
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=3, folds=body.folds(rng, 0.7), marks=marks))
    for side in (-1, 1):
        sketch.add(Piece("torso", pocket * (float(side), 1.0), look.cloth, puff=2, lift=2.2, wrinkle=0.3))
    sketch.add(Piece("torso", welt, look.cloth, puff=1.2, lift=1.4, wrinkle=0.2))
    sketch.add(*lapels(look, body, 9.0 if double else 7.5))
    return finish(sketch, body, sleeve, 0)


def blazer(look: Look, rng: np.random.Generator) -> Sketch:
    body = outer_body(
        rng, vee=True, drop=rng.uniform(32, 37), length=rng.uniform(71, 75), waist=25.0, hem=27.5, hem_dip=2.0, neck=8.0
    )
    return _tailored(look, rng, body, Sleeve(rng.uniform(61, 63), rng.uniform(70, 76), 13), bool(rng.random() < 0.3), 2)


def overcoat(look: Look, rng: np.random.Generator) -> Sketch:
    body = outer_body(
        rng,
        vee=True,
        drop=rng.uniform(27, 31),
        length=rng.uniform(100, 110),
        waist=26.5,
        waist_at=48,
        hem=31.0,
        neck=8.2,
    )
    return _tailored(
        look, rng, body, Sleeve(rng.uniform(63, 66), rng.uniform(70, 76), 14.5), bool(rng.random() < 0.6), 3
    )
