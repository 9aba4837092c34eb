"""A flat garment laid over a body, part by part."""

import numpy as np

from tryon.anchors import Anchors, find_anchors
from tryon.bodies import Body
from tryon.drape import Trunk, skirt_layout, top_layout, trouser_layout
from tryon.garments import Garment
from tryon.layers import Mesh
from tryon.mesh import Grid, sound
from tryon.outfit import Outfit
from tryon.pattern import TROUSERS, Pattern, Sheet, Tube
from tryon.strips import strip

ORDER = ("inside", "leg_left", "leg_right", "body", "sleeve_left", "sleeve_right")


def fit(
    garment: Garment | Pattern, body: Body, outfit: Outfit | None = None, *, tucked: bool = False
) -> tuple[Mesh, ...]:
    """Lay a garment over a body.

    garment: or its pattern, where one garment is laid over several bodies. outfit: what is worn, whose outline it takes
    on as far as that is nearly its own. tucked: its hem goes into what is worn below.
    Returns meshes from back to front; each has the name of one of PARTS, covers all of that part of the garment, and has
    no triangle turned over.
    """
    pattern = garment if isinstance(garment, Pattern) else Pattern.of(garment)
    cut, anchors = pattern.cut, find_anchors(body)
    if cut.garment.category in TROUSERS and outfit is not None and outfit.skirted(anchors):
        outfit = None
    if cut.garment.category in TROUSERS:
        layout = trouser_layout(cut, anchors)
    elif cut.garment.category == "skirt":
        layout = skirt_layout(cut, anchors, outfit)
    else:
        layout = top_layout(cut, anchors, outfit, tucked=tucked)
    trunk = Trunk(pattern, anchors, layout, outfit)
    grids = {}
    for part, sheet in pattern.sheets.items():
        if isinstance(sheet, Tube):
            limbs = anchors.arm if part.startswith("sleeve") else anchors.leg
            grids[part] = strip(part, sheet, limbs[sheet.side], trunk, outfit)
        else:
            grids[part] = _trunk(part, sheet, anchors, trunk)
    return tuple(grids[part].mesh(cut) for part in ORDER if part in grids)


def _trunk(part: str, sheet: Sheet, anchors: Anchors, trunk: Trunk) -> Grid:
    target = trunk(sheet.source)
    about = (sheet.source - sheet.source.reshape(-1, 2).mean(0)) * trunk.layout.scale
    safe = target.reshape(-1, 2).mean(0) + about[..., :1] * anchors.across - about[..., 1:] * anchors.up
    depth = anchors.depth + (0.3 if part == "inside" else -0.1) * anchors.unit
    return Grid(
        part, sheet.source, sound(sheet.source, target, safe, sheet.used), np.full(target.shape[:2], depth), sheet.used
    )
