"""Trousers and shorts. Units are centimetres from the middle of the waist."""

from dataclasses import dataclass

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, along, mirror, resample, ribbon, rungs, trace
from sample.pieces import RGB, Fold, Line, Piece, Sketch, Stud
from sample.style import Look, Style

METAL = (168, 140, 96)


@dataclass(frozen=True)
class Legs:
    """Half measures from the middle; knee and hem are widths of one leg; apart: gap between the hems' inner corners."""

    waist: float = 20.0
    hip: float = 26.5
    hip_at: float = 20.0
    rise: float = 28.0
    knee: float = 21.0
    hem: float = 18.0
    length: float = 104.0
    apart: float = 7.0
    band: float = 4.0

    def outer(self) -> Points:
        """The side seam from waist to hem, on the wearer's left."""
        out = self.apart / 2 + self.hem
        knee_y = self.rise + (self.length - self.rise) * 0.45
        knee = self.apart / 2 * 0.45 + self.knee
        return trace(
            (self.waist, self.band * 0.8),
            (self.waist + 2.2, self.hip_at * 0.45, self.hip, self.hip_at * 0.7, self.hip, self.hip_at + 2),
            (self.hip, self.rise + 6, knee + 0.8, knee_y - 12, knee, knee_y),
            (knee - 0.5, knee_y + 14, out, self.length - 14, out, self.length),
        )

    def inner(self) -> Points:
        """The inseam from crotch to hem, on the wearer's left."""
        x = self.apart / 2
        return trace((0, self.rise), (x * 0.1 + 0.4, self.rise + (self.length - self.rise) * 0.4, x * 0.8, self.length * 0.75, x, self.length + 0.3))

    def leg(self) -> Points:
        """The outline of the left leg with half of the top."""
        outer, inner = self.outer(), self.inner()
        hem = trace(tuple(outer[-1]), (float(outer[-1, 0] + inner[-1, 0]) / 2, self.length + 1.0, *inner[-1]))
        top = np.array([(-1.5, self.rise - 1.5), (-1.5, self.band * 0.9), (0, self.band * 0.9)])
        return np.concatenate([outer, hem, inner[::-1], top])

    def folds(self, rng: np.random.Generator, strength: float) -> tuple[Fold, ...]:
        """Whiskers from the crotch, breaks at the knee and above the hem, a soft fall down the leg."""
        outer, inner = self.outer(), self.inner()
        folds = []
        for _ in range(4):
            a = (rng.uniform(0.5, 3), self.rise + rng.uniform(-5, 4))
            b = along(outer, rng.uniform(0.16, 0.34))
            t = rng.uniform(0.5, 0.85)
            end = (a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t)
            folds.append(Fold(trace(a, ((a[0] + end[0]) / 2, (a[1] + end[1]) / 2 + 2, *end)), strength * rng.uniform(0.4, 0.9) * rng.choice([-1, 1]), rng.uniform(4, 7)))
        for t in (*rng.uniform(0.3, 0.6, 3), *rng.uniform(0.75, 0.96, 3)) if self.length > 70 else rng.uniform(0.3, 0.9, 2):
            a, b = np.array(along(outer, 0.25 + 0.75 * t)), np.array(along(inner, max(0.02, t + rng.uniform(-0.05, 0.05))))
            if rng.random() < 0.5:
                a, b = b, a
            end = a + (b - a) * rng.uniform(0.4, 0.75)
            folds.append(Fold(trace(tuple(a), (*((a + end) / 2 + (0, rng.uniform(-2, 3))), *end)), strength * rng.uniform(0.3, 0.8) * rng.choice([-1, 1]), rng.uniform(5, 9)))
        middle = (resample(outer, 30)[8:] + resample(inner, 30)[8:]) / 2
        folds.append(Fold(middle + (rng.uniform(-2, 2), 0), strength * 0.6, 13))
        return tuple(folds)


def _flip(folds: tuple[Fold, ...]) -> tuple[Fold, ...]:
    return tuple(Fold(f.path * (-1.0, 1.0), f.depth, f.width) for f in folds)


