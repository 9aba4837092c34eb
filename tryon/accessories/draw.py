"""Worn accessories drawn as they are seen: rays through the pixels, the nearest surface, its light."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.accessories.accessory import Material, Surface
from tryon.accessories.camera import Camera
from tryon.accessories.rays import Hits, Triangles
from tryon.accessories.shade import shade
from tryon.accessories.surround import Surround, encoded
from tryon.accessories.worn import Worn

Plane = NDArray[np.float32]

_FINE: Final = 4
_NOTHING: Final = -1
_LARGE: Final = 45_000
"""Pixels of a region from which on one ray through each tells the edges: what is drawn so large has no thin parts."""
_DIRECTIONS: Final = 14
_REACH: Final = 9.0  # centimetres that an accessory's shadow reaches


class Region(Struct, frozen=True):
    """Part of a picture in whole pixels."""

    x: int
    y: int
    width: int
    height: int


class _Soup(Struct, frozen=True):
    """Surfaces of many materials to be sent rays at. owner: (m,) which surface a triangle is of; first: its vertices'
    start."""

    surfaces: tuple[Surface, ...]
    triangles: NDArray[np.int32]
    vertices: Plane
    normals: Plane
    owner: NDArray[np.int32]
    rays: Triangles

    @classmethod
    def of(cls, surfaces: tuple[Surface, ...], solid: tuple[NDArray[np.float64], NDArray[np.int32]] | None) -> "_Soup":
        """Of surfaces, and of what hides them, which belongs to surface -1."""
        vertices = [surface.vertices for surface in surfaces]
        triangles, owner, start = [], [], 0
        for number, surface in enumerate(surfaces):
            triangles.append(surface.triangles + start)
            owner.append(np.full(len(surface.triangles), number, np.int32))
            start += len(surface.vertices)
        if solid is not None:
            vertices.append(solid[0].astype(np.float32))
            triangles.append(solid[1] + start)
            owner.append(np.full(len(solid[1]), -1, np.int32))
        if not vertices:
            empty = np.zeros((0, 3), np.float32)
            none = np.zeros((0, 3), np.int32)
            return cls((), none, empty, empty, np.zeros(0, np.int32), Triangles(empty, none))
        every, faces = np.concatenate(vertices), np.concatenate(triangles).astype(np.int32)
        normals = np.zeros_like(every)
        if start:
            normals[:start] = np.concatenate([surface.normals for surface in surfaces])
        return cls(surfaces, faces, every, normals, np.concatenate(owner), Triangles(every, faces))


def region_of(worn: Worn, camera: Camera, margin: float = 0.0) -> Region | None:
    """The part of the picture in which accessories lie, and ``margin`` centimetres around; None outside the picture."""
    points = np.concatenate([piece.vertices() for piece in worn.pieces]).astype(np.float64)
    points = points[points[:, 2] < -1]
    if not len(points):
        return None
    seen = camera.project(points)
    around = margin * camera.focal / float(-points[:, 2].mean()) + 2
    x0, y0 = np.maximum(np.floor(seen.min(axis=0) - around), 0).astype(int)
    x1, y1 = np.minimum(np.ceil(seen.max(axis=0) + around), (camera.width, camera.height)).astype(int)
    return Region(int(x0), int(y0), int(x1 - x0), int(y1 - y0)) if x1 > x0 and y1 > y0 else None


def draw(worn: Worn, region: Region, camera: Camera, around: Surround) -> Plane:
    """The accessories within a region: (h, w, 4) float32, sRGB levels times alpha, and alpha in [0, 1].

    Pixels in which everything belongs to one surface are sampled once, 2 × 2 times if it has a texture, and those at
    its edges 4 × 4 times.
    """
    scene = _Scene(worn, around)
    times = 2 if region.width * region.height < _LARGE else 1
    seen = scene.look(_rays(camera, region, times))
    owner = seen.owner.reshape(region.height, region.width, times * times)
    same = (owner == owner[..., :1]).all(axis=-1)
    first = owner[..., 0].astype(np.float32)
    window = np.ones((3, 3), np.uint8)
    calm = (cv2.erode(first, window) == cv2.dilate(first, window)) & (cv2.erode(same.view(np.uint8), window) > 0)
    drawn = np.zeros((region.height, region.width, 4), np.float32)
    matte = np.zeros((region.height, region.width), np.float32)
    if worn.matte is not None:
        matte = worn.matte[region.y : region.y + region.height, region.x : region.x + region.width]
    for samples, where in ((1, ~scene.textured(first)), (times * times, scene.textured(first))):
        filled = np.flatnonzero(calm & where & (first != _NOTHING))
        chosen = (times * times * filled[:, None] + np.arange(samples)).ravel()
        light = scene.light(seen.chosen(chosen), np.repeat(matte.ravel()[filled], samples))
        drawn.reshape(-1, 4)[filled] = light.reshape(len(filled), samples, 4).mean(axis=1)
    edges = np.flatnonzero(~calm)
    if len(edges):
        fine = scene.look(_rays(camera, region, _FINE)[edges])
        light = scene.light(fine, np.repeat(matte.ravel()[edges], _FINE**2))
        drawn.reshape(-1, 4)[edges] = light.reshape(len(edges), _FINE**2, 4).mean(axis=1)
    return drawn


def _rays(camera: Camera, region: Region, times: int) -> Plane:
    """Directions (pixels, times², 3) through each of a region's pixels, row by row."""
    steps = (np.arange(times) + 0.5) / times
    y = region.y + np.arange(region.height)[:, None, None, None] + steps[:, None]
    x = region.x + np.arange(region.width)[:, None, None] + steps
    x, y = np.broadcast_arrays(x, y)
    return camera.rays(x, y).reshape(region.height * region.width, times * times, 3)


