"""A garment made ready to be laid: the outline of its trunk, and a grid of cells over each of its parts."""

from typing import Self

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.anchors import SIDES, Array, Side
from tryon.cut import Cut, filled, smooth
from tryon.garments import Garment
from tryon.hidden import hidden
from tryon.mesh import areas, relaxed

ROWS, COLUMNS = 40, 26
LIMB_COLUMNS = 10
LAID_OVER = 0.12
"""A sleeve that reaches so far over the trunk, in widths of the chest times .45, hides its own armhole."""
TROUSERS = ("pants", "shorts")


class Outline(Struct, frozen=True):
    """The trunk of a garment, row by row: upright y, x of the centre line, half widths to the left and to the right."""

    rows: Array
    centre: Array
    left: Array
    right: Array

    def side(self, upright: Array) -> Array:
        """Of upright points (…, 2): 0 on the centre line, 1 on the outline at the wearer's left, -1 at the right."""
        x, y = upright[..., 0], upright[..., 1]
        off = x - np.interp(y, self.rows, self.centre)
        half = np.where(off > 0, np.interp(y, self.rows, self.left), np.interp(y, self.rows, self.right))
        return np.asarray(off / half)


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
        self.ways = ways / np.maximum(np.linalg.norm(ways, axis=1), 1e-6)[:, None]


class Sheet(Struct, frozen=True):
    """A grid over one part. source (rows, columns, 2), upright; used (rows - 1, columns - 1): which cells have cloth."""

    source: Array
    used: NDArray[np.bool_]


class Tube(Sheet, frozen=True):
    """A grid over a sleeve or a trouser leg. low, high: its inner and its outer edge. seam (2, 2): where it is sewn on
    ends at the inner and at the outer edge; loose: it lies over its own seam in the photo."""

    side: Side
    low: Edge
    high: Edge
    seam: Array
    loose: bool


class Pattern(Struct, frozen=True):
    """A garment with all that its meshes need and no body changes. sheets: by name of the part."""

    cut: Cut
    outline: Outline
    sheets: dict[str, Sheet]

    @classmethod
    def of(cls, garment: Garment) -> Self:
        cut = Cut.of(garment)
        outline = _outline(cut)
        sheets: dict[str, Sheet] = {}
        for part in ("inside", "body"):
            mask = garment.part(part)
            if part == "body":
                mask |= hidden(garment)
            if mask.any():
                source = _rows(cut, outline, mask)
                sheets[part] = Sheet(source, cells(cut, source, mask))
        for side in SIDES:
            for limb, named, edges in (("sleeve", "cuff_outer", _sleeve), ("leg", "hem_outer", _leg)):
                part = f"{limb}_{side}"
                mask = garment.part(part)
                if mask.any() and f"{named}_{side}" in cut.points:
                    low, high = edges(cut, side)
                    source = _strip(cut, mask, low, high, SIDES[side])
                    used = cells(cut, source, mask)
                    if not used.any() or (SIDES[side] * areas(source)[used] <= 0).any():
                        # a cap sleeve, or one that is mostly folded away, has no two edges: it goes with the trunk
                        source = _rows(cut, outline, mask)
                        sheets[part] = Sheet(source, cells(cut, source, mask))
                        continue
                    seam = np.stack([cut.points[f"armpit_{side}"] if limb == "sleeve" else low.start, high.start])
                    loose = bool(np.linalg.norm(seam[0] - low.start) > 1.0)
                    seam[0] += 0.4 * (low.start - seam[0])  # over the trunk's own edge, which the sleeve hid
                    sheets[part] = Tube(source, used, side, low, high, seam, loose)
        return cls(cut, outline, sheets)


def _sleeve(cut: Cut, side: Side) -> tuple[Edge, Edge]:
    """The edges of a sleeve, from inside the armhole to the cuff."""
    tip, pit = cut.points[f"shoulder_{side}"], cut.points[f"armpit_{side}"]
    outer, inner = cut.points[f"cuff_outer_{side}"], cut.points[f"cuff_inner_{side}"]
    pit = _seen_pit(cut, side, pit)
    inward = SIDES[side] * np.array([(tip - pit)[1], -(tip - pit)[0]])
    over = 0.08
    under = _first_row(pit, inner - pit, tip, outer, over, SIDES[side])
    return (
        Edge(pit + 0.3 * inward, pit, inner, under, cut.margin),
        Edge(tip + 0.15 * inward, tip, outer, over, cut.margin),
    )


