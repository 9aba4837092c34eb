"""A head of known pose: the canonical face before the camera, and a plain photo of it."""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from tryon.accessories.camera import Camera
from tryon.accessories.head import face_triangles
from tryon.bodies import Body, Face, Hand
from vision.face_pose import _LANDMARKS, CANONICAL

SKIN, GROUND = (205, 160, 140), (120, 130, 140)


def canonical() -> NDArray[np.float64]:
    """All 478 landmarks in the canonical frame: those known, and between them as a net hangs (harmonic)."""
    count = 478
    points = np.zeros((count, 3))
    known = np.zeros(count, bool)
    points[_LANDMARKS], known[_LANDMARKS] = CANONICAL, True
    weights = np.zeros((count, count))
    for a, b, c in face_triangles():
        for i, j in ((a, b), (b, c), (c, a)):
            weights[i, j] = weights[j, i] = 1
    laplace = np.diag(weights.sum(axis=1)) - weights
    free = ~known & (weights.sum(axis=1) > 0)
    points[free] = np.linalg.solve(laplace[np.ix_(free, free)], weights[np.ix_(free, known)] @ points[known])
    points[468:473], points[473:478] = (-3.2, 2.4, 3.6), (3.2, 2.4, 3.6)
    return points


def turn(yaw: float = 0, pitch: float = 0, roll: float = 0) -> NDArray[np.float64]:
    """Degrees around y, x and z; a positive yaw turns the face to the viewer's right."""
    y, p, r = np.radians([yaw, pitch, roll])
    around_y = np.array([[np.cos(y), 0, np.sin(y)], [0, 1, 0], [-np.sin(y), 0, np.cos(y)]])
    around_x = np.array([[1, 0, 0], [0, np.cos(p), -np.sin(p)], [0, np.sin(p), np.cos(p)]])
    around_z = np.array([[np.cos(r), -np.sin(r), 0], [np.sin(r), np.cos(r), 0], [0, 0, 1]])
    turned: NDArray[np.float64] = around_z @ around_y @ around_x
    return turned


def body(
    yaw: float = 0,
    pitch: float = 0,
    roll: float = 0,
    *,
    depth: float = 60,
    x: float = 0,
    size: tuple[int, int] = (384, 512),
) -> Body:
    """A person of whom the face is seen, at ``depth`` centimetres, in a plain photo of this width and height."""
    width, height = size
    camera = Camera(height, width)
    matrix = np.eye(4, dtype=np.float32)
    matrix[:3, :3], matrix[:3, 3] = turn(yaw, pitch, roll), (x, 0, -depth)
    seen = canonical() @ matrix[:3, :3].T + matrix[:3, 3]
    points = np.column_stack([camera.project(seen), -(seen[:, 2] + depth) * camera.focal / depth])
    middle = camera.project(matrix[None, :3, 3])[0]
    yy, xx = np.mgrid[:height, :width] + 0.5
    radius = 11.0 * camera.focal / depth
    person = (np.hypot((xx - middle[0]) / 0.8, yy - middle[1]) < radius).astype(np.float32)
    pixels = np.where(person[..., None] > 0, np.uint8(SKIN), np.uint8(GROUND)).astype(np.uint8)
    return Body(
        pixels=pixels,
        box=(0, 0, width, height),
        points=np.zeros((33, 3), np.float32),
        visibility=np.ones(33, np.float32),
        world=np.zeros((33, 3), np.float32),
        person=person,
        turn=0.0,
        face=Face(points=points.astype(np.float32), matrix=matrix),
    )


def with_hand(side: Literal["left", "right"], shown: Literal["back", "palm"]) -> Body:
    """A raised hand, fingers up, whose back or palm is seen in a plain photo; the arm comes from below."""
    across = {"thumb": -3.0, "index": -2.6, "middle": -0.8, "ring": 1.0, "little": 2.7}
    points = np.zeros((21, 3))  # a left hand's back: the thumb to the viewer's right of it lies at +x
    for finger, (name, x) in enumerate(across.items()):
        for joint in range(4):
            bend = 0.12 * joint**2
            y = (3.0, 5.2, 6.8, 8.0)[joint] if name == "thumb" else (9.0, 13.0, 15.3, 17.2)[joint]
            points[1 + 4 * finger + joint] = (-x + (0.9 * joint if name == "thumb" else 0), y, -bend)
    mirrored = (side == "right") != (shown == "palm")
    points[:, 0] *= -1 if mirrored else 1
    points[:, 2] *= -1 if shown == "palm" else 1
    width, height, scale = 480, 480, 14.0
    flat = np.column_stack([240 + scale * points[:, 0], 340 - scale * points[:, 1], -scale * points[:, 2]])
    world = (points - points.mean(axis=0)) * (0.01, -0.01, -0.01)
    pixels = np.full((height, width, 3), GROUND, np.uint8)
    person = np.zeros((height, width), np.float32)
    person[340:, 240 - 39 : 240 + 39] = 1
    person[210:340, 240 - 48 : 240 + 48] = 1
    pixels[person > 0] = SKIN
    elbow, wrist = (13, 15) if side == "left" else (14, 16)
    body_points = np.zeros((33, 3), np.float32)
    body_points[elbow], body_points[wrist] = (240, 700, 0), (240, 340, 0)
    body_world = np.zeros((33, 3), np.float32)
    body_world[elbow], body_world[wrist] = (0, 0, 0), (0, -0.25, 0)
    return Body(
        pixels=pixels,
        box=(0, 0, width, height),
        points=body_points,
        visibility=np.ones(33, np.float32),
        world=body_world,
        person=person,
        turn=0.0,
        hands=(Hand(points=flat.astype(np.float32), world=world.astype(np.float32), side=side),),
    )
