"""What a garment hangs on: drawn behind it, and cut out of its inner side where it passes in front of that."""

from dataclasses import replace

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, ribbon, trace
from sample.pieces import RGB, Piece, Sketch
from sample.wardrobe.trunk import Trunk

_COLOURS: tuple[RGB, ...] = ((22, 22, 24), (22, 22, 24), (236, 234, 230), (176, 132, 84), (120, 84, 52), (170, 172, 176), (214, 120, 150))  # fmt: skip
_STEEL = Cloth(((150, 152, 156),), "smooth")


def _hook(rng: np.random.Generator, x: float, y: float) -> Piece:
    """A wire hook above (x, y)."""
    r, up, side = rng.uniform(1.6, 3.2), rng.uniform(4, 12), float(rng.choice([-1, 1]))
    path = trace(
        (x, y), (x, y - up), (x, y - up - r * 0.6, x + side * r * 0.3, y - up - r), (x + side * r * 1.9, y - up - 2.6 * r, x + side * r * 2.2, y - up + r * 0.2, x + side * r * 0.9, y - up + r * 0.7)
    )  # fmt: skip
    return Piece("hook", ribbon(path, rng.uniform(0.4, 0.9)), _STEEL, lift=0, puff=1, wrinkle=0)


def for_top(t: Trunk, rng: np.random.Generator) -> list[Piece]:
    """A hook and two arms under the shoulders."""
    cloth = Cloth((_COLOURS[rng.integers(len(_COLOURS))],), "smooth")
    peak, thick = rng.uniform(-3.5, 1.0), rng.uniform(0.7, 4.0)
    reach = min(t.shoulder * rng.uniform(0.8, 0.95), 23.0)
    fall = t.slope * reach / max(t.shoulder, 1) + 1.0 + thick * 0.5
    arms = [trace((0, peak), (s * reach * 0.3, peak + 0.6, s * reach, fall)) for s in (-1.0, 1.0)]
    bars = [Piece("arm", ribbon(arm, thick, thick * 0.8), cloth, lift=0, puff=2, wrinkle=0) for arm in arms]
    return [_hook(rng, 0.0, peak + 0.3), *bars]


def cut(pieces: list[Piece]) -> list[Piece]:
    """The same shapes, to be taken away from what lies behind them."""
    return [replace(piece, part="") for piece in pieces]


def with_clips(sketch: Sketch, rng: np.random.Generator) -> None:
    """A bar above the waist whose clips hold the band."""
    (x1, y1), (x0, y0) = sketch.points["waist_left"], sketch.points["waist_right"]
    high = min(y0, y1) - rng.uniform(1.5, 5)
    cloth = Cloth((_COLOURS[rng.integers(len(_COLOURS))],), "smooth")
    wide = rng.uniform(0.9, 1.15)
    bar = ribbon(np.array([(x0 * wide, high), (x1 * wide, high)]), rng.uniform(0.5, 2.2))
    sketch.behind += [_hook(rng, (x0 + x1) / 2, high), Piece("bar", bar, cloth, lift=0, puff=2, wrinkle=0)]
    at, w, h = rng.uniform(0.5, 0.82), rng.uniform(1.2, 2.2), rng.uniform(2.5, 5)
    for x, y in ((x0, y0), (x1, y1)):
        clip = Piece("clip", _clip(x * at, high - 1, y + h, w), cloth, lift=0, puff=2, wrinkle=0)
        sketch.behind.append(clip)
        sketch.add(replace(clip, part=""))


def _clip(x: float, top: float, low: float, w: float) -> Points:
    return np.array([(x - w * 0.7, top), (x + w * 0.7, top), (x + w, low), (x - w, low)])
