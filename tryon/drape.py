"""The map from a garment's trunk to a body's: rows across the spine, columns from the shoulder line to the hem."""

from typing import Final

import numpy as np
from msgspec import Struct

from tryon.anchors import SIDES, Anchors, Array
from tryon.cut import Cut, smooth
from tryon.outfit import HEM, Outfit, near
from tryon.pattern import Pattern

EASE: Final = {
    "t-shirt": 0.1,
    "longsleeve": 0.1,
    "shirt": 0.07,
    "outwear": 0.22,
    "dress": 0.04,
    "skirt": 0.03,
    "pants": 0.04,
    "shorts": 0.18,
}
"""By how much a garment is wider than the body's half girth, where its photo does not tell."""
CHEST, SHOULDERS, WAIST, HIP = 1.47, 1.3, 1.17, 1.4
"""Half girths and the width from seam to seam in units (.33 m), before ease, of garments worn by drawn people."""
WRAP: Final = {"dress": 0.8, "skirt": 0.8, "pants": 0.8, "shorts": 0.8}
"""What is seen from the front of the width that a garment has laid flat: .74 is an ellipse, .7 times as deep as wide, of
the same girth; what hangs from a waistband spreads over hips and thighs."""
NECK: Final = -0.33
"""Where a garment's neck is, in units below the shoulder joints, of somebody whose arms hang: its length is counted from there."""
TOPS: Final = ("t-shirt", "longsleeve", "shirt")
LONG: Final = 1.3
"""Where such tops end at the lowest, in torsos below the shoulder joints: one that seems longer was measured too narrow."""
ROUND: Final = np.radians(50)
"""How far round the side of the trunk goes; columns lie like lines on a cylinder seen from the front."""


class Layout(Struct, frozen=True):
    """Where heights of a garment go. rows: upright y; levels: distances below the shoulder joints along the spine, in
    pixels; scale: photo pixels per garment pixel."""

    rows: Array
    levels: Array
    scale: float


def top_layout(cut: Cut, anchors: Anchors, outfit: Outfit | None = None, *, tucked: bool) -> Layout:
    """A top or a dress: hung from the shoulders by its own length."""
    unit, torso = anchors.unit, anchors.torso
    category = cut.garment.category
    scale = CHEST * (1 + EASE[category]) * unit / cut.width("armpit")
    if cut.sides("cuff_outer"):
        # Straps and vests end inside the shoulder joints and tell nothing.
        scale = float((scale * SHOULDERS * (1 + EASE[category]) * unit / cut.width("shoulder")) ** 0.5)
    neck, pit, waist, hem = (float(cut.mid(name)[1]) for name in ("neckline", "armpit", "waist", "hem"))
    highest = -float(np.mean([(line[0] - anchors.middle) @ anchors.up for line in anchors.shoulder.values()]))
    body_pit = -float(np.mean([(p - anchors.middle) @ anchors.up for p in anchors.pit.values()]))
    at_pit = float(np.clip(highest + scale * (pit - neck), body_pit - 0.02 * unit, body_pit + 0.3 * unit))
    at_hem = min(highest, NECK * unit) + scale * (hem - neck)
    if category == "dress":
        at_waist = float(np.clip(highest + scale * (waist - neck), 0.54 * torso, 0.68 * torso))
        at_hem = at_waist + scale * (hem - waist)
    elif not tucked:
        if 0.9 * torso < at_hem < 1.08 * torso:
            at_hem = 1.08 * torso  # over the waistband, unless it is cropped: what was worn there shows otherwise
        if category in TOPS:
            at_hem = LONG * torso + min(0.0, at_hem - LONG * torso) + 0.3 * max(0.0, at_hem - LONG * torso)
    if outfit is not None and not tucked:
        at_hem = near(at_hem, outfit.hem(anchors, at_pit), HEM * (at_hem - highest), _above_middle(cut, scale, unit))
    if category != "dress":
        at_waist = at_pit + (at_hem - at_pit) * (waist - pit) / (hem - pit)
    at_waist = max(at_waist, at_pit + 0.1 * unit)
    rows = np.array([neck, pit, waist, hem])
    return Layout(rows, np.array([highest, at_pit, at_waist, max(at_hem, at_waist + 0.1 * unit)]), scale)


