"""T-shirts and long-sleeved tops."""

from dataclasses import replace
from typing import Any

import numpy as np

from sample.curves import Points, ellipse, trace
from sample.pieces import RGB, Line, Patch, Piece, Sketch
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
from sample.style import Look, Style


def _body(rng: np.random.Generator, **changes: Any) -> Bodice:
    chest = rng.uniform(24.5, 27.5)
    return replace(
        Bodice(
            neck=rng.uniform(8.2, 9.4), drop=rng.uniform(8, 10), shoulder=chest - rng.uniform(3.5, 4.5), chest=chest,
            waist=chest - rng.uniform(0.3, 1.6), hem=chest - rng.uniform(-0.6, 0.8), length=rng.uniform(67, 73),
        ),
        **changes,
    )  # fmt: skip


def top(
    look: Look, rng: np.random.Generator, body: Bodice, sleeve: Sleeve, *, marks: tuple[Line | Patch, ...] = (),
    cuff: float = 0.0, band: float = 0.0, raglan: bool = False, neck: float = 2.0, ringer: bool = False,
) -> Sketch:  # fmt: skip
    """A pulled-over top. cuff, band: depth of ribbed ends in centimetres; raglan: sleeves in the trim's colour."""
    sketch = Sketch()
    edge = look.trim if ringer or raglan else look.cloth.plain()
    sketch.add(*inside_back(body, look.cloth))
    sleeves = look.trim if raglan else look.cloth
    for side in (-1, 1):
        stitches = () if cuff else (sleeve.hem_stitches(body),)
        sketch.add(sleeve.piece(body, sleeves, rng, side, stitches))
        if cuff:
            sketch.add(sleeve.cuff(body, edge, cuff, side))
    back, front = neck_band(body, edge, neck)
    ends = () if band else (hem_stitches(body),)
    sketch.add(back)
    if band:
        sketch.add(hem_band(body, edge, band))
    sketch.add(Piece("torso", body.outline(), look.cloth, lift=3, folds=body.folds(rng), marks=(*marks, *ends)), front)
    body.key_points(sketch)
    if band:
        sketch.mark_sides(hem=(body.hem - 1, body.length + band))
        sketch.mark(hem_centre=(0.0, body.length + body.hem_dip + band))
    point_sleeves(sketch, body, sleeve, cuff)
    return sketch


def _pocket(body: Bodice) -> Line:
    x, y = body.chest * 0.22, body.armpit - 2
    edge = np.array([(x, y), (x + 9, y), (x + 9, y + 9), (x + 4.5, y + 11), (x, y + 9), (x, y)])
    return Line([edge, edge[:2] + (0, 1.6)], 1.3, -0.32)


def emblem(
    rng: np.random.Generator, colours: tuple[RGB, ...], radius: float, centre: tuple[float, float]
) -> tuple[Patch, ...]:
    """A geometric print."""
    first, second = colours[0], colours[-1]
    move = np.array(centre)

    def at(path: Points) -> Points:
        return np.asarray(path * radius + move)

    kind = rng.integers(5)
    circle = ellipse(0, 0, 1, 1)
    if kind == 0:  # sun over waves
        rows = [trace((-1, y), (-0.5, y - 0.22, 0, y), (0.5, y + 0.22, 1, y)) for y in (0.42, 0.66, 0.9)]
        waves = [at(np.concatenate([row, row[::-1] + (0, 0.11)])) for row in rows]
        return (Patch([at(ellipse(0, -0.25, 0.55, 0.55))], first), Patch(waves, second))
    if kind == 1:  # mountains before a disc
        peaks = np.array([(-1, 0.8), (-0.35, -0.35), (-0.02, 0.2), (0.3, -0.15), (1, 0.8)])
        snow = np.array([(-0.35, -0.35), (-0.12, 0.03), (-0.28, -0.02), (-0.4, 0.12), (-0.58, 0.06)])
        return (Patch([at(ellipse(0.3, -0.3, 0.5, 0.5))], second), Patch([at(peaks)], first), Patch([at(snow)], second))
    if kind == 2:  # rings
        return tuple(
            Patch([at(circle * r), at(circle * (r - 0.14))], c) for r, c in ((1, first), (0.7, second), (0.4, first))
        )
    if kind == 3:  # chevrons
        bands = []
        for k in range(3):
            y = -0.7 + 0.5 * k
            bands.append(
                at(np.array([(-0.9, y), (0, y + 0.5), (0.9, y), (0.9, y + 0.24), (0, y + 0.74), (-0.9, y + 0.24)]))
            )
        return (Patch(bands[::2], first), Patch(bands[1:2], second))
    tiles = [np.array([(x, y), (x + 0.55, y), (x, y + 0.55)]) for x in (-0.9, -0.3, 0.3) for y in (-0.9, -0.3, 0.3)]
    return (Patch([at(t) for t in tiles[::2]], first), Patch([at(t) for t in tiles[1::2]], second))


