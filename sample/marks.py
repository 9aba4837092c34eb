"""Marks on a piece: lines, prints and studs; and the coverage of outlines."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.curves import Points
from sample.pieces import Line, Patch, Piece, Stud, Wash
from sample.shading import Placing

Plane = NDArray[np.float32]
EDGE = 4  # supersampling of outlines in each direction


def fixed(path: Points, bits: int = 4) -> NDArray[np.int32]:
    """Points in pixels as OpenCV's fixed-point coordinates, whose integers are pixel centres."""
    return np.rint((path - 0.5) * (1 << bits)).astype(np.int32)


def cover_of(outlines: list[Points], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Coverage (h, w) uint8 of outlines in crop pixels, even-odd, by supersampling."""
    h, w = shape
    fine = np.zeros((h * EDGE, w * EDGE), np.uint8)
    cv2.fillPoly(fine, [fixed(path * EDGE) for path in outlines], 255, cv2.LINE_8, 4)
    return np.asarray(cv2.resize(fine, (w, h), interpolation=cv2.INTER_AREA), np.uint8)


def ink(piece: Piece, here: Placing, shape: tuple[int, int]) -> Plane:
    """Factor (h, w) of the lines and washes, which only darken or lighten."""
    lines = [mark for mark in piece.marks if isinstance(mark, Line) and mark.colour is None]
    factor = np.ones(shape, np.float32)
    for line in lines:
        stroke = np.zeros(shape, np.uint8)
        _stroke(stroke, line, here, 255)
        factor *= 1 + np.float32(line.shade / 255) * stroke
    ys, xs = np.arange(shape[0], dtype=np.float32)[:, None], np.arange(shape[1], dtype=np.float32)[None]
    for wash in (mark for mark in piece.marks if isinstance(mark, Wash)):
        (x, y), (rx, ry) = here(np.array([wash.centre]))[0], np.abs(here.matrix[:, :2]).sum(1) * wash.radii
        across, down = ((xs - np.float32(x)) / np.float32(rx)) ** 2, ((ys - np.float32(y)) / np.float32(ry)) ** 2
        factor *= 1 + np.float32(wash.shade) * np.exp(-across) * np.exp(-down)
    return factor


def _stroke(target: NDArray[np.uint8], line: Line, here: Placing, colour: Any) -> None:
    """Draw a line; a width under one pixel is drawn one pixel wide and fainter."""
    pixels = line.width * here.point
    paths = [here(path) for path in line.paths]
    if line.dash > 0:
        paths = [piece for path in paths for piece in _dashes(path, line.dash * here.point)]
    if pixels < 1 and target.ndim == 2:
        colour = round(colour * max(pixels, 0.25))
    cv2.polylines(target, [fixed(path) for path in paths], False, colour, max(1, round(pixels)), cv2.LINE_AA, 4)


def _dashes(path: Points, length: float) -> list[Points]:
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    starts = np.arange(0, lengths[-1], max(length, 1.0) * 1.7)
    ends = np.minimum(starts + max(length, 1.0), lengths[-1])
    xs, ys = (np.interp(np.stack([starts, ends]), lengths, path[:, k]) for k in (0, 1))
    return [np.array([[xs[0, i], ys[0, i]], [xs[1, i], ys[1, i]]]) for i in range(len(starts))]


def print_on(planes: Plane, piece: Piece, here: Placing) -> Plane:
    """Patches and coloured lines, painted before the light falls on them."""
    for mark in piece.marks:
        if isinstance(mark, Patch):
            paths = [here(path) for path in mark.outlines]
            cover, ys, xs = _local(paths, planes.shape[1:])
        elif isinstance(mark, Line) and mark.colour is not None:
            stroke = np.zeros(planes.shape[1:], np.uint8)
            _stroke(stroke, mark, here, 255)
            cover, ys, xs = stroke, slice(None), slice(None)
        else:
            continue
        weight = cover.astype(np.float32) * np.float32(1 / 255)
        for plane, value in zip(planes, mark.colour or (), strict=True):
            plane[ys, xs] += (np.float32(value) - plane[ys, xs]) * weight
    return planes


def _local(paths: list[Points], shape: tuple[int, ...]) -> tuple[NDArray[np.uint8], slice, slice]:
    """Coverage of outlines in a crop of their own."""
    everything = np.concatenate(paths)
    x0, y0 = np.maximum(np.floor(everything.min(0)).astype(int) - 1, 0)
    x1, y1 = np.minimum(np.ceil(everything.max(0)).astype(int) + 2, [shape[1], shape[0]])
    if x1 <= x0 or y1 <= y0:
        return np.zeros((0, 0), np.uint8), slice(0, 0), slice(0, 0)
    return cover_of([path - (x0, y0) for path in paths], (y1 - y0, x1 - x0)), slice(y0, y1), slice(x0, x1)


def set_studs(planes: Plane, piece: Piece, here: Placing) -> Plane:
    """Buttons and rivets: a shadow, a rim, a face, a glint and holes, in a small crop of each."""
    for mark in piece.marks:
        if not isinstance(mark, Stud):
            continue
        (x, y), r = here(np.array([mark.centre], float))[0], max(mark.radius * here.point, 0.7)
        reach = int(r * 1.8) + 3
        x0, y0 = max(int(x) - reach, 0), max(int(y) - reach, 0)
        crop = planes[:, y0 : int(y) + reach, x0 : int(x) + reach]
        if crop.size == 0:
            continue
        ys, xs = np.mgrid[: crop.shape[1], : crop.shape[2]].astype(np.float32) + 0.5
        dx, dy = xs - np.float32(x - x0), ys - np.float32(y - y0)
        shadow = np.clip((r * 1.45 - np.hypot(dx - 0.2 * r, dy - 0.45 * r)) / (0.6 * r), 0, 1)
        crop *= 1 - 0.4 * shadow
        distance = np.hypot(dx, dy)
        face = np.clip(r - distance + 0.5, 0, 1)
        tone = 1 - 0.22 * (dx + dy) / (1.4 * r) + np.where(distance > 0.72 * r, 0.10, -0.06)
        glint = 40 * np.exp(-(np.hypot(dx + 0.35 * r, dy + 0.4 * r) ** 2) / (0.12 * r * r))
        for plane, value in zip(crop, mark.colour, strict=True):
            plane += (np.clip(value * tone + glint, 0, 255) - plane) * face
        for k in range(mark.holes):
            angle = np.pi * (2 * k + 1) / mark.holes
            hole = np.hypot(dx - 0.28 * r * np.cos(angle), dy - 0.28 * r * np.sin(angle))
            crop *= 1 - 0.7 * np.clip(0.13 * r - hole + 0.5, 0, 1)
    return planes
