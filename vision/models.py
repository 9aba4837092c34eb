"""The models that look at a shopper's photo, opened together and closed together."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import NDArray

from vision.encoders import create_encoder
from vision.images import Picture, crop
from vision.pose import Pose
from vision.regions import Regions

if TYPE_CHECKING:
    from core.settings import Settings
    from core.weights import Weights
    from vision.detection import Detector

# Share of a region's width and height that is encoded around it: a detector's boxes cut close.
MARGIN = 0.05


class Vision:
    """Encoder, detector and pose as the settings name them. Safe to share between threads; close it when done.

    encoder: what makes the vectors, also of texts if it can. With ``models.detector`` or ``models.pose`` "off" there are
    no regions of that source.
    """

    def __init__(self, settings: "Settings", weights: "Weights") -> None:
        """Raises ModelMissing when a model file is not there, NotFound for a tag that names nothing."""
        models = settings.models
        self.encoder = create_encoder(models.encoder, weights, models)
        self._detector = _detector(settings, weights)
        self._pose: Pose | None = None
        self._closing = ExitStack()
        if models.pose != "off":
            # One more for whoever looks at a second photo meanwhile: it runs on one core, mostly.
            self._pose = Pose(weights.path(f"pose_landmarker_{models.pose}"), at_once=models.threads)
            self._closing.callback(self._pose.close)
        self._aside = self._closing.enter_context(ThreadPoolExecutor(models.threads, thread_name_prefix="pose"))

    @classmethod
    def open(cls, settings: "Settings") -> Self:
        """Load what the settings name from the models in the home folder. Raises as the constructor does."""
        from core.weights import Weights

        return cls(settings, Weights(settings.models_dir))

    def regions(self, picture: Picture, box: Sequence[float] | None = None) -> Regions:
        """What there is to search by in a picture: garments, parts of a person, the whole; the main one chosen.

        box: the caller's own region (x, y, width, height in fractions), which becomes the main one; nothing else is
        looked for then. Raises ValueError when it lies outside the picture.
        """
        if box is not None:
            return Regions.merge(box=box)
        # Side by side: on 2 cores the person takes no longer than the garments.
        body = self._aside.submit(self._pose.regions, picture.pixels) if self._pose else None
        parts = self._detector.detect([picture.pixels]) if self._detector else []
        return Regions.merge(*parts, *([body.result()] if body else []))

    def encode_regions(
        self, picture: Picture, regions: Regions, indices: Sequence[int] | None = None
    ) -> NDArray[np.float32]:
        """Vectors (n, dim) float32 of unit length of the regions with these indices, in their order; of all by default."""
        chosen = range(len(regions)) if indices is None else indices
        return self.encoder.encode_images([crop(picture, regions.boxes[i], MARGIN) for i in chosen])

    def warm(self) -> None:
        """Run every model once, so that the first request is as quick as the next."""
        grey = Picture(pixels=np.full((640, 480, 3), 128, np.uint8), width=480, height=640)
        self.encode_regions(grey, self.regions(grey))
        if "texts" in self.encoder.reads:
            self.encoder.encode_texts(["red dress"])

    def close(self) -> None:
        """Free what needs freeing, after the calls under way. Calling it again does nothing."""
        self._closing.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _detector(settings: "Settings", weights: "Weights") -> "Detector | None":
    if settings.models.detector == "off":
        return None
    from vision.detection import create_detector

    return create_detector(settings.models.detector, weights, settings.models)
