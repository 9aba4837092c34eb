"""Necks that stand, fall or hang by straps."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, ellipse, ribbon, rungs, symmetric, trace
from sample.pieces import Fold, Line, Piece
from sample.style import Look
from sample.wardrobe.trunk import Trunk


def funnel(t: Trunk, cloth: Cloth, rng: np.random.Generator, zipped: bool) -> list[Piece]:
    """A collar that stands up around the neck, or is folded over itself."""
    n, h = t.neck, float(rng.uniform(4, 13))
    top = n * rng.uniform(0.82, 1.0)
    low = trace((n + 0.5, 1.0), (n * 0.6, t.drop + 1.0, 0, t.drop + 1.0))[::-1]
    rim = trace((0, 1.2 - h), (top * 0.6, 1.2 - h, top, -h))
    ring = symmetric(np.concatenate([rim, low[::-1]]))
    ribs = Line([p * (s, 1.0) for p in rungs(rim, low, 11) for s in (1.0, -1.0)], 1.1, -0.18)
    back = symmetric(np.concatenate([trace((0, -h - 0.4), (top, -h)), rim[::-1] + (0, 1.0)]))
    slit = Line([np.array([(0, 1.2 - h), (0, t.drop + 1)])], 2.6, -0.45)
    pieces = [
        Piece("collar_inside", back, cloth, shade=0.62, puff=0, lift=0),
        Piece("collar", ring, cloth, lift=2.5, puff=7, marks=(slit,) if zipped else (ribs,)),
    ]
    if h > 8 and rng.random() < 0.6 and not zipped:
        over = np.concatenate([rim[::-1] * (1.05, 1.0), rim * (-1.05, 1.0)])
        deep = over[::-1] * (1.04, 1.0) + (0, h * 0.55)
        pieces.append(Piece("collar", np.concatenate([over, deep]), cloth, lift=3.5, puff=8, marks=(ribs,)))
    return pieces


def cowl(t: Trunk, cloth: Cloth, rng: np.random.Generator) -> Piece:
    """Cloth that hangs in curved folds from the neck's corners."""
    n, d = t.neck, t.drop
    deep = rng.uniform(7, 13)
    inner = trace((-n, 0.0), (-n * 0.7, d, 0, d), (n * 0.7, d, n, 0.0))
    outer = trace((-n - 2.5, 1.2), (-n, d + deep, 0, d + deep), (n, d + deep, n + 2.5, 1.2))
    folds = tuple(Fold(inner * (1 - s) + outer * s, float(rng.uniform(0.7, 1.2)) * (1 if k % 2 else -1), 7.0) for k, s in enumerate((0.2, 0.4, 0.6, 0.8, 0.95)))  # fmt: skip
    return Piece("collar", np.concatenate([inner, outer[::-1]]), cloth, lift=3, puff=5, folds=folds)


def keyhole(t: Trunk, look: Look) -> Piece:
    """A drop-shaped opening below the neckline, through which the back's inner side shows."""
    drop = ellipse(0, t.drop + 5.5, 1.8, 3.8)
    return Piece("collar_inside", drop, look.cloth.plain(), shade=0.6, puff=0, lift=0)


def straps(t: Trunk, at: float, width: float, cloth: Cloth, front: bool) -> list[Piece]:
    """Two straps from the top edge up to the shoulders, or their back halves."""
    top = t.slope
    high = strap_top(t)
    pieces = []
    for side in (-1.0, 1.0):
        line = _strap(t, at, top, high) if front else trace((at - 1.5, 4.0), (at - 2.0, high * 0.5, at - 1.6, high))
        part = "torso" if front else "collar_inside"
        pieces.append(Piece(part, ribbon(line, width) * (side, 1.0), cloth, shade=1.0 if front else 0.75, puff=2, lift=1.5))  # fmt: skip
    return pieces


def strap_top(t: Trunk) -> float:
    return -16.0 - 0.1 * t.chest


def _strap(t: Trunk, at: float, top: float, high: float) -> Points:
    return trace((at, top + 2.5), (at + 0.4, high * 0.5, at - 1.6, high))
