"""Where a garment takes hold of a body: points of the silhouette, not of the joints."""

from typing import Final, Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.bodies import Body

Array = NDArray[np.float64]
Side = Literal["left", "right"]
SIDES: Final[dict[Side, int]] = {"left": 1, "right": -1}
"""Which way a side lies along ``Anchors.across``."""

MOUTH: Final = [9, 10]
SHOULDERS, ELBOWS, WRISTS, HIPS, KNEES, ANKLES = ((i, i + 1) for i in (11, 13, 15, 23, 25, 27))
# Half widths of the trunk by depth below the shoulder joints (shares of the torso's length), in units of the body,
# front and side view: means of anthropometric breadths (chest .33, waist .28, hips .34 m) over a unit of .34 m.
LEVELS: Final = (0.0, 0.3, 0.6, 0.95, 1.15)
HALVES: Final = (0.46, 0.48, 0.41, 0.5, 0.5)
DEEP: Final = (0.25, 0.35, 0.31, 0.36, 0.36)
CROTCH: Final = 1.22
"""Depth of the crotch below the shoulder joints, in torsos, where the legs are closed and the mask does not show it."""
SHORTEST: Final = 16.0
"""Pixels: a torso that seems shorter is upright and that long."""
PIT: Final = 1.1
"""How far out cloth lies under the arms, in shares of the shoulder joints' distance from the spine."""
ARM: Final = (0.15, 0.125, 0.085)
LEG: Final = (0.25, 0.17, 0.115)


class Limb(Struct, frozen=True):
    """An arm or a leg. joints (3, 2): shoulder, elbow, wrist or hip, knee, ankle in pixels; solid (3,): distance from
    the first along the bones, not foreshortened, in pixels; half (3,): half the silhouette's width; depth (3,) z."""

    joints: Array
    solid: Array
    half: Array
    depth: Array


class Anchors(Struct, frozen=True, kw_only=True):
    """A body's measures, in pixels.

    unit: the larger of the shoulders' width and .62 of the torso. middle, hips: between the shoulder joints and between
    the hip joints; torso: between these two. up, across: unit vectors along the spine, and to the wearer's left.
    turn: radians. shoulder: by side, (n, 2) the silhouette from the side of the neck over the shoulder down the arm;
    tip: distance along it to the end of the shoulder. pit: by side, the armpit. crotch: its distance below the shoulder joints along the spine.
    depth: z of the chest.
    """

    unit: float
    middle: Array
    hips: Array
    torso: float
    up: Array
    across: Array
    slope: float
    turn: float
    shoulder: dict[Side, Array]
    tip: dict[Side, float]
    pit: dict[Side, Array]
    arm: dict[Side, Limb]
    leg: dict[Side, Limb]
    half: dict[Side, Array]
    crotch: float
    depth: float

    def breadth(self, side: Side, level: Array) -> Array:
        """Half the trunk's width on this side at these depths (shares of the torso below the shoulder joints)."""
        return np.asarray(np.interp(level, LEVELS, self.half[side]))


