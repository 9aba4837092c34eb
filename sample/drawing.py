"""A finished drawing: a cut-out with everything that is true of it."""

from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

RGB = tuple[int, int, int]


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    """A product cut out of its background, and its exact truth.

    pixels: (h, w, 4) uint8 sRGB, straight alpha. labels: (h, w) uint8, 0 where alpha < 128, else 1 + index into
    ``part_names``. points: key points by name, (x, y) in pixels; the centre of the top left pixel is (0.5, 0.5).
    behind: (h, w, 4) uint8 of what is seen behind the product and is no part of it, as its hanger, or None.
    category, family: what kind of garment it is and of which family of cuts, where it comes from the wardrobe.
    """

    pixels: Any
    labels: Any
    part_names: tuple[str, ...]
    points: dict[str, tuple[float, float]]
    behind: Any = None
    category: str = ""
    family: str = ""

    @property
    def mask(self) -> NDArray[np.bool_]:
        """(h, w) bool: alpha of one half and more."""
        mask: NDArray[np.bool_] = self.labels > 0
        return mask

    @property
    def parts(self) -> dict[str, NDArray[np.bool_]]:
        """Masks (h, w) bool of the visible parts; together they are exactly ``mask``, and none overlaps another."""
        masks = {name: self.labels == i for i, name in enumerate(self.part_names, 1)}
        return {name: mask for name, mask in masks.items() if mask.any()}

    @property
    def box(self) -> tuple[int, int, int, int]:
        """x, y, w, h of the mask in pixels."""
        x, y, w, h = cv2.boundingRect(self.mask.view(np.uint8))
        return int(x), int(y), int(w), int(h)

    def on_background(
        self, background: RGB | NDArray[np.uint8] = (244, 243, 241), shadow: float = 0.0
    ) -> NDArray[np.uint8]:
        """The drawing laid on a colour or on a picture (h, w, 3) of its own size → (h, w, 3) uint8.

        shadow: strength in [0, 1] of the soft shadow that it throws down and to the right.
        """
        h, w = self.pixels.shape[:2]
        ground = np.empty((h, w, 3), np.float32)
        ground[:] = background
        alpha = self.pixels[..., 3]
        if shadow > 0:
            ground *= 1 - shadow * soft_shadow(alpha)[..., None]
        if self.behind is not None:
            ground += (self.behind[..., :3] - ground) * (self.behind[..., 3:].astype(np.float32) / 255)
        weight = alpha.astype(np.float32)[..., None] / 255
        result: NDArray[np.uint8] = (ground + (self.pixels[..., :3] - ground) * weight + 0.5).astype(np.uint8)
        return result


def soft_shadow(alpha: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(h, w) float32 in [0, 1]: the blurred shadow of a cut-out that lies flat under light from the upper left."""
    h, w = alpha.shape
    small = cv2.resize(alpha, (max(1, w // 4), max(1, h // 4)), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    scale = max(h, w) / 2048
    near = cv2.GaussianBlur(small, (0, 0), 9 * scale)
    far = cv2.GaussianBlur(small, (0, 0), 32 * scale)
    both = cv2.resize(0.55 * near + 0.45 * far, (w, h), interpolation=cv2.INTER_LINEAR)
    move = np.array([[1, 0, 24 * scale], [0, 1, 40 * scale]], np.float32)
    moved: NDArray[np.float32] = cv2.warpAffine(both, move, (w, h), borderMode=cv2.BORDER_REPLICATE)
    return moved
