"""Plane curves as arrays of points (n, 2) float64, y down."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
XY = tuple[float, float]


def trace(start: XY, *nodes: tuple[float, ...], steps: int = 14) -> Points:
    """A path of lines and Bézier curves. A node of 2 numbers is a line's end, of 4 a quadratic's control and end,
    of 6 a cubic's two controls and end."""
    points = [np.array([start], float)]
    t = np.linspace(0, 1, steps + 1)[1:, None]
    for node in nodes:
        a = points[-1][-1]
        knots = np.array(node, float).reshape(-1, 2)
        if len(knots) == 1:
            points.append(knots)
        elif len(knots) == 2:
            points.append((1 - t) ** 2 * a + 2 * t * (1 - t) * knots[0] + t**2 * knots[1])
        else:
            points.append(
                (1 - t) ** 3 * a + 3 * t * (1 - t) ** 2 * knots[0] + 3 * t**2 * (1 - t) * knots[1] + t**3 * knots[2]
            )
    return np.concatenate(points)


def spline(points: Sequence[XY], closed: bool = False, steps: int = 10) -> Points:
    """A Catmull-Rom curve through the points."""
    p = np.array(points, float)
    p = np.concatenate([p[-1:], p, p[:2]]) if closed else np.concatenate([2 * p[:1] - p[1:2], p, 2 * p[-1:] - p[-2:-1]])
    t = np.linspace(0, 1, steps + 1)[:-1, None]
    pieces = []
    for a, b, c, d in zip(p, p[1:], p[2:], p[3:], strict=False):
        pieces.append(0.5 * (2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3))
    if not closed:
        pieces.append(p[-2:-1])
    return np.concatenate(pieces)


def mirror(points: Points) -> Points:
    """The path reflected in the axis x = 0, run backwards."""
    return np.asarray(points[::-1] * np.array([-1.0, 1.0]))


def symmetric(half: Points) -> Points:
    """The closed outline whose half with x ≥ 0, from axis to axis, is given."""
    return np.concatenate([half, mirror(half)])


def resample(path: Points, count: int) -> Points:
    """``count`` points at equal distances along the path, ends kept."""
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    at = np.linspace(0, lengths[-1], count)
    return np.stack([np.interp(at, lengths, path[:, 0]), np.interp(at, lengths, path[:, 1])], 1)


def along(path: Points, t: float) -> XY:
    """The point at the fraction t, clipped to [0, 1], of the path's length."""
    x, y = resample(path, 257)[round(min(max(t, 0.0), 1.0) * 256)]
    return float(x), float(y)


def normals(path: Points) -> Points:
    """Unit normals to the right of the direction of travel (y down)."""
    d = np.gradient(path, axis=0)
    d /= np.maximum(np.hypot(d[:, 0], d[:, 1]), 1e-9)[:, None]
    return np.stack([-d[:, 1], d[:, 0]], 1)


def offset(path: Points, distance: float | NDArray[np.float64]) -> Points:
    """The path moved by ``distance`` along its normals (to the right of travel, y down)."""
    return np.asarray(path + normals(path) * np.reshape(distance, (-1, 1)))


def ribbon(path: Points, start: float, end: float | None = None) -> Points:
    """The outline of a band along the path, its width running from ``start`` to ``end``."""
    half = np.linspace(start, start if end is None else end, len(path)) / 2
    return np.concatenate([offset(path, half), offset(path, -half)[::-1]])


def ellipse(x: float, y: float, rx: float, ry: float, angle: float = 0.0, steps: int = 48) -> Points:
    """A closed ellipse; angle in degrees."""
    t = np.linspace(0, 2 * np.pi, steps, endpoint=False)
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    ex, ey = rx * np.cos(t), ry * np.sin(t)
    return np.stack([x + ex * c - ey * s, y + ex * s + ey * c], 1)


def turn(path: Points, angle: float, about: XY = (0.0, 0.0)) -> Points:
    """The path turned clockwise (y down) by ``angle`` degrees."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.asarray((path - about) @ np.array([[c, s], [-s, c]]) + about)


def rungs(a: Points, b: Points, count: int) -> list[Points]:
    """``count`` straight lines between two paths, as the ribs of a knitted band."""
    return [np.stack(pair) for pair in zip(resample(a, count), resample(b, count), strict=True)]
