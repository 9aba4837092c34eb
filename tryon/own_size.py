"""A try-on at the size of the photo as it came: what did not change is the photo's own, pixel by pixel."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]

LARGEST: Final = 4096
"""Pixels of the longest side at which a picture is given back."""
_BAND: Final = 512  # rows at a time: a float copy of 12 million pixels is not made


def at_own_size(picture: Pixels, small: Pixels, large: Pixels) -> Pixels:
    """(H, W, 3): the larger photo with what changed in the smaller one.

    picture: (h, w, 3), the try-on of ``small``, which is ``large`` (H, W, 3) at the size it was dressed at. Where nothing
    changed within a pixel of the smaller one, the larger one stays as it is.
    """
    if large.shape == small.shape:
        return picture
    changed = cv2.dilate((picture != small).any(axis=-1).view(np.uint8), np.ones((3, 3), np.uint8))
    x, y, w, h = cv2.boundingRect(changed)
    whole = large.copy()
    across, down = large.shape[1] / small.shape[1], large.shape[0] / small.shape[0]
    x0, x1 = max(int((x - 1) * across), 0), min(int(np.ceil((x + w + 1) * across)), large.shape[1])
    last = min(int(np.ceil((y + h + 1) * down)), large.shape[0])
    for y0 in range(max(int((y - 1) * down), 0), last if w else 0, _BAND):
        y1 = min(y0 + _BAND, last)
        # pixel centres are at .5 in either
        place = np.array([[1 / across, 0, (x0 + 0.5) / across - 0.5], [0, 1 / down, (y0 + 0.5) / down - 0.5]])
        new, share = (
            cv2.warpAffine(
                plane, place, (x1 - x0, y1 - y0), flags=how | cv2.WARP_INVERSE_MAP, borderMode=cv2.BORDER_REPLICATE
            )
            for plane, how in ((picture, cv2.INTER_CUBIC), (changed.astype(np.float32), cv2.INTER_LINEAR))
        )
        here = whole[y0:y1, x0:x1]
        mixed = here + (new.astype(np.float32) - here) * share[..., None]
        here[share > 0] = np.clip(mixed + 0.5, 0, 255).astype(np.uint8)[share > 0]
    return whole
