"""People on request: a seed, a pose and garments give a photo and its truth."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.drawing import Drawing
from sample.people.build import Build, random_build, rest_joints
from sample.people.camera import Camera, facing
from sample.people.clothes import TOPS, Worn3D, fitted, key_points, put_on, sunk, surfaces
from sample.people.figure import LABELS, TALL, figure
from sample.people.landmarks import body_points, hand_points
from sample.people.light import random_light
from sample.people.paint import Fitted
from sample.people.picture import Rendering, Stage, Surface, developed, over
from sample.people.poses import POSES, Pose, Stance, stand, varied
from sample.people.room import Room, backdrop, random_room

BOTTOMS: Final = ("skirt", "pants", "shorts")
UNDERWEAR: Final = Fitted((228, 226, 222), (64, 66, 74), neck=0.15, hem=1.0, leg=0.74, waist=1.03)


class Worn(msgspec.Struct, frozen=True, kw_only=True):
    """A garment in the photo. drawing: its flat picture. mask: (H, W) bool, where it is seen.

    source: (H, W, 2) float32, the place x, y in the flat drawing's pixels that is seen in each pixel; NaN off the
    garment, on its back panel (of which there is no drawing) and on its inner side.
    points: the drawing's key points in the photo's pixels; visible: those in the picture and not hidden.
    """

    category: str
    drawing: Drawing
    mask: Any
    source: Any
    points: dict[str, tuple[float, float]]
    visible: frozenset[str]


class PersonPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A photo (H, W) of a drawn person. "Left" is the person's own; the first pixel's centre is (0.5, 0.5).

    pixels: (H, W, 3) uint8 sRGB. labels: (H, W) uint8, indices into ``label_names``. person: (H, W) float32 in [0, 1],
    the share of each pixel that is the person. depth: (H, W) float32 metres along the camera's axis, inf behind.
    points: (33, 3) float32, MediaPipe's pose landmarks: x, y in pixels, z like x from the middle of the hips, smaller is
    nearer; visibility: (33,) float32, 1 in the picture and not hidden, else 0; world: (33, 3) float32 metres from the
    middle of the hips, y down, as the camera sees it. hands: (2, 21, 2) float32 pixels, the left one first.
    turn: degrees that the shoulders are turned from the camera, positive when the left one is farther away.
    worn: the garments, inner ones first. bare, bare_labels: the same photo and labels without them, in underwear, or
    None if it was not asked for.
    """

    pixels: Any
    labels: Any
    label_names: tuple[str, ...]
    person: Any
    depth: Any
    points: Any
    visibility: Any
    world: Any
    hands: Any
    turn: float
    pose: str
    worn: tuple[Worn, ...] = ()
    bare: Any = None
    bare_labels: Any = None


def person(
    seed: int,
    pose: str | Pose | None = None,
    wears: Sequence[tuple[str, Drawing]] = (),
    *,
    turn: float | None = None,
    size: tuple[int, int] = (768, 1024),
    quality: int = 3,
    bare: bool = False,
) -> PersonPicture:
    """A person of this seed: build, plain clothes, room and light are the same for the same seed.

    pose: a name in POSES or a pose of one's own; None takes one of them. wears: categories and drawings of garments, at
    most one for each half of the body, or a dress; a half without one wears something plain. turn: degrees, about 0 if
    None. size: width, height in pixels. quality: 1 for many small pictures, 3 for pictures to look at. bare: also
    photograph the person without the garments. Raises ValueError for a category that is not worn on the body.
    """
    if unknown := {category for category, _ in wears} - {*TOPS, *BOTTOMS}:
        raise ValueError(f"categories must be of {', '.join((*TOPS, *BOTTOMS))}, not {', '.join(sorted(unknown))}")
    rng = np.random.default_rng([seed, 4])
    build = random_build(rng)
    taken = POSES[str(rng.choice(list(POSES)))] if pose is None else POSES[pose] if isinstance(pose, str) else pose
    if not isinstance(pose, Pose):
        taken = varied(replace(taken, turn=float(rng.normal(0, 8))), rng)
    if turn is not None:
        taken = replace(taken, turn=turn)
    rest, scale, fine = rest_joints(build), build.stature / TALL, size[1] > 600
    stance = stand(taken, {name: at * scale for name, at in rest.items()})
    skin = body(build, stance, fine)
    camera, light, room, plain = framed(skin, rng, size), random_light(rng), random_room(rng), _plain(rng)
    dressed: list[Worn3D] = []
    for category, drawing in sorted(wears, key=lambda one: one[0] in TOPS):
        dressed.append(put_on(fitted(category, drawing, build, fine), stance, build, fine, dressed))
    clothes = [surface for one in dressed for surface in surfaces(one)]
    kinds = {category for category, _ in wears}
    if kinds & {*TOPS}:
        plain = replace(plain, top=None)
    if kinds & {*BOTTOMS, "dress"}:
        plain = replace(plain, bottom=None)
    stage = Stage([*sunk(skin, dressed, build, fine), *clothes], camera, light, build, plain, quality)
    pixels, rendering = _photo(stage, room, seed)
    naked = _photo(Stage(skin, camera, light, build, UNDERWEAR, quality), room, seed) if bare else None
    points = body_points(build, rest, stance)
    hips = points[23:25].mean(0)
    at = camera.project(points)
    depth = at[:, 2] - camera.project(hips[None])[0, 2]
    return PersonPicture(
        pixels=pixels,
        labels=rendering.label,
        label_names=LABELS,
        person=rendering.cover,
        depth=rendering.depth,
        points=np.column_stack([at[:, :2], depth * camera.focal / at[:, 2]]).astype(np.float32),
        visibility=_visible(stage, points, 0.11),
        world=((points - hips) @ camera.axes.T).astype(np.float32),
        hands=np.stack([camera.project(hand_points(build, rest, stance, s))[:, :2] for s in ("left", "right")]).astype(
            np.float32
        ),
        turn=float(np.degrees(np.arctan2(points[12, 2] - points[11, 2], points[11, 0] - points[12, 0]))),
        pose=taken.name,
        worn=tuple(
            _worn(stage, rendering, one, drawing, len(skin) + 2 * k)
            for k, (one, (_, drawing)) in enumerate(
                zip(dressed, sorted(wears, key=lambda w: w[0] in TOPS), strict=True)
            )
        ),
        bare=naked[0] if naked else None,
        bare_labels=naked[1].label if naked else None,
    )


