"""Models behind workers give what the models give."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np

from api.sight import batched
from core import load_settings
from core.settings import Serve
from core.weights import Weights
from vision import Picture, Regions, Vision, create_encoder


class Detector:
    """Finds the left half of every picture; notes how many pictures came at once."""

    def __init__(self) -> None:
        self.batches: list[int] = []

    def detect(self, pictures: list[np.ndarray]) -> list[Regions]:
        self.batches.append(len(pictures))
        return [Regions.of(np.array([[0, 0, 0.5, 1]]), ["half"], np.array([0.9]), "detector") for _ in pictures]


def test_vectors_and_regions_are_those_of_the_models_whoever_asks_meanwhile() -> None:
    settings = load_settings()
    encoder = create_encoder("colour.lab75", Weights(settings.models_dir), settings.models)
    detector = Detector()
    rng = np.random.default_rng(7)
    pictures = [Picture(pixels=rng.integers(0, 256, (60, 40, 3), np.uint8), width=40, height=60) for _ in range(24)]
    with Vision(encoder, detector, None) as vision, batched(vision, Serve(batch=4, queue=32)) as sight:

        def look(picture: Picture) -> np.ndarray:
            regions = sight.regions(picture)
            assert regions.labels[regions.main] == "half"
            return sight.encode_regions(picture, regions, [regions.main])[0]

        with ThreadPoolExecutor(12) as callers:
            found = np.stack(list(callers.map(look, pictures)))
        regions = vision.regions(pictures[0])
        expected = np.stack([vision.encode_regions(picture, regions, [regions.main])[0] for picture in pictures])
    np.testing.assert_allclose(found, expected, atol=1e-6)
    assert sight.encoder.tag == encoder.tag
    assert max(detector.batches) <= 4
