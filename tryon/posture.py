"""How a person stands before the camera."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

SEEN: Final = 0.5
"""Visibility from which a landmark counts as seen, and share from which a pixel counts as the person's."""

SHOULDERS_AND_HIPS: Final = [11, 12, 23, 24]


def turn_of(world: NDArray[np.float32]) -> float:
    """Degrees that the shoulders are turned from facing the camera, by the pose's world landmarks (33, 3).

    Positive when the left shoulder is farther away; beyond ±90 the back is seen.
    """
    x, _, z = world[11] - world[12]
    return float(np.degrees(np.arctan2(z, x)))
