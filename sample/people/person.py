"""People on request: a seed, a pose and garments give a photo and its truth."""

from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.people.build import Build, random_build, rest_joints
from sample.people.camera import Camera, camera
from sample.people.figure import LABELS, TALL, figure
from sample.people.landmarks import body_points, hand_points
from sample.people.light import random_light
from sample.people.paint import Fitted
from sample.people.picture import Stage, Surface, developed, over
from sample.people.poses import POSES, Pose, Stance, stand, varied
from sample.people.room import backdrop, random_room


class PersonPicture(msgspec.Struct, frozen=True, kw_only=True):
    """A photo (H, W) of a drawn person. "Left" is the person's own; the first pixel's centre is (0.5, 0.5).

    pixels: (H, W, 3) uint8 sRGB. labels: (H, W) uint8, indices into ``label_names``. person: (H, W) float32 in [0, 1],
    the share of each pixel that is the person. depth: (H, W) float32 metres along the camera's axis, inf behind.
    points: (33, 3) float32, MediaPipe's pose landmarks: x, y in pixels, z like x from the middle of the hips, smaller is
    nearer; visibility: (33,) float32, 1 in the picture and not hidden, else 0; world: (33, 3) float32 metres from the
    middle of the hips, y down, as the camera sees it. hands: (2, 21, 2) float32 pixels, the left one first.
    turn: degrees that the shoulders are turned from the camera, positive when the left one is farther away.
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


def person(
    seed: int,
    pose: str | Pose | None = None,
    *,
    turn: float | None = None,
    size: tuple[int, int] = (768, 1024),
    quality: int = 3,
) -> PersonPicture:
    """A person of this seed: build, clothes, room and light are the same for the same seed.

    pose: a name in POSES or a pose of one's own; None takes one of them. turn: degrees, about 0 if None. size: width,
    height in pixels. quality: 1 for many small pictures, 3 for pictures to look at.
    """
    rng = np.random.default_rng([seed, 4])
    build = random_build(rng)
    taken = POSES[str(rng.choice(list(POSES)))] if pose is None else POSES[pose] if isinstance(pose, str) else pose
    if not isinstance(pose, Pose):
        taken = varied(replace(taken, turn=float(rng.normal(0, 8))), rng)
    if turn is not None:
        taken = replace(taken, turn=turn)
    rest = rest_joints(build)
    scale = build.stature / TALL
    stance = stand(taken, {name: at * scale for name, at in rest.items()})
    surfaces = body(build, stance, fine=size[1] > 600)
    seen_by = framed(surfaces, rng, size)
    light, room = random_light(rng), random_room(rng)
    stage = Stage(surfaces, seen_by, light, build, _plain(rng), quality)
    rendering = stage.render()
    ground = backdrop(room, seen_by, light, stage.rays, quality)
    pixels = developed(over(rendering, ground), np.random.default_rng([seed, 5]))
    points = body_points(build, rest, stance)
    hands = np.stack([seen_by.project(hand_points(build, rest, stance, side))[:, :2] for side in ("left", "right")])
    hips = points[23:25].mean(0)
    at = seen_by.project(points)
    depth = at[:, 2] - seen_by.project(hips[None])[0, 2]
    return PersonPicture(
        pixels=pixels,
        labels=rendering.label,
        label_names=LABELS,
        person=rendering.cover,
        depth=rendering.depth,
        points=np.column_stack([at[:, :2], depth * seen_by.focal / at[:, 2]]).astype(np.float32),
        visibility=_visible(stage, points, 0.11),
        world=((points - hips) @ seen_by.axes.T).astype(np.float32),
        hands=hands.astype(np.float32),
        turn=float(np.degrees(np.arctan2(points[12, 2] - points[11, 2], points[11, 0] - points[12, 0]))),
        pose=taken.name,
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
    return camera(distance, float(rng.uniform(1.1, 1.5)), tall / 2 + float(rng.uniform(-0.02, 0.04)), focal, size)


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
