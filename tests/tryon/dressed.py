"""A drawn person of known parts, and layers to lay over them."""

import numpy as np
from numpy.typing import NDArray

from tryon.bodies import LABELS, Body
from tryon.layers import Layer

SHAPE = (240, 180)
COLOURS = {
    "background": (150, 170, 190), "hair": (60, 40, 30), "face": (214, 170, 145), "neck": (205, 160, 135),
    "arm": (208, 163, 138), "hand": (210, 165, 140), "torso": (208, 163, 138), "upper": (180, 60, 60),
    "lower": (50, 60, 110), "leg": (205, 160, 135), "shoe": (30, 30, 30), "other": (90, 120, 60),
}  # fmt: skip


def labels(arm: str = "down") -> NDArray[np.uint8]:
    """Front view, 240 pixels high; arm: "down", or "over" for the left forearm across the waist."""
    named = np.zeros(SHAPE, np.uint8)

    def box(name: str, x0: int, y0: int, x1: int, y1: int) -> None:
        named[y0:y1, x0:x1] = LABELS.index(name)

    box("leg", 66, 130, 114, 220)
    box("lower", 66, 128, 114, 190)
    box("shoe", 66, 216, 114, 226)
    box("upper", 60, 60, 120, 132)
    for x in (46, 120):
        box("upper", x, 60, x + 14, 88)
        box("arm", x, 88, x + 14, 126)
        box("hand", x, 126, x + 14, 140)
    if arm == "over":
        box("background", 120, 110, 134, 140)
        box("arm", 84, 100, 134, 112)
        box("hand", 70, 98, 84, 114)
    box("neck", 82, 50, 98, 62)
    box("hair", 72, 14, 108, 74)
    box("upper", 78, 62, 102, 74)
    box("neck", 82, 50, 98, 62)
    box("face", 76, 22, 104, 54)
    return named


def body(named: NDArray[np.uint8], seed: int = 0) -> Body:
    """The photo of such labels, a little grainy, and its pose."""
    rng = np.random.default_rng(seed)
    colours = np.array([COLOURS[name] for name in LABELS], np.float32)
    light = np.linspace(0.9, 1.05, SHAPE[1], dtype=np.float32)[None, :, None]
    pixels = np.clip(colours[named] * light + rng.normal(0, 2, (*SHAPE, 1)), 0, 255).astype(np.uint8)
    points = np.zeros((33, 3), np.float32)
    points[:11, :2] = (90, 36)
    over = named[106, 100] == LABELS.index("arm")
    places = {
        11: (124, 66), 12: (56, 66), 13: (128, 100), 14: (52, 100), 15: (84, 106) if over else (128, 128),
        16: (52, 128), 19: (76, 106) if over else (128, 138), 20: (52, 138), 17: (76, 108) if over else (126, 138),
        18: (54, 138), 23: (104, 132), 24: (76, 132), 25: (104, 176), 26: (76, 176), 27: (104, 216), 28: (76, 216),
    }  # fmt: skip
    for index, place in places.items():
        points[index, :2] = place
    world = np.zeros((33, 3), np.float32)
    if over:
        world[15, 2] = -0.2
    return Body(
        pixels=pixels,
        box=(46.0, 14.0, 134.0, 226.0),
        points=points,
        visibility=np.ones(33, np.float32),
        world=world,
        person=(named > 0).astype(np.float32),
        turn=0.0,
    )


def layer(name: str, x0: int, y0: int, x1: int, y1: int, colour: tuple[int, int, int] = (40, 160, 90)) -> Layer:
    """A plain opaque piece of cloth."""
    pixels = np.empty((y1 - y0, x1 - x0, 4), np.uint8)
    pixels[:] = (*colour, 255)
    return Layer(name=name, pixels=pixels, x=x0, y=y0)


def tee() -> list[Layer]:
    """A T-shirt that covers more than the worn one."""
    return [
        layer("0-t-shirt/inside", 74, 52, 106, 70, (20, 80, 45)),
        layer("0-t-shirt/body", 58, 58, 122, 140),
        layer("0-t-shirt/sleeve_left", 118, 58, 138, 92),
        layer("0-t-shirt/sleeve_right", 42, 58, 62, 92),
    ]
