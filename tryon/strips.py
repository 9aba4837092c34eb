"""Sleeves and legs: strips along a bent bone, which begin on the trunk's own edge."""

import numpy as np
from numpy.typing import NDArray

from tryon.anchors import SIDES, Anchors, Array, Limb, Side
from tryon.cut import Cut, filled, smooth
from tryon.drape import Trunk
from tryon.mesh import Grid, areas, cells, relaxed, sound

ROWS, COLUMNS = 40, 10


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


def sleeve(cut: Cut, anchors: Anchors, trunk: Trunk, side: Side) -> Grid:
    """The strip of one sleeve: rows from inside the armhole to the cuff, columns from its inner to its outer edge."""
    tip, pit = cut.points[f"shoulder_{side}"], cut.points[f"armpit_{side}"]
    outer, inner = cut.points[f"cuff_outer_{side}"], cut.points[f"cuff_inner_{side}"]
    s = SIDES[side]
    inward = s * np.array([(tip - pit)[1], -(tip - pit)[0]])
    over = 0.08
    under = _first_row(pit, inner - pit, tip, outer, over, s)
    high = Edge(tip + 0.15 * inward, tip, outer, over, cut.margin)
    low = Edge(pit + 0.3 * inward, pit, inner, under, cut.margin)
    return _limb(f"sleeve_{side}", cut, anchors, trunk, anchors.arm[side], low, high, s)


def leg(cut: Cut, anchors: Anchors, trunk: Trunk, side: Side) -> Grid:
    """The strip of one trouser leg: rows from the waist, with the trunk down to the crotch, to the hem."""
    points, s = cut.points, SIDES[side]
    waist, hip, crotch = points[f"waist_{side}"], points[f"hip_{side}"], points["crotch"]
    outer, inner = points[f"hem_outer_{side}"], points[f"hem_inner_{side}"]
    down = np.clip((crotch[1] - hip[1]) / max(outer[1] - hip[1], 1.0), 0.02, 0.9)
    beside = hip + down * (outer - hip)
    rise = min(0.5, float((crotch[1] - waist[1]) / max(outer[1] - waist[1], 1.0)) * 0.8 + 0.05)
    middle = cut.mid("waist")
    above, over = np.array([0.0, -2 * cut.margin]), np.array([-s * cut.margin, 0.0])
    high = Edge(waist + above, beside, outer, rise, cut.margin, by_way_of=hip)
    low = Edge(middle + above + over, crotch + over, inner, rise, cut.margin)
    return _limb(f"leg_{side}", cut, anchors, trunk, anchors.leg[side], low, high, s)


def _limb(part: str, cut: Cut, anchors: Anchors, trunk: Trunk, limb: Limb, low: "Edge", high: "Edge", s: int) -> Grid:
    """A strip between two edges laid along a limb. s: 1 on the left, -1 on the right."""
    mask = cut.garment.part(part)
    source = _strip(cut, mask, low, high, s)
    scale, unit = trunk.layout.scale, anchors.unit
    bone = Bone(limb, 0.08 * unit, s)
    hung_low, hung_high = trunk(np.stack([low.start, high.start]))
    (at_low, off_low), (at_high, off_high) = (bone.locate(p, 0.8 * float(limb.solid[1])) for p in (hung_low, hung_high))
    whole = float(limb.solid[2])
    end = float(0.65 * (at_high + scale * high.length) + 0.35 * (at_low + scale * low.length))
    if end > 0.86 * whole:
        end = float(np.clip(end, 0.98 * whole, 1.08 * whole))  # long sleeves end at the wrist, long legs at the ankle
    end = max(end, at_high + 0.15 * unit, at_low + 0.12 * unit)
    along_high, along_low = at_high + (end - at_high) * high.shares, at_low + (end - at_low) * low.shares
    way = high.hem + low.hem - high.start - low.start
    flat = scale * (np.abs((source[:, -1] - source[:, 0]) @ _normal(way, s)) / 2 - cut.margin)
    wide_high, wide_low = (
        _clothed(np.interp(at, limb.solid, limb.half), flat) + scale * cut.margin for at in (along_high, along_low)
    )
    outside = wide_high + (off_high - wide_high) * _ease((along_high - at_high) / (0.45 * unit))
    inside = -wide_low + (off_low + wide_low) * _ease((along_low - at_low) / (0.5 * unit))
    target = _between(bone.point(along_low, inside), bone.point(along_high, outside), COLUMNS)

    # Before its seam the limb goes with the trunk, and beyond it less and less.
    hung = trunk(source)
    seam = low.seam + (high.seam - low.seam) * np.linspace(0, 1, COLUMNS)
    beyond = (np.arange(ROWS)[:, None] - seam) / (ROWS - 1 - seam)
    step = np.floor(seam).astype(int)
    column, share = np.arange(COLUMNS), (seam - step)[:, None]
    away = (hung - target)[step, column] * (1 - share) + (hung - target)[step + 1, column] * share
    target = np.where(beyond[..., None] < 0, hung, target + _ease(beyond / 0.4)[..., None] * away)
    depth = np.interp(np.maximum(along_high, along_low), limb.solid, limb.depth)[:, None] + np.zeros(COLUMNS)
    safe = _straight(source, scale, (hung_low + hung_high) / 2, way, limb)
    used = cells(cut, source, mask)
    return Grid(part, source, sound(source, target, safe, used), depth, used)


