"""Hands in a picture: MediaPipe's 21 hand landmarks."""

from pathlib import Path
from typing import Literal

import numpy as np
from msgspec import Struct
from numpy.typing import NDArray

from vision.mediapipe_tasks import Tasks, array, image


class HandLandmarks(Struct, frozen=True):
    """MediaPipe's 21 landmarks of one hand.

    points (21, 3) float32: x, y as fractions of the picture, z like x from the wrist, smaller is nearer.
    world (21, 3) float32: metres from the middle of the hand. side: whose hand it is by its shape, the owner's own
    left or right in a picture that is not mirrored; sure: of that, in [0, 1].
    """

    points: NDArray[np.float32]
    world: NDArray[np.float32]
    side: Literal["left", "right"]
    sure: float


class Hands(Tasks):
    """Hand landmarks from a MediaPipe bundle. Safe to call from several threads; close it, or use it in a ``with``.

    at_once: calls that run side by side, the others wait.
    """

    def __init__(self, bundle: Path, *, at_once: int = 1) -> None:
        super().__init__("HandLandmarker", bundle, at_once, num_hands=1)

    def landmarks(self, pixels: NDArray[np.uint8]) -> HandLandmarks | None:
        """The most prominent hand in a picture (h, w, 3) uint8 RGB, or None if none is found."""
        with self.lend() as landmarker:
            found = landmarker.detect(image(pixels))
        if not found.hand_landmarks:
            return None
        (points,), (world,), ((side, *_),) = found.hand_landmarks, found.hand_world_landmarks, found.handedness
        return HandLandmarks(
            points=array(points),
            world=array(world),
            side="left" if side.category_name == "Left" else "right",
            sure=float(side.score),
        )
