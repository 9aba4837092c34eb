"""Jackets and coats."""

from dataclasses import replace
from typing import Any

import numpy as np

from sample.cloth import Cloth
from sample.curves import along, mirror, resample, ribbon, symmetric, trace
from sample.pieces import RGB, Fold, Line, Patch, Piece, Sketch, Stud
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    armhole_seams,
    hem_band,
    hem_stitches,
    inside_back,
    neck_band,
    point_sleeves,
)
from sample.shapes.shirts import chest_pocket, collar, placket
from sample.style import Look, Style

STEEL = (176, 178, 182)


def _body(rng: np.random.Generator, **changes: Any) -> Bodice:
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


def _sleeves(
    sketch: Sketch, look: Look, rng: np.random.Generator, body: Bodice, sleeve: Sleeve, cuff: float, ribbed: bool
) -> None:
    for side in (-1, 1):
        rows = () if cuff else (sleeve.hem_stitches(body, 3.0),)
        sketch.add(sleeve.piece(body, look.cloth, rng, side, rows))
        if cuff:
            end = look.trim.plain("rib") if ribbed else look.cloth.plain()
            sketch.add(sleeve.cuff(body, end, cuff, side, 16 if ribbed else 0, -0.8 if ribbed else 0.2))


def _finish(
    sketch: Sketch, body: Bodice, sleeve: Sleeve, cuff: float, band: float = 0.0, flare: float = -0.8
) -> Sketch:
    body.key_points(sketch)
    point_sleeves(sketch, body, sleeve, cuff, flare)
    if band:
        sketch.mark_sides(hem=(body.hem - 1, body.length + band))
        sketch.mark(hem_centre=(0.0, body.length + body.hem_dip + band))
    return sketch


def _slant_pockets(body: Bodice) -> Line:
    y = body.length * 0.66
    edge = np.array([(body.hem * 0.42, y), (body.hem * 0.68, y + 13)])
    return Line([edge, edge * (-1.0, 1.0), edge + (0.9, -0.4), (edge + (0.9, -0.4)) * (-1.0, 1.0)], 1.6, -0.42)


def bomber(look: Look, rng: np.random.Generator) -> Sketch:
    body, sleeve = (
        _body(rng, length=rng.uniform(56, 60)),
        Sleeve(rng.uniform(54, 57), rng.uniform(62, 70), 14, bend=-0.6),
    )
    sketch = Sketch()
    rib = look.cloth.plain("rib")
    look = replace(look, trim=rib)
    back, front = neck_band(body, rib, 3.6, 2.0)
    sketch.add(*inside_back(body, look.trim, 2.0), back)
    _sleeves(sketch, look, rng, body, sleeve, 6, True)
    sketch.add(hem_band(body, rib, 6))
    marks = (*zip_line(body.drop + 2.5, body.length + 1.3), _slant_pockets(body), armhole_seams(body))
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=3, folds=body.folds(rng, 1.3), marks=marks), front)
    return _finish(sketch, body, sleeve, 6, 6)


def denim_jacket(look: Look, rng: np.random.Generator) -> Sketch:
    body, sleeve = (
        _body(rng, length=rng.uniform(58, 61), neck=7.6, drop=8.0, back=0.6),
        Sleeve(rng.uniform(55, 58), rng.uniform(63, 70), 13),
    )
    look = replace(look, accent=(172, 146, 104))
    thread = (200, 150, 84) if look.cloth.colour[2] > look.cloth.colour[0] + 8 else None
    sketch = Sketch()
    behind, leaves = collar(look, body, rng)
    sketch.add(*inside_back(body, look.cloth, 0.0), *behind)
    _sleeves(sketch, look, rng, body, sleeve, 5, False)
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
    return _finish(sketch, body, sleeve, 5, 4.6, 0.2)


def hem_band_flat(body: Bodice, look: Look, depth: float) -> Piece:
    band = hem_band(body, look.cloth.plain(), depth)
    return replace(band, marks=(Line([body.hem_line(-0.6), body.hem_line(-depth + 0.7)], 0.8, -0.25, dash=2.2),))


def puffer(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, chest=29.5, waist=29.5, hem=29.0, shoulder=25.0, length=rng.uniform(64, 70))
    sleeve = Sleeve(rng.uniform(56, 59), rng.uniform(62, 69), 15.5)
    gap = rng.uniform(6.5, 10)
    sketch = Sketch()
    sketch.add(*inside_back(body, look.trim, 5.5))
    top, low = sleeve.edges(body)
    count = round(sleeve.length / gap)
    ribs = [np.stack([np.array(along(low, t)), np.array(along(top, t))]) for t in np.arange(1, count) / count]
    for side in (-1, 1):
        piece = sleeve.piece(body, look.cloth, rng, side, (Line(ribs, 1.6, -0.45),))
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
    for seam in seams:  # little gathers along each seam
        for x in rng.uniform(-0.92, 0.92, 9) * body.chest:
            swells.append(
                Fold(np.array([(x, seam[0, 1] + 0.2), (x + rng.uniform(-1, 1), seam[0, 1] + gap * 0.35)]), -0.7, 4)
            )
    marks = (Line(seams, 1.6, -0.5), *zip_line(body.drop, body.length + 1), armhole_seams(body))
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=3, puff=9, wrinkle=0.6, folds=tuple(swells), marks=marks))
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
    return _finish(sketch, body, sleeve, 0)


