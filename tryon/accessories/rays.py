"""Rays against triangles."""

from typing import Any

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray


class Hits(Struct, frozen=True):
    """Per ray: triangle (n,) int32, -1 for none; far (n,) float32 in lengths of the ray's direction, inf for none;
    u, v (n,) float32: weights of the triangle's second and third corner."""

    triangle: NDArray[np.int32]
    far: NDArray[np.float32]
    u: NDArray[np.float32]
    v: NDArray[np.float32]

    def chosen(self, which: NDArray[np.integer]) -> "Hits":
        """Of some of the rays."""
        return Hits(self.triangle[which], self.far[which], self.u[which], self.v[which])


class Triangles:
    """A soup of triangles that rays can be sent through. vertices (n, 3), triangles (m, 3)."""

    def __init__(self, vertices: NDArray[np.floating], triangles: NDArray[np.integer]) -> None:
        from embreex.mesh_construction import TriangleMesh
        from embreex.rtcore_scene import EmbreeScene

        self._scene: Any = None
        if len(triangles):
            self._scene = EmbreeScene()
            corners = np.ascontiguousarray(vertices, np.float32), np.ascontiguousarray(triangles, np.int32)
            TriangleMesh(self._scene, *corners)

    def hit(self, origins: NDArray[np.floating], directions: NDArray[np.floating]) -> Hits:
        """The nearest triangle along each of n rays; origins (n, 3) or (3,), directions (n, 3)."""
        count = len(directions)
        if self._scene is None or not count:
            none = np.full(count, -1, np.int32)
            nothing = np.zeros(count, np.float32)
            return Hits(none, np.full(count, np.inf, np.float32), nothing, nothing)
        starts = np.ascontiguousarray(np.broadcast_to(origins, (count, 3)), np.float32)
        found = self._scene.run(starts, np.ascontiguousarray(directions, np.float32), output=True)
        triangle = np.asarray(found["primID"], np.int32)
        far = np.where(triangle >= 0, found["tfar"], np.inf).astype(np.float32)
        return Hits(triangle, far, found["u"], found["v"])
