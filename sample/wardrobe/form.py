"""A headless dress form or shop mannequin inside a garment, drawn behind it."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import XY, ribbon, symmetric, trace
from sample.pieces import RGB, Piece, Sketch
from sample.wardrobe.trunk import Trunk
from sample.wardrobe.tubes import Tube

_TONES: tuple[RGB, ...] = (
    (236, 234, 230), (240, 240, 240), (28, 28, 30), (60, 60, 64), (206, 190, 164), (182, 160, 130), (238, 205, 180), (222, 178, 146),
    (176, 124, 90), (120, 80, 58), (84, 56, 42), (150, 152, 156),
)  # fmt: skip


def _cloth(rng: np.random.Generator) -> Cloth:
    return Cloth((_TONES[rng.integers(len(_TONES))],), "smooth" if rng.random() < 0.7 else "linen", seed=1)


def in_top(t: Trunk, tubes: tuple[Tube | None, Tube | None], low: XY, rng: np.random.Generator) -> list[Piece]:
    """Neck, shoulders, what shows of arms, and hips or legs. low: half width and y of the garment's hem."""
    cloth = _cloth(rng)
    n, long = rng.uniform(4.2, 5.6), rng.uniform(4, 14)
    slope = t.slope + rng.uniform(0.2, 1.5)
    wide = max(min(t.shoulder, 21.0), n + 4) - 1.0
    below = rng.uniform(2, 20)
    side = trace((0, -long), (n * 0.9, -long), (n, -long * 0.4, n, -1.0), (n + 1.5, 0.6, wide, slope), (wide + 1, t.armpit * 0.7, t.chest * 0.82, t.armpit + 2), (t.waist * 0.8, t.waist_at), (low[0] * 0.75, low[1] - 3))  # fmt: skip
    shapes = [Piece("form", symmetric(np.concatenate([side, [(0.0, low[1] - 3)]])), cloth, lift=0, puff=9)]
    hips = [(s * low[0] * 0.34, low[1] - 8) for s in (-1, 1)]
    shapes += [Piece("leg", ribbon(np.array([(x, y), (x * 0.9, y + 9 + below)]), min(low[0] * 0.6, 15.0), min(low[0] * 0.5, 11.0)), cloth, lift=0, puff=9) for x, y in hips]  # fmt: skip
    if rng.random() < 0.6:
        for s, tube in zip((1.0, -1.0), tubes, strict=True):
            shapes.append(_arm(t, tube, s, cloth, rng))
    return shapes


def _arm(t: Trunk, tube: Tube | None, side: float, cloth: Cloth, rng: np.random.Generator) -> Piece:
    """An arm that runs down the sleeve and out of it."""
    tip = np.array([t.shoulder - 3.5, t.slope + 5.0])
    reach = rng.uniform(30, 58)
    if tube and not tube.tucked:
        end = np.mean(tube.corners(t), axis=0)
        along = (end - tip) / max(float(np.hypot(*(end - tip))), 1.0)
        path = np.stack([tip, end, end + along * rng.uniform(4, 16)])
        width = min(8.5, tube.width * 0.6)
    else:
        angle = np.radians(rng.uniform(72, 92))
        path = np.stack([tip, tip + reach * np.array([np.cos(angle), np.sin(angle)])])
        width = rng.uniform(6, 9)
    return Piece("arm", ribbon(path, width, width * 0.6) * (side, 1.0), cloth, lift=0, puff=8)


def in_bottom(sketch: Sketch, rng: np.random.Generator) -> list[Piece]:
    """A waist above and shins below."""
    cloth = _cloth(rng)
    (x1, y1), (x0, y0) = sketch.points["waist_left"], sketch.points["waist_right"]
    up = rng.uniform(3, 22)
    top = (y0 + y1) / 2
    body = np.array([(x0 * 0.92, top + 6), (x0 * 1.0, top - up), (x1 * 1.0, top - up), (x1 * 0.92, top + 6)])
    shapes = [Piece("form", body, cloth, lift=0, puff=9)]
    for name in ("left", "right"):
        if f"hem_outer_{name}" in sketch.points:
            ends = np.array([sketch.points[f"hem_outer_{name}"], sketch.points[f"hem_inner_{name}"]])
            x, y = ends.mean(0)
            width = float(np.hypot(*(ends[0] - ends[1])))
        else:
            x, y = np.array(sketch.points[f"hem_{name}"]) * (0.4, 1.0)
            width = abs(x)
        wide = min(width * 0.7, 13.0)
        leg = ribbon(np.array([(x, y - 10), (x, y + rng.uniform(3, 18))]), wide, wide * 0.8)
        shapes.append(Piece("leg", leg, cloth, lift=0, puff=8))
    return shapes
