"""An accessory from a picture of its front: cut out, and bent around what it is worn on."""

from collections.abc import Callable
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Accessory, AccessoryKind, Material, Surface
from tryon.accessories.flat import WIDTH, glasses_from_picture
from tryon.accessories.gltf import smooth_normals
from tryon.accessories.head import grid
from tryon.accessories.sizing import SIZES

Points = NDArray[np.float64]
Pixels = NDArray[np.uint8]
Bend = Callable[[Points, Points], Points]

_SIDE: Final = 768  # pixels of the longest side that are kept
_PLAIN: Final = 12.0  # in Lab, the spread of a plain ground
_APART: Final = 11.0  # in Lab, what is no longer the ground
_DIAL: Final = 3.9  # centimetres that a watch is wide


def pictured(pixels: Pixels, kind: AccessoryKind, size: float | None = None) -> Accessory:
    """An accessory from a picture (h, w, 4) of it alone, or (h, w, 3) on a plain ground, seen from the front.

    size: centimetres, as SIZES means them. Glasses get temples in the frame's colour, hats a round crown and brim, and
    watches the other half of their band. Raises AccessoryUnusable: "busy-ground", "empty" or "no-such-shape".
    """
    if kind == "glasses":
        made = glasses_from_picture(pixels)
        scale = (size or WIDTH) / WIDTH
        return made.moved(np.diag([scale, scale, scale, 1]))
    cut = _cropped(_cut(pixels))
    size = size or SIZES[kind]
    height, width = cut.shape[:2]
    if kind == "hat":
        surfaces = _hat(cut, size)
    elif kind == "earrings":
        surfaces = (_sheet(cut, size * width / height, size, lambda x, y: 0 * x, top=0.0),)
    elif kind == "necklace":
        surfaces = (_sheet(cut, size, size * height / width, lambda x, y: 7.6 * np.sqrt(1 - (x / 8.6) ** 2), top=0.0),)
    else:
        surfaces = _band(cut, kind, size)
    return Accessory(kind=kind, surfaces=surfaces)


