"""Drawn garments on drawn people: laid on the body at rest, moved with it, and settled."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from sample.drawing import Drawing
from sample.people.build import BONES, PEOPLE, Build, rest_joints
from sample.people.camera import Rays
from sample.people.drape import Ground, Ints, Weave, nearest, neighbours, settle, weave
from sample.people.figure import LABELS, TALL, Shell, figure
from sample.people.implicit import Floats
from sample.people.paint import linear
from sample.people.pattern import Pattern, corners_of, cut, hemmed, masks, scale_of
from sample.people.picture import Surface
from sample.people.poses import Limb, Pose, Stance, stand
from sample.people.wrap import lay

_ARMS = [BONES.index(f"{bone}_{side}") for side in ("left", "right") for bone in ("arm", "forearm", "hand")]
TOPS: Final = ("t-shirt", "longsleeve", "shirt", "outwear", "dress")


@dataclass(frozen=True)
class Fitted3D:
    """A garment that fits a build. rest (n, 3): its vertices where the body is at rest; weights: of the bones; near:
    the body's nearest vertex; front, back: textures in linear light."""

    pattern: Pattern
    woven: Weave
    rest: Floats
    weights: Floats
    near: Ints
    front: Floats
    back: Floats
    anchor: Floats


def _next_on_body(build: Build, fine: bool) -> Ints:
    return _beside(build.shape, fine)


@lru_cache(maxsize=PEOPLE)
def _beside(build: Build, fine: bool) -> Ints:
    shell = figure(build, fine)[0]
    return neighbours(shell.triangles, len(shell.points))


def girth(shell: Shell, height: float) -> float:
    """The tape measure around the trunk at a height, metres."""
    trunk = shell.weights[:, _ARMS].sum(1) < 0.2
    ring = trunk & (np.abs(shell.points[:, 1] - height) < 0.012)
    hull = cv2.convexHull(np.ascontiguousarray(shell.points[ring][:, [0, 2]]))
    return float(cv2.arcLength(hull, True))


_made: dict[tuple[Any, ...], Fitted3D] = {}


def fitted(category: str, drawing: Drawing, build: Build, fine: bool) -> Fitted3D:
    """Make a garment in the build's size and lay it on the body; the last 500 are kept."""
    key = (category, hash(drawing.pixels.tobytes()), build.shape, fine)
    if key not in _made:
        if len(_made) >= 500:
            _made.pop(next(iter(_made)))
        _made[key] = _fit(category, drawing, build, fine)
    return _made[key]


