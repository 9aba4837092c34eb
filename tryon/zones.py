"""Where the parts of a body lie in its photo, by its landmarks alone."""

from typing import Final

import cv2
import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.bodies import Body

Point = NDArray[np.float32]

SHOULDERS, HIPS, MOUTH = [11, 12], [23, 24], [9, 10]
EYES: Final = [2, 5]
ARMS: Final = ((11, 13, 15), (12, 14, 16))
"""Shoulder, elbow and wrist of the left and the right arm."""
LEGS: Final = ((23, 25, 27), (24, 26, 28))
FEET: Final = ((29, 31), (30, 32))
FINGERS: Final = ((17, 19), (18, 20))

OVAL: Final = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
    152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)  # fmt: skip
"""The outline of MediaPipe's face mesh."""

ZONES: Final = (
    "head", "crown", "face", "neck", "shawl", "upper_arm", "forearm", "hand", "trunk", "thigh", "shin", "foot", "skirt",
)  # fmt: skip
"""crown: the head above the mouth; shawl: where long hair and scarves fall; skirt: between and beside the thighs."""


class Bone(Struct, frozen=True):
    """A limb's segment: from a to b in pixels, with a radius in pixels at either end."""

    a: tuple[float, float]
    b: tuple[float, float]
    ra: float
    rb: float

    def along(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        """(…,) how far along the bone the foot of each point lies: 0 at a, 1 at b."""
        dx, dy = self.b[0] - self.a[0], self.b[1] - self.a[1]
        found = ((x - self.a[0]) * dx + (y - self.a[1]) * dy) / max(dx * dx + dy * dy, 1e-3)
        return found.astype(np.float32, copy=False)

    def distance(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
        """(…,) distance to the bone in units of its radius there: 1 on its nominal surface."""
        t = np.clip(self.along(x, y), 0, 1)
        dx, dy = self.b[0] - self.a[0], self.b[1] - self.a[1]
        away = np.hypot(x - self.a[0] - t * dx, y - self.a[1] - t * dy)
        found: NDArray[np.float32] = away / (self.ra + t * (self.rb - self.ra))
        return found


class Figure(Struct, frozen=True):
    """The measures of a body in pixels, scaled with its photo.

    points: (33, 2) float32. unit: the larger of the shoulders' distance and .62 of the trunk's length: it stands for
    the width of the shoulders, also where they are turned away. head: the height from chin to crown.
    centre, up, right: the eyes' middle, the head's axis and the axis across it. side: half the width of the head.
    oval: (36, 2) float32, the outline of the face from forehead to chin and back, if a face mesh is known.
    """

    points: NDArray[np.float32]
    unit: float
    head: float
    centre: Point
    up: Point
    right: Point
    side: float
    oval: Point | None

    @classmethod
    def of(cls, body: Body, scale: float = 1.0, x0: float = 0.0, y0: float = 0.0) -> "Figure":
        """The figure of a body in its photo cropped from (x0, y0) and then scaled."""
        corner = np.array([x0, y0], np.float32)
        points = (body.points[:, :2] - corner) * np.float32(scale)
        oval = None if body.face is None else (body.face.points[OVAL, :2] - corner) * np.float32(scale)
        across = float(np.linalg.norm(points[11] - points[12]))
        trunk = float(np.linalg.norm(points[SHOULDERS].mean(0) - points[HIPS].mean(0)))
        unit = max(across, 0.62 * trunk, 4.0)
        eyes, mouth = points[EYES].mean(0), points[MOUTH].mean(0)
        # Eyes to mouth is a third of the head's height, ear to ear two thirds, in a face seen from the front.
        head = max(3.0 * float(np.linalg.norm(eyes - mouth)), 1.35 * float(np.linalg.norm(points[7] - points[8])))
        head = float(np.clip(head, 0.35 * unit, 1.2 * unit))
        up = eyes - mouth
        up = up / max(float(np.linalg.norm(up)), 1e-3)
        right = np.array([-up[1], up[0]], np.float32)
        reach = (points[:11] - eyes) @ right
        low, high = float(reach.min()), float(reach.max())
        centre = eyes + right * (low + high) / 2
        return cls(points, unit, head, centre, up, right, max((high - low) / 2 * 1.04, 0.29 * head), oval)

    def bone(self, a: int, b: int, ra: float, rb: float) -> Bone:
        """The bone between two landmarks; ra, rb in units."""
        (ax, ay), (bx, by) = self.points[a].tolist(), self.points[b].tolist()
        return Bone((ax, ay), (bx, by), ra * self.unit, rb * self.unit)

    def hand(self, side: int) -> Bone:
        """From the wrist to the tips of the fingers; side: 0 left, 1 right."""
        wrist = self.points[ARMS[side][2]]
        knuckles = self.points[list(FINGERS[side])].mean(0)
        tip = wrist + 1.6 * (knuckles - wrist)
        return Bone(tuple(wrist.tolist()), tuple(tip.tolist()), 0.13 * self.unit, 0.15 * self.unit)

    def ellipse(
        self, x: NDArray[np.float32], y: NDArray[np.float32], lift: float, half: float, wide: float
    ) -> NDArray[np.float32]:
        """(…,) distance from an ellipse around the head: lift and half of its height in heads, wide in half widths."""
        dx, dy = x - self.centre[0], y - self.centre[1]
        u = dx * self.up[0] + dy * self.up[1] - lift * self.head
        v = dx * self.right[0] + dy * self.right[1]
        found: NDArray[np.float32] = np.hypot(u / (half * self.head), v / (wide * self.side))
        return found

    def trunk(self, x: NDArray[np.float32], y: NDArray[np.float32]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """How far down the trunk (0 at the shoulders, 1 at the hips) and how far across it (1 at its side)."""
        top, bottom = self.points[SHOULDERS].mean(0), self.points[HIPS].mean(0)
        axis = bottom - top
        square = max(float(axis @ axis), 1.0)
        down = ((x - top[0]) * axis[0] + (y - top[1]) * axis[1]) / square
        across = ((x - top[0]) * -axis[1] + (y - top[1]) * axis[0]) / np.sqrt(square)
        t = np.clip(down, 0, 1)
        wide = max(float(np.linalg.norm(self.points[11] - self.points[12])) / 2, 0.28 * self.unit) + 0.12 * self.unit
        narrow = max(float(np.linalg.norm(self.points[23] - self.points[24])) / 2, 0.2 * self.unit) + 0.2 * self.unit
        return down, across / (wide + t * (narrow - wide))


def drop(figure: Figure, x: NDArray[np.float32], y: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far down the body: 0 at the shoulders, 1 at the hips, 2 at the knees, also of a leg that is raised."""
    found = figure.trunk(x, y)[0]
    for a, b, _ in LEGS:
        bone = figure.bone(a, b, 0.30, 0.22)
        t = bone.along(x, y)
        on = (bone.distance(x, y) < 1.1) & (t > 0.2)
        found = np.where(on, np.maximum(found, 1 + np.minimum(t, 1)), found)
    return found


def zones(figure: Figure, shape: tuple[int, int]) -> dict[str, NDArray[np.float32]]:
    """For each of ZONES (h, w) float32 in [0, 1]: how much a pixel belongs to it. They overlap.

    shape: of the picture that the figure is scaled to; it is best kept under 400 pixels, all is dense.
    """
    h, w = shape
    y, x = np.mgrid[0:h, 0:w].astype(np.float32) + np.float32(0.5)
    points = figure.points
    found: dict[str, NDArray[np.float32]] = {}
    found["face"] = _inside(figure.ellipse(x, y, -0.09, 0.41, 1.0))
    found["head"] = _inside(figure.ellipse(x, y, 0.04, 0.60, 1.40))
    lift = (x - figure.centre[0]) * figure.up[0] + (y - figure.centre[1]) * figure.up[1]
    found["crown"] = found["head"] * _ramp(lift / (0.1 * figure.head) + 3)
    chin = figure.centre - figure.up * 0.40 * figure.head
    pit = points[SHOULDERS].mean(0)
    found["neck"] = _inside(
        Bone(tuple(chin.tolist()), tuple(pit.tolist()), 0.26 * figure.unit, 0.26 * figure.unit).distance(x, y)
    )
    found["shawl"] = _inside(figure.ellipse(x, y, -0.55, 1.0, 1.75))
    found["upper_arm"] = _limb(x, y, [figure.bone(a, b, 0.20, 0.17) for a, b, _ in ARMS])
    found["forearm"] = _limb(x, y, [figure.bone(b, c, 0.17, 0.14) for _, b, c in ARMS])
    found["hand"] = _limb(x, y, [figure.hand(0), figure.hand(1)])
    down, across = figure.trunk(x, y)
    # The shoulder line lies above the joints.
    found["trunk"] = _inside(np.abs(across)) * _ramp((down + 0.22) / 0.1) * _ramp((1.22 - down) / 0.15)
    found["thigh"] = _limb(x, y, [figure.bone(a, b, 0.30, 0.22) for a, b, _ in LEGS])
    found["shin"] = _limb(x, y, [figure.bone(b, c, 0.21, 0.16) for _, b, c in LEGS])
    found["foot"] = _limb(x, y, [figure.bone(heel, toe, 0.12, 0.13) for heel, toe in FEET])
    aside = np.array([0.35 * figure.unit, 0], np.float32)
    hips_and_knees = points[[23, 24, 26, 25]]
    found["skirt"] = _polygon(cv2.convexHull(np.concatenate([hips_and_knees + aside, hips_and_knees - aside])), shape)
    if figure.oval is not None:
        found["face"] = _polygon(figure.oval, shape)
    return found


def _polygon(outline: Point, shape: tuple[int, int]) -> NDArray[np.float32]:
    canvas = np.zeros(shape, np.uint8)
    # Pixel centres are at .5 here and at whole numbers in OpenCV; 4 bits of fraction.
    cv2.fillPoly(canvas, [np.rint((outline - 0.5) * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    return (canvas / 255).astype(np.float32)


def _inside(distance: NDArray[np.float32]) -> NDArray[np.float32]:
    """1 within the surface, falling to 0 at 1.25 times the radius."""
    return _ramp((1.25 - distance) / 0.25)


def _limb(x: NDArray[np.float32], y: NDArray[np.float32], bones: list[Bone]) -> NDArray[np.float32]:
    return _inside(np.minimum.reduce([bone.distance(x, y) for bone in bones]))


def _ramp(value: NDArray[np.float32]) -> NDArray[np.float32]:
    return np.clip(value, 0, 1).astype(np.float32)
