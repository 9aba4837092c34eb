"""Shoes from the side, toe to the left, one of the pair behind the other. Units are centimetres; the ground is y = 0."""

from dataclasses import dataclass, replace

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, along, ellipse, ribbon, trace
from sample.pieces import RGB, Line, Patch, Piece, Sketch, Stud
from sample.style import Look, Style

RUBBER = (238, 236, 231)
GUM = (186, 136, 86)
DARK = (44, 42, 42)


@dataclass(frozen=True)
class Last:
    """The side profile. instep: where the vamp meets the ankle; top: height of the opening; toe: bluntness."""

    instep: tuple[float, float] = (16.5, -10.4)
    front: tuple[float, float] = (18.6, -12.6)
    dip: float = -9.4
    back: tuple[float, float] = (28.8, -11.8)
    toe: float = 5.6
    sole: float = 2.6
    heel: float = 0.4

    def opening(self) -> Points:
        """From the tongue's top over the ankle's dip to the heel's top."""
        x0, x1 = self.front[0], self.back[0]
        return trace(
            self.front, (x0 + (x1 - x0) * 0.25, self.dip + 0.2, x0 + (x1 - x0) * 0.7, self.dip - 0.3, *self.back)
        )

    def vamp(self) -> Points:
        """From the toe over the instep to the tongue's top."""
        ix, iy = self.instep
        return trace(
            (0.7, -self.sole), (0.3, -self.toe * 0.86, 2.4, -self.toe - 0.5, 6.2, -self.toe - 0.9),
            (10, -self.toe - 1.5, ix - 3.0, iy + 1.8, ix, iy), self.front,
        )  # fmt: skip

    def upper(self) -> Points:
        x, y = self.back
        heel = trace((x, y), (x + 1.5, y * 0.72, x + 0.6, y * 0.4, 29.2, -self.sole - self.heel + 0.4))
        low = trace(
            (29.2, -self.sole - self.heel + 0.4), (22, -self.sole + 0.3, 10, -self.sole + 0.9, 0.7, -self.sole + 0.4)
        )
        return np.concatenate([self.vamp(), self.opening(), heel, low])


def _sole(last: Last, cloth: Cloth, thick: float, wedge: float, tread: bool) -> Piece:
    """thick at the toe, thicker by wedge at the heel."""
    t = thick
    outline = trace(
        (0.1, -t - 0.6), (-0.4, -t * 0.4, 0.8, -0.25, 3.2, 0), (27.6, 0), (30.2, -0.1, 30.4, -t - wedge, 29.6, -t - wedge - 0.5),
        (22, -t - wedge * 0.7 + 0.2, 10, -t + 0.6, 0.1, -t - 0.6),
    )  # fmt: skip
    rim = trace((0.4, -t * 0.62), (10, -t * 0.5, 22, -t * 0.55 - wedge * 0.4, 29.9, -t * 0.7 - wedge * 0.5))
    marks = [Line([rim], 1.0, -0.18)]
    if tread:
        marks.append(Line([np.array([(x, -0.7), (x, 0)]) for x in np.linspace(2.5, 28.5, 27)], 1.4, -0.3))
    return Piece("sole", outline, cloth, puff=3, lift=1.5, wrinkle=0, marks=tuple(marks))


def _laces(last: Last, colour: RGB, rows: int) -> list[Piece]:
    """Bars across the throat."""
    vamp = last.vamp()
    pieces = []
    for t in np.linspace(0.56, 0.90, rows):
        x, y = along(vamp, t)
        bar = trace((x - 0.5, y - 0.25), (x + 1.0, y - 0.2, x + 2.6, y + 2.1))
        pieces.append(Piece("laces", ribbon(bar, 0.85), Cloth((colour,), "canvas"), puff=2, lift=2, wrinkle=0))
    return pieces


def _pair(sketch: Sketch, near: list[Piece], last: Last) -> Sketch:
    """The far shoe is the near one, behind and above it."""
    away = np.array([3.4, -4.2])
    for piece in near:
        marks = tuple(_moved(mark, away) for mark in piece.marks)
        folds = tuple(replace(fold, path=fold.path + away) for fold in piece.folds)
        sketch.add(
            replace(
                piece, part="far_shoe", outline=piece.outline + away, marks=marks, folds=folds, shade=piece.shade * 0.9
            )
        )
    first = near[0]
    sketch.add(replace(first, lift=7), *near[1:])
    sketch.mark(
        toe=(float(last.upper()[:, 0].min()), -last.sole), heel=(29.6, -last.sole - last.heel),
        tongue=last.front, ankle_back=last.back, instep=last.instep, ground_toe=(3.2, 0.0), ground_heel=(27.6, 0.0),
    )  # fmt: skip
    return sketch


