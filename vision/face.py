"""Faces in a picture: MediaPipe's 478 face landmarks."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.mediapipe_tasks import Tasks, array, image


class Faces(Tasks):
    """Face landmarks from a MediaPipe bundle. Safe to call from several threads; close it, or use it in a ``with``.

    at_once: calls that run side by side, the others wait. most: faces looked for in a picture.
    """

    def __init__(self, bundle: Path, *, at_once: int = 1, most: int = 1) -> None:
        super().__init__("FaceLandmarker", bundle, at_once, num_faces=most)

    def landmarks(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The faces in a picture (h, w, 3) uint8 RGB, in no order: (n, 478, 3) float32.

        x, y are fractions of the picture, z is like x, smaller is nearer.
        """
        with self.lend() as landmarker:
            found = landmarker.detect(image(pixels)).face_landmarks
        return np.array([array(face) for face in found], np.float32).reshape(-1, 478, 3)
