"""Layers laid over a person, from the back to what stays in front."""

from collections.abc import Iterable, Sequence
from typing import Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.bodies import Body
from tryon.layers import Layer
from tryon.order import Fronts

Plane = NDArray[np.float32]
Box = tuple[slice, slice]
"""Rows and columns of the frame."""

_SHADOW: Final = 0.4  # of the light, that a layer takes from what is close below it
_MARGIN: Final = 24  # pixels around the garments within which anything changes


def compose(
    body: Body,
    base: NDArray[np.uint8],
    worn: Sequence[Sequence[Layer]],
    front: Fronts,
    *,
    shadows: bool = True,
    side: float = 0.0,
    blur: float = 0.0,
) -> NDArray[np.uint8]:
    """Lay garments over a person; returns (H, W, 3) uint8.

    base: (H, W, 3) uint8, the photo less what is replaced. worn: the layers of each garment from back to front, the
    garment put on first first. side: where the light comes from, -1 from the left … 1 from the right.
    blur: pixels; of the photo, which the garments' outline gets. Pixels of the face, and those outside the person that no garment covers, are the photo's own.
    """
    shape = base.shape[:2]
    layers = [layer for garment in worn for layer in garment]
    cover = cover_of(layers, shape)
    changed = (cover > 0) | (base != body.pixels).any(axis=-1)
    x, y, w, h = cv2.boundingRect(changed.view(np.uint8))
    if not w:
        return body.pixels.copy()
    here = slice(max(0, y - _MARGIN), y + h + _MARGIN), slice(max(0, x - _MARGIN), x + w + _MARGIN)
    reach = 0.04 * float(np.linalg.norm(body.points[11, :2] - body.points[12, :2])) if shadows else 0.0
    canvas = _Canvas(base[here], body.person[here], reach, side)
    for garment in worn:
        for layer in garment:
            behind = part_of(layer) == "inside"
            weight = alpha_in(layer, here, shape)
            canvas.lay(pixels_in(layer, here, shape), weight * front.behind[here] if behind else weight)
    canvas.restore(body.pixels[here], front.worn[here])
    sleeves = sleeves_of(layers)
    canvas.restore(base[here], front.arms[here] * (1 - cover_of(sleeves, shape)[here]))
    if len(worn) > 1:
        for side_name, forearm in front.crossing.items():
            for layer in sleeves:
                if part_of(layer).endswith(side_name):
                    canvas.lay(pixels_in(layer, here, shape), alpha_in(layer, here, shape) * forearm[here])
    canvas.soften(cover[here], blur)
    for matte in (front.held, front.hair, front.face):
        canvas.restore(body.pixels[here], matte[here])
    return _settled(canvas.picture(), body, here, cover, front)


def part_of(layer: Layer) -> str:
    """The part of the garment that a layer shows."""
    return layer.name.rpartition("/")[2]


def trimmed(layer: Layer) -> Layer:
    """The layer without its empty margins; one empty pixel where all of it is empty."""
    x, y, w, h = cv2.boundingRect(np.ascontiguousarray(layer.pixels[..., 3]))
    pixels = layer.pixels[y : y + max(h, 1), x : x + max(w, 1)]
    return msgspec.structs.replace(layer, pixels=pixels, x=layer.x + x, y=layer.y + y)


def cover_of(layers: Iterable[Layer], shape: tuple[int, ...], *, inside: bool = False) -> Plane:
    """How much of each pixel is covered: (H, W) float32 in [0, 1]; by the outer sides, or by those seen ``inside``."""
    cover = np.zeros(shape[:2], np.float32)
    for layer in layers:
        if (part_of(layer) == "inside") == inside:
            (top, left), (bottom, right) = _corners(layer, shape)
            here = cover[top:bottom, left:right]
            np.maximum(here, _alpha(layer, top, left, bottom, right), out=here)
    return cover


def visible(layers: Sequence[Layer], front: Fronts, shape: tuple[int, ...]) -> Plane:
    """How much of each pixel shows the garments: (H, W) float32 in [0, 1], less what of the person is in front."""
    sleeves = cover_of(sleeves_of(layers), shape)
    cover: Plane = np.maximum(cover_of(layers, shape) * (1 - front.worn) * (1 - front.arms), sleeves)
    cover *= 1 - np.maximum(np.maximum(front.face, front.hair), front.held)
    return cover


def sleeves_of(layers: Iterable[Layer]) -> list[Layer]:
    return [layer for layer in layers if part_of(layer).startswith("sleeve")]


def alpha_in(layer: Layer, here: Box, shape: tuple[int, ...]) -> Plane:
    """A layer's alpha in a part of the frame, in [0, 1]."""
    whole = np.zeros(shape[:2], np.float32)
    (top, left), (bottom, right) = _corners(layer, shape)
    whole[top:bottom, left:right] = _alpha(layer, top, left, bottom, right)
    return whole[here]


