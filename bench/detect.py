"""How well and how fast the detector finds garments: composites of `clothing/validation`, and its photos as they are."""

import time
from pathlib import Path

import numpy as np

from bench.report import Figure, Report
from core.settings import Settings
from core.weights import Weights
from vision.composites import Composer, Composite
from vision.cutouts import Specimen, read_specimens
from vision.detection import Yolo, make_yolo, suppress
from vision.garments import CLASSES, SIDE
from vision.inference import Backend
from vision.precision import Found, Truth, mean_average_precision
from vision.regions import overlaps
from vision.train_detector import BAR


def run(data: Path, settings: Settings, *, composites: int = 500, seed: int = 1) -> Report:
    """Measure the configured detector; its labels must be those of ``clothing``.

    composites: how many pictures of one to four garments, made anew from the seed.
    """
    weights = Weights(settings.models_dir)
    detector = make_yolo(settings.models.detector, weights, settings.models)
    specimens = list(read_specimens(data / "clothing" / "validation", CLASSES))
    figures = [
        *_on_composites(detector, specimens, composites, seed),
        *_on_photos(detector, specimens),
        *_latency(settings, weights, specimens[0].pixels),
    ]
    return Report("detect", "clothing", "validation", seed, tuple(figures))


def _on_composites(detector: Yolo, specimens: list[Specimen], count: int, seed: int) -> list[Figure]:
    composer, rng = Composer(specimens, SIDE), np.random.default_rng(seed)
    found: list[Found] = []
    truths: list[Truth] = []
    for _ in range(count):
        composite: Composite = composer.compose(rng)
        found.append(_ranked(*detector.predict([composite.pixels])[0]))
        truths.append((composite.boxes, composite.labels))
    precision = mean_average_precision(found, truths)
    return [
        Figure("mAP50, composites", precision.map50, bar=BAR, note=f"{count} pictures"),
        Figure("mAP50-95, composites", precision.map),
        *(Figure(f"AP50 {detector.labels[i]}", value) for i, value in sorted(precision.by_class.items())),
    ]


def _ranked(corners: np.ndarray, scores: np.ndarray) -> Found:
    """Candidates of every class by itself, as mean average precision is defined: at least .001, the best 300."""
    anchors, labels = np.nonzero(scores > 1e-3)
    best = scores[anchors, labels]
    apart = corners[anchors] + 2 * labels[:, None]  # boxes of two classes never overlap
    kept = suppress(apart, best, 0.7)[:300]
    return corners[anchors[kept]], best[kept], labels[kept]


def _on_photos(detector: Yolo, specimens: list[Specimen]) -> list[Figure]:
    """The main region of photos of one garment: its box against the foreground, its label against the photo's class."""
    agreement, right = [], []
    for specimen in specimens:
        (regions,) = detector.detect([specimen.pixels])
        label = regions.labels[regions.main] if len(regions) else ""
        right.append(label == CLASSES[specimen.label])
        if specimen.alpha is not None:
            h, w = specimen.pixels.shape[:2]
            x0, y0, x1, y1 = specimen.box
            truth = np.array([[x0 / w, y0 / h, (x1 - x0) / w, (y1 - y0) / h]], np.float32)
            box = regions.boxes[regions.main : regions.main + 1]
            agreement.append(float(overlaps(truth, box)[0, 0]) if len(regions) else 0.0)
    note = f"{len(agreement)} photos with a cut-out"
    return [
        Figure("IoU of main region, photos", float(np.mean(agreement)), note=note),
        Figure("share with IoU ≥ .5, photos", float(np.mean(np.array(agreement) >= 0.5)), note=note),
        Figure("class of main region right, photos", float(np.mean(right)), note=f"{len(right)} photos"),
    ]


def _latency(settings: Settings, weights: Weights, pixels: np.ndarray) -> list[Figure]:
    """Milliseconds a picture, one at a time, backends by turns."""
    backends: tuple[Backend, ...] = ("openvino", "onnxruntime", "torch")
    detectors = {
        backend: make_yolo(settings.models.detector, weights, settings.models.model_copy(update={"backend": backend}))
        for backend in backends
    }
    spent: dict[str, list[float]] = {backend: [] for backend in backends}
    for turn in range(33):
        for backend, detector in detectors.items():
            start = time.perf_counter()
            detector.detect([pixels])
            if turn >= 3:
                spent[backend].append(1000 * (time.perf_counter() - start))
    return [Figure(f"p50 {backend}", float(np.median(times)), "ms", better="lower") for backend, times in spent.items()]
