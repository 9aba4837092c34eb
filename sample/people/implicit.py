"""Smooth solids as signed distances, and their surfaces as triangles.

Points are (n, 3) float32 metres; a field is a function from points to (n,) float32, negative inside. Distances are
exact for capsules and close to the surface for the others, which is what blending and polygonising need.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from sample.curves import spline

Floats = NDArray[np.float32]
Field = Callable[[Floats], Floats]
XYZ = tuple[float, float, float]


def ellipsoid(points: Floats, centre: XYZ, radii: XYZ) -> Floats:
    """Approximate distance to an ellipsoid with axes along x, y, z."""
    size = np.array(radii, np.float32)
    p = (points - np.array(centre, np.float32)) / size
    k0 = np.sqrt((p * p).sum(1))
    k1 = np.sqrt(((p / size) ** 2).sum(1))
    return np.asarray(k0 * (k0 - 1) / np.maximum(k1, 1e-6), np.float32)


def limb(points: Floats, start: XYZ, end: XYZ, profile: Sequence[tuple[float, float]]) -> Floats:
    """Distance to a rounded limb from ``start`` to ``end``; profile: (fraction of the length, radius) along it."""
    a, b = np.array(start, np.float32), np.array(end, np.float32)
    axis = b - a
    rel = points - a
    t = np.clip(rel @ axis / np.float32(axis @ axis), 0, 1)
    away = rel - t[:, None] * axis
    if len(profile) == 2:
        (_, r0), (_, r1) = profile
        radius = np.float32(r0) + np.float32(r1 - r0) * t
    else:
        curve = spline(list(profile))
        radius = np.interp(t, curve[:, 0], curve[:, 1]).astype(np.float32)
    return np.asarray(np.sqrt((away * away).sum(1)) - radius, np.float32)


def column(points: Floats, sections: Sequence[tuple[float, float, float, float]]) -> Floats:
    """Distance to an upright trunk; sections: (y, half width, half depth, z of the middle) from below upwards."""
    knots = np.array(sections)
    y = points[:, 1]
    a, b, c = (
        (lambda curve: np.interp(y, curve[:, 0], curve[:, 1]).astype(np.float32))(spline(list(zip(knots[:, 0], k, strict=True))))
        for k in knots.T[1:]
    )  # fmt: skip
    x, z = np.abs(points[:, 0]) / a, np.abs(points[:, 2] - c) / b
    k0 = (x**2.3 + z**2.3) ** np.float32(1 / 2.3)  # a little squarer than an ellipse, as trunks are
    side = (k0 - 1) * np.minimum(a, b)
    return np.asarray(np.maximum(side, np.maximum(knots[0, 0] - y, y - knots[-1, 0])), np.float32)


def union(one: Floats, other: Floats, blend: float) -> Floats:
    """Smooth minimum over about ``blend`` metres. Quilez, "Smooth minimum" (quadratic polynomial)."""
    h = np.maximum(np.float32(blend) - np.abs(one - other), 0) / np.float32(blend)
    return np.asarray(np.minimum(one, other) - h * h * np.float32(blend * 0.25), np.float32)


def carve(one: Floats, other: Floats, blend: float) -> Floats:
    """``one`` without ``other``, the edge rounded."""
    return -union(-one, other, blend)


def gradient(field: Field, points: Floats, step: float = 1e-3) -> Floats:
    """Unit normals (n, 3) of the field, by central differences."""
    offsets = np.eye(3, dtype=np.float32) * np.float32(step)
    slope = np.stack([field(points + o) - field(points - o) for o in offsets], 1)
    return np.asarray(slope / np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-9), np.float32)


def polygonise(field: Field, low: XYZ, high: XYZ, cell: float) -> tuple[Floats, NDArray[np.int32], Floats]:
    """Vertices (n, 3), triangles (m, 3) wound outwards and normals (n, 3) of the field's zero inside a box.

    Surface nets (Gibson, "Constrained Elastic Surface Nets", 1998), then two Newton steps onto the surface.
    """
    corner, counts = np.array(low), np.ceil((np.array(high) - low) / cell / 4).astype(int) * 4
    values = _sampled(field, corner, counts, cell)
    inside = values < 0
    sums, hits = np.zeros((*(counts - 1), 3)), np.zeros(counts - 1, np.int32)
    edges = []
    for axis in range(3):
        a, b = _ends(values, axis)
        crossing = np.nonzero((a < 0) != (b < 0))
        t = a[crossing] / (a[crossing] - b[crossing])
        at = np.stack(crossing, 1).astype(float)
        at[:, axis] += t
        edges.append((axis, np.stack(crossing, 1), inside[crossing]))
        for du in (0, 1):
            for dv in (0, 1):
                cells = np.stack(crossing, 1)
                cells[:, (axis + 1) % 3] -= du
                cells[:, (axis + 2) % 3] -= dv
                ok = ((cells >= 0) & (cells < counts - 1)).all(1)
                index = tuple(cells[ok].T)
                np.add.at(sums, index, at[ok])
                np.add.at(hits, index, 1)
    used = hits > 0
    number = np.full(counts - 1, -1, np.int32)
    number[used] = np.arange(int(used.sum()), dtype=np.int32)
    points = (sums[used] / hits[used][:, None] * cell + corner).astype(np.float32)
    faces = np.concatenate([_quads(number, axis, at, within) for axis, at, within in edges])
    for _ in range(2):
        points = points - gradient(field, points, cell * 0.3) * np.clip(field(points), -cell, cell)[:, None]
    return points.astype(np.float32), faces, gradient(field, points, cell * 0.3)


def _sampled(field: Field, corner: NDArray[np.float64], counts: NDArray[np.int64], cell: float) -> Floats:
    """The field at the grid's points, exact near its zero, of the right sign elsewhere."""
    blocks = counts // 4
    centres = np.stack(np.meshgrid(*[(np.arange(n) * 4 + 1.5) for n in blocks], indexing="ij"), -1)
    rough = field((centres.reshape(-1, 3) * cell + corner).astype(np.float32)).reshape(blocks)
    spread = np.ones((1, 4, 1, 4, 1, 4), np.float32)
    values = (rough[:, None, :, None, :, None] * spread).reshape(counts)
    near = np.nonzero(np.abs(values) < 7 * cell)
    values[near] = field((np.stack(near, 1) * cell + corner).astype(np.float32))
    return np.ascontiguousarray(values, np.float32)


def _ends(values: Floats, axis: int) -> tuple[Floats, Floats]:
    cut: list[slice] = [slice(None)] * 3
    shift = list(cut)
    cut[axis], shift[axis] = slice(0, -1), slice(1, None)
    return values[tuple(cut)], values[tuple(shift)]


def _quads(number: NDArray[np.int32], axis: int, at: NDArray[np.int64], inside: NDArray[np.bool_]) -> NDArray[np.int32]:
    """Two triangles for every grid edge that crosses the surface."""
    around = []
    for du, dv in ((0, 0), (1, 0), (1, 1), (0, 1)):
        cells = at.copy()
        cells[:, (axis + 1) % 3] -= du
        cells[:, (axis + 2) % 3] -= dv
        around.append(cells)
    ok = np.all([((c >= 0) & (c < number.shape)).all(1) for c in around], axis=0)
    a, b, c, d = (number[tuple(cells[ok].T)] for cells in around)
    flip = ~inside[ok]
    b, d = np.where(flip, d, b), np.where(flip, b, d)
    return np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
