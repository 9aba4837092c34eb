"""Sneakers and running shoes."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import ellipse, ribbon, trace
from sample.pieces import RGB, Line, Patch, Piece, Sketch, Stud
from sample.shapes.lasts import GUM, RUBBER, Last, flat_sole, laces, lining, pair
from sample.style import Look


def _side_mark(rng: np.random.Generator, colour: RGB) -> tuple[Patch, ...]:
    """A geometric flash on the quarter."""
    kind = rng.integers(4)
    if kind == 0:
        return tuple(
            Patch([np.array([(x, -8.6), (x + 1.1, -8.8), (x - 1.3, -3.4), (x - 2.4, -3.4)])], colour)
            for x in (17.4, 19.6, 21.8)
        )
    if kind == 1:
        wave = trace((12.2, -5.2), (16, -3.0, 21, -4.2, 27, -8.0))
        return (Patch([ribbon(wave, 0.4, 1.9)], colour),)
    if kind == 2:
        return (Patch([ellipse(21.5, -6.4, 2.0, 2.0), ellipse(21.5, -6.4, 1.2, 1.2)], colour),)
    return (Patch([np.array([(15.0, -4.0), (20.5, -8.2), (22.0, -8.2), (22.0, -6.8), (18.2, -4.0)])], colour),)


def _sneaker(
    look: Look,
    rng: np.random.Generator,
    last: Last,
    sole: Cloth,
    *,
    cap: bool,
    flash: bool,
    rows: int,
    thick: float,
    wedge: float,
) -> Sketch:
    upper = last.upper()
    tongue = trace(
        (last.instep[0] - 2, last.instep[1] + 2),
        last.front,
        (last.front[0] + 0.6, last.front[1] - 1.8, last.front[0] - 1.4, last.front[1] - 1.6),
        (last.instep[0] - 2.6, last.instep[1] + 0.6),
    )
    collar = last.opening()
    foxing = trace((24.6, last.dip - 0.2), (24.2, -6, 25.2, -4, 25.6, -2.6))
    stay = trace((7.8, -last.toe - 0.6), (10.5, -4.2, 14.5, -4.6, last.front[0] + 1.6, last.dip - 0.4))
    marks: list[Line | Patch | Stud] = [
        Line([collar + (0, 0.8)], 0.9, -0.25, dash=2), Line([foxing], 1.4, -0.3), Line([foxing + (0.5, 0)], 0.8, -0.2, dash=2),
        Line([stay], 1.4, -0.3), Line([stay + (0.2, -0.5)], 0.8, -0.2, dash=2),
    ]  # fmt: skip
    if flash:
        marks += _side_mark(rng, look.trim.colour)
    near = [
        Piece("tongue", tongue, look.cloth.plain(), lift=0, puff=3, shade=0.94, wrinkle=0.3),
        lining(last, look.trim),
        Piece("upper", upper, look.cloth, lift=2, puff=7, wrinkle=0.3, marks=tuple(marks)),
    ]
    if cap:
        toe = trace(
            (0.2, -last.sole + 0.2),
            (0.2, -last.toe * 0.95, 2.6, -last.toe - 0.6, 5.2, -last.toe - 0.6),
            (7.2, -4.6, 7.0, -3, 7.2, -1.8),
        )
        near.append(Piece("upper", toe, Cloth((RUBBER,), "smooth"), puff=6, lift=1.5, wrinkle=0))
    else:
        near.append(
            Piece(
                "upper",
                trace(
                    (24.9, last.dip),
                    (24.6, -6, 25.4, -4, 25.7, -2.6),
                    (29.4, -2.6),
                    (30.2, -6, 30, -9, last.back[0] + 0.2, last.back[1] + 1.2),
                    (27.5, last.dip - 1.0, 26, last.dip - 0.2, 24.9, last.dip),
                ),
                look.trim,
                puff=4,
                lift=1.5,
                wrinkle=0.2,
            )
        )
    near += laces(last, RUBBER if sum(look.cloth.colour) < 560 else look.trim.colour, rows)
    near.append(flat_sole(last, sole, thick, wedge, tread=not cap))
    return pair(Sketch(), near, last)


def running_shoes(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(sole=3.2, heel=1.2, toe=6.2)
    return _sneaker(look, rng, last, Cloth((RUBBER,), "smooth"), cap=False, flash=True, rows=5, thick=2.6, wedge=1.5)


def canvas_sneakers(look: Look, rng: np.random.Generator) -> Sketch:
    return _sneaker(look, rng, Last(), Cloth((RUBBER,), "smooth"), cap=True, flash=False, rows=5, thick=2.6, wedge=0.2)


def high_tops(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(instep=(16.2, -11.0), front=(19.2, -18.4), dip=-17.2, back=(28.2, -18.0))
    return _sneaker(
        look,
        rng,
        last,
        Cloth((RUBBER,), "smooth"),
        cap=True,
        flash=bool(rng.random() < 0.4),
        rows=7,
        thick=2.6,
        wedge=0.2,
    )


def leather_trainers(look: Look, rng: np.random.Generator) -> Sketch:
    sole = Cloth((GUM if rng.random() < 0.4 else RUBBER,), "smooth")
    return _sneaker(look, rng, Last(), sole, cap=False, flash=bool(rng.random() < 0.6), rows=5, thick=2.7, wedge=0.3)
