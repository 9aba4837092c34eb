"""Garments cut out of photos that show one garment each on a fairly plain background."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import cv2
import msgspec
import numpy as np

SIDE = 320
"""Longest side that photos are kept at, in pixels."""

CUT_SIDE = 192
"""Longest side at which the foreground is found; GrabCut's time grows with the pixels."""


class Specimen(msgspec.Struct, frozen=True):
    """One photo of one garment.

    pixels (h, w, 3) uint8 RGB; alpha (h, w) uint8, the garment's opacity, or None where no cut-out can be trusted;
    label: index of its class.
    """

    label: int
    pixels: np.ndarray
    alpha: np.ndarray | None

    @property
    def box(self) -> tuple[int, int, int, int]:
        """Extent of the garment as x0, y0, x1, y1 in pixels; only for a specimen with a cut-out."""
        assert self.alpha is not None
        return extent(self.alpha > 127)


def extent(mask: np.ndarray) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of what is set in mask (h, w) bool, ends exclusive; zeros for an empty mask."""
    columns, rows = np.flatnonzero(mask.any(axis=0)), np.flatnonzero(mask.any(axis=1))
    if not len(columns):
        return 0, 0, 0, 0
    return int(columns[0]), int(rows[0]), int(columns[-1]) + 1, int(rows[-1]) + 1


def foreground(pixels: np.ndarray) -> np.ndarray | None:
    """Mask (h, w) bool of the one garment in a photo (h, w, 3) uint8 RGB, or None where it cannot be trusted.

    Colours that the border shows are background; GrabCut (Rother et al., SIGGRAPH 2004) sharpens that, and is trusted
    when it comes to much the same from a plain frame, and the result has a garment's area, solidity and distance
    from the border.
    """
    h, w = pixels.shape[:2]
    scale = CUT_SIDE / max(h, w)
    small = cv2.resize(pixels, (max(round(w * scale), 8), max(round(h * scale), 8)), interpolation=cv2.INTER_AREA)
    unlike = _unlike_border(small)
    threshold, _ = cv2.threshold(unlike, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    by_colour = _grabcut(small, unlike > threshold)
    by_frame = _grabcut(small, np.ones(unlike.shape, bool))
    union = (by_colour | by_frame).sum()
    if not union or (by_colour & by_frame).sum() / union < 0.8:
        return None
    mask = _largest_parts(by_colour)
    if mask is None:
        return None
    full = cv2.resize(mask.astype(np.float32), (w, h), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(full, (0, 0), 0.5 / scale) > 0.5)


def read_specimen(path: Path, label: int) -> Specimen | None:
    """The photo in a file with its cut-out, or None when the file is no picture."""
    photo = cv2.imread(str(path), cv2.IMREAD_COLOR)
    if photo is None:
        return None
    h, w = photo.shape[:2]
    scale = min(1.0, SIDE / max(h, w))
    photo = cv2.resize(photo, (round(w * scale), round(h * scale)), interpolation=cv2.INTER_AREA)
    pixels = np.ascontiguousarray(photo[..., ::-1])
    mask = foreground(pixels)
    if mask is None:
        return Specimen(label, pixels, None)
    inner = cv2.erode(mask.astype(np.uint8) * 255, np.ones((3, 3), np.uint8))
    return Specimen(label, pixels, np.asarray(cv2.GaussianBlur(inner, (0, 0), 0.8)))


def class_folders(folder: Path) -> tuple[str, ...]:
    """Names of the folders of photos in a folder, sorted: the classes."""
    return tuple(sorted(entry.name for entry in folder.iterdir() if entry.is_dir()))


def read_specimens(folder: Path, classes: tuple[str, ...], *, workers: int = 2) -> Iterator[Specimen]:
    """Every photo of folder/<class>/*.jpg in the order of classes and names, read by several processes.

    Raises FileNotFoundError naming the classes that have no folder.
    """
    absent = [name for name in classes if not (folder / name).is_dir()]
    if absent:
        raise FileNotFoundError(f"{folder} has no folder for {', '.join(absent)}")
    paths = [(path, label) for label, name in enumerate(classes) for path in sorted((folder / name).glob("*.jp*g"))]
    with ProcessPoolExecutor(
        workers, mp_context=get_context("spawn"), initializer=partial(cv2.setNumThreads, 1)
    ) as pool:
        for specimen in pool.map(read_specimen, *zip(*paths, strict=True), chunksize=16):
            if specimen is not None:
                yield specimen


def _unlike_border(pixels: np.ndarray) -> np.ndarray:
    """How far each pixel's CIELAB colour lies from the border's commonest colours: (h, w) uint8."""
    lab = cv2.cvtColor(cv2.GaussianBlur(pixels, (0, 0), 1.5), cv2.COLOR_RGB2LAB).astype(np.float32)
    edge = max(3, round(0.05 * max(lab.shape[:2])))
    border = np.concatenate(
        [
            lab[:edge].reshape(-1, 3),
            lab[:, :edge].reshape(-1, 3),
            lab[:, -edge:].reshape(-1, 3),
            lab[-edge:].reshape(-1, 3),
        ]
    )
    cv2.setRNGSeed(0)
    criteria = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_MAX_ITER, 15, 0.5)
    _, _, centres = cv2.kmeans(border, 5, None, criteria, 1, cv2.KMEANS_PP_CENTERS)
    distance = np.min([np.linalg.norm((lab - c) * (0.6, 1, 1), axis=2) for c in centres], axis=0)
    return np.asarray((distance * 4).clip(0, 255).astype(np.uint8))


def _grabcut(pixels: np.ndarray, likely: np.ndarray) -> np.ndarray:
    h, w = likely.shape
    edge_y, edge_x = max(2, round(0.02 * h)), max(2, round(0.02 * w))
    mask = np.where(likely, cv2.GC_PR_FGD, cv2.GC_PR_BGD).astype(np.uint8)
    mask[:edge_y] = mask[-edge_y:] = cv2.GC_BGD
    mask[:, :edge_x] = mask[:, -edge_x:] = cv2.GC_BGD
    if not (mask == cv2.GC_PR_FGD).any():
        return np.zeros(likely.shape, bool)
    cv2.setRNGSeed(0)
    cv2.grabCut(pixels, mask, None, np.zeros((1, 65)), np.zeros((1, 65)), 4, cv2.GC_INIT_WITH_MASK)
    return np.asarray((mask == cv2.GC_FGD) | (mask == cv2.GC_PR_FGD))


def _largest_parts(mask: np.ndarray) -> np.ndarray | None:
    """The connected parts that matter, holes filled, or None when they do not look like a garment."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    smooth = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, kernel)
    smooth = cv2.morphologyEx(smooth, cv2.MORPH_CLOSE, kernel)
    contours, _ = cv2.findContours(smooth, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    areas = [cv2.contourArea(c) for c in contours]
    if not areas:
        return None
    kept = [c for c, area in zip(contours, areas, strict=True) if area > 0.2 * max(areas)]
    share = sum(cv2.contourArea(c) for c in kept) / mask.size
    solidity = sum(cv2.contourArea(c) for c in kept) / max(sum(cv2.contourArea(cv2.convexHull(c)) for c in kept), 1.0)
    filled = np.zeros(mask.shape, np.uint8)
    cv2.drawContours(filled, kept, -1, 1, cv2.FILLED)
    rim = max(3, round(0.03 * max(mask.shape)))
    near = np.concatenate(
        [filled[:rim].any(axis=0), filled[-rim:].any(axis=0), filled[:, :rim].any(axis=1), filled[:, -rim:].any(axis=1)]
    )
    if not (0.08 <= share <= 0.8 and solidity >= 0.6 and near.mean() <= 0.12 and len(kept) <= 3):
        return None
    return filled.astype(bool)
