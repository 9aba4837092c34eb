"""Stand-ins for people and garments whose geometry is known: a jointed figure, and garments of the sample shop."""

from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from sample import Drawing
from tryon import PARTS, POINTS_OF, Body, Category, Garment

SIDES = (("left", 1), ("right", -1))
POSES: dict[str, dict[str, float]] = {
    "down": {"raise": 8, "bend": 6},
    "apart": {"raise": 30, "bend": 8},
    "akimbo": {"raise": 45, "bend": -95},
    "level": {"raise": 88, "bend": 4},
    "raised": {"raise": 150, "bend": 25},
    "forward": {"raise": 10, "bend": 10, "forward_left": 80},
    "stride": {"raise": 20, "bend": 15, "spread": 18, "knee": 20},
}
"""Degrees: arms from hanging, outwards; elbows, positive outwards; the left arm forward; legs apart; knees."""


def mannequin(
    pose: dict[str, float],
    *,
    turn: float = 0.0,
    lean: float = 0.0,
    shape: tuple[int, int] = (1024, 768),
    arms: tuple[float, ...] = (),
    person: NDArray[np.float32] | None = None,
) -> Body:
    """A figure 1.75 m tall, all of it in view. arms: raise, bend, forward of the left and of the right arm instead;
    person: a mask instead of the figure's own."""
    world = _joints(pose, lean, arms)
    angle = np.radians(turn)
    turned = world.copy()
    turned[:, 0] = world[:, 0] * np.cos(angle) - world[:, 2] * np.sin(angle)
    turned[:, 2] = world[:, 0] * np.sin(angle) + world[:, 2] * np.cos(angle)
    scale = shape[0] / 2.15
    middle = np.array([shape[1] / 2, shape[0] * 0.5])
    points = np.concatenate([turned[:, :2] * scale + middle, turned[:, 2:] * scale], 1).astype(np.float32)
    person = _mask(points, scale, angle, shape) if person is None else person
    pixels = (
        235 - person[..., None] * (np.array([20, 50, 70]) + 40 * (np.arange(shape[1]) / shape[1])[None, :, None])
    ).astype(np.uint8)
    ys, xs = np.nonzero(person > 0.5)
    return Body(
        pixels=pixels, box=(float(xs.min()), float(ys.min()), float(xs.max() + 1), float(ys.max() + 1)), points=points,
        visibility=np.ones(33, np.float32), world=turned.astype(np.float32), person=person, turn=turn,
    )  # fmt: skip


def _joints(pose: dict[str, float], lean: float, arms: tuple[float, ...]) -> NDArray[np.float64]:
    """(33, 3) metres from the middle of the hips, y down, z smaller nearer."""
    p = np.zeros((33, 3))
    neck = np.array([np.sin(np.radians(lean)), -np.cos(np.radians(lean)), 0]) * 0.5
    p[:11] = np.add(neck, (0, -0.23, -0.08))
    for index, x, y, z in ((7, 0.075, -0.02, 0.07), (8, -0.075, -0.02, 0.07), (2, 0.03, -0.03, 0), (5, -0.03, -0.03, 0), (9, 0.02, 0.06, 0), (10, -0.02, 0.06, 0)):  # fmt: skip
        p[index] += (x, y, z)
    for i, (name, side) in enumerate(SIDES):
        s, e, w, h, k, a = (11 + i, 13 + i, 15 + i, 23 + i, 25 + i, 27 + i)
        across = np.array([np.cos(np.radians(lean)), np.sin(np.radians(lean)), 0])
        p[s] = neck + across * side * 0.168
        up, bend, ahead = (
            (*arms[3 * i : 3 * i + 3],) if arms else (pose["raise"], pose["bend"], pose.get(f"forward_{name}", 0.0))
        )
        p[e] = p[s] + 0.28 * _swing(up, ahead, side)
        p[w] = p[e] + 0.25 * _swing(up + bend, ahead, side)
        p[17 + i], p[19 + i], p[21 + i] = (p[w] + d * _swing(up + bend, ahead, side) for d in (0.08, 0.09, 0.04))
        p[h] = (side * 0.10, 0, 0)
        p[k] = p[h] + 0.42 * _swing(pose.get("spread", 3), 0, side)
        p[a] = p[k] + 0.41 * _swing(pose.get("spread", 3) - pose.get("knee", 0), 0, side)
        p[29 + i], p[31 + i] = p[a] + (0, 0.04, 0.04), p[a] + (side * 0.03, 0.06, -0.12)
    return p


