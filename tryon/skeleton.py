"""Bones of a body before a camera, as a live client moves a garment by them, and figures to bind garments to."""

from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.bodies import Body

Array = NDArray[np.float64]


class Bone(Struct, frozen=True):
    """A frame that follows a body: its origin lies in the middle of the landmarks ``at``, its y axis goes from there to
    the middle of ``to``. x: for the trunk, landmarks of the left and the right end of its x axis, which keeps their
    direction and has the shoulders' length; for limbs None: across y, and of the body's unit in length."""

    name: str
    at: tuple[int, ...]
    to: tuple[int, ...]
    x: tuple[int, int] | None = None


BONES: Final = (
    Bone("chest", (11, 12), (23, 24), (11, 12)),
    Bone("hips", (23, 24), (23, 24, 11, 12), (23, 24)),
    Bone("arm_left", (11,), (13,)), Bone("arm_right", (12,), (14,)),
    Bone("forearm_left", (13,), (15,)), Bone("forearm_right", (14,), (16,)),
    Bone("thigh_left", (23,), (25,)), Bone("thigh_right", (24,), (26,)),
    Bone("shin_left", (25,), (27,)), Bone("shin_right", (26,), (28,)),
)  # fmt: skip

SHOULDERS, TORSO = 0.336, 0.5
RAISED: Final = (10.0, 25.0, 50.0, 95.0, 140.0)
"""Degrees from hanging at which garments are bound."""


def figure(raised: float, *, height: int = 1000) -> Body:
    """Somebody of average build who faces the camera, both arms straight and raised sideways by so many degrees.

    The photo is ``height`` pixels high; there is no person in its mask, so that average widths are taken.
    """
    way = np.radians(raised)
    joints = np.zeros((33, 2))
    joints[:11] = (0, -0.23)
    for i, s in enumerate((1, -1)):
        shoulder, hip = np.array([s * SHOULDERS / 2, 0.0]), np.array([s * 0.1, TORSO])
        along, down = np.array([s * np.sin(way), np.cos(way)]), np.array([s * 0.04, 1.0])
        arm = [shoulder + reach * along for reach in (0, 0.28, 0.53, 0.61, 0.62, 0.57)]
        leg = [hip + reach * down for reach in (0, 0.42, 0.83, 0.87, 0.89)]
        joints[[11 + i, 13 + i, 15 + i, 17 + i, 19 + i, 21 + i]] = arm
        joints[[23 + i, 25 + i, 27 + i, 29 + i, 31 + i]] = leg
    scale = height / 2.6
    points = np.zeros((33, 3), np.float32)
    points[:, :2] = joints * scale + (height / 2, 0.32 * height)
    world = np.zeros((33, 3), np.float32)
    world[:, :2] = joints - (0, TORSO)
    return Body(
        pixels=np.zeros((height, height, 3), np.uint8),
        box=(0.0, 0.0, float(height), float(height)),
        points=points,
        visibility=np.ones(33, np.float32),
        world=world,
        person=np.zeros((height, height), np.float32),
        turn=0.0,
    )


def weights(part: str, target: Array, body: Body) -> dict[str, Array]:
    """How much each vertex (n, 2), in pixels of a figure's photo, goes with each bone: (n,) each; they add up to 1."""
    joints = body.points[:, :2].astype(float)
    middle, hips = joints[[11, 12]].mean(0), joints[[23, 24]].mean(0)
    torso = hips - middle
    down = (target - middle) @ torso / (torso @ torso)
    across = (target[:, 0] - middle[0]) / (joints[11, 0] - joints[12, 0])
    trunk = {"chest": 1 - _ramp(down, 0.1, 0.95), "hips": _ramp(down, 0.1, 0.95)}
    limb, _, side = part.partition("_")
    if limb == "sleeve":
        i = 0 if side == "left" else 1
        along = _along(target, joints[[11 + i, 13 + i, 15 + i]])
        on, lower = _ramp(along, -0.1, 0.45), _ramp(along, 0.8, 1.2)
        bones = {f"arm_{side}": on * (1 - lower), f"forearm_{side}": on * lower}
        return {name: share * (1 - on) for name, share in trunk.items()} | bones
    if limb == "leg":
        i = 0 if side == "left" else 1
        along = _along(target, joints[[23 + i, 25 + i, 27 + i]])
        on, lower = _ramp(along, -0.05, 0.5), _ramp(along, 0.85, 1.15)
        bones = {f"thigh_{side}": on * (1 - lower), f"shin_{side}": on * lower}
        return {name: share * (1 - on) for name, share in trunk.items()} | bones
    # A skirt swings with the thighs, the more the lower.
    swing = 0.7 * _ramp(down, 1.1, 1.8)
    left = _ramp(across, -0.3, 0.3)
    thighs = {"thigh_left": swing * left, "thigh_right": swing * (1 - left)}
    return {name: share * (1 - swing) for name, share in trunk.items()} | thighs


def _ramp(value: Array, low: float, high: float) -> Array:
    """From 0 to 1, levelling out at both ends."""
    share = np.clip((value - low) / (high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share))


def _along(target: Array, joints: Array) -> Array:
    """How far along two bones each point lies: 0 at the first joint, 1 at the second, 2 at the third, and beyond."""
    best, found = np.full(len(target), np.inf), np.zeros(len(target))
    for n in (0, 1):
        bone = joints[n + 1] - joints[n]
        share = (target - joints[n]) @ bone / (bone @ bone)
        held = np.clip(share, -np.inf if n == 0 else 0, np.inf if n == 1 else 1)
        away = np.linalg.norm(target - joints[n] - held[:, None] * bone, axis=1)
        found = np.where(away < best, held + n, found)
        best = np.minimum(best, away)
    return found