class _Seen(Struct, frozen=True):
    """What rays (n, 3) meet: hits of opaque things, of clear ones, and a number of both, _NOTHING for neither."""

    rays: Plane
    solid: Hits
    glass: Hits
    owner: NDArray[np.int32]

    def chosen(self, which: NDArray[np.integer]) -> "_Seen":
        return _Seen(self.rays[which], self.solid.chosen(which), self.glass.chosen(which), self.owner[which])


class _Scene:
    """Accessories, and what hides them, for rays from the camera."""

    def __init__(self, worn: Worn, around: Surround) -> None:
        surfaces = [s for piece in worn.pieces for s in piece.surfaces if len(s.triangles)]
        self._opaque = _Soup.of(tuple(s for s in surfaces if not _clear(s.material)), worn.solid)
        self._glass = _Soup.of(tuple(s for s in surfaces if _clear(s.material)), None)
        self._veil, self._around = worn.veil, around

    def look(self, rays: Plane) -> _Seen:
        rays = rays.reshape(-1, 3)
        solid, glass = self._opaque.rays.hit(np.zeros(3), rays), self._glass.rays.hit(np.zeros(3), rays)
        number = np.where(solid.triangle >= 0, self._opaque.owner[np.maximum(solid.triangle, 0)], -1)
        if self._glass.surfaces:
            before = glass.far < solid.far
            number = number + np.where(before, 1000 * (1 + self._glass.owner[np.maximum(glass.triangle, 0)]), 0)
        return _Seen(rays, solid, glass, np.asarray(number, np.int32))

    def textured(self, owner: NDArray[np.floating]) -> NDArray[np.bool_]:
        """Which of these numbers of ``look`` stand for a surface with a texture in front."""
        glass, solid = np.divmod(owner.astype(np.int64) + 1, 1000)
        table = [
            [False, *(s.material.texture is not None for s in soup.surfaces)] for soup in (self._glass, self._opaque)
        ]
        return np.asarray(np.array(table[0])[glass] | np.array(table[1])[solid])

    def light(self, seen: _Seen, matte: Plane) -> Plane:
        """Colour in sRGB levels times alpha, and alpha, (n, 4); matte: (n,), how much lies over what is veiled."""
        light = np.zeros((len(seen.rays), 4), np.float32)
        solid, glass = seen.solid, seen.glass
        shown = np.flatnonzero(solid.triangle >= 0)
        shown = shown[self._opaque.owner[solid.triangle[shown]] >= 0]
        light[shown] = _lit(self._opaque, solid, shown, seen.rays, self._around, self._opaque)
        if self._veil is not None:
            places = seen.rays[shown] * solid.far[shown, None]
            under = (places @ self._veil[:, :3].T + self._veil[:, 3] < 0).all(axis=1)
            light[shown] *= 1 - (matte[shown] * under)[:, None]
        before = np.flatnonzero(glass.far < solid.far)
        over = _lit(self._glass, glass, before, seen.rays, self._around, self._opaque)
        light[before] = over + light[before] * (1 - over[:, 3:])
        return light


