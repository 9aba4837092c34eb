"""Where people are photographed: a floor and a wall, a studio, or a street out of focus. Linear light."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.people.camera import Camera, Rays
from sample.people.implicit import Floats
from sample.people.light import Light
from sample.people.paint import linear
from sample.scenes import surface
from sample.weaves import noise

_PAINTS = (
    (226, 224, 220),
    (214, 208, 198),
    (196, 204, 208),
    (206, 196, 188),
    (178, 186, 178),
    (232, 222, 208),
    (150, 160, 170),
)
_TEXTURE = 384  # pixels of two metres of floor or wall


@dataclass(frozen=True)
class Room:
    """wall: its z in metres; floor, wall_paint: textures (t, t, 3) float32 in linear light; skirting: its height or 0;
    blur: of what lies behind, in thousandths of the picture's height."""

    kind: str
    wall: float
    floor: Floats
    wall_paint: Floats
    skirting: float
    blur: float


def random_room(rng: np.random.Generator) -> Room:
    """A room, a studio or a street."""
    kind = str(rng.choice(["room", "room", "studio", "street"]))
    paint = np.array(_PAINTS[int(rng.integers(len(_PAINTS)))], np.float32)
    plaster = (
        1
        + 0.03 * cv2.resize(noise(rng, (9, 9)), (_TEXTURE, _TEXTURE))
        + 0.015 * cv2.resize(noise(rng, (1, 1)), (_TEXTURE, _TEXTURE))
    )
    wall = linear(np.clip(paint * plaster[..., None], 0, 255))
    if kind == "room":
        floor = linear(np.clip(surface(rng, _TEXTURE, _TEXTURE), 0, 255)) * np.float32(0.9)
        return Room(
            kind, -float(rng.uniform(0.7, 2.2)), floor, wall, float(rng.choice([0.0, 0.09])), float(rng.uniform(0, 2.5))
        )
    if kind == "studio":
        return Room(kind, -float(rng.uniform(1.4, 2.2)), wall, wall, 0.0, 0.0)
    grey = linear(np.clip(surface(rng, _TEXTURE, _TEXTURE) * 0.3 + 110, 0, 255))
    return Room(kind, -7.0, grey, _street(rng), 0.0, float(rng.uniform(8, 14)))


def _street(rng: np.random.Generator) -> Floats:
    """Fronts, windows and foliage, to be seen out of focus."""
    canvas = np.empty((_TEXTURE, _TEXTURE, 3), np.float32)
    canvas[:] = rng.uniform(90, 190, 3)
    for _ in range(60):
        x, y = rng.integers(0, _TEXTURE, 2)
        w, h = rng.integers(12, 90, 2)
        colour = rng.uniform(40, 220) + rng.normal(0, 18, 3)
        cv2.rectangle(canvas, (int(x), int(y)), (int(x + w), int(y + h)), colour.tolist(), -1)
    for _ in range(80):
        x, y = rng.integers(0, _TEXTURE, 2)
        cv2.circle(
            canvas,
            (int(x), int(y)),
            int(rng.integers(4, 22)),
            (rng.uniform(0.5, 1.3) * np.array([84, 110, 66])).tolist(),
            -1,
        )
    return linear(np.clip(cv2.GaussianBlur(canvas, (0, 0), 2), 0, 255))


def backdrop(room: Room, camera: Camera, light: Light, rays: Rays, shadow_rays: int) -> Floats:
    """(h, w, 3) float32: floor and wall, with the shadows of what stands there."""
    w, h = camera.size
    ys, xs = np.mgrid[:h, :w].astype(np.float32) + np.float32(0.5)
    d = camera.rays(np.stack([xs.ravel(), ys.ravel()], 1)).reshape(h, w, 3)
    to_floor = np.where(d[..., 1] < -1e-4, -camera.at[1] / np.minimum(d[..., 1], -1e-4), 1e3).astype(np.float32)
    to_wall = ((room.wall - camera.at[2]) / d[..., 2]).astype(np.float32)
    on_floor = to_floor < to_wall
    at = camera.at.astype(np.float32) + d * np.minimum(to_floor, to_wall)[..., None]
    scale = _TEXTURE / (2.0 if room.kind != "street" else 7.0)
    fx, fz = at[..., 0] * scale, at[..., 2] * (_TEXTURE / 2)
    floor = cv2.remap(room.floor, fx * (_TEXTURE / 2 / scale), fz, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    wall = cv2.remap(room.wall_paint, fx, -at[..., 1] * scale, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT)
    colour = np.where(on_floor[..., None], floor, wall).astype(np.float32)
    if room.kind == "studio":  # a sweep of paper has no edge
        colour = cv2.GaussianBlur(wall, (0, 0), h / 200)
    if room.skirting > 0:
        band = ~on_floor & (at[..., 1] < room.skirting)
        colour[band] = colour[band] * 0.25 + 0.6
        colour[~on_floor & (np.abs(at[..., 1] - room.skirting) < 0.004)] *= 0.6
    colour *= _lit(room, at, on_floor, light, rays, shadow_rays)[..., None]
    if room.blur > 0:
        far = cv2.GaussianBlur(colour, (0, 0), room.blur * h / 1000)
        share = np.clip(-at[..., 2] / -room.wall, 0, 1)[..., None] if room.kind == "street" else np.float32(0.5)
        colour = colour + (far - colour) * share
    return np.asarray(colour, np.float32)


def _lit(room: Room, at: Floats, on_floor: NDArray[np.bool_], light: Light, rays: Rays, shadow_rays: int) -> Floats:
    """The light that arrives, at a quarter of the size: shadows on walls and floors are soft."""
    h, w = on_floor.shape
    step = 4 if h > 500 else 2
    coarse = np.ascontiguousarray(at[::step, ::step])
    floor = on_floor[::step, ::step]
    normal = np.where(floor[..., None], np.array([0, 1, 0]), np.array([0, 0, 1])).astype(np.float32)
    if room.kind == "studio":
        normal[:] = (0, 0.35, 0.94)
    p, n = coarse.reshape(-1, 3), normal.reshape(-1, 3)
    near = np.abs(p[:, 0]) < 1.6
    total = np.ones((len(p), 3), np.float32) * light.arriving(n)
    shade = np.ones(len(p), np.float32)
    if room.kind != "street":
        shade[near] = light.unshadowed(rays, p[near] + n[near] * 0.004, n[near], shadow_rays * 2)
    open_ = np.ones(len(p), np.float32)
    foot = near & (np.abs(p[:, 2]) < 1.0)
    open_[foot] = light.openness(rays, p[foot] + n[foot] * 0.004, n[foot], 12, 0.7)
    total = light.key(n) * shade[:, None] + (total - light.key(n)) * open_[:, None]
    grey = cv2.GaussianBlur(total.mean(1).reshape(floor.shape), (0, 0), 1.6)
    return np.asarray(cv2.resize(grey, (w, h), interpolation=cv2.INTER_LINEAR), np.float32)
