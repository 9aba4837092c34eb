"""The garment's opacity at full resolution, and its colours without the background's.

The network says roughly where the garment is. Near its outline each pixel is asked whether it looks more like the cloth
or like the ground beside it: both are Gaussians in CIELAB, measured in a window that moves along the outline, so that
shadows, carpets and pale cloth on pale ground are each judged by their own surroundings. Where the network is unsure
farther inside, histograms of the whole garment and the whole ground decide.
"""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

REACH: Final = 0.012
"""How far from the network's outline the true one may lie, as a share of the picture's longer side."""

MEANT: Final = 0.8
"""How likely a piece apart from the garment must be its own, as a share of how likely the garment is."""

SMOOTH: Final = 0.6
"""Deviation in pixels of the final edge."""


def cut_out(pixels: NDArray[np.uint8], prior: Plane) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Cut a garment out of its photo.

    pixels: (h, w, 3) uint8 RGB; prior: (h, w) float32 in [0, 1], how likely each pixel is the garment's, true to about
    REACH. Returns colours (h, w, 3) uint8, which outside are those of the nearest cloth, and opacity (h, w) uint8.
    """
    reach = max(3.0, REACH * max(prior.shape))
    likely = _likely(pixels, prior, reach)
    alpha = _edge(_main(likely, pixels, prior), reach)
    return clean_edge(pixels, alpha), np.rint(alpha * 255).astype(np.uint8)


def clean_edge(pixels: NDArray[np.uint8], alpha: Plane) -> NDArray[np.uint8]:
    """Colours (h, w, 3) uint8 in which no ground shows: those at the edge and outside are taken from the cloth beside.

    alpha: (h, w) float32 in [0, 1].
    """
    sure = cv2.erode((alpha > 0.98).view(np.uint8), np.ones((5, 5), np.uint8)) > 0
    if not sure.any():
        return pixels
    near = _local_mean(pixels.astype(np.float32), sure, 4)
    _, nearest = cv2.distanceTransformWithLabels((~sure).view(np.uint8), cv2.DIST_L2, 5, labelType=cv2.DIST_LABEL_PIXEL)
    places = np.zeros(int(nearest.max()) + 1, np.int64)
    places[nearest[sure]] = np.flatnonzero(sure)
    cloth = near.reshape(-1, 3)[places[nearest]]
    share = sure.astype(np.float32)[..., None]
    return np.asarray(np.rint(pixels * share + cloth * (1 - share)).clip(0, 255), np.uint8)


def _likely(pixels: NDArray[np.uint8], prior: Plane, reach: float) -> Plane:
    """How likely each pixel is the garment's (h, w), by the colours on both sides of the outline."""
    inside = prior > 0.5
    away = cv2.distanceTransform(inside.view(np.uint8), cv2.DIST_L2, 5)
    away = away - cv2.distanceTransform((~inside).view(np.uint8), cv2.DIST_L2, 5)  # positive inside
    band = (np.abs(away) < 2 * reach) | ((prior > 0.05) & (prior < 0.95))
    lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2LAB) * np.array([1, 1.5, 1.5], np.float32)
    radius = round(2.5 * reach)
    here = np.nonzero(band)
    cloth = _unlikeness(lab, (away > reach) & (prior > 0.8), radius, here)
    ground = _unlikeness(lab, (away < -reach) & (prior < 0.2), radius, here)
    # A pixel's own colour is worth less than a whole vote: its neighbours' noise is not independent of it.
    odds = np.clip(0.35 * (ground - cloth), -6, 6) + np.log((prior[here] + 0.02) / (1.02 - prior[here]))
    odds += np.clip(_rarity(pixels, (away > reach) & (prior > 0.8), (away < -reach) & (prior < 0.2))[here], -1.2, 1.2)
    odds += 1.5 * np.clip(away[here] / reach, -1.5, 1.5)
    likely = inside.astype(np.float32)
    likely[here] = 1 / (1 + np.exp(-odds))
    return _guided(lab, likely, max(2, round(0.35 * reach)))


