"""The pose of a face: how a canonical face, in centimetres, lies before the camera.

The canonical face is the mean of the face network's own landmarks over 71 views of some 20 people and their mirror
images (Gower, "Generalized Procrustes Analysis", 1975), in the place and size of the one that MediaPipe's geometry
metadata holds: origin within the head, x to the left of the wearer, y up, z forward.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray

FIELD_OF_VIEW: Final = 63.0
"""Degrees that the camera is taken to see from top to bottom, as MediaPipe takes it."""

# Landmark, x, y, z: the outline of the face, forehead, brows, eye corners, nose and cheeks, which move little.
_CANONICAL: Final = np.array([
    (1, 0, -1.3, 7.69), (2, 0, -1.96, 6.09), (4, 0, -0.64, 7.88), (5, 0, 0.22, 7.58), (6, 0, 2.27, 5.8),
    (10, 0, 7.85, 4.55), (21, -7.02, 4.75, 0.07), (33, -4.74, 2.48, 2.99), (50, -5.22, -0.61, 3.75),
    (54, -6.37, 5.93, 1.29), (58, -6.6, -4.34, -1.48), (67, -3.74, 7.5, 3.7), (70, -6.03, 3.92, 2.84),
    (93, -7.29, -1.12, -2.52), (103, -5.33, 6.87, 2.57), (105, -4.35, 4.83, 4.37), (107, -1.55, 4.66, 5.32),
    (109, -2.02, 7.8, 4.37), (117, -5.53, 0.92, 3.03), (127, -7.46, 1.88, -2.16), (132, -7.06, -2.71, -2.17),
    (133, -1.86, 2.36, 3.58), (136, -5.18, -6.54, 0.8), (148, -1.37, -8.78, 3.92), (149, -3.35, -7.94, 2.56),
    (150, -4.21, -7.37, 1.78), (152, 0, -8.89, 4.12), (162, -7.35, 3.47, -1.19), (168, 0, 3.01, 5.31),
    (172, -5.94, -5.61, -0.38), (176, -2.45, -8.43, 3.37), (195, 0, 0.91, 6.95), (197, 0, 1.57, 6.36),
    (205, -4.34, -1.45, 4.35), (234, -7.39, 0.39, -2.56), (251, 7.02, 4.75, 0.07), (263, 4.74, 2.48, 2.99),
    (280, 5.22, -0.61, 3.75), (284, 6.37, 5.93, 1.29), (288, 6.6, -4.34, -1.48), (297, 3.74, 7.5, 3.7),
    (300, 6.03, 3.92, 2.84), (323, 7.29, -1.12, -2.52), (332, 5.33, 6.87, 2.57), (334, 4.35, 4.83, 4.37),
    (336, 1.55, 4.66, 5.32), (338, 2.02, 7.8, 4.37), (346, 5.53, 0.92, 3.03), (356, 7.46, 1.88, -2.16),
    (361, 7.06, -2.71, -2.17), (362, 1.86, 2.36, 3.58), (365, 5.18, -6.54, 0.8), (377, 1.37, -8.78, 3.92),
    (378, 3.35, -7.94, 2.56), (379, 4.21, -7.37, 1.78), (389, 7.35, 3.47, -1.19), (397, 5.94, -5.61, -0.38),
    (400, 2.45, -8.43, 3.37), (425, 4.34, -1.45, 4.35), (454, 7.39, 0.39, -2.56),
])  # fmt: skip
_LANDMARKS: Final = _CANONICAL[:, 0].astype(int)
CANONICAL: Final = _CANONICAL[:, 1:]


def face_matrix(points: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.float32]:
    """The matrix (4, 4) float32 from the canonical face to the camera: x right, y up, z towards the viewer.

    points (478, 3): the landmarks in pixels of a picture of this shape, z like x. Multiplying a column of canonical
    centimetres gives centimetres before a camera with ``FIELD_OF_VIEW`` that looks at the middle of the picture.
    The rotation is that of the landmarks in depth (Umeyama, PAMI 1991), as seen along the ray to the face, which
    MediaPipe's own matrix leaves out of account; the translation then has the least error of reprojection.
    """
    height, width = shape[:2]
    focal = height / 2 / np.tan(np.radians(FIELD_OF_VIEW / 2))
    seen = (points[_LANDMARKS] - [width / 2, height / 2, 0]) * [1, -1, -1] / focal
    rotation = _along_ray(seen[:, :2].mean(axis=0)) @ _rotation(CANONICAL, seen)
    turned = CANONICAL @ rotation.T
    ones, nothing = np.ones(len(seen)), np.zeros(len(seen))
    # x + u z = 0 and y + v z = 0 for each turned point (x, y, z) moved by the translation and seen at (u, v).
    sides = [
        (np.column_stack(axes), -(turned[:, axis] + seen[:, axis] * turned[:, 2]))
        for axis, axes in enumerate(((ones, nothing, seen[:, 0]), (nothing, ones, seen[:, 1])))
    ]
    matrix = np.eye(4, dtype=np.float32)
    matrix[:3, :3] = rotation
    matrix[:3, 3] = np.linalg.lstsq(np.vstack([a for a, _ in sides]), np.hstack([b for _, b in sides]), rcond=None)[0]
    return matrix


def project(matrix: NDArray[np.float32], points: NDArray[np.float64], shape: tuple[int, ...]) -> NDArray[np.float64]:
    """Where canonical points (n, 3) in centimetres are seen: (n, 2) in pixels of a picture of this shape."""
    height, width = shape[:2]
    focal = height / 2 / np.tan(np.radians(FIELD_OF_VIEW / 2))
    camera = points @ matrix[:3, :3].T + matrix[:3, 3]
    flat: NDArray[np.float64] = camera[:, :2] / -camera[:, 2:] * [focal, -focal] + [width / 2, height / 2]
    return flat


def _rotation(points: NDArray[np.float64], onto: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rotation (3, 3) of the similarity that lays points (n, 3) best onto others."""
    u, _, v = np.linalg.svd((onto - onto.mean(axis=0)).T @ (points - points.mean(axis=0)))
    rotation: NDArray[np.float64] = u @ np.diag([1, 1, np.sign(np.linalg.det(u @ v))]) @ v
    return rotation


def _along_ray(towards: NDArray[np.float64]) -> NDArray[np.float64]:
    """Axes (3, 3) of a viewer who looks along a ray (x, y at z = -1): columns right, up and back to the camera."""
    back = np.array([-towards[0], -towards[1], 1.0])
    back /= np.linalg.norm(back)
    right = np.cross([0.0, 1.0, 0.0], back)
    right /= np.linalg.norm(right)
    return np.column_stack([right, np.cross(back, right), back])
