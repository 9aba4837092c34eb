"""How new, how pressed and how lit a garment is: what may differ between two photos of one and the same."""

from dataclasses import replace

import numpy as np

from sample.curves import trace
from sample.pieces import Fold, Line, Mark, Piece, Sketch, Wash


def wear(sketch: Sketch, rng: np.random.Generator) -> None:
    """Change, in place, how sharply edges turn away, cloth creases, layers throw shadows and seams show."""
    rim, lift = rng.uniform(0.0, 1.5), rng.uniform(0.3, 1.4)
    crease = rng.uniform(0.2, 1.0) if rng.random() < 0.6 else rng.uniform(1.0, 2.6)
    seam = rng.uniform(0.1, 1.2)
    faded = int(rng.integers(1, 4)) if rng.random() < 0.5 else 0
    crumpled = int(rng.integers(4, 16)) if rng.random() < 0.4 else 0

    def changed(piece: Piece) -> Piece:
        marks: tuple[Mark, ...] = tuple(
            replace(m, shade=m.shade * seam) if isinstance(m, Line) and m.colour is None else m for m in piece.marks
        )
        if len(piece.folds) > 1:
            marks += _washes(piece, rng, faded)
        folds = piece.folds + (_crumples(piece, rng, crumpled) if len(piece.folds) > 1 else ())
        return replace(piece, puff=piece.puff * rim, lift=piece.lift * lift, wrinkle=piece.wrinkle * crease, marks=marks, folds=folds)  # fmt: skip

    sketch.pieces[:] = [changed(piece) for piece in sketch.pieces]


def _washes(piece: Piece, rng: np.random.Generator, count: int) -> tuple[Wash, ...]:
    """Uneven light, and cloth faded where it is worn."""
    low, high = piece.outline.min(0), piece.outline.max(0)
    washes = []
    for _ in range(count):
        (x, y), (rx, ry) = rng.uniform(low, high), (high - low) * rng.uniform(0.12, 0.7, 2)
        washes.append(Wash((float(x), float(y)), (float(rx), float(ry)), float(rng.normal(0.02, 0.13))))
    return tuple(washes)


def _crumples(piece: Piece, rng: np.random.Generator, count: int) -> tuple[Fold, ...]:
    """Short sharp folds that run anywhere."""
    low, high = piece.outline.min(0), piece.outline.max(0)
    size = float((high - low).max())
    folds = []
    for _ in range(count):
        x, y = rng.uniform(low, high)
        angle, long = rng.uniform(0, 2 * np.pi), size * rng.uniform(0.06, 0.28)
        dx, dy = np.cos(angle) * long, np.sin(angle) * long
        bow = rng.normal(0, 0.2, 2) * long
        path = trace((x - dx / 2, y - dy / 2), (x + bow[0], y + bow[1], x + dx / 2, y + dy / 2), steps=5)
        folds.append(Fold(path, float(rng.uniform(0.4, 1.2) * rng.choice([-1, 1])), float(rng.choice([3.0, 5.0, 7.0]))))
    return tuple(folds)
