"""What trousers and shorts have in common. Units are centimetres from the middle of the waist."""

from dataclasses import dataclass

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, along, resample, ribbon, rungs, trace
from sample.pieces import RGB, Fold, Line, Piece, Sketch, Stud
from sample.style import Look

BRASS = (168, 140, 96)
_THREAD = (196, 142, 74)


@dataclass(frozen=True)
class Legs:
    """Half measures from the middle; knee and hem are widths of one leg; apart: gap between the hems' inner corners."""

    waist: float = 21.0
    hip: float = 25.5
    hip_at: float = 21.0
    rise: float = 28.0
    knee: float = 21.0
    hem: float = 18.0
    length: float = 104.0
    apart: float = 7.0
    band: float = 4.0

    def outer(self) -> Points:
        """The side seam from waist to hem, on the wearer's left."""
        out = self.apart / 2 + self.hem
        to_hip = (self.waist + 1.4, self.hip_at * 0.35, self.hip, self.hip_at * 0.6, self.hip, self.hip_at)
        if self.length < 70:
            y = (self.hip_at + self.length) / 2
            return trace((self.waist, self.band * 0.8), to_hip, (self.hip + 0.3, y, out - 0.5, y, out, self.length))
        knee_y = self.rise + (self.length - self.rise) * 0.45
        knee = self.apart / 2 * 0.45 + self.knee
        return trace(
            (self.waist, self.band * 0.8), to_hip,
            (self.hip, self.rise + 8, knee + 0.8, knee_y - 14, knee, knee_y),
            (knee - 0.5, knee_y + 14, out, self.length - 14, out, self.length),
        )  # fmt: skip

    def inner(self) -> Points:
        """The inseam from crotch to hem, on the wearer's left."""
        x, drop = self.apart / 2, self.length - self.rise
        return trace(
            (0, self.rise),
            (x * 0.5 + 0.4, self.rise + drop * 0.08, x * 0.9, self.rise + drop * 0.5, x, self.length + 0.3),
        )

    def outline(self) -> Points:
        """The left leg with its half of the body."""
        outer, inner = self.outer(), self.inner()
        hem = trace(tuple(outer[-1]), (float(outer[-1, 0] + inner[-1, 0]) / 2, self.length + 1.0, *inner[-1]))
        top = np.array([(-1.5, self.rise - 1.5), (-1.5, self.band * 0.9), (0, self.band * 0.9)])
        return np.concatenate([outer, hem, inner[::-1], top])

    def middle(self) -> Points:
        """The pressed crease's line, 30 points from waist to hem."""
        return (resample(self.outer(), 30) + resample(self.inner(), 30)) / 2

    def folds(self, rng: np.random.Generator, strength: float) -> tuple[Fold, ...]:
        """Whiskers from the crotch, breaks at the knee and above the hem, a soft fall down the leg."""
        outer, inner = self.outer(), self.inner()
        folds = []
        for _ in range(4):
            a, b = (
                np.array((rng.uniform(0.5, 3), self.rise + rng.uniform(-5, 4))),
                np.array(along(outer, rng.uniform(0.16, 0.34))),
            )
            end = a + (b - a) * rng.uniform(0.5, 0.85)
            folds.append(self._fold(rng, a, end, 2.0, strength, rng.uniform(4, 7)))
        heights = (
            (*rng.uniform(0.3, 0.6, 3), *rng.uniform(0.75, 0.96, 3))
            if self.length > 70
            else tuple(rng.uniform(0.3, 0.9, 2))
        )
        for t in heights:
            a, b = (
                np.array(along(outer, 0.25 + 0.75 * t)),
                np.array(along(inner, max(0.02, t + rng.uniform(-0.05, 0.05)))),
            )
            if rng.random() < 0.5:
                a, b = b, a
            end = a + (b - a) * rng.uniform(0.4, 0.75)
            folds.append(self._fold(rng, a, end, rng.uniform(-2, 3), strength * 0.9, rng.uniform(5, 9)))
        folds.append(Fold(self.middle()[8:] + (rng.uniform(-2, 2), 0), strength * 0.6, 13))
        return tuple(folds)

    @staticmethod
    def _fold(rng: np.random.Generator, a: Points, b: Points, sag: float, strength: float, width: float) -> Fold:
        middle = (a + b) / 2 + (0, sag)
        path = trace((a[0], a[1]), (middle[0], middle[1], b[0], b[1]))
        return Fold(path, strength * rng.uniform(0.4, 0.9) * rng.choice([-1, 1]), width)


