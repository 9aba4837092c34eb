"""Woven and printed patterns: RGB tiles (n, n, 3) uint8 that repeat without a seam. The first colour is the ground."""

from collections.abc import Callable, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.curves import Points, ellipse, turn
from sample.weaves import TILE, noise

RGB = tuple[int, int, int]
Pixels = NDArray[np.uint8]
FINE = 2  # tiles are drawn this much larger, then averaged
Painter = Callable[[np.random.Generator, Pixels, Sequence[RGB]], None]


def fill(canvas: Pixels, outline: Points, colour: RGB) -> None:
    """Fill a polygon given in points, again wherever the tile's repeats cut it."""
    low, high = outline.min(0), outline.max(0)
    for dx in (0, -TILE, TILE):
        for dy in (0, -TILE, TILE):
            if low[0] + dx < TILE and high[0] + dx > 0 and low[1] + dy < TILE and high[1] + dy > 0:
                moved = np.rint((outline + (dx, dy)) * FINE * 16).astype(np.int32)
                cv2.fillPoly(canvas, [moved], colour, cv2.LINE_AA, 4)


def bands(canvas: Pixels, start: float, width: float, colour: RGB, axis: int, weight: float = 1.0) -> None:
    """Paint a band across the tile, in points; axis 0: it lies, 1: it stands."""
    a, b = round(start * FINE), round((start + width) * FINE)
    part = canvas[a:b] if axis == 0 else canvas[:, a:b]
    part[:] = np.rint(part * (1 - weight) + np.array(colour) * weight)


def _stripes(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([5, 6, 8, 10]))
    share = rng.choice([0.36, 0.42])
    for start in np.arange(0, TILE, period):
        bands(canvas, start, period * share, colours[1], 0)


def _breton(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([12, 15]))
    for start in np.arange(0, TILE, period):
        bands(canvas, start, period * 0.34, colours[1], 0)


def _pinstripe(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([15, 20, 24]))
    for start in np.arange(0, TILE, period):
        bands(canvas, start, 2, colours[1], 1, 0.9)