def _fit(category: str, drawing: Drawing, build: Build, fine: bool) -> Fitted3D:
    shell = figure(build, fine)[0]
    k = build.stature / TALL
    chest, waist, hips = (girth(shell, y * k) for y in (1.29, 1.08, 0.90))
    scale = scale_of(category, drawing, chest, waist, hips)
    pattern = cut(category, drawing, scale, 0.017 if fine else 0.028)
    if "crotch" in pattern.points:
        pattern = hemmed(pattern, _fork(shell, k) - 0.015 - 0.045 * k)
    joints = {name: at * k for name, at in rest_joints(build).items()}
    flat_axes = _flat_axes(pattern)
    stance = stand(_as_it_lies(pattern, flat_axes), joints)
    points, normals = stance.points(shell.points, shell.weights), stance.directions(shell.normals, shell.weights)
    top = _height(pattern, points, shell, k)
    arms = shell.weights[:, _ARMS]
    is_arm = arms.sum(1) > 0.5
    limbs: dict[int, Rays] = {}
    axes = {}
    for sign, side in ((1, "left"), (-1, "right")):
        if pattern.category in TOPS:
            own = shell.weights[:, [BONES.index(f"{b}_{side}") for b in ("arm", "forearm", "hand")]].sum(1) > 0.3
            start = stance.joint(f"arm_{side}", joints[f"arm_{side}"])
            end = stance.joint(f"forearm_{side}", joints[f"forearm_{side}"])
        else:
            own = (points[:, 0] * sign > -0.005) & (points[:, 1] < 0.95 * k)
            start = stance.joint(f"thigh_{side}", joints[f"thigh_{side}"])
            end = stance.joint(f"foot_{side}", joints[f"foot_{side}"])
        if not (pattern.limb == sign).any():
            continue
        limbs[sign] = _some(points, shell.triangles, own)
        way = (end - start)[:2] / np.linalg.norm((end - start)[:2])
        flat_at, _ = flat_axes[sign]
        if category in TOPS:  # the shoulder's tip, as far down the arm; the chest takes some of its distance out
            tip = np.array(pattern.points[f"shoulder_{side}"])
            shift = max(-0.03, float((tip * (0.92, 1) + (0, top) - start[:2]) @ way))
        else:
            shift = (flat_at[1] + top - start[1]) / way[1]
        axes[sign] = (np.r_[start[:2] + shift * way, start[2]], way)
    whole = Rays(points, shell.triangles) if category in TOPS else None
    laid, taken_in = lay(pattern, _some(points, shell.triangles, ~is_arm), whole, limbs, axes, flat_axes, top, 0.006)
    woven = weave(taken_in, pattern.triangles)
    near = _near(laid, pattern, points, shell)
    ground = Ground(points, normals, _next_on_body(build, fine))
    anchor = _anchor(pattern)
    on_arms = _on_arms(laid, points, shell) if 1 in limbs and category in TOPS else near
    settled = settle(laid, woven, [(ground, near, 0.006), (ground, on_arms, 0.006)], 90, anchor * 0.5, fall=0.0002)
    near = _near(settled, pattern, points, shell)
    weights = _spread(shell.weights[near], pattern, woven)
    turns, moves = stance.blended(weights)
    rest = np.linalg.solve(turns.astype(np.float64), (settled - moves)[:, :, None].astype(np.float64))[:, :, 0]
    front, back = textures(drawing)
    return Fitted3D(pattern, woven, rest.astype(np.float32), weights, near, front, back, anchor)


def _flat_axes(pattern: Pattern) -> dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """Where each sleeve or leg starts on the flat, and which way it lies."""
    axes = {}
    for sign, side in ((1, "left"), (-1, "right")):
        p = {name: np.array(xy) for name, xy in pattern.points.items()}
        if "crotch" in p:
            low = (p[f"hem_outer_{side}"] + p[f"hem_inner_{side}"]) / 2
            high = np.array([p[f"hip_{side}"][0] / 2, p["crotch"][1]])
        elif f"cuff_outer_{side}" in p:
            tip, pit = p[f"shoulder_{side}"], p[f"armpit_{side}"]
            outer, inner = p[f"cuff_outer_{side}"], p[f"cuff_inner_{side}"]
            low = (outer + inner) / 2
            way = (outer - tip) + (inner - pit)
            way /= np.linalg.norm(way)
            high = low - way * float((low - tip) @ way)
        else:
            continue
        axes[sign] = (high, (low - high) / np.linalg.norm(low - high))
    return axes


def _as_it_lies(pattern: Pattern, axes: dict[int, tuple[NDArray[np.float64], NDArray[np.float64]]]) -> Pose:
    """The pose in which the limbs lie as those of the flat garment."""
    way = np.mean([a[1] * (s, 1) for s, a in axes.items()], axis=0) if axes else np.array([0.6, -0.8])
    limb = Limb((float(way[0]), float(way[1]), 0), (float(way[0]), float(way[1]), 0))
    straight, apart = Limb((0.03, -1, 0), (0.03, -1, -0.02)), Limb((0.8, -0.6, 0), (0.8, -0.6, 0))
    if pattern.category in ("pants", "shorts"):
        return Pose("fitting", (apart, apart), (limb, limb))
    arm = limb if axes else apart
    return Pose("fitting", (arm, arm), (straight, straight))


