"""From a sketch to pixels and truth: each piece is cut, creased, lit, marked and laid on those below it."""

import cv2
import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.drawing import Drawing
from sample.marks import cover_of, fixed, ink, print_on, set_studs
from sample.pieces import Piece, Sketch
from sample.shading import Placing, brightness, creases, pressed, rounded, slopes

Plane = NDArray[np.float32]
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
        canvas.lay(piece, place, body, seed * 131 + index, sketch.relief)
    behind = None
    if sketch.behind:
        backdrop = _Canvas(size)
        for piece in sketch.behind:
            backdrop.lay(piece, place, body, seed, 0.6)
        behind = backdrop.finish({}).pixels
    points = {name: place(np.array([xy], float))[0] for name, xy in sketch.points.items()}
    drawing = canvas.finish({name: (float(x), float(y)) for name, (x, y) in points.items()})
    return msgspec.structs.replace(drawing, behind=behind) if sketch.behind else drawing


def fit(sketch: Sketch, size: int, tilt: float, margin: float) -> Placing:
    """Where the sketch lies in the frame: turned, scaled to fit, centred."""
    c, s = np.cos(np.radians(tilt)), np.sin(np.radians(tilt))
    turned = np.concatenate([piece.outline for piece in (*sketch.pieces, *sketch.behind)]) @ np.array([[c, s], [-s, c]])
    low, high = turned.min(0), turned.max(0)
    scale = size * (1 - 2 * margin) / float((high - low).max())
    matrix = np.zeros((2, 3))
    matrix[:, :2] = scale * np.array([[c, -s], [s, c]])
    matrix[:, 2] = size / 2 - scale * (low + high) / 2
    return Placing(matrix, size / 512)


def _silhouette(sketch: Sketch, size: int, place: Placing) -> tuple[Plane, Plane]:
    """Slopes of the whole figure's rounding at coarse scale."""
    coarse = place.shrunk(COARSE)
    cover = np.zeros((-(-size // COARSE),) * 2, np.uint8)
    for piece in sketch.pieces:
        cv2.fillPoly(cover, [fixed(coarse(piece.outline))], 255, cv2.LINE_AA, 4)
    return slopes(rounded(cover.astype(np.float32) * np.float32(1 / 255), 9 * coarse.point) * np.float32(0.8))


class _Canvas:
    """The frame so far. colour: (3, h, w) premultiplied; alpha; and per pixel the part that shows most."""

    def __init__(self, size: int) -> None:
        self.size = size
        self.colour = np.zeros((3, size, size), np.float32)
        self.alpha = np.zeros((size, size), np.float32)
        self.most = np.zeros((size, size), np.float32)
        self.labels = np.zeros((size, size), np.uint8)
        self.names: list[str] = []

    def lay(self, piece: Piece, place: Placing, body: tuple[Plane, Plane], seed: int, strength: float) -> None:
        outline = place(piece.outline)
        low = np.floor(outline.min(0)).astype(int) - 2
        high = np.ceil(outline.max(0)).astype(int) + 3
        x0, y0 = (int(v) // COARSE * COARSE for v in np.maximum(low, 0))
        x1, y1 = (int(v) for v in np.minimum(high, self.size))
        if x1 - x0 < 1 or y1 - y0 < 1:
            return
        here = place.within((x0, y0))
        shape = (y1 - y0, x1 - x0)
        cover = cover_of([here(path) for path in (piece.outline, *piece.holes)], shape).astype(np.float32) * np.float32(
            1 / 255
        )
        if not piece.part:
            self._cut(cover, slice(y0, y1), slice(x0, x1))
            return
        self._shadow(cover, piece.lift * place.point, x0, y0)
        colour = _material(piece, cover, here, (x0, y0), body, seed, strength)
        self._composite(colour, cover * np.float32(piece.alpha), piece.part, slice(y0, y1), slice(x0, x1))

    def _cut(self, cover: Plane, ys: slice, xs: slice) -> None:
        """Take away what lies there."""
        for plane in (self.colour[:, ys, xs], self.alpha[ys, xs], self.most[ys, xs]):
            plane *= 1 - cover

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
    piece: Piece,
    cover: Plane,
    here: Placing,
    corner: tuple[int, int],
    body: tuple[Plane, Plane],
    seed: int,
    strength: float,
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
    if strength != 1:
        factor = 1 + (factor - 1) * np.float32(strength)
    factor *= np.float32(piece.shade)
    planes = _drape(piece, here, grain, (h, w), gx, gy)
    planes = print_on(planes, piece, here)
    light = cv2.resize(factor, (w, h), interpolation=cv2.INTER_LINEAR) * ink(piece, here, (h, w))
    planes *= light
    shine = kind.sheen * 255 * cv2.resize(gloss, (w, h), interpolation=cv2.INTER_LINEAR)
    if piece.gleam > 0:
        shine = shine + np.float32(255 * piece.gleam) * _gleam((h, w), here)
    planes += shine
    return set_studs(planes, piece, here)


def _drape(piece: Piece, here: Placing, grain: float, shape: tuple[int, int], gx: Plane, gy: Plane) -> Plane:
    """The cloth's tile over the crop, turned into its grain and pushed about by the relief."""
    h, w = shape
    sheet, period = piece.cloth.sheet(round(here.point * 512))
    angle = np.radians(grain - 90 + piece.cloth.turn)
    c, s = np.float32(np.cos(angle)), np.float32(np.sin(angle))
    # texture is anchored at the sketch's origin, so that neighbouring pieces of one grain continue each other
    ox, oy = here(np.zeros((1, 2)))[0].astype(np.float32)
    push = np.float32(4.5 * here.point)  # no more than this, or prints curl up at the sharpest folds
    ys, xs = np.arange(h, dtype=np.float32)[:, None] - oy, np.arange(w, dtype=np.float32)[None] - ox
    dx = xs + cv2.resize(np.tanh(gx), (w, h)) * push
    dy = ys + cv2.resize(np.tanh(gy), (w, h)) * push
    u, v = dx * c + dy * s, dy * c - dx * s
    for axis in (u, v):  # move by whole periods into the sheet, which is cheaper than wrapping every pixel
        axis -= period * np.floor(axis.min() / period)
    places, between = cv2.convertMaps(u, v, cv2.CV_16SC2)
    planes = np.empty((3, h, w), np.float32)
    for target, plane in zip(planes, sheet, strict=True):
        target[:] = cv2.remap(plane, places, between, cv2.INTER_LINEAR)
    return planes


def _gleam(shape: tuple[int, int], here: Placing) -> Plane:
    """Bands of reflected studio light, running askew."""
    h, w = shape
    ys, xs = np.arange(h, dtype=np.float32)[:, None], np.arange(w, dtype=np.float32)[None]
    phase = (xs + 0.6 * ys) / np.float32(max(w, h, 1))
    bands = np.exp(-(((phase - 0.38) / 0.09) ** 2)) + 0.5 * np.exp(-(((phase - 0.72) / 0.05) ** 2))
    return np.asarray(bands, np.float32)