def _retro_stripes(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / 4
    for start in np.arange(0, TILE, period):
        bands(canvas, start, period * 0.22, colours[1], 0)
        bands(canvas, start + period * 0.30, period * 0.08, colours[-1], 0)


def _gingham(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([12, 15, 20]))
    for start in np.arange(0, TILE, period):
        bands(canvas, start, period * 0.45, colours[1], 0, 0.5)
    for start in np.arange(0, TILE, period):
        bands(canvas, start, period * 0.45, colours[1], 1, 0.5)


def _plaid(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([3, 4]))
    third = colours[-1]
    for axis in (0, 1):
        for start in np.arange(0, TILE, period):
            bands(canvas, start, period * 0.34, colours[1], axis, 0.5)
            bands(canvas, start + period * 0.13, period * 0.05, colours[0], axis, 0.5)
            bands(canvas, start + period * 0.62, period * 0.05, third, axis, 0.6)
            bands(canvas, start + period * 0.72, period * 0.025, third, axis, 0.5)


def _windowpane(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([5, 6]))
    for axis in (0, 1):
        for start in np.arange(0, TILE, period):
            bands(canvas, start, 2.5, colours[1], axis, 0.9)


def _dots(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([8, 10, 12]))
    radius = period * rng.uniform(0.2, 0.27)
    for row, y in enumerate(np.arange(period / 2, TILE, period)):
        for x in np.arange(period * (0.25 + 0.5 * (row % 2)), TILE, period):
            fill(canvas, ellipse(x, y, radius, radius, steps=20), colours[1])


def _floral(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    cells = 5
    step = TILE / cells
    for row in range(cells):
        for column in range(cells):
            x = (column + 0.5 * (row % 2) + rng.uniform(0.25, 0.75)) * step
            y = (row + rng.uniform(0.25, 0.75)) * step
            size, spin = step * rng.uniform(0.2, 0.3), rng.uniform(0, 360)
            for leaf in (0, 140):
                blade = ellipse(size * 1.25, 0, size * 0.55, size * 0.2, steps=16)
                fill(canvas, turn(blade, spin + leaf + 36) + (x, y), colours[-1])
            for petal in range(5):
                fill(
                    canvas,
                    turn(ellipse(size * 0.5, 0, size * 0.46, size * 0.3, steps=16), spin + petal * 72) + (x, y),
                    colours[1],
                )
            fill(canvas, ellipse(x, y, size * 0.2, size * 0.2, steps=14), colours[0])


def _leaves(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    for row in range(4):
        for column in range(4):
            x, y = (column + rng.uniform(0.2, 0.8)) * TILE / 4, (row + rng.uniform(0.2, 0.8)) * TILE / 4
            spin, size = rng.uniform(0, 360), rng.uniform(20, 30)
            for k in np.linspace(-0.8, 0.8, 5):
                for side in (-50, 50):
                    blade = turn(ellipse(size * 0.3, 0, size * 0.32, size * 0.09, steps=12), side) + (k * size, 0)
                    fill(canvas, turn(blade, spin) + (x, y), colours[1])


def _diamonds(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([6, 8]))
    for row, y in enumerate(np.arange(0, TILE, period)):
        for x in np.arange(period / 2 * (row % 2), TILE, period):
            r = period * 0.36
            fill(canvas, np.array([(x - r, y), (x, y - r), (x + r, y), (x, y + r)]), colours[1])


def _argyle(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    w, h = TILE / 5, TILE / 3
    for row in range(6):
        for column in range(5):
            x, y = (column + 0.5 * (row % 2)) * w, row * h / 2
            fill(
                canvas,
                np.array([(x - w / 2, y), (x, y - h / 2), (x + w / 2, y), (x, y + h / 2)]),
                colours[1 if row % 2 else 0],
            )
    for column in range(5):
        for row in range(3):
            x, y = (column + 0.5) * w, (row + 0.5) * h
            for sx in (-1, 1):
                line = np.array([(x - sx * w / 2, y - h / 2), (x + sx * w / 2, y + h / 2)])
                edge = np.concatenate([line + (0.6, 0), line[::-1] - (0.6, 0)])
                fill(canvas, edge, colours[-1])


def _zigzag(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    period = TILE / int(rng.choice([8, 10]))
    width, height = TILE / 10, period * 0.6
    xs = np.arange(-2, 24) * width / 2
    zig = np.where(np.arange(len(xs)) % 2 == 0, 0.0, height)
    for y in np.arange(0, TILE, period):
        top = np.stack([xs, y + zig], 1)
        moved = np.rint(np.concatenate([top, top[::-1] + (0, period * 0.4)]) * FINE * 16).astype(np.int32)
        for dy in (0, -TILE):
            cv2.fillPoly(canvas, [moved + (0, dy * FINE * 16)], colours[1], cv2.LINE_AA, 4)


def _camouflage(rng: np.random.Generator, canvas: Pixels, colours: Sequence[RGB]) -> None:
    for colour, level in zip(colours[1:], (0.55, 0.9), strict=False):
        field = cv2.resize(noise(rng, (13, 9)), canvas.shape[1::-1], interpolation=cv2.INTER_LINEAR)
        canvas[field > level] = colour


PATTERNS: dict[str, Painter | None] = {
    "plain": None,
    "striped": _stripes,
    "breton": _breton,
    "retro": _retro_stripes,
    "pinstriped": _pinstripe,
    "gingham": _gingham,
    "plaid": _plaid,
    "windowpane": _windowpane,
    "dotted": _dots,
    "floral": _floral,
    "leafy": _leaves,
    "diamond": _diamonds,
    "argyle": _argyle,
    "zigzag": _zigzag,
    "camouflage": _camouflage,
}
