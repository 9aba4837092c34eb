"""What bags have in common. Units are centimetres from the middle of the upper edge."""

import numpy as np

from sample.cloth import Cloth
from sample.curves import Points, ribbon, trace
from sample.pieces import Line, Piece, Sketch

GOLD = (198, 164, 98)


SILVER = (186, 188, 192)


def inset(outline: Points, share: float) -> Points:
    closed = np.concatenate([outline, outline[:1]])
    middle = (outline.min(0) + outline.max(0)) / 2
    return np.asarray((closed - middle) * share + middle)


def handle(
    part: str, cloth: Cloth, half: float, rise: float, foot: float, width: float, stitched: bool = True
) -> Piece:
    """An arched handle whose ends are sewn on at ``foot`` below the edge."""
    arch = trace(
        (-half, foot),
        (-half, -rise * 0.55, -half * 0.72, -rise, 0, -rise),
        (half * 0.72, -rise, half, -rise * 0.55, half, foot),
    )
    marks = (Line([arch], 0.8, -0.14, dash=2.2),) if stitched else ()
    return Piece(part, ribbon(arch, width), cloth, puff=3, lift=3, wrinkle=0.1, marks=marks)


def mark_corners(sketch: Sketch, body: Points, handle_top: float) -> None:
    low, high = body.min(0), body.max(0)
    upper = body[np.abs(body[:, 1] - low[1]) < 0.6]
    lower = body[np.abs(body[:, 1] - high[1]) < 0.6]
    sketch.mark_sides(
        top=(float(upper[:, 0].max()), float(upper[upper[:, 0].argmax(), 1])),
        base=(float(lower[:, 0].max()), float(lower[lower[:, 0].argmax(), 1])),
    )
    sketch.mark(handle_top=(0.0, handle_top))
