"""A garment as laid, mended: a ragged neckline made smooth, and cloth in the gap between trunk and sleeve."""

from collections.abc import Sequence
from typing import Final

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.bodies import Body
from tryon.layers import Layer
from tryon.reach import SIDES, along_arm
from tryon.stack import Frame, cover_of, part_of, sleeves_of, trimmed
from tryon.zones import Figure

Plane = NDArray[np.float32]

_RAGGED: Final = 0.018  # of the figure's unit: what a neckline's edge may jut out or be cut in
_GAP: Final = 0.16  # of it: wider gaps between trunk and sleeve are no fault of the garment's
_COARSE: Final = 3  # pixels; a gap's own outline is that of what covers it
_DARK: Final = 0.72  # of the cloth's light reaches an armpit


def mended(layers: Sequence[Layer], body: Body) -> list[Layer]:
    """One garment's layers with a smooth neckline, and no skin between its trunk and its sleeves."""
    figure = Figure.of(body)
    found = [_smooth(layer, figure) if part_of(layer) == "body" else layer for layer in layers]
    sleeves, trunk = sleeves_of(found), next((layer for layer in found if part_of(layer) == "body"), None)
    if not sleeves or trunk is None:
        return found
    gap = _gap(trunk, sleeves, body, figure)
    return [_filled(layer, sleeves, gap, figure.unit) if layer is trunk and gap.any() else layer for layer in found]


def _smooth(layer: Layer, figure: Figure) -> Layer:
    """The edge between the shoulders and above the chest without what juts out or is cut in."""
    height, width = layer.pixels.shape[:2]
    y, x = np.mgrid[:height, :width].astype(np.float32) + np.float32(0.5)
    down, across = figure.trunk(x + layer.x, y + layer.y)
    here = np.clip((0.45 - down) * 8, 0, 1) * np.clip((0.62 - np.abs(across)) * 8, 0, 1)
    sigma = max(_RAGGED * figure.unit, 0.8)
    alpha = layer.pixels[..., 3].astype(np.float32) / 255
    near = cv2.GaussianBlur(alpha, (0, 0), sigma)
    smooth = np.clip((near - 0.5) * sigma * 2.2 + 0.5, 0, 1)
    new = alpha + (smooth - alpha) * here
    spread = (
        cv2.GaussianBlur(layer.pixels[..., :3] * alpha[..., None], (0, 0), sigma) / np.maximum(near, 1e-3)[..., None]
    )
    bare = np.clip(1 - alpha, 0, 1)[..., None] * here[..., None]
    colours = layer.pixels[..., :3] * (1 - bare) + spread * bare
    pixels = np.dstack([np.clip(colours + 0.5, 0, 255), np.clip(new * 255 + 0.5, 0, 255)]).astype(np.uint8)
    return msgspec.structs.replace(layer, pixels=pixels)


def _gap(trunk: Layer, sleeves: Sequence[Layer], body: Body, figure: Figure) -> NDArray[np.bool_]:
    """(H, W) bool: where the person shows between the trunk and a sleeve close to it, short of the sleeve's end."""
    shape = body.person.shape
    of_trunk = cover_of([trunk], shape)
    covers = of_trunk
    gap: NDArray[np.bool_] = np.zeros(of_trunk[::_COARSE, ::_COARSE].shape, np.bool_)
    reach = _GAP * figure.unit / _COARSE
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * round(reach / 2) + 1,) * 2)
    for side in SIDES:
        sleeve = cover_of(sleeves_of(sleeves, side), shape)
        covers = np.maximum(covers, sleeve)
        parts = [plane[::_COARSE, ::_COARSE] > 0.5 for plane in (of_trunk, sleeve)]
        if not parts[1].any():
            continue
        along = along_arm(body, side)[0][::_COARSE, ::_COARSE]
        end = float(np.percentile(along[parts[1]], 95))
        closed = cv2.morphologyEx((parts[0] | parts[1]).view(np.uint8), cv2.MORPH_CLOSE, kernel) > 0
        near = [cv2.distanceTransform((~part).view(np.uint8), cv2.DIST_L2, 3) < reach for part in parts]
        gap |= closed & near[0] & near[1] & (along < end - 0.1) & (along > 0.05)
    size = (gap.shape[1] * _COARSE, gap.shape[0] * _COARSE)
    whole = cv2.resize(gap.view(np.uint8), size, interpolation=cv2.INTER_NEAREST)[: shape[0], : shape[1]]
    found: NDArray[np.bool_] = (whole > 0) & (covers < 0.98) & (body.person > 0.5)
    return found


def _filled(layer: Layer, sleeves: Sequence[Layer], gap: NDArray[np.bool_], unit: float) -> Layer:
    """The trunk with cloth in the gap: its own colour and the sleeve's, in shade."""
    x, y, w, h = cv2.boundingRect(gap.view(np.uint8))
    x0, y0 = min(x, layer.x), min(y, layer.y)
    x1 = max(x + w, layer.x + layer.pixels.shape[1])
    y1 = max(y + h, layer.y + layer.pixels.shape[0])
    canvas = np.zeros((y1 - y0, x1 - x0, 4), np.uint8)
    seen = np.zeros((y1 - y0, x1 - x0, 3), np.float32)
    mass = np.zeros((y1 - y0, x1 - x0, 1), np.float32)
    for one in (layer, *sleeves):
        frame = Frame.of(one, canvas.shape, (x0, y0))
        if one is layer:
            canvas[frame.place] = one.pixels[frame.own]
        weight = one.pixels[frame.own][..., 3:].astype(np.float32) / 255
        seen[frame.place] += one.pixels[frame.own][..., :3] * weight
        mass[frame.place] += weight
    sigma = _GAP * unit / 2
    total = cv2.GaussianBlur(mass[..., 0], (0, 0), sigma)[..., None]
    cloth = _DARK * cv2.GaussianBlur(seen, (0, 0), sigma) / np.maximum(total, 1e-3)
    here = gap[y0:y1, x0:x1].astype(np.float32)
    share = cv2.GaussianBlur(here, (0, 0), 0.8)[..., None]
    share = np.maximum(share, here[..., None])
    alpha = canvas[..., 3:].astype(np.float32) / 255
    added = share * (1 - alpha)
    both = np.maximum(alpha + added, 1e-3)
    colours = (canvas[..., :3] * alpha + cloth * added) / both
    pixels = np.dstack([np.clip(colours + 0.5, 0, 255), np.clip((alpha + added) * 255 + 0.5, 0, 255)]).astype(np.uint8)
    return trimmed(msgspec.structs.replace(layer, pixels=pixels, x=x0, y=y0))
