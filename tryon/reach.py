"""How far along an arm or a leg each pixel of a photo lies."""

from typing import Final, Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from tryon.bodies import Body

Plane = NDArray[np.float32]
Side = Literal["left", "right"]

SIDES: Final[tuple[Side, ...]] = ("left", "right")
ARMS: Final[dict[Side, tuple[int, int, int]]] = {"left": (11, 13, 15), "right": (12, 14, 16)}
"""Landmarks of shoulder, elbow and wrist."""
LEGS: Final[dict[Side, tuple[int, int, int]]] = {"left": (23, 25, 27), "right": (24, 26, 28)}
"""Of hip, knee and ankle."""

WRIST: Final = 2.0
_COARSE: Final = 4  # it is a smooth measure


def along_arm(body: Body, side: Side) -> tuple[Plane, Plane]:
    """Along and beside an arm, both (H, W) float32: 0 at the shoulder, 1 at the elbow, 2 at the wrist and more beyond
    it; and the distance from its bones in lengths of the forearm or upper arm, whichever is longer."""
    return _along(body, ARMS[side])


def along_leg(body: Body, side: Side) -> tuple[Plane, Plane]:
    """Likewise along a leg: 0 at the hip, 1 at the knee, 2 at the ankle."""
    return _along(body, LEGS[side])


def _along(body: Body, ends: tuple[int, int, int]) -> tuple[Plane, Plane]:
    h, w = body.person.shape
    y, x = np.mgrid[: -(-h // _COARSE), : -(-w // _COARSE)].astype(np.float32) * _COARSE + _COARSE / 2
    joints = body.points[list(ends), :2]
    longest = max(float(np.linalg.norm(joints[1] - joints[0])), float(np.linalg.norm(joints[2] - joints[1])), 1.0)
    along, beside = np.zeros_like(x), np.full_like(x, np.inf)
    for index, last in enumerate((1.0, np.inf)):
        (ax, ay), (bx, by) = joints[index], joints[index + 1]
        share = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / max((bx - ax) ** 2 + (by - ay) ** 2, 1.0)
        share = np.clip(share, 0, last)
        away = np.hypot(x - ax - share * (bx - ax), y - ay - share * (by - ay)) / longest
        nearer = away < beside
        along[nearer], beside[nearer] = index + share[nearer], away[nearer]
    size = (x.shape[1] * _COARSE, x.shape[0] * _COARSE)
    full = [cv2.resize(plane, size, interpolation=cv2.INTER_LINEAR)[:h, :w] for plane in (along, beside)]
    return full[0], full[1]
