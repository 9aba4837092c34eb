"""A head of known pose: the canonical face before the camera, and a plain photo of it."""

import numpy as np
from numpy.typing import NDArray

from tryon.accessories.camera import Camera
from tryon.accessories.head import face_triangles
from tryon.bodies import Body, Face
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
