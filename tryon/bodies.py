"""What is known of a person in a photo."""

from typing import Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

LABELS: Final = (
    "background", "hair", "face", "neck", "arm", "hand", "torso", "upper", "lower", "leg", "shoe", "other",
)  # fmt: skip
"""Labels of a parsed person. arm, torso, leg: bare skin; face with ears; upper, lower: what is worn there (a dress is
upper, all of it); shoe with socks; other: bags, hats, scarves, things in front."""


class Face(Struct, frozen=True, kw_only=True):
    """points: (478, 3) float32, x, y, z in pixels of the photo (z like x, smaller is nearer).

    matrix: (4, 4) float32, canonical face (centimetres, y up) → camera space of a 63° vertical field of view.
    """

    points: NDArray[np.float32]
    matrix: NDArray[np.float32]


class Hand(Struct, frozen=True, kw_only=True):
    """points: (21, 3) float32 in pixels, z like x; world: (21, 3) metres. side: the wearer's own."""

    points: NDArray[np.float32]
    world: NDArray[np.float32]
    side: Literal["left", "right"]


class Body(Struct, frozen=True, kw_only=True):
    """One person in a photo. "Left" and "right" are the person's own. Pixel centres are at .5.

    pixels: (H, W, 3) uint8 sRGB, the whole photo, upright. box: x0, y0, x1, y1 of the person in pixels.
    points: (33, 3) float32, MediaPipe's landmarks in pixels of the photo (z like x, smaller is nearer).
    visibility: (33,) float32 in [0, 1]. world: (33, 3) float32, metres from the middle of the hips, y down.
    person: (H, W) float32 in [0, 1], the share of each pixel that is this person.
    turn: degrees that the shoulders are turned from facing the camera, positive when the left one is farther away.
    """

    pixels: NDArray[np.uint8]
    box: tuple[float, float, float, float]
    points: NDArray[np.float32]
    visibility: NDArray[np.float32]
    world: NDArray[np.float32]
    person: NDArray[np.float32]
    turn: float
    face: Face | None = None
    hands: tuple[Hand, ...] = ()
