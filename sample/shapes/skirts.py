"""Skirts. Units are centimetres."""

import numpy as np

from sample.curves import resample, trace
from sample.pieces import Line, Piece, Sketch, Stud
from sample.shapes.falls import Fall, hem_row
from sample.shapes.legwear import BRASS
from sample.style import Look, Style


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
    marks: list[Line | Stud] = [hem_row(fall, phase)]
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
