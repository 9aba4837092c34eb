"""Colours that have a name by rule: the nearest of a fixed list of CIELAB anchors.

Lightness counts for LIGHTNESS_WEIGHT of hue and chroma, because folds and light change a cloth's lightness first.
"""

from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

LIGHTNESS_WEIGHT = 0.7


class Colour(msgspec.Struct, frozen=True):
    """A named anchor. lab: CIELAB under D65, L in [0, 100]; zh: its name in Chinese."""

    name: str
    zh: str
    lab: tuple[float, float, float]


COLOURS: dict[str, Colour] = {
    name: Colour(name, zh, lab)
    for name, zh, lab in (
        ("black", "黑色", (15.0, 0.0, 0.0)),
        ("charcoal", "炭灰色", (34.0, 0.0, -1.0)),
        ("grey", "灰色", (57.0, 0.0, 0.0)),
        ("light grey", "浅灰色", (77.0, 0.0, 0.0)),
        ("white", "白色", (96.0, 0.0, 1.0)),
        ("cream", "米白色", (92.0, 1.0, 14.0)),
        ("beige", "米色", (79.0, 4.0, 18.0)),
        ("camel", "驼色", (62.0, 13.0, 34.0)),
        ("brown", "棕色", (35.0, 15.0, 20.0)),
        ("red", "红色", (46.0, 62.0, 40.0)),
        ("burgundy", "酒红色", (26.0, 36.0, 13.0)),
        ("coral", "珊瑚色", (68.0, 42.0, 28.0)),
        ("orange", "橙色", (67.0, 42.0, 64.0)),
        ("mustard", "芥末黄", (68.0, 10.0, 58.0)),
        ("yellow", "黄色", (87.0, -2.0, 70.0)),
        ("olive", "橄榄绿", (43.0, -7.0, 25.0)),
        ("green", "绿色", (43.0, -38.0, 24.0)),
        ("mint", "薄荷绿", (84.0, -22.0, 8.0)),
        ("teal", "蓝绿色", (44.0, -26.0, -9.0)),
        ("light blue", "浅蓝色", (76.0, -6.0, -20.0)),
        ("denim blue", "牛仔蓝", (43.0, -2.0, -24.0)),
        ("blue", "蓝色", (41.0, 14.0, -54.0)),
        ("navy", "藏青色", (19.0, 5.0, -23.0)),
        ("purple", "紫色", (36.0, 40.0, -38.0)),
        ("lavender", "淡紫色", (73.0, 15.0, -20.0)),
        ("pink", "粉色", (80.0, 25.0, 3.0)),
        ("fuchsia", "玫红色", (50.0, 70.0, -6.0)),
    )
}

_names = tuple(COLOURS)
_anchors = np.array([colour.lab for colour in COLOURS.values()], np.float32)
_weights = np.array([LIGHTNESS_WEIGHT, 1.0, 1.0], np.float32)


def to_rgb(lab: NDArray[Any] | tuple[float, float, float]) -> tuple[int, int, int]:
    """sRGB in [0, 255] of one CIELAB colour, clipped to the gamut."""
    pixel = cv2.cvtColor(np.array(lab, np.float32).reshape(1, 1, 3), cv2.COLOR_Lab2RGB)
    red, green, blue = (int(v) for v in np.rint(np.clip(pixel, 0, 1) * 255).ravel())
    return red, green, blue


def to_lab(rgb: NDArray[Any] | tuple[int, int, int]) -> NDArray[np.float32]:
    """CIELAB (n, 3) float32 of sRGB values in [0, 255], any shape that ends in 3."""
    flat = np.asarray(rgb, np.float32).reshape(1, -1, 3) / 255
    lab: NDArray[np.float32] = cv2.cvtColor(flat, cv2.COLOR_RGB2Lab)[0]
    return lab


def nearest(lab: NDArray[np.float32]) -> NDArray[np.int64]:
    """Index into the colour list of each of (n, 3) CIELAB values."""
    distance = np.square((lab[:, None, :] - _anchors[None]) * _weights).sum(-1)
    return np.asarray(distance.argmin(1))


def name_of(rgb: tuple[int, int, int]) -> str:
    """The name of one sRGB colour."""
    return _names[int(nearest(to_lab(rgb))[0])]


def measure(pixels: NDArray[np.uint8], mask: NDArray[np.bool_], samples: int = 4096) -> list[tuple[str, float]]:
    """Colour names of the masked pixels with their shares, the largest first.

    pixels: (h, w, 3 or 4) uint8 sRGB; mask: (h, w) bool; at most ``samples`` evenly spaced pixels are read.
    """
    inside = pixels[mask][:, :3]
    inside = inside[:: max(1, len(inside) // samples)]
    counts = np.bincount(nearest(to_lab(inside)), minlength=len(_names))
    order = np.argsort(-counts, kind="stable")
    return [(_names[i], float(counts[i] / max(1, len(inside)))) for i in order if counts[i]]
