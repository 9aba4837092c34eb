"""Hooded tops and coats."""

from dataclasses import replace

import numpy as np

from sample.cloth import Cloth
from sample.curves import ribbon, symmetric, trace
from sample.pieces import RGB, Line, Patch, Piece, Sketch, Stud
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    armhole_seams,
    hem_band,
    hem_stitches,
)
from sample.shapes.outer import add_sleeves, finish, outer_body, slant_pockets, zip_line
from sample.style import Look, Style


def hood(look: Look, body: Bodice) -> tuple[list[Piece], list[Piece]]:
    """A hood laid up above the neck: its inner side, and its two front edges that lie on the body."""
    n = body.neck
    half = trace((0, -23), (9, -23.5, 15.5, -15, n + 5.6, 1.5), (n + 2, 4.5, n * 0.6, body.drop - 1))
    shell = symmetric(np.concatenate([half, [(0.0, body.drop)]]))
    mouth = trace(
        (0, -18.5), (6.5, -18.5, 10.8, -12, n + 0.6, -2), (n - 1, 3.4, 2.5, body.drop - 1.2, 0, body.drop - 0.4)
    )
    inner = symmetric(mouth)
    seam = Line([np.array([(0, -23), (0, -18.6)])], 1.2, -0.35)
    fold = Line([trace((-6, -4), (0, -1, 6, -4)), trace((-5, -9), (0, -7.4, 5, -9))], 1.4, -0.2)
    rim = Line([(inner - (0, -6)) * 1.05 + (0, -6)], 0.9, -0.25, dash=2.2)
    return (
        [Piece("hood", shell, look.cloth, lift=0, puff=8, marks=(seam, rim))],
        [Piece("collar_inside", inner, look.cloth.plain(), shade=0.62, puff=3, lift=0, wrinkle=0.5, marks=(fold,))],
    )


def cords(sketch: Sketch, body: Bodice, colour: RGB, part: str = "hood") -> None:
    for side, drift, long in ((-1, 0.4, 17), (1, 1.2, 19)):
        path = trace(
            (side * 2.4, body.drop - 1.6), (side * 3.2, body.drop + long * 0.5, side * (2.6 + drift), body.drop + long)
        )
        sketch.add(Piece(part, ribbon(path, 0.8), Cloth((colour,), "smooth"), puff=2, lift=3))


def _hooded(
    look: Look,
    rng: np.random.Generator,
    body: Bodice,
    sleeve: Sleeve,
    cuff: float,
    band: float,
    zipped: bool,
    kangaroo: bool,
) -> Sketch:
    sketch = Sketch()
    shell, inner = hood(look, body)
    sketch.add(*shell, *inner)
    ribbed = replace(look, trim=look.cloth.plain("rib"))
    add_sleeves(sketch, ribbed, rng, body, sleeve, cuff, band > 0)
    if band:
        sketch.add(hem_band(body, look.cloth.plain("rib"), band))
    marks: list[Line | Patch | Stud] = [armhole_seams(body)]
    if not band:
        marks.append(hem_stitches(body, 3.0))
    if zipped:
        marks += [*zip_line(body.drop - 0.5, body.length + 1), *([] if kangaroo else [slant_pockets(body)])]
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=3, folds=body.folds(rng, 1.1), marks=tuple(marks)))
    if kangaroo:
        w, y = body.hem * 0.56, body.length - 21
        pouch = symmetric(np.array([(0, y), (w * 0.68, y), (w, y + 14), (w, body.length - 1), (0, body.length - 0.4)]))
        rows = Line([np.array([(w * 0.68, y), (w, y + 14)]), np.array([(-w * 0.68, y), (-w, y + 14)])], 2.0, -0.35)
        middle = zip_line(y, body.length + 0.6) if zipped else ()
        sketch.add(Piece("torso", pouch, look.cloth, puff=4, lift=2.6, marks=(rows, *middle)))
    front = trace((0.2, body.drop - 0.6), (body.neck * 0.55, body.drop - 0.6, body.neck + 1.8, 1.2), (body.neck + 4.8, 3.0),
                  (body.neck + 1.5, body.drop + 2, 0.2, body.drop + 3.6))  # fmt: skip
    for side in (-1, 1):
        sketch.add(Piece("hood", front * (float(side), 1.0), look.cloth, puff=4, lift=3, wrinkle=0.3))
    cords(sketch, body, look.accent)
    return finish(sketch, body, sleeve, cuff, band)


def zip_hoodie(look: Look, rng: np.random.Generator) -> Sketch:
    return _hooded(
        look,
        rng,
        outer_body(rng, length=rng.uniform(60, 63)),
        Sleeve(rng.uniform(55, 58), rng.uniform(62, 70), 14),
        6,
        6,
        True,
        True,
    )


def hoodie(look: Look, rng: np.random.Generator) -> Sketch:
    return _hooded(
        look,
        rng,
        outer_body(rng, length=rng.uniform(60, 63)),
        Sleeve(rng.uniform(55, 58), rng.uniform(62, 70), 14),
        6,
        6,
        False,
        True,
    )


def raincoat(look: Look, rng: np.random.Generator) -> Sketch:
    body = outer_body(rng, length=rng.uniform(80, 90), hem=31.0, waist=28.5)
    return _hooded(look, rng, body, Sleeve(rng.uniform(61, 64), rng.uniform(66, 72), 15), 0, 0, True, False)


HOODIE = Style("hoodie", "连帽卫衣", hoodie, ("fleece",), ("plain",), (35, 79), -0.4, 0.0)
