"""Which pixels are people: MediaPipe's selfie segmentation."""

from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from vision.mediapipe_tasks import Tasks, image, mask, with_full_rows


class Silhouette:
    """Masks of people. Safe to call from several threads; close it, or use it in a ``with``.

    at_once: calls that run side by side, the others wait.
    """

    def __init__(self, network: Path, *, at_once: int = 1) -> None:
        from mediapipe.tasks.python import BaseOptions, vision

        options = vision.ImageSegmenterOptions(
            base_options=BaseOptions(model_asset_buffer=network.read_bytes()), output_confidence_masks=True
        )
        self._segmenters = Tasks(lambda: vision.ImageSegmenter.create_from_options(options), at_once)

    def people(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(h, w) float32 in [0, 1]: the share of each pixel of a picture (h, w, 3) uint8 RGB that is of people.

        The network sees 256 × 256 pixels: a crop around one person has finer edges than the whole picture.
        """
        with self._segmenters.lend() as segmenter:
            return mask(segmenter.segment(image(with_full_rows(pixels))).confidence_masks[-1], pixels.shape[1])

    def close(self) -> None:
        """Free the segmenters as the calls under way end. Calling it again does nothing; other calls must not follow."""
        self._segmenters.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
