"""Hats on a skull, earrings at its ears, necklaces around the neck below it."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from tryon.accessories.accessory import Accessory
from tryon.accessories.camera import Camera
from tryon.accessories.hair import hair_over_sides
from tryon.accessories.head import Head, joined, tube
from tryon.accessories.sizing import SIZES
from tryon.accessories.worn import Worn, frame, plane, unit, upright
from tryon.bodies import Body

Points = NDArray[np.float64]

RIM: Final = (0.0, 3.8, -4.2)
"""Middle of a hat's rim on the canonical head: above the brows in front, lower behind."""
_TILT: Final = 6.0  # degrees by which the rim rises to the front
LOBE: Final = (0.3, -2.3, -3.7)
"""Where an earring hangs: x beyond the side of the face, y, z on the canonical head."""
_TURNED: Final = 25.0  # degrees that an earring looks outwards
_SHOULDERS: Final = (11, 12)
_UNSURE: Final = 0.07  # metres by which one shoulder must be nearer before the chest counts as turned
_ABOVE: Final = 7.5  # centimetres from the line of the shoulder joints up to the nape


def on_head(accessory: Accessory, head: Head, body: Body, camera: Camera) -> Worn:
    """A hat as wide as the head with its hair, its brim behind hidden by hair and neck."""
    scale = float(np.clip((head.half + 0.45 + _hair_at_sides(head, body, camera)) / (SIZES["hat"] / 2), 0.9, 1.25))
    tilt = np.radians(_TILT)
    matrix = np.eye(4)
    matrix[:3, :3] = scale * np.array([[1, 0, 0], [0, np.cos(tilt), np.sin(tilt)], [0, -np.sin(tilt), np.cos(tilt)]])
    matrix[:3, 3] = RIM
    worn = head.matrix @ matrix
    up = unit(worn[:3, 1])
    nearer = unit(-worn[:3, 3] + up * (worn[:3, 3] @ up))
    behind = np.stack([plane(nearer, worn[:3, 3]), plane(up, worn[:3, 3] + 1.5 * up)])
    return Worn(pieces=(accessory.moved(worn),), solid=head.solid(-0.4), veil=behind, matte=body.person)


def _hair_at_sides(head: Head, body: Body, camera: Camera) -> float:
    """How far the person reaches beyond the head above the ears, in centimetres up to 2: the lesser side's."""
    steps = np.arange(0, 2.2, 0.2)
    widths = []
    for side in (-1, 1):
        places = np.array([[side * (head.half + step), 6.0, -4.0] for step in steps])
        x, y = camera.project(head.placed(places)).astype(int).T
        inside = (x >= 0) & (y >= 0) & (x < camera.width) & (y < camera.height)
        on = np.zeros(len(steps), bool)
        on[inside] = body.person[y[inside], x[inside]] > 0.5
        widths.append(float(steps[np.argmin(on)] if not on.all() else steps[-1]))
    return min(widths)


def at_ears(accessory: Accessory, head: Head, body: Body, camera: Camera) -> Worn:
    """An earring at each lobe; it hangs straight down however the head is held."""
    down = np.array([0.0, 1.0, 0.0])
    pieces = []
    for side in (1, -1):
        place = head.placed(np.array([[side * (head.half + LOBE[0]), LOBE[1], LOBE[2]]]))[0]
        turn = np.radians(_TURNED)
        outwards = head.matrix[:3, 2] * np.cos(turn) + side * head.matrix[:3, 0] * np.sin(turn)
        x, y, z = upright(down, outwards)
        pieces.append(accessory.moved(frame(side * x, y, z, place)))
    always = np.array([[0.0, 0.0, 0.0, -1.0]])
    return Worn(pieces=tuple(pieces), solid=head.solid(), veil=always, matte=hair_over_sides(body, head, camera))


def around_neck(accessory: Accessory, head: Head, body: Body, camera: Camera) -> Worn:
    """A necklace from the nape over the collar bones; of its back nothing shows."""
    left, right = (body.points[index].astype(np.float64) for index in _SHOULDERS)
    nape = head.placed(np.array([[0, -9.0, -7.0]]))[0]
    depth = -nape[2]
    ends = camera.at(np.array([left[0], right[0]]), np.array([left[1], right[1]]), np.array([depth, depth]))
    middle = ends.mean(axis=0)
    across = (body.world[11] - body.world[12]).astype(np.float64) * (1, -1, -1)
    up = unit(head.placed(np.array([[0, -6.0, -5.5]]))[0] - middle)
    up = unit(up + np.array([0, 1.0, 0]))  # the neck leans, the collar bones less so
    across[2] = np.sign(across[2]) * max(abs(across[2]) - _UNSURE, 0)
    x = unit(across - up * (across @ up))
    z = np.cross(x, up)
    origin = middle + up * _ABOVE
    neck = tube(origin + up * 9, origin - up * 5.0, 5.7 * head.half / 7.46, 0.95, x)
    solid = joined([neck, head.solid()])
    chest = tube(origin, origin - up * 16, 7.3, 0.9, x)
    return Worn(pieces=(accessory.moved(frame(x, up, z, origin)),), solid=solid, ground=joined([solid, chest]))
