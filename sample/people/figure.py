"""The body's surface at rest: smooth solids, polygonised once for each build, with the bones that move it."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sample.people.build import BONES, PEOPLE, Build, rest_joints
from sample.people.hair import hair_field
from sample.people.head import EYE_LINE, head_field
from sample.people.implicit import XYZ, Floats, column, ellipsoid, limb, polygonise, union

LABELS = ("background", "hair", "face", "neck", "arm", "hand", "torso", "upper", "lower", "leg", "shoe", "other")
TALL = 1.72  # metres that the measures here are for; all is scaled to the build's stature


@dataclass(frozen=True)
class Shell:
    """A surface at rest. points, normals (n, 3) float32; triangles (m, 3) int32; weights (n, len(BONES)) float32;
    labels (n,) uint8, indices into LABELS; solid: which paint it takes."""

    points: Floats
    normals: Floats
    triangles: NDArray[np.int32]
    weights: Floats
    labels: NDArray[np.uint8]
    solid: str


def figure(build: Build, fine: bool = True) -> tuple[Shell, ...]:
    """Body, head, hands, shoes and hair at rest, in metres of this build. fine: for pictures of 1,000 pixels."""
    return _figure(build.shape, fine)


@lru_cache(maxsize=PEOPLE)
def _figure(build: Build, fine: bool) -> tuple[Shell, ...]:
    joints = rest_joints(build)
    grow = 1.0 if fine else 2.0
    shells = [_body(build, joints, 0.011 * grow), _head(build, joints, 0.0042 * grow)]
    for side in ("left", "right"):
        shells += [_hand(build, joints, side, 0.0042 * grow), _shoe(joints, side, 0.0075 * grow)]
    if build.hair != "bald":
        shells.append(_hair(build, 0.0055 * grow))
    scale = np.float32(build.stature / TALL)
    return tuple(Shell(s.points * scale, s.normals, s.triangles, s.weights, s.labels, s.solid) for s in shells)


def _at(joints: dict[str, NDArray[np.float64]], name: str) -> XYZ:
    x, y, z = joints[name]
    return float(x), float(y), float(z)


def trunk_field(p: Floats, build: Build) -> Floats:
    """Torso and neck, without limbs."""
    g, h = build.girth, build.hourglass
    hips, waist, chest = 1 + 0.05 * (h - 0.5), 1 - 0.12 * (h - 0.4), 1 - 0.09 * (h - 0.5)
    sections = [
        (0.815, 0.040, 0.040, -0.012), (0.835, 0.095, 0.078, -0.012), (0.862, 0.150 * hips, 0.104, -0.012), (0.90, 0.171 * hips, 0.114, -0.012),
        (0.97, 0.158 * hips, 0.104, -0.006), (1.04, 0.142 * waist, 0.094, 0.002), (1.10, 0.136 * waist, 0.090, 0.004),
        (1.17, 0.142 * (waist + chest) / 2, 0.096, 0.003), (1.25, 0.155 * chest, 0.106, 0.0),
        (1.32, 0.160 * chest, 0.104, -0.006), (1.37, 0.150 * chest, 0.086, -0.016), (1.41, 0.105, 0.066, -0.022),
        (1.45, 0.060, 0.052, -0.024),
    ]  # fmt: skip
    f = column(p, [(y, a * g, b * g, c) for y, a, b, c in sections])
    for s in (-1, 1):
        f = union(f, ellipsoid(p, (s * 0.072, 0.875, -0.062), (0.082 * g, 0.085 * g, 0.068 * g)), 0.05)
        f = union(
            f, limb(p, (s * 0.030, 1.475, -0.026), (s * build.shoulder, 1.408, -0.022), [(0, 0.036), (1, 0.036)]), 0.06
        )
        if build.bust > 0:
            f = union(f, ellipsoid(p, (s * 0.068, 1.255, 0.078), (0.062, 0.060, 0.030 + build.bust)), 0.035)
        else:
            f = union(f, ellipsoid(p, (s * 0.070, 1.30, 0.062), (0.070, 0.050, 0.036)), 0.05)
    return union(f, limb(p, (0, 1.40, -0.026), (0, 1.56, -0.004), [(0, 0.056), (1, 0.052 - 0.006 * h)]), 0.05)


def _arm_field(p: Floats, build: Build, joints: dict[str, NDArray[np.float64]], side: str) -> Floats:
    g = build.girth * (1.04 - 0.14 * build.hourglass)
    shoulder, elbow, wrist = (_at(joints, f"{name}_{side}") for name in ("arm", "forearm", "hand"))
    upper = limb(
        p, shoulder, elbow, [(0, 0.050 * g), (0.25, 0.048 * g), (0.5, 0.046 * g), (0.8, 0.039 * g), (1, 0.037 * g)]
    )
    lower = limb(
        p, elbow, wrist, [(0, 0.036 * g), (0.22, 0.041 * g), (0.5, 0.036 * g), (0.8, 0.028 * g), (1, 0.0255 * g)]
    )
    return union(upper, lower, 0.02)


def _leg_field(p: Floats, build: Build, joints: dict[str, NDArray[np.float64]], side: str) -> Floats:
    g = build.girth * (0.97 + 0.05 * build.hourglass)
    hip, knee, ankle = (np.array(_at(joints, f"{name}_{side}")) for name in ("thigh", "shin", "foot"))
    top = (float(hip[0]), float(hip[1]) - 0.02, float(hip[2]))
    thigh = limb(
        p, top, _xyz(knee), [(0, 0.087 * g), (0.3, 0.080 * g), (0.6, 0.068 * g), (0.9, 0.055 * g), (1, 0.052 * g)]
    )
    shin = limb(
        p,
        _xyz(knee),
        _xyz(ankle),
        [(0, 0.053 * g), (0.25, 0.051 * g), (0.6, 0.042 * g), (0.9, 0.034 * g), (1, 0.034 * g)],
    )
    calf = knee * 0.68 + ankle * 0.32 + (0, 0, -0.022)
    shin = union(shin, ellipsoid(p, _xyz(calf), (0.044 * g, 0.115, 0.042 * g)), 0.05)
    shin = union(shin, ellipsoid(p, _xyz(knee + (0, 0.005, 0.020)), (0.030 * g, 0.045, 0.036 * g)), 0.04)
    return union(thigh, shin, 0.03)


def _xyz(a: NDArray[np.float64]) -> XYZ:
    return float(a[0]), float(a[1]), float(a[2])


def _body(build: Build, joints: dict[str, NDArray[np.float64]], cell: float) -> Shell:
    def field(p: Floats) -> Floats:
        trunk = trunk_field(p, build)
        legs = [union(trunk, _leg_field(p, build, joints, side), 0.06) for side in ("left", "right")]
        f = union(legs[0], legs[1], 0.012)  # thighs that touch stay two
        for side in ("left", "right"):
            f = union(f, _arm_field(p, build, joints, side), 0.05)
        return f

    points, triangles, normals = polygonise(field, (-0.62, 0.045, -0.21), (0.62, 1.545, 0.21), cell)
    arms = {side: _arm_field(points, build, joints, side) for side in ("left", "right")}
    weights = _weights(points, trunk_field(points, build), arms, joints)
    labels = np.full(len(points), LABELS.index("torso"), np.uint8)
    labels[(points[:, 1] > 1.445) & (np.abs(points[:, 0]) < 0.09)] = LABELS.index("neck")
    labels[points[:, 1] < 0.82] = LABELS.index("leg")
    for side in ("left", "right"):
        share = weights[:, [BONES.index(f"{b}_{side}") for b in ("arm", "forearm", "hand")]].sum(1)
        labels[share > 0.5] = LABELS.index("arm")
    return Shell(points, normals, triangles, weights, labels, "skin")


def _smooth(x: NDArray[np.floating], low: float, high: float) -> Floats:
    t = np.clip((x - low) / (high - low), 0, 1)
    return np.asarray(t * t * (3 - 2 * t), np.float32)


def _weights(p: Floats, trunk: Floats, arms: dict[str, Floats], joints: dict[str, NDArray[np.float64]]) -> Floats:
    """Each bone takes over from its parent across its joint, over about the limb's own thickness."""
    w = np.zeros((len(p), len(BONES)), np.float32)
    y = p[:, 1]
    spine, chest = _smooth(y, 0.97, 1.11), _smooth(y, 1.13, 1.27)
    neck, head = _smooth(y, 1.42, 1.49), _smooth(y, 1.50, 1.57)
    for index, share in zip(
        range(5), (1 - spine, spine * (1 - chest), chest * (1 - neck), neck * (1 - head), head), strict=True
    ):
        w[:, index] = share
    for side, sign in (("left", 1.0), ("right", -1.0)):
        bone = {
            name: BONES.index(f"{name}_{side}")
            for name in ("collar", "arm", "forearm", "hand", "thigh", "shin", "foot")
        }
        collar = _smooth(p[:, 0] * sign, 0.03, 0.17) * _smooth(y, 1.27, 1.40) * (1 - neck)
        _take(w, bone["collar"], collar)
        a, b, c = (joints[f"{name}_{side}"] for name in ("arm", "forearm", "hand"))
        axis = (b - a) / np.linalg.norm(b - a)
        beyond = (p - a) @ axis
        near = _smooth(trunk - arms[side], -0.035, 0.03)
        _take(w, bone["arm"], _smooth(beyond, -0.055, 0.085) * near * (p[:, 0] * sign > 0))
        _take(w, bone["forearm"], _smooth((p - b) @ axis, -0.035, 0.035) * near * (p[:, 0] * sign > 0.2))
        _take(w, bone["hand"], _smooth((p - c) @ axis, -0.02, 0.02) * (p[:, 0] * sign > 0.3))
        own = _smooth(p[:, 0] * sign, -0.012, 0.012)
        _take(w, bone["thigh"], _smooth(-y, -0.955, -0.805) * own * _smooth(-(y + 0.35 * p[:, 0] * sign), -1.02, -0.88))
        knee, ankle = joints[f"shin_{side}"], joints[f"foot_{side}"]
        _take(w, bone["shin"], _smooth(knee[1] - y, -0.055, 0.055) * (p[:, 0] * sign > 0))
        _take(w, bone["foot"], _smooth(ankle[1] - y, -0.03, 0.02) * (p[:, 0] * sign > 0))
    return w


