"""Results that must be judged worse than a real try-on, made from the same photo and garment with the same knowledge."""

from collections.abc import Callable, Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.tryon_fit import carried
from tryon import Garment, Mesh

Pixels = NDArray[np.uint8]
Laid = tuple[Pixels, NDArray[np.bool_]]
"""A picture (H, W, 3) uint8, and where in it the garment is meant to be, (H, W)."""


def flat(photo: Pixels, garment: Garment, shown: NDArray[np.bool_]) -> Laid:
    """Where the real result shows the garment, its mean colour."""
    picture = photo.copy()
    picture[shown] = garment.pixels[garment.pixels[..., 3] > 127][:, :3].mean(0).round()
    return picture, shown


def affine(photo: Pixels, garment: Garment, meshes: Sequence[Mesh]) -> Laid:
    """The garment's photo laid on as it is, moved to where the real result has its key points, by least squares."""
    flat_points, placed = _points(garment, meshes)
    known = np.column_stack([placed, np.ones(len(placed))])
    back = np.linalg.lstsq(known, flat_points, rcond=None)[0]
    return _pasted(photo, garment, _grid(photo) @ back)


def spline(photo: Pixels, garment: Garment, meshes: Sequence[Mesh]) -> Laid:
    """The garment's photo bent by one thin-plate spline through its key points (Bookstein, PAMI 1989)."""
    flat_points, placed = _points(garment, meshes)
    n, unit = len(placed), float(np.ptp(placed, axis=0).max())
    system = np.zeros((n + 3, n + 3))
    system[:n, :n] = _radial(placed / unit, placed / unit) + 1e-6 * np.eye(n)
    system[:n, n:] = np.column_stack([placed / unit, np.ones(n)])
    system[n:, :n] = system[:n, n:].T
    weights = np.linalg.solve(system, np.concatenate([flat_points, np.zeros((3, 2))]))
    grid = _grid(photo)
    at = grid[:, :2] / unit
    back = sum(
        (_radial(at, placed[k : k + 1] / unit) * weights[k] for k in range(n)),
        np.column_stack([at, np.ones(len(at))]) @ weights[n:],
    )
    return _pasted(photo, garment, np.asarray(back))


WARPS: Final[dict[str, Callable[[Pixels, Garment, Sequence[Mesh]], Laid]]] = {
    "an affine paste": affine,
    "a single spline": spline,
}


def _points(garment: Garment, meshes: Sequence[Mesh]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The garment's key points (n, 2), and where the meshes carry them."""
    names = sorted(garment.points)
    return np.array([garment.points[name] for name in names]), np.array(
        [carried(meshes, garment.points[name]) for name in names]
    )


def _radial(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    square = ((one[:, None] - other[None]) ** 2).sum(-1)
    return np.asarray(square * np.log(np.maximum(square, 1e-12)))


def _grid(photo: Pixels) -> NDArray[np.float64]:
    """(H W, 3): x, y and 1 of every pixel."""
    ys, xs = np.mgrid[: photo.shape[0], : photo.shape[1]] + 0.5
    return np.column_stack([xs.ravel(), ys.ravel(), np.ones(xs.size)])


def _pasted(photo: Pixels, garment: Garment, back: NDArray[np.float64]) -> Laid:
    """back: (H W, 2), the garment's place for every pixel."""
    places = (back - 0.5).reshape(*photo.shape[:2], 2).astype(np.float32)
    pixels = garment.pixels.copy()
    pixels[garment.part("inside"), 3] = 0
    moved = cv2.remap(pixels, places, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
    shown = moved[..., 3] > 127
    return np.where(shown[..., None], moved[..., :3], photo), shown