def crew_tee(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng)
    return top(look, rng, body, Sleeve(rng.uniform(20, 24), rng.uniform(34, 48), rng.uniform(16.5, 18.5)))


def pocket_tee(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng)
    return top(look, rng, body, Sleeve(rng.uniform(20, 24), rng.uniform(34, 48), 17.5), marks=(_pocket(body),))


def vee_tee(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, vee=True, drop=rng.uniform(15, 19))
    return top(look, rng, body, Sleeve(rng.uniform(18, 22), rng.uniform(38, 50), 16.5), neck=1.6)


def graphic_tee(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng)
    prints = emblem(rng, (look.trim.colour, look.accent), rng.uniform(8.5, 11), (0.0, body.armpit + rng.uniform(4, 8)))
    return top(look, rng, body, Sleeve(rng.uniform(20, 24), rng.uniform(34, 48), 18), marks=prints)


def ringer_tee(look: Look, rng: np.random.Generator) -> Sketch:
    return top(look, rng, _body(rng), Sleeve(21, rng.uniform(36, 46), 17), cuff=2.2, ringer=True)


def baseball_top(look: Look, rng: np.random.Generator) -> Sketch:
    return top(look, rng, _body(rng), Sleeve(rng.uniform(44, 50), rng.uniform(62, 70), 12), raglan=True, cuff=2.5)


def long_tee(look: Look, rng: np.random.Generator) -> Sketch:
    return top(look, rng, _body(rng), Sleeve(rng.uniform(59, 63), rng.uniform(66, 74), rng.uniform(10.5, 12)))


def sweater(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, length=rng.uniform(60, 64))
    return top(look, rng, body, Sleeve(rng.uniform(54, 58), rng.uniform(64, 72), 13), cuff=6, band=5.5, neck=2.8)


def vee_sweater(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, length=rng.uniform(59, 63), vee=True, drop=rng.uniform(17, 20))
    return top(look, rng, body, Sleeve(rng.uniform(54, 58), rng.uniform(64, 72), 12.5), cuff=6, band=5.5, neck=2.4)


def sweatshirt(look: Look, rng: np.random.Generator) -> Sketch:
    body = _body(rng, length=rng.uniform(59, 63))
    prints = emblem(rng, (look.accent, look.trim.colour), 6.5, (0.0, body.armpit + 3)) if rng.random() < 0.4 else ()
    return top(
        look,
        rng,
        body,
        Sleeve(rng.uniform(54, 57), rng.uniform(62, 70), 14),
        cuff=6,
        band=6,
        marks=(*prints, armhole_seams(body)),
    )


_PRINTS = ("plain", "plain", "striped", "breton", "dotted", "floral", "retro", "leafy")

T_SHIRTS = (
    Style("crew-neck T-shirt", "圆领T恤", crew_tee, ("cotton", "organic cotton"), _PRINTS, (12, 29), 0.6, 0.2),
    Style(
        "pocket T-shirt", "口袋T恤", pocket_tee, ("cotton", "linen"), ("plain", "striped", "breton"), (15, 35), 0.6, 0.2
    ),
    Style(
        "V-neck T-shirt",
        "V领T恤",
        vee_tee,
        ("cotton", "organic cotton"),
        ("plain", "plain", "striped"),
        (12, 32),
        0.6,
        0.3,
    ),
    Style("graphic T-shirt", "印花T恤", graphic_tee, ("cotton",), ("plain",), (18, 39), 0.6, 0.1),
    Style("ringer T-shirt", "撞色边T恤", ringer_tee, ("cotton",), ("plain",), (16, 34), 0.6, 0.1),
)

LONGSLEEVES = (
    Style(
        "long-sleeve T-shirt",
        "长袖T恤",
        long_tee,
        ("cotton", "organic cotton"),
        ("plain", "breton", "striped", "retro"),
        (19, 42),
        0.0,
        0.2,
    ),
    Style("baseball top", "撞色袖棒球衫", baseball_top, ("cotton",), ("plain",), (22, 45), 0.0, 0.1),
    Style(
        "crew-neck sweater",
        "圆领毛衣",
        sweater,
        ("merino", "chunky knit"),
        ("plain", "plain", "striped", "argyle", "zigzag"),
        (39, 99),
        -0.8,
        0.4,
    ),
    Style(
        "V-neck sweater", "V领毛衣", vee_sweater, ("merino", "ribbed knit"), ("plain", "argyle"), (39, 99), -0.7, 0.6
    ),
    Style("sweatshirt", "卫衣", sweatshirt, ("fleece",), ("plain",), (32, 69), -0.4, 0.1),
)