def _photo(stage: Stage, room: Room, seed: int) -> tuple[NDArray[np.uint8], Rendering]:
    rendering = stage.render()
    ground = backdrop(room, stage.camera, stage.light, stage.rays, stage.quality)
    return developed(over(rendering, ground), np.random.default_rng([seed, 5])), rendering


def _worn(stage: Stage, rendering: Rendering, one: Worn3D, drawing: Drawing, front: int) -> Worn:
    """front: the number of the front panel's surface; the back panel's is the next."""
    points = key_points(one)
    at = np.array(list(points.values()))
    seen = _visible(stage, at, 0.035) > 0
    xy = stage.camera.project(at)[:, :2]
    return Worn(
        category=one.garment.pattern.category,
        drawing=drawing,
        mask=(rendering.surface == front) | (rendering.surface == front + 1),
        source=np.where((rendering.surface == front)[..., None], rendering.uv, np.float32(np.nan)),
        points={name: (float(x), float(y)) for name, (x, y) in zip(points, xy, strict=True)},
        visible=frozenset(name for name, ok in zip(points, seen, strict=True) if ok),
    )


def body(build: Build, stance: Stance, fine: bool) -> list[Surface]:
    """The bare body's surfaces in a stance."""
    back = np.float32(TALL / build.stature)
    return [
        Surface(
            stance.points(s.points, s.weights), stance.directions(s.normals, s.weights), s.triangles,
            s.points * back, s.normals, s.labels, s.solid,
        )
        for s in figure(build, fine)
    ]  # fmt: skip


def framed(surfaces: list[Surface], rng: np.random.Generator, size: tuple[int, int]) -> Camera:
    """A camera at 2.5 to 3.5 metres whose picture holds the whole person."""
    points = np.concatenate([s.points for s in surfaces])
    tall, wide = float(points[:, 1].max()), 2 * float(np.abs(points[:, 0]).max())
    distance = float(rng.uniform(2.5, 3.5))
    share = rng.uniform(0.80, 0.92)
    focal = distance * min(share * size[1] / max(tall, 1.45), 0.94 * size[0] / wide)
    return facing(distance, float(rng.uniform(1.1, 1.5)), tall / 2 + float(rng.uniform(-0.02, 0.04)), focal, size)


def _plain(rng: np.random.Generator) -> Fitted:
    """Plain close-fitting clothes."""
    top, bottom = (
        tuple(int(v) for v in np.clip(rng.normal(130, 70, 3) * 0.4 + rng.uniform(10, 190), 8, 245)) for _ in range(2)
    )
    return Fitted(
        (top[0], top[1], top[2]), (bottom[0], bottom[1], bottom[2]), float(rng.uniform(0.05, 0.16)),
        float(rng.choice([0.0, 0.3, 0.6, 0.98])), float(rng.uniform(0.88, 1.0)), float(rng.choice([0.12, 0.12, 0.45, 0.7])),
        1.04,
    )  # fmt: skip


def _visible(stage: Stage, points: NDArray[np.float64], inside: float) -> NDArray[np.float32]:
    """1 for points of the body that are in the picture and lie no deeper than ``inside`` metres under what is seen."""
    at = stage.camera.project(points)
    w, h = stage.camera.size
    hits = stage.rays.first(
        np.broadcast_to(stage.camera.at.astype(np.float32), (len(points), 3)), stage.camera.rays(at[:, :2])
    )
    nearest = np.full(len(points), np.inf)
    nearest[hits.ray] = hits.length
    within = (at[:, :2] >= 0).all(1) & (at[:, 0] < w) & (at[:, 1] < h)
    return (within & (nearest > at[:, 2] - inside)).astype(np.float32)
