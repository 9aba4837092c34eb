"""From a file's own units and axes to an accessory in its frame: which way it looks, and how large it is."""

from itertools import permutations, product
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.errors import AccessoryUnusable
from tryon.accessories.accessory import Accessory, AccessoryKind, Surface
from tryon.accessories.rays import Triangles

Points = NDArray[np.float64]

SIZES: Final[dict[AccessoryKind, float]] = {
    "glasses": 14.2, "hat": 16.0, "earrings": 3.2, "necklace": 15.0, "watch": 5.8, "ring": 1.75, "bracelet": 6.2,
}  # fmt: skip
"""Centimetres where none are given: glasses and necklaces are so wide, the openings of hats, watches, bracelets and
rings too; an earring is so high."""

_LONG: Final = 1.18
"""Length to width of a head: a hat that is drawn round is stretched to it."""
_CELLS: Final = 20
_ITSELF: Final = 0.15
"""How much better another way round must fit before a file's own axes, which glTF prescribes, are not believed."""


def accessory(surfaces: tuple[Surface, ...], kind: AccessoryKind, size: float | None = None) -> Accessory:
    """Surfaces in any units and axes as an accessory. size: centimetres, meant as those of SIZES.

    Raises AccessoryUnusable, "no-such-shape", for what cannot be this kind.
    """
    made = Accessory(kind=kind, surfaces=surfaces)
    extent = np.ptp(made.vertices(), axis=0)
    if not np.isfinite(extent).all() or extent.max() <= 1e-9:
        raise AccessoryUnusable("The accessory has no extent.", reason="no-such-shape")
    made = made.moved(_scaling(1 / float(extent.max())))
    turned = made.moved(_turn(made))
    low, high = turned.vertices().min(axis=0).astype(np.float64), turned.vertices().max(axis=0).astype(np.float64)
    if kind == "glasses":
        origin, unit = _bridge(turned), high[0] - low[0]
    elif kind == "hat":
        origin, unit, long = _opening(turned, np.linspace(0.02, 0.7, 35))
    elif kind == "earrings":
        origin, unit = np.array([(low[0] + high[0]) / 2, high[1], (low[2] + high[2]) / 2]), high[1] - low[1]
    elif kind == "necklace":
        origin, unit = (low + high) / 2, high[0] - low[0]
        origin[1] = high[1]
    else:
        origin, unit, _ = _opening(turned, np.linspace(0.4, 0.6, 5))
        origin[1] = (low[1] + high[1]) / 2
    matrix = _scaling((size or SIZES[kind]) / max(float(unit), 1e-6))
    if kind == "hat":
        matrix[2, 2] *= np.clip(_LONG * unit / long, 1.0, 1.25)
    matrix[:3, 3] = -matrix[:3, :3] @ np.asarray(origin)
    return turned.moved(matrix)


def _scaling(scale: float) -> Points:
    return np.diag([scale, scale, scale, 1.0])


def samples(made: Accessory) -> Points:
    """Points on the triangles, about evenly: corners and inner points of those that are large."""
    found = []
    for surface in made.surfaces:
        a, b, c = (surface.vertices[surface.triangles[:, corner]].astype(np.float64) for corner in range(3))
        for i, j in product(range(6), range(6)):
            if i + j <= 5:
                found.append(a + (b - a) * (i / 5) + (c - a) * (j / 5))
    return np.concatenate(found)


