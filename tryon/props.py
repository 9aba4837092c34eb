"""What holds a garment up in made-up photos: hangers, mannequins, and people, drawn roughly behind it."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.garments import POINTS

Plane = NDArray[np.floating[Any]]
SKINS = ((241, 205, 181), (228, 185, 151), (198, 145, 108), (160, 108, 75), (112, 74, 52), (74, 50, 38))


def hanger(ground: Plane, points: Plane, rng: np.random.Generator) -> None:
    """Draw a hanger behind a garment whose key points (len(POINTS), 2) lie in the picture."""
    at = dict(zip(POINTS, points, strict=True))
    thick = int(rng.integers(2, 6))
    colour = [(30, 30, 32), (196, 160, 118), (235, 235, 235), (150, 150, 155)][int(rng.integers(4))]
    left, right, base = at["shoulder_left"], at["shoulder_right"], at["neckline_front"]
    if np.isnan([left, right, base]).any():
        left, right = at["waist_left"], at["waist_right"]
        base = (left + right) / 2
        if np.isnan(base).any():
            return
    up = np.array([(right - left)[1], -(right - left)[0]])
    up = up / max(1e-6, float(np.linalg.norm(up))) * np.sign(-up[1] or 1.0)
    reach = float(np.linalg.norm(right - left))
    top = (left + right) / 2 + up * reach * rng.uniform(0.12, 0.3)
    for end in (left, right):
        _stroke(ground, [top, end * 0.92 + base * 0.08], colour, thick)
    turns = np.linspace(np.pi / 2, -0.9 * np.pi, 14)
    radius = reach * rng.uniform(0.04, 0.07)
    hook = [top, *(top + up * radius * 2.5 + radius * np.array([np.cos(t), np.sin(t)]) for t in turns)]
    _stroke(ground, hook, (120, 120, 124), max(1, thick // 2))


def mannequin(ground: Plane, points: Plane, rng: np.random.Generator) -> bool:
    """Draw a bust of plastic or cloth; whether it fills the garment's openings."""
    grey = rng.uniform(20, 245)
    return _figure(
        ground, points, (grey, grey * rng.uniform(0.93, 1.0), grey * rng.uniform(0.85, 1.0)), rng, stump=True
    )


def limbs(ground: Plane, points: Plane, rng: np.random.Generator) -> bool:
    """Draw head, neck, hands and legs of somebody who wears it; whether they fill the garment's openings."""
    skin = np.array(SKINS[int(rng.integers(len(SKINS)))]) * rng.uniform(0.85, 1.1)
    return _figure(ground, points, tuple(float(c) for c in skin.clip(0, 255)), rng, stump=False)


def _figure(ground: Plane, points: Plane, colour: tuple[float, ...], rng: np.random.Generator, stump: bool) -> bool:
    at = dict(zip(POINTS, points, strict=True))

    def known(*names: str) -> bool:
        return not np.isnan([at[name] for name in names]).any()

    if known("neckline_left", "neckline_right", "neckline_front", "shoulder_left", "shoulder_right"):
        neck = (at["neckline_left"] + at["neckline_right"]) / 2
        width = float(np.linalg.norm(at["neckline_left"] - at["neckline_right"])) * rng.uniform(0.55, 0.9)
        down = at["neckline_front"] - neck
        down = down / max(1e-6, float(np.linalg.norm(down)))
        chest = [
            at["shoulder_right"],
            neck - 0.2 * width * down,
            at["shoulder_left"],
            at["neckline_front"] + 0.5 * width * down,
        ]
        _fill(ground, chest, colour)
        length = width * (rng.uniform(0.5, 1.0) if stump else rng.uniform(0.7, 1.1))
        _stroke(ground, [at["neckline_front"], neck - length * down], colour, round(width))
        if not stump and rng.random() < 0.7:
            head = neck - (length + 0.7 * width) * down
            hair = tuple(float(c) for c in rng.uniform(15, 120) * np.array([1.0, 0.8, 0.65]))
            _ellipse(ground, head - 0.15 * width * down, (0.95 * width, 1.2 * width), hair)
            _ellipse(ground, head + 0.1 * width * down, (0.75 * width, 1.0 * width), colour)
        for side in ("left", "right"):
            _arm(ground, at, side, colour, rng, stump)
        _legs(ground, at["hem_left"], at["hem_right"], neck, colour, rng, stump)
        return True
    if known("waist_left", "waist_right"):
        waist = (at["waist_left"] + at["waist_right"]) / 2
        ends = [at[name] for name in ("hem_left", "hem_right", "hem_outer_left", "hem_outer_right") if known(name)]
        if not ends:
            return False
        up = waist - np.mean(ends, axis=0)
        up = up / max(1e-6, float(np.linalg.norm(up)))
        width = float(np.linalg.norm(at["waist_left"] - at["waist_right"]))
        bare = colour if stump or rng.random() < 0.5 else tuple(float(c) for c in rng.uniform(20, 240, 3))
        rise = width * rng.uniform(0.15, 0.9)
        _fill(
            ground,
            [at["waist_left"], at["waist_right"], at["waist_right"] + up * rise, at["waist_left"] + up * rise],
            bare,
        )
        if known("hem_outer_left", "hem_inner_left", "hem_outer_right", "hem_inner_right"):
            for side in ("left", "right"):
                outer, inner = at[f"hem_outer_{side}"], at[f"hem_inner_{side}"]
                thick = float(np.linalg.norm(outer - inner))
                middle = (outer + inner) / 2
                end = middle - up * thick * (rng.uniform(0.3, 0.8) if stump else rng.uniform(0.6, 2.2))
                _stroke(ground, [middle + up * thick, end], colour, round(thick * rng.uniform(0.5, 0.8)))
        else:
            _legs(ground, at["hem_left"], at["hem_right"], waist, colour, rng, stump)
        return True
    return False