def _above_middle(cut: Cut, scale: float, unit: float) -> float:
    """By how much a hem's sides, by which it is hung, lie lower than its middle, by which it is seen: mostly negative."""
    if "hem_centre" not in cut.points:
        return 0.005 * unit
    return 0.005 * unit - float(np.clip(scale * (cut.points["hem_centre"][1] - cut.mid("hem")[1]), 0, 0.2 * unit))


def skirt_layout(cut: Cut, anchors: Anchors, outfit: Outfit | None = None) -> Layout:
    """A skirt: held at the waist, as long as its own proportions make it."""
    scale = WAIST * (1 + EASE["skirt"]) * anchors.unit / cut.width("waist")
    waist, hem = (float(cut.mid(name)[1]) for name in ("waist", "hem"))
    at_waist = 0.71 * anchors.torso
    at_hem = at_waist + max(scale * (hem - waist), 0.3 * anchors.unit)
    if outfit is not None:
        worn = outfit.hem(anchors, anchors.torso)
        at_hem = near(at_hem, worn, HEM * (at_hem - at_waist), _above_middle(cut, scale, anchors.unit))
    return Layout(np.array([waist, hem]), np.array([at_waist, at_hem]), scale)


def trouser_layout(cut: Cut, anchors: Anchors) -> Layout:
    """Trousers down to the crotch: hung by it, so that the rise puts the waistband where it is cut to be."""
    scale = HIP * (1 + EASE[cut.garment.category]) * anchors.unit / cut.width("hip")
    waist, crotch = float(cut.mid("waist")[1]), float(cut.points["crotch"][1])
    at_crotch = anchors.crotch
    at_waist = float(np.clip(at_crotch - scale * (crotch - waist), 0.5 * anchors.torso, 0.85 * anchors.torso))
    return Layout(np.array([waist, crotch]), np.array([at_waist, at_crotch]), scale)