def _height(pattern: Pattern, points: Floats, shell: Shell, k: float) -> float:
    """Height in the room of the pattern's y = 0: the neck's sides on the shoulders, or the waist where it holds."""
    if pattern.category in TOPS:
        neck = abs(pattern.points["neckline_left"][0])
        x = np.abs(np.abs(points[:, 0]) - max(neck, 0.06)) < 0.012
        crest = x & (points[:, 1] > 1.2 * k) & (points[:, 1] < 1.52 * k) & (shell.weights[:, _ARMS].sum(1) < 0.3)
        return float(points[crest, 1].max()) + 0.004
    if "crotch" in pattern.points:
        return _fork(shell, k) - 0.015 - pattern.points["crotch"][1]
    return 1.07 * k


def _fork(shell: Shell, k: float) -> float:
    """Height of the crotch."""
    middle = (np.abs(shell.points[:, 0]) < 0.012) & (shell.points[:, 1] < 0.95 * k)
    return float(shell.points[middle, 1].min())


def _some(points: Floats, triangles: Ints, own: NDArray[np.bool_]) -> Rays:
    return Rays(points, triangles[own[triangles].all(1)])


def _near(cloth: Floats, pattern: Pattern, points: Floats, shell: Shell) -> Ints:
    """The body's vertex next to each of the cloth's: sleeves lie on arms, all else on the trunk and legs."""
    arms = shell.weights[:, _ARMS].sum(1)
    near = np.empty(len(cloth), np.int32)
    tops = pattern.category in TOPS
    groups = [(pattern.limb == 0, arms < (0.85 if tops else 0.1))]
    if tops:  # above the armpits cloth lies on shoulders and on the inner side of arms as well
        pit = min(pattern.points["armpit_left"][1], pattern.points["armpit_right"][1])
        groups.append(((pattern.limb == 0) & (pattern.flat[:, 1] > pit), arms >= 0))
    for sign in (1, -1):
        theirs = (arms > 0.15) if tops else (arms < 0.1)
        groups += [(pattern.limb == sign, theirs & (shell.points[:, 0] * sign > -0.01))]
    for mine, theirs in groups:
        if mine.any():
            candidates = np.nonzero(theirs)[0]
            near[mine] = candidates[nearest(cloth[mine], points[candidates])]
    return near


def _on_arms(cloth: Floats, points: Floats, shell: Shell) -> Ints:
    """The arms' vertex next to each of the cloth's: between sleeve and body cloth lies on either."""
    arms = np.nonzero(shell.weights[:, _ARMS].sum(1) > 0.3)[0]
    return np.asarray(arms[nearest(cloth, points[arms])], np.int32)


def _spread(weights: Floats, pattern: Pattern, woven: Weave) -> Floats:
    """Bones' shares, evened out over the cloth."""
    w = weights.copy()
    degree = np.ones((len(w), 1), np.float32)
    for a, b, _ in woven.threads:
        degree[a] += 1
        degree[b] += 1
    for _ in range(6):
        total = w.copy()
        for a, b, _ in woven.threads:
            total[a] += w[b]
            total[b] += w[a]
        w = total / degree
    return np.asarray(w / w.sum(1, keepdims=True), np.float32)


def _anchor(pattern: Pattern) -> Floats:
    """How strongly each vertex keeps its place on the body: necks and waistbands do, hems hang."""
    y = pattern.flat[:, 1]
    if pattern.category in TOPS:
        hold = 0.02 + 0.20 * np.clip(1 + y / 0.10, 0, 1)
    else:
        hold = 0.02 + 0.40 * np.clip(1 + y / 0.05, 0, 1)
    return np.asarray(hold, np.float32)


