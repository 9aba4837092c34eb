"""Glasses from a product photo that shows them from the front: their front as a bent card, and temples to match."""

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Accessory, Material, Surface

WORDS: Final = ("glasses", "sunglasses", "eyeglasses", "spectacles", "eyewear", "眼镜", "墨镜", "太阳镜")
"""What shops call glasses."""
WIDTH: Final = 13.8
"""Centimetres across the rims."""
LONG: Final = 10.6
"""Centimetres from the hinges to behind the ears."""
BEND: Final = 0.012
"""By how much the front is bent back: centimetres, times the square of the distance from its middle."""

_APART: Final = 14.0  # in Lab, by which something differs from the ground
_RIM: Final = 0.45  # of the greatest height, that columns with a rim have and those with a temple's end do not
_CLEAR: Final = 0.12  # opacities of lenses
_TINTED: Final = 0.78
_SIDE: Final = 512


def glasses_from_picture(pixels: NDArray[np.uint8]) -> Accessory:
    """Glasses as they are worn. pixels: (h, w, 3) uint8 sRGB, on plain ground, or (h, w, 4) with straight alpha.

    Raises AccessoryUnusable, "no-such-shape", for what does not look like glasses from the front.
    """
    scale = _SIDE / max(pixels.shape[:2])
    photo = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA))
    sheet = _cut_out(photo)
    heights = (sheet[..., 3] > 0).sum(axis=0)
    rims = np.flatnonzero(heights >= _RIM * heights.max())
    if not len(rims) or np.ptp(rims) < 1.4 * heights.max() or heights.max() < 8:
        raise _refused("The picture does not show glasses from the front.")
    left, right = int(rims[0]), int(rims[-1]) + 1
    rows = np.flatnonzero(sheet[:, left:right, 3].any(axis=1))
    top, low = int(rows[0]), int(rows[-1]) + 1
    middle = (left + right) // 2
    bridge = np.flatnonzero(sheet[:, middle, 3] > 128)
    if not len(bridge):
        raise _refused("The picture shows no bridge between the lenses.")
    unit = WIDTH / (right - left)
    hinge = _hinge(sheet, left, right)
    front = _card(sheet[top:low, left:right], unit, (middle - left, float(bridge.mean()) - top))
    colour = tuple(float(value) for value in _linear(_frame(sheet)))
    material = Material(colour=(colour[0], colour[1], colour[2]), roughness=0.35)
    height = (float(bridge.mean()) - hinge) * unit
    temples = (_temple(side, height, material) for side in (1, -1))
    return Accessory(kind="glasses", surfaces=(front, *temples))


