"""What the garment network learns from: drawn garments with their whole truth, and cut-out photos with a part of it."""

from typing import Any, Final, Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.garments import PARTS, POINTS

PART_OF: Final = {
    "sleeve_left": "sleeve_left", "sleeve_right": "sleeve_right", "leg_left": "leg_left", "leg_right": "leg_right",
    "collar_inside": "inside", "waist_inside": "inside",
}  # fmt: skip
"""Parts of a drawing in terms of PARTS; any other part of a garment is its body."""

UNKNOWN: Final = len(PARTS)
"""Label of a pixel that is the garment's, nobody says which part."""

UNSURE: Final = 255
"""Label of a pixel of which nothing is known."""


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """Something cut out, cropped close.

    pixels: (h, w, 4) uint8, straight alpha. parts: (h, w) uint8, indices into PARTS, or UNKNOWN or UNSURE.
    points: (len(POINTS), 2) float32 in pixels, NaN where there is none; all NaN and pointless where nobody knows.
    category: of the garment, "" for what is none. behind: (h, w, 4) uint8 of what is seen behind it, as a hanger.
    """

    pixels: NDArray[np.uint8]
    parts: NDArray[np.uint8]
    points: NDArray[np.float32]
    category: str
    pointless: bool = False
    behind: NDArray[np.uint8] | None = None


class Drawn(Protocol):
    """What a drawing tells of itself: pixels (h, w, 4) uint8; labels (h, w) uint8, 0 outside, else 1 + index into
    part_names; points by name in pixels; behind (h, w, 4) uint8 or None."""

    @property
    def pixels(self) -> Any: ...
    @property
    def labels(self) -> Any: ...
    @property
    def part_names(self) -> tuple[str, ...]: ...
    @property
    def points(self) -> dict[str, tuple[float, float]]: ...
    @property
    def behind(self) -> Any: ...


def parts_of(drawing: Drawn) -> NDArray[np.uint8]:
    """The drawing's labels as indices into PARTS, (h, w) uint8."""
    lookup = np.array([0, *(PARTS.index(PART_OF.get(name, "body")) for name in drawing.part_names)], np.uint8)
    return np.asarray(lookup[drawing.labels])


def drawn(drawing: Drawn, category: str) -> Example:
    """An example from a drawing. category: "" for what is no garment."""
    shown = drawing.pixels[..., 3] > 0
    if drawing.behind is not None:
        shown = shown | (drawing.behind[..., 3] > 0)
    (y0, y1), (x0, x1) = (_span(shown.any(axis=axis)) for axis in (1, 0))
    inside = np.s_[y0:y1, x0:x1]
    places = np.full((len(POINTS), 2), np.nan, np.float32)
    if category:
        for name in drawing.points.keys() & set(POINTS):
            places[POINTS.index(name)] = np.subtract(drawing.points[name], (x0, y0))
    return Example(
        pixels=np.ascontiguousarray(drawing.pixels[inside]),
        parts=np.ascontiguousarray(parts_of(drawing)[inside]),
        points=places,
        category=category,
        behind=None if drawing.behind is None else np.ascontiguousarray(drawing.behind[inside]),
    )


def photographed(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8], category: str) -> Example:
    """An example from a photo (h, w, 3) uint8 of one garment and its opacity (h, w) uint8; kept whole, not cropped."""
    import cv2

    edge = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (5, 5))
    inner, outer = cv2.erode(alpha, edge) > 127, cv2.dilate(alpha, edge) > 127
    parts = np.where(inner, UNKNOWN, np.where(outer, UNSURE, 0)).astype(np.uint8)
    return Example(
        pixels=np.dstack([pixels, alpha]),
        parts=parts,
        points=np.full((len(POINTS), 2), np.nan, np.float32),
        category=category,
        pointless=True,
    )


def _span(filled: Any) -> tuple[int, int]:
    places = np.flatnonzero(filled)
    return (int(places[0]), int(places[-1]) + 1) if len(places) else (0, len(filled))


def ground_of(pixels: NDArray[np.uint8], alpha: NDArray[np.uint8], side: int) -> NDArray[np.uint8] | None:
    """What the garment of a photo lies on, mirrored until it fills a square: (side, side, 3), or None if little is seen."""
    h, w = alpha.shape
    (y0, y1), (x0, x1) = (_span((alpha > 8).any(axis=axis)) for axis in (1, 0))
    bands = [pixels[: max(0, y0 - 4)], pixels[y1 + 4 :], pixels[:, : max(0, x0 - 4)], pixels[:, x1 + 4 :]]
    band = max(bands, key=lambda one: min(one.shape[:2]))
    if min(band.shape[:2]) < 0.12 * max(h, w):
        return None
    band = np.concatenate([band, band[::-1]], axis=0)
    band = np.concatenate([band, band[:, ::-1]], axis=1)
    times = -(-side // min(band.shape[:2]))
    return np.ascontiguousarray(np.tile(band, (times, times, 1))[:side, :side])
