"""Sleeves of every length and shape, straight out, hanging, bent or folded over the front."""

from dataclasses import dataclass, replace
from typing import Literal

import cv2
import numpy as np

from sample.cloth import Cloth
from sample.curves import XY, Points, along, resample, rungs, spline, trace
from sample.pieces import Fold, Line, Piece, Sketch
from sample.wardrobe.trunk import Trunk

Shape = Literal["straight", "puff", "bell", "balloon"]
FOLDED = 75.0  # a sharper bend lays the forearm over the upper arm


@dataclass(frozen=True)
class Tube:
    """A sleeve. length: from the shoulder along its outer edge; angle: degrees below the horizontal; bend: degrees it
    turns inwards at the elbow; width: across its end; cuff: depth of a band at the end; over: it lies on the body;
    tucked: its end is folded away behind."""

    length: float = 22.0
    angle: float = 40.0
    width: float = 17.0
    bend: float = 0.0
    shape: Shape = "straight"
    cuff: float = 0.0
    ribbed: bool = True
    turned: bool = False
    over: bool = False
    raglan: bool = False
    tucked: bool = False

    def _axes(self, extra: float = 0.0) -> tuple[Points, Points]:
        a = np.radians(self.angle + extra)
        return np.array([np.cos(a), np.sin(a)]), np.array([-np.sin(a), np.cos(a)])

    def _middle_width(self, trunk: Trunk) -> float:
        head = 0.85 * float(np.hypot(trunk.chest - trunk.shoulder, trunk.armpit - trunk.slope))
        match self.shape:
            case "bell":
                return min(head, self.width) * 0.86
            case "puff":
                return max(head, self.width) * 1.12
            case "balloon":
                return max(head, self.width) * 1.2
        return 0.5 * (head + self.width) * 0.98

    def edges(self, trunk: Trunk) -> tuple[Points, Points]:
        """Upper edge from shoulder to end, lower edge from armpit to end, on the wearer's left."""
        tip, pit = np.array([trunk.shoulder, trunk.slope]), np.array([trunk.chest, trunk.armpit])
        (d1, n1), (d2, n2), (_, nm) = self._axes(), self._axes(self.bend), self._axes(self.bend * 0.5)
        at = 0.48
        elbow = tip + d1 * self.length * at
        outer = elbow + d2 * self.length * (1 - at)
        inner = outer + n2 * self.width
        wide = self._middle_width(trunk)
        bulge = -n1 * (self.length * 0.03 + {"puff": 0.14, "balloon": 0.05}.get(self.shape, 0.0) * wide)
        if self.over and self.angle > 66:
            pit = trunk.armhole()[9]
        if self.length < 30:
            top = trace(tuple(tip), (*(tip + d1 * self.length * 0.35 + bulge * 1.6), *(outer - d2 * self.length * 0.3 + bulge), *outer))  # fmt: skip
            sag = n1 * wide * (0.35 if self.shape == "puff" else 0.0)
            low = trace(tuple(pit), (*((pit + inner) / 2 + sag + d1 * 0.5), *inner))
            return top, low
        swell = {"bell": 0.0, "balloon": 0.16, "puff": 0.0}.get(self.shape, 0.03) * wide
        lower_out = (elbow + outer) / 2 - n2 * swell
        low_elbow = elbow + nm * wide
        lower_in = (low_elbow + inner) / 2 + n2 * swell
        top = spline([tuple(tip), tuple(tip + d1 * self.length * 0.2 + bulge), tuple(elbow), tuple(lower_out), tuple(outer)], steps=8)  # fmt: skip
        low = spline([tuple(pit), tuple(low_elbow), tuple(lower_in), tuple(inner)], steps=10)
        return top, low

    def corners(self, trunk: Trunk) -> tuple[XY, XY]:
        """The very end's outer and inner corner, beyond a cuff."""
        a, b = (edge[-1] for edge in self.edges(trunk))
        if self.cuff:
            a, b = self._cuff_ends(trunk)[1]
        return (float(a[0]), float(a[1])), (float(b[0]), float(b[1]))

    def _cuff_ends(self, trunk: Trunk) -> tuple[Points, Points]:
        """A cuff's near and far end, each from outer to inner corner."""
        d, n = self._axes(self.bend)
        top, low = self.edges(trunk)
        narrow = 0.16 * self.width if self.ribbed and not self.turned else -0.02 * self.width
        if self.shape in ("puff", "balloon"):
            narrow = 0.26 * self.width
        a, b = top[-1] + n * narrow - d * 0.4, low[-1] - n * narrow - d * 0.4
        if self.turned:
            return np.stack([a - d * self.cuff, b - d * self.cuff]), np.stack([a + d * 0.8, b + d * 0.8])
        return np.stack([a, b]), np.stack([a + d * self.cuff, b + d * self.cuff])

    def pieces(
        self, trunk: Trunk, cloth: Cloth, trim: Cloth, rng: np.random.Generator, side: int, strength: float = 1.0
    ) -> list[Piece]:
        """side: 1 the wearer's left, -1 the right; strength: of its folds."""
        flip = np.array([float(side), 1.0])
        name = "sleeve_left" if side > 0 else "sleeve_right"
        top, low = self.edges(trunk)
        if self.raglan:
            inside = np.array([(trunk.chest - 1, trunk.armpit), (trunk.neck + 0.4, 1.0), (trunk.neck + 0.4, 0.2)])
            top = np.concatenate([trunk.shoulder_line(), top])
        elif self.over:
            hole = trunk.armhole()[::-1]
            inside = hole[5:] if self.angle > 66 else hole
        else:
            inside = np.array(
                [(trunk.chest - 6, trunk.armpit - 0.5), (trunk.shoulder - 5, trunk.armpit * 0.55 + trunk.slope * 0.45), (trunk.shoulder - 4, trunk.slope + 0.2)]
            )  # fmt: skip
        outline = np.concatenate([top, low[::-1], inside])
        folds = tuple(Fold(f.path * flip, f.depth * strength, f.width) for f in self._folds(top, low, rng))
        marks: list[Line] = []
        if not (self.cuff or self.tucked):
            d, _ = self._axes(self.bend)
            marks.append(Line([np.stack([top[-1] - d * u, low[-1] - d * u]) * flip for u in (2.1, 1.5)], 0.9, -0.25, dash=2.2))  # fmt: skip
        tilt = self.angle + self.bend * 0.5
        grain = tilt if side > 0 else 180 - tilt
        lift = 4.0 if self.over else 0.0
        result = [Piece(name, outline * flip, cloth, grain=grain, lift=lift, folds=folds, marks=tuple(marks))]
        if self.bend > FOLDED:
            fore = self._forearm(top, low)
            tilt = self.angle + self.bend
            result.append(Piece(name, fore * flip, cloth, grain=tilt if side > 0 else 180 - tilt, lift=4, folds=folds))
        if self.cuff and not self.tucked:
            near, far = self._cuff_ends(trunk)
            ribs = Line([p * flip for p in rungs(near, far, 14)], 1.2, -0.2 if self.ribbed else 0.0)
            result.append(Piece(name, np.concatenate([near, far[::-1]]) * flip, trim if self.ribbed else cloth, grain=grain, puff=5, lift=2, marks=(ribs,)))  # fmt: skip
        return result

    @staticmethod
    def _forearm(top: Points, low: Points) -> Points:
        """The part beyond the elbow, which lies on top of the rest."""
        a, b = resample(top, 40)[18:], resample(low, 40)[20:]
        return np.concatenate([a, b[::-1]])

    def _folds(self, top: Points, low: Points, rng: np.random.Generator) -> list[Fold]:
        folds = []
        gathered = self.shape in ("puff", "balloon", "bell")
        for _ in range(3 if self.length < 30 else 7):
            t = rng.uniform(0.08, 0.92)
            a, b = np.array(along(low, t)), np.array(along(top, min(1, t + rng.uniform(-0.1, 0.2))))
            middle = (a + b) / 2 + rng.uniform(-2, 2, 2)
            reach = rng.uniform(0.4, 0.85)
            folds.append(Fold(trace(tuple(a), (*middle, *(a + (b - a) * reach)), steps=7), rng.uniform(0.3, 1.0) * rng.choice([-1, 1]), float(rng.choice([5, 7, 9]))))  # fmt: skip
        if gathered:
            for t in np.linspace(0.12, 0.88, 7):
                start = 0.55 if self.shape == "bell" else 0.7
                path = np.stack([np.array(along(top, s)) * (1 - t) + np.array(along(low, s)) * t for s in (start, 0.85, 1.0)])  # fmt: skip
                folds.append(Fold(path, rng.uniform(0.5, 1.0) * rng.choice([-1, 1]), 6.0))
        return folds


