"""Train the garment detector on composites of single-garment photos.

The backbone stays as ImageNet left it, so its features are computed once per composite, by a process of its own that
keeps making new composites and overwrites the oldest in a ring of shared memory. Neck and head are trained on what is
in the ring. On 2 cores this sees ten times the pictures a second that training through the backbone does.
"""

import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from vision.composites import Composer, Composite
from vision.cutouts import Specimen
from vision.feature_ring import FeatureRing
from vision.garments import SIDE, TAPS, build, load_imagenet
from vision.precision import Precision, mean_average_precision

if TYPE_CHECKING:
    import torch
    from ultralytics.nn.tasks import DetectionModel

SHAPES = ((40, SIDE // 8, SIDE // 8), (112, SIDE // 16, SIDE // 16), (320, SIDE // 32, SIDE // 32))
"""Channels, height and width of what the neck reads of the backbone."""

REPORTS = 10
"""How often the precision is measured on the way."""

BAR = 0.60
"""mAP50 that the shipped detector must reach on validation composites."""


class Plan(msgspec.Struct, frozen=True):
    """How to train. minutes: wall clock, all told; ring: composites kept at once, 0.3 MB each."""

    minutes: float = 60.0
    seed: int = 7
    batch: int = 32
    ring: int = 12_000
    rate: float = 2e-3
    decay: float = 0.05
    dropout: float = 0.15
    whole_photos: float = 0.25
    validation: int = 300


class Point(msgspec.Struct, frozen=True):
    """Where the training stood: minutes gone, pictures trained on, composites made, losses, precision on validation."""

    minutes: float
    pictures: int
    composites: int
    box_loss: float
    class_loss: float
    dfl_loss: float
    map50: float
    map: float


class Trained(msgspec.Struct, frozen=True):
    """The averaged model, how it came to be, and its precision on the held-out photos' composites at the end."""

    model: Any
    curve: tuple[Point, ...]
    precision: Precision


def train_detector(
    specimens: Sequence[Specimen],
    held_out: Sequence[Specimen],
    classes: tuple[str, ...],
    imagenet: Path,
    plan: Plan,
    report: Callable[[Point, "DetectionModel"], None],
) -> Trained:
    """Train neck and head until plan.minutes are over.

    specimens, held_out: photos for training, and for the precision reported on the way; imagenet: the
    ``efficientnet_lite0`` weights; report is called after every tenth of the time with the averaged model.
    Raises ValueError when no specimen has a cut-out.
    """
    import torch
    from ultralytics.utils.torch_utils import ModelEMA

    start = time.monotonic()
    torch.manual_seed(plan.seed)
    rng = np.random.default_rng(plan.seed)
    model = build(classes)
    load_imagenet(model, imagenet)
    for parameter in model.model[0].parameters():
        parameter.requires_grad = False
    with TemporaryDirectory() as folder:
        backbone = Path(folder) / "backbone.onnx"
        _export_backbone(model, backbone)
        validation = _validation_set(held_out, plan, backbone)
        model.to(memory_format=torch.channels_last)
        criterion, optimizer, average = model.init_criterion(), _optimizer(model, plan), ModelEMA(model, 0.999, 300)
        curve: list[Point] = []
        losses, seen = np.zeros(3), 0
        with _composites(specimens, plan, backbone) as ring:
            began = time.monotonic()
            end = max(start + plan.minutes * 60, began + 1)
            gone = 0.0
            while gone < 1:
                for group in optimizer.param_groups:
                    group["lr"] = plan.rate * _one_cycle(gone)
                parts = _step(model, criterion, optimizer, ring.draw(plan.batch, rng), plan)
                losses = parts if seen == 0 else 0.98 * losses + 0.02 * parts
                average.update(model)
                seen += plan.batch
                gone = (time.monotonic() - began) / (end - began)
                if gone >= (len(curve) + 1) / REPORTS:
                    precision = evaluate(average.ema.eval(), *validation)
                    minutes = (time.monotonic() - start) / 60
                    box, cls, dfl = losses.tolist()
                    point = Point(minutes, seen, ring.made, box, cls, dfl, precision.map50, precision.map)
                    curve.append(point)
                    report(point, average.ema)
    return Trained(average.ema, tuple(curve), precision)


def record(
    trained: Trained, plan: Plan, data: str, parts: dict[str, list[Specimen]], classes: tuple[str, ...]
) -> bytes:
    """What is needed to judge and to repeat a training, as JSON."""
    document = {
        "data": data,
        "classes": classes,
        "photos": {part: len(specimens) for part, specimens in parts.items()},
        "cut_outs": {part: sum(s.alpha is not None for s in specimens) for part, specimens in parts.items()},
        "side": SIDE,
        "plan": plan,
        "curve": trained.curve,
        "map50": trained.precision.map50,
        "map": trained.precision.map,
        "ap50": {classes[label]: value for label, value in trained.precision.by_class.items()},
        "bar": {"map50": BAR},
        "versions": {name: version(name) for name in ("torch", "ultralytics", "timm", "openvino", "opencv-python")},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def evaluate(model: "DetectionModel", features: Sequence[np.ndarray], composites: Sequence[Composite]) -> Precision:
    """Precision of neck and head on composites whose features (n, channels, h, w) are given per level."""
    import torch
    from ultralytics.utils.nms import non_max_suppression

    found = []
    with torch.inference_mode():
        for start in range(0, len(composites), 32):
            taken = [torch.from_numpy(level[start : start + 32]).float() for level in features]
            output, _ = _neck_and_head(model, taken)
            for boxes in non_max_suppression(output, conf_thres=0.001, iou_thres=0.7, multi_label=True):
                values = boxes.numpy()
                found.append((values[:, :4] / SIDE, values[:, 4], values[:, 5].astype(int)))
    return mean_average_precision(found, [(c.boxes, c.labels) for c in composites])


def _step(
    model: "DetectionModel",
    criterion: Any,
    optimizer: "torch.optim.Optimizer",
    batch: tuple[list[np.ndarray], np.ndarray, np.ndarray],
    plan: Plan,
) -> np.ndarray:
    import torch

    levels, corners, labels = batch
    model.train()
    model.model[0].eval()
    features = [torch.from_numpy(level).bfloat16().contiguous(memory_format=torch.channels_last) for level in levels]
    features = [torch.nn.functional.dropout2d(level, plan.dropout) for level in features]
    rows, columns = np.nonzero(labels >= 0)
    boxes = corners[rows, columns]
    truth = {
        "batch_idx": torch.from_numpy(rows).float(),
        "cls": torch.from_numpy(labels[rows, columns]).float()[:, None],
        "bboxes": torch.from_numpy(np.concatenate([(boxes[:, :2] + boxes[:, 2:]) / 2, boxes[:, 2:] - boxes[:, :2]], 1)),
    }
    with torch.autocast("cpu", torch.bfloat16):
        output = _neck_and_head(model, features)
    output = {
        k: [v.float() for v in values] if isinstance(values, list) else values.float() for k, values in output.items()
    }
    loss, parts = criterion(output, truth)
    optimizer.zero_grad(set_to_none=True)
    (loss.sum() / len(labels)).backward()
    torch.nn.utils.clip_grad_norm_([p for group in optimizer.param_groups for p in group["params"]], 10.0)
    optimizer.step()
    values = parts.values() if isinstance(parts, dict) else parts
    return np.array([float(v) for v in values])


def _neck_and_head(model: "DetectionModel", features: Sequence["torch.Tensor"]) -> Any:
    """Run the model's layers behind the backbone on its features."""
    taps: list[Any] = [None] * (max(TAPS) + 1)
    for tap, level in zip(TAPS, features, strict=True):
        taps[tap] = level
    outputs: list[Any] = [taps]
    for layer in model.model[1:]:
        sources = [layer.f] if isinstance(layer.f, int) else layer.f
        inputs = [outputs[i] for i in sources]
        outputs.append(layer(inputs[0] if isinstance(layer.f, int) else inputs))
    return outputs[-1]


def _optimizer(model: "DetectionModel", plan: Plan) -> "torch.optim.Optimizer":
    import torch

    parameters = [p for layer in model.model[1:] for p in layer.parameters() if p.requires_grad]
    weights, others = [p for p in parameters if p.ndim > 1], [p for p in parameters if p.ndim <= 1]
    groups = [{"params": weights, "weight_decay": plan.decay}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.99))


def _one_cycle(gone: float) -> float:
    """Share of the peak learning rate after a share of the time: a short rise, then a half cosine."""
    rise = 0.04
    return (
        (gone + 1e-3) / rise if gone < rise else 0.01 + 0.99 * (1 + math.cos(math.pi * (gone - rise) / (1 - rise))) / 2
    )


def _export_backbone(model: "DetectionModel", file: Path) -> None:
    import torch
    from torch import nn

    from vision.inference import export

    class Backbone(nn.Module):
        """uint8 pictures (n, side, side, 3) to the three levels the neck reads."""

        def __init__(self) -> None:
            super().__init__()
            self.layers = model.model[0]

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
            outputs = self.layers(pixels.permute(0, 3, 1, 2).float() / 255)
            return tuple(outputs[tap] for tap in TAPS)

    export(Backbone(), np.random.default_rng(0).integers(0, 255, (1, SIDE, SIDE, 3), dtype=np.uint8), file)


def _validation_set(
    specimens: Sequence[Specimen], plan: Plan, backbone: Path
) -> tuple[list[np.ndarray], list[Composite]]:
    from vision.inference import load_network

    network = load_network(backbone, threads=2)
    composer, rng = Composer(specimens, SIDE), np.random.default_rng(plan.seed)
    composites = [composer.compose(rng) for _ in range(plan.validation)]
    rows = [[level[0].astype(np.float16) for level in network(c.pixels[None])] for c in composites]
    return [np.stack(level) for level in zip(*rows, strict=True)], composites


@contextmanager
def _composites(specimens: Sequence[Specimen], plan: Plan, backbone: Path) -> Iterator[FeatureRing]:
    """A ring that a process of its own keeps filling, once the first batches are in it."""
    ring = FeatureRing(plan.ring, SHAPES)
    maker = get_context("spawn").Process(
        target=_make_composites, args=(list(specimens), plan, backbone, ring.name), daemon=True
    )
    try:
        maker.start()
        while ring.made < min(plan.ring, 8 * plan.batch):
            maker.join(0.2)
            if maker.exitcode is not None:
                raise RuntimeError(f"the process that makes composites ended with code {maker.exitcode}")
        yield ring
    finally:
        maker.terminate()
        maker.join()
        ring.remove()


def _make_composites(specimens: list[Specimen], plan: Plan, backbone: Path, name: str) -> None:
    """Fill the ring for ever."""
    import cv2

    from vision.inference import load_network

    cv2.setNumThreads(1)
    network = load_network(backbone, threads=1, precision="native")
    ring = FeatureRing(plan.ring, SHAPES, name)
    composer, rng = Composer(specimens, SIDE, whole_photos=plan.whole_photos), np.random.default_rng(plan.seed + 1)
    while True:
        composite = composer.compose(rng)
        ring.put([level[0] for level in network(composite.pixels[None])], composite)
