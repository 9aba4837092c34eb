"""Dresses. Units are centimetres."""

from dataclasses import replace
from typing import Any

import numpy as np

from sample.curves import mirror, ribbon, trace
from sample.pieces import Line, Piece, Sketch, Stud
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    armhole_seams,
    inside_back,
    neck_band,
    point_sleeves,
)
from sample.shapes.falls import Fall, hem_row
from sample.style import Look, Style


def _key_points(sketch: Sketch, fall: Fall) -> None:
    sketch.mark_sides(waist=(fall.waist, fall.top), hem=(fall.hem, fall.top + fall.length))
    middle = fall.bottom(0.0)[30]
    sketch.mark(hem_centre=(float(middle[0]), float(fall.top + fall.length * 1.0)))


def _dress(
    look: Look,
    rng: np.random.Generator,
    body: Bodice,
    fall: Fall,
    sleeve: Sleeve | None,
    *,
    belt: bool = False,
    buttons: bool = False,
) -> Sketch:
    sketch = Sketch()
    phase = rng.uniform(0, 6)
    edge = look.cloth.plain()
    sketch.add(*inside_back(body, look.cloth))
    if sleeve:
        for side in (-1, 1):
            sketch.add(sleeve.piece(body, look.cloth, rng, side, (sleeve.hem_stitches(body),)))
    back, front = neck_band(body, edge, 1.1)
    back, front = replace(back, marks=()), replace(front, marks=())
    sketch.add(back)
    sketch.add(
        Piece(
            "skirt",
            fall.outline(phase),
            look.cloth,
            lift=0,
            folds=fall.folds(rng, phase),
            marks=(hem_row(fall, phase),),
        )
    )
    marks = (
        (armhole_seams(body),)
        if sleeve
        else (Line([body.armhole() - (1.0, 0), mirror(body.armhole()) + (1.0, 0)], 0.8, -0.25, dash=2.2),)
    )
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=2.5, folds=body.folds(rng, 0.8), marks=marks))
    if buttons:
        top = body.drop + 0.5
        low = fall.top + fall.length - 8
        rows = [np.array([(x, top), (x, fall.top + fall.length)]) for x in (-1.5, 1.5)]
        strip = np.array([(-1.5, top), (1.5, top), (1.5, low + 7.5), (-1.5, low + 7.5)])
        studs = [Stud((0.0, float(y)), 2.7, look.accent, 4) for y in np.linspace(top + 2, low, 10)]
        sketch.add(
            Piece("torso", strip, look.cloth, puff=1.0, lift=1.4, wrinkle=0.4, marks=(Line(rows, 0.8, -0.2), *studs))
        )
    sketch.add(front)
    if belt:
        _belt(sketch, look, fall.waist + 0.5, fall.top, rng)
    body.key_points(sketch)
    if sleeve:
        point_sleeves(sketch, body, sleeve)
    _key_points(sketch, fall)
    sketch.mark(hem_centre=(0.0, float(fall.bottom(phase)[30, 1])))
    return sketch


def _belt(sketch: Sketch, look: Look, half: float, y: float, rng: np.random.Generator) -> None:
    """A tied sash with two hanging ends."""
    top, low = (
        trace((-half, y - 1.6), (0, y - 0.4, half, y - 1.6)),
        trace((-half, y + 1.8), (0, y + 3.2, half, y + 1.8)),
    )
    cloth = look.cloth.plain()
    sketch.add(Piece("waistband", np.concatenate([top, low[::-1]]), cloth, puff=3, lift=3, wrinkle=0.6))
    for bend, long in ((2.5, 20), (-1.5, 17)):
        tail = trace((3.0, y + 1.2), (3.0 + bend, y + 8, 3.4 + bend * 0.8, y + long))
        sketch.add(Piece("waistband", ribbon(tail, 2.2, 3.2), cloth, puff=3, lift=3))
    knot = np.array([(1.4, y - 0.8), (4.6, y - 0.6), (4.8, y + 2.6), (1.2, y + 2.8)])
    sketch.add(Piece("waistband", knot, cloth, puff=4, lift=3))


