"""What a garment is made of: colours as real wardrobes have them, weaves, patterns and how strongly folds show."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from sample.cloth import Cloth
from sample.colours import COLOURS, to_lab, to_rgb
from sample.curves import Points, ellipse, trace
from sample.pieces import RGB, Line, Patch
from sample.shapes.tees import emblem
from sample.style import Look

_PALE: Final = ((97.0, 0.0, 1.0), (95.0, 0.0, 3.0), (93.0, 1.0, 9.0), (90.0, 2.0, 6.0), (88.0, 0.0, 0.0))
_DARK: Final = ((9.0, 0.0, -1.0), (13.0, 0.0, 0.0), (17.0, 1.0, -4.0), (18.0, 4.0, -16.0), (27.0, 0.0, -1.0))
_ALL_OVER: Final = (
    "striped", "striped", "breton", "breton", "retro", "pinstriped", "gingham", "plaid", "plaid", "windowpane", "dotted",
    "floral", "floral", "floral", "leafy", "diamond", "argyle", "zigzag", "camouflage",
    "bouquets", "bouquets", "bouquets", "leopard", "marbled", "abstract", "abstract", "multi-striped", "multi-striped",
    "melange", "melange", "stars",
)  # fmt: skip


@dataclass(frozen=True)
class Fabric:
    """weaves: which it may be; printed: share of patterned ones; pale: share of white and cream ones, and as many dark."""

    weaves: tuple[str, ...]
    printed: float = 0.35
    pale: float = 0.22
    colours: tuple[str, ...] = ()


COTTON: Final = Fabric(("jersey", "jersey", "poplin", "linen", "wool", "rib"))
KNIT: Final = Fabric(("knit", "rib", "wool", "fleece", "jersey"), 0.3)
FLOWING: Final = Fabric(("poplin", "chiffon", "satin", "jersey", "linen"), 0.5)
SHIRTING: Final = Fabric(("poplin", "poplin", "linen", "denim", "wool", "satin"), 0.45)
SWEAT: Final = Fabric(("fleece", "jersey", "fleece", "wool"), 0.15)
COATING: Final = Fabric(("wool", "drill", "leather", "nylon", "canvas", "wool"), 0.15)
PADDED: Final = Fabric(("nylon", "nylon", "satin", "leather"), 0.15)
TAILORING: Final = Fabric(("wool", "drill", "linen", "jersey", "leather"), 0.2)
DENIM: Final = Fabric(("denim",), 0.0, 0.1, ("denim blue", "denim blue", "light blue", "navy", "grey", "blue"))


def shade(rng: np.random.Generator, fabric: Fabric) -> RGB:
    """A colour of the cloth: white and black as often as people wear them, any other else."""
    draw = rng.random()
    if draw < fabric.pale:
        lab = np.array(_PALE[rng.integers(len(_PALE))])
        return to_rgb(lab + rng.normal(0, 1, 3) * (1.5, 0.8, 1.5))
    if draw < 2 * fabric.pale:
        lab = np.array(_DARK[rng.integers(len(_DARK))])
        return to_rgb(np.maximum(lab + rng.normal(0, 1, 3) * (2.5, 1, 2), (4, -128, -128)))
    names = fabric.colours or tuple(COLOURS)
    lab = np.array(COLOURS[names[rng.integers(len(names))]].lab)
    return to_rgb(lab + rng.normal(0, 1, 3) * (7, 6, 6))


def other(ground: RGB, rng: np.random.Generator) -> RGB:
    """A colour that is told from the ground."""
    l0 = float(to_lab(ground).ravel()[0])
    for _ in range(8):
        colour = shade(rng, COTTON)
        if abs(float(to_lab(colour).ravel()[0]) - l0) > 18:
            return colour
    return (30, 30, 32) if l0 > 50 else (235, 233, 228)


def choose(rng: np.random.Generator, fabric: Fabric) -> tuple[Look, float]:
    """A look, and how strongly its folds show: hardly on black, softly on white."""
    ground = shade(rng, fabric)
    second, third = other(ground, rng), other(ground, rng)
    weave = str(rng.choice(fabric.weaves))
    pattern = str(rng.choice(_ALL_OVER)) if rng.random() < fabric.printed else "plain"
    scale = float(np.exp(rng.uniform(np.log(0.4), np.log(2.2)))) if pattern != "plain" else 1.0
    turn = float(rng.choice([0, 0, 0, 0, 90, 45])) if pattern != "plain" else 0.0
    colours = (ground,) if pattern == "plain" else (ground, second, third)
    cloth = Cloth(colours, weave, pattern, int(rng.integers(10_000)), scale, turn, float(rng.uniform(0.2, 1.1)))
    light = float(to_lab(ground).ravel()[0])
    relief = rng.uniform(0.25, 0.85) if light > 86 else rng.uniform(0.3, 1.2) if light < 22 else rng.uniform(0.45, 1.3)
    return Look(cloth, cloth.plain(colour=second), third), float(relief)


def graphic(rng: np.random.Generator, ground: RGB, half: float, top: float, low: float) -> tuple[Line | Patch, ...]:
    """A print on the front of a body of half width ``half`` between two heights: a picture, words, a logo, a band
    or blocks of colour."""
    first, second = other(ground, rng), other(ground, rng)
    kind = rng.integers(7)
    y = top + (low - top) * rng.uniform(0.15, 0.35)
    if kind == 0:
        return emblem(rng, (first, second), half * rng.uniform(0.25, 0.55), (rng.normal(0, 0.5), y + half * 0.3))
    if kind == 1:
        return words(rng, first, half * rng.uniform(0.4, 0.75), y, int(rng.integers(1, 5)))
    if kind == 2:
        side, size = rng.choice([-1, 1]), rng.uniform(1.2, 2.6)
        return emblem(rng, (first, second), size, (side * half * rng.uniform(0.35, 0.5), top + 2))
    if kind == 3:  # a band across
        h = rng.uniform(5, 16)
        return (Patch([_box(-60, y, 120, h)], first), Patch([_box(-60, y + h * 0.4, 120, h * 0.2)], second))
    if kind == 4:  # blocks
        edge = low - (low - top) * rng.uniform(0.2, 0.7)
        slant = rng.normal(0, 4)
        block = np.array([(-60, edge - slant), (60, edge + slant), (60, 250), (-60, 250)])
        return (Patch([block], first),)
    if kind == 5:  # a picture with words below
        w = half * rng.uniform(0.3, 0.6)
        h = w * rng.uniform(0.8, 1.5)
        box = _box(-w, y - 2, 2 * w, h)
        scene = [Patch([ellipse(rng.uniform(-w, w) * 0.6, y + h * rng.uniform(0.1, 0.8), w * rng.uniform(0.1, 0.4), w * rng.uniform(0.1, 0.4))], shade(rng, COTTON)) for _ in range(6)]  # fmt: skip
        hill = trace((-w, y + h - 2), (-w, y + h * 0.6), (-w * 0.3, y + h * rng.uniform(0, 0.6), w, y + h * 0.7), (w, y + h - 2))  # fmt: skip
        return (Patch([box], first), *scene, Patch([hill], second), *words(rng, second, w, y + h, 1))
    x = half * rng.uniform(-0.3, 0.6)
    return (Patch([_box(x, -30, half * rng.uniform(0.2, 3), 300)], first),)


def words(rng: np.random.Generator, colour: RGB, half: float, y: float, rows: int) -> tuple[Patch, ...]:
    """Lines of letter-like blocks, ``half`` the width of the longest."""
    size = rng.uniform(0.9, 4.5) if rows < 3 else rng.uniform(0.9, 2.2)
    outlines: list[Points] = []
    for row in range(rows):
        width = half * (1 if row == 0 else rng.uniform(0.5, 1))
        count = max(3, int(2 * width / (size * 0.85)))
        step = 2 * width / count
        for k in range(count):
            if rng.random() < 0.12:
                continue
            x, top = -width + k * step, y + row * size * 1.45
            outlines.append(_box(x, top, step * 0.76, size))
            outlines.append(_box(x + step * 0.2, top + size * rng.choice([0.0, 0.2, 0.5]), step * rng.uniform(0.3, 0.6), size * rng.uniform(0.2, 0.5)))  # fmt: skip
    return (Patch(outlines, colour),)


def _box(x: float, y: float, w: float, h: float) -> Points:
    return np.array([(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
