"""The camera that a photo is taken to be made by: x right, y up, z towards the viewer, centimetres."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

FIELD_OF_VIEW: Final = 63.0
"""Degrees from top to bottom, as the face's matrix has it."""


class Camera(Struct, frozen=True):
    """A pinhole that looks along -z through the middle of a picture of this height and width in pixels."""

    height: int
    width: int

    @property
    def focal(self) -> float:
        """In pixels."""
        return self.height / 2 / float(np.tan(np.radians(FIELD_OF_VIEW / 2)))

    def rays(self, x: NDArray[np.floating], y: NDArray[np.floating]) -> NDArray[np.float32]:
        """Directions (n, 3) float32 through points of the picture, of depth 1."""
        rays = np.empty((*np.shape(x), 3), np.float32)
        rays[..., 0] = (x - self.width / 2) / self.focal
        rays[..., 1] = (self.height / 2 - y) / self.focal
        rays[..., 2] = -1
        return rays

    def at(self, x: NDArray[np.floating], y: NDArray[np.floating], depth: NDArray[np.floating]) -> NDArray[np.float64]:
        """Points (n, 3) that are seen at x, y and this far along the axis."""
        return self.rays(x, y).astype(np.float64) * np.asarray(depth)[..., None]

    def project(self, points: NDArray[np.floating]) -> NDArray[np.float64]:
        """Where points (n, 3) are seen: (n, 2) in pixels. Points must lie before the camera."""
        flat: NDArray[np.float64] = points[..., :2] / -points[..., 2:] * [self.focal, -self.focal]
        flat += np.array([self.width / 2, self.height / 2])
        return flat
