"""What lies behind: smooth grounds continued, textured ones copied from nearby, grain as in the photo."""

from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

LOOK: Final = 144
"""Pixels of the longer side at which the surroundings of a hole are compared."""


def pull_push(values: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """(h, w, c) float32: values, and where weights (h, w) in [0, 1] are small, a smooth continuation of the others.

    Gortler and others, "The Lumigraph", SIGGRAPH 1996, section 3.4.
    """
    height, width = weights.shape
    known = values * weights[..., None]
    if min(height, width) > 2:
        size = ((width + 1) // 2, (height + 1) // 2)
        small = cv2.resize(known, size, interpolation=cv2.INTER_AREA).reshape(size[1], size[0], -1)
        mass = cv2.resize(weights, size, interpolation=cv2.INTER_AREA)
        coarse = pull_push(small / np.maximum(mass, 1e-6)[..., None], np.minimum(mass * 3, 1))
        rest = cv2.resize(coarse, (width, height), interpolation=cv2.INTER_LINEAR).reshape(values.shape)
    else:
        rest = known.sum(axis=(0, 1)) / max(float(weights.sum()), 1e-6)
    found: NDArray[np.float32] = known + rest * (1 - weights[..., None])
    return found


def continued(
    pixels: NDArray[np.uint8], hole: NDArray[np.bool_], source: NDArray[np.bool_], *, upright: bool = False
) -> tuple[NDArray[np.float32], float]:
    """The picture with its hole filled from source, and how rough the surroundings are (in levels of 255).

    pixels (h, w, 3); hole and source (h, w), disjoint. upright: copy from above and below alone, as cloth hangs.
    Returns (h, w, 3) float32, meaningful in hole and source.
    """
    height, width = hole.shape
    scale = min(LOOK / max(height, width), 1.0)
    size = (max(round(width * scale), 4), max(round(height * scale), 4))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA).astype(np.float32)
    known = (cv2.resize(source.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99).astype(np.float32)
    gap = cv2.resize(hole.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0
    if known.sum() < 8:
        known = (cv2.resize(source.astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.5).astype(np.float32)
    if known.sum() < 8:
        return pixels.astype(np.float32), 255.0
    ring = (cv2.dilate(gap.astype(np.uint8), np.ones((19, 19), np.uint8)) > 0) & (known > 0)
    local = cv2.GaussianBlur(small * known[..., None], (0, 0), 4) / np.maximum(
        cv2.GaussianBlur(known, (0, 0), 4)[..., None], 1e-3
    )
    rough = float(np.sqrt(np.square(small - local)[ring].mean())) if ring.any() else 255.0
    smooth = pull_push(small, known)
    smooth = cv2.resize(cv2.GaussianBlur(smooth, (0, 0), 2), (width, height), interpolation=cv2.INTER_LINEAR)
    if rough < 4.0:
        return smooth, rough
    copied = _copied(pixels, small, known, gap, upright)
    return (smooth if copied is None else copied), rough


def _copied(
    pixels: NDArray[np.uint8],
    small: NDArray[np.float32],
    known: NDArray[np.float32],
    gap: NDArray[np.bool_],
    upright: bool,
) -> NDArray[np.float32] | None:
    """The picture with the gap filled by shifted copies of its known part, each where its rim fits best; or None.

    A few shifts explain most of a picture: He and Sun, "Statistics of Patch Offsets for Image Completion", ECCV 2012.
    """
    height, width = gap.shape
    reach = max(height, width)
    steps = np.unique(np.rint(np.geomspace(3, 0.7 * reach, 9)).astype(int))
    shifts = [(0, sign * step) for step in steps for sign in (-1, 1)]
    if not upright:
        shifts += [(sign * step, slip) for step in steps for sign in (-1, 1) for slip in (-3, 0, 3)]
        shifts += [(sx * step, sy * step) for step in steps[::2] for sx in (-1, 1) for sy in (-1, 1)]
    rim = cv2.dilate(gap.astype(np.uint8), np.ones((9, 9), np.uint8)).astype(np.float32) * known
    costs = np.full((len(shifts), height, width), np.inf, np.float32)
    for index, shift in enumerate(shifts):
        away, valid = _shifted(small, shift) - small, _shifted(known, shift)
        use = rim * valid
        both = cv2.merge([np.einsum("ijk,ijk->ij", away, away) * use, use])
        # The rim nearby counts most, the rest of it where none is near.
        both = cv2.blur(both, (17, 17)) + 0.03 * cv2.blur(both, (71, 71))
        cost = both[..., 0] / (both[..., 1] + 1e-5) + 27 * abs(sum(shift)) ** 0.5
        np.copyto(costs[index], cost, where=(valid > 0.99) & (both[..., 1] > 1e-5))
    best = costs.argmin(axis=0)
    filled = np.isfinite(costs.min(axis=0)) & gap
    if filled[gap].mean() < 0.5:
        return None
    full = (pixels.shape[1], pixels.shape[0])
    factor = pixels.shape[1] / width
    total = np.zeros((*pixels.shape[:2], 3), np.float32)
    mass = np.full(pixels.shape[:2], 1e-6, np.float32)
    used, counts = np.unique(best[filled], return_counts=True)
    for index in used[np.argsort(-counts)][:10]:
        share = cv2.GaussianBlur(((best == index) & filled).astype(np.float32), (0, 0), 1.2)
        share *= np.isfinite(costs[index])
        weight = cv2.resize(share, full, interpolation=cv2.INTER_LINEAR)
        dx, dy = (round(step * factor) for step in shifts[index])
        total += _shifted(pixels, (dx, dy)).astype(np.float32) * weight[..., None]
        mass += weight
    # The seam: what differs at the rim is spread over the copy.
    copied = total / mass[..., None]
    low = cv2.resize(copied, (width, height), interpolation=cv2.INTER_AREA)
    have = cv2.resize((mass > 0.3).astype(np.float32), (width, height), interpolation=cv2.INTER_AREA) > 0.99
    blurred = cv2.GaussianBlur(np.where(gap[..., None] | (known[..., None] < 1), 0, small), (0, 0), 3)
    seen = cv2.GaussianBlur(known * ~gap, (0, 0), 3)
    own = cv2.GaussianBlur(np.where(have[..., None], low, 0), (0, 0), 3)
    there = cv2.GaussianBlur(have.astype(np.float32), (0, 0), 3)
    edge = ((seen > 0.2) & (there > 0.2)).astype(np.float32)
    offset = (blurred / np.maximum(seen, 1e-3)[..., None] - own / np.maximum(there, 1e-3)[..., None]) * edge[..., None]
    drift = cv2.resize(pull_push(offset, edge), full, interpolation=cv2.INTER_LINEAR)
    rest = cv2.resize(cv2.GaussianBlur(pull_push(small, known), (0, 0), 2), full, interpolation=cv2.INTER_LINEAR)
    sure = np.clip(mass / 0.5, 0, 1)[..., None]
    filling: NDArray[np.float32] = (copied + np.clip(drift, -30, 30)) * sure + rest * (1 - sure)
    return filling


def _shifted(picture: NDArray[Any], shift: tuple[int, int]) -> NDArray[Any]:
    """The picture read at (x + shift): zero where that lies outside."""
    dx, dy = shift
    found = np.zeros_like(picture)
    height, width = picture.shape[:2]
    if abs(dx) < width and abs(dy) < height:
        found[max(-dy, 0) : height - max(dy, 0), max(-dx, 0) : width - max(dx, 0)] = picture[
            max(dy, 0) : height - max(-dy, 0), max(dx, 0) : width - max(-dx, 0)
        ]
    return found