def _take(w: Floats, bone: int, share: Floats) -> None:
    """Give a share of all that others had to one bone."""
    w *= 1 - share[:, None]
    w[:, bone] += share


def _rigid(count: int, bone: str) -> Floats:
    w = np.zeros((count, len(BONES)), np.float32)
    w[:, BONES.index(bone)] = 1
    return w


def _head(build: Build, joints: dict[str, NDArray[np.float64]], cell: float) -> Shell:
    def field(p: Floats) -> Floats:
        return union(head_field(p, build), trunk_field(p, build), 0.02)

    points, triangles, normals = polygonise(field, (-0.105, 1.46, -0.135), (0.105, 1.745, 0.135), cell)
    low = 1.475 + 0.2 * np.minimum(np.abs(points[:, 2]), 0.05)  # the body's own surface goes on below
    triangles = triangles[(points[triangles, 1] > low[triangles]).all(1)]
    w = np.zeros((len(points), len(BONES)), np.float32)
    turn = _smooth(points[:, 1], 1.50, 1.57)
    base = _smooth(points[:, 1], 1.42, 1.49)
    w[:, 4], w[:, 3], w[:, 2] = turn, base * (1 - turn), (1 - base) * (1 - turn)
    _, y, z = (points - (0, 1.61, 0)).T
    labels = np.where(y < -0.112 + 0.55 * np.maximum(0.06 - z, 0), LABELS.index("neck"), LABELS.index("face"))
    return Shell(points, normals, triangles, w, labels.astype(np.uint8), "face")


