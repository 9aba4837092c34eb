"""Buttoned shirts, blouses and polo shirts."""

from dataclasses import replace
from typing import Any

import numpy as np

from sample.curves import Points, mirror, symmetric, trace
from sample.pieces import Line, Piece, Sketch, Stud
from sample.shapes.bodice import (
    Bodice,
    Sleeve,
    armhole_seams,
    hem_stitches,
    inside_back,
    point_sleeves,
)
from sample.style import Look, Style


def _body(rng: np.random.Generator, **changes: Any) -> Bodice:
    chest = rng.uniform(25, 27.5)
    return replace(
        Bodice(
            neck=7.2, drop=7.5, back=0.6, shoulder=chest - 4, chest=chest, waist=chest - rng.uniform(0.5, 2.5),
            hem=chest - rng.uniform(-0.5, 0.8), length=rng.uniform(71, 76), hem_dip=1.5,
        ),
        **changes,
    )  # fmt: skip


def collar_leaf(body: Bodice, reach: float, drop: float, stand: float, side: int) -> Points:
    """One leaf of a turned-down collar: from the middle of the neck up to the stand's fold and out to its point."""
    n, d = body.neck, body.drop
    path = trace(
        (0.2, d - 2.2), (reach, d + drop), (n + 3.2, 2.6),
        (n + 2.4, -0.6, n - 0.4, -stand), (n - 1.0, -stand + 0.4, n * 0.75, 1.2, 0.2, d - 2.2),
    )  # fmt: skip
    return np.asarray(path * np.array([float(side), 1.0]))


def collar(look: Look, body: Bodice, rng: np.random.Generator, stand: float = 3.2) -> tuple[list[Piece], list[Piece]]:
    """The pieces behind the body (inner stand) and those on top of it (two leaves)."""
    cloth = look.cloth
    half = trace((0, -stand + 1.0), (body.neck * 0.6, -stand + 1.0, body.neck - 0.6, -stand))
    low = trace((body.neck, 2.5), (body.neck * 0.5, 4.2, 0, 4.2))
    inner = Piece(
        "collar_inside", symmetric(np.concatenate([half, low])), cloth, shade=0.78, puff=2, lift=0, wrinkle=0.2
    )
    seam = trace((-body.neck + 0.3, 0.8), (0, 2.4, body.neck - 0.3, 0.8))
    fold = Piece(
        "collar_inside",
        np.concatenate([mirror(half), half, seam[::-1]]),
        cloth,
        shade=0.9,
        puff=2,
        lift=1.5,
        wrinkle=0.2,
    )
    reach, drop = rng.uniform(5.8, 7.2), rng.uniform(2.5, 4.5)
    leaves = []
    for side in (-1, 1):
        leaf = collar_leaf(body, reach, drop, stand, side)
        edge = (leaf - leaf.mean(0)) * 0.9 + leaf.mean(0)
        stitches = Line([edge[:16]], 0.8, -0.22, dash=2)
        leaves.append(
            Piece("collar", leaf, cloth, grain=90 + side * 24, puff=3.5, lift=4, wrinkle=0.2, marks=(stitches,))
        )
    return [inner, fold], leaves


def placket(body: Bodice, look: Look, top: float, bottom: float, buttons: int, width: float = 3.2) -> Piece:
    """The buttoned strip down the front."""
    half = width / 2
    strip = np.array([(-half, top), (half, top), (half, bottom), (-half, bottom)])
    studs = [
        Stud((0.0, float(y)), 2.9, look.accent, 4)
        for y in np.linspace(top + 2.2, bottom - 9 if buttons > 4 else bottom - 2, buttons)
    ]
    rows = [np.array([(x, top), (x, bottom)]) for x in (-half + 0.45, half - 0.45)]
    return Piece(
        "torso", strip, look.cloth, puff=1.2, lift=1.6, wrinkle=0.5, marks=(Line(rows, 0.8, -0.22, dash=2), *studs)
    )


def chest_pocket(body: Bodice, look: Look, side: int = 1, flap: bool = False) -> list[Piece]:
    x0, y0, w, h = body.chest * 0.25, body.armpit - 1.5, 10.0, 11.5
    flip = np.array([float(side), 1.0])
    box = np.array([(x0, y0), (x0 + w, y0), (x0 + w, y0 + h - 1.5), (x0 + w / 2, y0 + h), (x0, y0 + h - 1.5)]) * flip
    rim = (np.concatenate([box, box[:1]]) - box.mean(0)) * 0.93 + box.mean(0)
    pieces = [
        Piece("torso", box, look.cloth, puff=1.6, lift=1.6, wrinkle=0.4, marks=(Line([rim[1:]], 0.8, -0.22, dash=2),))
    ]
    if flap:
        lid = (
            np.array(
                [
                    (x0 - 0.3, y0 - 1.5),
                    (x0 + w + 0.3, y0 - 1.5),
                    (x0 + w + 0.3, y0 + 2.2),
                    (x0 + w / 2, y0 + 3.8),
                    (x0 - 0.3, y0 + 2.2),
                ]
            )
            * flip
        )
        snap = Stud((float(lid[3, 0]), float(lid[3, 1]) - 1.7), 2.6, look.accent, 4)
        pieces.append(Piece("torso", lid, look.cloth, puff=2, lift=2.2, wrinkle=0.4, marks=(snap,)))
    return pieces