def _swing(up: float, ahead: float, side: int) -> NDArray[np.float64]:
    up, ahead = np.radians(up), np.radians(ahead)
    return np.array([side * np.sin(up), np.cos(up) * np.cos(ahead), -np.cos(up) * np.sin(ahead)])


def _mask(points: NDArray[np.float32], scale: float, turn: float, shape: tuple[int, int]) -> NDArray[np.float32]:
    """(H, W) float32: the silhouette, by capsules for limbs and ellipses stacked for the trunk."""
    big = np.zeros((shape[0] * 2, shape[1] * 2), np.uint8)

    def disc(at: NDArray[np.float64], x: float, y: float) -> None:
        cv2.ellipse(big, tuple(int(v) for v in at * 2), (int(x * scale * 2), int(y * scale * 2)), 0, 0, 360, 255, -1)

    def limb(one: int, other: int, r0: float, r1: float) -> None:
        for t in np.linspace(0, 1, 40):
            r = r0 + (r1 - r0) * t
            disc(points[one, :2] * (1 - t) + points[other, :2] * t, r, r)

    shoulders, hips = points[[11, 12], :2].mean(0), points[[23, 24], :2].mean(0)
    for t in np.linspace(-0.18, 1.12, 90):
        half = np.interp(t, [-0.18, -0.12, 0.02, 0.3, 0.62, 1.0, 1.12], [0.05, 0.11, 0.16, 0.165, 0.14, 0.17, 0.165])
        deep = np.interp(t, [-0.2, 0.0, 0.3, 0.62, 1.0], [0.05, 0.08, 0.12, 0.105, 0.12])
        disc(shoulders + (hips - shoulders) * t, float(np.hypot(half * np.cos(turn), deep * np.sin(turn))), 0.012)
    disc(np.add(points[:11, :2].mean(0), (0, -0.03 * scale)), 0.078, 0.115)
    head = points[[7, 8], :2].mean(0)
    for t in np.linspace(0, 1, 20):
        disc(head * (1 - t) + shoulders * t, 0.055, 0.03)
    for i in (0, 1):
        disc(points[11 + i, :2] + (0, 0.0), 0.058, 0.058)
        limb(11 + i, 13 + i, 0.055, 0.043)
        limb(13 + i, 15 + i, 0.043, 0.029)
        limb(15 + i, 19 + i, 0.035, 0.03)
        limb(23 + i, 25 + i, 0.085, 0.058)
        limb(25 + i, 27 + i, 0.055, 0.038)
        limb(27 + i, 31 + i, 0.04, 0.035)
    return cv2.resize(big, shape[::-1], interpolation=cv2.INTER_AREA).astype(np.float32) / 255


Part = Literal["body", "sleeve_left", "sleeve_right", "leg_left", "leg_right", "inside"]
PART_OF: dict[str, Part] = {
    "sleeve_left": "sleeve_left", "sleeve_right": "sleeve_right", "leg_left": "leg_left", "leg_right": "leg_right",
    "collar_inside": "inside", "waist_inside": "inside",
}  # fmt: skip


def garment(drawing: Drawing, category: Category) -> Garment:
    """The garment that a drawing is of, cropped close, with its true points and parts."""
    x, y, w, h = drawing.box
    parts = np.array([0, *(PARTS.index(PART_OF.get(name, "body")) for name in drawing.part_names)], np.uint8)
    points = {name: (px - x, py - y) for name, (px, py) in drawing.points.items() if name in POINTS_OF[category]}
    return Garment(
        pixels=drawing.pixels[y : y + h, x : x + w].copy(), parts=parts[drawing.labels[y : y + h, x : x + w]],
        category=category, points=points, confidence=dict.fromkeys(points, 1.0),
    )  # fmt: skip
