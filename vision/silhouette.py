"""Which pixels are people: MediaPipe's selfie segmentation."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vision.mediapipe_tasks import Tasks, image, mask, with_full_rows


class Silhouette(Tasks):
    """Masks of people. Safe to call from several threads; close it, or use it in a ``with``.

    at_once: calls that run side by side, the others wait.
    """

    def __init__(self, network: Path, *, at_once: int = 1) -> None:
        super().__init__("ImageSegmenter", network, at_once, output_confidence_masks=True)

    def people(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(h, w) float32 in [0, 1]: the share of each pixel of a picture (h, w, 3) uint8 RGB that is of people.

        The network sees 256 × 256 pixels: a crop around one person has finer edges than the whole picture.
        """
        with self.lend() as segmenter:
            return mask(segmenter.segment(image(with_full_rows(pixels))).confidence_masks[-1], pixels.shape[1])
