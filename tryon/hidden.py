"""The trunk's cloth that a sleeve lies upon in the garment's photo: on a body the sleeve lies elsewhere."""

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.garments import Garment


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
    """(h, w, 4): the wanted pixels drawn on from the known ones to their left and right, so that stripes go on."""
    done = pixels.copy()
    for y in np.flatnonzero(wanted.any(1)):
        have, want = np.flatnonzero(known[y]), np.flatnonzero(wanted[y])
        if len(have):
            # the outermost pixels are shaded and mixed with the ground
            have = have[3:-3] if len(have) > 12 else have
            for channel in range(3):
                done[y, want, channel] = np.interp(want, have, pixels[y, have, channel]) + 0.5
            done[y, want, 3] = 255
    return done