def _hair(build: Build, cell: float) -> Shell:
    middle = np.array([0, EYE_LINE, 0], np.float32)
    low = -0.31 if build.hair == "long" else -0.14
    points, triangles, normals = polygonise(
        lambda p: hair_field(p - middle, build), (-0.16, EYE_LINE + low, -0.18), (0.16, EYE_LINE + 0.16, 0.15), cell
    )
    w = np.zeros((len(points), len(BONES)), np.float32)
    turn = _smooth(points[:, 1], 1.40, 1.54)
    w[:, BONES.index("head")], w[:, BONES.index("chest")] = turn, 1 - turn
    return Shell(points, normals, triangles, w, np.full(len(points), LABELS.index("hair"), np.uint8), "hair")


def finger_joints(joints: dict[str, NDArray[np.float64]], side: str) -> NDArray[np.float64]:
    """(21, 3) at rest, 1.72 m: MediaPipe's hand landmarks: wrist, then thumb, index, middle, ring and little finger."""
    sign = 1.0 if side == "left" else -1.0
    wrist, end = joints[f"hand_{side}"], joints[f"hand_end_{side}"]
    along = (end - wrist) / np.linalg.norm(end - wrist)
    palm = np.array([-sign * along[1], sign * along[0], 0.0]) * -1.0  # the palm looks to the thigh when the arm hangs
    palm = palm if palm[0] * sign < 0 else -palm
    across = np.array([0.0, 0.0, 1.0])  # towards the thumb
    points = [wrist]
    for root, lengths, spread, curl in (
        ((0.022, 0.026, 0.012), (0.036, 0.030, 0.024), 0.75, 0.25),
        ((0.086, 0.027, 0.0), (0.040, 0.024, 0.020), 0.10, 0.32),
        ((0.088, 0.008, -0.002), (0.044, 0.027, 0.021), 0.02, 0.38),
        ((0.083, -0.011, -0.001), (0.040, 0.025, 0.020), -0.05, 0.44),
        ((0.074, -0.028, 0.002), (0.031, 0.019, 0.018), -0.13, 0.50),
    ):
        at = wrist + along * root[0] + across * root[1] + palm * root[2]
        points.append(at)
        bend = 0.12
        for length in lengths:
            way = along * np.cos(bend) + palm * np.sin(bend) + across * spread
            at = at + way / np.linalg.norm(way) * length
            points.append(at)
            bend += curl
    return np.array(points)