def _rarity(pixels: NDArray[np.uint8], cloth: NDArray[np.bool_], ground: NDArray[np.bool_]) -> Plane:
    """Log of how much commoner each pixel's colour is in the cloth than on the ground, (h, w)."""
    lab = cv2.cvtColor(pixels, cv2.COLOR_RGB2LAB)
    shares = []
    for side in (cloth, ground):
        counts = cv2.calcHist([lab], [0, 1, 2], side.view(np.uint8), [16, 32, 32], [0, 256] * 3)
        for axis in range(3):
            counts = counts + 0.5 * (np.roll(counts, 1, axis) + np.roll(counts, -1, axis))
        shares.append(counts / max(1.0, float(counts.sum())) + 1e-4)
    ratio = np.log(shares[0] / shares[1])
    return np.asarray(ratio[lab[..., 0] // 16, lab[..., 1] // 8, lab[..., 2] // 8], np.float32)


def _unlikeness(lab: Plane, side: NDArray[np.bool_], radius: int, here: tuple[NDArray[np.intp], ...]) -> Plane:
    """-2 log likelihood of the colours at ``here`` under the Gaussian of what is around on this side, (n,)."""
    weight = cv2.boxFilter(side.astype(np.float32), -1, (2 * radius + 1,) * 2)
    wide = cv2.boxFilter(side.astype(np.float32), -1, (8 * radius + 1,) * 2)
    moments = [lab[..., i] for i in range(3)] + [lab[..., i] * lab[..., j] for i in range(3) for j in range(i, 3)]
    found = np.empty((len(here[0]), 9), np.float32)
    few = weight[here] < 0.01
    for k, moment in enumerate(moments):
        masked = moment * side
        close = cv2.boxFilter(masked, -1, (2 * radius + 1,) * 2)[here] / np.maximum(weight[here], 1e-6)
        far = cv2.boxFilter(masked, -1, (8 * radius + 1,) * 2)[here] / np.maximum(wide[here], 1e-6)
        found[:, k] = np.where(few, far, close)
    mean = found[:, :3]
    covariance = np.empty((len(mean), 3, 3), np.float32)
    for k, (i, j) in enumerate(((0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2))):
        covariance[:, i, j] = covariance[:, j, i] = found[:, 3 + k] - mean[:, i] * mean[:, j]
    covariance += np.eye(3, dtype=np.float32) * 2.0
    off = lab[here] - mean
    solved = np.linalg.solve(covariance, off[..., None])[..., 0]
    unlike = (off * solved).sum(axis=1) + np.log(np.linalg.det(covariance))
    unlike[wide[here] < 1e-4] = 0.0
    return np.asarray(np.minimum(unlike, 40), np.float32)


def _guided(guide: Plane, plane: Plane, radius: int) -> Plane:
    """The plane (h, w) made to follow the edges of the guide (h, w, 3): He, Sun & Tang, "Guided Image Filtering", ECCV 2010."""
    return np.asarray(cv2.ximgproc.guidedFilter(guide, plane, radius, 4.0), np.float32).clip(0, 1)


def _main(likely: Plane, pixels: NDArray[np.uint8], prior: Plane) -> Plane:
    """The garment without what lies beside it, and without holes that show no ground."""
    mask = (likely > 0.5).view(np.uint8)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(mask, connectivity=4)
    if count < 2:
        return likely
    areas = stats[1:, cv2.CC_STAT_AREA]
    meant = np.bincount(labels.ravel(), prior.ravel())[1:] / areas
    kept = 1 + np.flatnonzero((areas >= 0.1 * areas.max()) & (meant >= MEANT * meant[areas.argmax()]))
    garment = np.isin(labels, kept)
    _, holes, stats, _ = cv2.connectedComponentsWithStats((~garment).view(np.uint8), connectivity=4)
    small = stats[:, cv2.CC_STAT_AREA] < 0.002 * areas.max()
    inner = (stats[:, :2].min(axis=1) > 0) & (stats[:, 0] + stats[:, 2] < mask.shape[1])
    inner &= stats[:, 1] + stats[:, 3] < mask.shape[0]
    like_cloth = _rarity(pixels, garment, likely < 0.1) > -0.5
    share = np.bincount(holes.ravel(), like_cloth.ravel(), len(stats)) / np.maximum(stats[:, cv2.CC_STAT_AREA], 1)
    filled = (small | (inner & (share > 0.5)))[holes] & ~garment
    return np.where(filled, 1.0, np.where(garment | (likely < 0.5), likely, 0.0)).astype(np.float32)


def _edge(likely: Plane, reach: float) -> Plane:
    """A crisp edge where the likelihood passes one half, half a pixel inside of it."""
    smooth = cv2.GaussianBlur(likely, (0, 0), max(0.8, 0.12 * reach))
    mask = smooth > 0.5
    inner = cv2.distanceTransform(mask.view(np.uint8), cv2.DIST_L2, 5)
    outer = cv2.distanceTransform((~mask).view(np.uint8), cv2.DIST_L2, 5)
    # between pixel centres the crossing is where the smooth plane says
    away = np.where(mask, inner - 0.5, 0.5 - outer)
    return np.asarray(np.clip(away / (2 * SMOOTH) + 0.25, 0, 1), np.float32)


def _local_mean(planes: Plane, where: NDArray[np.bool_], radius: int) -> Plane:
    """Mean (h, w, c) of the planes in a square window, of the pixels that are set."""
    share = cv2.boxFilter(where.astype(np.float32), -1, (2 * radius + 1,) * 2)
    total = cv2.boxFilter(planes * where[..., None], -1, (2 * radius + 1,) * 2)
    return np.asarray(total / np.maximum(share, 1e-6)[..., None], np.float32)