def find_anchors(body: Body) -> Anchors:
    """Measure a body."""
    points = body.points.astype(float)
    xy = points[:, :2]
    middle, hips = xy[list(SHOULDERS)].mean(0), xy[list(HIPS)].mean(0)
    torso = float(np.linalg.norm(middle - hips))
    if torso < SHORTEST:
        hips, torso = np.add(middle, (0.0, SHORTEST)), SHORTEST
    turn = float(np.radians(np.clip(body.turn, -70, 70)))
    unit = max(float(np.linalg.norm(xy[11] - xy[12])) / max(np.cos(turn), 0.8), 0.62 * torso)
    up = (middle - hips) / torso
    across = np.array([-up[1], up[0]])
    line = xy[11] - xy[12]
    # The shoulder line tells less of the tilt the more the body is turned; a hunched shoulder tilts it at most this far.
    ahead = max(float(line @ across), 0.3 * unit)
    slope = float(np.clip(np.arctan2(line @ -up, ahead), -0.4, 0.4))
    metre = _scale(body)
    arm = {side: _limb(body, i, (SHOULDERS, ELBOWS, WRISTS), ARM, unit, metre) for i, side in enumerate(SIDES)}
    leg = {side: _limb(body, i, (HIPS, KNEES, ANKLES), LEG, unit, metre) for i, side in enumerate(SIDES)}
    shoulder, tip, pit = {}, {}, {}
    for side, s in SIDES.items():
        shoulder[side], tip[side], pit[side] = _shoulder(body, arm[side], s, middle, up, across, unit, torso)
    half = {side: _halves(body, s, arm, middle, up, across, unit, torso, turn) for side, s in SIDES.items()}
    below = edge(body.person, hips, -up, 0.5 * torso)
    crotch = float(np.clip(torso + below, 1.14 * torso, 1.34 * torso)) if below else CROTCH * torso
    return Anchors(
        unit=unit, middle=middle, hips=hips, torso=torso, up=up, across=across, slope=slope, turn=turn, shoulder=shoulder,
        tip=tip, pit=pit, arm=arm, leg=leg, half=half, crotch=crotch, depth=float(points[[11, 12, 23, 24], 2].mean()),
    )  # fmt: skip


def edge(mask: NDArray[np.float32], start: Array, way: Array, reach: float) -> float | None:
    """How far from ``start`` the mask ends in this direction; None where it begins outside or does not end in reach."""
    steps = np.arange(0.0, reach, 0.5)
    at = np.floor(start + steps[:, None] * way).astype(int)
    h, w = mask.shape
    seen = (at[:, 0] >= 0) & (at[:, 0] < w) & (at[:, 1] >= 0) & (at[:, 1] < h)
    on = np.ones(len(steps), bool)
    on[seen] = mask[at[seen, 1], at[seen, 0]] >= 0.5
    if not seen[0] or not on[0] or on.all():
        return None
    first = int(np.argmin(on))
    return float(steps[first]) if seen[first] else None


def _scale(body: Body) -> float:
    """Pixels in a metre: over the torso and the limbs, as seen and as they are."""
    pairs = np.array([(11, 12), (11, 23), (12, 24), (23, 24), (11, 13), (12, 14), (23, 25), (24, 26)])
    seen = np.linalg.norm(np.diff(body.points[pairs, :2].astype(float), axis=1), axis=-1).sum()
    true = np.linalg.norm(np.diff(body.world[pairs, :2].astype(float), axis=1), axis=-1).sum()
    return float(seen / max(true, 1e-6))


def _limb(
    body: Body, i: int, pairs: tuple[tuple[int, int], ...], halves: tuple[float, ...], unit: float, metre: float
) -> Limb:
    at = [pair[i] for pair in pairs]
    joints, world = body.points[at, :2].astype(float), body.world[at].astype(float)
    seen = np.linalg.norm(np.diff(joints, axis=0), axis=1)
    true = np.maximum(np.linalg.norm(np.diff(world, axis=0), axis=1) * metre, seen)
    # A bone that points at the camera still has a way to go in the picture, or a sleeve would have no length at all.
    for n in (0, 1):
        bone = joints[n + 1] - joints[n]
        short = 0.2 * unit / max(seen[n], 1e-6)
        if short > 1:
            way = bone / seen[n] if seen[n] > 1e-3 else np.array([0.0, 1.0])
            joints[n + 1 :] += way * (0.2 * unit) - bone
    true = np.clip(true, 0.2 * unit, 2.5 * unit)
    half = np.array(halves) * unit
    for n, (a, b) in enumerate(((0.5, 0), (0.75, 1))):
        start = joints[b] + a * (joints[b + 1] - joints[b])
        way = joints[b + 1] - joints[b]
        normal = np.array([way[1], -way[0]]) / max(float(np.linalg.norm(way)), 1e-6)
        sides = [edge(body.person, start, s * normal, 0.4 * unit) for s in (1, -1)]
        if None not in sides:
            expected = half[n : n + 2].mean()
            half[n + (n == 1)] *= float(np.clip(sum(s for s in sides if s) / 2 / expected, 0.85, 1.35))
    return Limb(joints, np.concatenate([[0.0], np.cumsum(true)]), half, body.points[at, 2].astype(float))