def _lapels(look: Look, body: Bodice, width: float) -> list[Piece]:
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
    sketch.add(*_lapels(look, body, 9.0 if double else 7.5))
    return _finish(sketch, body, sleeve, 0)


def blazer(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(
        rng, vee=True, drop=rng.uniform(32, 37), length=rng.uniform(71, 75), waist=25.0, hem=27.5, hem_dip=2.0, neck=8.0
    )
    return _tailored(look, rng, body, Sleeve(rng.uniform(61, 63), rng.uniform(70, 76), 13), bool(rng.random() < 0.3), 2)


def overcoat(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(
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
    _sleeves(sketch, ribbed, rng, body, sleeve, cuff, band > 0)
    if band:
        sketch.add(hem_band(body, look.cloth.plain("rib"), band))
    marks: list[Line | Patch | Stud] = [armhole_seams(body)]
    if not band:
        marks.append(hem_stitches(body, 3.0))
    if zipped:
        marks += [*zip_line(body.drop - 0.5, body.length + 1), *([] if kangaroo else [_slant_pockets(body)])]
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
    return _finish(sketch, body, sleeve, cuff, band)


def zip_hoodie(look: Look, rng: np.random.Generator) -> Sketch:
    return _hooded(
        look,
        rng,
        _body(rng, length=rng.uniform(60, 63)),
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
        _body(rng, length=rng.uniform(60, 63)),
        Sleeve(rng.uniform(55, 58), rng.uniform(62, 70), 14),
        6,
        6,
        False,
        True,
    )


def raincoat(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, length=rng.uniform(80, 90), hem=31.0, waist=28.5)
    return _hooded(look, rng, body, Sleeve(rng.uniform(61, 64), rng.uniform(66, 72), 15), 0, 0, True, False)


_COATS = ("camel", "charcoal", "navy", "black", "grey", "beige", "burgundy", "olive", "brown", "cream")
_SPORT = (
    "black",
    "navy",
    "olive",
    "burgundy",
    "charcoal",
    "mustard",
    "teal",
    "red",
    "orange",
    "denim blue",
    "lavender",
    "cream",
    "green",
)

OUTWEAR = (
    Style("bomber jacket", "飞行员夹克", bomber, ("nylon", "satin"), ("plain",), (59, 149), -0.3, 0.2, _SPORT),
    Style(
        "leather jacket",
        "机车夹克",
        bomber,
        ("leather",),
        ("plain",),
        (99, 219),
        -0.4,
        0.3,
        ("black", "brown", "camel", "burgundy", "navy"),
    ),
    Style(
        "suede jacket",
        "绒面夹克",
        bomber,
        ("suede",),
        ("plain",),
        (89, 199),
        -0.3,
        0.4,
        ("brown", "camel", "beige", "navy", "olive"),
    ),
    Style(
        "denim jacket",
        "牛仔夹克",
        denim_jacket,
        ("denim",),
        ("plain",),
        (55, 119),
        0.0,
        0.2,
        ("denim blue", "denim blue", "light blue", "navy", "black", "white"),
    ),
    Style("puffer jacket", "羽绒夹克", puffer, ("nylon",), ("plain",), (79, 189), -1.0, 0.1, _SPORT),
    Style(
        "blazer",
        "西装外套",
        blazer,
        ("wool", "linen", "twill"),
        ("plain", "plain", "pinstriped", "windowpane", "plaid"),
        (79, 199),
        0.0,
        1.0,
        _COATS,
    ),
    Style(
        "overcoat",
        "大衣",
        overcoat,
        ("wool", "cashmere"),
        ("plain", "plain", "windowpane"),
        (109, 259),
        -1.0,
        0.8,
        _COATS,
    ),
    Style("zip hoodie", "拉链连帽衫", zip_hoodie, ("fleece",), ("plain",), (39, 89), -0.3, 0.0),
    Style(
        "raincoat",
        "雨衣",
        raincoat,
        ("nylon",),
        ("plain",),
        (49, 129),
        -0.2,
        0.2,
        ("yellow", "navy", "olive", "red", "teal", "black", "beige"),
    ),
)

HOODIE = Style("hoodie", "连帽卫衣", hoodie, ("fleece",), ("plain",), (35, 79), -0.4, 0.0)