def _hand(build: Build, joints: dict[str, NDArray[np.float64]], side: str, cell: float) -> Shell:
    k = finger_joints(joints, side)
    elbow = joints[f"forearm_{side}"]
    g = build.girth * (1.04 - 0.14 * build.hourglass)

    def field(p: Floats) -> Floats:
        wrist = k[0]
        f = limb(p, _xyz(wrist + (elbow - wrist) * 0.22), _xyz(wrist), [(0, 0.030 * g), (1, 0.0255 * g)])
        palm = limb(p, _xyz(wrist * 0.9 + k[5] * 0.1), _xyz(k[5] * 0.93 + k[0] * 0.07), [(0, 0.019), (1, 0.0145)])
        for root in (9, 13, 17):
            palm = union(
                palm,
                limb(
                    p, _xyz(wrist * 0.9 + k[root] * 0.1), _xyz(k[root] * 0.93 + wrist * 0.07), [(0, 0.019), (1, 0.0135)]
                ),
                0.014,
            )
        f = union(f, palm, 0.02)
        for finger in range(5):
            a = 1 + 4 * finger
            radii = ((0.0145, 0.0115, 0.0105, 0.0085), (0.0105, 0.0095, 0.0085, 0.0072))[finger > 0]
            tip = limb(p, _xyz(k[a]), _xyz(k[a + 1]), [(0, radii[0]), (1, radii[1])])
            for j in (1, 2):
                tip = union(tip, limb(p, _xyz(k[a + j]), _xyz(k[a + j + 1]), [(0, radii[j]), (1, radii[j + 1])]), 0.004)
            f = union(f, tip, 0.016 if finger == 0 else 0.008)
        return f

    low, high = k.min(0) - 0.035, k.max(0) + 0.035
    points, triangles, normals = polygonise(field, _xyz(low), _xyz(high), cell)
    axis = (k[0] - elbow) / np.linalg.norm(k[0] - elbow)
    keep = (points - k[0]) @ axis > -0.025  # the body's own surface goes on above
    triangles = triangles[keep[triangles].all(1)]
    w = _rigid(len(points), f"forearm_{side}")
    _take(w, BONES.index(f"hand_{side}"), _smooth((points - k[0]) @ axis, -0.02, 0.02))
    return Shell(points, normals, triangles, w, np.full(len(points), LABELS.index("hand"), np.uint8), "skin")


def _shoe(joints: dict[str, NDArray[np.float64]], side: str, cell: float) -> Shell:
    x, _, z = joints[f"foot_{side}"]
    s = 0.008 if side == "left" else -0.008

    def field(p: Floats) -> Floats:
        f = limb(p, (x, 0.042, z - 0.022), (x + s, 0.040, z + 0.09), [(0, 0.037), (1, 0.045)])
        f = union(f, ellipsoid(p, (x + 1.6 * s, 0.030, z + 0.135), (0.044, 0.030, 0.070)), 0.04)
        f = union(f, limb(p, (x, 0.05, z), (x, 0.098, z - 0.004), [(0, 0.04), (1, 0.044)]), 0.03)
        f = union(f, limb(p, (x, 0.085, z), (x + s, 0.045, z + 0.09), [(0, 0.034), (1, 0.036)]), 0.02)
        f = np.maximum(f, p[:, 1] - 0.108)
        sole = np.maximum(np.abs(p[:, 1] - 0.012) - 0.012, f - 0.004)
        return np.asarray(np.minimum(np.maximum(f, 0.006 - p[:, 1]), sole), np.float32)

    points, triangles, normals = polygonise(field, (x - 0.075, -0.02, z - 0.09), (x + 0.075, 0.125, z + 0.235), cell)
    w = _rigid(len(points), f"foot_{side}")
    _take(w, BONES.index(f"shin_{side}"), _smooth(points[:, 1], 0.085, 0.12))
    return Shell(points, normals, triangles, w, np.full(len(points), LABELS.index("shoe"), np.uint8), "shoe")
