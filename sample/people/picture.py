"""A photo of a drawn person, and everything that is true of it."""

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.people import paint
from sample.people.build import Build
from sample.people.camera import Camera, Hits, Rays
from sample.people.figure import LABELS
from sample.people.implicit import Floats
from sample.people.light import Light


@dataclass(frozen=True)
class Surface:
    """A surface in the room. points, normals, rest, rest_normals (n, 3) float32, rest in metres of a body 1.72 m tall;
    triangles (m, 3); labels (n,) uint8; solid: which paint it takes; uv (n, 2) float32: the place on ``texture``, which
    is (h, w, 3) float32 in linear light."""

    points: Floats
    normals: Floats
    triangles: NDArray[np.int32]
    rest: Floats
    rest_normals: Floats
    labels: NDArray[np.uint8]
    solid: str
    uv: Floats | None = None
    texture: Floats | None = None


@dataclass(frozen=True)
class Rendering:
    """colour (h, w, 3) float32 linear; cover (h, w) in [0, 1]; surface, label (h, w) uint8 (surface 255: none), depth
    (h, w) float32 metres, inf behind; uv (h, w, 2) float32, NaN off garments
    and on their inner side."""

    colour: Floats
    cover: Floats
    surface: NDArray[np.uint8]
    label: NDArray[np.uint8]
    depth: Floats
    uv: Floats