def textures(drawing: Drawing) -> tuple[Floats, Floats]:
    """The front panel and a back panel, (h, w, 3) float32 linear, with their colours spread beyond the outline.

    The back is the front as if seen through, without what only the front has: its opening and its neckline.
    """
    front, _ = masks(drawing)
    rgb = linear(drawing.pixels[..., :3].astype(np.float32))
    names = drawing.part_names
    plain = front & ~np.isin(drawing.labels, [names.index(n) + 1 for n in ("collar",) if n in names])
    back = _grown(rgb, cv2.erode(plain.view(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    if "neckline_front" in drawing.points or "hem_centre" in drawing.points:
        middle = drawing.points.get("neckline_front", drawing.points.get("hem_centre"))
        assert middle is not None
        wide = 0.055 * rgb.shape[1]
        x = np.arange(rgb.shape[1], dtype=np.float32) + 0.5 - np.float32(middle[0])
        moved = np.where(np.abs(x) < wide, np.sign(x) * (2 * wide - np.abs(x)), x) + np.float32(middle[0]) - 0.5
        maps = np.broadcast_to(moved.astype(np.float32), rgb.shape[:2])
        rows = np.broadcast_to(np.arange(rgb.shape[0], dtype=np.float32)[:, None], rgb.shape[:2])
        back = cv2.remap(back, np.ascontiguousarray(maps), np.ascontiguousarray(rows), cv2.INTER_LINEAR)
    return _grown(rgb, cv2.erode(front.view(np.uint8), np.ones((3, 3), np.uint8)) > 0), np.asarray(back, np.float32)


def _grown(rgb: Floats, mask: NDArray[np.bool_]) -> Floats:
    """Colours inside the mask, and around it those of the nearest inside."""
    filled = np.where(mask[..., None], rgb, 0).astype(np.float32)
    known = mask.astype(np.float32)
    for size in (3, 7, 15, 31, 63):
        weight = cv2.blur(known, (size, size))
        new = (known == 0) & (weight > 0.01)
        filled[new] = cv2.blur(filled, (size, size))[new] / weight[new][:, None]
        known[new] = 1
    return filled


@dataclass(frozen=True)
class Worn3D:
    """A garment on a posed body. points, normals (n, 3) of the pattern's vertices."""

    garment: Fitted3D
    points: Floats
    normals: Floats


def put_on(garment: Fitted3D, stance: Stance, build: Build, fine: bool, under: list[Worn3D]) -> Worn3D:
    """Move a garment with the body, and let it settle over what is worn under it."""
    shell = figure(build, fine)[0]
    points, normals = stance.points(shell.points, shell.weights), stance.directions(shell.normals, shell.weights)
    start = stance.points(garment.rest, garment.weights)
    ground = Ground(points, normals, _next_on_body(build, fine))
    grounds: list[tuple[Ground, Ints, Any]] = [(ground, garment.near, 0.007)]
    if garment.pattern.category in TOPS and garment.pattern.limb.any():
        grounds.append((ground, _on_arms(start, points, shell), 0.007))
    for worn in under:
        below = Ground(worn.points, worn.normals, neighbours(worn.garment.pattern.triangles, len(worn.points), 8))
        grounds.append((below, nearest(start, worn.points), 0.005))
    settled = settle(start, garment.woven, grounds, 36 if fine else 14, garment.anchor, fall=0.0004)
    return Worn3D(garment, settled, smooth_normals(settled, garment.pattern.triangles))


def smooth_normals(points: Floats, triangles: Ints) -> Floats:
    """Unit normals (n, 3) of vertices, by the areas around them."""
    a, b, c = (points[triangles[:, k]] for k in range(3))
    face = np.cross(b - a, c - a)
    total = np.stack(
        [sum(np.bincount(triangles[:, k], face[:, axis], len(points)) for k in range(3)) for axis in range(3)], 1
    )
    return np.asarray(total / np.maximum(np.linalg.norm(total, axis=1, keepdims=True), 1e-9), np.float32)


def finer(points: Floats, normals: Floats, uv: Floats, triangles: Ints) -> tuple[Floats, Floats, Floats, Ints]:
    """Each triangle in four, bulged towards its corners' planes. Boubekeur & Alexa, "Phong Tessellation", 2008."""
    sides = np.sort(np.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]), axis=1)
    edges, which = np.unique(sides, axis=0, return_inverse=True)
    which = which.reshape(3, -1) + len(points)
    a, b = edges.T
    middle = (points[a] + points[b]) / 2
    bulge = [middle - normals[k] * ((middle - points[k]) * normals[k]).sum(1, keepdims=True) for k in (a, b)]
    middle = middle + np.float32(0.6) * ((bulge[0] + bulge[1]) / 2 - middle)
    between = normals[a] + normals[b]
    between /= np.maximum(np.linalg.norm(between, axis=1, keepdims=True), 1e-9)
    ab, bc, ca = which
    x, y, z = triangles.T
    faces = np.concatenate([np.stack(f, 1) for f in ((x, ab, ca), (ab, y, bc), (ca, bc, z), (ab, bc, ca))])
    return (
        np.concatenate([points, middle]), np.concatenate([normals, between]), np.concatenate([uv, (uv[a] + uv[b]) / 2]),
        faces.astype(np.int32),
    )  # fmt: skip


def surfaces(worn: Worn3D) -> list[Surface]:
    """The front and the back panel, ready to be seen."""
    pattern = worn.garment.pattern
    label = LABELS.index("upper" if pattern.category in TOPS else "lower")
    points, normals, uv, triangles = finer(worn.points, worn.normals, pattern.uv, pattern.triangles)
    back = np.tile(pattern.back, 4)
    return [
        Surface(points, normals, triangles[back == side], points, normals, np.full(len(points), label, np.uint8),
                "back" if side else "front", uv, worn.garment.back if side else worn.garment.front)
        for side in (False, True)
    ]  # fmt: skip


def sunk(body: list[Surface], worn: list[Worn3D], build: Build, fine: bool) -> list[Surface]:
    """The body's surfaces without the skin that garments cover, and drawn in beside it, so that none shows through."""
    skin = body[0]
    hidden = np.zeros(len(skin.points), bool)
    for one in worn:
        far = ~one.garment.pattern.rim
        hidden[one.garment.near[far]] = True
        hidden |= _in_sleeves(one, build, fine)
        if one.garment.pattern.limb.any():
            above = far & (one.garment.pattern.flat[:, 1] > -0.3)
            other = nearest(one.points[above], skin.points)
            close = np.linalg.norm(one.points[above] - skin.points[other], axis=1) < 0.02
            hidden[other[close]] = True
    near = _next_on_body(build, fine)
    for _ in range(3):  # closed, then away from the openings
        hidden |= hidden[near].sum(1) > 3
    for _ in range(2):
        hidden &= hidden[near].all(1)
    depth = hidden.astype(np.float32)
    for _ in range(2):
        depth = 0.5 * depth + 0.5 * depth[near].mean(1)
    points = skin.points - skin.normals * (0.012 * depth)[:, None]
    shown = ~hidden[skin.triangles].all(1)
    return [replace(skin, points=points.astype(np.float32), triangles=skin.triangles[shown]), *body[1:]]


def _in_sleeves(worn: Worn3D, build: Build, fine: bool) -> NDArray[np.bool_]:
    """The skin of arms above the cuffs, wherever the cloth is: a tight sleeve may lie a little deep."""
    shell, pattern, k = figure(build, fine)[0], worn.garment.pattern, build.stature / TALL
    joints = rest_joints(build)
    hidden = np.zeros(len(shell.points), bool)
    for sign, side in ((1, "left"), (-1, "right")):
        cuff = pattern.rim & (pattern.limb == sign)
        if pattern.category in TOPS and cuff.any():
            start, way = joints[f"arm_{side}"] * k, joints[f"hand_{side}"] - joints[f"arm_{side}"]
            way /= np.linalg.norm(way)
            end = float(np.percentile((worn.garment.rest[cuff] - start) @ way, 10)) - 0.01
            along = (shell.points - start) @ way
            own = shell.weights[:, [BONES.index(f"{b}_{side}") for b in ("arm", "forearm", "hand")]].sum(1) > 0.6
            hidden |= own & (along < end)
    return hidden


def key_points(worn: Worn3D) -> dict[str, NDArray[np.float64]]:
    """The drawing's key points (3,) on the garment as it is worn, in the room."""
    found = {}
    for name in worn.garment.pattern.points:
        corners, shares = corners_of(worn.garment.pattern, name)
        found[name] = (worn.points[corners] * shares[:, None]).sum(0).astype(np.float64)
    return found