def assemble(
    look: Look, rng: np.random.Generator, legs: Legs, *, crease: bool = False, fly: bool = True, jean: bool = False,
    elastic: bool = False, cuff: float = 0.0, stripe: bool = False, cargo: bool = False, turn_up: float = 0.0,
) -> Sketch:  # fmt: skip
    """Two legs, a waistband, pockets and what the flags add. cuff: depth of ribbed ends; turn_up: of folded ends."""
    sketch = Sketch()
    thread: RGB | None = (196, 142, 74) if jean and look.cloth.colour[2] > look.cloth.colour[0] - 10 else None
    strength = 0.6 if crease else 1.0
    back = trace((-legs.waist + 0.4, 0.6), (0, 2.0, legs.waist - 0.4, 0.6))
    sketch.add(Piece("waist_inside", np.concatenate([back, [(legs.waist - 1, 5.0), (-legs.waist + 1, 5.0)]]), look.cloth.plain(), shade=0.6, puff=0, lift=0, wrinkle=0))
    for side in (-1, 1):
        flip = np.array([float(side), 1.0])
        marks = [Line([(legs.outer()[3:] - (1.0, 0)) * flip], 0.9, -0.22)] if not jean else []
        pocket = trace((legs.waist * 0.62, legs.band), (legs.waist * 0.66, 11, legs.hip * 0.92, 12.5)) if jean else trace((legs.waist * 0.72, legs.band), (legs.hip * 0.93, 17))
        marks.append(Line([pocket * flip], 1.6, -0.45))
        marks.append(Line([(pocket + (-0.9, 0.7)) * flip, (pocket + (-1.6, 1.2)) * flip][: 2 if jean else 1], 0.8, -0.25, thread, 2.2))
        if stripe:
            marks.append(Line([(legs.outer()[2:] - (2.6, 0)) * flip, (legs.outer()[2:] - (4.2, 0)) * flip], 4, 0, look.accent))
        if crease:
            middle = (resample(legs.outer(), 30)[6:] + resample(legs.inner(), 30)[6:]) / 2
            marks += [Line([middle * flip], 1.2, 0.10), Line([(middle + (0.5, 0)) * flip], 1.2, -0.14)]
        hems = [legs.leg()[-3 - 15 - 15 :][:0]]
        outer, inner = legs.outer(), legs.inner()
        for up in (2.6, 2.0) if not (cuff or turn_up) else ():
            hems.append(np.array([(outer[-1, 0] + 0.1, legs.length - up), (inner[-1, 0] - 0.1, legs.length - up)]) * flip)
        marks.append(Line(hems[1:], 0.8, -0.28, thread, 2.2)) if len(hems) > 1 else None
        studs: tuple[Stud, ...] = ()
        if jean:
            studs = tuple(Stud((float(x * side), float(y)), 2.0, METAL) for x, y in (pocket[1] + (-1.2, 0.4), pocket[-1] + (-1.6, -0.6)))
        folds = legs.folds(rng, strength)
        if side < 0:
            folds = _flip(folds)
        name = "leg_left" if side > 0 else "leg_right"
        tilt = float(np.degrees(np.arctan2(legs.apart * 0.4, legs.length)))
        sketch.add(Piece(name, legs.leg() * flip, look.cloth, grain=90 - side * tilt, lift=3 if side > 0 else 0, folds=folds, marks=(*marks, *studs)))
        if cargo:
            _cargo_pocket(sketch, legs, look.cloth, name, side)
        if cuff:
            near = np.array([(outer[-1, 0] - 1.5, legs.length - 0.6), (inner[-1, 0] + 1.5, legs.length - 0.3)])
            far = near + np.array([(-0.6, cuff), (0.6, cuff)])
            sketch.add(Piece(name, np.concatenate([near, far[::-1]]) * flip, look.cloth.plain(), lift=2, puff=6, marks=(Line([p * flip for p in rungs(near, far, 22)], 1.2, -0.2),)))
        if turn_up:
            box = np.array([(outer[-1, 0] + 0.5, legs.length - turn_up), (inner[-1, 0] - 0.5, legs.length - turn_up), (inner[-1, 0] - 0.4, legs.length + 0.8), (outer[-1, 0] + 0.4, legs.length + 0.8)])
            pale = tuple(int(v + (255 - v) * 0.28) for v in look.cloth.colour)
            sketch.add(Piece(name, box * flip, look.cloth.plain(colour=(pale[0], pale[1], pale[2])), lift=2.5, puff=4))
    if fly:
        edge = trace((0, legs.band), (0, legs.rise - 1))
        curve = trace((4.2, legs.band), (4.2, legs.rise * 0.55), (4.2, legs.rise * 0.72, 0.2, legs.rise * 0.78))
        last = sketch.pieces[-1]
        body = max(i for i, p in enumerate(sketch.pieces) if p.part == "leg_left" and p.folds)
        old = sketch.pieces[body]
        del last
        sketch.pieces[body] = Piece(
            old.part, old.outline, old.cloth, grain=old.grain, lift=old.lift, folds=old.folds,
            marks=(*old.marks, Line([edge], 1.5, -0.45), Line([curve, curve * (0.88, 1.0)], 0.8, -0.28, thread, 2.2)),
        )  # fmt: skip
    _waistband(sketch, legs, look, elastic, jean, thread)
    low = legs.length + cuff
    sketch.mark_sides(waist=(legs.waist, 0.0), hip=(legs.hip, legs.hip_at + 2))
    out, inn = legs.outer()[-1], legs.inner()[-1]
    pinch = 2.1 if cuff else 0.0
    sketch.mark_sides(hem_outer=(float(out[0]) - pinch, low), hem_inner=(float(inn[0]) + pinch, low))
    sketch.mark(crotch=(0.0, legs.rise))
    return sketch


