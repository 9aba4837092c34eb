"""How a material looks close up: brightness tiles (n, n) float32 of mean about 1 that repeat without a seam.

One pixel of a tile is 1/512 of the frame's side.
"""

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

Tile = NDArray[np.float32]
TILE = 240  # points; divisible by many small numbers, so that periods fit

_Texture = Callable[[np.random.Generator, NDArray[np.float32], NDArray[np.float32]], Tile]


def noise(rng: np.random.Generator, sigma: tuple[float, float], size: int = TILE) -> Tile:
    """Gaussian noise of unit variance, blurred by sigma (x, y) points, without a seam."""
    pad = int(3 * max(sigma)) + 1
    raw = np.pad(rng.standard_normal((size, size), np.float32), pad, mode="wrap")
    blurred = cv2.GaussianBlur(raw, (0, 0), sigmaX=max(sigma[0], 0.1), sigmaY=max(sigma[1], 0.1))[pad:-pad, pad:-pad]
    return np.asarray(blurred / max(float(blurred.std()), 1e-6), np.float32)


def _wave(x: NDArray[np.float32], period: float) -> Tile:
    return np.asarray(np.cos(x * np.float32(2 * np.pi / period)))


def _jersey(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.014 * noise(rng, (0.6, 1.6)) + 0.012 * _wave(x, 3), np.float32)


def _knit(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    wale = np.abs((x / 10) % 1 - 0.5)
    stitch = _wave(y + wale * 9, 6)
    return 1 + 0.07 * stitch + 0.10 * (np.minimum(wale, 0.5 - wale) * 4 - 0.5) + 0.02 * noise(rng, (1, 1))


def _rib(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.12 * _wave(x, 8) + 0.015 * noise(rng, (0.6, 2)), np.float32)


def _twill(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(
        1 + 0.05 * _wave(x + y, 4) + 0.045 * noise(rng, (0.5, 3.5)) + 0.03 * noise(rng, (24, 30)), np.float32
    )


def _drill(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.022 * _wave(x + y, 4) + 0.014 * noise(rng, (0.5, 1.5)), np.float32)


def _canvas(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(
        1 + 0.045 * _wave(x, 4) * _wave(y, 4) + 0.03 * noise(rng, (3, 0.5)) + 0.03 * noise(rng, (0.5, 3)), np.float32
    )


def _poplin(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.012 * noise(rng, (2, 0.5)) + 0.012 * noise(rng, (0.5, 2)), np.float32)


def _linen(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.035 * noise(rng, (6, 0.5)) + 0.035 * noise(rng, (0.5, 6)), np.float32)


def _corduroy(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.11 * _wave(x, 6) + 0.03 * noise(rng, (0.7, 2)), np.float32)


def _wool(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.035 * noise(rng, (1.1, 1.1)) + 0.008 * noise(rng, (4, 4)), np.float32)


def _fleece(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 + 0.022 * noise(rng, (1.0, 1.4)), np.float32)


def _leather(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(1 - 0.06 * np.exp(-np.abs(noise(rng, (2, 2))) * 5) + 0.02 * noise(rng, (1, 1)), np.float32)


def _straw(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.asarray(
        1 + 0.13 * _wave(y, 6) * (0.6 + 0.4 * _wave(x + 3 * np.floor(y / 6), 6)) + 0.03 * noise(rng, (3, 0.6)),
        np.float32,
    )


def _mesh(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    dots = _wave(x + y, 6) * _wave(x - y, 6)
    return np.asarray(1 - 0.16 * np.maximum(dots, 0) ** 2 + 0.01 * noise(rng, (1, 1)), np.float32)


def _smooth(rng: np.random.Generator, x: Tile, y: Tile) -> Tile:
    return np.ones((TILE, TILE), np.float32)


@dataclass(frozen=True)
class Weave:
    """texture: brightness tile; wrinkle, wrinkle_width: depth and size (points) of creases; sheen: share of light
    that is reflected on top of the colour; soft: how much the light reaches around folds."""

    texture: _Texture
    wrinkle: float
    wrinkle_width: float = 16.0
    sheen: float = 0.05


WEAVES: dict[str, Weave] = {
    "jersey": Weave(_jersey, 0.75, 18),
    "knit": Weave(_knit, 0.5, 26),
    "rib": Weave(_rib, 0.4, 24),
    "denim": Weave(_twill, 0.9, 11),
    "drill": Weave(_drill, 0.8, 14),
    "canvas": Weave(_canvas, 0.4, 20),
    "poplin": Weave(_poplin, 0.9, 14),
    "linen": Weave(_linen, 1.2, 10),
    "corduroy": Weave(_corduroy, 0.6, 18),
    "wool": Weave(_wool, 0.5, 26),
    "fleece": Weave(_fleece, 0.6, 24),
    "leather": Weave(_leather, 0.7, 14, 0.16),
    "satin": Weave(_smooth, 1.3, 18, 0.2),
    "chiffon": Weave(_poplin, 1.2, 14, 0.08),
    "nylon": Weave(_smooth, 1.2, 9, 0.14),
    "straw": Weave(_straw, 0.2, 24),
    "mesh": Weave(_mesh, 0.2, 18),
    "smooth": Weave(_smooth, 0.0, 20, 0.1),
}


def texture(weave: str, seed: int) -> Tile:
    """The brightness tile (TILE, TILE) of a material; same seed, same tile."""
    y, x = np.mgrid[:TILE, :TILE].astype(np.float32)
    return WEAVES[weave].texture(np.random.default_rng(seed), x, y).astype(np.float32)
