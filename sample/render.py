"""From a sketch to pixels and truth: each piece is cut, creased, lit, marked and laid on those below it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.curves import Points
from sample.drawing import Drawing
from sample.pieces import Line, Patch, Piece, Sketch, Stud
from sample.shading import Placing, brightness, creases, pressed, rounded, slopes

Plane = NDArray[np.float32]
EDGE = 4  # supersampling of outlines in each direction
COARSE = 2  # relief is computed at this fraction of the size
MARGIN = 0.08  # of the frame, left free on each side


def render(sketch: Sketch, size: int = 512, seed: int = 0, tilt: float = 0.0, margin: float = MARGIN) -> Drawing:
    """Draw a sketch into a square frame.

    size: pixels of the frame's side; seed: creases; tilt: degrees clockwise. The sketch is scaled to leave ``margin``.
    Raises ValueError for a size under 32.
    """
    if size < 32:
        raise ValueError(f"size must be at least 32 pixels, not {size}")
    place = fit(sketch, size, tilt, margin)
    canvas = _Canvas(size)
    body = _silhouette(sketch, size, place)
    for index, piece in enumerate(sketch.pieces):
        canvas.lay(piece, place, body, seed * 131 + index)
    points = {name: place(np.array([xy], float))[0] for name, xy in sketch.points.items()}
    return canvas.finish({name: (float(x), float(y)) for name, (x, y) in points.items()})


def fit(sketch: Sketch, size: int, tilt: float, margin: float) -> Placing:
    """Where the sketch lies in the frame: turned, scaled to fit, centred."""
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    turned = np.concatenate([piece.outline for piece in sketch.pieces]) @ np.array([[c, s], [-s, c]])
    low, high = turned.min(0), turned.max(0)
    scale = size * (1 - 2 * margin) / float((high - low).max())
    matrix = np.zeros((2, 3))
    matrix[:, :2] = scale * np.array([[c, -s], [s, c]])
    matrix[:, 2] = size / 2 - scale * (low + high) / 2
    return Placing(matrix, size / 512)


def _fixed(path: Points, bits: int = 4) -> NDArray[np.int32]:
    """Points in pixels as OpenCV's fixed-point coordinates, whose integers are pixel centres."""
    return np.rint((path - 0.5) * (1 << bits)).astype(np.int32)


