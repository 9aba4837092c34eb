"""Gathered edges, skirts in tiers, and sashes."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, offset, resample, ribbon, trace
from sample.pieces import Fold, Line, Piece, Sketch
from sample.shapes.falls import Fall, hem_row
from sample.style import Look


def frill(edge: Points, depth: float, rng: np.random.Generator, cloth: Cloth, part: str) -> Piece:
    """A gathered strip that hangs from a path, on the right of its direction of travel (y down)."""
    path = resample(edge, 49)
    low = offset(path, depth * (1 + 0.08 * np.sin(np.arange(49) * rng.uniform(0.8, 1.6))))
    middle = path.mean(0)
    low = (low - middle) * (1.04, 1.0) + middle
    folds = tuple(Fold(np.linspace(path[k], low[k], 5), float(rng.uniform(0.5, 1.1)) * (1 if k % 4 else -1), 5.0) for k in range(1, 48, 2))  # fmt: skip
    return Piece(part, np.concatenate([path, low[::-1]]), cloth, lift=2.5, puff=3, folds=folds)


def skirt(sketch: Sketch, fall: Fall, look: Look, rng: np.random.Generator, tiers: int = 0, pleats: int = 0) -> None:
    """A skirt from the waist down; tiers: gathered strips of it, pleats: pressed folds."""
    folds = fall.folds(rng, 0.0)
    marks = [hem_row(fall, 0.0)]
    if pleats:
        tops = np.stack([np.linspace(-1, 1, pleats) * fall.waist, np.full(pleats, fall.top + 0.4)], 1)
        lows = resample(fall.bottom(0.0)[::-1], pleats)
        lines = [np.stack(pair) for pair in zip(tops, lows, strict=True)]
        marks = [Line(lines, 1.8, -0.35), Line([p + (0.7, 0) for p in lines], 2.4, -0.15)]
        folds = ()
    sketch.add(Piece("skirt", fall.outline(0.0), look.cloth, lift=0, folds=folds, marks=tuple(marks)))
    side = fall.side()
    for k in range(1, tiers):
        y0, y1 = (fall.top + fall.length * (k + e) / tiers for e in (0, 1.0))
        y1 += 1.0
        xs = [float(np.interp(y, side[:, 1], side[:, 0])) for y in (y0, y1)]
        row = trace((-xs[0], y0), (0, y0 + fall.length * 0.05, xs[0], y0))
        folds = tuple(Fold(np.array([(x * xs[0], y0 + 2), (x * xs[0], y0 + 6), (x * xs[1], y0 + (y1 - y0) * 0.8)]), float(rng.uniform(-1, 1)), 5.0) for x in np.linspace(-0.95, 0.95, 24))  # fmt: skip
        whole = fall.outline(0.0)
        below = np.concatenate([row, whole[(whole[:, 1] > y0 + 0.5) & (np.arange(len(whole)) < len(whole) - 13)]])
        sketch.add(Piece("skirt", below, look.cloth, lift=2, folds=folds, puff=4))


def slit(fall: Fall, rng: np.random.Generator) -> Piece:
    """A wedge that is open from the hem up, beside the middle."""
    at, high = rng.uniform(0.25, 0.7) * rng.choice([-1, 1]), rng.uniform(0.45, 0.85)
    low = fall.top + fall.length * 1.08
    x0, x1 = at * fall.hip * 0.9, at * fall.hem
    wide = rng.uniform(0.6, 3.0)
    return Piece("", np.array([(x0, fall.top + fall.length * high), (x1 + wide, low), (x1 - wide, low)]), Cloth(((0, 0, 0),)))  # fmt: skip


def sash(half: float, y: float, cloth: Cloth, rng: np.random.Generator, part: str) -> list[Piece]:
    """A belt tied at the front or side, with hanging ends or a bow; or a plain belt with a buckle."""
    h = rng.uniform(1.0, 3.0)
    top, low = (
        trace((-half, y - h), (0, y - h + 1.2, half, y - h)),
        trace((-half, y + h), (0, y + h + 1.3, half, y + h)),
    )
    pieces = [Piece(part, np.concatenate([top, low[::-1]]), cloth, puff=3, lift=3, wrinkle=0.6)]
    x = float(rng.choice([0.0, half * 0.5, -half * 0.5, half * 0.85]))
    if rng.random() < 0.25:
        r = h + 0.6
        ring = np.array([(x - r, y - r), (x + r, y - r), (x + r, y + r + 1), (x - r, y + r + 1)])
        return [*pieces, Piece(part, ring, Cloth(((176, 160, 120),), "smooth"), holes=((ring - ring.mean(0)) * 0.7 + ring.mean(0),), lift=2, gleam=0.3)]  # fmt: skip
    for side in (-1, 1):
        long, bend = rng.uniform(10, 30), rng.uniform(-2, 5)
        tail = trace(
            (x + side, y + 0.6), (x + side * (1 + bend), y + long * 0.4, x + side * (1.4 + bend * 0.6), y + long)
        )
        pieces.append(Piece(part, ribbon(tail, h * 1.2, h * 1.5), cloth, puff=3, lift=3))
        if rng.random() < 0.5:
            loop = trace((x, y), (x + side * 4, y - 5, x + side * 10, y - 3, x + side * 8, y + 2), (x + side * 4, y + 3, x, y + 0.5))  # fmt: skip
            pieces.append(Piece(part, loop, cloth, puff=4, lift=3))
    knot = np.array([(x - 1.6, y - 1.4), (x + 1.6, y - 1.2), (x + 1.8, y + 2.2), (x - 1.8, y + 2.0)])
    return [*pieces, Piece(part, knot, cloth, puff=4, lift=3)]