def _seen_pit(cut: Cut, side: Side, pit: Array) -> Array:
    """The armpit, or where the sleeve's inner edge is at its height if the sleeve lies over the trunk there."""
    width = cut.width("armpit")
    one, other = pit, pit - np.array([SIDES[side] * 0.45 * width, 0.0])
    _, last = cut.extents(cut.garment.part(f"sleeve_{side}"), one[None], other[None], 0.0)
    over = float(np.nan_to_num(last)[0])
    if over > LAID_OVER:
        return np.asarray(one + over * (other - one))
    # A sleeve half behind the trunk shows only its outer edge there: it is as wide as its cuff.
    tip, outer, inner = (cut.points[f"{name}_{side}"] for name in ("shoulder", "cuff_outer", "cuff_inner"))
    way = (outer - tip) / max(float(np.linalg.norm(outer - tip)), 1e-6)
    inwards = SIDES[side] * np.array([-way[1], way[0]])
    short = 0.6 * float(np.linalg.norm(outer - inner)) - float((pit - tip) @ inwards)
    return np.asarray(pit + inwards * short) if short > 0 else pit


def _leg(cut: Cut, side: Side) -> tuple[Edge, Edge]:
    """The edges of a trouser leg, from the waist down to the hem."""
    points, s = cut.points, SIDES[side]
    waist, hip, crotch = points[f"waist_{side}"], points[f"hip_{side}"], points["crotch"]
    outer, inner = points[f"hem_outer_{side}"], points[f"hem_inner_{side}"]
    down = np.clip((crotch[1] - hip[1]) / max(outer[1] - hip[1], 1.0), 0.02, 0.9)
    beside = hip + down * (outer - hip)
    rise = min(0.5, float((crotch[1] - waist[1]) / max(outer[1] - waist[1], 1.0)) * 0.8 + 0.05)
    above, over = np.array([0.0, -2 * cut.margin]), np.array([-s * cut.margin, 0.0])
    return (
        Edge(cut.mid("waist") + above + over, crotch + over, inner, rise, cut.margin),
        Edge(waist + above, beside, outer, rise, cut.margin, by_way_of=hip),
    )


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


def _strip(cut: Cut, mask: NDArray[np.bool_], low: Edge, high: Edge, s: int) -> Array:
    """(ROWS, LIMB_COLUMNS, 2): rows from one edge to the other, as wide as the part is there."""
    # A sleeve that is bent in the photo lies far beside the straight line from shoulder to cuff.
    first, last = cut.extents(mask, low.points, high.points, 4.0)
    if not np.isfinite(first).any():  # the part lies nowhere between its edges
        first, last = np.zeros(ROWS), np.ones(ROWS)
    first, last = smooth(_least(filled(first)), 1.0), -smooth(_least(-filled(last)), 1.0)
    first, last = first * np.clip(low.shares * 4, 0, 1), (last - 1) * np.clip(high.shares * 6, 0, 1)
    # Under the arm, where the edge turns a corner inwards, a margin would run across itself; and there is no edge of cloth.
    room = np.minimum(np.maximum(low.shares, 0) * low.length * 0.25, cut.margin)[:, None]
    out = (
        np.stack([low.ways[:, 1], -low.ways[:, 0]], 1) * s * room,
        np.stack([high.ways[:, 1], -high.ways[:, 0]], 1) * s * cut.margin,
    )
    across = high.points - low.points
    # As much of what lies beside the straight edges as makes no cell turn over; the outer edge is the one that shows.
    for inwards, outwards in ((1.0, 1.0), (0.5, 1.0), (0.0, 1.0), (0.5, 0.5), (0.0, 0.5), (0.0, 0.0)):
        inner = low.points + inwards * first[:, None] * across - out[0]
        outer = high.points + outwards * last[:, None] * across + out[1]
        source = between(inner, outer, LIMB_COLUMNS)
        least = 0.01 * np.abs(areas(source)).mean()
        source = relaxed(source, least * s)
        if (areas(source) * s > 0).all():
            break
    return source


