"""How sharp and how grainy a photo is, and a cut-out brought to the same."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Plane = NDArray[np.float32]

_REBLUR: Final = 1.0  # pixels: the known blur that tells the unknown one
_OWN: Final = 0.55  # pixels²: what sampling and the slope's own kernel blur
_SHARPEST: Final = 0.45  # pixels: what an edge of a well sampled picture has
_SOFTEST: Final = 3.0
_BLOCK: Final = 12
_KERNEL: Final = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)


def noise_of(grey: Plane, where: NDArray[np.bool_]) -> float:
    """The grain's standard deviation in levels of a plane (h, w) float32 in [0, 255], where a mask (h, w) says.

    By the mean of a second difference that leaves out lines and slopes (Immerkær 1996), in the quietest of the blocks
    that lie within the mask: cloth has a weave of its own. 0 where there is none.
    """
    rows, columns = grey.shape[0] // _BLOCK, grey.shape[1] // _BLOCK
    if not rows or not columns:
        return 0.0
    whole = np.s_[: rows * _BLOCK, : columns * _BLOCK]
    response = np.abs(cv2.filter2D(grey, cv2.CV_32F, _KERNEL))[whole]
    size = columns, rows
    inside = cv2.resize(where[whole].astype(np.float32), size, interpolation=cv2.INTER_AREA) > 0.99
    if not inside.any():
        return 0.0
    level = float(np.percentile(cv2.resize(response, size, interpolation=cv2.INTER_AREA)[inside], 20))
    return level * float(np.sqrt(np.pi / 2)) / 6


def blur_of(grey: Plane, where: NDArray[np.bool_]) -> float:
    """The standard deviation in pixels, in [0.45, 3], of the blur of a plane's strongest edges, where a mask says.

    An edge blurred by s loses the share s / √(s² + r²) of its slope when it is blurred again by r (Zhuo & Sim 2011).
    """
    steep = _slope(grey)
    inside = steep[where]
    if inside.size < 64:
        return _SHARPEST
    strong = where & (steep > max(float(np.percentile(inside, 97)), 6.0))
    if np.count_nonzero(strong) < 16:
        return _SHARPEST
    again = _slope(cv2.GaussianBlur(grey, (0, 0), _REBLUR))
    ratio = float(np.median(steep[strong] / np.maximum(again[strong], 1e-3)))
    squared = _REBLUR**2 / max(ratio * ratio - 1, 1e-3) - _OWN
    return float(np.clip(np.sqrt(max(squared, 0.0)), _SHARPEST, _SOFTEST))


def match(pixels: Plane, alpha: Plane, blur: float, noise: float) -> Plane:
    """A cut-out's colours (h, w, 3) float32 with the blur and the grain of a photo, as far as it has less of them.

    alpha: (h, w) float32 in [0, 1]. Only the colours change, by the same grain every time.
    """
    solid = cv2.erode((alpha > 0.98).view(np.uint8), np.ones((5, 5), np.uint8)).view(np.bool_)
    grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    more = blur**2 - blur_of(grey, solid) ** 2
    if more > 0.1:
        weight = np.maximum(cv2.GaussianBlur(alpha, (0, 0), np.sqrt(more)), 1e-3)
        pixels = cv2.GaussianBlur(pixels * alpha[..., None], (0, 0), np.sqrt(more)) / weight[..., None]
        grey = cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY)
    lacking = noise**2 - noise_of(grey, solid) ** 2
    if lacking > 0.2:
        grain = np.random.default_rng(0).standard_normal(alpha.shape, np.float32)
        grain = cv2.GaussianBlur(grain, (0, 0), 0.6)  # demosaicing and compression make neighbours alike
        grain *= np.float32(np.sqrt(lacking) / max(float(grain.std()), 1e-3))
        pixels = pixels + grain[..., None]
    return pixels


def _slope(grey: Plane) -> Plane:
    steep: Plane = cv2.magnitude(cv2.Sobel(grey, cv2.CV_32F, 1, 0), cv2.Sobel(grey, cv2.CV_32F, 0, 1))
    return steep
