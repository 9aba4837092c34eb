"""A pinhole camera, and rays that find surfaces."""

from dataclasses import dataclass

import numpy as np
from embreex.mesh_construction import TriangleMesh
from embreex.rtcore_scene import EmbreeScene
from numpy.typing import NDArray

from sample.people.implicit import Floats


@dataclass(frozen=True)
class Camera:
    """at: where it stands, metres; axes (3, 3): rows right, down and forwards; focal: pixels; size: width, height."""

    at: NDArray[np.float64]
    axes: NDArray[np.float64]
    focal: float
    size: tuple[int, int]

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (n, 3) in the room → x, y in pixels (the first pixel's centre is at .5) and depth in metres (n, 3)."""
        q = (np.asarray(points, np.float64) - self.at) @ self.axes.T
        w, h = self.size
        return np.stack([w / 2 + self.focal * q[:, 0] / q[:, 2], h / 2 + self.focal * q[:, 1] / q[:, 2], q[:, 2]], 1)

    def rays(self, xy: NDArray[np.floating]) -> Floats:
        """Directions (n, 3) of pixels (n, 2), of length 1 along the camera's axis: a ray's length is its depth."""
        w, h = self.size
        d = np.stack([(xy[:, 0] - w / 2) / self.focal, (xy[:, 1] - h / 2) / self.focal, np.ones(len(xy))], 1)
        return np.asarray(d @ self.axes, np.float32)


def facing(distance: float, height: float, aim: float, focal: float, size: tuple[int, int]) -> Camera:
    """A camera in front of the room's origin that looks at the height ``aim`` above it."""
    at = np.array([0.0, height, distance])
    forwards = np.array([0.0, aim, 0.0]) - at
    forwards /= np.linalg.norm(forwards)
    right = np.cross(forwards, [0.0, 1.0, 0.0])
    right /= np.linalg.norm(right)
    return Camera(at, np.stack([right, -np.cross(right, forwards), forwards]), focal, size)


@dataclass(frozen=True)
class Hits:
    """What rays met. ray (k,): which of them; triangle (k,); weights (k, 3) of its corners; length (k,) along the ray."""

    ray: NDArray[np.int64]
    triangle: NDArray[np.int32]
    weights: Floats
    length: Floats


class Rays:
    """Triangles (m, 3) of vertices (n, 3) that rays can be shot at."""

    def __init__(self, vertices: Floats, triangles: NDArray[np.int32]) -> None:
        self._scene = EmbreeScene()
        TriangleMesh(self._scene, np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(triangles, np.int32))

    def first(self, origins: Floats, directions: Floats) -> Hits:
        """The nearest surfaces along the rays."""
        found = self._scene.run(_rows(origins), _rows(directions), output=1)
        hit = np.nonzero(found["primID"] >= 0)[0]
        u, v = found["u"][hit], found["v"][hit]
        return Hits(hit, found["primID"][hit], np.stack([1 - u - v, u, v], 1), found["tfar"][hit])

    def blocked(self, origins: Floats, directions: Floats, reach: float = 100.0) -> NDArray[np.bool_]:
        """Whether anything lies within ``reach`` of the origins."""
        limits = np.full(len(origins), reach, np.float32)
        blocked: NDArray[np.bool_] = self._scene.run(_rows(origins), _rows(directions), limits, query="OCCLUDED") >= 0
        return blocked


def _rows(a: Floats) -> Floats:
    return np.ascontiguousarray(a, np.float32)