def _waistband(sketch: Sketch, legs: Legs, look: Look, elastic: bool, jean: bool, thread: RGB | None) -> None:
    top = trace((-legs.waist, 0.0), (0, 2.6, legs.waist, 0.0))
    low = trace((-legs.waist - 0.3, legs.band), (0, legs.band + 2.6, legs.waist + 0.3, legs.band))
    marks: list[Line | Stud] = []
    if elastic:
        marks.append(Line(rungs(top, low, 46), 1.3, -0.2))
    else:
        marks += [Line([top + (0, 0.7)], 0.8, -0.28, thread, 2.2), Line([low - (0, 0.7)], 0.8, -0.28, thread, 2.2)]
        marks.append(Line([np.array([(0.3, 2.3), (0.3, legs.band + 1.2)])], 1.2, -0.4))
    sketch.add(Piece("waistband", np.concatenate([top, low[::-1]]), look.cloth.plain(), puff=3, lift=3, wrinkle=0.3, marks=tuple(marks)))
    if elastic:
        for side in (-1, 1):
            cord = trace((side * 1.2, 4.2), (side * 2.4, 9, side * rng_free(side), 15))
            sketch.add(Piece("waistband", ribbon(cord, 0.9), Cloth((look.accent,), "smooth"), puff=2, lift=3))
        return
    for x in (-0.72, -0.3, 0.3, 0.72):
        cx, cy = x * legs.waist, 2.6 * (1 - x * x) * 0.5
        loop = np.array([(cx - 0.8, cy - 0.5), (cx + 0.8, cy - 0.5), (cx + 0.8, cy + legs.band + 0.7), (cx - 0.8, cy + legs.band + 0.7)])
        sketch.add(Piece("waistband", loop, look.cloth.plain(), puff=2, lift=2, wrinkle=0))
    button = Stud((1.9, legs.band * 0.5 + 1.3), 3.4, METAL if jean else look.accent, 0 if jean else 4)
    tab = np.array([(0.3, 1.5), (3.6, 1.5), (3.6, legs.band + 1.1), (0.3, legs.band + 1.1)])
    sketch.add(Piece("waistband", tab, look.cloth.plain(), puff=1, lift=0.5, wrinkle=0, marks=(button,)))


def rng_free(side: int) -> float:
    return 3.0 if side > 0 else 2.2


def _cargo_pocket(sketch: Sketch, legs: Legs, cloth: Cloth, part: str, side: int) -> None:
    y = legs.rise + (legs.length - legs.rise) * (0.22 if legs.length > 70 else 0.3)
    flip = np.array([float(side), 1.0])
    x1 = float(legs.outer()[np.abs(legs.outer()[:, 1] - y).argmin(), 0]) + 0.6
    x0, h = x1 - 13, 16 if legs.length > 70 else 12
    bag = np.array([(x0, y), (x1, y), (x1 - 0.2, y + h), (x0 + 0.4, y + h)]) * flip
    flap = np.array([(x0 - 0.5, y - 2), (x1 + 0.1, y - 2), (x1 + 0.1, y + 3), ((x0 + x1) / 2, y + 4.5), (x0 - 0.5, y + 3)]) * flip
    sketch.add(
        Piece(part, bag, cloth.plain(), puff=4, lift=3, marks=(Line([np.concatenate([bag, bag[:1]]) * 0.99 + bag.mean(0) * 0.01], 0.8, -0.25, dash=2),)),
        Piece(part, flap, cloth.plain(), puff=3, lift=3, marks=(Stud((float(flap[3, 0]), float(flap[3, 1]) - 2), 2.2, METAL),)),
    )


