"""Pieces of a picture that lie over one another."""

from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

Code = Literal[
    "arm_over_torso", "low_light", "pose_uncertain", "category_guessed", "region_invented", "points_uncertain",
    "part_out_of_view", "turned", "hair_over_garment", "skin_invented", "parsing_uncertain",
]  # fmt: skip


class Remark(Struct, frozen=True):
    """Something the caller should know about a result. code: stable; text: one sentence for people."""

    code: Code
    text: str


class Layer(Struct, frozen=True, kw_only=True):
    """A cut-out at its place. pixels: (h, w, 4) uint8, straight alpha; x, y: where its top left pixel lies."""

    name: str
    pixels: NDArray[np.uint8]
    x: int
    y: int


class Mesh(Struct, frozen=True, kw_only=True):
    """How one part of a garment is laid: source and target (n, 2) float32, in pixels of the garment and of the photo
    (pixel centres at .5); triangles (m, 3) int32, all wound alike in both; depth (n,) float32, smaller is nearer."""

    part: str
    source: NDArray[np.float32]
    target: NDArray[np.float32]
    triangles: NDArray[np.int32]
    depth: NDArray[np.float32]
