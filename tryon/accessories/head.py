"""A head before the camera: the face's own surface, and a skull, ears and a neck that stand for what is not measured."""

from functools import cache
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.accessories.camera import Camera
from tryon.bodies import Face

Points = NDArray[np.float64]
Faces = NDArray[np.int32]

BRIDGE, LEFT_EDGE, RIGHT_EDGE = 168, 356, 127
"""Landmarks: between the eyes, and the edges of the face before the ears."""

_KNOWN: Final = {BRIDGE: (0, 3.01, 5.31), LEFT_EDGE: (7.46, 1.88, -2.16), RIGHT_EDGE: (-7.46, 1.88, -2.16)}
"""Where the canonical face has them."""

_HOLES: Final = (
    (33, 7, 163, 144, 145, 153, 154, 155, 133, 173, 157, 158, 159, 160, 161, 246),
    (362, 382, 381, 380, 374, 373, 390, 249, 263, 466, 388, 387, 386, 385, 384, 398),
    (78, 95, 88, 178, 87, 14, 317, 402, 318, 324, 308, 415, 310, 311, 312, 13, 82, 81, 80, 191),
)
"""Rings of landmarks around eyes and mouth, which the face network's triangles leave open."""

SKULL: Final = (0.0, 4.2, -4.3)
"""Middle of the skull in the canonical face's centimetres; its half axes, for a face of mean width, follow."""
SKULL_SIZE: Final = (7.3, 9.0, 9.4)
EAR: Final = (7.75, 0.4, -4.8)
_EAR_SIZE: Final = (0.75, 3.0, 1.7)


class Head(Struct, frozen=True, kw_only=True):
    """A head in camera space, in centimetres.

    matrix: (4, 4), canonical face → camera. face: (478, 3), the landmarks, exactly where they are seen. half: half the
    head's width before the ears.
    """

    matrix: Points
    face: Points
    half: float

    @classmethod
    def of(cls, face: Face, camera: Camera) -> "Head":
        """The head that a face belongs to. Depth of the landmarks is hung on the matrix."""
        matrix = face.matrix.astype(np.float64)
        known = np.array(list(_KNOWN.values())) @ matrix[:3, :3].T + matrix[:3, 3]
        depth = -known[:, 2].mean()
        scale = depth / camera.focal
        points = face.points.astype(np.float64)
        away = depth + scale * (points[:, 2] - points[list(_KNOWN), 2].mean())
        seen = camera.at(points[:, 0], points[:, 1], away)
        own = (seen - matrix[:3, 3]) @ matrix[:3, :3]
        half = float(np.clip((own[LEFT_EDGE, 0] - own[RIGHT_EDGE, 0]) / 2, 6.4, 8.4))
        return cls(matrix=matrix, face=seen, half=half)

    def own(self, points: Points) -> Points:
        """Points of camera space in the canonical face's frame."""
        moved: Points = (points - self.matrix[:3, 3]) @ self.matrix[:3, :3]
        return moved

    def placed(self, points: NDArray[np.floating]) -> Points:
        """Points of the canonical face's frame in camera space."""
        moved: Points = points @ self.matrix[:3, :3].T + self.matrix[:3, 3]
        return moved

    def solid(self, hair: float = 0.0) -> tuple[Points, Faces]:
        """Vertices and triangles of everything that hides an accessory. hair: centimetres of it on the skull."""
        wide = self.half / 7.46
        shapes = [
            (self.face, face_triangles()),
            self._ball(SKULL, np.array(SKULL_SIZE) * (wide, 1, 1) + hair),
            *(self._ball((side * EAR[0] * wide, *EAR[1:]), np.array(_EAR_SIZE)) for side in (-1, 1)),
            self._ball((0, -5.2, -1.6), np.array((5.4 * wide, 4.4, 4.6))),
            self._neck(),
        ]
        return joined(shapes)

    def _ball(self, middle: tuple[float, float, float], size: NDArray[np.floating]) -> tuple[Points, Faces]:
        vertices, triangles = ball()
        return self.placed(vertices * size + np.array(middle)), triangles

    def _neck(self) -> tuple[Points, Faces]:
        top, down = self.placed(np.array([[0, -3.0, -5.0]]))[0], np.array([0, -1.0, 0])
        vertices, triangles = tube(top, top + 14 * down, 5.4 * self.half / 7.46)
        return vertices, triangles


def joined(shapes: list[tuple[Points, Faces]]) -> tuple[Points, Faces]:
    """Several shapes as one."""
    starts = np.cumsum([0] + [len(vertices) for vertices, _ in shapes])
    triangles = [faces + start for (_, faces), start in zip(shapes, starts, strict=False)]
    return np.concatenate([vertices for vertices, _ in shapes]), np.concatenate(triangles).astype(np.int32)


@cache
def face_triangles() -> Faces:
    """The triangles (m, 3) between the face network's landmarks, eyes and mouth closed."""
    from mediapipe.tasks.python.vision.face_landmarker import FaceLandmarksConnections

    edges = [(edge.start, edge.end) for edge in FaceLandmarksConnections.FACE_LANDMARKS_TESSELATION]
    triangles = [(edges[i][0], edges[i + 1][0], edges[i + 2][0]) for i in range(0, len(edges), 3)]
    for ring in _HOLES:
        triangles += [(ring[0], ring[i], ring[i + 1]) for i in range(1, len(ring) - 1)]
    return np.array(triangles, np.int32)


@cache
def ball(rings: int = 24) -> tuple[Points, Faces]:
    """A unit ball."""
    polar, around = np.meshgrid(np.linspace(0, np.pi, rings), np.linspace(0, 2 * np.pi, 2 * rings), indexing="ij")
    vertices = np.stack([np.sin(polar) * np.sin(around), np.cos(polar), np.sin(polar) * np.cos(around)], axis=-1)
    return vertices.reshape(-1, 3), grid(rings, 2 * rings)


def grid(rows: int, columns: int) -> Faces:
    """Triangles of a net of rows × columns vertices, row by row."""
    corner = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)).ravel()
    first = np.column_stack([corner, corner + columns, corner + 1])
    second = np.column_stack([corner + 1, corner + columns, corner + columns + 1])
    return np.concatenate([first, second]).astype(np.int32)


def tube(
    start: Points, end: Points, radius: float, flat: float = 1.0, across: Points | None = None
) -> tuple[Points, Faces]:
    """An open tube between two points; its section is an ellipse, radius along ``across``, flat × radius beside it."""
    along = (end - start) / np.linalg.norm(end - start)
    side = np.array([1.0, 0, 0]) if across is None else across
    side = side - along * (side @ along)
    side /= np.linalg.norm(side)
    other = np.cross(along, side)
    angle = np.linspace(0, 2 * np.pi, 33)[None, :, None]
    place = start + np.linspace(0, 1, 2)[:, None, None] * (end - start)
    vertices = place + radius * (np.cos(angle) * side + flat * np.sin(angle) * other)
    return vertices.reshape(-1, 3), grid(2, 33)
