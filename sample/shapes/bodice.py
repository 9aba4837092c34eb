"""What tops have in common: the body, its neck opening, sleeves, bands and folds. Units are centimetres."""

from dataclasses import dataclass

import numpy as np

from sample.cloth import Cloth
from sample.curves import XY, Points, along, mirror, offset, rungs, symmetric, trace
from sample.pieces import Fold, Line, Piece, Sketch


@dataclass(frozen=True)
class Bodice:
    """Half measures from the middle, depths from the shoulder's highest point."""

    neck: float = 8.5
    drop: float = 8.5
    back: float = 2.2
    vee: bool = False
    shoulder: float = 22.0
    slope: float = 4.2
    chest: float = 26.0
    armpit: float = 24.0
    waist: float = 25.0
    waist_at: float = 44.0
    hem: float = 26.0
    length: float = 70.0
    hem_dip: float = 1.2

    def front_neck(self, lower: float = 0.0) -> Points:
        """Half the front neckline, from the middle to the shoulder; ``lower`` shifts it into the body."""
        n, d = self.neck + lower * 0.9, self.drop + lower
        if self.vee:
            return trace((0, d + lower * 0.3), (n * 0.62, d * 0.42, n, lower * 0.12))
        return trace((0, d), (n * 0.62, d, n * 0.93, d * 0.52, n, lower * 0.2))

    def back_neck(self, raise_by: float = 0.0) -> Points:
        """The whole back neckline, right to left of the wearer."""
        return trace((-self.neck, -raise_by * 0.4), (-self.neck * 0.5, self.back - raise_by, 0, self.back - raise_by),
                     (self.neck * 0.5, self.back - raise_by, self.neck, -raise_by * 0.4))  # fmt: skip

    def shoulder_line(self) -> Points:
        return trace(
            (self.neck, 0), (self.neck + (self.shoulder - self.neck) * 0.5, self.slope * 0.3, self.shoulder, self.slope)
        )

    def armhole(self) -> Points:
        return trace(
            (self.shoulder, self.slope),
            (self.shoulder - 2.4, self.armpit * 0.5, self.shoulder - 1.2, self.armpit * 0.86, self.chest, self.armpit),
        )

    def side(self) -> Points:
        middle = (self.waist_at - self.armpit) * 0.5
        return trace(
            (self.chest, self.armpit),
            (
                self.chest - 0.6,
                self.armpit + middle,
                self.waist,
                self.waist_at - middle * 0.8,
                self.waist,
                self.waist_at,
            ),
            (self.waist, self.waist_at + middle, self.hem, self.length - middle, self.hem, self.length),
        )

    def hem_line(self, up: float = 0.0) -> Points:
        """The whole hem, left to right of the wearer."""
        half = trace(
            (self.hem, self.length - up),
            (self.hem * 0.5, self.length + self.hem_dip - up, 0, self.length + self.hem_dip - up),
        )
        return np.concatenate([half, mirror(half)])

    def outline(self, lower: float = 0.0) -> Points:
        half = np.concatenate(
            [self.front_neck(lower), self.shoulder_line(), self.armhole(), self.side(), self.hem_line()[:15]]
        )
        return symmetric(half)

    def key_points(self, sketch: Sketch) -> None:
        sketch.mark_sides(
            neckline=(self.neck, 0.0), shoulder=(self.shoulder, self.slope), armpit=(self.chest, self.armpit),
            waist=(self.waist, self.waist_at), hem=(self.hem, self.length),
        )  # fmt: skip
        sketch.mark(neckline_front=(0.0, self.drop), hem_centre=(0.0, self.length + self.hem_dip))

    def folds(self, rng: np.random.Generator, strength: float = 1.0) -> tuple[Fold, ...]:
        """Drape: from the armpits inwards, from the shoulders down, and waves above the hem."""
        folds = []
        for side in (-1, 1):
            for _ in range(3):
                y = self.armpit + rng.uniform(-2, 5)
                reach, fall = rng.uniform(7, 15), rng.uniform(4, 16)
                start = (side * (self.chest - 0.5), y)
                path = trace(
                    start, (side * (self.chest - reach * 0.6), y + fall * 0.25, side * (self.chest - reach), y + fall)
                )
                folds.append(Fold(path, strength * rng.uniform(0.4, 1.0) * rng.choice([-1, 1]), rng.uniform(5, 10)))
            x = side * rng.uniform(self.chest * 0.25, self.chest * 0.7)
            path = trace(
                (x * 0.9, self.armpit + rng.uniform(-4, 6)),
                (x, self.waist_at, x * rng.uniform(0.8, 1.1), self.length - rng.uniform(0, 10)),
            )
            folds.append(Fold(path, strength * rng.uniform(0.3, 0.8), rng.uniform(10, 16)))
        for x in rng.uniform(-0.8, 0.8, 3) * self.hem:
            path = trace(
                (x, self.length + 1),
                (x + rng.uniform(-2, 2), self.length - 7, x * 0.92, self.length - rng.uniform(10, 20)),
            )
            folds.append(Fold(path, strength * rng.uniform(0.4, 0.9), rng.uniform(6, 11)))
        return tuple(folds)


