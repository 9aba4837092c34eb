"""Layers in the frame of a photo: where they lie, and what they cover."""

from collections.abc import Iterable

import cv2
import msgspec
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.layers import Layer

Plane = NDArray[np.float32]
Box = tuple[slice, slice]
"""Rows and columns."""


def part_of(layer: Layer) -> str:
    """The part of the garment that a layer shows."""
    return layer.name.rpartition("/")[2]


def sleeves_of(layers: Iterable[Layer], side: str = "") -> list[Layer]:
    """The sleeves among layers, of both sides or of one."""
    return [layer for layer in layers if part_of(layer).startswith("sleeve") and part_of(layer).endswith(side)]


class Frame(Struct, frozen=True):
    """place: where a layer lies in a frame of some shape; own: the part of the layer that lies there."""

    place: Box
    own: Box

    @classmethod
    def of(cls, layer: Layer, shape: tuple[int, ...], corner: tuple[int, int] = (0, 0)) -> "Frame":
        """corner: x and y of the frame's first pixel in the photo."""
        (columns, own_columns), (rows, own_rows) = (
            _overlap(start - begin, length, size)
            for start, begin, length, size in (
                (layer.x, corner[0], layer.pixels.shape[1], shape[1]),
                (layer.y, corner[1], layer.pixels.shape[0], shape[0]),
            )
        )
        return cls((rows, columns), (own_rows, own_columns))


def _overlap(start: int, length: int, size: int) -> tuple[slice, slice]:
    first, last = min(max(start, 0), size), min(max(start + length, 0), size)
    return slice(first, last), slice(first - start, last - start)


def trimmed(layer: Layer) -> Layer:
    """The layer without its empty margins; one empty pixel where all of it is empty."""
    x, y, w, h = cv2.boundingRect(np.ascontiguousarray(layer.pixels[..., 3]))
    pixels = layer.pixels[y : y + max(h, 1), x : x + max(w, 1)]
    return msgspec.structs.replace(layer, pixels=pixels, x=layer.x + x, y=layer.y + y)


def cover_of(layers: Iterable[Layer], shape: tuple[int, ...], *, inside: bool = False) -> Plane:
    """How much of each pixel is covered: (H, W) float32 in [0, 1]; by the outer sides, or by those seen ``inside``."""
    cover = np.zeros(shape[:2], np.uint8)
    for layer in layers:
        if (part_of(layer) == "inside") == inside:
            frame = Frame.of(layer, shape)
            np.maximum(cover[frame.place], layer.pixels[frame.own][..., 3], out=cover[frame.place])
    return cover.astype(np.float32) * np.float32(1 / 255)
