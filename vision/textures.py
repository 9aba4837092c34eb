"""Procedural backgrounds: wood, fabric, tiles, gradients, blurred lights, noise."""

import cv2
import numpy as np


def procedural_background(size: int, rng: np.random.Generator) -> np.ndarray:
    """A square texture, (size, size, 3) float32 in [0, 255], of a kind and colours drawn from ``rng``."""
    kind = rng.integers(len(KINDS))
    return np.asarray(KINDS[kind](size, rng).clip(0, 255), np.float32)


def _colour(rng: np.random.Generator) -> np.ndarray:
    """Mostly the muted colours of rooms: (3,) in [0, 255]."""
    grey = rng.uniform(30, 240)
    return np.asarray((grey + rng.normal(0, 12 if rng.random() < 0.7 else 60, 3)).clip(0, 255), np.float32)


def _smooth(size: int, cells: tuple[int, int], rng: np.random.Generator) -> np.ndarray:
    """Smooth noise (size, size) of about unit spread, with ``cells`` bumps down and across."""
    coarse = rng.normal(0, 1, (cells[0] + 2, cells[1] + 2)).astype(np.float32)
    return np.asarray(cv2.resize(coarse, (size, size), interpolation=cv2.INTER_CUBIC))


def _plain(size: int, rng: np.random.Generator) -> np.ndarray:
    ramp = np.linspace(0, 1, size, dtype=np.float32)
    mix = ramp[None, :, None] if rng.random() < 0.5 else ramp[:, None, None]
    mottled = _smooth(size, (4, 4), rng)[..., None] * rng.uniform(0, 12)
    return np.asarray(_colour(rng) * (1 - mix) + _colour(rng) * mix * np.ones((size, size, 1)) + mottled)


def _wood(size: int, rng: np.random.Generator) -> np.ndarray:
    base = np.array([1.0, 0.72, 0.45]) * rng.uniform(60, 230) + rng.normal(0, 10, 3)
    grain = _smooth(size, (3, int(rng.integers(20, 90))), rng) + _smooth(size, (2, 7), rng)
    texture = base + grain[..., None] * rng.uniform(5, 22)
    plank = int(rng.integers(size // 8, size // 2))
    for x in range(int(rng.integers(plank)), size, plank):
        texture[:, x : x + plank] *= rng.uniform(0.85, 1.1)
        texture[:, x : x + int(rng.integers(1, 3))] *= rng.uniform(0.3, 0.8)
    return np.asarray(texture.transpose(1, 0, 2) if rng.random() < 0.5 else texture)


def _fabric(size: int, rng: np.random.Generator) -> np.ndarray:
    folds = sum(_smooth(size, (int(rng.integers(2, 9)), int(rng.integers(2, 9))), rng) for _ in range(2))
    threads = rng.normal(0, 1, (size, 1)) + rng.normal(0, 1, (1, size)) + 0.5 * rng.normal(0, 1, (size, size))
    return np.asarray(_colour(rng) + (folds * rng.uniform(4, 20) + threads * rng.uniform(1, 6))[..., None])


def _pattern(size: int, rng: np.random.Generator) -> np.ndarray:
    """Stripes, checks or spots, as on rugs and bed clothes."""
    pitch = rng.uniform(0.03, 0.25) * size
    angle = rng.uniform(0, np.pi)
    y, x = np.mgrid[:size, :size].astype(np.float32)
    along, across = np.cos(angle) * x + np.sin(angle) * y, -np.sin(angle) * x + np.cos(angle) * y
    waves = np.sin(2 * np.pi * along / pitch)
    if rng.random() < 0.6:
        waves = (
            waves * np.sin(2 * np.pi * across / pitch)
            if rng.random() < 0.5
            else np.maximum(waves, np.sin(across / pitch * 5))
        )
    mix = (1 / (1 + np.exp(-waves * rng.uniform(1, 12))))[..., None]
    return np.asarray(_colour(rng) * mix + _colour(rng) * (1 - mix) + _smooth(size, (40, 40), rng)[..., None] * 6)


def _tiles(size: int, rng: np.random.Generator) -> np.ndarray:
    step = int(rng.integers(size // 10, size // 2))
    texture = _colour(rng) + _smooth(size, (30, 30), rng)[..., None] * rng.uniform(1, 10)
    grout, width = _colour(rng), int(rng.integers(1, 5))
    for start in range(int(rng.integers(step)), size, step):
        texture[start : start + width] = grout
        texture[:, start : start + width] = grout
    matrix = cv2.getRotationMatrix2D((size / 2, size / 2), float(rng.uniform(0, 90)), 1.5)
    return np.asarray(cv2.warpAffine(texture.astype(np.float32), matrix, (size, size), borderMode=cv2.BORDER_REFLECT))


def _lights(size: int, rng: np.random.Generator) -> np.ndarray:
    """A room out of focus: soft discs and slabs."""
    texture = np.ones((size, size, 3), np.float32) * _colour(rng)
    for _ in range(int(rng.integers(4, 25))):
        centre = tuple(int(v) for v in rng.integers(0, size, 2))
        colour = [float(v) for v in _colour(rng)]
        if rng.random() < 0.6:
            cv2.circle(texture, centre, int(rng.integers(size // 30, size // 5)), colour, cv2.FILLED)
        else:
            far = tuple(int(v) for v in rng.integers(0, size, 2))
            cv2.rectangle(texture, centre, far, colour, cv2.FILLED)
    return np.asarray(cv2.GaussianBlur(texture, (0, 0), float(rng.uniform(1, 8))))


def _noise(size: int, rng: np.random.Generator) -> np.ndarray:
    """Carpet and plaster: noise at several scales."""
    texture = np.zeros((size, size), np.float32)
    for cells in (6, 25, 90, size):
        texture += _smooth(size, (cells, cells), rng) * rng.uniform(0, 14)
    return np.asarray(_colour(rng) + texture[..., None] * (1 + rng.normal(0, 0.1, 3)))


KINDS = (_plain, _wood, _fabric, _pattern, _tiles, _lights, _noise)