def _arm(
    ground: Plane, at: dict[str, Plane], side: str, colour: tuple[float, ...], rng: np.random.Generator, stump: bool
) -> None:
    """A hand or forearm out of a sleeve, or an arm where there is none."""
    outer, inner, shoulder, armpit = (at[f"{n}_{side}"] for n in ("cuff_outer", "cuff_inner", "shoulder", "armpit"))
    if np.isnan([shoulder, armpit]).any():
        return
    if np.isnan([outer, inner]).any():
        if stump:
            return
        start, thick = (shoulder + armpit) / 2, float(np.linalg.norm(shoulder - armpit)) * 0.7
        away = np.array([0.35 if side == "left" else -0.35, 1.0]) * rng.uniform(0.8, 1.2, 2)
        _stroke(ground, [start, start + away * thick * rng.uniform(2.5, 4.5)], colour, round(thick * 0.75))
        return
    start, thick = (outer + inner) / 2, float(np.linalg.norm(outer - inner))
    away = start - (shoulder + armpit) / 2
    away = away / max(1e-6, float(np.linalg.norm(away)))
    length = thick * (rng.uniform(0.1, 0.5) if stump else rng.uniform(0.8, 2.5))
    _stroke(ground, [start - away * thick, start + away * length], colour, round(thick * rng.uniform(0.5, 0.8)))


def _legs(
    ground: Plane,
    left: Plane,
    right: Plane,
    top: Plane,
    colour: tuple[float, ...],
    rng: np.random.Generator,
    stump: bool,
) -> None:
    """Legs, in trousers or bare, below a hem; nothing of a bust."""
    if stump or np.isnan([left, right, top]).any():
        return
    shade = colour if rng.random() < 0.5 else tuple(float(c) for c in rng.uniform(15, 200, 3))
    down = (left + right) / 2 - top
    length = max(1e-6, float(np.linalg.norm(down)))
    width = float(np.linalg.norm(left - right))
    for share in (0.3, 0.7):
        start = left * share + right * (1 - share)
        end = start + down / length * rng.uniform(0.3, 1.0) * length
        _stroke(ground, [start - down * 0.15, end], shade, max(2, round(width * rng.uniform(0.22, 0.38))))


def _stroke(ground: Plane, path: list[Plane], colour: tuple[float, ...], thick: int) -> None:
    _soften(ground, lambda mask: cv2.polylines(mask, [_fixed(path)], False, 255, max(1, thick), cv2.LINE_AA, 3), colour)


def _fill(ground: Plane, path: list[Plane], colour: tuple[float, ...]) -> None:
    _soften(ground, lambda mask: cv2.fillPoly(mask, [_fixed(path)], 255, cv2.LINE_AA, 3), colour)


def _ellipse(ground: Plane, centre: Plane, size: tuple[float, float], colour: tuple[float, ...]) -> None:
    turns = np.linspace(0, 2 * np.pi, 40)
    _fill(ground, [centre + np.array([size[0] * np.cos(t), size[1] * np.sin(t)]) for t in turns], colour)


def _fixed(path: list[Plane]) -> NDArray[np.int32]:
    return np.asarray(np.rint(np.clip(np.asarray(path), -4000, 4000) * 8), np.int32)


def _soften(ground: Plane, draw: object, colour: tuple[float, ...]) -> None:
    """Paint what ``draw`` fills, rounded by a shading that falls off to its edges."""
    mask = np.zeros(ground.shape[:2], np.uint8)
    draw(mask)  # type: ignore[operator]
    weight = mask.astype(np.float32) / 255
    depth = cv2.GaussianBlur(weight, (0, 0), 5)
    tone = np.array(colour, np.float32) * (0.7 + 0.35 * depth[..., None])
    ground += (tone - ground) * weight[..., None]
