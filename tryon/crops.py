"""Parts of a photo in which something is looked for. A box is x0, y0, x1, y1 in whole pixels, of at least one pixel."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Box = tuple[int, int, int, int]


def cut(pixels: NDArray[np.uint8], box: Box) -> NDArray[np.uint8]:
    """A view of the pixels in a box."""
    x0, y0, x1, y1 = box
    return pixels[y0:y1, x0:x1]


def placed(points: NDArray[np.float32], box: Box) -> NDArray[np.float32]:
    """Landmarks (n, 3) in fractions of a box, in pixels of the photo; z scales like x."""
    x0, y0, x1, y1 = box
    return points * np.array([x1 - x0, y1 - y0, x1 - x0], np.float32) + np.array([x0, y0, 0], np.float32)


def extent(points: NDArray[np.float32]) -> float:
    """The larger of width and height of points (n, 2 or 3)."""
    return float(np.ptp(points[:, :2], axis=0).max())


def within(points: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.bool_]:
    """Which of the points (n, 2 or 3) lie in a photo of this shape."""
    x, y = points[:, 0], points[:, 1]
    return (x >= 0) & (x <= shape[1]) & (y >= 0) & (y <= shape[0])


def clipped(corners: tuple[float, float, float, float], shape: tuple[int, ...]) -> Box:
    """The box with these corners, as far as it lies in a photo of this shape."""
    x0, x1 = _span(corners[0], corners[2], shape[1])
    y0, y1 = _span(corners[1], corners[3], shape[0])
    return x0, y0, x1, y1


def square(middle: tuple[float, float], side: float, shape: tuple[int, ...]) -> Box:
    x, y = middle
    return clipped((x - side / 2, y - side / 2, x + side / 2, y + side / 2), shape)


def grown(box: Box, share: float, shape: tuple[int, ...]) -> Box:
    """A box with a margin of this share of its longer side."""
    x0, y0, x1, y1 = box
    margin = share * max(x1 - x0, y1 - y0)
    return clipped((x0 - margin, y0 - margin, x1 + margin, y1 + margin), shape)


def below_face(face: NDArray[np.float32], shape: tuple[int, ...]) -> Iterator[Box]:
    """Where the body of a face (478, 3) may be: the whole body, then, if somebody else is taken there, the upper."""
    (x, y), side = face[:, :2].mean(axis=0), extent(face)
    for wide, high in ((4.0, 9.0), (1.8, 4.5)):
        yield clipped((x - wide * side, y - 1.5 * side, x + wide * side, y + high * side), shape)


def _span(low: float, high: float, most: int) -> tuple[int, int]:
    first = min(max(int(np.floor(low)), 0), most - 1)
    return first, max(min(int(np.ceil(high)), most), first + 1)