def shadow(worn: Worn, region: Region, camera: Camera, around: Surround) -> Plane:
    """How much of its light the skin keeps within a region: (h, w) float32 in [0, 1], by rays towards the light."""
    surfaces = tuple(surface for piece in worn.pieces for surface in piece.surfaces)
    soup = _Soup.of(surfaces, None)
    blocking = np.array([_blocked(surface.material) for surface in surfaces], np.float32)
    step = max(2.0, (region.width * region.height / 12_000) ** 0.5)
    size = max(1, round(region.width / step)), max(1, round(region.height / step))
    xs = region.x + (np.arange(size[0]) + 0.5) * region.width / size[0]
    ys = region.y + (np.arange(size[1]) + 0.5) * region.height / size[1]
    rays = camera.rays(*np.meshgrid(xs, ys)).reshape(-1, 3)
    ground = worn.ground or worn.solid
    skin = Triangles(*ground)
    hits = skin.hit(np.zeros(3), rays)
    on = np.flatnonzero(hits.triangle >= 0)
    corners = ground[0][ground[1][hits.triangle[on]]]
    normals = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
    normals = np.where(((normals * rays[on]).sum(axis=1) > 0)[:, None], -normals, normals)
    places = (rays[on] * hits.far[on, None] + 0.08 * normals).astype(np.float32)
    kept, total = np.zeros(len(on), np.float32), np.full(len(on), 1e-6, np.float32)
    for towards, strength in _lights(around):
        weight = (np.maximum(normals @ towards, 0) * strength).astype(np.float32)
        found = soup.rays.hit(places, np.broadcast_to(towards, places.shape))
        hit = (found.triangle >= 0) & (found.far < _REACH)
        gone = np.where(hit, blocking[soup.owner[np.maximum(found.triangle, 0)]], 0)
        kept += weight * (1 - gone * np.clip(2 - 2 * found.far / _REACH, 0, 1, where=hit, out=np.zeros_like(weight)))
        total += weight
    plane = np.ones(len(rays), np.float32)
    plane[on] = kept / total
    plane = cv2.GaussianBlur(plane.reshape(size[::-1]), (0, 0), 1.0)
    return np.asarray(cv2.resize(plane, (region.width, region.height), interpolation=cv2.INTER_LINEAR), np.float32)


def _clear(material: Material) -> bool:
    """Whether something shows through; the alpha of a texture is that of a cut-out."""
    return material.opacity < 0.99 or (material.texture is not None and int(material.texture[..., 3].min()) < 250)


def _blocked(material: Material) -> float:
    share = 1.0 if material.texture is None else float(material.texture[..., 3].mean()) / 255
    return material.opacity * share


def _lights(around: Surround) -> list[tuple[NDArray[np.float64], float]]:
    """Directions, evenly on the ball, with how much light comes from each; and the key light's own."""
    number = np.arange(_DIRECTIONS) + 0.5
    height, turn = 1 - 2 * number / _DIRECTIONS, np.pi * (1 + 5**0.5) * number
    side = np.sqrt(1 - height**2)
    ball = np.stack([side * np.cos(turn), height, side * np.sin(turn)], axis=1)
    found = [(towards, float(w)) for towards, w in zip(ball, around.on(ball), strict=True) if towards[2] > -0.5]
    key = np.cross(around.key, [0, 0, 1.0])
    key /= max(float(np.linalg.norm(key)), 1e-6)
    share = sum(w for _, w in found) * (0.2 + 0.5 * around.strength) / 5
    for aside in (-0.2, -0.1, 0.0, 0.1, 0.2):  # a window, no point: its shadow is soft
        towards = around.key + aside * key
        found.append((towards / np.linalg.norm(towards), share))
    return found


def _lit(soup: _Soup, hits: Hits, which: NDArray[np.integer], rays: Plane, around: Surround, blockers: _Soup) -> Plane:
    """Colour in sRGB levels times alpha, and alpha, (k, 4), where these rays hit."""
    found = np.zeros((len(which), 4), np.float32)
    if not len(which):
        return found
    triangle = hits.triangle[which]
    weights = np.stack([1 - hits.u[which] - hits.v[which], hits.u[which], hits.v[which]], axis=1)[..., None]
    corners = soup.triangles[triangle]
    normals = (soup.normals[corners] * weights).sum(axis=1)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-6)
    view = -rays[which] / np.linalg.norm(rays[which], axis=1, keepdims=True)
    outward = np.where(((normals * view).sum(axis=1) < 0)[:, None], -normals, normals)
    places = rays[which] * hits.far[which, None] + 0.03 * outward
    key = around.key.astype(np.float32)
    reached = blockers.rays.hit(places, np.broadcast_to(key, places.shape))
    open_ = np.where(reached.triangle >= 0, np.float32(0.25), np.float32(1))
    owner = soup.owner[triangle]
    first = np.cumsum([0] + [len(surface.vertices) for surface in soup.surfaces])
    for number, surface in enumerate(soup.surfaces):
        mine = np.flatnonzero(owner == number)
        if not len(mine):
            continue
        uv = None
        if surface.uv is not None:
            uv = (surface.uv[corners[mine] - first[number]] * weights[mine]).sum(axis=1)
        light, alpha = shade(surface.material, normals[mine], view[mine], uv, around, open_[mine])
        found[mine, :3] = encoded(light) * alpha[:, None]
        found[mine, 3] = alpha
    return found
