"""What worn accessories are: in camera space, with what may hide them."""

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.accessories.accessory import Accessory

Points = NDArray[np.float64]


class Worn(Struct, frozen=True, kw_only=True):
    """Accessories in camera space, centimetres, and the vertices (n, 3) and triangles (m, 3) of what may hide them.

    ground: what takes shadows, if that is something else. veil: (k, 4) planes a, b, c, d; of what lies at a x + b y + c z + d < 0 of all of them only that shows which
    matte (H, W) float32, the share of each pixel that the photo has in front of it, leaves over.
    """

    pieces: tuple[Accessory, ...]
    solid: tuple[Points, NDArray[np.int32]]
    ground: tuple[Points, NDArray[np.int32]] | None = None
    veil: Points | None = None
    matte: NDArray[np.float32] | None = None


def plane(normal: Points, through: Points) -> Points:
    """The plane (4,) across a normal through a point; negative on the side away from the normal."""
    return np.append(normal, -normal @ through)


def frame(x: Points, y: Points, z: Points, origin: Points) -> Points:
    """The matrix (4, 4) of a frame with these axes, unit vectors in camera space."""
    matrix = np.eye(4)
    matrix[:3] = np.column_stack([x, y, z, origin])
    return matrix


def unit(vector: Points) -> Points:
    """The vector at length 1."""
    scaled: Points = vector / max(float(np.linalg.norm(vector)), 1e-9)
    return scaled


def upright(y: Points, towards: Points) -> tuple[Points, Points, Points]:
    """Axes x, y, z of which y is given and z looks as far as it can ``towards``."""
    z = unit(towards - y * (towards @ y))
    return np.cross(y, z), y, z
