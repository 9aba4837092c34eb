"""What colours a thing in a photo has: smoothed histograms in Lab, learnt from the photo itself."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

BINS: Final = 32
_L, _A, _B = (channel.ravel() for channel in np.meshgrid(*[np.arange(BINS)] * 3, indexing="ij"))
CENTRES: Final = np.stack([_L * 8 + 4.0, _A * 4 - 62.0, _B * 4 - 62.0], axis=1).astype(np.float32)
"""(BINS ** 3, 3) float32: L of 255, a and b around 0 of each bin."""


def codes(lab: NDArray[np.uint8]) -> NDArray[np.int32]:
    """(h, w) int32: the bin of each pixel of an OpenCV Lab picture; 8 units of 255 in L, 4 in a and b."""
    chroma = np.clip((lab[..., 1:].astype(np.int32) - 64) // 4, 0, BINS - 1)
    found: NDArray[np.int32] = ((lab[..., 0].astype(np.int32) // 8) * BINS + chroma[..., 0]) * BINS + chroma[..., 1]
    return found


def densities(codes: NDArray[np.int32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(BINS ** 3, k) float32: the density of colour in each of k weightings (h, w, k) of the pixels; each sums to 1.

    Smoothed more along L than across: shading changes lightness first. As much as .4 % of the
    picture is taken to have been seen in every colour, so that a few stray pixels make no class of their own.
    """
    flat, kinds = codes.ravel(), weights.shape[2]
    counts = np.stack([np.bincount(flat, weights[..., k].ravel(), BINS**3) for k in range(kinds)], axis=1)
    cube = counts.astype(np.float32).reshape(BINS, BINS, BINS, kinds)
    for axis, sigma in ((0, 1.4), (1, 0.8), (2, 0.8)):
        cube = np.moveaxis(cube, axis, 0)
        shape = cube.shape
        column = np.ascontiguousarray(cube).reshape(BINS, -1)
        column = cv2.GaussianBlur(column, (1, 9), sigmaX=1, sigmaY=sigma, borderType=cv2.BORDER_REPLICATE)
        cube = np.moveaxis(column.reshape(shape), 0, axis)
    found: NDArray[np.float32] = cube.reshape(-1, kinds)
    doubt = 0.004 * flat.size
    density: NDArray[np.float32] = (found + doubt / BINS**3) / (found.sum(axis=0) + doubt)
    return density


def tone(lab: NDArray[np.uint8], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3,) float32: the weighted median of L (of 255), a and b (around 0) where weights (h, w) is above 0."""
    seen = weights > 0
    values, share = lab[seen].astype(np.float32) - np.array([0, 128, 128], np.float32), weights[seen]
    found = np.zeros(3, np.float32)
    for channel in range(3):
        order = np.argsort(values[:, channel])
        total = np.cumsum(share[order])
        found[channel] = values[order, channel][np.searchsorted(total, total[-1] / 2)]
    return found


def shaded(colour: NDArray[np.float32], spread: float = 7.0) -> NDArray[np.float32]:
    """(BINS ** 3,) float32: the density of one matt colour (3,) under light of varying strength; sums to 1.

    Shading moves a colour towards black or away from it: along that line the spread is wide, across it ``spread``.
    """
    line = colour / max(float(np.linalg.norm(colour)), 1.0)
    away = CENTRES - colour
    along = away @ line
    across = np.square(away).sum(axis=1) - np.square(along)
    wide = np.where(along < 0, 0.4, 0.25) * float(np.linalg.norm(colour))
    found = np.exp(-0.5 * (np.square(along / wide) + across / spread**2))
    density: NDArray[np.float32] = (found / found.sum()).astype(np.float32)
    return density
