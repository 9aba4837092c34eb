"""Dresses and skirts. Units are centimetres."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sample.curves import Points, mirror, resample, ribbon, trace
from sample.pieces import Fold, Line, Piece, Sketch, Stud
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    armhole_seams,
    inside_back,
    neck_band,
    point_sleeves,
)
from sample.shapes.legwear import BRASS
from sample.style import Look, Style


@dataclass(frozen=True)
class Fall:
    """A skirt from the waist down. waist, hip, hem: half widths; top: y of the waist; waves: folds at the hem."""

    waist: float
    hip: float
    hem: float
    top: float
    length: float
    waves: int = 0
    bell: float = 0.5

    def side(self) -> Points:
        low, h = self.top + self.length, self.length
        return trace(
            (self.waist, self.top),
            (
                self.hip * self.bell + self.waist * (1 - self.bell),
                self.top + h * 0.18,
                self.hip,
                self.top + h * 0.42,
                self.hem,
                low,
            ),
        )

    def bottom(self, rng_phase: float) -> Points:
        """The hem from the wearer's left to right, dipping where folds come forward."""
        t = np.linspace(1, -1, 61)
        y = self.top + self.length + self.length * 0.035 * (1 - t**2)
        y = y + 1.1 * np.cos(t * np.pi * self.waves + rng_phase) * (np.abs(t) < 0.97) * (self.waves > 0)
        return np.stack([t * self.hem, y], 1)

    def outline(self, phase: float) -> Points:
        side = self.side()
        top = trace((-self.waist, self.top), (0, self.top + 1.6, self.waist, self.top))
        return np.concatenate([side, self.bottom(phase), mirror(side), top[1:-1]])

    def folds(self, rng: np.random.Generator, phase: float) -> tuple[Fold, ...]:
        """Folds that hang from the waist and open at the hem."""
        folds = []
        count = max(2, self.waves)
        for k in range(count * 2 + 1):
            t = (k / count) - 1
            x1 = t * self.hem * 0.96 + rng.uniform(-0.8, 0.8)
            start = rng.uniform(0.0, 0.35)
            x0 = t * (self.waist + (self.hip - self.waist) * start) * rng.uniform(0.85, 1)
            y0, y1 = self.top + self.length * start, self.top + self.length * 1.06
            path = trace((x0, y0), (x0 * 0.6 + x1 * 0.4, y0 + (y1 - y0) * 0.5, x1, y1))
            depth = (1 if k % 2 else -1) * rng.uniform(0.5, 1.0) * (1.0 if self.waves else 0.5)
            folds.append(Fold(path, depth, rng.uniform(7, 12) if self.waves else rng.uniform(9, 15)))
        return tuple(folds)


def _hem_row(fall: Fall, phase: float) -> Line:
    return Line([fall.bottom(phase) - (0, 2.0)], 0.8, -0.25, dash=2.2)


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
            marks=(_hem_row(fall, phase),),
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