@dataclass(frozen=True)
class Sleeve:
    """angle: degrees below the horizontal; length from the shoulder; width across the cuff."""

    length: float = 22.0
    angle: float = 40.0
    width: float = 17.0
    bend: float = 0.0

    def corners(self, bodice: Bodice) -> tuple[XY, XY]:
        """The cuff's outer and inner corner, on the wearer's left."""
        d, n = self._axes()
        outer = np.array([bodice.shoulder, bodice.slope]) + d * self.length
        inner = outer + n * self.width
        return (float(outer[0]), float(outer[1])), (float(inner[0]), float(inner[1]))

    def _axes(self) -> tuple[Points, Points]:
        a = np.radians(self.angle)
        return np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])

    def edges(self, bodice: Bodice) -> tuple[Points, Points]:
        """Upper edge from shoulder to cuff, lower edge from armpit to cuff."""
        d, n = self._axes()
        outer, inner = (np.array(p) for p in self.corners(bodice))
        tip, pit = np.array([bodice.shoulder, bodice.slope]), np.array([bodice.chest, bodice.armpit])
        out = -n * self.length * 0.035 - n * self.bend
        top = trace(tuple(tip), (*(tip + d * self.length * 0.3 + out), *(tip + d * self.length * 0.7 + out), *outer))
        low = trace(
            tuple(pit),
            (
                *(pit + d * self.length * 0.12 - n * self.bend * 0.5),
                *(inner - d * self.length * 0.35 - n * self.bend),
                *inner,
            ),
        )
        return top, low

    def piece(
        self, bodice: Bodice, cloth: Cloth, rng: np.random.Generator, side: int, marks: tuple[Line, ...] = ()
    ) -> Piece:
        """side: 1 the wearer's left, -1 the right."""
        top, low = self.edges(bodice)
        inside = np.array(
            [
                (bodice.chest - 7, bodice.armpit - 1),
                (bodice.shoulder - 6, bodice.armpit * 0.5),
                (bodice.shoulder - 5, bodice.slope - 0.2),
            ]
        )
        outline = np.concatenate([top, low[::-1], inside])
        folds = []
        for _ in range(3 if self.length < 35 else 7):
            t = rng.uniform(0.08, 0.95) if self.length > 35 else rng.uniform(0.15, 0.8)
            a, b = np.array(along(low, t)), np.array(along(top, min(1, t + rng.uniform(-0.08, 0.16))))
            reach = rng.uniform(0.45, 0.8)
            middle = (a + b) / 2 + rng.uniform(-2, 2, 2)
            folds.append(
                Fold(
                    trace(tuple(a), (*middle, *(a + (b - a) * reach))),
                    rng.uniform(0.4, 0.9) * rng.choice([-1, 1]),
                    rng.uniform(5, 9),
                )
            )
        if side < 0:
            flip = np.array([-1.0, 1.0])
            outline = outline * flip
            folds = [Fold(f.path * flip, f.depth, f.width) for f in folds]
            marks = tuple(Line([p * flip for p in m.paths], m.width, m.shade, m.colour, m.dash) for m in marks)
        grain = self.angle if side > 0 else 180 - self.angle
        name = "sleeve_left" if side > 0 else "sleeve_right"
        return Piece(name, outline, cloth, grain=grain, lift=0, folds=tuple(folds), marks=marks)

    def hem_stitches(self, bodice: Bodice, up: float = 2.2) -> Line:
        """Two rows of stitches above the cuff, for the wearer's left."""
        d, _ = self._axes()
        outer, inner = (np.array(p) for p in self.corners(bodice))
        rows = [np.stack([outer - d * u, inner - d * u]) for u in (up, up - 0.6)]
        return Line(rows, 0.9, -0.28, dash=2.2)

    def cuff_ends(self, bodice: Bodice, depth: float, flare: float) -> tuple[Points, Points]:
        """The near and the far end of a cuff on the wearer's left, each from its outer to its inner corner."""
        d, n = self._axes()
        outer, inner = (np.array(p) - d * depth * 0.12 for p in self.corners(bodice))
        a, b = outer - n * flare, inner + n * flare
        return np.stack([a, b]), np.stack([a + d * depth + n * 0.4, b + d * depth - n * 0.4])

    def cuff(self, bodice: Bodice, cloth: Cloth, depth: float, side: int, ribs: int = 16, flare: float = -0.6) -> Piece:
        """A band of ``depth`` that continues the sleeve; flare: how much wider it is than the sleeve's end."""
        near, far = self.cuff_ends(bodice, depth, flare)
        flip = np.array([float(side), 1.0])
        lines = rungs(near, far, ribs) if ribs else []
        return Piece(
            "sleeve_left" if side > 0 else "sleeve_right",
            np.concatenate([near, far[::-1]]) * flip, cloth, grain=self.angle if side > 0 else 180 - self.angle,
            puff=6, lift=2, marks=(Line([p * flip for p in lines], 1.2, -0.22),) if lines else (),
        )  # fmt: skip


