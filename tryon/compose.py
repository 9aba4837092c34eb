"""Layers laid over a person, from the back to what stays in front."""

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.bodies import Body
from tryon.layers import Layer
from tryon.order import Fronts
from tryon.stack import Box, Frame, cover_of, part_of, sleeves_of

Plane = NDArray[np.float32]

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
    garment put on first first. side: where the light comes from, -1 from the left … 1 from the right. blur: of the
    photo, in pixels; the garments' outline gets it.
    Pixels of the face, and those outside the person that no garment covers, are the photo's own.
    """
    layers = [layer for garment in worn for layer in garment]
    cover = cover_of(layers, base.shape)
    changed = (cover > 0) | (base != body.pixels).any(axis=-1)
    x, y, w, h = cv2.boundingRect(changed.view(np.uint8))
    if not w:
        return body.pixels.copy()
    here = slice(max(0, y - _MARGIN), y + h + _MARGIN), slice(max(0, x - _MARGIN), x + w + _MARGIN)
    reach = 0.04 * float(np.linalg.norm(body.points[11, :2] - body.points[12, :2])) if shadows else 0.0
    canvas = _Canvas(base[here], (here[1].start, here[0].start), body.person[here], reach, side)
    for layer in layers:
        canvas.lay(layer)
    canvas.restore(body.pixels[here], front.worn[here])
    sleeves = sleeves_of(layers)
    canvas.restore(base[here], front.arms[here] * (1 - cover_of(sleeves, base.shape)[here]))
    if len(worn) > 1:  # an inner sleeve on a forearm that lies over an outer garment
        for arm, forearm in front.crossing.items():
            for layer in sleeves:
                if part_of(layer).endswith(arm):
                    canvas.lay(layer, forearm[here])
    canvas.soften(cover[here], blur)
    for matte in (front.held, front.hair, front.face):
        canvas.restore(body.pixels[here], matte[here])
    return _settled(canvas.picture(), body, here, cover, front)


def visible(layers: Sequence[Layer], front: Fronts, shape: tuple[int, ...]) -> Plane:
    """How much of each pixel shows the garments: (H, W) float32 in [0, 1], less what of the person is in front."""
    sleeves = cover_of(sleeves_of(layers), shape)
    cover: Plane = np.maximum(cover_of(layers, shape) * (1 - front.worn) * (1 - front.arms), sleeves)
    cover *= 1 - np.maximum(np.maximum(front.face, front.hair), front.held)
    return cover


def _settled(picture: NDArray[np.uint8], body: Body, here: Box, cover: Plane, front: Fronts) -> NDArray[np.uint8]:
    """The photo with the new part in it, but where nothing may change."""
    # Masks fray out into the ground along its own lines and shadows: only what is close to their body is the person's.
    person = body.person[here]
    core = cv2.morphologyEx((person > 0.5).view(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    close = cv2.dilate(core, np.ones((7, 7), np.uint8)) > 0
    silhouette = close & (cv2.dilate(person, np.ones((3, 3), np.uint8)) > 0.1)
    may = (silhouette | (cover[here] > 0)) & (front.face[here] < 1)
    whole = body.pixels.copy()
    whole[here][may] = picture[may]
    return whole


class _Canvas:
    """A picture in the making: a part of the photo. corner: x, y of its first pixel; grounds: (h, w) in [0, 1], what
    takes shadows; reach: of shadows in pixels, 0 for none."""

    def __init__(
        self, base: NDArray[np.uint8], corner: tuple[int, int], grounds: Plane, reach: float, side: float
    ) -> None:
        self._colour = base.astype(np.float32)
        self._corner = corner
        self._grounds = grounds.copy()
        self._laid = np.zeros(grounds.shape, np.float32)
        self._reach, self._side = reach, side

    def lay(self, layer: Layer, through: Plane | None = None) -> None:
        """A layer over everything so far, with its shadow on it. through: (h, w) in [0, 1], where it shows."""
        frame = Frame.of(layer, self._laid.shape, self._corner)
        part = layer.pixels[frame.own]
        weight = part[..., 3].astype(np.float32) * np.float32(1 / 255)
        if not weight.any():
            return
        if through is not None:
            weight = weight * through[frame.place]
        whole = np.zeros_like(self._laid)
        whole[frame.place] = weight
        self._shade(whole, self._grounds)
        below = self._colour[frame.place]
        below += (part[..., :3] - below) * weight[..., None]
        np.maximum(self._laid, whole, out=self._laid)
        np.maximum(self._grounds, whole, out=self._grounds)

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
        x, y, w, h = cv2.boundingRect((weight > 0.02).view(np.uint8))
        if not w:
            return
        far = 3 * int(self._reach) + 2
        here = slice(max(y - far, 0), y + h + 2 * far), slice(max(x - far, 0), x + w + far)
        weight, onto = weight[here], onto[here]
        size = max(1, weight.shape[1] // 2), max(1, weight.shape[0] // 2)
        small = cv2.resize(weight, size, interpolation=cv2.INTER_AREA)
        shade = np.zeros_like(small)
        for share, strength in ((0.3, 0.6), (1.0, 0.4)):
            sigma = max(self._reach * share / 2, 0.6)
            move = np.array([[1, 0, -0.5 * self._side * sigma], [0, 1, 0.8 * sigma]], np.float32)
            shade += np.float32(strength) * cv2.warpAffine(cv2.GaussianBlur(small, (0, 0), sigma), move, size)
        full = cv2.resize(shade, weight.shape[::-1], interpolation=cv2.INTER_LINEAR)
        self._colour[here] *= (1 - np.float32(_SHADOW) * full * onto)[..., None]