def pixels_in(layer: Layer, here: Box, shape: tuple[int, ...]) -> NDArray[np.uint8]:
    """A layer's colours (h, w, 3) in a part of the frame."""
    whole = np.zeros((*shape[:2], 3), np.uint8)
    (top, left), (bottom, right) = _corners(layer, shape)
    whole[top:bottom, left:right] = layer.pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x, :3]
    return whole[here]


def _corners(layer: Layer, shape: tuple[int, ...]) -> tuple[tuple[int, int], tuple[int, int]]:
    h, w = layer.pixels.shape[:2]
    top, left = min(max(layer.y, 0), shape[0]), min(max(layer.x, 0), shape[1])
    return (top, left), (max(min(layer.y + h, shape[0]), top), max(min(layer.x + w, shape[1]), left))


def _alpha(layer: Layer, top: int, left: int, bottom: int, right: int) -> Plane:
    alpha = layer.pixels[top - layer.y : bottom - layer.y, left - layer.x : right - layer.x, 3]
    return alpha.astype(np.float32) * np.float32(1 / 255)


def _settled(picture: NDArray[np.uint8], body: Body, here: Box, cover: Plane, front: Fronts) -> NDArray[np.uint8]:
    """The photo with the new part in it, but where nothing may change."""
    silhouette = cv2.dilate(body.person[here], np.ones((5, 5), np.uint8)) > 0.1
    may = (silhouette | (cover[here] > 0)) & (front.face[here] < 1)
    whole = body.pixels.copy()
    whole[here][may] = picture[may]
    return whole


class _Canvas:
    """A picture in the making. grounds: (h, w) in [0, 1], what takes shadows; reach: of shadows in pixels, 0 for none."""

    def __init__(self, base: NDArray[np.uint8], grounds: Plane, reach: float, side: float) -> None:
        self._colour = base.astype(np.float32)
        self._grounds = grounds.copy()
        self._laid = np.zeros(grounds.shape, np.float32)
        self._reach, self._side = reach, side

    def lay(self, colour: NDArray[np.uint8], weight: Plane) -> None:
        """A layer over everything so far, with its shadow on it."""
        self._shade(weight, self._grounds)
        self._colour += (colour - self._colour) * weight[..., None]
        np.maximum(self._laid, weight, out=self._laid)
        np.maximum(self._grounds, weight, out=self._grounds)

    def restore(self, source: NDArray[np.uint8], matte: Plane) -> None:
        """Something of the person in front again; its shadow falls on garments alone, elsewhere the photo has its own.

        Where the matte is under 1 the colour is taken from inside: edges carry the colour of what was behind them.
        """
        if not (matte * self._laid).any():
            return
        self._shade(matte, self._laid * (1 - matte))
        colour = source.astype(np.float32)
        edge = (matte > 0) & (matte < 0.99) & (self._laid > 0)
        sure = (matte >= 0.99).astype(np.float32)
        share = cv2.GaussianBlur(sure, (0, 0), 2.0)
        use = edge & (share > 0.02)
        inner = cv2.GaussianBlur(colour * sure[..., None], (0, 0), 2.0)
        colour[use] = inner[use] / share[use][:, None]
        self._colour += (colour - self._colour) * matte[..., None]
        self._laid *= 1 - matte

    def soften(self, cover: Plane, blur: float) -> None:
        """Blur the outline of what is laid, as far as it is sharper than that."""
        if blur < 0.6:
            return
        edge = 1 - np.abs(2 * cv2.GaussianBlur(cover, (0, 0), blur) - 1)
        soft = cv2.GaussianBlur(self._colour, (0, 0), np.sqrt(blur**2 - 0.3))
        self._colour += (soft - self._colour) * np.minimum(1.5 * edge, 1)[..., None]

    def picture(self) -> NDArray[np.uint8]:
        return np.asarray(np.clip(self._colour + 0.5, 0, 255), np.uint8)

    def _shade(self, weight: Plane, onto: Plane) -> None:
        """The contact shadow of a shape: a close one and a fainter wide one, downwards and away from the light."""
        if not self._reach:
            return
        size = max(1, weight.shape[1] // 2), max(1, weight.shape[0] // 2)
        small = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
        shade = np.zeros_like(small)
        for far, share in ((0.3, 0.6), (1.0, 0.4)):
            sigma = max(self._reach * far / 2, 0.6)
            move = np.array([[1, 0, -0.5 * self._side * sigma], [0, 1, 0.8 * sigma]], np.float32)
            shade += np.float32(share) * cv2.warpAffine(cv2.GaussianBlur(small, (0, 0), sigma), move, size)
        full = cv2.resize(shade, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        self._colour *= (1 - np.float32(_SHADOW) * full * onto)[..., None]
