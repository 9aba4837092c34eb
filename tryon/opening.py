"""The part of a photo around a worn garment that is to be taken away."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.bodies import Body
from tryon.colours import codes, shaded
from tryon.parse import Parsed

Array = NDArray[np.float32]
Mask = NDArray[np.bool_]

_ALIKE: Final = 0.08
"""Skin that is less probable than this share of the likeliest colour of the face's is none: metal, a pale collar."""


class Coat(Struct, frozen=True):
    """Something painted over a part of an opening: colours (h, w, 3) float32 RGB in [0, 255], alpha (h, w) in [0, 1]."""

    part: tuple[slice, slice]
    colours: Array
    alpha: Array


class Opening(Struct, frozen=True):
    """A window of the photo at (x0, y0), (h, w) pixels.

    old: the worn garment. region: what is to be replaced, with a rim. kept: what must not change. person: without
    pinholes; depth: float32, how far inside the person's smoothed silhouette each pixel lies. rim: pixels.
    """

    pixels: NDArray[np.uint8]
    grey: Array
    parsed: Parsed
    worn: frozenset[str]
    cover: Array
    old: Mask
    region: Mask
    kept: Mask
    person: Mask
    depth: Array
    rim: int
    x0: int
    y0: int

    @classmethod
    def of(
        cls, body: Body, parsed: Parsed, worn: frozenset[str], cover: Array, box: tuple[int, int, int, int], rim: int
    ) -> "Opening":
        """The window with the corners x0, y0, x1, y1."""
        x0, y0, x1, y1 = box
        here = (slice(y0, y1), slice(x0, x1))
        part = Parsed(parsed.labels[here], parsed.sure, parsed.skin, parsed.alike)
        pixels = np.ascontiguousarray(body.pixels[here])
        old = part.of(*worn)
        kept = part.of("face", "hair", "hand", "shoe")
        region = grown(old & (cover[here] < 0.98), rim) & ~kept
        person = cv2.morphologyEx((part.labels > 0).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((9, 9), np.uint8))
        smooth = (cv2.GaussianBlur(person * 255, (0, 0), 2.5) > 127).astype(np.uint8)
        depth = cv2.distanceTransform(smooth, cv2.DIST_L2, 3)
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY).astype(np.float32)
        return cls(
            pixels, grey, part, worn, cover[here], old, region, kept, person > 0, depth, rim, x0, y0
        )  # fmt: skip

    @property
    def corner(self) -> Array:
        return np.array([self.x0, self.y0], np.float32)

    def bare(self, *names: str) -> Mask:
        """(h, w) bool: skin with these labels that has the colour of the face's under some light; necks are in shade."""
        bins = codes(cv2.cvtColor(self.pixels, cv2.COLOR_RGB2LAB))
        alike, likely = (
            (density > _ALIKE * density.max())[bins] for density in (shaded(self.parsed.skin, s) for s in (5.0, 9.0))
        )
        found: Mask = self.parsed.of(*names) & (alike | (self.parsed.of("neck") & likely))
        return found

    def inset(self, by: float) -> Array:
        """(h, w) float32: the person less a seam of so many pixels, for clothes stand off from the body."""
        found: Array = cv2.GaussianBlur(np.clip(self.depth - (by - 0.5), 0, 1), (0, 0), 0.8)
        return found


def grown(mask: Mask, by: int) -> Mask:
    """The mask and what lies within so many pixels of it."""
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * by + 1, 2 * by + 1))
    found: Mask = cv2.dilate(mask.view(np.uint8), kernel).view(np.bool_)
    return found


def shrunk(mask: Mask, by: int) -> Mask:
    """What of a mask lies more than so many pixels inside."""
    found: Mask = cv2.erode(mask.view(np.uint8), np.ones((2 * by + 1, 2 * by + 1), np.uint8)).view(np.bool_)
    return found


def bounds(mask: Mask, margin: int) -> tuple[int, int, int, int]:
    """x0, y0, x1, y1 of a mask, which is not empty, and its surroundings, within the picture."""
    rows, columns = np.nonzero(mask.any(axis=1))[0], np.nonzero(mask.any(axis=0))[0]
    height, width = mask.shape
    return (
        max(int(columns[0]) - margin, 0), max(int(rows[0]) - margin, 0),
        min(int(columns[-1]) + 1 + margin, width), min(int(rows[-1]) + 1 + margin, height),
    )  # fmt: skip
