"""Pictures of several garments with known boxes, put together from photos of one garment each."""

from collections.abc import Sequence
from itertools import pairwise

import cv2
import msgspec
import numpy as np

from vision.cutouts import Specimen, extent
from vision.textures import procedural_background

MOST_GARMENTS = 4
"""In one composite."""

SMALLEST_VISIBLE = 0.45
"""Share of a garment that later ones must leave in view."""


class Composite(msgspec.Struct, frozen=True):
    """pixels (size, size, 3) uint8 RGB; labels (k,) int64; boxes (k, 4) float32 x0, y0, x1, y1 in fractions: the
    visible extent of each garment."""

    pixels: np.ndarray
    labels: np.ndarray
    boxes: np.ndarray


class Composer:
    """Makes composites from specimens; every class is drawn equally often.

    specimens: photos, some with a cut-out; size: side of the square pictures in pixels; whole_photos: share of
    pictures made of whole photos side by side instead of cut-outs on another background.
    Raises ValueError when no specimen has a cut-out.
    """

    def __init__(self, specimens: Sequence[Specimen], size: int, *, whole_photos: float = 0.0) -> None:
        self.size = size
        self.whole_photos = whole_photos
        self.by_class: dict[int, list[Specimen]] = {}
        for specimen in specimens:
            if specimen.alpha is not None:
                self.by_class.setdefault(specimen.label, []).append(specimen)
        if not self.by_class:
            raise ValueError(f"none of {len(specimens)} photos gave a cut-out")
        self.classes = sorted(self.by_class)

    def compose(self, rng: np.random.Generator) -> Composite:
        """One composite; the same generator state gives the same picture."""
        if rng.random() < self.whole_photos:
            canvas, labels, boxes = self._of_whole_photos(rng)
        else:
            canvas, labels, boxes = self._of_cutouts(rng)
        pixels = _as_photographed(canvas, rng)
        scaled = (np.array(boxes, np.float32).reshape(-1, 4) / self.size).clip(0, 1)
        return Composite(pixels, np.array(labels, np.int64), scaled)

    def _draw(self, rng: np.random.Generator) -> Specimen:
        of_class = self.by_class[self.classes[rng.integers(len(self.classes))]]
        return of_class[rng.integers(len(of_class))]

    def _of_cutouts(self, rng: np.random.Generator) -> tuple[np.ndarray, list[int], list[tuple[int, int, int, int]]]:
        size = self.size
        canvas = np.ascontiguousarray(self._background(rng), np.float32)
        if rng.random() < 0.5:
            _distract(canvas, rng, int(rng.integers(1, 5)), 0.05, 0.4)
        owner = np.zeros((size, size), np.uint8)
        count = int(rng.choice(4, p=(0.25, 0.3, 0.25, 0.2))) + 1
        low, high = ((0.4, 1.0), (0.35, 0.8), (0.3, 0.65), (0.28, 0.55))[count - 1]
        full_areas: list[int] = []
        labels: list[int] = []
        for _ in range(count):
            specimen = self._draw(rng)
            for _ in range(8):
                window, pixels, alpha = _placed(specimen, size, float(rng.uniform(low, high)) * size, rng)
                mask = alpha > 127
                area, covered = int(mask.sum()), np.bincount(owner[window][mask], minlength=len(labels) + 1)[1:]
                shown = np.bincount(owner.ravel(), minlength=len(labels) + 1)[1:] - covered
                if area > 0.006 * size * size and (shown >= SMALLEST_VISIBLE * np.array(full_areas)).all():
                    break
            else:
                continue
            if rng.random() < 0.6:
                _shadow(canvas, window, alpha, rng)
            opacity = cv2.cvtColor(alpha, cv2.COLOR_GRAY2RGB).astype(np.float32) * (1 / 255)
            canvas[window] += (_tinted(pixels, rng) - canvas[window]) * opacity
            owner[window][mask] = len(labels) + 1
            labels.append(specimen.label)
            full_areas.append(area)
        if rng.random() < 0.15:
            _distract(canvas, rng, int(rng.integers(1, 3)), 0.03, 0.15)
        return canvas, labels, [extent(owner == i + 1) for i in range(len(labels))]

    def _of_whole_photos(
        self, rng: np.random.Generator
    ) -> tuple[np.ndarray, list[int], list[tuple[int, int, int, int]]]:
        """One, two or four photos in a grid, each zoomed so that its garment is in view."""
        size = self.size
        columns, rows = ((1, 1), (2, 1), (1, 2), (2, 2))[rng.choice(4, p=(0.5, 0.15, 0.15, 0.2))]
        xs = [0, *(int(size * rng.uniform(0.4, 0.6)) for _ in range(columns - 1)), size]
        ys = [0, *(int(size * rng.uniform(0.4, 0.6)) for _ in range(rows - 1)), size]
        canvas = np.zeros((size, size, 3), np.float32)
        labels, boxes = [], []
        for y0, y1 in pairwise(ys):
            for x0, x1 in pairwise(xs):
                specimen = self._draw(rng)
                pixels, mask = _framed(specimen, x1 - x0, y1 - y0, rng)
                canvas[y0:y1, x0:x1] = pixels
                bx0, by0, bx1, by1 = extent(mask)
                labels.append(specimen.label)
                boxes.append((x0 + bx0, y0 + by0, x0 + bx1, y0 + by1))
        return canvas, labels, boxes

    def _background(self, rng: np.random.Generator) -> np.ndarray:
        """A photo's border strip, mirrored to fill the picture, or a procedural texture: (size, size, 3) float32."""
        strip = _border_strip(self._draw(rng), rng) if rng.random() < 0.55 else None
        if strip is None:
            return procedural_background(self.size, rng)
        h, w = strip.shape[:2]
        zoom = float(rng.uniform(0.8, 2.0)) * max(1.0, 0.3 * self.size / min(h, w))
        strip = cv2.resize(strip, (max(int(w * zoom), 4), max(int(h * zoom), 4)))
        h, w = strip.shape[:2]
        across = np.abs((np.arange(self.size) + rng.integers(2 * w)) % (2 * w) - w + 0.5).astype(int)
        down = np.abs((np.arange(self.size) + rng.integers(2 * h)) % (2 * h) - h + 0.5).astype(int)
        canvas = strip[down.clip(0, h - 1)][:, across.clip(0, w - 1)].astype(np.float32)
        if rng.random() < 0.5:
            canvas = cv2.GaussianBlur(canvas, (0, 0), float(rng.uniform(0.5, 5)))
        return np.asarray(canvas)


