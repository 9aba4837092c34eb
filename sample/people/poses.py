"""How a person stands: directions of the limbs, joints turned by them, and surfaces moved by the joints."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from sample.people.build import BONES, PARENT
from sample.people.implicit import Floats

Matrix = NDArray[np.float64]
XYZ = tuple[float, float, float]


@dataclass(frozen=True)
class Limb:
    """Directions of the upper and lower bone (arm or leg) in the trunk's axes, x outwards, y up, z forwards."""

    upper: XYZ
    lower: XYZ


@dataclass(frozen=True)
class Pose:
    """turn: degrees that the body is turned to its own left, away from the camera: the left shoulder is then the
    farther one; lean: degrees forwards; nod, look: of the head, downwards and to its left."""

    name: str
    arms: tuple[Limb, Limb]
    legs: tuple[Limb, Limb]
    turn: float = 0.0
    lean: float = 0.0
    nod: float = 0.0
    look: float = 0.0


_STAND = Limb((0.02, -1, 0.02), (0.03, -1, -0.04))
_WIDE = Limb((0.12, -1, 0.02), (0.10, -1, -0.03))
_DOWN = Limb((0.20, -1, -0.03), (0.10, -1, 0.14))
_AWAY = Limb((0.42, -1, -0.02), (0.36, -1, 0.16))
_RAISED = Limb((0.75, 0.75, 0.05), (0.12, 1, 0.05))
_OUT = Limb((1, 0.05, 0.05), (1, 0.0, 0.12))
_AKIMBO = Limb((0.78, -0.80, -0.22), (-0.80, -0.62, 0.38))
_FORWARD = Limb((0.10, -0.25, 1), (-0.05, 0.05, 1))
_BENT = Limb((0.22, -1, 0.02), (-0.25, -0.15, 1))

POSES: dict[str, Pose] = {
    pose.name: pose
    for pose in (
        Pose("arms down", (_DOWN, _DOWN), (_STAND, _STAND)),
        Pose("arms away", (_AWAY, _AWAY), (_WIDE, _WIDE)),
        Pose("akimbo", (_AKIMBO, _AKIMBO), (_WIDE, _STAND)),
        Pose("one akimbo", (_AKIMBO, _DOWN), (_STAND, _WIDE)),
        Pose("raised", (_RAISED, _RAISED), (_STAND, _STAND)),
        Pose("one raised", (_RAISED, _DOWN), (_STAND, _WIDE)),
        Pose("arms out", (_OUT, _OUT), (_WIDE, _WIDE)),
        Pose("one forward", (_FORWARD, _DOWN), (_STAND, _STAND)),
        Pose("one bent", (_BENT, _DOWN), (_STAND, _WIDE)),
        Pose(
            "crossed",
            (Limb((0.18, -1, 0.28), (-0.88, 0.08, 0.46)), Limb((0.18, -1, 0.30), (-0.86, 0.22, 0.66))),
            (_STAND, _STAND),
        ),
        Pose(
            "walking",
            (Limb((0.16, -1, 0.34), (0.02, -0.85, 0.55)), Limb((0.16, -1, -0.36), (0.05, -1, 0.06))),
            (Limb((0.03, -1, -0.30), (0.02, -0.88, -0.48)), Limb((0.0, -1, 0.36), (0.0, -1, 0.12))),
        ),
        Pose(
            "sitting",
            (Limb((0.16, -1, 0.22), (-0.20, -0.35, 0.9)), Limb((0.16, -1, 0.22), (-0.20, -0.35, 0.9))),
            (Limb((0.20, -0.10, 1), (0.04, -1, 0.02)), Limb((0.20, -0.10, 1), (0.04, -1, 0.02))),
        ),
    )
}


def varied(pose: Pose, rng: np.random.Generator, amount: float = 1.0) -> Pose:
    """The pose as another person takes it: limbs moved by some degrees, the head turned a little."""

    def limb(one: Limb, spread: float) -> Limb:
        noise = rng.normal(0, spread * amount, (2, 3))
        upper, lower = (np.array(v) / np.linalg.norm(v) + n for v, n in zip((one.upper, one.lower), noise, strict=True))
        return Limb(
            (float(upper[0]), float(upper[1]), float(upper[2])), (float(lower[0]), float(lower[1]), float(lower[2]))
        )

    return replace(
        pose,
        arms=(limb(pose.arms[0], 0.04), limb(pose.arms[1], 0.04)),
        legs=(limb(pose.legs[0], 0.02), limb(pose.legs[1], 0.02)),
        lean=pose.lean + float(rng.normal(0, 1.0)) * amount,
        nod=pose.nod + float(rng.normal(2, 3)) * amount,
        look=pose.look + float(rng.normal(0, 6)) * amount,
    )


def _about(axis: int, degrees: float) -> Matrix:
    c, s = np.cos(np.radians(degrees)), np.sin(np.radians(degrees))
    m = np.eye(3)
    i, j = (axis + 1) % 3, (axis + 2) % 3
    m[i, i], m[i, j], m[j, i], m[j, j] = c, -s, s, c
    return m


