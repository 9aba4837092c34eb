"""Light on cloth: relief from folds, creases and rounded edges; brightness from the relief's slope."""

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.curves import Points
from sample.pieces import Fold
from sample.weaves import noise

Plane = NDArray[np.float32]
LIGHT = (-0.45, -0.75)  # towards the light, in the picture's plane: from the upper left


def rounded(cover: Plane, rim: float) -> Plane:
    """Relief of a filled shape (h, w) in [0, 1] whose edges turn away over ``rim`` pixels."""
    return np.float32(rim) * (np.float32(0.6) * _blur(cover, 0.45 * rim) + np.float32(0.9) * _blur(cover, 1.1 * rim))


def creases(seed: int, shape: tuple[int, int], origin: tuple[float, float], grain: float, width: float) -> Plane:
    """Relief of random creases (h, w), longer along the cloth's grain.

    origin: pixel of the field's (0, 0), so that neighbours differ; grain: degrees; width: pixels of one crease.
    """
    field = _crease_field(seed)
    angle = np.radians(grain - 90)
    c, s = float(np.cos(angle)), float(np.sin(angle))
    along, across = 6.0 / (width * 2.4), 6.0 / width
    # dst → src: turn into the grain, then squeeze; the field's features are about 6 of its pixels wide
    matrix = np.array([[c * across, s * across, origin[0]], [-s * along, c * along, origin[1]]], np.float32)
    h, w = shape
    ys, xs = np.mgrid[:h, :w].astype(np.float32)
    u = matrix[0, 0] * xs + matrix[0, 1] * ys + np.float32(matrix[0, 2])
    v = matrix[1, 0] * xs + matrix[1, 1] * ys + np.float32(matrix[1, 2])
    u += 0.5 * v  # creases run a little askew
    relief: Plane = cv2.remap(field, u, v, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP)
    return relief * np.float32(0.42 * width)


_fields: dict[int, Plane] = {}


def _crease_field(seed: int) -> Plane:
    """One of eight seamless fields: broad waves with sharper ridges."""
    key = seed % 8
    if key not in _fields:
        rng = np.random.default_rng(key)
        wave = noise(rng, (6, 6), 240)
        ridge = 1 - np.abs(noise(rng, (7, 7), 240))
        _fields[key] = cv2.GaussianBlur(0.45 * wave + 0.55 * ridge, (0, 0), 1.0)
    return _fields[key]


def pressed(folds: tuple[Fold, ...], shape: tuple[int, int], place: "Placing") -> Plane:
    """Relief of drawn folds (h, w)."""
    relief = np.zeros(shape, np.float32)
    for width in sorted({fold.width for fold in folds}):
        pixels = max(0.8, width * place.point)
        layer = np.zeros(shape, np.float32)
        for fold in folds:
            if fold.width == width:
                path = place(fold.path)
                count = len(path) - 1
                for i in range(count):
                    strength = fold.depth * float(np.sin(np.pi * (i + 0.5) / count)) ** 0.7
                    a, b = np.rint(path[i] * 16).astype(int), np.rint(path[i + 1] * 16).astype(int)
                    cv2.line(layer, a.tolist(), b.tolist(), strength, max(1, round(pixels * 0.8)), cv2.LINE_8, 4)
        relief += _blur(layer, pixels * 0.6) * np.float32(1.3 * pixels)
    return relief


def slopes(relief: Plane) -> tuple[Plane, Plane]:
    """Slope in x and in y of a relief (h, w), pixel for pixel."""
    return cv2.Scharr(relief, cv2.CV_32F, 1, 0, scale=1 / 32), cv2.Scharr(relief, cv2.CV_32F, 0, 1, scale=1 / 32)


def brightness(gx: Plane, gy: Plane) -> tuple[Plane, Plane]:
    """Factor on the colour, about 1 where the cloth lies flat, and the light it reflects on top, in [0, 1]."""
    facing = -(gx * np.float32(-LIGHT[0]) + gy * np.float32(-LIGHT[1])) * -1
    lit = np.tanh(facing)
    steep = gx * gx + gy * gy
    factor = 1 + np.where(lit > 0, 0.20 * lit, 0.42 * lit) - 0.06 * np.minimum(steep, 1)
    return factor.astype(np.float32), np.maximum(lit, 0) ** 2


def _blur(plane: Plane, sigma: float) -> Plane:
    blurred: Plane = cv2.GaussianBlur(plane, (0, 0), max(sigma, 0.3), borderType=cv2.BORDER_CONSTANT)
    return blurred


class Placing:
    """From a sketch's units to pixels of a crop of the frame.

    matrix: 2×3, sketch → frame pixels; point: pixels of one point; corner: the crop's corner in frame pixels.
    """

    def __init__(self, matrix: NDArray[np.float64], point: float, corner: tuple[float, float] = (0.0, 0.0)) -> None:
        self.matrix, self.point, self.corner = matrix, point, corner

    def __call__(self, path: Points) -> Points:
        return path @ self.matrix[:, :2].T + self.matrix[:, 2] - self.corner

    def within(self, corner: tuple[float, float]) -> "Placing":
        """The same, into a crop with this corner."""
        return Placing(self.matrix, self.point, corner)

    def shrunk(self, factor: float) -> "Placing":
        """The same crop at 1/factor of its pixels."""
        return Placing(self.matrix / factor, self.point / factor, (self.corner[0] / factor, self.corner[1] / factor))

    @property
    def angle(self) -> float:
        """Degrees by which the sketch is turned."""
        return float(np.degrees(np.arctan2(self.matrix[1, 0], self.matrix[0, 0])))
