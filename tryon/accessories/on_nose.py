"""Glasses on a nose and two ears."""

from typing import Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from tryon.accessories.accessory import Accessory
from tryon.accessories.camera import Camera
from tryon.accessories.hair import hair_over_sides
from tryon.accessories.head import BRIDGE, Head, face_triangles
from tryon.accessories.rays import Triangles
from tryon.accessories.worn import Worn, plane
from tryon.bodies import Body

Points = NDArray[np.float64]

REST: Final = (0.0, 2.75, 5.75)
"""Where the back of a bridge rests on the canonical face."""
EAR_TOP: Final = (2.9, -4.4)
"""Height and depth at which a temple lies on the ear."""


def on_nose(accessory: Accessory, head: Head, body: Body, camera: Camera) -> Worn:
    """On the nose, the temples bent to where the ears are."""
    nose = head.own(head.face[[BRIDGE, 6, 197]]).mean(axis=0) - (0, 2.21, 6.17)  # against the canonical face's own
    shift = np.array(REST) + np.clip(nose, -0.8, 0.8) * (1, 1, 0.5)
    fitted = []
    for surface in accessory.surfaces:
        points = surface.vertices.astype(np.float64) + shift
        fitted.append(points)
    every = np.concatenate(fitted)
    forward = _clearance(every[every[:, 2] > shift[2] - 1.0], head)
    for points in fitted:
        points[:, 2] += forward * np.clip((points[:, 2] - EAR_TOP[1]) / (shift[2] - 1.0 - EAR_TOP[1]), 0, 1)
    every = np.concatenate(fitted)
    front = every[every[:, 2] > shift[2] - 1.5]
    hinge, ends = shift[2] - 1.0, every[:, 2] < EAR_TOP[1] + 1
    wide = float(np.abs(every[ends, 0]).max()) if ends.any() else float(np.abs(front[:, 0]).max())
    high = float(every[(every[:, 2] < EAR_TOP[1] + 2) & (every[:, 2] > EAR_TOP[1] - 1), 1].max(initial=-9.0))
    splay = head.half + 0.25 - wide
    rise = np.clip(EAR_TOP[0] + 0.35 - high, -1.5, 1.5) if high > -9 else 0.0
    splay = _splay(every[every[:, 2] < hinge], hinge, splay, head)
    surfaces = []
    for surface, points in zip(accessory.surfaces, fitted, strict=True):
        back = np.clip((hinge - points[:, 2]) / (hinge - EAR_TOP[1]), 0, 1.3)
        points[:, 0] += np.sign(points[:, 0]) * splay * back
        points[:, 1] += rise * back
        surfaces.append(
            msgspec.structs.replace(surface.moved(head.matrix), vertices=np.asarray(head.placed(points), np.float32))
        )
    piece = Accessory(kind=accessory.kind, surfaces=tuple(surfaces))
    back_of_front = head.placed(np.array([[0, 0, hinge]]))[0]
    return Worn(
        pieces=(piece,),
        solid=head.solid(),
        veil=plane(head.matrix[:3, 2], back_of_front)[None],
        matte=hair_over_sides(body, head, camera),
    )


def _splay(temples: Points, hinge: float, splay: float, head: Head) -> float:
    """How far temples are bent apart at the ears, at least ``splay``, to pass beside the face and not through it."""
    before_ear = temples[temples[:, 2] > EAR_TOP[1] + 1.5]
    before_ear = before_ear[:: max(1, len(before_ear) // 400)]
    share = (hinge - before_ear[:, 2]) / (hinge - EAR_TOP[1])
    before_ear, share = before_ear[share > 0.3], share[share > 0.3]
    if not len(before_ear):
        return splay
    side = np.sign(before_ear[:, :1]) * [1.0, 0, 0]
    found = Triangles(head.own(head.face), face_triangles()).hit(before_ear * (0, 1, 1) + 20 * side, -side)
    lacking = np.where(np.isfinite(found.far), 20 - found.far + 0.15 - np.abs(before_ear[:, 0]), -9) / share
    return max(splay, min(float(np.percentile(lacking, 98)), splay + 1.5))


def _clearance(front: Points, head: Head) -> float:
    """How far a frame must be moved forward, in centimetres, to lie before the face, not in it."""
    if not len(front):
        return 0.0
    face = Triangles(head.own(head.face), face_triangles())
    chosen = front[:: max(1, len(front) // 600)]
    found = face.hit(chosen * (1, 1, 0) + (0, 0, 20), np.broadcast_to([0.0, 0.0, -1.0], chosen.shape))
    there = np.isfinite(found.far)
    if not there.any():
        return 0.0
    inside = 20 - found.far[there] + 0.1 - chosen[there, 2]
    return float(np.clip(np.percentile(inside, 97), 0, 1.2))