class Stage:
    """Surfaces in front of a camera, ready to be seen. wear: the plain clothes painted on its body. quality:
    shadow rays for each pixel; openness takes four times as many for each vertex."""

    def __init__(
        self, surfaces: list[Surface], camera: Camera, light: Light, build: Build, wear: paint.Fitted, quality: int
    ) -> None:
        self.wear = wear
        self.surfaces, self.camera, self.light, self.build, self.quality = surfaces, camera, light, build, quality
        counts = np.cumsum([0] + [len(s.points) for s in surfaces])
        self.points = np.concatenate([s.points for s in surfaces])
        self.normals = np.concatenate([s.normals for s in surfaces])
        self.labels = np.concatenate([s.labels for s in surfaces])
        self.triangles = np.concatenate([s.triangles + np.int32(o) for s, o in zip(surfaces, counts, strict=False)])
        self.owner = np.repeat(np.arange(len(surfaces), dtype=np.uint8), [len(s.triangles) for s in surfaces])
        self.rest = np.concatenate([s.rest for s in surfaces])
        self.rest_normals = np.concatenate([s.rest_normals for s in surfaces])
        self.uv = np.concatenate(
            [s.uv if s.uv is not None else np.zeros((len(s.points), 2), np.float32) for s in surfaces]
        )
        self.rays = Rays(self.points, self.triangles)
        lifted = self.points + self.normals * np.float32(0.006)
        self.open = light.openness(self.rays, lifted, self.normals, max(6, 4 * quality), 0.45)

    def box(self) -> tuple[int, int, int, int]:
        """x0, y0, x1, y1 of the pixels that the surfaces may touch."""
        xy = self.camera.project(self.points)[:, :2]
        w, h = self.camera.size
        x0, y0 = np.clip(np.floor(xy.min(0)) - 1, 0, (w, h)).astype(int)
        x1, y1 = np.clip(np.ceil(xy.max(0)) + 1, 0, (w, h)).astype(int)
        return int(x0), int(y0), int(x1), int(y1)

    def see(self, xy: Floats) -> tuple[Hits, Floats]:
        """What lies under pixels (n, 2), and its colour (k, 3) in linear light."""
        directions = self.camera.rays(xy)
        hits = self.rays.first(np.broadcast_to(self.camera.at.astype(np.float32), directions.shape), directions)
        return hits, self._colour(hits, directions[hits.ray])

    def mix(self, hits: Hits, values: Floats) -> Floats:
        """Values (n, c) of the vertices, at the hits."""
        corners = self.triangles[hits.triangle]
        return np.asarray(sum(values[corners[:, k]] * hits.weights[:, k : k + 1] for k in range(3)), np.float32)

    def _colour(self, hits: Hits, ways: Floats) -> Floats:
        normals = self.mix(hits, self.normals)
        normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-9)
        view = -ways / np.linalg.norm(ways, axis=1, keepdims=True)
        back = (normals * view).sum(1) < -0.15  # the inner side of cloth
        normals[back] *= -1
        albedo, gloss, soft = self._material(hits)
        at = self.camera.at.astype(np.float32) + ways * hits.length[:, None]
        lamp = self.light.way.astype(np.float32)
        facing = normals @ lamp
        seen = self.light.unshadowed(
            self.rays, at + normals * np.float32(0.004) + view * np.float32(0.002), normals, self.quality
        )
        open_ = self.mix(hits, self.open[:, None])[:, 0]
        open_[back] *= 0.5
        wrap = soft * np.array([0.30, 0.13, 0.09], np.float32)  # light goes about under skin, red the farthest
        key = np.maximum(facing[:, None] + wrap, 0) / (1 + wrap)
        shade = seen[:, None] + (1 - seen[:, None]) * wrap * 0.35
        around = self.light.around(normals) * (0.25 + 0.75 * open_[:, None] ** (1 - 0.4 * wrap / 0.3))
        colour = albedo * (np.float32(self.light.strength) * key * shade + around)
        half = view + lamp
        half /= np.linalg.norm(half, axis=1, keepdims=True)
        shine = np.maximum((normals * half).sum(1), 0) ** 28 * np.maximum(facing, 0) * seen
        return np.asarray(colour + (gloss * shine)[:, None], np.float32)

    def _material(self, hits: Hits) -> tuple[Floats, Floats, Floats]:
        """Albedo (k, 3), gloss (k,) and (k, 1) how much light goes about under the surface."""
        albedo = np.empty((len(hits.ray), 3), np.float32)
        gloss = np.zeros(len(hits.ray), np.float32)
        soft = np.zeros((len(hits.ray), 1), np.float32)
        owner = self.owner[hits.triangle]
        for index in np.unique(owner):
            surface, here = self.surfaces[index], owner == index
            part = Hits(hits.ray[here], hits.triangle[here], hits.weights[here], hits.length[here])
            rest = self.mix(part, self.rest)
            if surface.texture is not None:
                uv = self.mix(part, self.uv)
                albedo[here] = sampled(surface.texture, uv)
            elif surface.solid == "face":
                albedo[here] = paint.face(rest, self.mix(part, self.rest_normals), self.build)
                gloss[here], soft[here] = 0.05, 1
            elif surface.solid == "skin":
                top, bottom = paint.covered(rest, self.build.shoulder, self.wear)
                colour = paint.skin(rest, self.build)
                cloth = 1 + np.float32(0.06) * paint.mottle(rest, 14.0)[:, None]
                colour[top] = paint.linear(self.wear.top or (0, 0, 0)) * cloth[top]
                colour[bottom] = paint.linear(self.wear.bottom or (0, 0, 0)) * cloth[bottom]
                bare = ~(top | bottom)
                albedo[here] = colour
                gloss[here], soft[here, 0] = 0.04 * bare, bare
            elif surface.solid == "hair":
                albedo[here] = paint.hair(rest - np.array([0, 1.61, 0], np.float32), self.build)
                gloss[here] = 0.03
            elif surface.solid == "shoe":
                dark = np.where(rest[:, 1:2] < 0.0225, np.float32(0.62), np.float32(0.035))
                albedo[here] = dark
                gloss[here] = 0.05
        return albedo, gloss, soft

    def render(self) -> Rendering:
        """All pixels; those at edges and in the face are seen at four more places each."""
        w, h = self.camera.size
        x0, y0, x1, y1 = self.box()
        ys, xs = np.mgrid[y0:y1, x0:x1]
        places = np.stack([xs.ravel(), ys.ravel()], 1)
        hits, seen = self.see(places.astype(np.float32) + np.float32(0.5))
        at = tuple(places[hits.ray].T[::-1])
        surface, label = np.full((h, w), 255, np.uint8), np.zeros((h, w), np.uint8)
        depth, uv = np.full((h, w), np.inf, np.float32), np.full((h, w, 2), np.nan, np.float32)
        colour, cover = np.zeros((h, w, 3), np.float32), np.zeros((h, w), np.float32)
        owner = self.owner[hits.triangle]
        strongest = hits.weights.argmax(1)
        name = self.labels[self.triangles[hits.triangle, strongest]]
        painted = np.array([s.solid == "skin" for s in self.surfaces])[owner]
        top, bottom = paint.covered(self.mix(hits, self.rest), self.build.shoulder, self.wear)
        name = np.where(painted & top, LABELS.index("upper"), np.where(painted & bottom, LABELS.index("lower"), name))
        surface[at], label[at], depth[at], colour[at], cover[at] = owner, name, hits.length, seen, 1
        outside = (self.mix(hits, self.normals) * self.camera.rays(places[hits.ray] + 0.5)).sum(1) < 0
        with_uv = np.array([s.uv is not None for s in self.surfaces])[owner] & outside
        uv[tuple(a[with_uv] for a in at)] = self.mix(hits, self.uv)[with_uv]
        edges = np.nonzero(_edges(surface, depth) | _edges(label, depth) | (label == LABELS.index("face")))
        total, count = np.zeros((len(edges[0]), 3), np.float32), np.zeros(len(edges[0]), np.float32)
        for dx, dy in ((0.125, 0.375), (0.625, 0.125), (0.375, 0.875), (0.875, 0.625)):
            hits, seen = self.see(np.stack([edges[1] + dx, edges[0] + dy], 1).astype(np.float32))
            total[hits.ray] += seen
            count[hits.ray] += 1
        colour[edges], cover[edges] = total / np.maximum(count, 1)[:, None], count / 4
        return Rendering(colour, cover, surface, label, depth, uv)