def _clothed(half: Array, flat: Array) -> Array:
    """Half the width of a limb in a tube of cloth. flat: half its width laid flat.

    A tube as tight as can be, pi / 2 times the limb's width when flat, lies on the skin; what it has more hangs out.
    """
    return np.asarray(1.05 * half + 0.85 * np.maximum(flat - np.pi / 2 * half, 0))


def _first_row(pit: Array, down: Array, tip: Array, outer: Array, over: float, s: int) -> float:
    """At which share of the rows the one from the armpit should lie, so that it stands off the edge below it.

    Beside a sleeve that hangs, or under a wide short one, the line from armpit to shoulder and the lower edge are
    nearly one straight line; the row from the armpit ends as far down the outer edge as it must.
    """
    shares = np.linspace(0.2, 0.75, 12)
    rows = tip + ((shares - over) / (1 - over))[:, None] * (outer - tip) - pit
    off = (
        s * (rows[:, 0] * down[1] - rows[:, 1] * down[0]) / (np.linalg.norm(rows, axis=1) * np.linalg.norm(down) + 1e-9)
    )
    return float(shares[np.argmax(off >= 0.55)] if (off >= 0.55).any() else shares[np.argmax(off)])


class Edge:
    """One edge of a strip in the garment: from behind the seam, over the seam's end, to the hem.

    crossing: at which share of the rows it crosses the seam. points (ROWS, 2); shares (ROWS,): 0 at the seam, 1 at the
    hem; seam: the row of the crossing; start, hem: its ends beyond the seam, length: between them.
    """

    def __init__(
        self, behind: Array, seam: Array, hem: Array, crossing: float, margin: float, by_way_of: Array | None = None
    ) -> None:
        self.start, self.hem = seam, hem
        back, self.length = float(np.linalg.norm(seam - behind)), max(float(np.linalg.norm(hem - seam)), 1.0)
        at = np.interp(np.linspace(0, 1, ROWS), [0, crossing, 1], [-back, 0, self.length + 1.5 * margin])
        self.shares = at / self.length
        self.seam = crossing * (ROWS - 1)
        ahead, across = (hem - seam) / self.length, (seam - behind) / max(back, 1e-6)
        points = seam + np.maximum(at, 0)[:, None] * ahead + np.minimum(at, 0)[:, None] * across
        if by_way_of is not None:
            share = float(np.clip((by_way_of - behind) @ across / max(back, 1e-6), 0.05, 0.95))
            aside = by_way_of - behind - share * (seam - behind)
            before = np.clip(1 + at / max(back, 1e-6), 0, 1)
            points = points + np.interp(before, np.array([0, share, 1]), np.array([0, 1, 0]))[:, None] * aside
        self.points = smooth(points, 1.0)
        ways = smooth(np.where(at[:, None] < 0, across, ahead), 1.0)
        self.ways = ways / np.linalg.norm(ways, axis=1)[:, None]


def _strip(cut: Cut, mask: NDArray[np.bool_], low: Edge, high: Edge, s: int) -> Array:
    """(ROWS, COLUMNS, 2): rows from one edge to the other, as wide as the part is there."""
    first, last = cut.extents(mask, low.points, high.points, 0.35)
    first, last = smooth(filled(np.minimum(first, 0.1)), 1.5), smooth(filled(np.maximum(last, 0.9)), 1.5)
    first, last = first * np.clip(low.shares * 4, 0, 1), (last - 1) * np.clip(high.shares * 4, 0, 1)
    # Under the arm, where the edge turns a corner inwards, a margin would run across itself; and there is no edge of cloth.
    room = np.minimum(np.maximum(low.shares, 0) * low.length * 0.25, cut.margin)[:, None]
    out = (
        np.stack([low.ways[:, 1], -low.ways[:, 0]], 1) * s * room,
        np.stack([high.ways[:, 1], -high.ways[:, 0]], 1) * s * cut.margin,
    )
    across = high.points - low.points
    for share in (1.0, 0.5, 0.25, 0.0):
        inner = low.points + share * first[:, None] * across - out[0]
        outer = high.points + share * last[:, None] * across + out[1]
        source = _between(inner, outer, COLUMNS)
        least = 0.01 * np.abs(areas(source)).mean()
        source = relaxed(source, least * s)
        if (areas(source) * s > 0).all():
            break
    return source


def _between(one: Array, other: Array, count: int) -> Array:
    """(n, count, 2): evenly from (n, 2) to (n, 2)."""
    return np.asarray(one[:, None] + np.linspace(0, 1, count)[None, :, None] * (other - one)[:, None])


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
