"""The models that look at a shopper's photo, opened together and closed together."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from vision.encoders import Encoder, create_encoder
from vision.images import Picture, crop
from vision.regions import Regions

if TYPE_CHECKING:
    from core import Weights
    from core.settings import Settings
    from vision.detection import Detector

MARGIN: Final = 0.05
"""Share of a region's width and height that is encoded around it: a detector's boxes cut hems and straps."""

_BESIDE = 32  # callers whose poses are looked for while their garments are; they mostly wait


class FindsGarments(Protocol):
    def detect(self, pictures: Sequence[np.ndarray]) -> list[Regions]: ...


class FindsBody(Protocol):
    def regions(self, pixels: np.ndarray) -> Regions: ...
    def close(self) -> None: ...


class Vision:
    """Regions of pictures and their vectors. Safe to share between threads if its parts are; close it when done.

    encoder: what makes the vectors, also of texts if it can. detector, pose: None leaves these regions out.
    """

    def __init__(self, encoder: Encoder, detector: FindsGarments | None, pose: FindsBody | None) -> None:
        self.encoder = encoder
        self.detector = detector
        self.pose = pose
        self._beside = ThreadPoolExecutor(_BESIDE, thread_name_prefix="pose")

    @classmethod
    def open(cls, settings: "Settings", weights: "Weights | None" = None) -> Self:
        """Load what the settings name from ``weights``, by default the home folder's; "off" leaves detector or pose out.

        Raises ModelMissing when a model file is not there, NotFound for a tag that names nothing.
        """
        from core import Weights
        from vision.pose import Pose

        models, weights = settings.models, weights or Weights(settings.models_dir)
        encoder = create_encoder(models.encoder, weights, models)
        detector = _detector(settings, weights)
        pose = None
        if models.pose != "off":
            # One landmarker more for whoever looks at a second photo meanwhile: each runs on one core, mostly.
            pose = Pose(weights.path(f"pose_landmarker_{models.pose}"), at_once=models.threads)
        return cls(encoder, detector, pose)

    def regions(self, picture: Picture, box: Sequence[float] | None = None) -> Regions:
        """What there is to search by in a picture: garments, parts of a person, the whole; the main one chosen.

        box: the caller's own region (x, y, width, height in fractions), which becomes the main one; nothing else is
        looked for then. Raises ValueError when it lies outside the picture.
        """
        if box is not None:
            return Regions.merge(box=box)
        # Side by side: on 2 cores the person takes no longer than the garments.
        body = self._beside.submit(self.pose.regions, picture.pixels) if self.pose else None
        parts = self.detector.detect([picture.pixels]) if self.detector else []
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
        self._beside.shutdown()
        if self.pose is not None:
            self.pose.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()


def _detector(settings: "Settings", weights: "Weights") -> "Detector | None":
    if settings.models.detector == "off":
        return None
    from vision.detection import create_detector

    return create_detector(settings.models.detector, weights, settings.models)
