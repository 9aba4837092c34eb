"""The light around a person, estimated from the shading of the face.

Irradiance as spherical harmonics of second order: Ramamoorthi & Hanrahan, "An Efficient Representation for Irradiance
Environment Maps", SIGGRAPH 2001.
"""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon import grain
from tryon.accessories.gltf import smooth_normals
from tryon.accessories.head import Head, face_triangles
from tryon.bodies import Face

Plane = NDArray[np.float32]
Vectors = NDArray[np.floating]

_LUMA: Final = np.array([0.2126, 0.7152, 0.0722])
_SKIN: Final = 0.42
"""Linear reflectance of light skin; darker skin is told from less light by the rest of the photo alone."""
_DAMPING: Final = np.array([0, 0.02, 0.02, 0.02, 0.3, 0.3, 0.3, 0.3, 0.3])
"""How hard each coefficient is held to 0: a face shows half of the directions, and is no even surface."""
_PLAIN: Final = (
    10, 67, 297, 109, 338, 151, 9, 8, 108, 337, 69, 299, 104, 333, 103, 332, 54, 284, 50, 280, 101, 330, 36, 266, 205,
    425, 206, 426, 207, 427, 187, 411, 117, 346, 118, 347, 119, 348, 100, 329, 123, 352, 147, 376, 213, 433, 192, 416,
    214, 434, 210, 430, 169, 394, 135, 364, 136, 365, 150, 379, 149, 378, 176, 400, 148, 377, 152, 175, 199, 200, 18,
    195, 5, 4, 197, 198, 420, 131, 360, 49, 279, 142, 371, 126, 355, 116, 345, 234, 454, 93, 323, 132, 361, 58, 288,
)  # fmt: skip
"""Landmarks on skin: no eyes, brows, lips or nostrils."""


class Surround(Struct, frozen=True, kw_only=True):
    """What light comes from where, and how the photo renders it.

    irradiance: (9,) coefficients of the brightness of a white matt surface, 1 being the photo's white, by its normal in
    camera space; tint: (3,) of the light, of luminance 1. key: (3,) unit vector to where most light comes from;
    strength: of that light against all, in [0, 1]. noise: levels; blur: pixels, of the photo.
    """

    irradiance: NDArray[np.float64]
    tint: NDArray[np.float64]
    key: NDArray[np.float64]
    strength: float
    noise: float
    blur: float

    def on(self, normals: Vectors) -> Plane:
        """Brightness (n,) float32 of a white matt surface with these normals (n, 3)."""
        return np.asarray(np.maximum(harmonics(normals) @ self.irradiance, 0.05), np.float32)

    def seen(self, directions: Vectors, roughness: Plane) -> Plane:
        """Brightness (n,) float32 of what a surface of this roughness (n,) mirrors, in directions (n, 3).

        The shading tells the broad light; a window where the key light is, a lesser one across, and a floor give what
        makes metal metal.
        """
        wide = np.array([1, *[1.3] * 3, *[1.6] * 5])  # radiance varies more than irradiance: the cosine lobe undone
        broad = np.maximum(harmonics(directions) @ (self.irradiance * wide), 0.04)
        up = directions[:, 1]
        floor = 1 / (1 + np.exp(-(up + 0.05) / (0.06 + 0.5 * roughness)))
        sharp = 1 / (0.02 + 0.6 * roughness**2)
        across = np.array([-self.key[0], abs(self.key[1]) * 0.6, self.key[2] * 0.4])
        window = _lobe(directions, self.key, sharp, 0.80) * (1.6 + 3.0 * self.strength)
        lesser = _lobe(directions, across / np.linalg.norm(across), sharp, 0.86) * 1.3
        return np.asarray(broad * (0.3 + 0.5 * floor + window + lesser), np.float32)


def surround(pixels: NDArray[np.uint8], face: Face | None = None, head: Head | None = None) -> Surround:
    """The light in a photo (H, W, 3), from its face; without one, even light somewhat from above."""
    scale = min(1.0, 320 / max(pixels.shape[:2]))
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    colours = linear(small)
    white = float(np.percentile(colours @ _LUMA, 97))
    irradiance = np.zeros(9)
    irradiance[[0, 1]] = np.clip(white, 0.25, 1.0), 0.12
    area = np.ones(pixels.shape[:2], bool)
    if face is not None and head is not None:
        irradiance = _fitted(colours, scale, face, head, white)
        (x0, y0), (x1, y1) = face.points[:, :2].min(axis=0), face.points[:, :2].max(axis=0)
        rows, columns = slice(max(0, int(y0)), max(1, int(y1))), slice(max(0, int(x0)), max(1, int(x1)))
        area = np.zeros(pixels.shape[:2], bool)
        area[rows, columns] = True
    towards = np.array([irradiance[3], irradiance[1], irradiance[2]]) + np.array([0, 0.35, 0.35]) * irradiance[0]
    strength = float(np.clip(np.linalg.norm(irradiance[1:4]) / irradiance[0], 0, 1))
    here = _around(area)
    grey = cv2.cvtColor(pixels[here], cv2.COLOR_RGB2GRAY).astype(np.float32)
    return Surround(
        irradiance=irradiance,
        tint=_tint(colours),
        key=towards / np.linalg.norm(towards),
        strength=strength,
        noise=min(grain.noise_of(grey, area[here]), 10.0),
        blur=grain.blur_of(grey, area[here]),
    )