def swing(start: Matrix, end: Matrix) -> Matrix:
    """The smallest rotation from one direction to another."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    v, c = np.cross(a, b), float(a @ b)
    k = np.array([[0, -v[2], v[1]], [v[2], 0, -v[0]], [-v[1], v[0], 0]])
    return np.asarray(np.eye(3) + k + k @ k / max(1 + c, 1e-6))


def turned(pose: Pose, joints: dict[str, Matrix]) -> list[Matrix]:
    """Rotation of every bone from rest to the pose, in the room's axes."""
    pelvis = _about(1, pose.turn) @ _about(0, pose.lean * 0.4)
    chest = _about(1, pose.turn) @ _about(0, pose.lean)
    head = chest @ _about(1, pose.look) @ _about(0, pose.nod)
    turns: dict[str, Matrix] = {"pelvis": pelvis, "spine": _halfway(pelvis, chest), "chest": chest}
    turns |= {"neck": _halfway(chest, head), "head": head}
    for index, (side, sign) in enumerate((("left", 1.0), ("right", -1.0))):
        out = np.array([sign, 1, 1])
        arm, leg = pose.arms[index], pose.legs[index]
        rest = joints[f"forearm_{side}"] - joints[f"arm_{side}"]
        upper = swing(rest, np.array(arm.upper) * out)
        lift = np.degrees(np.arctan2(arm.upper[1], np.hypot(arm.upper[0], arm.upper[2])))
        collar = chest @ _about(2, sign * max(0.0, float(lift) + 25) * 0.22)
        lower = swing(upper @ rest, np.array(arm.lower) * out) @ upper
        thigh = swing(joints[f"shin_{side}"] - joints[f"thigh_{side}"], np.array(leg.upper) * out)
        shin = swing(thigh @ (joints[f"foot_{side}"] - joints[f"shin_{side}"]), np.array(leg.lower) * out) @ thigh
        toe = _about(1, sign * 7.0)
        tilt = np.degrees(np.arctan2(-leg.lower[2], -leg.lower[1]))
        foot = pelvis @ toe @ _about(0, max(0.0, float(tilt) - 12) * 0.8)
        turns |= {
            f"collar_{side}": collar, f"arm_{side}": chest @ upper, f"forearm_{side}": chest @ lower,
            f"hand_{side}": chest @ lower, f"thigh_{side}": pelvis @ thigh, f"shin_{side}": pelvis @ shin, f"foot_{side}": foot,
        }  # fmt: skip
    return [turns[bone] for bone in BONES]


def _halfway(one: Matrix, other: Matrix) -> Matrix:
    u, _, vt = np.linalg.svd(one + other)
    return np.asarray(u @ vt)


@dataclass(frozen=True)
class Stance:
    """A body in a pose. turns (b, 3, 3) float64, moves (b, 3): a point p of bone b goes to turns[b] @ p + moves[b]."""

    turns: Matrix
    moves: Matrix

    def points(self, rest: Floats, weights: Floats) -> Floats:
        """Linear blend skinning of points (n, 3) by weights (n, b)."""
        turns, moves = self.blended(weights)
        return np.asarray((turns @ rest[:, :, None].astype(np.float32))[:, :, 0] + moves, np.float32)

    def directions(self, rest: Floats, weights: Floats) -> Floats:
        """Unit vectors (n, 3) turned along."""
        moved = (self.blended(weights)[0] @ rest[:, :, None].astype(np.float32))[:, :, 0]
        return np.asarray(moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-9), np.float32)

    def blended(self, weights: Floats) -> tuple[Floats, Floats]:
        """The mixed turns (n, 3, 3) and moves (n, 3) of points with these weights."""
        flat = np.concatenate([self.turns.reshape(-1, 9), self.moves], 1).astype(np.float32)
        mixed = weights @ flat
        return mixed[:, :9].reshape(-1, 3, 3), mixed[:, 9:]

    def joint(self, bone: str, rest: Matrix) -> Matrix:
        """Where a point (3,) or points (n, 3) of one bone go."""
        index = BONES.index(bone)
        return np.asarray(rest @ self.turns[index].T + self.moves[index])


def stand(pose: Pose, joints: dict[str, Matrix]) -> Stance:
    """Turn the joints; the lower foot is put on the floor, the pelvis over x = z = 0."""
    turns = np.array(turned(pose, joints))
    moves = np.zeros((len(BONES), 3))
    for bone, parent in enumerate(PARENT):
        at = joints[BONES[bone]]
        place = at if parent < 0 else turns[parent] @ at + moves[parent]
        moves[bone] = place - turns[bone] @ at
    stance = Stance(turns, moves)
    soles = [
        stance.joint(f"foot_{s}", joints[f"foot_{s}"] * (1, 0, 1) + (0, 0, z))
        for s in ("left", "right")
        for z in (-0.03, 0.13)
    ]
    drop = min(float(at[1]) for at in soles)
    hips = (stance.joint("thigh_left", joints["thigh_left"]) + stance.joint("thigh_right", joints["thigh_right"])) / 2
    moves -= np.array([hips[0], drop, hips[2]])
    return Stance(turns, moves)
