"""A garment made ready for try-on: cut out, its key points and parts known."""

from typing import Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Category = Literal["t-shirt", "longsleeve", "shirt", "outwear", "dress", "skirt", "pants", "shorts"]

_TOP: Final = (
    "neckline_left", "neckline_right", "neckline_front", "shoulder_left", "shoulder_right", "armpit_left",
    "armpit_right", "cuff_outer_left", "cuff_outer_right", "cuff_inner_left", "cuff_inner_right", "waist_left",
    "waist_right", "hem_left", "hem_right", "hem_centre",
)  # fmt: skip
_SKIRT: Final = ("waist_left", "waist_right", "hem_left", "hem_right", "hem_centre")
_LEGS: Final = (
    "waist_left", "waist_right", "hip_left", "hip_right", "crotch", "hem_outer_left", "hem_outer_right",
    "hem_inner_left", "hem_inner_right",
)  # fmt: skip

POINTS_OF: Final[dict[str, tuple[str, ...]]] = {
    "t-shirt": _TOP, "longsleeve": _TOP, "shirt": _TOP, "outwear": _TOP, "dress": _TOP,
    "skirt": _SKIRT, "pants": _LEGS, "shorts": _LEGS,
}  # fmt: skip
"""Key points of each category. Left and right are the wearer's; sleeveless garments have no cuffs."""

POINTS: Final = tuple(dict.fromkeys(name for names in (_TOP, _SKIRT, _LEGS) for name in names))
"""Every key point, in the order of the network's heat maps."""

PARTS: Final = ("none", "body", "sleeve_left", "sleeve_right", "leg_left", "leg_right", "inside")
"""Labels of ``Garment.parts``. body: torso, skirt, collar and waistband; inside: the back's inner side in a neck or
waist opening, which nobody sees once it is worn."""


class Garment(Struct, frozen=True, kw_only=True):
    """A garment cut out of its photo, front view.

    pixels: (h, w, 4) uint8 sRGB, straight alpha, cropped close; the longest side is at most 1024.
    parts: (h, w) uint8, indices into PARTS; 0 exactly where alpha < 128.
    points: key points by name, (x, y) in pixels of ``pixels``, the centre of the top left pixel being (0.5, 0.5);
    those of POINTS_OF[category] that are there. confidence: in [0, 1], for each of them.
    guessed: the category was not given but recognised. tag: of the network that found points and parts.
    """

    pixels: NDArray[np.uint8]
    parts: NDArray[np.uint8]
    category: Category
    points: dict[str, tuple[float, float]]
    confidence: dict[str, float]
    guessed: bool = False
    tag: str = ""

    def part(self, *names: str) -> NDArray[np.bool_]:
        """(h, w) bool: where any of these parts is."""
        return np.isin(self.parts, [PARTS.index(name) for name in names])
