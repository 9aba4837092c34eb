"""Photos as a shopper takes them: a product on a floor, a bed or a table, askew, in the light of a room."""

from itertools import pairwise
from typing import Any

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.drawing import RGB, Drawing, soft_shadow
from sample.weaves import TILE, noise, texture

Pixels = NDArray[np.uint8]


class Seen(msgspec.Struct, frozen=True):
    """One product in a photo. box: x, y, w, h as fractions of the photo, cut at its borders; visible: the share of
    the product's pixels that the photo shows; points: key points by name, in fractions, also outside of it."""

    id: str
    category: str
    box: tuple[float, float, float, float]
    visible: float
    points: dict[str, tuple[float, float]]


class Scene(msgspec.Struct, frozen=True):
    """A photo and its truth. pixels: (h, w, 3) uint8; masks: (h, w) bool of each product's visible part."""

    pixels: Any
    seen: tuple[Seen, ...]
    masks: tuple[Any, ...]


def photograph(
    items: list[tuple[str, str, Drawing]],
    rng: np.random.Generator,
    width: int = 768,
    height: int = 1024,
    crop: bool = False,
) -> Scene:
    """Lay one or two drawings (id, category, drawing) on a surface and take a photo.

    crop: one item is pushed over the border. Later items lie on earlier ones.
    """
    ground = surface(rng, width, height)
    masks: list[NDArray[np.bool_]] = []
    places = []
    slots = _slots(len(items), rng, width, height, crop)
    for (_, _, drawing), (cx, cy, side) in zip(items, slots, strict=True):
        matrix = _pose(drawing, rng, cx, cy, side)
        rgba = _warp(drawing.pixels, matrix, width, height)
        alpha = rgba[..., 3]
        ground *= 1 - rng.uniform(0.35, 0.6) * soft_shadow(np.rint(alpha * 255).astype(np.uint8))[..., None]
        ground += rgba[..., :3] - ground * alpha[..., None]
        mask = alpha >= 0.5
        masks = [below & ~mask for below in masks] + [mask]
        places.append(matrix)
    pixels = _camera(ground, rng)
    seen = tuple(
        _seen(name, category, drawing, matrix, mask, width, height)
        for (name, category, drawing), matrix, mask in zip(items, places, masks, strict=True)
    )
    return Scene(pixels, seen, tuple(masks))


def _slots(
    count: int, rng: np.random.Generator, width: int, height: int, crop: bool
) -> list[tuple[float, float, float]]:
    """Centre and side, in pixels, of the square that each drawing is laid in."""
    if count == 1:
        side = width * rng.uniform(0.85, 1.12)
        x, y = width * rng.uniform(0.44, 0.56), height * rng.uniform(0.42, 0.58)
        if crop:
            x += width * rng.choice([-0.28, 0.28])
        return [(x, y, side)]
    side = min(width, height / 2 * 1.25) * rng.uniform(0.82, 0.95)
    return [
        (width * (0.5 + (k - (count - 1) / 2) * rng.uniform(0.1, 0.3)), height * ((k + 0.5) / count), side)
        for k in range(count)
    ]


def _pose(drawing: Drawing, rng: np.random.Generator, cx: float, cy: float, side: float) -> NDArray[np.float64]:
    """A homography from the drawing's pixels to the photo's: turned, a little in perspective."""
    size = drawing.pixels.shape[0]
    angle = np.radians(np.clip(rng.normal(0, 9), -25, 25))
    c, s = np.cos(angle), np.sin(angle)
    corners = np.array([(-1, -1), (1, -1), (1, 1), (-1, 1)], float) * side / 2
    corners += rng.normal(0, 0.025 * side, (4, 2))
    corners = corners @ np.array([[c, s], [-s, c]]) + (cx, cy)
    source = np.array([(0, 0), (size, 0), (size, size), (0, size)], np.float32)
    matrix: NDArray[np.float64] = cv2.getPerspectiveTransform(source, corners.astype(np.float32))
    return matrix