def _shoulder(
    body: Body, arm: Limb, s: int, middle: Array, up: Array, across: Array, unit: float, torso: float
) -> tuple[Array, float, Array]:
    """The silhouette from the neck's side down the arm, how far along it the shoulder ends, and the armpit."""
    joint = arm.joints[0]
    out = s * across
    reach = max(float((joint - middle) @ out), 0.22 * unit)
    lift = float((joint - middle) @ up)
    way = arm.joints[1] - joint
    way /= max(float(np.linalg.norm(way)), 1e-6)
    raised = np.degrees(
        np.arctan2(way @ out, -way @ up)
    )  # 0 hanging, 90 level, towards 180 up, negative across the body
    high = float(np.clip((raised - 60) / 100, 0, 1)) if raised > -90 else 0.0
    top = 0.13 * unit
    if high == 0:
        found = edge(body.person, joint + 0.03 * unit * out, up, 0.3 * unit)
        top = float(np.clip(found, 0.08 * unit, 0.2 * unit)) if found else top
    normal = s * np.array([way[1], -way[0]])
    # Shrugged or raised shoulders take the neck's side along less than the joints; the mouth tells where it stays.
    mouth = float((body.points[MOUTH, :2].mean(0) - middle) @ up)
    rise = (
        float(np.clip(mouth - 0.15 * unit, 0.1 * unit, 0.33 * unit))
        if body.visibility[MOUTH].min() > 0.5
        else 0.33 * unit
    )
    neck = middle + out * min(0.2 * unit, 0.6 * reach) + up * (rise + 0.3 * max(lift, 0))
    tip = middle + out * (reach + (0.1 - 0.11 * high) * unit) + up * (lift + 0.85 * top + (0.015 + 0.1 * high) * unit)
    beyond = float(np.linalg.norm(tip - joint))
    seen = edge(body.person, joint, (tip - joint) / max(beyond, 1e-6), 0.5 * unit) if high == 0 else None
    if seen is not None:  # a shoulder that is turned away, or in wide clothes, ends where its outline does
        tip = joint + (tip - joint) * float(np.clip((seen + 0.01 * unit) / max(beyond, 1e-6), 0.5, 1.4))
    ridge = middle + out * (0.45 * reach + 0.1 * unit) + up * (0.6 * lift + 0.2 * unit)
    down = [joint + way * f * unit + normal * arm.half[0] for f in (0.3, 0.5, 0.7)]
    line = np.array([neck, ridge, tip, *down])
    tip_at = float(np.linalg.norm(np.diff(line[:3], axis=0), axis=1).sum())
    level = 0.3 - 0.05 * float(np.clip((raised - 30) / 120, 0, 1))
    pit = middle + out * (PIT * reach + 0.05 * unit * high) - up * (level * torso - 0.7 * lift)
    return line, tip_at, pit


def _halves(
    body: Body,
    s: int,
    arm: dict[Side, Limb],
    middle: Array,
    up: Array,
    across: Array,
    unit: float,
    torso: float,
    turn: float,
) -> Array:
    """Half widths of the trunk at LEVELS on one side, from the mask where no arm is in the way."""
    usual = np.hypot(np.array(HALVES) * np.cos(turn), np.array(DEEP) * np.sin(turn)) * unit
    found = usual.copy()
    bones = np.concatenate([limb.joints[:2] + t * (limb.joints[1:] - limb.joints[:2]) for limb in arm.values() for t in np.linspace(0, 1.2, 13)])  # fmt: skip
    for n in (2, 3):
        start = middle - up * LEVELS[n] * torso
        width = edge(body.person, start, s * across, 1.2 * unit)
        if width is None:
            continue
        end = start + s * across * width
        if np.linalg.norm(bones - end, axis=1).min() > 0.2 * unit:
            found[n] = np.clip(width, 0.85 * usual[n], 1.25 * usual[n])
    found[4] *= found[3] / usual[3]
    return np.asarray(found)
