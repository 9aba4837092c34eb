"""A flat garment laid over a body, part by part."""

import numpy as np

from tryon.anchors import SIDES, Anchors, Array, find_anchors
from tryon.bodies import Body
from tryon.cut import Cut
from tryon.drape import Trunk, skirt_layout, top_layout, trouser_layout
from tryon.garments import Garment
from tryon.layers import Mesh
from tryon.mesh import Grid, cells, sound
from tryon.strips import leg, sleeve

ROWS, COLUMNS = 40, 26


def fit(garment: Garment, body: Body, *, tucked: bool = False) -> tuple[Mesh, ...]:
    """Lay a garment over a body.

    tucked: its hem goes into what is worn below. Returns meshes from back to front; each has the name of one of PARTS,
    covers all of that part of the garment, and has no triangle turned over.
    """
    cut, anchors = Cut.of(garment), find_anchors(body)
    if garment.category in ("pants", "shorts"):
        trunk = Trunk(cut, anchors, trouser_layout(cut, anchors), parts=("body", "leg_left", "leg_right"))
        grids = [leg(cut, anchors, trunk, side) for side in SIDES if garment.part(f"leg_{side}").any()]
        order = ("inside", "leg_left", "leg_right", "body")
    else:
        hung = garment.category != "skirt"
        layout = top_layout(cut, anchors, tucked=tucked) if hung else skirt_layout(cut, anchors)
        trunk = Trunk(cut, anchors, layout, shoulders=hung, tucked=tucked)
        grids = [
            sleeve(cut, anchors, trunk, side)
            for side in cut.sides("cuff_outer")
            if garment.part(f"sleeve_{side}").any()
        ]
        order = ("inside", "body", "sleeve_left", "sleeve_right")
    for part in ("inside", "body"):
        mask = garment.part(part)
        if mask.any():
            grids.append(_trunk_grid(part, cut, anchors, trunk, mask))
    return tuple(grid.mesh(cut) for grid in sorted(grids, key=lambda grid: order.index(grid.part)))


def _trunk_grid(part: str, cut: Cut, anchors: Anchors, trunk: Trunk, mask: np.ndarray) -> Grid:
    """Rows over the whole part, columns as wide as the outline of each row and a little more."""
    x0, y0, x1, y1 = cut.box(mask)
    y = np.linspace(y0 - cut.margin, y1 + cut.margin, ROWS)
    centre, left, right = (np.interp(y, trunk.rows, table) for table in (trunk.centre, trunk.left, trunk.right))
    low = np.minimum(centre - right, _reach(cut, mask, y, x0, x1, -1)) - cut.margin
    high = np.maximum(centre + left, _reach(cut, mask, y, x0, x1, 1)) + cut.margin
    x = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, COLUMNS)
    source = np.stack([x, np.broadcast_to(y[:, None], x.shape)], -1)
    target = trunk(source)
    about = (source - source.reshape(-1, 2).mean(0)) * trunk.layout.scale
    safe = target.reshape(-1, 2).mean(0) + about[..., :1] * anchors.across - about[..., 1:] * anchors.up
    behind = 0.3 * anchors.unit if part == "inside" else -0.1 * anchors.unit
    depth = np.full(x.shape, anchors.depth + behind)
    used = cells(cut, source, mask)
    return Grid(part, source, sound(source, target, safe, used), depth, used)


def _reach(cut: Cut, mask: np.ndarray, y: Array, x0: float, x1: float, s: int) -> Array:
    """How far the part reaches on one side, the widest of a row's neighbours."""
    one = np.stack([np.full(len(y), x0), y], 1)
    first, last = cut.extents(mask, one, np.add(one, (x1 - x0, 0.0)), 0.0)
    found = x0 + (x1 - x0) * (last if s > 0 else first)
    found = np.where(np.isfinite(found), found, -s * np.inf)
    padded = np.pad(found, 1, mode="edge")
    return np.asarray(s * np.maximum.reduce([s * padded[:-2], s * padded[1:-1], s * padded[2:]]))
