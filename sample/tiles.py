"""Any pattern's tile by its name."""

from collections.abc import Sequence

import cv2
import numpy as np

from sample.patterns import FINE, PATTERNS, RGB, Pixels
from sample.prints import PRINTS
from sample.weaves import TILE


def paint(pattern: str, colours: Sequence[RGB], seed: int) -> Pixels:
    """The tile (TILE, TILE, 3) uint8 of a pattern in these colours; same seed, same tile."""
    painter = (PATTERNS | PRINTS)[pattern]
    fine = TILE * (FINE if painter else 1)
    canvas = np.empty((fine, fine, 3), np.uint8)
    canvas[:] = colours[0]
    if painter is None:
        return canvas
    painter(np.random.default_rng(seed), canvas, colours)
    return np.asarray(cv2.resize(canvas, (TILE, TILE), interpolation=cv2.INTER_AREA), np.uint8)
