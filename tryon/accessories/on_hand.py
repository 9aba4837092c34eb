"""Watches and bracelets on a wrist, rings on a finger."""

from itertools import pairwise
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Accessory
from tryon.accessories.camera import Camera
from tryon.accessories.head import ball, joined, tube
from tryon.accessories.sizing import SIZES
from tryon.accessories.worn import Worn, frame, unit, upright
from tryon.bodies import Body, Hand

Points = NDArray[np.float64]

WRIST, INDEX, MIDDLE, RING_KNUCKLE, RING_JOINT, LITTLE = 0, 5, 9, 13, 14, 17
UP_THE_ARM: Final = 2.3
"""Centimetres from the wrist's landmark to the middle of a watch."""
ALONG_FINGER: Final = 0.52
"""Where a ring sits between the knuckle and the next joint."""

_ELBOWS: Final = {"left": (13, 15), "right": (14, 16)}
_FINGERS: Final = ((1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12), (13, 14, 15, 16), (17, 18, 19, 20))
_MIRRORED: Final = 0.6  # centimetres that fingers are bent backwards
_COVERED: Final = 26.0  # in Lab, between hand and wrist
_FLAT: Final = 0.76  # a wrist's thickness to its width
_WRIST_WIDTH, _FINGER_WIDTH = 0.92, 0.27  # to the distance of the outer knuckles


def on_wrist(accessory: Accessory, body: Body, camera: Camera) -> Worn:
    """A band around the forearm, its dial on the back of the arm. Raises AccessoryUnusable, "no-hand" or
    "wrist-covered"."""
    hand = _chosen(body)
    joints = _joints(hand, camera)
    towards = _forearm(hand, body, joints)
    back = _back(hand, joints)
    x, y, z = upright(towards, back)
    _check_bare(body, camera, joints, joints[WRIST] - towards * UP_THE_ARM)
    origin = joints[WRIST] - towards * UP_THE_ARM
    half = _half_width(body, camera, origin, x, _palm(hand) * _WRIST_WIDTH / 2)
    scale = (half + 0.12) / (SIZES[accessory.kind] / 2)
    arm = tube(origin - towards * 9, joints[WRIST] + towards * 0.5, half, _FLAT, x)
    matrix = frame(x * scale, y * scale, z * scale, origin)
    return Worn(pieces=(accessory.moved(matrix),), solid=joined([arm, *_hand_solids(hand, joints)]))


def on_finger(accessory: Accessory, body: Body, camera: Camera) -> Worn:
    """A ring on the ring finger. Raises AccessoryUnusable, "no-hand"."""
    hand = _chosen(body)
    joints = _joints(hand, camera)
    knuckle, joint = joints[RING_KNUCKLE], joints[RING_JOINT]
    x, y, z = upright(unit(joint - knuckle), _back(hand, joints))
    half = _palm(hand) * _FINGER_WIDTH / 2
    scale = (half + 0.04) / (SIZES["ring"] / 2)
    origin = knuckle + (joint - knuckle) * ALONG_FINGER
    matrix = frame(x * scale, y * scale, z * scale, origin)
    return Worn(pieces=(accessory.moved(matrix),), solid=joined(_hand_solids(hand, joints)))


def _chosen(body: Body) -> Hand:
    """The left hand, or the right one where it is seen much larger or alone."""
    if not body.hands:
        raise AccessoryUnusable(
            "No hand is seen.", reason="no-hand", remedy="Take a photo that shows a hand and its wrist, the sleeve up."
        )
    return max(
        body.hands, key=lambda hand: np.ptp(hand.points[:, :2], axis=0).max() * (1.3 if hand.side == "left" else 1)
    )


def _check_bare(body: Body, camera: Camera, joints: Points, wrist: Points) -> None:
    """Raise AccessoryUnusable, "wrist-covered", if it is not of the hand's colour."""
    palm = (joints[[INDEX, MIDDLE, RING_KNUCKLE, LITTLE]] + joints[WRIST]) / 2
    lab = cv2.cvtColor(body.pixels, cv2.COLOR_RGB2Lab)
    skin, seen = (
        _colours(lab, camera.project(places)) for places in (palm, np.array([wrist, (wrist + joints[WRIST]) / 2]))
    )
    if len(skin) and len(seen):
        apart = (np.median(skin, axis=0) - seen) * (0.5, 1.5, 1.5)
        if np.linalg.norm(apart, axis=1).min() > _COVERED:
            raise AccessoryUnusable(
                "The wrist is covered.", reason="wrist-covered", remedy="Take a photo with the sleeve up."
            )