def _outline(cut: Cut) -> Outline:
    """Centre and half widths of each row, from the key points and the part's own outline."""
    trousers = cut.garment.category in TROUSERS
    mask = (
        cut.garment.part("body", "leg_left", "leg_right")
        if trousers
        else cut.garment.part("body") | hidden(cut.garment)
    )
    x0, y0, x1, y1 = cut.box(mask)
    width, pad = x1 - x0, 0.05 * (y1 - y0)
    rows = np.linspace(y0 - pad, y1 + pad, 160)
    names = [n for n in ("neckline", "armpit", "waist", "hip", "hem", "hem_outer") if f"{n}_left" in cut.points]
    mids = np.array([cut.mid(name) for name in names])
    order = np.argsort(mids[:, 1])
    centre = np.interp(rows, mids[order, 1], mids[order, 0])
    one = np.stack([centre - width / 2, rows], 1)
    first, last = cut.extents(mask, one, np.add(one, (width, 0.0)), 0.3)
    half = np.stack([filled(one[:, 0] + last * width - centre), filled(centre - one[:, 0] - first * width)])
    # Hems and waists are curved and slanted: beyond its ends a side goes on as wide as there.
    for i, side in enumerate(SIDES):
        low = -np.inf if "armpit_left" in cut.points else cut.points[f"waist_{side}"][1] + 0.04 * width
        high = cut.points[f"hem_{side}"][1] - 0.02 * width if "hem_left" in cut.points else np.inf
        half[i] = np.interp(np.clip(rows, low, high), rows, half[i])
    if "armpit_left" in cut.points:
        pit = cut.mid("armpit")
        at_pit = np.array([s * (cut.points[f"armpit_{side}"][0] - pit[0]) for side, s in SIDES.items()])
        half = np.where(rows < pit[1], at_pit[:, None], half)
    left, right = np.maximum(smooth(half.T, 3.0).T, 0.05 * width)
    return Outline(rows, centre, left, right)


def _rows(cut: Cut, outline: Outline, mask: NDArray[np.bool_]) -> Array:
    """(ROWS, COLUMNS, 2): level rows over the whole part, a little wider than the outline of each row."""
    x0, y0, x1, y1 = cut.box(mask)
    y = np.linspace(y0 - cut.margin, y1 + cut.margin, ROWS)
    centre, left, right = (np.interp(y, outline.rows, table) for table in (outline.centre, outline.left, outline.right))
    one = np.stack([np.full(ROWS, x0), y], 1)
    first, last = cut.extents(mask, one, np.add(one, (x1 - x0, 0.0)), 0.0)
    low = np.minimum(centre - right, _least(x0 + (x1 - x0) * first)) - cut.margin
    high = np.maximum(centre + left, -_least(-x0 - (x1 - x0) * last)) + cut.margin
    x = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, COLUMNS)
    return np.stack([x, np.broadcast_to(y[:, None], x.shape)], -1)


def _least(values: Array) -> Array:
    """The least of each value and its neighbours."""
    padded = np.pad(np.where(np.isfinite(values), values, np.inf), 1, mode="edge")
    return np.asarray(np.minimum.reduce([padded[:-2], padded[1:-1], padded[2:]]))


def cells(cut: Cut, source: Array, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """(rows - 1, columns - 1): which cells of a grid over the garment have any of ``mask`` in or beside them."""
    size = max(1, round(cut.margin))
    near = cv2.dilate(mask.view(np.uint8), np.ones((2 * size + 1, 2 * size + 1), np.uint8)).view(bool)
    a, b, c, d = source[:-1, :-1], source[:-1, 1:], source[1:, :-1], source[1:, 1:]
    used = np.zeros(a.shape[:2], bool)
    for v in np.linspace(0, 1, 6):
        for u in np.linspace(0, 1, 6):
            used |= cut.on(near, (a * (1 - u) + b * u) * (1 - v) + (c * (1 - u) + d * u) * v)
    return used


def between(one: Array, other: Array, count: int) -> Array:
    """(n, count, 2): evenly from (n, 2) to (n, 2)."""
    return np.asarray(one[:, None] + np.linspace(0, 1, count)[None, :, None] * (other - one)[:, None])
