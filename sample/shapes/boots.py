"""Boots."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import trace
from sample.pieces import Line, Piece, Sketch
from sample.shapes.lasts import DARK, GUM, Last, flat_sole, heeled_sole, laces, lining, pair
from sample.style import Look


def chelsea_boots(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(instep=(15.6, -9.6), front=(17.8, -20.5), dip=-20.0, back=(28.2, -21.0), toe=4.4, sole=1.2, heel=1.6)
    gore = trace((20.2, -20.0), (25.8, -20.2), (25.6, -14, 24.8, -11, 23.4, -9.0), (21.6, -11, 20.6, -14, 20.2, -20.0))
    ribs = [np.array([(x, -20.4), (x + 0.2, -9)]) for x in np.linspace(20.6, 25.6, 13)]
    tab = trace((26.2, -19.4), (26.4, -22.6), (28.0, -22.6), (27.9, -18.8))
    near = [
        lining(last, look.trim),
        Piece("upper", tab, Cloth((DARK,), "canvas"), lift=0, puff=2, wrinkle=0),
        Piece(
            "upper",
            last.upper(),
            look.cloth,
            lift=2,
            puff=8,
            wrinkle=0.7,
            marks=(Line([trace((16.6, -9), (20, -6.5, 24, -7.0, 29.6, -7.4))], 1.4, -0.28),),
        ),
        Piece("upper", gore, Cloth((DARK,), "canvas"), puff=1.5, lift=0.5, wrinkle=0, marks=(Line(ribs, 1.0, -0.4),)),
        *heeled_sole(Cloth((DARK,), "smooth"), 8.0, 2.2),
    ]
    return pair(Sketch(), near, last)


def lace_boots(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(instep=(15.4, -10.6), front=(17.8, -20.8), dip=-19.6, back=(28.2, -20.6), toe=5.4, sole=2.6, heel=0.6)
    stay = trace((8.6, -6.6), (11, -4.8, 15, -5.4, 19.8, -11, 19.8, -20.0))
    collar = trace(
        (17.8, -20.8), (20, -19.4, 25.5, -19.4, 28.2, -20.6), (28.1, -17.6), (25, -16.8, 20.6, -17.0, 18.0, -17.4)
    )
    near = [
        lining(last, look.trim),
        Piece(
            "upper",
            last.upper(),
            look.cloth,
            lift=2,
            puff=8,
            wrinkle=0.7,
            marks=(
                Line([stay], 1.5, -0.32),
                Line([stay + (0.4, 0.3)], 0.8, -0.2, dash=2),
                Line([trace((7.4, -7.2), (7.6, -5, 7.2, -3.6, 7.6, -2.4))], 1.4, -0.3),
            ),
        ),
        Piece("upper", collar, look.cloth.plain("leather", DARK), puff=4, lift=1.5, wrinkle=0.2),
        *laces(last, GUM, 8),
        flat_sole(last, Cloth((DARK,), "smooth"), 2.4, 0.9, tread=True),
    ]
    return pair(Sketch(), near, last)