def _silhouette(sketch: Sketch, size: int, place: Placing) -> tuple[Plane, Plane]:
    """Slopes of the whole figure's rounding at coarse scale."""
    coarse = place.shrunk(COARSE)
    cover = np.zeros((-(-size // COARSE),) * 2, np.uint8)
    for piece in sketch.pieces:
        cv2.fillPoly(cover, [_fixed(coarse(piece.outline))], 255, cv2.LINE_AA, 4)
    return slopes(rounded(cover.astype(np.float32) * np.float32(1 / 255), 9 * coarse.point) * np.float32(0.8))


def _cover(outlines: list[Points], shape: tuple[int, int]) -> NDArray[np.uint8]:
    """Coverage (h, w) uint8 of outlines in crop pixels, even-odd, by supersampling."""
    h, w = shape
    fine = np.zeros((h * EDGE, w * EDGE), np.uint8)
    cv2.fillPoly(fine, [_fixed(path * EDGE) for path in outlines], 255, cv2.LINE_8, 4)
    return np.asarray(cv2.resize(fine, (w, h), interpolation=cv2.INTER_AREA), np.uint8)


class _Canvas:
    """The frame so far. colour: (3, h, w) premultiplied; alpha; and per pixel the part that shows most."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.colour = np.zeros((3, size, size), np.float32)
        self.alpha = np.zeros((size, size), np.float32)
        self.most = np.zeros((size, size), np.float32)
        self.labels = np.zeros((size, size), np.uint8)
        self.names: list[str] = []

    def lay(self, piece: Piece, place: Placing, body: tuple[Plane, Plane], seed: int) -> None:
        outline = place(piece.outline)
        low = np.floor(outline.min(0)).astype(int) - 2
        high = np.ceil(outline.max(0)).astype(int) + 3
        x0, y0 = (int(v) // COARSE * COARSE for v in np.maximum(low, 0))
        x1, y1 = (int(v) for v in np.minimum(high, self.size))
        if x1 - x0 < 1 or y1 - y0 < 1:
            return
        here = place.within((x0, y0))
        shape = (y1 - y0, x1 - x0)
        cover = _cover([here(path) for path in (piece.outline, *piece.holes)], shape).astype(np.float32) * np.float32(
            1 / 255
        )
        self._shadow(cover, piece.lift * place.point, x0, y0)
        colour = _material(piece, cover, here, (x0, y0), body, seed)
        self._composite(colour, cover * np.float32(piece.alpha), piece.part, slice(y0, y1), slice(x0, x1))

    def _shadow(self, cover: Plane, lift: float, x0: int, y0: int) -> None:
        """Darken what lies below and beside the piece."""
        if lift <= 0 or not self.names:
            return
        pad = int(2.5 * lift) + 2
        around = cv2.copyMakeBorder(cover, pad, pad, pad, pad, cv2.BORDER_CONSTANT, value=0)
        shade = cv2.GaussianBlur(around, (0, 0), max(lift * 0.7, 0.5))
        move = np.array([[1, 0, 0.25 * lift], [0, 1, 0.5 * lift]], np.float32)
        shade = 1 - np.float32(0.42) * cv2.warpAffine(shade, move, shade.shape[::-1])
        top, left = y0 - pad, x0 - pad
        ya, xa = max(top, 0), max(left, 0)
        yb, xb = min(top + shade.shape[0], self.size), min(left + shade.shape[1], self.size)
        self.colour[:, ya:yb, xa:xb] *= shade[ya - top : yb - top, xa - left : xb - left]

    def _composite(self, colour: Plane, weight: Plane, part: str, ys: slice, xs: slice) -> None:
        if part not in self.names:
            self.names.append(part)
        keep = 1 - weight
        under = self.colour[:, ys, xs]
        under *= keep
        under += colour * weight
        alpha = self.alpha[ys, xs]
        alpha *= keep
        alpha += weight
        most = self.most[ys, xs]
        most *= keep
        wins = weight > most
        most[wins] = weight[wins]
        self.labels[ys, xs][wins] = self.names.index(part) + 1

    def finish(self, points: dict[str, tuple[float, float]]) -> Drawing:
        sheer = (self.alpha > 1 / 512) & (self.alpha < 1)
        self.colour[:, sheer] /= self.alpha[sheer]
        pixels: NDArray[np.uint8] = cv2.convertScaleAbs(cv2.merge([*self.colour, self.alpha * np.float32(255)]))
        labels = np.where(pixels[..., 3] >= 128, self.labels, np.uint8(0))
        return Drawing(pixels=pixels, labels=labels, part_names=tuple(self.names), points=points)


def _material(
    piece: Piece, cover: Plane, here: Placing, corner: tuple[int, int], body: tuple[Plane, Plane], seed: int
) -> Plane:
    """The piece's lit colour (3, h, w) float32 in [0, 255] all over its crop."""
    h, w = cover.shape
    kind = piece.cloth.kind
    coarse = here.shrunk(COARSE)
    ch, cw = -(-h // COARSE), -(-w // COARSE)
    small = cv2.resize(cover, (cw, ch), interpolation=cv2.INTER_AREA)
    relief = np.zeros((ch, cw), np.float32)
    if piece.puff > 0:
        relief += rounded(small, piece.puff * coarse.point)
    grain = piece.grain + here.angle
    if kind.wrinkle * piece.wrinkle > 0:
        wide = kind.wrinkle_width * coarse.point
        relief += creases(seed, (ch, cw), (seed * 37.0 % 240, seed * 91.0 % 240), grain, wide) * np.float32(
            0.55 * kind.wrinkle * piece.wrinkle
        )
    if piece.folds:
        relief += pressed(piece.folds, (ch, cw), coarse)
    gx, gy = slopes(relief)
    cy, cx = corner[1] // COARSE, corner[0] // COARSE
    gx += body[0][cy : cy + ch, cx : cx + cw]
    gy += body[1][cy : cy + ch, cx : cx + cw]
    factor, gloss = brightness(gx, gy)
    factor *= np.float32(piece.shade)
    planes = _drape(piece, here, grain, (h, w), gx, gy)
    planes = _print(planes, piece, here)
    light = cv2.resize(factor, (w, h), interpolation=cv2.INTER_LINEAR) * _ink(piece, here, (h, w))
    planes *= light
    shine = kind.sheen * 255 * cv2.resize(gloss, (w, h), interpolation=cv2.INTER_LINEAR)
    if piece.gleam > 0:
        shine = shine + np.float32(255 * piece.gleam) * _gleam((h, w), here)
    planes += shine
    return _studs(planes, piece, here)


def _drape(piece: Piece, here: Placing, grain: float, shape: tuple[int, int], gx: Plane, gy: Plane) -> Plane:
    """The cloth's tile over the crop, turned into its grain and pushed about by the relief."""
    h, w = shape
    sheet, period = piece.cloth.sheet(round(here.point * 512))
    angle = np.radians(grain - 90 + piece.cloth.turn)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    # texture is anchored at the sketch's origin, so that neighbouring pieces of one grain continue each other
    ox, oy = here(np.zeros((1, 2)))[0].astype(np.float32)
    push = np.float32(5 * here.point)
    ys, xs = np.arange(h, dtype=np.float32)[:, None] - oy, np.arange(w, dtype=np.float32)[None] - ox
    dx = xs + cv2.resize(gx, (w, h)) * push
    dy = ys + cv2.resize(gy, (w, h)) * push
    u, v = dx * c + dy * s, dy * c - dx * s
    for axis in (u, v):  # move by whole periods into the sheet, which is cheaper than wrapping every pixel
        axis -= period * np.floor(axis.min() / period)
    places, between = cv2.convertMaps(u, v, cv2.CV_16SC2)
    planes = np.empty((3, h, w), np.float32)
    for target, plane in zip(planes, sheet, strict=True):
        target[:] = cv2.remap(plane, places, between, cv2.INTER_LINEAR)
    return planes


def _ink(piece: Piece, here: Placing, shape: tuple[int, int]) -> Plane:
    """Factor (h, w) of the lines that only darken or lighten."""
    lines = [mark for mark in piece.marks if isinstance(mark, Line) and mark.colour is None]
    factor = np.ones(shape, np.float32)
    for line in lines:
        stroke = np.zeros(shape, np.uint8)
        _stroke(stroke, line, here, 255)
        factor *= 1 + np.float32(line.shade / 255) * stroke
    return factor


def _stroke(target: NDArray[np.uint8], line: Line, here: Placing, colour: Any) -> None:
    """Draw a line; a width under one pixel is drawn one pixel wide and fainter."""
    pixels = line.width * here.point
    paths = [here(path) for path in line.paths]
    if line.dash > 0:
        paths = [piece for path in paths for piece in _dashes(path, line.dash * here.point)]
    if pixels < 1 and target.ndim == 2:
        colour = round(colour * max(pixels, 0.25))
    cv2.polylines(target, [_fixed(path) for path in paths], False, colour, max(1, round(pixels)), cv2.LINE_AA, 4)


def _dashes(path: Points, length: float) -> list[Points]:
    lengths = np.concatenate([[0.0], np.cumsum(np.hypot(*np.diff(path, axis=0).T))])
    starts = np.arange(0, lengths[-1], max(length, 1.0) * 1.7)
    ends = np.minimum(starts + max(length, 1.0), lengths[-1])
    xs, ys = (np.interp(np.stack([starts, ends]), lengths, path[:, k]) for k in (0, 1))
    return [np.array([[xs[0, i], ys[0, i]], [xs[1, i], ys[1, i]]]) for i in range(len(starts))]


def _print(planes: Plane, piece: Piece, here: Placing) -> Plane:
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
    return _cover([path - (x0, y0) for path in paths], (y1 - y0, x1 - x0)), slice(y0, y1), slice(x0, x1)


def _gleam(shape: tuple[int, int], here: Placing) -> Plane:
    """Bands of reflected studio light, running askew."""
    h, w = shape
    ys, xs = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    phase = (xs + 0.6 * ys) / np.float32(max(w, h, 1))
    bands = np.exp(-(((phase - 0.38) / 0.09) ** 2)) + 0.5 * np.exp(-(((phase - 0.72) / 0.05) ** 2))
    return np.asarray(bands, np.float32)


def _studs(planes: Plane, piece: Piece, here: Placing) -> Plane:
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