def _warp(pixels: Pixels, matrix: NDArray[np.float64], width: int, height: int) -> NDArray[np.float32]:
    """The cut-out in the photo's frame (h, w, 4) float32, premultiplied, alpha in [0, 1]."""
    cut = pixels.astype(np.float32)
    cut[..., 3] /= 255
    cut[..., :3] *= cut[..., 3:]
    half = np.array([[1, 0, 0.5], [0, 1, 0.5], [0, 0, 1.0]])  # pixel centres are at .5, OpenCV's at integers
    centred = np.linalg.inv(half) @ matrix @ half
    warped: NDArray[np.float32] = cv2.warpPerspective(cut, centred, (width, height), flags=cv2.INTER_LINEAR)
    return warped


def _seen(
    name: str,
    category: str,
    drawing: Drawing,
    matrix: NDArray[np.float64],
    mask: NDArray[np.bool_],
    width: int,
    height: int,
) -> Seen:
    x, y, w, h = cv2.boundingRect(mask.view(np.uint8))
    names = list(drawing.points)
    points = np.array([drawing.points[n] for n in names], np.float64).reshape(-1, 1, 2)
    moved = cv2.perspectiveTransform(points, matrix).reshape(-1, 2) / (width, height)
    whole = cv2.warpPerspective(drawing.mask.view(np.uint8), _onto_whole(drawing, matrix), (2 * width, 2 * height))
    visible = min(1.0, float(mask.sum()) / max(1.0, float(whole.sum())))
    return Seen(
        name, category, (x / width, y / height, w / width, h / height), round(visible, 3),
        {n: (round(float(px), 5), round(float(py), 5)) for n, (px, py) in zip(names, moved, strict=True)},
    )  # fmt: skip


def _onto_whole(drawing: Drawing, matrix: NDArray[np.float64]) -> NDArray[np.float64]:
    """The same homography, moved so that nothing of the drawing falls over the upper and left borders."""
    size = drawing.pixels.shape[0]
    corners = np.array([[(0, 0), (size, 0), (size, size), (0, size)]], np.float64)
    x, y = np.minimum(cv2.perspectiveTransform(corners, matrix)[0].min(0), 0)
    return np.asarray(np.array([[1, 0, -x], [0, 1, -y], [0, 0, 1]]) @ matrix)


