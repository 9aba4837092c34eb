"""Sleeves and legs: strips along a bent bone, which begin on the trunk's own edge."""

import numpy as np

from tryon.anchors import SIDES, Array, Limb
from tryon.cut import smooth
from tryon.drape import Trunk
from tryon.mesh import Grid, sound
from tryon.outfit import CUFF, LEG, RAISED, SLEEVE, Outfit, near
from tryon.pattern import LIMB_COLUMNS, ROWS, Tube, between

HANGS = {"sleeve": 0.72, "leg": 0.77}
"""What is seen of the width that a tube of cloth has laid flat."""


class Bone:
    """A limb's line with its bend rounded, by distance along the bones (not foreshortened). s: 1 on the left, -1 on the
    right; its normal points away from the trunk on either side when the limb hangs."""

    def __init__(self, limb: Limb, sigma: float, s: int) -> None:
        total = float(limb.solid[2])
        self.step = total / 120
        self.at = np.arange(-40, 181) * self.step
        bones = np.diff(limb.joints, axis=0)
        pace = bones / np.diff(limb.solid)[:, None]
        first, second = (float(np.arctan2(way[1], way[0])) for way in bones)
        bend = (second - first + np.pi) % (2 * np.pi) - np.pi
        upper = (self.at < limb.solid[1])[:, None]
        line = np.where(
            upper,
            limb.joints[0] + self.at[:, None] * pace[0],
            limb.joints[1] + (self.at[:, None] - limb.solid[1]) * pace[1],
        )
        self.line = smooth(line, sigma / self.step)
        share = smooth((self.at >= limb.solid[1]).astype(float), 2 * sigma / self.step)
        angle = first + bend * np.clip(share, 0, 1)
        ahead = np.stack([np.cos(angle), np.sin(angle)], 1)
        self.normal = s * np.stack([ahead[:, 1], -ahead[:, 0]], 1)
        speed = (np.gradient(self.line, self.step, axis=0) * ahead).sum(1)
        curve = s * np.gradient(angle, self.step)  # positive: bends away from the normal's side
        room = 0.8 * np.maximum(speed, 1e-3) / np.maximum(np.abs(curve), 1e-9)
        self.room = np.where(curve > 0, np.inf, room), np.where(curve < 0, np.inf, room)
        self.ahead = ahead

    def point(self, at: Array, off: Array) -> Array:
        """(n, 2): at this distance, off the line by so many pixels, no further than the bend's inside has room."""
        over, under = (np.interp(at, self.at, np.minimum(room, 1e6)) for room in self.room)
        off = np.clip(off, -np.maximum(under, 1e-3), np.maximum(over, 1e-3))
        line, normal = (
            np.stack([np.interp(at, self.at, table[:, i]) for i in (0, 1)], 1) for table in (self.line, self.normal)
        )
        return np.asarray(line + off[:, None] * normal)

    def locate(self, point: Array, until: float) -> tuple[float, float]:
        """Where a point near the limb's beginning lies: distance along it, and off it."""
        within = self.at < until
        nearest = int(np.argmin(np.linalg.norm(self.line[within] - point, axis=1)))
        away = point - self.line[nearest]
        return float(self.at[nearest] + away @ self.ahead[nearest]), float(away @ self.normal[nearest])