def _button_up(
    look: Look, rng: np.random.Generator, body: Bodice, sleeve: Sleeve, pockets: int, flap: bool = False
) -> Sketch:
    sketch = Sketch()
    behind, leaves = collar(look, body, rng)
    sketch.add(*inside_back(body, look.cloth, 0.0), *behind)
    long = sleeve.length > 35
    for side in (-1, 1):
        sketch.add(sleeve.piece(body, look.cloth, rng, side, () if long else (sleeve.hem_stitches(body),)))
        if long:
            cuff = sleeve.cuff(body, look.cloth, 6.0, side, ribs=0, flare=0.2)
            corner = cuff.outline[2] * 0.7 + cuff.outline[1] * 0.3
            inward = cuff.outline.mean(0)
            at = corner * 0.62 + inward * 0.38
            sketch.add(
                replace(cuff, puff=4, lift=2.5, marks=(Stud((float(at[0]), float(at[1])), 2.4, look.accent, 4),))
            )
    yoke = trace((body.shoulder - 0.6, 8.4), (0.6 * body.shoulder, 9.4, body.neck + 1.2, 8.6))
    seams = Line([yoke, mirror(yoke)], 1.0, -0.22)
    sketch.add(
        Piece(
            "torso",
            body.outline(),
            look.cloth,
            lift=3,
            folds=body.folds(rng, 1.1),
            marks=(hem_stitches(body, 1.4), armhole_seams(body), seams),
        )
    )
    sketch.add(placket(body, look, body.drop - 1.4, body.length + body.hem_dip - 0.2, 7))
    for side in (1, -1)[:pockets]:
        sketch.add(*chest_pocket(body, look, side, flap))
    sketch.add(*leaves)
    body.key_points(sketch)
    point_sleeves(sketch, body, sleeve, 6.0 if long else 0.0, 0.2)
    return sketch


def dress_shirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _button_up(
        look, rng, _body(rng), Sleeve(rng.uniform(56, 59), rng.uniform(66, 73), 11.5), int(rng.integers(2))
    )


def flannel_shirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _button_up(look, rng, _body(rng), Sleeve(rng.uniform(55, 58), rng.uniform(62, 70), 12.5), 2, True)


def resort_shirt(look: Look, rng: np.random.Generator) -> Sketch:
    return _button_up(look, rng, _body(rng, length=69.0), Sleeve(rng.uniform(22, 25), rng.uniform(36, 46), 19), 1)


def blouse(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, length=rng.uniform(62, 66), waist=22.5, chest=24.5, shoulder=20.5, hem=25.0)
    return _button_up(look, rng, body, Sleeve(rng.uniform(53, 56), rng.uniform(64, 70), 14, bend=-0.8), 0)


def polo(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, length=rng.uniform(68, 72), neck=7.6, drop=7.0)
    sleeve = Sleeve(rng.uniform(20, 23), rng.uniform(36, 46), 16.5)
    sketch = Sketch()
    trim = replace(look, cloth=look.cloth.plain("rib"))
    behind, leaves = collar(trim, body, rng, 2.6)
    sketch.add(*inside_back(body, look.cloth, 0.0), *behind)
    for side in (-1, 1):
        sketch.add(sleeve.piece(body, look.cloth, rng, side), sleeve.cuff(body, look.cloth.plain(), 2.6, side, 22))
    sketch.add(
        Piece(
            "torso",
            body.outline(),
            look.cloth,
            lift=3,
            folds=body.folds(rng),
            marks=(hem_stitches(body), armhole_seams(body)),
        )
    )
    sketch.add(placket(body, replace(look, cloth=look.cloth.plain()), body.drop - 1.4, body.drop + 13, 3), *leaves)
    body.key_points(sketch)
    point_sleeves(sketch, body, sleeve, 2.6)
    return sketch


_LIGHT = (
    "white",
    "light blue",
    "cream",
    "pink",
    "lavender",
    "mint",
    "navy",
    "black",
    "beige",
    "denim blue",
    "teal",
    "light grey",
)

SHIRTS = (
    Style(
        "dress shirt",
        "正装衬衫",
        dress_shirt,
        ("poplin", "cotton"),
        ("plain", "plain", "pinstriped", "windowpane", "gingham"),
        (35, 89),
        0.0,
        0.9,
        _LIGHT,
    ),
    Style(
        "flannel shirt",
        "法兰绒衬衫",
        flannel_shirt,
        ("brushed cotton",),
        ("plaid", "plaid", "gingham"),
        (35, 75),
        -0.6,
        0.2,
    ),
    Style(
        "short-sleeve shirt",
        "短袖衬衫",
        resort_shirt,
        ("linen", "viscose"),
        ("plain", "floral", "leafy", "striped", "dotted", "diamond"),
        (29, 65),
        0.9,
        0.2,
    ),
    Style(
        "denim shirt",
        "牛仔衬衫",
        flannel_shirt,
        ("denim",),
        ("plain",),
        (39, 85),
        -0.1,
        0.2,
        ("denim blue", "light blue", "navy", "black", "grey"),
    ),
    Style(
        "blouse",
        "女式衬衫",
        blouse,
        ("satin", "chiffon", "silk"),
        ("plain", "plain", "dotted", "floral"),
        (29, 95),
        0.2,
        0.7,
    ),
    Style("polo shirt", "Polo衫", polo, ("cotton",), ("plain", "plain", "striped", "breton"), (25, 65), 0.6, 0.4),
)