@dataclass(frozen=True)
class Finish:
    """cuff, turn_up: depth in centimetres of ribbed or folded ends; stripe: bands along the side seams."""

    crease: bool = False
    fly: bool = True
    jean: bool = False
    elastic: bool = False
    stripe: bool = False
    cargo: bool = False
    cuff: float = 0.0
    turn_up: float = 0.0


def assemble(look: Look, rng: np.random.Generator, legs: Legs, finish: Finish) -> Sketch:
    """Two legs, what is sewn on them, and a waistband."""
    sketch = Sketch()
    blue = look.cloth.colour[2] > look.cloth.colour[0] + 8
    thread = _THREAD if finish.jean and blue else None
    back = trace((-legs.waist + 0.4, 0.6), (0, 2.0, legs.waist - 0.4, 0.6))
    inside = np.concatenate([back, [(legs.waist - 1, 5.0), (-legs.waist + 1, 5.0)]])
    sketch.add(Piece("waist_inside", inside, look.cloth.plain(), shade=0.6, puff=0, lift=0, wrinkle=0))
    for side in (-1, 1):
        _leg(sketch, legs, look, rng, finish, side, thread)
    _waistband(sketch, legs, look, finish, thread)
    pinch = 2.1 if finish.cuff else 0.0
    (ox, _), (ix, _) = legs.outer()[-1], legs.inner()[-1]
    low = legs.length + finish.cuff
    sketch.mark_sides(
        waist=(legs.waist, 0.0), hip=(legs.hip, legs.hip_at),
        hem_outer=(float(ox) - pinch, low), hem_inner=(float(ix) + pinch, low),
    )  # fmt: skip
    sketch.mark(crotch=(0.0, legs.rise))
    return sketch


def _leg(
    sketch: Sketch, legs: Legs, look: Look, rng: np.random.Generator, finish: Finish, side: int, thread: RGB | None
) -> None:
    flip = np.array([float(side), 1.0])
    name = "leg_left" if side > 0 else "leg_right"
    outer, inner = legs.outer(), legs.inner()
    marks: list[Line | Stud] = _pockets(legs, finish, flip, thread)
    if finish.stripe:
        marks.append(Line([(outer[3:] - (d, 0)) * flip for d in (2.6, 4.6)], 4, 0, look.accent))
    if finish.crease:
        marks += [
            Line([legs.middle()[6:] * flip], 1.2, 0.10),
            Line([(legs.middle()[6:] + (0.5, 0)) * flip], 1.2, -0.14),
        ]
    if not (finish.cuff or finish.turn_up):
        rows = [
            np.array([(outer[-1, 0] + 0.1, legs.length - up), (inner[-1, 0] - 0.1, legs.length - up)]) * flip
            for up in (2.6, 2.0)
        ]
        marks.append(Line(rows, 0.8, -0.28, thread, 2.2))
    if finish.fly and side > 0:
        curve = trace((4.2, legs.band), (4.2, legs.rise * 0.55), (4.2, legs.rise * 0.72, 0.2, legs.rise * 0.78))
        marks.append(Line([trace((0, legs.band), (0, legs.rise - 1))], 1.5, -0.45))
        marks.append(Line([curve, curve * (0.88, 1.0)], 0.8, -0.28, thread, 2.2))
    folds = tuple(Fold(f.path * flip, f.depth, f.width) for f in legs.folds(rng, 0.6 if finish.crease else 1.0))
    tilt = float(np.degrees(np.arctan2(legs.apart * 0.4, legs.length)))
    sketch.add(
        Piece(
            name,
            legs.outline() * flip,
            look.cloth,
            grain=90 - side * tilt,
            lift=3 if side > 0 else 0,
            folds=folds,
            marks=tuple(marks),
        )
    )
    if finish.cargo:
        _cargo_pocket(sketch, legs, look.cloth, name, flip)
    if finish.cuff:
        near = np.array([(outer[-1, 0] - 1.5, legs.length - 0.6), (inner[-1, 0] + 1.5, legs.length - 0.3)])
        far = near + np.array([(-0.6, finish.cuff + 0.6), (0.6, finish.cuff + 0.3)])
        ribs = Line([p * flip for p in rungs(near, far, 22)], 1.2, -0.2)
        sketch.add(
            Piece(name, np.concatenate([near, far[::-1]]) * flip, look.cloth.plain(), lift=2, puff=6, marks=(ribs,))
        )
    if finish.turn_up:
        up, low = legs.length - finish.turn_up, legs.length + 0.8
        x0, x1 = inner[-1, 0] - 0.5, outer[-1, 0] + 0.5
        pale = tuple(int(v + (255 - v) * 0.28) for v in look.cloth.colour)
        fold = look.cloth.plain(colour=(pale[0], pale[1], pale[2]))
        sketch.add(
            Piece(name, np.array([(x1, up), (x0, up), (x0 + 0.3, low), (x1 - 0.3, low)]) * flip, fold, lift=2.5, puff=4)
        )