def inside_back(
    bodice: Bodice, cloth: Cloth, rise: float = 1.2, label: tuple[int, int, int] = (236, 234, 228)
) -> list[Piece]:
    """What shows through the neck opening: the back's inner side, its band and a blank label."""
    back = bodice.back_neck(rise)
    front = bodice.front_neck(2.5)
    below = np.concatenate([mirror(front), front])
    inside = Piece("collar_inside", np.concatenate([back, below[::-1]]), cloth, shade=0.62, puff=0, lift=0, wrinkle=0.3)
    low = bodice.back + 0.9
    tag = np.array(
        [(-1.6, low - rise + 0.5), (1.6, low - rise + 0.5), (1.6, low - rise + 2.6), (-1.6, low - rise + 2.6)]
    )
    return [inside, Piece("collar_inside", tag, Cloth((label,), "smooth"), shade=0.86, puff=2, lift=1.5, wrinkle=0)]


def neck_band(bodice: Bodice, cloth: Cloth, width: float = 2.0, rise: float = 1.2) -> list[Piece]:
    """A ribbed band: its back half inside the opening, its front half on the body."""
    back = bodice.back_neck(rise)
    under = offset(back, -width)
    if under[7, 1] < back[7, 1]:
        under = offset(back, width)
    half = bodice.front_neck()
    lower = bodice.front_neck(width)
    upper, low = np.concatenate([mirror(half), half]), np.concatenate([mirror(lower), lower])
    return [
        Piece("collar_inside", np.concatenate([back, under[::-1]]), cloth, shade=0.8, puff=2, lift=2,
              marks=(Line(rungs(back, under, 30), 1.0, -0.2),)),
        Piece("collar", np.concatenate([upper, low[::-1]]), cloth, puff=3, lift=2.5, wrinkle=0.2,
              marks=(Line(rungs(upper, low, 52), 1.0, -0.2),)),
    ]  # fmt: skip


def hem_stitches(bodice: Bodice, up: float = 2.4) -> Line:
    return Line([bodice.hem_line(up), bodice.hem_line(up - 0.6)], 0.9, -0.28, dash=2.2)


def hem_band(bodice: Bodice, cloth: Cloth, depth: float = 5.0, pinch: float = 1.0) -> Piece:
    """A ribbed band that continues the body below its hem."""
    top = bodice.hem_line(0.4) * np.array([1.0, 1.0])
    low = bodice.hem_line(-depth) * np.array([1 - pinch / bodice.hem, 1.0])
    return Piece(
        "torso", np.concatenate([top, low[::-1]]), cloth, lift=2, puff=6, marks=(Line(rungs(top, low, 64), 1.2, -0.2),)
    )


def armhole_seams(bodice: Bodice, shade: float = -0.4) -> Line:
    hole = offset(bodice.armhole(), 0.25)
    return Line([hole, hole * np.array([-1.0, 1.0])], 1.4, shade)


def point_sleeves(sketch: Sketch, bodice: Bodice, sleeve: Sleeve, cuff: float = 0.0, flare: float = -0.6) -> None:
    """Key points of the sleeves' ends, beyond a cuff of depth ``cuff`` where there is one."""
    outer, inner = sleeve.cuff_ends(bodice, cuff, flare)[1] if cuff else sleeve.corners(bodice)
    sketch.mark_sides(cuff_outer=(float(outer[0]), float(outer[1])), cuff_inner=(float(inner[0]), float(inner[1])))
