"""Where MediaPipe's pose landmarks are on the drawn body."""

import numpy as np
from numpy.typing import NDArray

from sample.people.build import Build
from sample.people.figure import TALL, finger_joints
from sample.people.head import EYE_LINE
from sample.people.poses import Matrix, Stance

_FACE = ((0, -0.038, 0.106), (0.018, 0, 0.083), (0.0315, 0, 0.085), (0.046, 0, 0.076))


def body_points(build: Build, rest: dict[str, Matrix], stance: Stance) -> NDArray[np.float64]:
    """(33, 3): MediaPipe's pose landmarks in the room, metres. rest: joints of 1.72 m."""
    scale = build.stature / TALL
    points = np.empty((33, 3))

    def head(x: float, y: float, z: float) -> Matrix:
        return stance.joint("head", np.array([x, y + EYE_LINE, z]) * scale)

    points[0] = head(*_FACE[0])
    for index, sign in ((1, 1.0), (4, -1.0)):
        for k in range(3):
            x, y, z = _FACE[k + 1]
            points[index + k] = head(sign * x, y, z)
    for side, odd, sign in (("left", 0, 1.0), ("right", 1, -1.0)):
        points[7 + odd] = head(sign * 0.078, -0.012, 0.0)
        points[9 + odd] = head(sign * 0.025, -0.0712, 0.080)
        for index, bone in ((11, "arm"), (13, "forearm"), (15, "hand"), (23, "thigh"), (25, "shin"), (27, "foot")):
            points[index + odd] = stance.joint(f"{bone}_{side}", rest[f"{bone}_{side}"] * scale)
        hand = hand_points(build, rest, stance, side)
        points[17 + odd], points[19 + odd], points[21 + odd] = hand[17], hand[5], hand[3]
        ankle = rest[f"foot_{side}"] * scale
        points[29 + odd] = stance.joint(f"foot_{side}", ankle + np.array([0, -0.055, -0.040]) * scale)
        points[31 + odd] = stance.joint(f"foot_{side}", ankle + np.array([sign * 0.013, -0.062, 0.165]) * scale)
    return points


def hand_points(build: Build, rest: dict[str, Matrix], stance: Stance, side: str) -> NDArray[np.float64]:
    """(21, 3): MediaPipe's hand landmarks in the room, metres."""
    return stance.joint(f"hand_{side}", finger_joints(rest, side) * (build.stature / TALL))
