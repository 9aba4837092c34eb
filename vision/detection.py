"""Detectors: what finds garments and things in a picture, by tag.

``yolo.garments`` is the one that Shopglass trained and ships. ``yolo.NAME`` is any ultralytics detection model whose
``.pt`` file the manifest names (an entry in HOME/models/weights.toml with its address, such as yolo11n, is enough), and
``yolo./path/to/model.pt`` one on disk.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from pickle import UnpicklingError
from typing import TYPE_CHECKING, Protocol, TypeVar

import cv2
import numpy as np

from core.errors import BadSettings, ModelMissing, NotFound
from vision.regions import Regions

if TYPE_CHECKING:
    import torch
    from ultralytics.nn.tasks import DetectionModel

    from core import Weights
    from core.settings import Models
    from vision.inference import Network

THRESHOLD = 0.25
SAME_OBJECT = 0.6
"""Boxes that overlap more (intersection over union) are one object, whatever classes they claim."""

GRAPH = "uint8 to corners and scores"  # changes when what is exported changes


class Detector(Protocol):
    """Finds regions in pictures; safe to share between threads.

    tag: what it was made from; labels: what it can find.
    """

    tag: str
    labels: tuple[str, ...]

    def detect(self, pictures: Sequence[np.ndarray]) -> list[Regions]:
        """What is found in each picture (h, w, 3) uint8 RGB; every region's source is "detector"."""


Maker = Callable[[str, "Weights", "Models"], Detector]
M = TypeVar("M", bound=Maker)
_makers: dict[str, Maker] = {}


def register(architecture: str) -> Callable[[M], M]:
    """Register what makes the detectors of tags that start with ``architecture``."""

    def keep(maker: M) -> M:
        if architecture in _makers:
            raise ValueError(f"detectors of {architecture} are registered already")
        _makers[architecture] = maker
        return maker

    return keep


def create_detector(tag: str, weights: "Weights", models: "Models") -> Detector:
    """Build the detector of a tag. Raises NotFound for an unknown one, ModelMissing when its file is not there."""
    maker = _makers.get(tag.partition(".")[0])
    if maker is None:
        raise NotFound(
            f"There is no detector {tag}.", remedy=f"Use one of {', '.join(f'{a}.*' for a in sorted(_makers))}."
        )
    return maker(tag, weights, models)


class Yolo:
    """A one-stage detector behind the inference seam.

    network: (n, side, side, 3) uint8 → (n, anchors, 4 + labels): corners in fractions of the side, scores in [0, 1].
    """

    def __init__(self, tag: str, labels: tuple[str, ...], side: int, network: "Network") -> None:
        self.tag = tag
        self.labels = labels
        self.side = side
        self._network = network

    def detect(self, pictures: Sequence[np.ndarray]) -> list[Regions]:
        found = []
        for corners, scores in self.predict(pictures):
            best, label = scores.max(axis=1), scores.argmax(axis=1)
            sure = np.flatnonzero(best >= THRESHOLD)
            kept = sure[suppress(corners[sure], best[sure], SAME_OBJECT)]
            names = [self.labels[i] for i in label[kept].tolist()]
            found.append(Regions.of(corners[kept], names, best[kept], "detector"))
        return found

    def predict(self, pictures: Sequence[np.ndarray]) -> list[tuple[np.ndarray, np.ndarray]]:
        """All candidates of each picture: corners (anchors, 4) in fractions, scores (anchors, labels); overlapping."""
        if not pictures:
            return []
        fitted = [letterbox(picture, self.side) for picture in pictures]
        (candidates,) = self._network(np.stack([pixels for pixels, _ in fitted]))
        found = []
        for one, (_, (left, top, width, height)) in zip(candidates, fitted, strict=True):
            corners = (one[:, :4] * self.side - [left, top, left, top]) / [width, height, width, height]
            found.append((corners.clip(0, 1).astype(np.float32), one[:, 4:]))
        return found


