"""Loafers and heels, and all shoes by style."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import ellipse, trace
from sample.pieces import Line, Patch, Piece, Sketch
from sample.shapes.boots import chelsea_boots, lace_boots
from sample.shapes.lasts import DARK, Last, heeled_sole, lining, pair
from sample.shapes.sneakers import canvas_sneakers, high_tops, leather_trainers, running_shoes
from sample.style import Look, Style


def loafers(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(instep=(13.4, -8.2), front=(14.8, -9.4), dip=-6.6, back=(29.0, -9.6), toe=4.6, sole=1.2, heel=1.2)
    apron = trace((3.2, -5.0), (6.5, -4.4, 10.5, -4.6, 14.2, -7.2))
    strap = trace(
        (12.0, -7.2),
        (13.6, -8.8),
        (17.2, -6.0, 17.6, -3.6, 17.0, -1.8),
        (13.8, -1.8),
        (14.2, -4.0, 13.6, -5.6, 12.0, -7.2),
    )
    near = [
        lining(last, Cloth(((196, 164, 128),), "leather")),
        Piece(
            "upper",
            last.upper(),
            look.cloth,
            lift=2,
            puff=7,
            wrinkle=0.4,
            gleam=0.05,
            marks=(Line([apron], 2.2, -0.35), Line([apron - (0, 0.4)], 1.2, 0.14)),
        ),
        Piece(
            "upper",
            strap,
            look.cloth,
            puff=3,
            lift=2,
            wrinkle=0.2,
            marks=(Patch([ellipse(14.6, -6.6, 0.9, 0.35, 40)], DARK),),
        ),
        *heeled_sole(Cloth((DARK,), "smooth"), 7.6, 1.9),
    ]
    return pair(Sketch(), near, last)


def heels(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(instep=(8.4, -4.4), front=(9.4, -4.9), dip=-6.0, back=(28.6, -14.2), toe=3.0, sole=0.9, heel=7.6)
    rise = 8.0
    upper = trace(
        (-0.4, -0.9), (0.6, -2.8, 4, -3.6, 9.4, -4.9), (13, -3.0, 22, -9.8, 28.6, -14.2),
        (30.6, -12.6, 29.8, -10.4, 29.4, -rise), (24, -rise + 0.6, 17, -1.6, 11, -0.7), (5, -0.5, 1, -0.5, -0.4, -0.9),
    )  # fmt: skip
    inside = trace((9.4, -4.9), (14, -5.4, 23, -13, 28.6, -14.2), (22, -9.2, 13, -2.6, 9.4, -4.9))
    sole = trace(
        (-0.5, -0.9),
        (2, 0.1, 7, 0, 11, -0.1),
        (17, -0.6, 23, -rise + 1.2, 27, -rise + 0.2),
        (29.4, -rise + 0.1),
        (24, -rise - 0.2, 17, -1.6, 11, -0.9),
        (5, -0.8, 1, -0.8, -0.5, -0.9),
    )
    stem = trace(
        (24.8, -rise + 0.4),
        (29.5, -rise - 0.2),
        (29.6, -5, 28.4, -3, 28.4, 0),
        (27.0, 0),
        (27.2, -3.4, 27.2, -5.6, 24.8, -rise + 0.4),
    )
    near = [
        Piece("inside", inside, Cloth(((206, 178, 148),), "leather"), shade=0.86, puff=2, lift=0, wrinkle=0),
        Piece("sole", stem, look.cloth.plain("smooth"), puff=3, lift=0, wrinkle=0, gleam=0.06),
        Piece("upper", upper, look.cloth, puff=6, lift=1.5, wrinkle=0, gleam=0.10),
        Piece("sole", sole, Cloth((DARK,), "smooth"), puff=1, lift=0.5, wrinkle=0),
    ]
    sketch = pair(Sketch(), near, last)
    sketch.points.clear()
    sketch.mark(
        toe=(-0.4, -0.9), heel=(29.4, -rise), ankle_back=(28.6, -14.2), instep=(9.4, -4.9), ground_heel=(27.7, 0.0)
    )
    return sketch


_LEATHERS = ("black", "black", "brown", "camel", "burgundy", "navy", "beige")


SHOES = (
    Style("running shoes", "跑鞋", running_shoes, ("mesh",), ("plain",), (49, 139), 0.1, 0.0),
    Style(
        "canvas sneakers",
        "帆布鞋",
        canvas_sneakers,
        ("canvas",),
        ("plain", "plain", "plain", "gingham", "floral"),
        (29, 75),
        0.5,
        0.1,
    ),
    Style("high-top sneakers", "高帮运动鞋", high_tops, ("canvas", "suede"), ("plain",), (39, 99), 0.0, 0.0),
    Style(
        "leather trainers",
        "皮革运动鞋",
        leather_trainers,
        ("leather",),
        ("plain",),
        (49, 119),
        0.1,
        0.3,
        ("white", "white", "black", "cream", "navy", "green", "beige"),
    ),
    Style(
        "Chelsea boots", "切尔西靴", chelsea_boots, ("leather", "suede"), ("plain",), (79, 179), -0.7, 0.6, _LEATHERS
    ),
    Style(
        "lace-up boots",
        "系带靴",
        lace_boots,
        ("leather", "suede"),
        ("plain",),
        (79, 169),
        -0.9,
        0.2,
        (*_LEATHERS, "olive", "mustard"),
    ),
    Style("loafers", "乐福鞋", loafers, ("leather", "suede"), ("plain",), (59, 139), 0.2, 0.8, _LEATHERS),
    Style(
        "heels",
        "高跟鞋",
        heels,
        ("leather", "satin", "suede"),
        ("plain",),
        (49, 139),
        0.2,
        0.9,
        ("black", "red", "beige", "navy", "burgundy", "pink", "fuchsia", "white", "green"),
    ),
)