def _skirt(
    look: Look,
    rng: np.random.Generator,
    fall: Fall,
    *,
    pleats: int = 0,
    jean: bool = False,
    buttons: bool = False,
    slit: bool = False,
) -> Sketch:
    sketch = Sketch()
    phase, w = rng.uniform(0, 6), fall.waist
    back = trace((-w + 0.4, -3.4), (0, -2.2, w - 0.4, -3.4))
    sketch.add(
        Piece(
            "waist_inside",
            np.concatenate([back, [(w - 1, 0.5), (-w + 1, 0.5)]]),
            look.cloth.plain(),
            shade=0.6,
            puff=0,
            lift=0,
            wrinkle=0,
        )
    )
    thread = (196, 142, 74) if jean else None
    marks: list[Line | Stud] = [_hem_row(fall, phase)]
    folds = fall.folds(rng, phase)
    if pleats:
        marks, folds = [], ()
        tops = np.stack([np.linspace(-1, 1, pleats) * w, np.full(pleats, 0.4)], 1)
        lows = resample(fall.bottom(phase)[::-1], pleats)
        lines = [np.stack([a, b]) for a, b in zip(tops, lows, strict=True)]
        marks += [
            Line(lines, 1.8, -0.38),
            Line([line + (0.7, 0) for line in lines], 2.4, -0.16),
            Line([line - (0.6, 0) for line in lines], 1.6, 0.10),
        ]
    if jean:
        for flip in ((1.0, 1.0), (-1.0, 1.0)):
            edge = trace((w * 0.6, 0), (w * 0.64, 6, w * 1.06, 7.5)) * flip
            marks += [Line([edge], 1.6, -0.45), Line([edge + (-0.8 * flip[0], 0.7)], 0.8, -0.25, thread, 2.2)]
    if slit:
        marks.append(Line([np.array([(w * 0.5, fall.length * 0.62), (w * 0.62, fall.length + 3)])], 2.4, -0.5))
    if buttons:
        low = fall.length + fall.length * 0.03
        marks += [Line([np.array([(x, 0), (x, low)]) for x in (-1.6, 1.6)], 0.9, -0.3, thread, 2.2 if thread else 0)]
        marks += [
            Stud((0.0, float(y)), 3.0, BRASS if jean else look.accent, 0 if jean else 4)
            for y in np.linspace(4, low - 6, 6)
        ]
    sketch.add(
        Piece(
            "skirt",
            fall.outline(phase),
            look.cloth,
            lift=0,
            folds=folds,
            marks=tuple(marks),
            wrinkle=0.4 if pleats else 1.0,
        )
    )
    top, low_edge = trace((-w, -4.0), (0, -1.8, w, -4.0)), trace((-w - 0.3, 0.3), (0, 2.2, w + 0.3, 0.3))
    rows = Line([top + (0, 0.6), low_edge - (0, 0.6)], 0.8, -0.25, thread, 2.2)
    button = (Stud((0.0, 0.0), 3.2, BRASS if jean else look.accent, 0 if jean else 4),) if buttons else ()
    sketch.add(
        Piece(
            "waistband",
            np.concatenate([top, low_edge[::-1]]),
            look.cloth.plain() if not pleats else look.cloth,
            puff=3,
            lift=3,
            wrinkle=0.3,
            marks=(rows, *button),
        )
    )
    sketch.mark_sides(waist=(w, -4.0), hem=(fall.hem, fall.length))
    sketch.mark(hem_centre=(0.0, float(fall.bottom(phase)[30, 1])))
    return sketch


def a_line_skirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _skirt(look, rng, Fall(18, 24, rng.uniform(31, 36), 0, rng.uniform(48, 62), 3))


def pleated_skirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _skirt(
        look, rng, Fall(17.5, 24, rng.uniform(31, 36), 0, rng.uniform(40, 70), 0), pleats=int(rng.integers(13, 19))
    )


def pencil_skirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _skirt(look, rng, Fall(18, 25.5, rng.uniform(20, 22), 0, rng.uniform(54, 62), 0, 0.9), slit=True)


def denim_skirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _skirt(look, rng, Fall(19, 23.5, rng.uniform(25, 28), 0, rng.uniform(38, 46), 0), jean=True, buttons=True)


def circle_skirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _skirt(look, rng, Fall(17.5, 28, rng.uniform(42, 48), 0, rng.uniform(52, 66), 6))


def maxi_skirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _skirt(
        look, rng, Fall(17.5, 26, rng.uniform(36, 42), 0, rng.uniform(82, 92), 4), buttons=bool(rng.random() < 0.4)
    )


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

SKIRTS = (
    Style(
        "A-line skirt",
        "A字半身裙",
        a_line_skirt,
        ("twill", "wool"),
        ("plain", "plain", "plaid", "windowpane"),
        (29, 75),
        0.0,
        0.5,
    ),
    Style(
        "pleated skirt",
        "百褶半身裙",
        pleated_skirt,
        ("satin", "viscose"),
        ("plain", "plain", "plaid"),
        (32, 85),
        0.0,
        0.6,
    ),
    Style(
        "pencil skirt",
        "铅笔半身裙",
        pencil_skirt,
        ("twill", "wool"),
        ("plain", "plain", "pinstriped"),
        (32, 79),
        -0.1,
        0.9,
    ),
    Style(
        "leather pencil skirt",
        "皮革铅笔半身裙",
        pencil_skirt,
        ("leather",),
        ("plain",),
        (45, 89),
        -0.3,
        0.6,
        ("black", "brown", "burgundy", "camel", "red", "olive"),
    ),
    Style(
        "denim skirt",
        "牛仔半身裙",
        denim_skirt,
        ("denim",),
        ("plain",),
        (29, 69),
        0.3,
        0.1,
        ("denim blue", "denim blue", "navy", "light blue", "black", "white"),
    ),
    Style(
        "circle skirt",
        "伞形半身裙",
        circle_skirt,
        ("cotton", "chiffon"),
        ("plain", "floral", "dotted", "leafy"),
        (29, 79),
        0.6,
        0.4,
    ),
    Style(
        "maxi skirt",
        "半身长裙",
        maxi_skirt,
        ("chiffon", "linen"),
        ("plain", "floral", "leafy", "striped"),
        (35, 89),
        0.6,
        0.4,
    ),
)
