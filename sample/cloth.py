"""A material: a weave in a pattern of colours."""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.tiles import paint
from sample.weaves import TILE, WEAVES, Weave, texture

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Cloth:
    """colours: ground first; pattern, weave: names; seed: fixes the tile; scale: magnifies it; turn: degrees;
    fine: how strongly the weave shows."""

    colours: tuple[RGB, ...]
    weave: str = "jersey"
    pattern: str = "plain"
    seed: int = 0
    scale: float = 1.0
    turn: float = 0.0
    fine: float = 1.0

    @property
    def colour(self) -> RGB:
        return self.colours[0]

    @property
    def kind(self) -> Weave:
        return WEAVES[self.weave]

    def plain(self, weave: str | None = None, colour: RGB | None = None) -> "Cloth":
        """The same without its pattern, in another weave or colour if one is given."""
        return replace(self, colours=(colour or self.colour,), pattern="plain", weave=weave or self.weave, turn=0.0)

    def sheet(self, size: int) -> tuple[tuple[NDArray[np.uint8], ...], int]:
        """Three planes (m, m) uint8, red, green and blue, for a frame of ``size`` pixels, and the period in pixels.

        The sheet repeats by the period and is larger than the frame's diagonal by more than one period.
        """
        return _sheet(self, size)


@lru_cache(maxsize=24)
def _texture(weave: str, seed: int) -> NDArray[np.float32]:
    return texture(weave, seed % 4)


@lru_cache(maxsize=8)
def _sheet(cloth: Cloth, size: int) -> tuple[tuple[NDArray[np.uint8], ...], int]:
    pixels = paint(cloth.pattern, cloth.colours, cloth.seed).astype(np.float32)
    grain = _texture(cloth.weave, cloth.seed % 4)
    pixels *= (grain if cloth.fine == 1 else 1 + (grain - 1) * np.float32(cloth.fine))[..., None]
    side = max(8, round(TILE * cloth.scale * size / 512))
    if side != TILE:
        pixels = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA if side < TILE else cv2.INTER_LINEAR)
    tile = cv2.split(np.rint(np.clip(pixels, 0, 255)).astype(np.uint8))
    times = 2 + -(-size * 3 // (side * 2))
    return tuple(np.tile(plane, (times, times)) for plane in tile), side