def letterbox(pixels: np.ndarray, side: int) -> tuple[np.ndarray, tuple[int, int, int, int]]:
    """A picture (h, w, 3) uint8 fitted into a square, its edges drawn out over what is left.

    Returns the square and where the picture lies in it: left, top, width, height.
    """
    h, w = pixels.shape[:2]
    scale = side / max(h, w)
    width, height = max(1, round(w * scale)), max(1, round(h * scale))
    resized = cv2.resize(pixels, (width, height), interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    left, top = (side - width) // 2, (side - height) // 2
    square = cv2.copyMakeBorder(resized, top, side - height - top, left, side - width - left, cv2.BORDER_REPLICATE)
    return np.asarray(square), (left, top, width, height)


def suppress(corners: np.ndarray, scores: np.ndarray, iou: float) -> np.ndarray:
    """Indices of the boxes (n, 4) that overlap no better one by more than ``iou``, best first: (k,) int64."""
    order = scores.argsort(kind="stable")[::-1]
    areas = (corners[:, 2] - corners[:, 0]) * (corners[:, 3] - corners[:, 1])
    kept: list[int] = []
    while len(order):
        first, rest = int(order[0]), order[1:]
        kept.append(first)
        low = np.maximum(corners[first, :2], corners[rest, :2])
        high = np.minimum(corners[first, 2:], corners[rest, 2:])
        shared = (high - low).clip(0).prod(axis=1)
        order = rest[shared <= iou * (areas[first] + areas[rest] - shared)]
    return np.array(kept, np.int64)


@register("yolo")
def make_yolo(tag: str, weights: "Weights", models: "Models") -> Yolo:
    """Raises ModelMissing when there is no such file, BadSettings when it is no ultralytics detection model."""
    from vision.inference import export, load_network

    name = tag.partition(".")[2]
    if name in weights.entries:
        file = weights.path(name)
    elif Path(name).is_file():
        file = Path(name)
    else:
        raise ModelMissing(
            f"There is no detector file {name}.",
            remedy=f"Add an entry {name} with its address to weights.toml in the models folder, and run: "
            f"shopglass models pull {name}",
        )
    labels, side, load = _opened(file)

    def module() -> "torch.nn.Module":
        return exportable(load(), side)

    def write(path: Path) -> None:
        export(module(), np.zeros((1, side, side, 3), np.uint8), path)

    onnx = weights.derive(f"yolo-{Path(name).stem}", [file], write, recipe=f"{GRAPH}, {side}")
    network = load_network(onnx, backend=models.backend, threads=models.threads, module=module)
    return Yolo(tag, labels, side, network)


def exportable(model: "DetectionModel", side: int) -> "torch.nn.Module":
    """The network that is exported: (n, side, side, 3) uint8 → corners in fractions and scores (n, anchors, 4 + labels)."""
    import torch

    class Exported(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model

        def forward(self, pixels: torch.Tensor) -> torch.Tensor:
            output = self.model(pixels.permute(0, 3, 1, 2).float() / 255)
            candidates = (output if isinstance(output, torch.Tensor) else output[0]).transpose(1, 2)
            middle, half, scores = candidates[..., :2], candidates[..., 2:4] / 2, candidates[..., 4:]
            # One tensor whose range is 1: parity with torch is then judged alike for boxes and for scores.
            return torch.cat([(middle - half) / side, (middle + half) / side, scores], dim=2)

    return Exported().eval()


def _opened(file: Path) -> tuple[tuple[str, ...], int, "Callable[[], DetectionModel]"]:
    """Labels, side in pixels, and what builds the model; the shipped kind needs no torch for the first two."""
    if file.suffix == ".safetensors":
        from vision import garments

        about = garments.read_about(file)
        return about.classes, about.side, lambda: garments.load(file)
    model = _checkpoint(file)
    arguments = getattr(model, "args", {})
    side = arguments.get("imgsz", 640) if isinstance(arguments, dict) else getattr(arguments, "imgsz", 640)
    return tuple(model.names.values()), int(side if isinstance(side, int) else max(side)), lambda: model


def _checkpoint(file: Path) -> "DetectionModel":
    """The model of an ultralytics file, unpickled with torch's ``weights_only`` and known network classes alone."""
    from ultralytics.nn.tasks import DetectionModel, torch_safe_load

    try:
        checkpoint, _ = torch_safe_load(str(file), safe_only=True)
        model = checkpoint.get("ema") or checkpoint["model"]
    except (TypeError, KeyError, AttributeError, RuntimeError, UnpicklingError) as error:
        reason = str(error).strip().partition("\n")[0]
        raise BadSettings(f"{file.name} cannot be read as an ultralytics model: {reason}") from error
    if not isinstance(model, DetectionModel):
        raise BadSettings(f"{file.name} holds a {type(model).__name__}, not a detection model.")
    model.model[-1].end2end = False  # overlapping boxes are suppressed here, for every model alike
    return model.float().eval()
