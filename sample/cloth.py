"""A material: a weave in a pattern of colours."""

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.patterns import paint
from sample.weaves import TILE, WEAVES, Weave, texture

RGB = tuple[int, int, int]


@dataclass(frozen=True)
class Cloth:
    """colours: ground first; pattern, weave: names; seed: fixes the tile; scale: magnifies it; turn: degrees."""

    colours: tuple[RGB, ...]
    weave: str = "jersey"
    pattern: str = "plain"
    seed: int = 0
    scale: float = 1.0
    turn: float = 0.0

    @property
    def colour(self) -> RGB:
        return self.colours[0]

    @property
    def kind(self) -> Weave:
        return WEAVES[self.weave]

    def plain(self, weave: str | None = None, colour: RGB | None = None) -> "Cloth":
        """The same without its pattern, in another weave or colour if one is given."""
        return replace(self, colours=(colour or self.colour,), pattern="plain", weave=weave or self.weave, turn=0.0)

    def tile(self, size: int) -> NDArray[np.float32]:
        """(3, n, n) float32 planes in [0, 255] that repeat every TILE · scale points of a frame of ``size`` pixels."""
        return _tile(self, size)

    def period(self, size: int) -> float:
        """Pixels after which the tile repeats."""
        return TILE * self.scale * size / 512


@lru_cache(maxsize=24)
def _texture(weave: str, seed: int) -> NDArray[np.float32]:
    return texture(weave, seed % 4)


@lru_cache(maxsize=8)
def _tile(cloth: Cloth, size: int) -> NDArray[np.float32]:
    pixels = paint(cloth.pattern, cloth.colours, cloth.seed).astype(np.float32)
    pixels *= _texture(cloth.weave, cloth.seed % 4)[..., None]
    side = max(8, round(cloth.period(size)))
    if side != TILE:
        pixels = cv2.resize(pixels, (side, side), interpolation=cv2.INTER_AREA if side < TILE else cv2.INTER_LINEAR)
    return np.ascontiguousarray(np.clip(pixels, 0, 255).transpose(2, 0, 1))