class Trunk:
    """The map. Call it with upright points (…, 2) to get photo points (…, 2)."""

    def __init__(self, pattern: Pattern, anchors: Anchors, layout: Layout, outfit: Outfit | None = None) -> None:
        self.pattern, self.anchors, self.layout, self.outfit = pattern, anchors, layout, outfit
        self.rows = pattern.outline.rows
        self._place(anchors, layout)
        self._hang_sides(anchors, layout)
        self._pull = np.zeros((1, 2))
        self._at = np.zeros(1)
        self._pits: Array | None = None
        if "armpit_left" in pattern.cut.points:
            self._hang_shoulders(pattern.cut, anchors)

    # The body's side

    def _place(self, anchors: Anchors, layout: Layout) -> None:
        """The spine and the rows' directions, by distance below the shoulder joints."""
        known, levels = layout.rows, layout.levels
        slopes = np.diff(levels) / np.diff(known)
        level = np.interp(self.rows, known, levels)
        level += np.minimum(self.rows - known[0], 0) * layout.scale + np.maximum(self.rows - known[-1], 0) * slopes[-1]
        self.level = smooth(level, 4.0)
        unit, torso = anchors.unit, anchors.torso
        self._q = np.linspace(min(self.level[0], 0.0) - 0.2 * unit, self.level[-1] + 0.2 * unit, 240)
        down = np.arctan2(-anchors.up[0], -anchors.up[1])  # from straight down, towards the right of the picture
        below = np.clip((self._q / torso - 0.95) / 0.5, 0, 1)
        heading = down * (1 - below**2 * (3 - 2 * below))  # below the hips cloth falls straight down
        step = np.stack([np.sin(heading), np.cos(heading)], 1) * (self._q[1] - self._q[0])
        way = np.cumsum(step, 0)
        at = np.stack([np.interp(0.0, self._q, way[:, i]) for i in (0, 1)])
        self._spine = anchors.middle + way - at
        tilt = np.interp(
            self._q / torso, [0.0, 0.35, 0.7, 1.0], [anchors.slope, 0.6 * anchors.slope, 0.1 * anchors.slope, 0.0]
        )
        self._angle = smooth(tilt - heading, 4.0)

    def _hang_sides(self, anchors: Anchors, layout: Layout) -> None:
        """Half the width of each row on the body and where its middle is."""
        unit, level = anchors.unit, self.level / anchors.torso
        tops = "armpit_left" in self.pattern.cut.points
        ease = EASE[self.pattern.cut.garment.category] * 0.4 + 0.02
        halves = []
        for side, flat in (("left", self.pattern.outline.left), ("right", self.pattern.outline.right)):
            body = anchors.breadth(side, level) * (1 + ease)  # type: ignore[arg-type]
            wide = (
                WRAP.get(self.pattern.cut.garment.category, 0.73)
                * layout.scale
                * flat
                * np.clip(np.cos(anchors.turn), 0.5, 1)
            )
            half = np.maximum(body, wide)
            if self.pattern.cut.garment.category in ("skirt", "dress"):
                half = np.maximum(half, self._legs(anchors, SIDES[side]))  # type: ignore[index]
            if not tops:
                # A waistband is held at the waist, and the cloth widens below it: skirts sooner than trousers.
                free = (0.6 if self.pattern.cut.garment.category == "skirt" else 0.9) * unit
                share = np.clip((self.level - layout.levels[0]) / free, 0, 1)
                half = np.minimum(half, np.where(share < 1, body * (1.06 + 0.8 * share**2), np.inf))
            if tops:
                pit = float(self.pattern.cut.mid("armpit")[1])
                s = SIDES[side]  # type: ignore[index]
                at_pit = float(s * (anchors.pit[side] - anchors.middle) @ anchors.across)  # type: ignore[index]
                near = np.clip((self.rows - pit) / (0.5 * unit / layout.scale), 0, 1)
                half = np.where(near < 1, at_pit * (1 + 0.5 * ease) * (1 - near) + half * near, half)
            if self.outfit is not None:
                half = self._let(half, SIDES[side])  # type: ignore[index]
            halves.append(smooth(half, 5.0))
        left, right = halves
        self.half, self.middle = (left + right) / 2, (left - right) / 2
        deep = np.interp(level, [0.0, 0.3, 1.0], [0.25, 0.33, 0.36]) * unit * np.sin(anchors.turn)
        self.turned = np.clip(0.8 * deep, -0.42 * self.half, 0.42 * self.half)

    def _let(self, half: Array, s: int) -> Array:
        """Half the widths let out or taken in to the outline of what is worn, where no arm is in the way."""
        assert self.outfit is not None
        anchors = self.anchors
        start = np.stack([np.interp(self.level, self._q, self._spine[:, i]) for i in (0, 1)], 1)
        angle = np.interp(self.level, self._q, self._angle)
        way = s * np.stack([np.cos(angle), np.sin(angle)], 1)
        reach, _ = self.outfit.reach(start, way, 1.5 * float(half.max()))
        end = start + np.nan_to_num(reach)[:, None] * way
        bones = np.concatenate([limb.joints[:2] + t * np.diff(limb.joints, axis=0) for limb in anchors.arm.values() for t in np.linspace(0, 1.2, 13)])  # fmt: skip
        clear = np.linalg.norm(end[:, None] - bones, axis=-1).min(1) > 0.2 * anchors.unit
        return self.outfit.let(half, start, way, clear)

    def _legs(self, anchors: Anchors, s: int) -> Array:
        """How far the legs reach to one side of the spine in each row, with a little ease; 0 where there are none."""
        share = np.linspace(0, 1, 16)[:, None]
        at, half = [], []
        for limb in anchors.leg.values():
            for bone in (0, 1):
                at.append(limb.joints[bone] * (1 - share) + limb.joints[bone + 1] * share)
                half.append(limb.half[bone] * (1 - share[:, 0]) + limb.half[bone + 1] * share[:, 0])
        spots, wide = np.concatenate(at), np.concatenate(half) * 1.08
        depth = (anchors.middle - spots) @ anchors.up
        spine = np.stack([np.interp(depth, self._q, self._spine[:, i]) for i in (0, 1)], 1)
        reach = s * ((spots - spine) @ anchors.across) + wide
        near = np.abs(self.level[:, None] - depth) < 0.12 * anchors.unit
        return np.asarray(np.where(near & (depth > anchors.torso), reach, 0.0).max(1))

    def _flat(self, upright: Array, u: Array) -> Array:
        """The map without what shoulders and armpits pull."""
        y = upright[..., 1]
        q = np.interp(y, self.rows, self.level)
        q += np.minimum(y - self.rows[0], 0) * self.layout.scale + np.maximum(y - self.rows[-1], 0) * self.layout.scale
        half, middle, turned = (np.interp(y, self.rows, table) for table in (self.half, self.middle, self.turned))
        inner = np.clip(u, -1, 1)
        u = np.clip(u, -1.8, 1.8)
        x = half * (np.sin(ROUND * inner) / np.sin(ROUND) + (u - inner)) + middle + turned * (1 - inner**2)
        spine = np.stack([np.interp(q, self._q, self._spine[:, i]) for i in (0, 1)], -1)
        angle = np.interp(q, self._q, self._angle)
        return np.asarray(spine + x[..., None] * np.stack([np.cos(angle), np.sin(angle)], -1))

    # Shoulders

    def _hang_shoulders(self, cut: Cut, anchors: Anchors) -> None:
        """Let the shoulder seams lie along the body's shoulders, and the armpits in its armpits."""
        scale, unit = self.layout.scale, anchors.unit
        x, y, goal = [], [], []
        for side, s in SIDES.items():
            neck, tip = cut.points[f"neckline_{side}"], cut.points[f"shoulder_{side}"]
            line = anchors.shoulder[side]
            along = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(line, axis=0), axis=1))])
            wide = scale * abs(float(neck[0] - cut.mid("neckline")[0]))
            have = float(s * (line[0] - anchors.middle) @ anchors.across)
            start = float(np.clip(wide - have, 0, 0.6 * anchors.tip[side]))
            end = start + scale * float(np.linalg.norm(tip - neck))
            if cut.sides("cuff_outer"):
                end = float(np.clip(end, 0.9 * anchors.tip[side], 1.35 * anchors.tip[side]))
            else:
                end = min(end, 1.05 * anchors.tip[side])
            t = np.linspace(0, 1, 9)
            at = start + t * max(end - start, 0.1 * unit)
            spots = np.stack([np.interp(at, along, line[:, i]) for i in (0, 1)], 1)
            beyond = np.array([0.1, 0.3, 0.6]) * unit
            way = s * anchors.across - 0.5 * anchors.up
            x.append(np.concatenate([neck[0] + t * (tip[0] - neck[0]), tip[0] + s * beyond / scale]))
            y.append(np.concatenate([neck[1] + t * (tip[1] - neck[1]), tip[1] + 0.5 * beyond / scale]))
            goal.append(np.concatenate([spots, spots[-1] + beyond[:, None] * way]))
        x_all = np.concatenate([x[1][::-1], x[0]])
        y_all, goals = np.concatenate([y[1][::-1], y[0]]), np.concatenate([goal[1][::-1], goal[0]])
        at = np.stack([x_all, y_all], 1)
        self._at = np.linspace(x_all[0], x_all[-1], 121)
        self._top = np.interp(self._at, x_all, y_all)
        pull = goals - self._flat(at, self.pattern.outline.side(at))
        pull = np.stack([np.interp(self._at, x_all, pull[:, i]) for i in (0, 1)], 1)
        self._pull = smooth(pull, 1.5)
        pits = np.array([cut.points["armpit_right"], cut.points["armpit_left"]])
        target = np.array([anchors.pit["right"], anchors.pit["left"]])
        pulled = np.clip(
            (target - self._flat(pits, self.pattern.outline.side(pits))) @ anchors.across, -0.3 * unit, 0.3 * unit
        )
        # A loose armhole hangs lower than the armpit: upwards goes only what a raised arm lifts.
        lifted = (target - anchors.middle) @ anchors.up + 0.3 * anchors.torso
        self._pits = pulled[:, None] * anchors.across + np.clip(lifted, -0.1 * unit, 0.3 * unit)[:, None] * anchors.up

    def __call__(self, upright: Array) -> Array:
        u = self.pattern.outline.side(upright)
        placed = self._flat(upright, u)
        if self._pits is None:
            return placed
        x, y = upright[..., 0], upright[..., 1]
        pit, waist = float(self.pattern.cut.mid("armpit")[1]), float(self.layout.rows[2])
        top = np.interp(x, self._at, self._top)
        near = np.clip((pit - y) / (pit - np.minimum(top, pit - 1)), 0, 1)
        share = near**2 * (3 - 2 * near)
        pull = np.stack([np.interp(x, self._at, self._pull[:, i]) for i in (0, 1)], -1)
        low = np.clip((waist - y) / (waist - pit), 0, 1)
        lower = np.where(y < pit, 1 - share, low**2 * (3 - 2 * low))
        side = np.clip(np.abs(u), 0, 1) ** 2
        pits = np.where((u > 0)[..., None], self._pits[1], self._pits[0])
        return np.asarray(placed + share[..., None] * pull + (lower * side)[..., None] * pits)
