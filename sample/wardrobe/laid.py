"""How a garment lies: bent, stretched to one side and uneven, as nobody lays it perfectly.

The whole sketch is moved by one smooth map, points and pieces alike, so its truth stays exact.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from sample.curves import Points
from sample.pieces import Fold, Line, Mark, Patch, Piece, Sketch

Map = Callable[[Points], Points]
STEP = 2.5  # longer edges of an outline are divided before they are bent


def crooked(sketch: Sketch, rng: np.random.Generator, amount: float) -> Map:
    """A smooth map of the plane. amount: 0 for none, 1 for as crooked as a garment thrown on a bed."""
    x0, y0, x1, y1 = sketch.extent()
    size = max(x1 - x0, y1 - y0)
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    bend = rng.normal(0, 0.030) * amount
    shear, wide = rng.normal(0, 0.035, 2) * amount
    lean = rng.normal(0, 0.035) * amount
    waves = [
        (rng.uniform(-1, 1, 2) * 2 * np.pi * cycles, rng.uniform(0, 2 * np.pi, 2), size * scale * amount * rng.normal(0, 1, 2))
        for cycles, scale in ((1.0, 0.010), (1.6, 0.007), (3.5, 0.0025), (6.0, 0.0016))
    ]  # fmt: skip

    def move(path: Points) -> Points:
        p = (path - middle) / (size / 2)
        out = p.copy()
        out[:, 0] += bend * p[:, 1] ** 2 + shear * p[:, 1] + wide * 0.5 * p[:, 0] * np.abs(p[:, 0])
        out[:, 1] += lean * p[:, 0] + bend * 0.5 * p[:, 0] ** 2
        out *= size / 2
        for k, phase, size_of in waves:
            out += np.sin(p @ k[:, None] * 0.5 + phase) * size_of
        return np.asarray(out + middle)

    return move


def swing(pivot: tuple[float, float], start: float, reach: float, angle: float) -> Map:
    """Turn what lies below ``start`` about the pivot, growing to ``angle`` degrees over ``reach``."""

    def move(path: Points) -> Points:
        t = np.clip((path[:, 1] - start) / reach, 0, 1)
        a = np.radians(angle) * t * t * (3 - 2 * t)
        d = path - pivot
        c, s = np.cos(a), np.sin(a)
        return np.stack([d[:, 0] * c - d[:, 1] * s, d[:, 0] * s + d[:, 1] * c], 1) + pivot

    return move


def hem_cut(start: float, low: float, half: float, slant: float, dip: float) -> Map:
    """Lengthen what lies below ``start``: by ``slant`` on the wearer's left side of ``half`` width (and shorten it on
    the other), by ``dip`` in the middle."""

    def move(path: Points) -> Points:
        t = np.clip((path[:, 1] - start) / (low - start), 0, 1)
        x = np.clip(path[:, 0] / half, -1, 1)
        return np.stack([path[:, 0], path[:, 1] + t * t * (slant * x + dip * (1 - x * x))], 1)

    return move


def divided(path: Points, closed: bool = True) -> Points:
    """The path with points between those that lie more than STEP apart."""
    ends = np.roll(path, -1, 0) if closed else path[1:]
    starts = path if closed else path[:-1]
    counts = np.maximum(np.ceil(np.hypot(*(ends - starts).T) / STEP).astype(int), 1)
    if counts.max() == 1:
        return path
    owner = np.repeat(np.arange(len(starts)), counts)
    t = (np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)) / counts[owner]
    dense = starts[owner] + (ends - starts)[owner] * t[:, None]
    return np.asarray(dense if closed else np.concatenate([dense, path[-1:]]))


def moved(piece: Piece, move: Map) -> Piece:
    """The piece with everything on it, moved."""
    paths = [divided(piece.outline), *(divided(hole) for hole in piece.holes), *(fold.path for fold in piece.folds)]
    for m in piece.marks:
        if isinstance(m, Line):
            paths += [divided(path, False) for path in m.paths]
        elif isinstance(m, Patch):
            paths += [divided(path) for path in m.outlines]
        else:
            paths.append(np.array([m.centre]))
    # one call for all of them: a call costs more than its points
    ends = np.cumsum([len(path) for path in paths])[:-1]
    done = iter(np.split(move(np.concatenate(paths)), ends))

    def mark(m: Mark) -> Mark:
        if isinstance(m, Line):
            return replace(m, paths=[next(done) for _ in m.paths])
        if isinstance(m, Patch):
            return replace(m, outlines=[next(done) for _ in m.outlines])
        x, y = next(done)[0]
        return replace(m, centre=(float(x), float(y)))

    return replace(
        piece,
        outline=next(done),
        holes=tuple(next(done) for _ in piece.holes),
        folds=tuple(Fold(next(done), fold.depth, fold.width) for fold in piece.folds),
        marks=tuple(mark(m) for m in piece.marks),
    )


def lay(sketch: Sketch, move: Map, parts: tuple[str, ...] = (), points: tuple[str, ...] = ()) -> None:
    """Move the sketch in place, or only these parts and points of it."""
    sketch.pieces[:] = [moved(p, move) if not parts or p.part in parts else p for p in sketch.pieces]
    sketch.behind[:] = [moved(p, move) if not parts else p for p in sketch.behind]
    names = [name for name in sketch.points if not parts or name in points]
    if names:
        placed = move(np.array([sketch.points[name] for name in names], float))
        sketch.points.update({n: (float(x), float(y)) for n, (x, y) in zip(names, placed, strict=True)})