def _bust(rng: np.random.Generator, **changes: Any) -> Bodice:
    base = Bodice(
        neck=8.5,
        drop=9,
        shoulder=18.5,
        slope=3.4,
        chest=21.5,
        armpit=21,
        waist=17.8,
        waist_at=37,
        hem=17.6,
        length=40,
        hem_dip=0.8,
    )
    return replace(base, **changes)


def _skirt_of(rng: np.random.Generator, body: Bodice, length: float, hem: float, waves: int) -> Fall:
    return Fall(body.hem - 0.2, body.hem + 4 + (hem - body.hem) * 0.35, hem, body.length - 0.8, length, waves)


def tea_dress(look: Look, rng: np.random.Generator) -> Sketch:
    body = _bust(rng, vee=bool(rng.random() < 0.5), drop=rng.uniform(10, 14))
    return _dress(
        look,
        rng,
        body,
        _skirt_of(rng, body, rng.uniform(66, 78), rng.uniform(36, 42), 5),
        Sleeve(rng.uniform(13, 17), 46, 14),
        belt=bool(rng.random() < 0.5),
    )


def shirt_dress(look: Look, rng: np.random.Generator) -> Sketch:
    body = _bust(rng, vee=True, drop=14.0)
    return _dress(
        look,
        rng,
        body,
        _skirt_of(rng, body, rng.uniform(58, 70), rng.uniform(28, 32), 3),
        Sleeve(rng.uniform(24, 28), 52, 13.5),
        belt=True,
        buttons=True,
    )


def maxi_dress(look: Look, rng: np.random.Generator) -> Sketch:
    body = _bust(
        rng, neck=9.5, drop=12.0, vee=bool(rng.random() < 0.5), shoulder=13.5, slope=2.2, chest=20.5, armpit=20.0
    )
    return _dress(
        look,
        rng,
        body,
        _skirt_of(rng, body, rng.uniform(88, 98), rng.uniform(38, 44), 5),
        None,
        belt=bool(rng.random() < 0.4),
    )


def skater_dress(look: Look, rng: np.random.Generator) -> Sketch:
    body = _bust(rng, neck=9.0, shoulder=14.5, slope=2.6, chest=20.5, armpit=20.0)
    return _dress(look, rng, body, _skirt_of(rng, body, rng.uniform(46, 54), rng.uniform(36, 42), 6), None)


def shift_dress(look: Look, rng: np.random.Generator) -> Sketch:
    body = _bust(rng, chest=23.0, waist=22.0, hem=22.4, length=44.0, waist_at=40.0, drop=8.0)
    fall = Fall(22.4, 25, rng.uniform(26, 28), 43.0, rng.uniform(44, 52), 0)
    return _dress(look, rng, body, fall, Sleeve(rng.uniform(14, 30), 55, 14.5))


_PRINTS = ("plain", "floral", "floral", "dotted", "leafy", "gingham", "diamond")


DRESSES = (
    Style("tea dress", "茶歇连衣裙", tea_dress, ("viscose", "chiffon"), _PRINTS, (39, 99), 0.5, 0.5),
    Style(
        "shirt dress",
        "衬衫连衣裙",
        shirt_dress,
        ("linen", "poplin"),
        ("plain", "plain", "gingham", "pinstriped", "dotted"),
        (45, 109),
        0.5,
        0.5,
    ),
    Style("maxi dress", "长款连衣裙", maxi_dress, ("chiffon", "satin"), _PRINTS, (49, 129), 0.8, 0.7),
    Style(
        "skater dress",
        "伞摆连衣裙",
        skater_dress,
        ("cotton", "satin"),
        ("plain", "plain", "dotted", "plaid"),
        (35, 85),
        0.3,
        0.4,
    ),
    Style(
        "shift dress",
        "直筒连衣裙",
        shift_dress,
        ("cotton", "wool"),
        ("plain", "retro", "windowpane", "zigzag", "diamond"),
        (39, 99),
        -0.1,
        0.7,
    ),
)
