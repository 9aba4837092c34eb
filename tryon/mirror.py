"""Cloth carried on beyond its edge: its own mirror image, so that weave and print go on."""

import cv2
import numpy as np
from numpy.typing import NDArray

Mask = NDArray[np.bool_]


def nearest(known: Mask) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """How far every pixel is from the nearest known one, (h, w), and x, y of that one, (h, w, 2)."""
    away, labels = cv2.distanceTransformWithLabels(
        (~known).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL
    )
    ys, xs = np.nonzero(known)
    place = np.zeros((int(labels.max()) + 1, 2), np.int32)
    place[labels[ys, xs]] = np.stack([xs, ys], 1)
    return away, place[labels]


def beside(known: Mask) -> NDArray[np.int32]:
    """x, y of the known pixel nearest to every pixel in its own row, (h, w, 2); in a row without one, of any."""
    h, w = known.shape
    columns = np.broadcast_to(np.arange(w, dtype=np.int32), known.shape)
    left = np.maximum.accumulate(np.where(known, columns, -4 * w), 1)
    right = np.minimum.accumulate(np.where(known, columns, 5 * w)[:, ::-1], 1)[:, ::-1]
    place = np.where(columns - left <= right - columns, left, right)
    rows = np.broadcast_to(np.arange(h, dtype=np.int32)[:, None], known.shape)
    found = np.stack([place, rows], -1)
    lone = ~known.any(1)
    if lone.any():
        found[lone] = nearest(known)[1][lone]
    return found


def mirrored(pixels: NDArray[np.uint8], known: Mask, wanted: Mask, *, level: bool = False) -> NDArray[np.uint8]:
    """(n, c) uint8: what the wanted pixels are when the known ones are mirrored at their edge; both (h, w).

    level: within each row alone, so that stripes go on. Where the mirror image would leave the known part it is pressed
    together.
    """
    if not known.any():
        return pixels[wanted]
    place = beside(known) if level else nearest(known)[1]
    ys, xs = np.nonzero(wanted)
    edge = place[ys, xs]
    out = np.stack([xs, ys], 1) - edge
    h, w = known.shape
    chosen = edge
    for share in (0.12, 0.25, 0.5, 1.0):
        at = edge - np.rint(share * out).astype(np.int32)
        inside = ((at >= 0) & (at < (w, h))).all(1)
        at = np.clip(at, 0, (w - 1, h - 1))
        good = inside & known[at[:, 1], at[:, 0]]
        chosen = np.where(good[:, None], at, chosen)
    return pixels[chosen[:, 1], chosen[:, 0]]