def strip(part: str, sheet: Tube, limb: Limb, trunk: Trunk, outfit: Outfit | None = None) -> Grid:
    """A sleeve or a trouser leg laid along a limb, from where it is sewn to the trunk."""
    source, low, high, s = sheet.source, sheet.low, sheet.high, SIDES[sheet.side]
    scale, unit = trunk.layout.scale, trunk.anchors.unit
    bone = Bone(limb, 0.08 * unit, s)
    hung_low, hung_high = trunk(sheet.seam)
    (at_low, off_low), (at_high, off_high) = (bone.locate(p, 0.8 * float(limb.solid[1])) for p in (hung_low, hung_high))
    whole = float(limb.solid[2])
    end = float(0.65 * (at_high + scale * high.length) + 0.35 * (at_low + scale * low.length))
    if outfit is not None:
        length = float(limb.solid[1])
        lifted = float((limb.joints[1] - limb.joints[0]) @ trunk.anchors.up) > -0.5 * length
        most = (RAISED if lifted and part.startswith("sleeve") else CUFF) * length
        end = near(end, outfit.cuff(limb), most, 0.01 * unit, shorter=most if end < 1.1 * length else 0.15 * length)
    if end > 0.86 * whole:
        end = float(np.clip(end, 0.98 * whole, 1.08 * whole))  # long sleeves end at the wrist, long legs at the ankle
    end = max(end, at_high + 0.15 * unit, at_low + 0.12 * unit)
    along_high, along_low = at_high + (end - at_high) * high.shares, at_low + (end - at_low) * low.shares
    way = high.hem + low.hem - high.start - low.start
    flat = scale * (np.abs((source[:, -1] - source[:, 0]) @ _normal(way, s)) / 2 - trunk.pattern.cut.margin)
    wide_high, wide_low = (
        np.maximum(1.05 * np.interp(at, limb.solid, limb.half), HANGS[part.split("_")[0]] * flat)
        + scale * trunk.pattern.cut.margin
        for at in (along_high, along_low)
    )
    if outfit is not None:
        limits = SLEEVE if part.startswith("sleeve") else LEG
        wide_high = _let(outfit, bone, along_high, wide_high, 1, limits)
        wide_low = _let(outfit, bone, along_low, wide_low, -1, limits)
    outside = wide_high + (off_high - wide_high) * _ease((along_high - at_high) / (0.3 * unit))
    inside = -wide_low + (off_low + wide_low) * _ease((along_low - at_low) / (0.5 * unit))
    target = between(bone.point(along_low, inside), bone.point(along_high, outside), LIMB_COLUMNS)

    # Before its seam the limb goes with the trunk, and beyond it less and less.
    hung = trunk(source)
    seam = low.seam + (high.seam - low.seam) * np.linspace(0, 1, LIMB_COLUMNS)
    beyond = (np.arange(ROWS)[:, None] - seam) / (ROWS - 1 - seam)
    step = np.floor(seam).astype(int)
    column, share = np.arange(LIMB_COLUMNS), (seam - step)[:, None]
    away = (hung - target)[step, column] * (1 - share) + (hung - target)[step + 1, column] * share
    if not sheet.loose:
        target = np.where(beyond[..., None] < 0, hung, target + _ease(beyond / 0.4)[..., None] * away)
    depth = np.interp(np.maximum(along_high, along_low), limb.solid, limb.depth)[:, None] + np.zeros(LIMB_COLUMNS)
    safe = _straight(source, scale, (hung_low + hung_high) / 2, way, limb)
    return Grid(part, source, sound(source, target, safe, sheet.used), depth, sheet.used)


def _let(outfit: Outfit, bone: Bone, along: Array, half: Array, side: int, limits: tuple[float, float]) -> Array:
    """Half widths let out or taken in to the limb's own outline on one side: 1 away from the trunk, -1 towards it."""
    start = bone.point(along, np.zeros(len(along)))
    way = bone.point(along, np.full(len(along), float(side))) - start
    way /= np.maximum(np.linalg.norm(way, axis=1), 1e-6)[:, None]
    return outfit.let(half, start, way, limits=limits)


def _ease(share: Array) -> Array:
    """From 1 at 0 to 0 at 1 and beyond, levelling out."""
    return np.asarray(np.clip(1 - share, 0, 1) ** 2)


def _normal(way: Array, s: int) -> Array:
    """Unit vector across a direction; for s = 1 it points to the right of the picture where the direction is down."""
    return np.array([way[1], -way[0]]) * s / max(float(np.linalg.norm(way)), 1e-6)


def _straight(source: Array, scale: float, at: Array, way: Array, limb: Limb) -> Array:
    """The strip unbent, turned to where the limb begins to go."""
    bone = limb.joints[1] - limb.joints[0]
    turn = np.arctan2(bone[1], bone[0]) - np.arctan2(way[1], way[0])
    cos, sin = np.cos(turn), np.sin(turn)
    centre = source.reshape(-1, 2).mean(0)
    return np.asarray((source - centre) @ np.array([[cos, sin], [-sin, cos]]) * scale + at + bone * 0.5)
