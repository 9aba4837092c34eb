"""What a person wears as far as new clothes can take after it: its outline, its hems and its cuffs."""

from typing import Self

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.anchors import Anchors, Array, Limb
from tryon.cut import smooth
from tryon.parse import Parsed

Mask = NDArray[np.bool_]

LET = 0.85, 1.22
SLEEVE, LEG = (0.5, 1.6), (0.9, 1.4)
"""A garment's width is taken in or let out within these limits to meet the outline of what was worn: nothing is to be
invented beside it then, and nobody sees so small a change of cut.
SLEEVE, LEG: the limits for these; a wide leg over a tight one
stays wide."""
HEM = 0.2
"""Likewise for hems: shares of the garment's length by which they go up or down."""
CUFF, RAISED = 0.4, 0.8
"""Likewise for the ends of sleeves and legs: shares of the upper arm or thigh. RAISED: of an arm
whose sleeve is pushed together or hangs back."""

_ALIKE = 0.7


class Outfit(Struct, frozen=True):
    """solid, old: (H, W) bool, trunk, legs and arms with what is worn on them, and of it what new clothes replace.
    hemmed: whether it can be seen where the old clothes end below."""

    solid: Mask
    old: Mask
    hemmed: bool

    @classmethod
    def of(cls, parsed: Parsed, replaced: frozenset[str]) -> Self:
        """replaced: of "upper", "lower"."""
        body = ("neck", "arm", "torso", "upper", "lower", "leg", "other")
        return cls(parsed.of(*body), parsed.of(*replaced), replaced != {"upper"} or parsed.alike < _ALIKE)

    def reach(self, start: Array, way: Array, most: float) -> tuple[Array, Mask]:
        """How far the body reaches from points (n, 2) along unit vectors (n, 2), in pixels, and whether the old clothes
        end there. NaN where it does not begin there, ends at the photo's border or does not end within ``most``."""
        steps = np.arange(0.0, most, 1.0)
        at = np.floor(start[:, None] + steps[:, None] * way[:, None]).astype(int)
        on, seen = _look(self.solid, at)
        last = on.argmin(1)
        rows = np.arange(len(start))
        ends = on[:, 0] & ~on.all(1) & seen[rows, last]
        worn, _ = _look(self.old, at)
        near = [worn[rows, np.clip(last - back, 0, None)] for back in (2, 4, 6)]
        return np.where(ends, last, np.nan), ends & (np.sum(near, 0) >= 2)

    def let(
        self, half: Array, start: Array, way: Array, known: Mask | None = None, *, limits: tuple[float, float] = LET
    ) -> Array:
        """Half widths (n,) of a garment from points along unit vectors, let out or taken in to the body's outline.

        known: where the outline is the garment's own, not that of an arm in front. Only what goes away is taken in to.
        """
        low, high = limits
        found, cloth = self.reach(start, way, (high + 0.3) * float(half.max()))
        share = (found + 0.5) / np.maximum(half, 1e-6)
        share = np.where((share < 1) & ~cloth, np.nan, share)
        good = np.isfinite(share) & (share > low - 0.15)
        if known is not None:
            good &= known
        if good.sum() < 3:
            return half
        index = np.arange(len(half))
        nearest = np.abs(index[:, None] - index[good]).min(1)
        share = smooth(np.interp(index, index[good], np.clip(share[good], low, high)), 0.04 * len(half))
        fade = np.clip(1.5 - nearest / (0.2 * len(half)), 0, 1)
        return np.asarray(half * (1 + (share - 1) * fade))

    def hem(self, anchors: Anchors, start: float) -> float | None:
        """How far below the shoulder joints along the spine the old clothes hang, if they do from ``start`` on."""
        if not self.hemmed:
            return None
        columns = np.linspace(-0.3, 0.3, 13)[:, None] * anchors.unit * anchors.across
        steps = np.arange(start, start + 3 * anchors.torso, 2.0)
        at = np.floor(anchors.middle + columns[:, None] - steps[:, None] * anchors.up).astype(int)
        worn, seen = _look(self.old, at)
        return _last(worn & seen, steps, least=5, break_at=0.25 * anchors.torso, percentile=70)  # hems hang in waves

    def skirted(self, anchors: Anchors) -> bool:
        """Whether a skirt is among the old clothes: they span the way from one thigh to the other."""
        middle = [limb.joints[0] * 0.4 + limb.joints[1] * 0.6 for limb in anchors.leg.values()]
        between = np.linspace(0.1, 0.9, 9)[:, None] * (middle[1] - middle[0]) + middle[0]
        away = float(np.linalg.norm(middle[1] - middle[0])) > 0.25 * anchors.unit
        return bool(away and _look(self.old, np.floor(between).astype(int))[0].mean() > 0.9)

    def cuff(self, limb: Limb) -> float | None:
        """How far along a limb the old clothes reach, in the measure of ``Limb.solid``, if they cover its beginning."""
        at = np.linspace(0.1, 1, 90) * limb.solid[2]
        line = np.stack([np.interp(at, limb.solid, limb.joints[:, i]) for i in (0, 1)], 1)
        bones = np.repeat(np.diff(limb.joints, axis=0), 2, 0)[[0, 2]]
        bones = bones[(at > limb.solid[1]).astype(int)]
        normal = np.stack([bones[:, 1], -bones[:, 0]], 1) / np.maximum(np.linalg.norm(bones, axis=1), 1e-6)[:, None]
        offs = np.linspace(-0.4, 0.4, 5)[:, None] * np.interp(at, limb.solid, limb.half)
        spots = np.floor(line + offs[..., None] * normal).astype(int)
        worn, seen = _look(self.old, spots)
        return _last(worn & seen, at, least=2, break_at=0.12 * float(limb.solid[2]), percentile=50)


def near(own: float, worn: float | None, most: float, beyond: float, shorter: float | None = None) -> float:
    """An end of a garment put where the old one ends, a little further, if it is at most so far from there.

    shorter: by how much it may lose at most, by default as much.
    """
    if worn is None or not -most <= own - worn <= (most if shorter is None else shorter):
        return own
    return worn + beyond


def _look(mask: Mask, at: NDArray[np.int_]) -> tuple[Mask, Mask]:
    """The mask at places (…, 2), False outside of the photo; and which of them are inside."""
    h, w = mask.shape
    seen = (at[..., 0] >= 0) & (at[..., 0] < w) & (at[..., 1] >= 0) & (at[..., 1] < h)
    x, y = np.clip(at[..., 0], 0, w - 1), np.clip(at[..., 1], 0, h - 1)
    return np.asarray(mask[y, x] & seen), np.asarray(seen)


def _last(worn: Mask, steps: Array, *, least: int, break_at: float, percentile: float) -> float | None:
    """A percentile over rows (n, m) of the last step that is worn before a break of this length; None for few rows."""
    ends = []
    for row in worn:
        on = np.flatnonzero(row)
        if not len(on) or steps[on[0]] > steps[0] + break_at:
            continue
        gaps = np.flatnonzero(np.diff(steps[on]) > break_at)
        ends.append(steps[on[gaps[0] if len(gaps) else -1]])
    return float(np.percentile(ends, percentile)) if len(ends) >= least else None
