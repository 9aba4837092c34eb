"""The trunk's cloth that a sleeve lies upon in the garment's photo: on a body the sleeve lies elsewhere."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.garments import Garment
from tryon.mirror import mirrored


def hidden(garment: Garment) -> NDArray[np.bool_]:
    """(h, w) bool: where a sleeve covers the trunk, by the lines from shoulder to armpit to waist to hem."""
    points = garment.points
    corners = [
        [points[f"{name}_{side}"] for name in ("shoulder", "armpit", "waist", "hem") if f"{name}_{side}" in points]
        for side in ("right", "left")
    ]
    covered = np.zeros(garment.parts.shape, np.uint8)
    if "armpit_left" in points:
        outline = np.array(corners[0] + corners[1][::-1])
        cv2.fillPoly(covered, [np.round(outline - 0.5).astype(np.int32)], 1)
    return covered.view(bool) & garment.part("sleeve_left", "sleeve_right")


def continued(pixels: NDArray[np.uint8], known: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> NDArray[np.uint8]:
    """(h, w, 4): the wanted pixels are the known ones of their row, mirrored, so that weave, print and stripes go on."""
    done = pixels.copy()
    if wanted.any():
        # the outermost pixels are shaded and mixed with the ground
        inner = cv2.erode(known.view(np.uint8), np.ones((7, 7), np.uint8)).view(bool)
        done[wanted, :3] = mirrored(pixels[..., :3], inner if inner.any() else known, wanted, level=True)
        done[wanted, 3] = 255
    return done
