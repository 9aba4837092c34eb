"""A flat garment cut into a front and a back panel: triangles on the drawing, sewn where no opening is."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.drawing import Drawing
from sample.people.implicit import Floats

INSIDE = ("collar_inside", "waist_inside")
Deep = Callable[[NDArray[np.floating]], NDArray[np.float64]]
LEFT_OUT = ("hood",)  # hangs down the back when it is worn
_EASE = {
    "t-shirt": 1.10,
    "longsleeve": 1.13,
    "shirt": 1.12,
    "outwear": 1.20,
    "dress": 1.05,
    "pants": 1.05,
    "shorts": 1.06,
}


@dataclass(frozen=True)
class Pattern:
    """Two panels as one mesh. flat (n, 2) float32: metres, x to the wearer's left, y up, from the middle of the neck or
    waist; uv (n, 2) float32: the same places in the drawing's pixels. triangles (m, 3), seen from the front
    anticlockwise in the front panel and clockwise in the back one; back (m,) bool; behind (n,) bool: vertices of the back
    panel alone; sewn (n,): of both. rim (n,) bool: at openings. limb (n,) int8: 1 in the left sleeve or leg, -1 in the
    right one, 0 elsewhere; inside (n,) float32 metres: how deep in it. points: the drawing's, in flat metres."""

    category: str
    flat: Floats
    uv: Floats
    triangles: NDArray[np.int32]
    back: NDArray[np.bool_]
    behind: NDArray[np.bool_]
    sewn: NDArray[np.bool_]
    rim: NDArray[np.bool_]
    limb: NDArray[np.int8]
    inside: Floats
    points: dict[str, tuple[float, float]]
    cell: float


def scale_of(category: str, drawing: Drawing, chest: float, waist: float, hips: float) -> float:
    """Metres a pixel of the drawing in the wearer's size. chest, waist, hips: girths in metres."""
    names, girth = {
        "skirt": (("waist_left", "waist_right"), waist * 1.02), "pants": (("hip_left", "hip_right"), hips * _EASE["pants"]),
        "shorts": (("hip_left", "hip_right"), hips * _EASE["shorts"]),
    }.get(category, (("armpit_left", "armpit_right"), chest * _EASE.get(category, 1.1)))  # fmt: skip
    a, b = (np.array(drawing.points[name]) for name in names)
    return float(girth / 2 / np.linalg.norm(a - b))


