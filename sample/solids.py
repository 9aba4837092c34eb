"""Solids for drawn accessories: swept sections and turned profiles, as vertices (n, 3) and triangles (m, 3)."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Solid = tuple[Floats, NDArray[np.int64]]


def sweep(path: ArrayLike, section: ArrayLike, *, closed: bool = False, up: ArrayLike = (0, 0, 1)) -> Solid:
    """A section (k, 2) carried along a path (n, 3); its second axis stays near ``up``. An open one gets end caps."""
    line, outline = np.asarray(path, float), np.asarray(section, float)
    ahead = np.roll(line, -1, axis=0) - np.roll(line, 1, axis=0) if closed else np.gradient(line, axis=0)
    ahead /= np.linalg.norm(ahead, axis=1, keepdims=True)
    side = np.cross(np.broadcast_to(np.asarray(up, float), ahead.shape), ahead)
    side /= np.maximum(np.linalg.norm(side, axis=1, keepdims=True), 1e-9)
    over = np.cross(ahead, side)
    rings = line[:, None] + outline[None, :, :1] * side[:, None] + outline[None, :, 1:] * over[:, None]
    triangles = [_net(len(line), len(outline), closed)]
    vertices = rings.reshape(-1, 3)
    if not closed:
        for ring, turned in ((0, 1), (len(line) - 1, 0)):
            start = len(vertices)
            vertices = np.concatenate([vertices, rings[ring], rings[ring].mean(axis=0)[None]])
            a = np.arange(len(outline))
            fan = np.column_stack([np.full(len(a), start + len(a)), start + a, start + np.roll(a, -1)])
            triangles.append(fan[:, ::-1] if turned else fan)
    return vertices, np.concatenate(triangles)


def turned(profile: ArrayLike, around: int = 64) -> Solid:
    """A profile (n, 2) of radius and height turned around y."""
    line = np.asarray(profile, float)
    angle = np.linspace(0, 2 * np.pi, around, endpoint=False)
    rings = np.stack(
        [
            line[None, :, 0] * np.sin(angle)[:, None],
            np.broadcast_to(line[:, 1], (around, len(line))),
            line[None, :, 0] * np.cos(angle)[:, None],
        ],
        axis=-1,
    )
    start = np.arange(around)[:, None] * len(line) + np.arange(len(line) - 1)
    after = np.roll(np.arange(around), -1)[:, None] * len(line) + np.arange(len(line) - 1)
    first = np.stack([start, after, start + 1], axis=-1).reshape(-1, 3)
    second = np.stack([start + 1, after, after + 1], axis=-1).reshape(-1, 3)
    return rings.reshape(-1, 3), np.concatenate([first, second])


def disc(outline: ArrayLike, bulge: float = 0.0) -> Solid:
    """A closed outline (n, 3) filled from its middle, which stands out by ``bulge`` along z."""
    rim = np.asarray(outline, float)
    middle = rim.mean(axis=0)
    shares = np.linspace(0, 1, 7)[1:]
    rings = [middle + (rim - middle) * share + np.array([0, 0, bulge * (1 - share**2)]) for share in shares]
    vertices = np.concatenate([middle[None] + np.array([0, 0, bulge]), *rings])
    count = len(rim)
    a = np.arange(count)
    fan = np.column_stack([np.zeros(count, int), 1 + a, 1 + np.roll(a, -1)])
    return vertices, np.concatenate([fan, 1 + _net(len(rings), count, False)])


def ball(middle: ArrayLike, radius: float | ArrayLike) -> Solid:
    """A ball, or an ellipsoid of half axes (3,)."""
    polar = np.linspace(0, np.pi, 25)
    vertices, triangles = turned(np.column_stack([np.sin(polar), np.cos(polar)]), 40)
    return vertices * np.asarray(radius, float) + np.asarray(middle, float), triangles


def normals_of(vertices: Floats, triangles: NDArray[np.int64]) -> Floats:
    """Unit normals (n, 3) of vertices, each triangle counting by its area."""
    a, b, c = (vertices[triangles[:, corner]] for corner in range(3))
    own = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for corner in range(3):
        np.add.at(normals, triangles[:, corner], own)
    unit: Floats = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return unit


def ellipse(a: float, b: float, count: int = 16, power: float = 2.0) -> Floats:
    """A closed outline (count, 2) of half axes a and b; a power above 2 makes it squarer."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    c, s = np.cos(angle), np.sin(angle)
    return np.column_stack([a * np.sign(c) * np.abs(c) ** (2 / power), b * np.sign(s) * np.abs(s) ** (2 / power)])


def _net(rows: int, columns: int, closed: bool) -> NDArray[np.int64]:
    row = np.arange(rows if closed else rows - 1)[:, None]
    column = np.arange(columns)
    after, beside = (row + 1) % rows, np.roll(column, -1)
    a, b = row * columns + column, row * columns + beside
    c, d = after * columns + column, after * columns + beside
    first = np.stack([a, b, c], axis=-1).reshape(-1, 3)
    return np.concatenate([first, np.stack([b, d, c], axis=-1).reshape(-1, 3)])