def linear(pixels: NDArray[np.uint8]) -> NDArray[np.float64]:
    """sRGB levels as linear light in [0, 1]."""
    return _TABLE[pixels]


def encoded(light: Plane) -> Plane:
    """Linear light, 1 being white, as sRGB levels in [0, 255] float32; what is brighter rolls off."""
    over = np.maximum(light - 0.8, 0)
    light = np.minimum(light, 0.8) + 0.2 * (1 - np.exp(-over / 0.2))
    return np.asarray(
        255 * np.where(light < 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-6) ** (1 / 2.4) - 0.055),
        np.float32,
    )


_LEVELS: Final = np.arange(256) / 255
_TABLE: Final = np.where(_LEVELS <= 0.04045, _LEVELS / 12.92, ((_LEVELS + 0.055) / 1.055) ** 2.4)


def harmonics(directions: Vectors) -> NDArray[np.floating]:
    """The 9 polynomials of second order, (n, 9), of unit vectors (n, 3)."""
    x, y, z = directions[:, 0], directions[:, 1], directions[:, 2]
    return np.stack([np.ones_like(x), y, z, x, x * y, y * z, 3 * z * z - 1, x * z, x * x - y * y], axis=1)


def _lobe(directions: Vectors, towards: Vectors, sharp: Vectors, edge: float) -> Plane:
    """A window: 1 within an angle whose cosine is ``edge``, 0 outside, softer as ``sharp`` is less."""
    cosine = directions @ towards
    return np.asarray(1 / (1 + np.exp(-np.clip(sharp * (cosine - edge), -30, 30))), np.float32)


def _fitted(colours: NDArray[np.float64], scale: float, face: Face, head: Head, white: float) -> NDArray[np.float64]:
    normals = smooth_normals(head.face.astype(np.float32), face_triangles())
    if normals[4, 2] < 0:
        normals = -normals
    plain = np.array(_PLAIN)
    view = -head.face[plain] / np.linalg.norm(head.face[plain], axis=1, keepdims=True)
    x, y = (face.points[plain, :2] * scale).T
    height, width = colours.shape[:2]
    use = ((normals[plain] * view).sum(axis=1) > 0.25) & (x >= 0) & (y >= 0) & (x < width) & (y < height)
    if np.count_nonzero(use) < 20:
        irradiance = np.zeros(9)
        irradiance[0] = np.clip(white, 0.25, 1.0)
        return irradiance
    luma = cv2.GaussianBlur(colours @ _LUMA, (0, 0), 1.0)
    bright = luma[y[use].astype(int), x[use].astype(int)]
    middle = float(np.median(bright))
    basis, wanted = harmonics(normals[plain][use]), bright / max(middle, 1e-3)
    weight = np.ones(len(wanted))
    for _ in range(6):  # Huber: highlights, beards and hair over the face do not count
        system = basis.T @ (basis * weight[:, None]) + np.diag(_DAMPING) * len(wanted)
        found = np.linalg.solve(system, basis.T @ (wanted * weight))
        weight = 1 / np.maximum(np.abs(basis @ found - wanted) / 0.1, 1)
    front = max(float((harmonics(np.array([[0.0, 0.2, 0.98]])) @ found)[0]), 0.3)
    level = np.clip(0.5 * white + 0.5 * middle / _SKIN, 0.2, 1.0)
    irradiance = found / front * level
    least = 0.2 * level
    irradiance[0] = max(irradiance[0], least)
    return np.asarray(irradiance)


def _tint(colours: NDArray[np.float64]) -> NDArray[np.float64]:
    """The light's colour: that of bright things that are nearly grey, less than half believed, for a scene has its own."""
    luma = colours @ _LUMA
    spread = colours.max(axis=-1) - colours.min(axis=-1)
    grey = (luma > np.percentile(luma, 60)) & (spread < 0.3 * colours.max(axis=-1)) & (colours.max(axis=-1) < 0.95)
    if grey.mean() < 0.01:
        return np.ones(3)
    tint = (colours[grey] / luma[grey][:, None]).mean(axis=0) ** 0.4
    return np.asarray(tint / (tint @ _LUMA))


def _around(area: NDArray[np.bool_]) -> tuple[slice, slice]:
    x, y, w, h = cv2.boundingRect(area.view(np.uint8))
    return slice(y, y + max(h, 1)), slice(x, x + max(w, 1))
