"""All-over prints of many colours, as patterns: RGB tiles that repeat without a seam. The first colour is the ground."""

from collections.abc import Sequence

import cv2
import numpy as np

from sample.curves import ellipse, turn
from sample.patterns import RGB, Painter, Pixels, bands, fill
from sample.weaves import TILE, noise

Rng = np.random.Generator


def _more(rng: Rng, colours: Sequence[RGB], count: int) -> list[RGB]:
    """Colours between and beside those given."""
    found = []
    for _ in range(count):
        a, b = (np.array(colours[int(rng.integers(len(colours)))], float) for _ in range(2))
        mixed = np.clip(a + (b - a) * rng.uniform(0, 1) + rng.normal(0, 38, 3), 0, 255).tolist()
        found.append((int(mixed[0]), int(mixed[1]), int(mixed[2])))
    return found


def _bouquets(rng: Rng, canvas: Pixels, colours: Sequence[RGB]) -> None:
    petals, leaves = _more(rng, colours[1:], 4), _more(rng, [*colours[1:], (60, 120, 60)], 3)
    count = int(rng.integers(25, 90))
    for _ in range(count):
        x, y, spin = *rng.uniform(0, TILE, 2), rng.uniform(0, 360)
        size = rng.uniform(0.5, 1.3) * 130 / np.sqrt(count)
        for k in range(int(rng.integers(2, 6))):
            blade = ellipse(size * 0.9, 0, size * 0.55, size * 0.16, steps=10)
            fill(canvas, turn(blade, spin + k * 77) + (x, y), leaves[k % len(leaves)])
        first = petals[rng.integers(len(petals))]
        n = int(rng.integers(4, 8))
        for k in range(n):
            petal = ellipse(size * 0.36, 0, size * 0.36, size * rng.uniform(0.16, 0.3), steps=10)
            fill(canvas, turn(petal, spin + k * 360 / n) + (x, y), first)
        fill(canvas, ellipse(x, y, size * 0.14, size * 0.14, steps=10), petals[0])


def _leopard(rng: Rng, canvas: Pixels, colours: Sequence[RGB]) -> None:
    count = int(rng.integers(8, 15))
    step = TILE / count
    for row in range(count):
        for column in range(count):
            x = (column + 0.5 * (row % 2) + rng.uniform(0.2, 0.8)) * step
            y = (row + rng.uniform(0.2, 0.8)) * step
            spot = ellipse(0, 0, step * rng.uniform(0.25, 0.45), step * rng.uniform(0.2, 0.36), steps=12)
            spot = turn(spot * rng.uniform(0.8, 1.2, (12, 1)), rng.uniform(0, 180))
            fill(canvas, spot + (x, y), colours[1])
            fill(canvas, spot * 0.55 + (x + step * 0.08, y), colours[-1])


def _marbled(rng: Rng, canvas: Pixels, colours: Sequence[RGB]) -> None:
    size = float(rng.uniform(4, 24))
    palette = [colours[0], *_more(rng, colours, 3)]
    for colour in palette[1:]:
        field = cv2.resize(noise(rng, (size, size * rng.uniform(0.6, 2))), canvas.shape[1::-1])
        soft = 1 / (1 + np.exp(-(field - rng.uniform(0.2, 0.8)) * rng.uniform(2, 14)))[..., None]
        canvas[:] = np.rint(canvas * (1 - soft) + np.array(colour) * soft)


def _abstract(rng: Rng, canvas: Pixels, colours: Sequence[RGB]) -> None:
    palette = [*colours[1:], *_more(rng, colours, 3)]
    for _ in range(int(rng.integers(14, 60))):
        x, y = rng.uniform(0, TILE, 2)
        count = int(rng.integers(3, 9))
        angles = np.sort(rng.uniform(0, 2 * np.pi, count))
        radii = rng.uniform(5, 34, count)
        shape = np.stack([np.cos(angles) * radii, np.sin(angles) * radii], 1)
        fill(canvas, shape + (x, y), palette[rng.integers(len(palette))])


def _multi_stripes(rng: Rng, canvas: Pixels, colours: Sequence[RGB]) -> None:
    palette = [*colours, *_more(rng, colours, 2)]
    at, axis = 0.0, int(rng.integers(2))
    while at < TILE:
        width = min(float(rng.choice([2, 4, 8, 14, 24])), TILE - at)
        bands(canvas, at, width, palette[rng.integers(len(palette))], axis)
        at += width


def _melange(rng: Rng, canvas: Pixels, colours: Sequence[RGB]) -> None:
    field = cv2.resize(noise(rng, (rng.uniform(0.6, 3.0), rng.uniform(0.6, 6.0))), canvas.shape[1::-1])
    soft = np.clip(field * rng.uniform(0.08, 0.35), 0, 1)[..., None]
    canvas[:] = np.rint(canvas * (1 - soft) + np.array(colours[1]) * soft)


def _stars(rng: Rng, canvas: Pixels, colours: Sequence[RGB]) -> None:
    angles = np.arange(10) * np.pi / 5 - np.pi / 2
    star = np.stack([np.cos(angles), np.sin(angles)], 1) * np.where(np.arange(10) % 2, 0.42, 1.0)[:, None]
    for _ in range(int(rng.integers(20, 80))):
        x, y = rng.uniform(0, TILE, 2)
        fill(canvas, turn(star * rng.uniform(3, 11), rng.uniform(0, 72)) + (x, y), colours[1 + int(rng.integers(2))])


PRINTS: dict[str, Painter | None] = {
    "bouquets": _bouquets, "leopard": _leopard, "marbled": _marbled, "abstract": _abstract, "multi-striped": _multi_stripes,
    "melange": _melange, "stars": _stars,
}  # fmt: skip