def masks(drawing: Drawing) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Where the drawing shows the front panel, and the outline that front and back have together."""
    skipped = [i for i, name in enumerate(drawing.part_names, 1) if name in LEFT_OUT]
    hidden = [i for i, name in enumerate(drawing.part_names, 1) if name in INSIDE]
    both = (drawing.labels > 0) & ~np.isin(drawing.labels, skipped)
    return both & ~np.isin(drawing.labels, hidden), both


def cut(category: str, drawing: Drawing, scale: float, cell: float) -> Pattern:
    """Cut a drawing's front panel, and a back panel with the same outline.

    scale: metres a pixel; cell: length of the triangles' sides in metres.
    """
    points = {name: np.array(xy) for name, xy in drawing.points.items()}
    pairs = [(xy, points[name.replace("_left", "_right")]) for name, xy in points.items() if "_left" in name]
    across = np.sum([left - right for left, right in pairs], axis=0)
    across /= np.linalg.norm(across)
    top = [points[f"{'neckline' if 'neckline_left' in points else 'waist'}_{side}"] for side in ("left", "right")]
    middle = (top[0] + top[1]) / 2
    turn = np.array([across, [across[1], -across[0]]])  # rows: to the left, up

    def flat_of(xy: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.asarray((xy - middle) @ turn.T * scale)

    def pixel_of(flat: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(flat / scale @ turn + middle)

    front, both = masks(drawing)
    ys, xs = np.nonzero(both)
    outline = flat_of(np.stack([xs, ys], 1) + 0.5)
    low = np.floor(outline.min(0) / cell).astype(int) - 1
    high = np.ceil(outline.max(0) / cell).astype(int) + 1
    gx, gy = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
    flat_points = {name: flat_of(xy[None])[0] for name, xy in points.items()}
    limb, deep = _limbs(drawing, flat_points)
    ys, xs = np.mgrid[: limb.shape[0], : limb.shape[1]]
    apart = (deep(flat_of(np.stack([xs, ys], -1) + 0.5)) > 0) & _changes(limb)  # sleeve beside body, leg beside leg
    panels = []
    region = _nearest(limb, pixel_of(np.stack([gx, gy], -1).reshape(-1, 2) * cell))
    for mask in (front, both):
        depth = _depth(mask & ~apart)
        at = np.stack([gx, gy], -1).reshape(-1, 2) * cell
        triangles = _grid(gx.shape)
        keep = _look(depth, pixel_of(at)) * scale > -0.7 * cell
        triangles = triangles[keep[triangles].all(1)]
        triangles = triangles[_look(depth, pixel_of(at[triangles].mean(1))) > 0]
        theirs = region[triangles]
        mixed = (theirs.min(1) != theirs.max(1)) & (deep(at[triangles].mean(1)) > 0.3 * cell)
        triangles = triangles[~mixed]
        edge = _border(triangles, len(at))
        for _ in range(3):  # the border moves onto the outline
            here = pixel_of(at[edge])
            slope = (
                np.stack([_look(depth, here + d) - _look(depth, here - d) for d in ((1.5, 0), (0, 1.5))], 1) @ turn.T
            )
            slope /= np.maximum(np.linalg.norm(slope, axis=1, keepdims=True), 1e-6)
            at[edge] -= slope * np.clip(_look(depth, here) * scale, -cell, cell)[:, None]
        a, b, c = (at[triangles[:, k]] for k in range(3))
        area = (b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]
        panels.append((at, triangles[area > 0.04 * cell**2], edge))
    opened = openings(panels[1][0], flat_points, cell, "sleeve_left" in drawing.part_names)
    pattern = _sewn(category, panels[0], panels[1], opened, region, flat_points, pixel_of, cell)
    inside = np.maximum(deep(pattern.flat), 0).astype(np.float32)
    return replace(pattern, limb=np.where(inside > 0, pattern.limb, 0).astype(np.int8), inside=inside)


def _grid(shape: tuple[int, int]) -> NDArray[np.int64]:
    """Triangles of a grid of points, wound alike, the diagonals alternating."""
    rows, columns = shape
    corner = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = corner[:-1, :-1], corner[:-1, 1:], corner[1:, 1:], corner[1:, :-1]
    odd = (np.add.outer(np.arange(rows - 1), np.arange(columns - 1)) % 2 == 1)[..., None]
    one = np.where(odd, np.stack([a, b, c], -1), np.stack([a, b, d], -1))
    other = np.where(odd, np.stack([a, c, d], -1), np.stack([b, c, d], -1))
    return np.concatenate([one.reshape(-1, 3), other.reshape(-1, 3)])


def _border(triangles: NDArray[np.int64], count: int) -> NDArray[np.bool_]:
    """(count,): vertices of sides that only one triangle has."""
    sides = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    single, times = np.unique(sides[:, 0] * count + sides[:, 1], return_counts=True)
    border = np.zeros(count, bool)
    border[single[times == 1] // count] = True
    border[single[times == 1] % count] = True
    return border


def _depth(mask: NDArray[np.bool_]) -> Floats:
    """Pixels to the outline, negative outside."""
    padded = cv2.copyMakeBorder(mask.view(np.uint8), 2, 2, 2, 2, cv2.BORDER_CONSTANT)
    inner = cv2.distanceTransform(padded, cv2.DIST_L2, 5) - cv2.distanceTransform(1 - padded, cv2.DIST_L2, 5)
    return np.asarray(cv2.GaussianBlur(inner, (0, 0), 1.0)[2:-2, 2:-2], np.float32)


def _look(plane: Floats, xy: NDArray[np.floating]) -> Floats:
    maps = (np.asarray(xy, np.float32) - np.float32(0.5)).reshape(-1, 1, 2)
    parts = np.array_split(maps, len(maps) // 30000 + 1)
    found = [cv2.remap(plane, m, None, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)[:, 0] for m in parts]
    return np.asarray(np.concatenate(found), np.float32)


_Panel = tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]]


def _sewn(
    category: str, front: _Panel, back: _Panel, opened: NDArray[np.bool_], region: NDArray[np.int8],
    points: dict[str, NDArray[np.float64]],
    pixel_of: Callable[[NDArray[np.float64]], NDArray[np.float64]], cell: float,
) -> Pattern:  # fmt: skip
    """Both panels as one mesh: vertices of the same outline are one, except at openings."""
    (at_f, faces_f, edge_f), (at_b, faces_b, edge_b) = front, back
    used_f, used_b = (np.isin(np.arange(len(at_f)), faces) for faces in (faces_f, faces_b))
    joined = used_f & used_b & edge_f & edge_b & ~opened & (np.abs(at_f - at_b).max(1) < 0.3 * cell)
    alone = used_b & ~joined
    number_f = np.cumsum(used_f) - 1
    number_b = np.where(joined, number_f, int(used_f.sum()) + np.cumsum(alone) - 1)
    flat = np.concatenate([at_f[used_f], at_b[alone]])
    sewn = np.concatenate([joined[used_f], np.zeros(int(alone.sum()), bool)])
    uv = pixel_of(flat)
    return Pattern(
        category=category,
        flat=flat.astype(np.float32),
        uv=uv.astype(np.float32),
        triangles=np.concatenate([number_f[faces_f], number_b[faces_b][:, ::-1]]).astype(np.int32),
        back=np.repeat([False, True], [len(faces_f), len(faces_b)]),
        behind=np.arange(len(flat)) >= used_f.sum(),
        sewn=sewn,
        rim=np.concatenate([edge_f[used_f], edge_b[alone]]) & ~sewn,
        limb=np.concatenate([region[used_f], region[alone]]),
        inside=np.zeros(len(flat), np.float32),
        points={name: (float(x), float(y)) for name, (x, y) in points.items()},
        cell=cell,
    )


def openings(
    at: NDArray[np.float64], points: dict[str, NDArray[np.float64]], cell: float, sleeves: bool
) -> NDArray[np.bool_]:
    """Which places of an outline are not sewn: neck, waist, hems, cuffs, and armholes where there is no sleeve."""
    opened = np.zeros(len(at), bool)
    x, y = np.abs(at[:, 0]), at[:, 1]
    ends = [("cuff_outer", "cuff_inner"), ("hem_outer", "hem_inner")]
    for side in ("left", "right"):
        for one, other in ends:
            if f"{one}_{side}" in points:
                p, q = points[f"{one}_{side}"], points[f"{other}_{side}"]
                length = float(np.linalg.norm(q - p))
                along = (at - p) @ (q - p) / length
                off = np.abs((at - p) @ np.array([p[1] - q[1], q[0] - p[0]])) / length
                opened |= (along > 0.6 * cell) & (along < length - 0.6 * cell) & (off < 0.022)
    if "neckline_left" in points:
        neck = points["neckline_left"][0]
        opened |= (x < neck - 0.3 * cell) & (y > points["neckline_front"][1] - 0.02)
        if not sleeves:
            tip, pit = points["shoulder_left"], points["armpit_left"]
            opened |= (y < tip[1] + 0.004) & (y > pit[1] + 0.3 * cell) & (x > min(tip[0], pit[0]) - 0.06)
    else:
        opened |= (y > points["waist_left"][1] - 0.025) & (x < points["waist_left"][0] - 0.6 * cell)
    if "hem_centre" in points:
        hem = min(points["hem_left"][1], points["hem_right"][1])
        opened |= (y < hem + 0.015) & (x < points["hem_left"][0] - 0.6 * cell)
    return opened


def corners_of(pattern: Pattern, name: str) -> tuple[NDArray[np.int32], Floats]:
    """The front panel's triangle at a key point, and the shares (3,) of its corners, a little outside of [0, 1] where
    the point lies on the outline."""
    faces = pattern.triangles[~pattern.back]
    a, b, c = (pattern.flat[faces[:, k]].astype(np.float64) for k in range(3))
    p = np.array(pattern.points[name]) - a
    u, v = b - a, c - a
    area = u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]
    s = (p[:, 0] * v[:, 1] - p[:, 1] * v[:, 0]) / area
    t = (u[:, 0] * p[:, 1] - u[:, 1] * p[:, 0]) / area
    shares = np.stack([1 - s - t, s, t], 1)
    best = int(shares.min(1).argmax())
    return faces[best], shares[best].astype(np.float32)


def hemmed(pattern: Pattern, most: float) -> Pattern:
    """The pattern with its legs shortened so that nothing is more than ``most`` metres below the crotch."""
    fork = pattern.points["crotch"][1]
    share = min(1.0, most / float(fork - pattern.flat[:, 1].min()))
    flat = pattern.flat.copy()
    below = flat[:, 1] < fork
    flat[below, 1] = fork + (flat[below, 1] - fork) * np.float32(share)
    points = {name: (x, fork + (y - fork) * share if y < fork else y) for name, (x, y) in pattern.points.items()}
    return replace(pattern, flat=flat, points=points, inside=np.maximum(fork - flat[:, 1], 0).astype(np.float32))


def _limbs(drawing: Drawing, points: dict[str, NDArray[np.float64]]) -> tuple[NDArray[np.int8], Deep]:
    """The drawing's sleeves or legs, 1 for the left, -1 for the right, by pixel, and how deep a place (..., 2) in flat
    metres lies in one, measured along it from where it is joined."""
    away = [np.full(drawing.labels.shape, 1e-3, np.float32)]
    for name in ("sleeve_left", "sleeve_right") if "crotch" not in points else ("leg_left", "leg_right"):
        here = drawing.labels == (drawing.part_names.index(name) + 1 if name in drawing.part_names else 255)
        away.append(cv2.distanceTransform((~here).view(np.uint8), cv2.DIST_L2, 5) if here.any() else away[0] + 1e6)
    others = drawing.mask & (away[1] > 0) & (away[2] > 0)
    away[0] = cv2.distanceTransform((~others).view(np.uint8), cv2.DIST_L2, 5)
    limb = np.array([0, 1, -1], np.int8)[np.argmin(away, axis=0)]
    if "crotch" in points:
        fork = points["crotch"][1]
        return limb, lambda at: np.asarray(fork - at[..., 1])
    if "cuff_outer_left" not in points or "sleeve_left" not in drawing.part_names:
        return limb, lambda at: np.full(at.shape[:-1], -1.0)
    joins = []
    for sign, side in ((1, "left"), (-1, "right")):
        tip, pit = points[f"shoulder_{side}"], points[f"armpit_{side}"]
        way = (points[f"cuff_outer_{side}"] + points[f"cuff_inner_{side}"]) - (tip + pit)
        out = np.array([pit[1] - tip[1], tip[0] - pit[0]]) * -sign
        way /= np.linalg.norm(way)
        joins.append((tip, out / max(float(way @ out), 0.2 * float(np.linalg.norm(out))), pit, way))

    def deep(at: NDArray[np.floating]) -> NDArray[np.float64]:
        return np.where(
            at[..., 0] > 0, *(np.maximum((at - tip) @ out, (at - pit) @ way) for tip, out, pit, way in joins)
        )

    return limb, deep


def _changes(regions: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Pixels on both sides of a change."""
    changed = np.zeros(regions.shape, bool)
    for axis in (0, 1):
        differs = np.diff(regions, axis=axis) != 0
        for part in (slice(0, -1), slice(1, None)):
            changed[(part, slice(None)) if axis == 0 else (slice(None), part)] |= differs
    return changed


def _nearest(plane: NDArray[np.int8], xy: NDArray[np.floating]) -> NDArray[np.int8]:
    x, y = np.clip(np.floor(xy).astype(int), 0, np.array(plane.shape[::-1]) - 1).T
    return np.asarray(plane[y, x], np.int8)
