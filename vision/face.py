"""Faces in a picture: MediaPipe's 478 face landmarks."""

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vision.mediapipe_tasks import Tasks, array, image


class Faces:
    """Face landmarks from a MediaPipe bundle. Safe to call from several threads; close it, or use it in a ``with``.

    at_once: calls that run side by side, the others wait. most: faces looked for in a picture.
    """

    def __init__(self, bundle: Path, *, at_once: int = 1, most: int = 1) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.FaceLandmarkerOptions(
            base_options=BaseOptions(model_asset_buffer=bundle.read_bytes()), num_faces=most
        )
        self._landmarkers = Tasks(lambda: vision.FaceLandmarker.create_from_options(options), at_once)

    def landmarks(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """The faces in a picture (h, w, 3) uint8 RGB, in no order: (n, 478, 3) float32.

        x, y are fractions of the picture, z is like x, smaller is nearer.
        """
        with self._landmarkers.lend() as landmarker:
            found = landmarker.detect(image(pixels)).face_landmarks
        return np.array([array(face) for face in found], np.float32).reshape(-1, 478, 3)

    def close(self) -> None:
        """Free the landmarkers as the calls under way end. Calling it again does nothing; other calls must not follow."""
        self._landmarkers.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