def _moved(mark: Line | Patch | Stud, by: Points) -> Line | Patch | Stud:
    if isinstance(mark, Line):
        return replace(mark, paths=[path + by for path in mark.paths])
    if isinstance(mark, Patch):
        return replace(mark, outlines=[path + by for path in mark.outlines])
    return replace(mark, centre=(mark.centre[0] + float(by[0]), mark.centre[1] + float(by[1])))


def _lining(last: Last, cloth: Cloth) -> Piece:
    """The far inner side, seen through the opening."""
    (x0, y0), (x1, y1) = last.front, last.back
    rim = trace((x0, y0), (x0 + 3, y0 - 0.8, x1 - 3, y1 - 1.2, x1, y1))
    return Piece(
        "inside", np.concatenate([rim, last.opening()[::-1] + (0, 1.2)]), cloth, shade=0.6, puff=2, lift=0, wrinkle=0
    )


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
        _lining(last, look.trim),
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
    near += _laces(last, RUBBER if sum(look.cloth.colour) < 560 else look.trim.colour, rows)
    near.append(_sole(last, sole, thick, wedge, tread=not cap))
    return _pair(Sketch(), near, last)


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


def _heeled_sole(cloth: Cloth, heel: float, height: float) -> list[Piece]:
    """A thin sole and a block heel of ``height``, ``heel`` centimetres long."""
    h = height
    welt = trace(
        (0.0, -1.1),
        (-0.2, -0.3, 1.2, 0, 3, 0),
        (14, 0),
        (19, 0, 22, -h * 0.9, 25, -h + 0.1),
        (29.8, -h + 0.1),
        (30.0, -h - 0.9),
        (24, -h - 0.7, 17, -1.3, 0.0, -1.1),
    )
    block = trace((30 - heel, -h - 0.2), (29.9, -h - 0.2), (29.7, 0), (30 - heel * 0.92, 0))
    return [
        Piece("sole", block, cloth, puff=3, lift=0, wrinkle=0, gleam=0.05),
        Piece("sole", welt, cloth, puff=1.5, lift=1, wrinkle=0),
    ]


def chelsea_boots(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(instep=(16.6, -11.0), front=(18.2, -21.5), dip=-21.0, back=(28.4, -22.0), toe=5.2, sole=1.2, heel=1.6)
    gore = trace((20.6, -20.9), (26.2, -21.2), (25.8, -14, 24.8, -12, 23.4, -10.4), (21.8, -12, 21.0, -15, 20.6, -20.9))
    ribs = [np.array([(x, -21), (x + 0.2, -11)]) for x in np.linspace(21, 26, 13)]
    tab = trace((27.2, -20.2), (27.4, -23.6), (29.0, -23.6), (28.8, -19.6))
    near = [
        _lining(last, look.trim),
        Piece("upper", tab, look.trim, lift=0, puff=2, wrinkle=0),
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
        *_heeled_sole(Cloth((DARK,), "smooth"), 8.0, 2.2),
    ]
    return _pair(Sketch(), near, last)


def lace_boots(look: Look, rng: np.random.Generator) -> Sketch:
    last = Last(instep=(16.0, -11.4), front=(18.6, -21.8), dip=-20.6, back=(28.4, -21.6), toe=6.4, sole=2.6, heel=0.6)
    stay = trace((8.6, -7.4), (11, -5.6, 15, -6.0, 20.6, -12, 20.4, -20.8))
    collar = trace(
        (18.8, -21.6), (21, -20.2, 26, -20.2, 28.4, -21.6), (28.9, -18.6), (25, -17.6, 21, -17.8, 19.6, -18.4)
    )
    near = [
        _lining(last, look.trim),
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
        *_laces(last, GUM, 8),
        _sole(last, Cloth((DARK,), "smooth"), 2.4, 0.9, tread=True),
    ]
    return _pair(Sketch(), near, last)


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
        _lining(last, Cloth(((196, 164, 128),), "leather")),
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
        *_heeled_sole(Cloth((DARK,), "smooth"), 7.6, 1.9),
    ]
    return _pair(Sketch(), near, last)


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
    sketch = _pair(Sketch(), near, last)
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