def _cut_out(photo: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(h, w, 4): the glasses, with lenses that let through what is behind."""
    if photo.shape[2] == 4:
        alpha = photo[..., 3]
    else:
        lab = cv2.cvtColor(photo.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
        border = np.concatenate([lab[:4].reshape(-1, 3), lab[-4:].reshape(-1, 3), lab[:, :4].reshape(-1, 3), lab[:, -4:].reshape(-1, 3)])  # fmt: skip
        away = np.linalg.norm((lab - np.median(border, axis=0)) * (0.45, 1.5, 1.5), axis=2)
        alpha = np.clip(255 * (away - 0.5 * _APART) / (0.5 * _APART), 0, 255).astype(np.uint8)
    solid = (alpha > 128).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(1 - solid, connectivity=4)
    edge = np.unique(np.concatenate([labels[0], labels[-1], labels[:, 0], labels[:, -1]]))
    whole = ~np.isin(labels, edge) | (solid > 0)
    _, parts, stats, _ = cv2.connectedComponentsWithStats(whole.astype(np.uint8), connectivity=8)
    if len(stats) < 2:
        raise _refused("Nothing stands out from the picture's ground.")
    whole = parts == 1 + int(stats[1:, cv2.CC_STAT_AREA].argmax())
    sheet = np.dstack([photo[..., :3], np.where(whole, np.maximum(alpha, solid * 255), 0).astype(np.uint8)])
    inner = cv2.erode(whole.astype(np.uint8), np.ones((3, 3), np.uint8), iterations=4) > 0
    lens = inner & (np.abs(photo[..., :3].astype(int) - _frame(sheet)).max(axis=2) > 28)
    lens = cv2.morphologyEx(lens.astype(np.uint8), cv2.MORPH_OPEN, np.ones((5, 5), np.uint8)) > 0
    clear = whole & (solid == 0)
    sheet[..., 3] = np.where(clear, round(255 * _CLEAR), np.where(lens, round(255 * _TINTED), sheet[..., 3]))
    return np.asarray(sheet, np.uint8)


def _frame(sheet: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(3,): the frame's colour, that of the outer edge."""
    mask = (sheet[..., 3] > 200).astype(np.uint8)
    within = cv2.erode(mask, np.ones((3, 3), np.uint8))
    ring = (within > 0) & (cv2.erode(within, np.ones((3, 3), np.uint8), iterations=2) == 0)
    return np.asarray(np.median(sheet[ring, :3] if ring.any() else sheet[mask > 0, :3], axis=0), np.float64)


def _hinge(sheet: NDArray[np.uint8], left: int, right: int) -> float:
    """The row at which the temples begin: that of their stubs beside the rims, or a quarter down the rims."""
    beside = np.concatenate([sheet[:, max(0, left - 8) : left, 3], sheet[:, right : right + 8, 3]], axis=1)
    rows = np.flatnonzero((beside > 128).any(axis=1))
    if len(rows):
        return float(np.percentile(rows, 30))
    rows = np.flatnonzero(sheet[:, left:right, 3].any(axis=1))
    return float(rows[0] + 0.25 * np.ptp(rows))


def _card(sheet: NDArray[np.uint8], unit: float, bridge: tuple[float, float]) -> Surface:
    """The front: a grid bent round the face, whose texture is the picture."""
    height, width = sheet.shape[:2]
    across, down = np.meshgrid(np.linspace(0, 1, 25), np.linspace(0, 1, 7))
    x, y = (across * width - bridge[0]) * unit, (bridge[1] - down * height) * unit
    vertices = np.stack([x, y, 0.3 - BEND * x**2], axis=2).reshape(-1, 3)
    normals = np.stack([2 * BEND * x, 0 * x, 0 * x + 1], axis=2).reshape(-1, 3)
    at = np.arange(7 * 25).reshape(7, 25)
    a, b, c, d = (corner.ravel() for corner in (at[:-1, :-1], at[:-1, 1:], at[1:, 1:], at[1:, :-1]))
    triangles = np.concatenate([np.stack([a, d, b], 1), np.stack([b, d, c], 1)])
    return Surface(
        vertices=vertices.astype(np.float32),
        triangles=triangles.astype(np.int32),
        normals=(normals / np.linalg.norm(normals, axis=1, keepdims=True)).astype(np.float32),
        uv=np.stack([across, 1 - down], axis=2).reshape(-1, 2).astype(np.float32),
        material=Material(colour=(1.0, 1.0, 1.0), roughness=0.35, texture=sheet),
    )


def _temple(side: int, height: float, material: Material) -> Surface:
    """A bar from the front's edge to over the ear, and down behind it."""
    edge = side * WIDTH / 2
    line = np.array([
        (edge, height, 0.3 - BEND * (WIDTH / 2) ** 2), (edge * 1.01, height, -1.5), (edge * 1.02, height, -LONG + 2),
        (edge * 1.01, height - 1.5, -LONG - 0.5),
    ])  # fmt: skip
    corners = np.array([(0.1, 0.2), (-0.1, 0.2), (-0.1, -0.2), (0.1, -0.2)])
    ring = np.array([0, 1, 2, 3])
    vertices = np.concatenate([at + np.column_stack([corners, np.zeros(4)]) for at in line])
    out = np.column_stack([corners / np.linalg.norm(corners, axis=1, keepdims=True), np.zeros(4)])
    sides = []
    for k in range(len(line) - 1):
        a, b = 4 * k + ring, 4 * k + np.roll(ring, -1)
        sides += [np.stack([a, b, a + 4], 1), np.stack([b, b + 4, a + 4], 1)]
    return Surface(
        vertices=vertices.astype(np.float32),
        triangles=np.concatenate(sides).astype(np.int32),
        normals=np.tile(out, (len(line), 1)).astype(np.float32),
        material=material,
    )


def _linear(colour: NDArray[np.float64]) -> NDArray[np.float64]:
    """sRGB in [0, 255] as linear light in [0, 1]."""
    share = colour / 255
    return np.where(share <= 0.04045, share / 12.92, ((share + 0.055) / 1.055) ** 2.4)


def _refused(detail: str) -> AccessoryUnusable:
    return AccessoryUnusable(
        detail, reason="no-such-shape", remedy="Show the glasses alone, open, from the front, on plain ground."
    )