def surface(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    """A floor, table, bed or rug (h, w, 3) float32 in [0, 255]."""
    kind = ("wood", "wood", "cloth", "tiles", "concrete", "rug")[int(rng.integers(6))]
    painter = {"wood": _wood, "cloth": _bedsheet, "tiles": _tiles, "concrete": _concrete, "rug": _rug}[kind]
    return painter(rng, width, height)


def _spread(plane: NDArray[np.float32], width: int, height: int) -> NDArray[np.float32]:
    """Enlarge a small plane over the photo."""
    return np.asarray(cv2.resize(plane, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)


def _repeat(tile: NDArray[np.float32], width: int, height: int, scale: float = 1.0) -> NDArray[np.float32]:
    ys, xs = np.mgrid[:height, :width].astype(np.float32) / np.float32(scale)
    return np.asarray(cv2.remap(tile, xs, ys, cv2.INTER_LINEAR, borderMode=cv2.BORDER_WRAP), np.float32)


def _tint(plane: NDArray[np.float32], colour: tuple[float, ...]) -> NDArray[np.float32]:
    return plane[..., None] * np.array(colour, np.float32)


def _wood(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    colours: list[RGB] = [(176, 132, 92), (205, 170, 125), (120, 84, 58), (222, 200, 170), (150, 140, 128)]
    colour = colours[int(rng.integers(len(colours)))]
    boards = int(rng.integers(4, 8))
    plane = np.empty((height, width), np.float32)
    edges = np.linspace(0, width, boards + 1).astype(int)
    for a, b in pairwise(edges):
        grain = noise(rng, (1.4, 40), TILE) * 0.05 + noise(rng, (9, 90), TILE) * 0.05
        board = _spread(grain[:, : max(8, (b - a) // 3)], b - a, height)
        rings = np.sin(_spread(noise(rng, (20, 70), TILE)[:60, :20], b - a, height) * 9)
        plane[:, a:b] = 1 + board + 0.03 * rings + rng.normal(0, 0.05)
        plane[:, a : a + 2] *= 0.55
        plane[:, b - 1 : b] *= 1.06
    if rng.random() < 0.5:
        plane = np.ascontiguousarray(cv2.resize(plane.T, (width, height)))
    return _tint(plane, colour)


def _bedsheet(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    colours: list[RGB] = [(232, 230, 226), (214, 206, 196), (170, 184, 196), (196, 176, 176), (120, 128, 140)]
    wave = _spread(noise(rng, (16, 22), TILE)[:160, :120], width, height)
    ridge = 1 - np.abs(_spread(noise(rng, (18, 14), TILE)[:140, :100], width, height))
    relief = cv2.GaussianBlur(wave * 8 + ridge * 16, (0, 0), 5)
    slope = cv2.Scharr(relief, cv2.CV_32F, 1, 1 - 1, scale=1 / 16) + cv2.Scharr(relief, cv2.CV_32F, 0, 1, scale=1 / 16)
    plane = 1 - 0.16 * np.tanh(slope) * 0.9
    plane *= _repeat(texture("canvas", 1), width, height)
    return _tint(plane, colours[int(rng.integers(len(colours)))])


def _tiles(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    colours: list[RGB] = [(206, 203, 198), (186, 190, 192), (228, 224, 216), (150, 152, 154)]
    step = int(rng.integers(150, 260))
    plane = 1 + 0.03 * _spread(noise(rng, (6, 6), TILE)[:120, :90], width, height)
    ys, xs = np.arange(height) + int(rng.integers(step)), np.arange(width) + int(rng.integers(step))
    cell = rng.normal(0, 0.02, (height // step + 3, width // step + 3))
    plane = (plane + cell[np.ix_(ys // step, xs // step)]).astype(np.float32)
    joint = np.minimum(np.minimum(ys % step, step - ys % step)[:, None], np.minimum(xs % step, step - xs % step)[None])
    plane *= np.clip(0.72 + 0.1 * joint, 0, 1).astype(np.float32)
    return _tint(plane, colours[int(rng.integers(len(colours)))])


def _concrete(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    plane = 1 + 0.05 * _spread(noise(rng, (12, 12), TILE)[:160, :120], width, height)
    plane += 0.03 * _repeat(noise(rng, (0.8, 0.8)), width, height)
    return _tint(plane, (168, 166, 162))


def _rug(rng: np.random.Generator, width: int, height: int) -> NDArray[np.float32]:
    colours: list[RGB] = [(196, 184, 164), (120, 124, 128), (150, 110, 96), (92, 104, 118), (210, 206, 200)]
    plane = _repeat(1 + 0.12 * noise(rng, (1.1, 1.6)), width, height, 1.6)
    plane += 0.04 * _spread(noise(rng, (14, 14), TILE)[:120, :90], width, height)
    return _tint(plane, colours[int(rng.integers(len(colours)))])


def _camera(photo: NDArray[np.float32], rng: np.random.Generator) -> Pixels:
    """Room light from one side, its warmth, a lens's blur and fall-off, a sensor's noise."""
    height, width = photo.shape[:2]
    ys, xs = np.mgrid[-1 : 1 : height * 1j, -1 : 1 : width * 1j].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    light = (
        1
        + rng.uniform(0.05, 0.2) * (xs * np.cos(angle) + ys * np.sin(angle))
        - rng.uniform(0.02, 0.12) * (xs**2 + ys**2)
    )
    warmth = rng.uniform(-1, 1)
    white = np.array([1 + 0.09 * warmth, 1 + 0.01 * warmth, 1 - 0.10 * warmth]) * rng.uniform(0.82, 1.08)
    shot = photo * light.astype(np.float32)[..., None] * white.astype(np.float32)
    shot = cv2.GaussianBlur(shot, (0, 0), rng.uniform(0.4, 1.1))
    grain = rng.standard_normal((height, width, 1), np.float32) * np.float32(rng.uniform(1.5, 5))
    colour_grain = rng.standard_normal((height, width, 3), np.float32) * np.float32(rng.uniform(0.5, 2))
    return np.asarray(np.clip(shot + grain + colour_grain, 0, 255), np.uint8)