def _border_strip(specimen: Specimen, rng: np.random.Generator) -> np.ndarray | None:
    """A strip of the photo that holds none of its garment, or None when there is none worth taking."""
    h, w = specimen.pixels.shape[:2]
    x0, y0, x1, y1 = specimen.box
    strips = [(0, 0, w, y0 - 4), (0, y1 + 4, w, h), (0, 0, x0 - 4, h), (x1 + 4, 0, w, h)]
    wide = [s for s in strips if min(s[2] - s[0], s[3] - s[1]) >= 20]
    if not wide:
        return None
    left, top, right, bottom = wide[rng.integers(len(wide))]
    return specimen.pixels[top:bottom, left:right]


def _placed(
    specimen: Specimen, size: int, longest: float, rng: np.random.Generator
) -> tuple[tuple[slice, slice], np.ndarray, np.ndarray]:
    """The cut-out scaled, turned, mirrored and sheared somewhere on the picture: window, pixels and alpha in it."""
    assert specimen.alpha is not None
    x0, y0, x1, y1 = specimen.box
    scale = longest / max(x1 - x0, y1 - y0)
    turn = float(rng.normal(0, 10)) + (float(rng.choice((90, -90, 180))) if rng.random() < 0.06 else 0.0)
    cos, sin = np.cos(np.radians(turn)) * scale, np.sin(np.radians(turn)) * scale
    shear, stretch = rng.normal(0, 0.06, 2)
    linear = np.array([[cos, -sin], [sin, cos]]) @ np.array([[1 + stretch, shear], [0, 1]])
    if rng.random() < 0.5:
        linear = linear @ np.diag([-1.0, 1.0])
    middle = np.array([(x0 + x1) / 2, (y0 + y1) / 2])
    half = np.abs(linear @ ((np.array([[x0, x1, x0, x1], [y0, y0, y1, y1]]).T - middle).T)).max(axis=1)
    reach = half * 0.75  # up to a quarter of a side may leave the picture
    centre = np.array([rng.uniform(min(r, size / 2), max(size - r, size / 2)) for r in reach])
    low = np.floor(centre - half - 2).clip(0, size - 1).astype(int)
    high = np.ceil(centre + half + 2).clip(1, size).astype(int)
    matrix = np.column_stack([linear, centre - linear @ middle - low])
    source, opaque = specimen.pixels, specimen.alpha
    if scale < 0.6:  # shrinking by sampling alone would alias
        sigma = 0.35 / scale
        source = cv2.GaussianBlur(source, (0, 0), sigma)
        opaque = cv2.GaussianBlur(opaque, (0, 0), sigma)
    shape = (int(high[0] - low[0]), int(high[1] - low[1]))
    pixels = cv2.warpAffine(source, matrix, shape, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    alpha = cv2.warpAffine(opaque, matrix, shape, flags=cv2.INTER_LINEAR)
    window = (slice(int(low[1]), int(high[1])), slice(int(low[0]), int(high[0])))
    return window, np.asarray(pixels), np.asarray(alpha)


def _framed(specimen: Specimen, width: int, height: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """The photo itself scaled and shifted into a frame, mirrored beyond its border: pixels and the garment's mask."""
    assert specimen.alpha is not None
    x0, y0, x1, y1 = specimen.box
    scale = float(rng.uniform(0.55, 1.05)) * min(width / (x1 - x0), height / (y1 - y0))
    flip = -1.0 if rng.random() < 0.5 else 1.0
    half = np.array([x1 - x0, y1 - y0]) * scale / 2 * 0.9
    centre = [float(rng.uniform(min(r, s / 2), max(s - r, s / 2))) for r, s in zip(half, (width, height), strict=True)]
    matrix = np.array(
        [[flip * scale, 0, centre[0] - flip * scale * (x0 + x1) / 2], [0, scale, centre[1] - scale * (y0 + y1) / 2]]
    )
    pixels = cv2.warpAffine(
        specimen.pixels, matrix, (width, height), flags=cv2.INTER_AREA, borderMode=cv2.BORDER_REPLICATE
    )
    mask = cv2.warpAffine(specimen.alpha, matrix, (width, height)) > 127
    return _tinted(np.asarray(pixels), rng), np.asarray(mask)


def _tinted(pixels: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Other exposure, contrast and white balance: (h, w, 3) float32."""
    gain, contrast = rng.lognormal(0, 0.15) * rng.lognormal(0, 0.04, 3), rng.lognormal(0, 0.1)
    levels = ((np.arange(256)[:, None] - 128) * contrast + 128) * gain
    table = levels.clip(0, 255).astype(np.float32).reshape(256, 1, 3)
    return np.stack([table[:, 0, c][pixels[..., c]] for c in range(3)], axis=-1)


def _shadow(canvas: np.ndarray, window: tuple[slice, slice], alpha: np.ndarray, rng: np.random.Generator) -> None:
    """Darken the canvas around what will be pasted into the window, softly and a little to one side."""
    dx, dy = rng.normal(0, 0.015, 2) * len(canvas)
    moved = cv2.warpAffine(alpha, np.array([[1, 0, dx], [0, 1, dy]]), alpha.shape[::-1])
    soft = cv2.GaussianBlur(moved, (0, 0), float(rng.uniform(1, 6))).astype(np.float32)
    canvas[window] *= 1 - soft[..., None] * np.float32(rng.uniform(0.1, 0.6) / 255)


def _distract(canvas: np.ndarray, rng: np.random.Generator, count: int, low: float, high: float) -> None:
    """Draw shapes that are no garment: patches of one colour or texture, ellipses, bars."""
    size = len(canvas)
    texture = procedural_background(size, rng)
    for _ in range(count):
        centre = rng.uniform(0, size, 2)
        radii = rng.uniform(low, high, 2) * size / 2
        shape = rng.integers(3)
        if shape == 1:
            radii = np.array([radii.max(), radii.min() * 0.3])
        turned = (centre.tolist(), (2 * radii).tolist(), float(rng.uniform(0, 180)))
        colour = rng.uniform(0, 255, 3).tolist()
        plain = rng.random() < 0.6
        mask = np.zeros((size, size), np.uint8)
        target, paint = (canvas, colour) if plain else (mask, 255)
        if shape == 0:
            cv2.ellipse(target, turned, paint, cv2.FILLED)
        else:
            cv2.fillConvexPoly(target, np.asarray(cv2.boxPoints(turned), np.int32), paint)
        if not plain:
            canvas[mask > 0] = texture[mask > 0]


def _as_photographed(canvas: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Uneven light, white balance, gamma, blur, noise and JPEG, as a phone would add: (h, w, 3) uint8."""
    size = canvas.shape[0]
    if rng.random() < 0.5:
        angle, strength = rng.uniform(0, 2 * np.pi), rng.uniform(0, 0.4)
        ramp = np.linspace(-0.5, 0.5, size, dtype=np.float32)
        light = np.float32(np.cos(angle)) * ramp[None] + np.float32(np.sin(angle)) * ramp[:, None]
        canvas = canvas * (1 + np.float32(strength) * light[..., None])
    canvas = canvas * rng.lognormal(0, 0.05, 3).astype(np.float32)
    pixels = canvas.clip(0, 255).astype(np.uint8)
    if rng.random() < 0.5:
        table = (255 * (np.arange(256) / 255) ** rng.lognormal(0, 0.2)).clip(0, 255).astype(np.uint8)
        pixels = np.asarray(cv2.LUT(pixels, table))
    if rng.random() < 0.25:
        pixels = np.asarray(cv2.GaussianBlur(pixels, (0, 0), float(rng.uniform(0.4, 1.3))))
    if rng.random() < 0.3:
        noise = rng.standard_normal(pixels.shape, np.float32) * np.float32(rng.uniform(2, 10))
        pixels = (pixels + noise).clip(0, 255).astype(np.uint8)
    if rng.random() < 0.4:
        _, file = cv2.imencode(".jpg", pixels, (cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 90))))
        pixels = np.asarray(cv2.imdecode(file, cv2.IMREAD_COLOR))
    return pixels
