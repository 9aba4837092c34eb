"""What colours a garment has: a soft CIELAB histogram of what stands out from the border, and the name of the main one.

The histogram is compared by its square roots (Bhattacharyya 1943), so an inner product of one means the same colours.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import cv2
import numpy as np

from vision.encoders import Encoder, Pixels, check_images, register, unit

if TYPE_CHECKING:
    from core import Weights
    from core.settings import Models

COLOUR = "colour.lab75"
SIDE = 96
LIGHT = np.linspace(15, 90, 3, dtype=np.float32)
CHROMA = np.array([-40, -14, 0, 14, 40], np.float32)

NAMES = ("black", "white", "grey", "red", "orange", "yellow", "green", "blue", "purple", "pink", "brown", "beige")


def to_lab(image: Pixels) -> np.ndarray:
    """A picture shrunk to at most 96 × 96 in CIELAB: (h, w, 3) float32, L in [0, 100], a and b about [-110, 110]."""
    h, w = image.shape[:2]
    scale = min(1.0, SIDE / max(h, w))
    small = cv2.resize(image, (max(1, round(w * scale)), max(1, round(h * scale))), interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.cvtColor(small.astype(np.float32) / 255, cv2.COLOR_RGB2LAB))


def foreground(lab: np.ndarray) -> np.ndarray:
    """How surely each pixel of (h, w, 3) CIELAB belongs to what the picture shows: (h, w) float32 that sums to one.

    A colour counts by how much commoner it is at the centre than along the border; pixels count by nearness to the
    centre. A plain picture has no background: all of it counts.
    """
    h, w = lab.shape[:2]
    y = np.abs((np.arange(h, dtype=np.float32) + 0.5) / h * 2 - 1)[:, None]
    x = np.abs((np.arange(w, dtype=np.float32) + 0.5) / w * 2 - 1)[None, :]
    out = np.maximum(y, x)
    near = np.exp(-2.0 * (y**2 + x**2))
    cells = (lab / np.array((12.5, 14, 14), np.float32) + np.array((0, 8, 8), np.float32)).astype(np.int32).clip(0, 15)
    flat = (cells[..., 0] * 256 + cells[..., 1] * 16 + cells[..., 2]).ravel()
    at_border = np.bincount(flat, weights=(out > 0.86).ravel(), minlength=4096).reshape(16, 16, 16)
    at_centre = np.bincount(flat, weights=(near * (out < 0.7)).ravel(), minlength=4096).reshape(16, 16, 16)
    at_border = cv2.GaussianBlur(at_border.reshape(16, 256), (1, 3), 0).reshape(16, 16, 16)
    border, centre = (table.ravel() / max(table.sum(), 1e-9) for table in (at_border, at_centre))
    likely = (centre + 1e-6) / (centre + border + 2e-6)
    weight = (likely**2)[flat].reshape(h, w) * near
    return np.asarray(weight / weight.sum(), np.float32)


def named(lab: np.ndarray) -> np.ndarray:
    """The name of each colour of (..., 3) CIELAB, as places in NAMES.

    The rule, in lightness L, chroma C and hue h in degrees: C under 9 (11 for warm hues) is black below L 28, white from
    72, else grey, and what is below L 16 with C under 18 is black too. Otherwise by hue: red to 42, orange to 74, yellow
    to 104, green to 205, blue to 300 (308 if C is over 50), purple to 325, pink or, if dark, purple to 340, red; a red
    from L 62 (50 when bluish) is pink. Of warm hues, C under 30 from L 62 is beige, C under 40 (35 when yellowish)
    below it brown. Drawn up by eye on photos of ``clothing/train``.
    """
    light, a, b = lab[..., 0], lab[..., 1], lab[..., 2]
    chroma, hue = np.hypot(a, b), np.degrees(np.arctan2(b, a)) % 360
    warm = (hue >= 20) & (hue < 110)
    yellowish = hue >= 74
    edges = np.where(chroma > 50, 308, 300)
    red = (hue < 42) | (hue >= 340)
    rules = (
        ("black", (chroma < np.where(warm, 11, 9)) & (light < 28) | (light < 16) & (chroma < 18)),
        ("white", (chroma < np.where(warm, 11, 9)) & (light >= 72)),
        ("grey", chroma < np.where(warm, 11, 9)),
        ("brown", (hue >= 20) & (hue < 30) & (light < 45) & (chroma < 22)),
        ("brown", (hue >= 30) & (hue < 104) & (light < 62) & (chroma < np.where(yellowish, 35, 40))),
        ("beige", (hue >= 20) & (hue < 104) & (light >= 62) & (chroma < 30)),
        ("pink", red & ((light >= 62) | (light >= 50) & (hue >= 340))),
        ("red", red),
        ("orange", hue < 74),
        ("yellow", hue < 104),
        ("green", hue < 205),
        ("blue", hue < edges),
        ("purple", (hue < 325) | (light < 45)),
        ("pink", np.ones(hue.shape, bool)),
    )
    return np.select([rule for _, rule in rules], [NAMES.index(name) for name, _ in rules])


def main_colour(lab: np.ndarray, weight: np.ndarray, share: float = 0.4) -> str | None:
    """The colour that most of (h, w, 3) CIELAB is of, counted by ``weight`` (h, w), or None when none has ``share``."""
    counts = np.bincount(named(lab).ravel(), weights=weight.ravel(), minlength=len(NAMES)) / weight.sum()
    return NAMES[int(counts.argmax())] if counts.max() >= share else None


def histogram(lab: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Soft histogram (75,) of CIELAB colours: three steps of light by five of a by five of b, shared out linearly."""
    light, a, b = (_share(lab[..., axis].ravel(), centres) for axis, centres in enumerate((LIGHT, CHROMA, CHROMA)))
    chroma = (a[:, :, None] * b[:, None, :]).reshape(len(a), -1)
    return np.asarray((light * weight.reshape(-1, 1)).T @ chroma, np.float32).ravel()


def _share(values: np.ndarray, centres: np.ndarray) -> np.ndarray:
    """(p,) values → (p, k) weights of the two centres on either side, which sum to one."""
    place = np.interp(values, centres, np.arange(len(centres), dtype=np.float32))
    return np.asarray(np.clip(1 - np.abs(place[:, None] - np.arange(len(centres))), 0, 1), np.float32)


class ColourHistogram(Encoder):
    """The colours of what a picture shows, (n, 75). About one millisecond a picture."""

    tag = COLOUR
    dim = 75

    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        check_images(images)
        rows = np.zeros((len(images), self.dim), np.float32)
        for row, image in zip(rows, images, strict=True):
            lab = to_lab(image)
            row[:] = np.sqrt(histogram(lab, foreground(lab)))
        return unit(rows)


@register("colour.lab75")
def make(tag: str, weights: "Weights", models: "Models") -> ColourHistogram:
    return ColourHistogram()