def _edges(surface: NDArray[np.uint8], depth: Floats) -> NDArray[np.bool_]:
    edges = np.zeros(surface.shape, bool)
    finite = np.where(np.isfinite(depth), depth, 99).astype(np.float32)
    for axis in (0, 1):
        changed = (np.diff(surface, axis=axis) != 0) | (np.abs(np.diff(finite, axis=axis)) > 0.02)
        cut = [slice(None)] * 2
        for part in (slice(0, -1), slice(1, None)):
            cut[axis] = part
            edges[tuple(cut)] |= changed
    return edges


def sampled(texture: Floats, uv: Floats) -> Floats:
    """Colours (n, 3) of a texture at places (n, 2) in its pixels, bilinear."""
    maps = (uv.reshape(-1, 1, 2) - 0.5).astype(np.float32)
    parts = np.array_split(maps, len(maps) // 30000 + 1)  # OpenCV's maps are at most 32,767 tall
    looked_up = [cv2.remap(texture, m, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0] for m in parts]
    return np.concatenate(looked_up)


def developed(linear: Floats, rng: np.random.Generator) -> NDArray[np.uint8]:
    """A phone's picture of linear light: exposure, a curve, warmth, blur and grain."""
    h, w = linear.shape[:2]
    warmth = rng.uniform(-1, 1)
    white = np.array([1 + 0.05 * warmth, 1, 1 - 0.06 * warmth], np.float32) * np.float32(rng.uniform(0.92, 1.08))
    x = linear * white
    x = np.where(x > 0.7, 0.7 + 0.3 * np.tanh((x - 0.7) / 0.3), x)  # highlights roll off
    shot = 255 * np.clip(x, 0, 1) ** np.float32(1 / 2.2)
    shot = cv2.GaussianBlur(shot, (0, 0), max(0.3, rng.uniform(0.35, 0.7) * h / 1024))
    shot += rng.standard_normal((h, w, 1), np.float32) * np.float32(rng.uniform(0.8, 2.6))
    shot += rng.standard_normal((h, w, 3), np.float32) * np.float32(rng.uniform(0.4, 1.2))
    return np.asarray(np.clip(shot + 0.5, 0, 255), np.uint8)


def over(rendering: Rendering, ground: Floats) -> Floats:
    """The rendering before a backdrop (h, w, 3)."""
    return np.asarray(ground + (rendering.colour - ground) * rendering.cover[..., None], np.float32)
