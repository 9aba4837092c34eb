"""All models of one process: what a picture shows and where, as regions and vectors."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final, Protocol, Self

import numpy as np

from vision.encoders import Encoder, create_encoder
from vision.images import Picture, crop
from vision.regions import Regions

if TYPE_CHECKING:
    from core.settings import Settings
    from core.weights import Weights

MARGIN: Final = 0.05
"""Kept around a region when it is encoded, as a fraction of its sides: detectors cut hems and straps."""

_BESIDE = 32  # callers whose poses are looked for while their garments are; they mostly wait


class FindsGarments(Protocol):
    def detect(self, pictures: Sequence[np.ndarray]) -> list[Regions]: ...


class FindsBody(Protocol):
    def regions(self, pixels: np.ndarray) -> Regions: ...


class Vision:
    """Regions of pictures and their vectors. Safe to share between threads if its parts are; close it.

    detector, pose: None leaves these regions out.
    """

    def __init__(self, encoder: Encoder, detector: FindsGarments | None, pose: FindsBody | None) -> None:
        self.encoder = encoder
        self.detector = detector
        self.pose = pose
        self._beside = ThreadPoolExecutor(_BESIDE, "pose")

    @classmethod
    def open(cls, settings: "Settings", weights: "Weights") -> Self:
        """Load the models that the settings name. Raises ModelMissing, naming file and remedy, and NotFound for a tag."""
        from vision.detection import create_detector
        from vision.pose import Pose

        models = settings.models
        pose = None if models.pose == "off" else Pose(weights.path(f"pose_landmarker_{models.pose}"))
        detector = create_detector(models.detector, weights, models)
        return cls(create_encoder(models.encoder, weights, models), detector, pose)

    def regions(self, picture: Picture, box: Sequence[float] | None = None) -> Regions:
        """Where in a picture there is something to search by; never empty.

        box: a caller's region (x, y, width, height in fractions), the main one then. Raises ValueError when it lies
        outside.
        """
        body = self._beside.submit(self.pose.regions, picture.pixels) if self.pose else None
        parts = self.detector.detect([picture.pixels]) if self.detector else []
        if body is not None:
            parts.append(body.result())
        return Regions.merge(*parts, box=box)

    def encode_regions(self, picture: Picture, regions: Regions, indices: Sequence[int]) -> np.ndarray:
        """The vectors (n, dim) float32, unit length, of the regions with these indices."""
        return self.encoder.encode_images(
            [
                picture.pixels if regions.sources[i] == "whole" else crop(picture, regions.boxes[i], MARGIN)
                for i in indices
            ]
        )

    def warm(self) -> None:
        """Run every model once: the first run builds what later ones use."""
        grey = Picture(pixels=np.full((320, 240, 3), 128, np.uint8), width=240, height=320)
        self.encode_regions(grey, self.regions(grey), [0])
        if "texts" in self.encoder.reads:
            self.encoder.encode_texts(["warm"])

    def close(self) -> None:
        self._beside.shutdown()
        close = getattr(self.pose, "close", None)
        if close is not None:
            close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()