def _cut(pixels: Pixels) -> Pixels:
    """The picture with alpha."""
    scale = min(1.0, _SIDE / max(pixels.shape[:2]))
    if scale < 1:
        pixels = np.asarray(cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    if pixels.shape[2] == 4:
        ground = pixels[..., 3] < 128
        alpha = pixels[..., 3].astype(np.float32) / 255
    else:
        lab = cv2.cvtColor(pixels.astype(np.float32) / 255, cv2.COLOR_RGB2Lab)
        rim = np.concatenate(
            [lab[:3].reshape(-1, 3), lab[-3:].reshape(-1, 3), lab[:, :3].reshape(-1, 3), lab[:, -3:].reshape(-1, 3)]
        )
        middle = np.median(rim, axis=0)
        if np.percentile(np.linalg.norm(rim - middle, axis=1), 80) > _PLAIN:
            raise AccessoryUnusable(
                "The accessory's picture has no plain ground.",
                reason="busy-ground",
                remedy="Give a picture on a plain ground, a transparent PNG or a GLB file.",
            )
        away = np.linalg.norm(lab - middle, axis=2)
        ground = away < _APART
        alpha = np.asarray(np.clip((away - 0.5 * _APART) / _APART, 0, 1), np.float32)
    _, parts, sizes, _ = cv2.connectedComponentsWithStats(ground.view(np.uint8), connectivity=4)
    rims = np.unique(np.concatenate([parts[0], parts[-1], parts[:, 0], parts[:, -1]]))
    outside = np.isin(parts, rims) & ground
    enclosed = ground & ~outside
    large = np.flatnonzero(sizes[:, cv2.CC_STAT_AREA] > 0.01 * ground.size)
    holes = enclosed & np.isin(parts, large)
    alpha = np.where(enclosed & ~holes, 1, alpha)  # highlights in the ground's colour are no holes
    if not outside.any():
        alpha = np.ones_like(alpha)
    colour = pixels[..., :3].copy()
    solid = (alpha > 0.95).astype(np.float32)
    if not solid.any():
        raise AccessoryUnusable("The picture shows no accessory.", reason="empty")
    share = cv2.GaussianBlur(solid, (0, 0), 2.0)[..., None]
    inner = cv2.GaussianBlur(colour.astype(np.float32) * solid[..., None], (0, 0), 2.0) / np.maximum(share, 1e-3)
    edge = (solid < 1) & (share[..., 0] > 1e-3)
    colour[edge] = np.clip(inner[edge], 0, 255).astype(np.uint8)  # no ground in the edge's colours
    return np.dstack([colour, np.clip(255 * alpha + 0.5, 0, 255).astype(np.uint8)])


def _cropped(cut: Pixels) -> Pixels:
    x, y, w, h = cv2.boundingRect((cut[..., 3] > 128).view(np.uint8))  # less is a shadow
    if w < 8 or h < 4:
        raise AccessoryUnusable("The picture shows no accessory.", reason="empty")
    return np.ascontiguousarray(cut[y : y + h, x : x + w])


def _surface(points: Points, uv: Points, triangles: NDArray[np.int32], texture: Pixels, roughness: float) -> Surface:
    vertices = np.asarray(points, np.float32)
    return Surface(
        vertices=vertices,
        triangles=triangles,
        normals=smooth_normals(vertices, triangles),
        uv=np.asarray(uv, np.float32),
        material=Material(colour=(1, 1, 1), roughness=roughness, texture=texture),
    )


def _sheet(texture: Pixels, width: float, height: float, depth: Bend, *, top: float, rough: float = 0.45) -> Surface:
    """A picture on a sheet whose upper edge is at ``top``, bent as ``depth`` says of x and y."""
    v, u = np.meshgrid(np.linspace(1, 0, 25), np.linspace(0, 1, 49), indexing="ij")
    x, y = (u - 0.5) * width, top - (1 - v) * height
    points = np.stack([x, y, depth(x, y)], axis=-1).reshape(-1, 3)
    return _surface(points, np.stack([u, v], axis=-1).reshape(-1, 2), grid(25, 49), texture, rough)


def _plain(
    points: Points, triangles: NDArray[np.int32], colour: Points, roughness: float, metallic: float = 0
) -> Surface:
    vertices = np.asarray(points, np.float32)
    red, green, blue = (float(c) for c in (colour / 255) ** 2.2)
    material = Material(colour=(red, green, blue), roughness=roughness, metallic=metallic)
    return Surface(
        vertices=vertices, triangles=triangles, normals=smooth_normals(vertices, triangles), material=material
    )


def _hat(cut: Pixels, size: float) -> tuple[Surface, ...]:
    """A shell: each row of the crown as deep as a head is long for its width, a brim somewhat deeper."""
    height, width = cut.shape[:2]
    solid = cut[..., 3] > 128
    left = np.array([np.flatnonzero(row)[0] if row.any() else width / 2 for row in solid])
    right = np.array([np.flatnonzero(row)[-1] + 1 if row.any() else width / 2 for row in solid])
    half = np.convolve(np.pad((right - left) / 2, 2, "edge"), np.full(5, 0.2), "valid")
    crown = float(np.median(half[int(0.35 * height) : max(int(0.6 * height), int(0.35 * height) + 1)]))
    within = np.flatnonzero(half < 1.2 * crown)
    rim = (int(within[-1]) if len(within) else height - 1) + height - 1 >> 1
    scale = (size / 2 + 0.3) / crown
    rows = np.linspace(0, height - 1, 64).astype(int)
    angle = np.linspace(-np.pi, np.pi, 73)
    middle = (left + right) / 2
    deep = 1.18 * np.minimum(half, crown) + 0.4 * np.maximum(half - crown, 0)
    x = half[rows, None] * np.sin(angle)
    points = np.stack(
        [x * scale, np.broadcast_to((rim - rows)[:, None] * scale, x.shape), deep[rows, None] * np.cos(angle) * scale],
        axis=-1,
    )
    u = (middle[rows, None] + 0.985 * x) / width
    v = np.broadcast_to(1 - (rows[:, None] + 0.5) / height, u.shape)
    opaque = np.dstack([cut[..., :3], np.full((height, width), 255, np.uint8)])
    uv = np.stack([np.clip(u, 0.002, 0.998), v], axis=-1).reshape(-1, 2)
    return (_surface(points.reshape(-1, 3), uv, grid(64, 73), opaque, 0.85),)


def _band(cut: Pixels, kind: AccessoryKind, size: float) -> tuple[Surface, ...]:
    """The picture bent around the front of an oval, its longer side along it, and a plain band behind."""
    if cut.shape[1] > cut.shape[0]:
        cut = np.ascontiguousarray(np.rot90(cut))
    height, width = cut.shape[:2]
    half = size / 2 + 0.06
    wide = {"watch": _DIAL, "bracelet": 1.2, "ring": 0.7}[kind]
    reach = min(wide * height / width / half, np.pi * 0.95) / 2
    strips = (cut[int(part * height) : int(part * height) + max(2, height // 12)] for part in (0.16, 0.76))
    ends = np.concatenate([strip.reshape(-1, 4) for strip in strips])
    ends = ends[ends[:, 3] > 128]
    colour = np.median(ends[:, :3], axis=0) if len(ends) else np.median(cut[cut[..., 3] > 128][:, :3], axis=0)
    flat = 0.78 if kind != "ring" else 1.0
    v, u = np.meshgrid(np.linspace(1, 0, 49), np.linspace(0, 1, 17), indexing="ij")
    turn = (v - 0.5) * 2 * reach  # the picture's top lies at twelve o'clock, across the arm
    points = np.stack([-half * np.sin(turn), (u - 0.5) * wide, (half * np.cos(turn)) * flat + 0.05], axis=-1)
    front = _surface(points.reshape(-1, 3), np.stack([u, v], axis=-1).reshape(-1, 2), grid(49, 17), cut, 0.35)
    columns = np.flatnonzero((cut[: max(2, height // 12), :, 3] > 128).any(axis=0))
    strap = wide * (np.ptp(columns) + 1) / width if len(columns) else 0.5 * wide
    turn, side = np.meshgrid(np.linspace(reach * 0.98, 2 * np.pi - reach * 0.98, 49), [-0.5, 0.5], indexing="ij")
    behind = np.stack([half * np.sin(turn), side * strap, half * np.cos(turn) * flat], axis=-1).reshape(-1, 3)
    return front, _plain(behind, grid(49, 2), colour, 0.5)
