"""What jackets and coats have in common."""

from dataclasses import replace
from typing import Any

import numpy as np

from sample.pieces import RGB, Line, Patch, Sketch, Stud
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    point_sleeves,
)
from sample.style import Look

STEEL = (176, 178, 182)


def outer_body(rng: np.random.Generator, **changes: Any) -> Bodice:
    chest = rng.uniform(27, 29)
    return replace(
        Bodice(
            neck=8.6, drop=9.5, back=1.2, shoulder=chest - 4.2, chest=chest, armpit=25, waist=chest - 0.8, waist_at=45,
            hem=chest - 0.4, length=rng.uniform(66, 70),
        ),
        **changes,
    )  # fmt: skip


def zip_line(top: float, bottom: float, metal: RGB = STEEL) -> tuple[Line | Patch | Stud, ...]:
    """A closed zip down the middle: tape, teeth and a pull."""
    tape = Line([np.array([(0, top), (0, bottom)])], 6.5, -0.45)
    edges = Line([np.array([(x, top), (x, bottom)]) for x in (-1.3, 1.3)], 0.9, -0.25)
    teeth = Line([np.array([(0, top + 0.4), (0, bottom - 0.4)])], 2.4, 0, metal, dash=1.3)
    pull = Patch([np.array([(-0.55, top + 1.2), (0.55, top + 1.2), (0.4, top + 4.2), (-0.4, top + 4.2)])], metal)
    return tape, edges, teeth, pull


def add_sleeves(
    sketch: Sketch, look: Look, rng: np.random.Generator, body: Bodice, sleeve: Sleeve, cuff: float, ribbed: bool
) -> None:
    for side in (-1, 1):
        rows = () if cuff else (sleeve.hem_stitches(body, 3.0),)
        sketch.add(sleeve.piece(body, look.cloth, rng, side, rows))
        if cuff:
            end = look.trim.plain("rib") if ribbed else look.cloth.plain()
            sketch.add(sleeve.cuff(body, end, cuff, side, 16 if ribbed else 0, -0.8 if ribbed else 0.2))


def finish(sketch: Sketch, body: Bodice, sleeve: Sleeve, cuff: float, band: float = 0.0, flare: float = -0.8) -> Sketch:
    body.key_points(sketch)
    point_sleeves(sketch, body, sleeve, cuff, flare)
    if band:
        sketch.mark_sides(hem=(body.hem - 1, body.length + band))
        sketch.mark(hem_centre=(0.0, body.length + body.hem_dip + band))
    return sketch


def slant_pockets(body: Bodice) -> Line:
    y = body.length * 0.66
    edge = np.array([(body.hem * 0.42, y), (body.hem * 0.68, y + 13)])
    return Line([edge, edge * (-1.0, 1.0), edge + (0.9, -0.4), (edge + (0.9, -0.4)) * (-1.0, 1.0)], 1.6, -0.42)
