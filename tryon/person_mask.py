"""The person's mask with fine edges: what pose and silhouette say, led along the edges of the photo."""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

_REACH = 0.01  # of the crop's longer side: how far the silhouette may go beyond what the pose gives any share
_RADIUS = 0.008  # of the longer side: the window in which the mask follows the photo
_EPSILON = 1e-4 * 255**2  # variance of colour that counts as an edge
_SCALE = 0.5  # of the filter's coefficients: quicker, and nearer to the reference masks than 1
_GAIN = 1.5  # the filter softens an edge by so much


def refined(
    pixels: NDArray[np.uint8],
    pose: NDArray[np.float32],
    silhouette: NDArray[np.float32],
    others: Sequence[NDArray[np.float32]],
    extent: float,
) -> NDArray[np.float32]:
    """The share of each pixel that is the person, (h, w) float32 in [0, 1], for a crop (h, w, 3) uint8 around them.

    pose: the pose network's mask of this person, which knows one person from another and is right on thin limbs;
    silhouette: of all people in the crop; others: the pose's masks of other people. Both networks see 256 × 256
    pixels, the silhouette's of the crop, the pose's of the whole body with what is out of the picture, ``extent``
    pixels high: the one that sees the person from nearer has more say.
    Edges are those of the photo: He et al., "Guided Image Filtering", PAMI 2013, and "Fast Guided Filter", 2015.
    """
    side = max(pose.shape)
    reach = 2 * max(1, round(_REACH * side)) + 1
    near = np.clip(4 * cv2.dilate(pose, np.ones((reach, reach), np.uint8)), 0, 1)
    say = extent**2 / (extent**2 + side**2)
    mask = ((1 - say) * pose + say * silhouette) * near
    for other in others:
        mask *= np.clip(1 + 2 * (pose - other), 0, 1)
    radius = max(2, round(_RADIUS * side))
    led = cv2.ximgproc.guidedFilter(pixels, mask.astype(np.float32), radius, _EPSILON, scale=_SCALE)
    sharper: NDArray[np.float32] = np.clip((led - 0.5) * _GAIN + 0.5, 0, 1).astype(np.float32)
    return sharper