def _colours(lab: NDArray[np.uint8], places: Points) -> Points:
    x, y = places.astype(int).T
    inside = (x >= 0) & (y >= 0) & (x < lab.shape[1]) & (y < lab.shape[0])
    return np.asarray(lab[y[inside], x[inside]], np.float64)


def _joints(hand: Hand, camera: Camera) -> Points:
    """The landmarks (21, 3) in camera space: seen where they are, as far away as their size says."""
    flat = hand.points[:, :2].astype(np.float64)
    world = hand.world.astype(np.float64) * 100
    around, of = flat - flat.mean(axis=0), world[:, :2] - world[:, :2].mean(axis=0)
    scale = max(float((around * of).sum() / max((of * of).sum(), 1e-9)), 1e-3)  # pixels per centimetre
    depth = camera.focal / scale + world[:, 2] - world[:, 2].mean()
    return camera.at(flat[:, 0], flat[:, 1], depth)


def _palm(hand: Hand) -> float:
    """Centimetres between the outer knuckles."""
    return float(np.clip(100 * np.linalg.norm(hand.world[INDEX] - hand.world[LITTLE]), 4.5, 8.0))


def _back(hand: Hand, joints: Points) -> Points:
    """The direction out of the back of the hand: by which side it is, unless fingers and thumb bend the other way, as
    they do where the network took a hand for its mirror image."""
    palm = np.cross(joints[INDEX] - joints[WRIST], joints[LITTLE] - joints[WRIST])
    back: Points = unit(palm if hand.side == "left" else -palm)
    bent = sum((joints[first] + joints[tip]) / 2 - joints[second] for first, second, _, tip in _FINGERS[1:])
    thumb = joints[_FINGERS[0][-1]] - (joints[INDEX] + joints[WRIST]) / 2
    mirrored = float((bent + thumb / 2) @ back) > _MIRRORED
    return -back if mirrored else back


def _forearm(hand: Hand, body: Body, joints: Points) -> Points:
    """The direction from the elbow to the hand: in the picture as the pose has it, in depth as its metres say."""
    elbow, wrist = _ELBOWS[hand.side]
    own = unit(joints[MIDDLE] - joints[WRIST])
    if body.visibility[elbow] < 0.3:
        return own
    seen = (hand.points[WRIST, :2] - body.points[elbow, :2]).astype(np.float64) * (1, -1)
    world = (body.world[wrist] - body.world[elbow]).astype(np.float64) * (1, -1, -1)
    rise = world[2] / max(float(np.linalg.norm(world[:2])), 1e-3)
    arm = unit(np.append(unit(seen), np.clip(rise, -1.2, 1.2)))
    return arm if arm @ own > 0 else own


def _half_width(body: Body, camera: Camera, origin: Points, across: Points, usual: float) -> float:
    """Half the forearm's width in centimetres, by the person's outline where that is near what is usual."""
    steps = np.arange(0.3, 2.0, 0.04) * usual
    reach = []
    for side in (-1, 1):
        x, y = camera.project(origin + side * steps[:, None] * across).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < camera.width) & (y < camera.height)
        on = np.zeros(len(steps), bool)
        on[inside] = body.person[y[inside], x[inside]] > 0.5
        reach.append(float(steps[np.argmin(on)]) if not on.all() else float("inf"))
    width = sum(reach) / 2
    return float(np.clip(width, 0.85 * usual, 1.2 * usual)) if np.isfinite(width) else usual


def _hand_solids(hand: Hand, joints: Points) -> list[tuple[Points, NDArray[np.int32]]]:
    """Fingers and palm as tubes and balls."""
    half = _palm(hand) * _FINGER_WIDTH / 2
    vertices, triangles = ball(12)
    shapes: list[tuple[Points, NDArray[np.int32]]] = []
    for finger in _FINGERS:
        for start, end in pairwise(finger):
            if np.linalg.norm(joints[end] - joints[start]) > 1e-3:
                shapes.append(tube(joints[start], joints[end], half * 0.98))
            shapes.append((vertices * half * 0.98 + joints[end], triangles))
    knuckles = [joints[knuckle] for knuckle in (1, INDEX, MIDDLE, RING_KNUCKLE, LITTLE)]
    wrist = joints[WRIST]
    return shapes + [tube(wrist, end, half * 1.15) for end in knuckles if np.linalg.norm(end - wrist) > 1e-3]
