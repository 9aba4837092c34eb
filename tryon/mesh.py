"""Grids of cells over a part of a garment: which cells carry cloth, and none of them turned over."""

from collections.abc import Callable

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.anchors import Array
from tryon.cut import Cut
from tryon.layers import Mesh

ROUNDS = 48
LEAST = 0.02
"""A triangle keeps at least this share of the area that its source would have at the mesh's mean scale."""


class Grid(Struct, frozen=True):
    """One part, before its empty cells are dropped. source: (rows, columns, 2) in the garment's upright frame; target:
    (rows, columns, 2) in photo pixels; depth (rows, columns)."""

    part: str
    source: Array
    target: Array
    depth: Array
    used: NDArray[np.bool_]

    def mesh(self, cut: Cut) -> Mesh:
        """The cells that carry cloth as triangles, in pixels of the garment and of the photo."""
        rows, columns = self.source.shape[:2]
        triangles = _triangles(rows, columns)[self.used.ravel()].reshape(-1, 3)
        if areas(self.source)[self.used].sum() < 0:  # columns run outwards, on the wearer's right to the picture's left
            triangles = triangles[:, ::-1]
        kept, at = np.unique(triangles, return_inverse=True)
        return Mesh(
            part=self.part, source=cut.pixels(self.source).reshape(-1, 2)[kept].astype(np.float32),
            target=self.target.reshape(-1, 2)[kept].astype(np.float32), triangles=at.reshape(-1, 3).astype(np.int32),
            depth=self.depth.ravel()[kept].astype(np.float32),
        )  # fmt: skip


def sound(source: Array, target: Array, safe: Array, used: NDArray[np.bool_]) -> Array:
    """The target with none of its used cells turned over.

    source, target, safe: (rows, columns, 2). Vertices near cells that are turned over are relaxed first; where that is
    not enough the whole gives way to ``safe``, which has no such cell, as little as is needed.
    """
    # Orientation is judged against the source: both are y down and a front view.
    wanted = areas(source)
    scale = np.abs(areas(safe)).sum() / np.abs(wanted).sum()
    least = LEAST * scale * np.abs(wanted)

    def bad(grid: Array) -> NDArray[np.bool_]:
        return np.asarray((np.sign(wanted) * areas(grid) < least).any(-1) & used)

    done = _until_good(target, bad)
    for share in np.linspace(0, 1, 21):
        mixed = np.asarray(done * (1 - share) + safe * share)
        if not bad(mixed).any():
            return mixed
    return safe


def relaxed(grid: Array, least: float) -> Array:
    """A grid whose vertices near bad cells are moved towards the middle of their neighbours until none is bad, or for
    at most ROUNDS rounds. least: what twice a triangle's signed area must reach, on the same side of 0."""

    def bad(grid: Array) -> NDArray[np.bool_]:
        return np.asarray((areas(grid) * np.sign(least) < abs(least)).any(-1))

    return _until_good(grid, bad)


def _until_good(grid: Array, bad: Callable[[Array], NDArray[np.bool_]]) -> Array:
    """Relax around bad cells, and ever farther around them the longer it takes."""
    near = np.zeros(grid.shape[:2], np.uint8)
    for turn in range(ROUNDS):
        wrong = bad(grid)
        if not wrong.any():
            break
        for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
            near[i : i + wrong.shape[0], j : j + wrong.shape[1]] |= wrong
        if turn % 6 == 0:
            near = cv2.dilate(near, np.ones((3, 3), np.uint8))
        padded = np.pad(grid, ((1, 1), (1, 1), (0, 0)), mode="reflect", reflect_type="odd")
        middle = (padded[:-2, 1:-1] + padded[2:, 1:-1] + padded[1:-1, :-2] + padded[1:-1, 2:]) / 4
        grid = np.where(near[..., None] > 0, 0.3 * grid + 0.7 * middle, grid)
    return grid


def areas(grid: Array) -> Array:
    """(rows - 1, columns - 1, 4): twice the signed areas of the triangles at each cell's four corners.

    All four are positive only in a convex cell, so either diagonal may cut it.
    """
    a, b, c, d = grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]
    return np.stack([_cross(b - a, d - a), _cross(c - b, a - b), _cross(d - c, b - c), _cross(a - d, c - d)], -1)


def _cross(one: Array, other: Array) -> Array:
    return np.asarray(one[..., 0] * other[..., 1] - one[..., 1] * other[..., 0])


def _triangles(rows: int, columns: int) -> NDArray[np.int32]:
    """(cells, 2, 3): the two triangles of each cell, wound alike."""
    at = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    a, b, c, d = (corner.ravel() for corner in (at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]))
    return np.stack([np.stack([a, b, c], 1), np.stack([a, c, d], 1)], 1)
