"""The models of vision behind one worker each, so that requests which come together are computed together."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np

from api.batching import Batcher
from core.settings import Serve
from vision import Encoder, Regions, Vision

Pixels = np.ndarray
"""A picture: (h, w, 3) uint8."""


class BatchedEncoder(Encoder):
    """An encoder whose callers share batches; all else is as of the encoder itself."""

    def __init__(self, encoder: Encoder, images: Batcher[Pixels, np.ndarray], texts: Batcher[str, np.ndarray]) -> None:
        self.tag = encoder.tag
        self.dim = encoder.dim
        self.reads = encoder.reads
        self.subspaces = getattr(encoder, "subspaces", None)
        self._images = images
        self._texts = texts

    def encode_images(self, images: Sequence[Pixels]) -> np.ndarray:
        return self._images(images)

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        return self._texts(texts)


class BatchedDetector:
    def __init__(self, run: Batcher[Pixels, list[Regions]]) -> None:
        self._run = run

    def detect(self, pictures: Sequence[Pixels]) -> list[Regions]:
        return self._run(pictures)


class BatchedPose:
    def __init__(self, run: Batcher[Pixels, list[Regions]]) -> None:
        self._run = run

    def regions(self, pixels: Pixels) -> Regions:
        return self._run([pixels])[0]

    def close(self) -> None:
        """The landmarkers are closed by whoever opened them."""


@contextmanager
def batched(vision: Vision, limits: Serve) -> Iterator[Vision]:
    """The same models, called by one worker each; the workers end when this is left, the models stay open."""
    batchers: list[Batcher[Any, Any]] = []

    def batcher(name: str, run: Callable[[list[Any]], Any]) -> Batcher[Any, Any]:
        batchers.append(Batcher(name, run, batch=limits.batch, queue=limits.queue))
        return batchers[-1]

    encoder = BatchedEncoder(
        vision.encoder,
        batcher("image encoder", vision.encoder.encode_images),
        batcher("text encoder", vision.encoder.encode_texts),
    )
    detector = pose = None
    if vision.detector is not None:
        detector = BatchedDetector(batcher("detector", vision.detector.detect))
    if vision.pose is not None:
        pose = BatchedPose(batcher("pose", each(vision.pose.regions)))
    shared = Vision(encoder, detector, pose)
    try:
        yield shared
    finally:
        shared.close()
        for one in batchers:
            one.close()


def each(regions: Callable[[Pixels], Regions]) -> Callable[[list[Pixels]], list[Regions]]:
    """MediaPipe takes one picture at a time."""
    return lambda pictures: [regions(pixels) for pixels in pictures]
