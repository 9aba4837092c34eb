"""The person's mask with fine edges: what pose and silhouette say, led along the edges of the photo."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_REACH = 0.01  # of the person's extent: how far the silhouette may go beyond what the pose gives any share
_RADIUS = 0.008  # of the longer side: the window in which the mask follows the photo
_EPSILON = 1e-3 * 255**2  # variance of luminance that counts as an edge


def refined(
    pixels: NDArray[np.uint8],
    pose: NDArray[np.float32],
    silhouette: NDArray[np.float32],
    others: Sequence[NDArray[np.float32]],
) -> NDArray[np.float32]:
    """The share of each pixel that is the person, (h, w) float32 in [0, 1], for a crop (h, w, 3) uint8 around them.

    pose: the pose network's mask of this person, which knows one person from another and is right on thin limbs;
    silhouette: of all people, finer where a person is seen from near; others: the pose's masks of other people.
    Edges are those of the photo: He et al., "Guided Image Filtering", PAMI 2013.
    """
    height, width = pose.shape
    reach = 2 * max(1, round(_REACH * max(height, width))) + 1
    near = np.clip(4 * cv2.dilate(pose, np.ones((reach, reach), np.uint8)), 0, 1)
    mask = (pose + silhouette) / 2 * near
    for other in others:
        mask *= np.clip(1 + 2 * (pose - other), 0, 1)
    radius = max(2, round(_RADIUS * max(height, width)))
    led = cv2.ximgproc.guidedFilter(pixels, mask.astype(np.float32), radius, _EPSILON)
    sharper: NDArray[np.float32] = np.clip((led - 0.5) * 1.5 + 0.5, 0, 1).astype(np.float32)
    return sharper