def _long(rng: np.random.Generator, knee: float, hem: float, **changes: float) -> Legs:
    return Legs(
        **{"waist": rng.uniform(19, 20.5), "hip": rng.uniform(25.5, 27), "knee": knee + rng.uniform(-0.6, 0.6), "hem": hem + rng.uniform(-0.6, 0.6),
           "length": rng.uniform(101, 107), "apart": rng.uniform(5, 11)} | changes
    )  # fmt: skip


def slim_jeans(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 18.5, 15.5), jean=True, turn_up=float(rng.choice([0, 0, 4.5])))


def straight_jeans(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 21.5, 20.5), jean=True)


def chinos(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 20, 17))


def dress_trousers(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 20.5, 18.5), crease=True)


def joggers(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 20, 13.5, length=97), fly=False, elastic=True, cuff=6, stripe=bool(rng.random() < 0.35))


def wide_trousers(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 25, 29, apart=rng.uniform(3, 5)))


def cargo_trousers(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _long(rng, 22, 19), cargo=True)


def _short(rng: np.random.Generator, length: float, hem: float) -> Legs:
    return Legs(waist=rng.uniform(19, 20.5), hip=rng.uniform(25.5, 27), knee=hem + 0.4, hem=hem, length=length + rng.uniform(-2, 2), apart=rng.uniform(3.5, 6))


def chino_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 50, 26))


def denim_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 42, 26), jean=True, turn_up=float(rng.choice([0, 3.5])))


def sport_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 45, 28), fly=False, elastic=True, stripe=bool(rng.random() < 0.7))


def cargo_shorts(look: Look, rng: np.random.Generator) -> Sketch:
    return assemble(look, rng, _short(rng, 56, 27), cargo=True)


_EARTH = ("beige", "camel", "olive", "navy", "charcoal", "brown", "cream", "black", "grey", "light blue", "burgundy")
_DENIM = ("denim blue", "denim blue", "navy", "light blue", "black", "grey", "charcoal", "white")

PANTS = (
    Style("slim jeans", "修身牛仔裤", slim_jeans, ("denim",), ("plain",), (39, 99), -0.1, 0.2, _DENIM),
    Style("straight-leg jeans", "直筒牛仔裤", straight_jeans, ("denim",), ("plain",), (39, 99), -0.1, 0.2, _DENIM),
    Style("chinos", "休闲裤", chinos, ("twill", "corduroy"), ("plain",), (35, 79), 0.0, 0.5, _EARTH),
    Style("tailored trousers", "西裤", dress_trousers, ("wool", "twill"), ("plain", "plain", "pinstriped", "windowpane"), (49, 129), -0.2, 0.9, _EARTH),
    Style("joggers", "束脚运动裤", joggers, ("fleece",), ("plain",), (25, 59), -0.3, 0.0),
    Style("wide-leg trousers", "阔腿裤", wide_trousers, ("linen", "viscose"), ("plain", "plain", "striped"), (35, 89), 0.4, 0.5),
    Style("cargo trousers", "工装裤", cargo_trousers, ("twill", "canvas"), ("plain", "plain", "camouflage"), (39, 85), 0.0, 0.1, _EARTH),
)

SHORTS = (
    Style("chino shorts", "休闲短裤", chino_shorts, ("twill", "linen"), ("plain", "plain", "gingham", "dotted"), (22, 49), 0.9, 0.3),
    Style("denim shorts", "牛仔短裤", denim_shorts, ("denim",), ("plain",), (25, 55), 0.9, 0.1, _DENIM),
    Style("sports shorts", "运动短裤", sport_shorts, ("nylon", "mesh"), ("plain",), (15, 39), 0.8, 0.0),
    Style("cargo shorts", "工装短裤", cargo_shorts, ("twill",), ("plain", "camouflage"), (25, 55), 0.8, 0.1, _EARTH),
)