def _pockets(legs: Legs, finish: Finish, flip: Points, thread: RGB | None) -> list[Line | Stud]:
    """The openings of the front pockets, with their stitches."""
    if finish.jean:
        edge = trace((legs.waist * 0.6, legs.band), (legs.waist * 0.64, 11, legs.hip * 0.9, 12.5))
    else:
        edge = trace((legs.waist * 0.7, legs.band), (legs.hip * 0.9, 17.5))
    rows = [(edge + (-0.9, 0.7)) * flip, (edge + (-1.6, 1.2)) * flip]
    marks: list[Line | Stud] = [
        Line([edge * flip], 1.6, -0.45),
        Line(rows[: 2 if finish.jean else 1], 0.8, -0.25, thread, 2.2),
    ]
    if finish.jean:
        for x, y in (edge[1] + (-1.4, 1.0), edge[-1] + (-1.6, -0.6)):
            marks.append(Stud((float(x * flip[0]), float(y)), 2.0, BRASS))
    return marks


def _waistband(sketch: Sketch, legs: Legs, look: Look, finish: Finish, thread: RGB | None) -> None:
    w, band, cloth = legs.waist, legs.band, look.cloth.plain()
    top, low = trace((-w, 0.0), (0, 2.6, w, 0.0)), trace((-w - 0.3, band), (0, band + 2.6, w + 0.3, band))
    if finish.elastic:
        marks = [Line(rungs(top, low, 46), 1.3, -0.2)]
    else:
        marks = [
            Line([top + (0, 0.7), low - (0, 0.7)], 0.8, -0.28, thread, 2.2),
            Line([np.array([(0.3, 2.3), (0.3, band + 1.2)])], 1.2, -0.4),
        ]
    sketch.add(
        Piece("waistband", np.concatenate([top, low[::-1]]), cloth, puff=3, lift=3, wrinkle=0.3, marks=tuple(marks))
    )
    if finish.elastic:
        for side, drift in ((-1, 2.2), (1, 3.0)):
            cord = trace((side * 1.2, 4.2), (side * 2.4, 9, side * drift, 15))
            sketch.add(Piece("waistband", ribbon(cord, 0.9), Cloth((look.accent,), "smooth"), puff=2, lift=3))
        return
    for share in (-0.72, -0.3, 0.3, 0.72):
        x, y = share * w, 1.3 * (1 - share * share)
        loop = np.array([(x - 0.8, y - 0.5), (x + 0.8, y - 0.5), (x + 0.8, y + band + 0.7), (x - 0.8, y + band + 0.7)])
        sketch.add(Piece("waistband", loop, cloth, puff=2, lift=2, wrinkle=0))
    button = Stud((1.9, band * 0.5 + 1.3), 3.4, BRASS if finish.jean else look.accent, 0 if finish.jean else 4)
    tab = np.array([(0.3, 1.5), (3.6, 1.5), (3.6, band + 1.1), (0.3, band + 1.1)])
    sketch.add(Piece("waistband", tab, cloth, puff=1, lift=0.5, wrinkle=0, marks=(button,)))


def _cargo_pocket(sketch: Sketch, legs: Legs, cloth: Cloth, part: str, flip: Points) -> None:
    long = legs.length > 70
    y = legs.rise + (legs.length - legs.rise) * (0.22 if long else 0.3)
    outer = legs.outer()
    x1 = float(np.interp(y + 4, outer[:, 1], outer[:, 0])) + 0.6
    x0, h = x1 - 13, 16 if long else 12
    bag = np.array([(x0, y), (x1, y), (x1 - 0.2, y + h), (x0 + 0.4, y + h)]) * flip
    flap = (
        np.array([(x0 - 0.5, y - 2), (x1 + 0.1, y - 2), (x1 + 0.1, y + 3), ((x0 + x1) / 2, y + 4.5), (x0 - 0.5, y + 3)])
        * flip
    )
    seam = (np.concatenate([bag, bag[:1]]) - bag.mean(0)) * 0.92 + bag.mean(0)
    snap = Stud((float(flap[3, 0]), float(flap[3, 1]) - 2), 2.2, BRASS)
    sketch.add(
        Piece(part, bag, cloth, puff=4, lift=3, marks=(Line([seam], 0.8, -0.25, dash=2),)),
        Piece(part, flap, cloth, puff=3, lift=3, marks=(snap,)),
    )