def cleared(tube: Tube | None, trunk: Trunk, bodies: list[Points]) -> Tube | None:
    """The sleeve laid so that its end does not vanish behind the body: over it if long, further out if short."""
    if tube is None or tube.over or tube.raglan or tube.tucked:
        return tube
    while _hidden(tube, trunk, bodies):
        if tube.length > 24 or tube.width > 19:
            return replace(tube, over=True)
        if tube.angle < 0:
            return tube
        tube = replace(tube, angle=tube.angle - 5, width=tube.width * 0.97)
    return tube


def _hidden(tube: Tube, trunk: Trunk, bodies: list[Points]) -> bool:
    """Whether the inner edge, at its end or shortly before it, lies more than 1 cm inside the body."""
    low = tube.edges(trunk)[1]
    spots = [tube.corners(trunk)[1], tuple(map(float, low[len(low) * 7 // 8]))]
    return any(cv2.pointPolygonTest(body.astype(np.float32), spot, True) > 1 for body in bodies for spot in spots)


def mark_cuffs(sketch: Sketch, trunk: Trunk, left: Tube | None, right: Tube | None) -> None:
    for name, side, tube in (("left", 1, left), ("right", -1, right)):
        if tube is not None and not tube.tucked:
            (ox, oy), (ix, iy) = tube.corners(trunk)
            sketch.points[f"cuff_outer_{name}"] = (side * ox, oy)
            sketch.points[f"cuff_inner_{name}"] = (side * ix, iy)
