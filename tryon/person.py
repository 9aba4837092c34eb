"""A person as the pose tells, before face, hands and a finer mask are known."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from tryon.crops import Box, clipped, extent, placed, within
from tryon.posture import HIPS, SEEN, SHOULDERS
from vision import Landmarks

_NOSE, _NOSE_TIP = 0, 1  # of the pose, of the face
_HEAD: Final = slice(0, 11)
_UPPERMOST: Final = slice(0, 13)  # head and shoulders
_SAME = 0.045
_OTHER_SIDE: Final = [0, 4, 5, 6, 1, 2, 3, 8, 7, 10, 9, *(k + 1 if k % 2 else k - 1 for k in range(11, 33))]


class Person(Struct, frozen=True):
    """points, visibility, world: as in Body. mask (H, W) float32 of the photo. human: has the build of a person."""

    points: NDArray[np.float32]
    visibility: NDArray[np.float32]
    world: NDArray[np.float32]
    mask: NDArray[np.float32]
    human: bool

    @classmethod
    def of(cls, found: Landmarks, box: Box, others: Sequence[NDArray[np.float32]], shape: tuple[int, ...]) -> "Person":
        """From landmarks with a mask, found in a box of a photo of this shape, and the masks (H, W) of other people."""
        x0, y0, x1, y1 = box
        mask = np.zeros(shape[:2], np.float32)
        mask[y0:y1, x0:x1] = found.person
        for other in others:
            mask *= 1 - other
        return cls(placed(found.points, box), found.visibility, found.world, mask, found.has_human_build())

    def has_face(self, face: NDArray[np.float32]) -> bool:
        """Whether a face (478, 3), in pixels of the photo, is this person's."""
        return bool(np.linalg.norm(face[_NOSE_TIP, :2] - self.points[_NOSE, :2]) < 0.6 * extent(face))

    def mirrored(self) -> "Person":
        """The person as found in the mirrored photo."""
        points, world = self.points[_OTHER_SIDE].copy(), self.world[_OTHER_SIDE].copy()
        points[:, 0], world[:, 0] = self.mask.shape[1] - points[:, 0], -world[:, 0]
        return Person(points, self.visibility[_OTHER_SIDE], world, self.mask[:, ::-1], self.human)

    def same_as(self, other: "Person") -> bool:
        """Whether head and shoulders lie at the same places, to some hundredths of the trunk's length or breadth."""
        corners = self.points[[*SHOULDERS, *HIPS], :2]
        apart = np.linalg.norm(self.points[_UPPERMOST, :2] - other.points[_UPPERMOST, :2], axis=1).mean()
        trunk = np.linalg.norm(corners[:2].mean(axis=0) - corners[2:].mean(axis=0))
        return bool(apart < _SAME * max(trunk, np.linalg.norm(corners[0] - corners[1])))

    def share_at(self, at: tuple[float, float]) -> float:
        """The mask at a point, in fractions of the photo."""
        height, width = self.mask.shape
        row, column = (min(max(int(v * most), 0), most - 1) for v, most in ((at[1], height), (at[0], width)))
        return float(self.mask[row, column])

    def is_at(self, at: tuple[float, float]) -> bool:
        """Whether a point, in fractions of the photo, is on the person or at least within their box."""
        height, width = self.mask.shape
        x0, y0, x1, y1 = self.box()
        return self.share_at(at) > SEEN or (x0 <= at[0] * width <= x1 and y0 <= at[1] * height <= y1)

    def head(self) -> tuple[float, float]:
        x, y = self.points[_HEAD, :2].mean(axis=0)
        return float(x), float(y)

    def box(self) -> Box:
        """Around what is seen of the person, within the photo."""
        seen = self.points[(self.visibility >= SEEN) & within(self.points, self.mask.shape), :2]
        rows, columns = (np.flatnonzero((self.mask > SEEN).any(axis=axis)) for axis in (1, 0))
        if len(rows):
            seen = np.vstack([seen, [[columns[0], rows[0]], [columns[-1] + 1, rows[-1] + 1]]])
        (x0, y0), (x1, y1) = (seen.min(axis=0), seen.max(axis=0)) if len(seen) else ((0, 0), self.mask.shape[::-1])
        return clipped((x0, y0, x1, y1), self.mask.shape)

    def metre(self) -> float:
        """Pixels to a metre at this person, by the torso."""
        flat, world = self.points[SHOULDERS + HIPS, :2], self.world[SHOULDERS + HIPS, :2]
        spread, metres = (float(np.linalg.norm(corners - corners.mean(axis=0))) for corners in (flat, world))
        return spread / max(metres, 1e-3)
