"""Bomber, denim and puffer jackets."""

from dataclasses import replace

import numpy as np

from sample.curves import along, mirror, resample, symmetric, trace
from sample.pieces import Fold, Line, Piece, Sketch
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    armhole_seams,
    hem_band,
    inside_back,
    neck_band,
)
from sample.shapes.outer import add_sleeves, finish, outer_body, slant_pockets, zip_line
from sample.shapes.shirts import chest_pocket, collar, placket
from sample.style import Look


def bomber(look: Look, rng: np.random.Generator) -> Sketch:
    body, sleeve = (
        outer_body(rng, length=rng.uniform(56, 60)),
        Sleeve(rng.uniform(54, 57), rng.uniform(62, 70), 14, bend=-0.6),
    )
    sketch = Sketch()
    rib = look.cloth.plain("rib")
    look = replace(look, trim=rib)
    back, front = neck_band(body, rib, 3.6, 2.0)
    sketch.add(*inside_back(body, look.trim, 2.0), back)
    add_sleeves(sketch, look, rng, body, sleeve, 6, True)
    sketch.add(hem_band(body, rib, 6))
    marks = (*zip_line(body.drop + 2.5, body.length + 1.3), slant_pockets(body), armhole_seams(body))
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=3, folds=body.folds(rng, 1.3), marks=marks), front)
    return finish(sketch, body, sleeve, 6, 6)


def denim_jacket(look: Look, rng: np.random.Generator) -> Sketch:
    body, sleeve = (
        outer_body(rng, length=rng.uniform(58, 61), neck=7.6, drop=8.0, back=0.6),
        Sleeve(rng.uniform(55, 58), rng.uniform(63, 70), 13),
    )
    look = replace(look, accent=(172, 146, 104))
    thread = (200, 150, 84) if look.cloth.colour[2] > look.cloth.colour[0] + 8 else None
    sketch = Sketch()
    behind, leaves = collar(look, body, rng)
    sketch.add(*inside_back(body, look.cloth, 0.0), *behind)
    add_sleeves(sketch, look, rng, body, sleeve, 5, False)
    yoke = trace((body.shoulder - 1.0, body.armpit * 0.62), (1.6, body.armpit * 0.66))
    panel = trace((body.chest * 0.62, body.armpit * 0.66), (body.chest * 0.3, body.length - 1))
    panel2 = trace((body.chest * 0.28, body.armpit * 0.66), (body.chest * 0.16, body.length - 1))
    lines = [yoke, mirror(yoke), panel, mirror(panel), panel2, mirror(panel2)]
    marks = (Line(lines, 1.5, -0.4), Line([p + (0.5, 0.5) for p in lines], 0.8, -0.2, thread, 2.2), armhole_seams(body))
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=3, folds=body.folds(rng), marks=marks))
    sketch.add(hem_band_flat(body, look, 4.6))
    sketch.add(placket(body, look, body.drop - 1.4, body.length + 4.8, 6, 4.0))
    for side in (1, -1):
        sketch.add(*chest_pocket(replace(body, armpit=body.armpit * 0.66 + 1.4), look, side, True))
    sketch.add(*leaves)
    return finish(sketch, body, sleeve, 5, 4.6, 0.2)


def hem_band_flat(body: Bodice, look: Look, depth: float) -> Piece:
    band = hem_band(body, look.cloth.plain(), depth)
    return replace(band, marks=(Line([body.hem_line(-0.6), body.hem_line(-depth + 0.7)], 0.8, -0.25, dash=2.2),))


def puffer(look: Look, rng: np.random.Generator) -> Sketch:
    body = outer_body(rng, chest=29.5, waist=29.5, hem=29.0, shoulder=25.0, length=rng.uniform(64, 70))
    sleeve = Sleeve(rng.uniform(56, 59), rng.uniform(62, 69), 15.5)
    gap = rng.uniform(6.5, 10)
    sketch = Sketch()
    sketch.add(*inside_back(body, look.trim, 5.5))
    top, low = sleeve.edges(body)
    count = round(sleeve.length / gap)
    ribs = [np.stack([np.array(along(low, t)), np.array(along(top, t))]) for t in np.arange(1, count) / count]
    for side in (-1, 1):
        piece = sleeve.piece(body, look.cloth, rng, side, (Line(ribs, 1.4, -0.4),))
        flip = np.array([float(side), 1.0])
        puffs = [np.stack([np.array(along(low, t)), np.array(along(top, t))]) for t in (np.arange(count) + 0.5) / count]
        folds = tuple(Fold(resample(p * flip, 6), 1.1, gap * 1.9) for p in puffs)
        sketch.add(replace(piece, folds=folds, puff=8))
    heights = np.arange(body.drop + 4, body.length, gap)
    seams = [np.array([(-body.chest - 2, y), (body.chest + 2, y)]) for y in heights]
    puffs = [
        resample(trace((-body.chest, y - gap / 2), (0, y - gap / 2 + 0.8, body.chest, y - gap / 2)), 10)
        for y in heights
    ]
    swells = [Fold(p, 1.1, gap * 1.9) for p in puffs]
    swells += [  # little gathers along each seam
        Fold(np.array([(x, y + 0.2), (x + rng.uniform(-1, 1), y + gap * 0.35)]), -0.7, 4)
        for y in heights
        for x in rng.uniform(-0.92, 0.92, 9) * body.chest
    ]
    marks = (Line(seams, 1.4, -0.4), *zip_line(body.drop, body.length + 1), armhole_seams(body))
    sketch.add(
        Piece("torso", body.outline(), look.cloth, lift=3, puff=9, wrinkle=0.6, folds=tuple(swells), marks=marks)
    )
    half = trace((0.0, -2.6), (body.neck * 0.6, -2.8, body.neck - 1.0, -4.6))
    lower = trace((body.neck + 2.4, 2.4), (body.neck * 0.8, body.drop + 1.8, 0, body.drop + 2.6))
    ring = symmetric(np.concatenate([half, lower]))
    sketch.add(
        Piece(
            "collar",
            ring,
            look.cloth,
            lift=3,
            puff=8,
            marks=(Line([np.array([(0, -2.4), (0, body.drop + 2.6)])], 3.0, -0.5),),
        )
    )
    return finish(sketch, body, sleeve, 0)