def _turn(made: Accessory) -> Points:
    """The rotation (4, 4) that brings an accessory into its frame's axes."""
    points = samples(made)
    points = points[:: max(1, len(points) // 20_000)]
    judge = {"glasses": _like_glasses, "watch": _like_band, "ring": _like_band, "bracelet": _like_band}.get(made.kind)
    best = np.eye(3)
    if judge is not None:
        most = judge(points) + _ITSELF
        for turn in _turns():
            score = judge(points @ turn.T)
            if score > most:
                best, most = turn, score
    matrix = np.eye(4)
    matrix[:3, :3] = best
    return matrix


def _turns() -> list[Points]:
    """The 24 rotations of a cube."""
    turns = []
    for order in permutations(range(3)):
        for signs in product((1.0, -1.0), repeat=3):
            turn = np.zeros((3, 3))
            turn[range(3), order] = signs
            if np.linalg.det(turn) > 0:
                turns.append(turn)
    return turns


def _unit(points: Points) -> Points:
    low, high = points.min(axis=0), points.max(axis=0)
    scaled: Points = (points - (low + high) / 2) / max(float((high - low).max()), 1e-9)
    return scaled


def _alike(points: Points) -> float:
    """Share of the cells of a unit cube that are filled on both sides of x = 0 among those that are on one."""
    cells = np.zeros((_CELLS,) * 3, bool)
    place = np.clip(((points + 0.5) * _CELLS).astype(int), 0, _CELLS - 1)
    cells[tuple(place.T)] = True
    return float((cells & cells[::-1]).sum() / max((cells | cells[::-1]).sum(), 1))


def _like_glasses(points: Points) -> float:
    """How much like glasses: halves alike in x, wide, nothing between the temples, the bridge in front and high up."""
    p = _unit(points)
    width = np.ptp(p[:, 0])
    central = p[np.abs(p[:, 0]) < 0.08 * width]
    if len(central) < 3 or width < 0.5:
        return 0.0
    depth, front = np.ptp(p[:, 2]), p[:, 2].max()
    forward = 1 - (front - central[:, 2].mean()) / max(depth, 1e-6)
    lenses = p[p[:, 2] > front - 0.15]
    height = max(float(np.ptp(lenses[:, 1])), 1e-6)
    high = (central[:, 1].mean() - lenses[:, 1].min()) / height
    tips = p[p[:, 2] < p[:, 2].min() + 0.1 * depth]
    hooked = float(np.clip((lenses[:, 1].max() - tips[:, 1].min()) / max(float(np.ptp(p[:, 1])), 1e-6), 0, 1))
    return float(_alike(p) + forward + 0.6 * high + 0.1 * hooked - 0.5 * (np.ptp(p[:, 1]) > 0.6 * width))


def _like_band(points: Points) -> float:
    """How much like a band around y: a hole along y, and the dial or stone, where most lies, at +z."""
    p = _unit(points)
    p = p - (p.max(axis=0) + p.min(axis=0)) / 2
    radius = np.hypot(p[:, 0], p[:, 2])
    hole = float((radius > 0.35 * radius.max()).mean())
    angle = np.arctan2(p[:, 0], p[:, 2])
    evenly = len(np.unique(((angle + np.pi) / (2 * np.pi) * 24).astype(int))) / 24
    front = np.abs(angle) < np.pi / 4
    back = np.abs(angle) > 3 * np.pi / 4
    tall = [np.ptp(p[part, 1]) if part.any() else 0.0 for part in (front, back)]
    return 2 * hole + evenly + 0.4 * float(tall[0] - tall[1]) + 0.2 * float(front.mean() - back.mean())


def _bridge(made: Accessory) -> Points:
    """The back of the bridge: the middle of what lies between the lenses."""
    p = samples(made)
    low, high = p.min(axis=0), p.max(axis=0)
    middle = (low[0] + high[0]) / 2
    near = p[(np.abs(p[:, 0] - middle) < 0.03 * (high[0] - low[0])) & (p[:, 2] > high[2] - 0.3 * (high[0] - low[0]))]
    if not len(near):
        raise AccessoryUnusable("No bridge was found between the lenses.", reason="no-such-shape")
    return np.array([middle, (near[:, 1].min() + near[:, 1].max()) / 2, near[:, 2].min()])


def _opening(made: Accessory, levels: Points) -> tuple[Points, float, float]:
    """The middle of an opening around y at its lower end, how wide it is in x and how long in z, by rays from its axis
    outwards. levels: in [0, 1] of the height, at which they are sent."""
    starts = np.cumsum([0] + [len(surface.vertices) for surface in made.surfaces[:-1]])
    soup = Triangles(
        made.vertices(),
        np.concatenate([s.triangles + start for s, start in zip(made.surfaces, starts, strict=True)]),
    )
    p = samples(made)
    low, high = p.min(axis=0), p.max(axis=0)
    angle = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    outwards = np.stack([np.sin(angle), np.zeros(48), np.cos(angle)], axis=1)
    top = p[p[:, 1] > low[1] + 0.5 * (high[1] - low[1])]
    middle = np.array([(low[0] + high[0]) / 2, 0, (top[:, 2].min() + top[:, 2].max()) / 2])
    found = []
    for level in levels:
        middle[1] = low[1] + level * (high[1] - low[1])
        for _ in range(3):  # the axis is where the walls are equally far
            far = soup.hit(middle, outwards).far
            inside = np.isfinite(far)
            if inside.sum() < 36:
                break
            walls = (middle + outwards * np.where(inside, far, 0)[:, None])[inside]
            middle[[0, 2]] = (walls.min(axis=0) + walls.max(axis=0))[[0, 2]] / 2
        if inside.sum() >= 36:
            found.append((middle.copy(), *np.ptp(walls, axis=0)[[0, 2]]))
    if not found:
        raise AccessoryUnusable("No opening was found in the accessory.", reason="no-such-shape")
    return found[0][0], *(float(np.median([one[k] for one in found[:8]])) for k in (1, 2))
