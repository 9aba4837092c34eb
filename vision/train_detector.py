"""Train the garment detector on composites of single-garment photos.

The backbone stays as ImageNet left it, so its features are computed once per composite, by a process of its own that
keeps making new composites and overwrites the oldest in a ring of shared memory. Neck and head are trained on what is
in the ring. On 2 cores this sees ten times the pictures a second that training through the backbone does.
"""

import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing import get_context
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from vision.composites import Composer, Composite
from vision.cutouts import Specimen
from vision.garments import SIDE, TAPS, build, load_imagenet
from vision.precision import Precision, mean_average_precision

if TYPE_CHECKING:
    import torch
    from ultralytics.nn.tasks import DetectionModel

MOST_GARMENTS = 4
SHAPES = ((40, SIDE // 8, SIDE // 8), (112, SIDE // 16, SIDE // 16), (320, SIDE // 32, SIDE // 32))


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
    model: Any
    curve: tuple[Point, ...]
    final: Precision


@dataclass
class Ring:
    """Features, boxes and labels of the last composites made, in shared memory."""

    slots: int
    memory: SharedMemory

    @classmethod
    def create(cls, slots: int) -> "Ring":
        return cls(slots, SharedMemory(create=True, size=slots * _slot_bytes() + 8))

    @classmethod
    def attach(cls, slots: int, name: str) -> "Ring":
        return cls(slots, SharedMemory(name=name))

    def arrays(self) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """Views: features (slots, channels, h, w) float16 per level, boxes (slots, 4, 4) float32 corners in
        fractions, labels (slots, 4) int64, -1 where there is none."""
        views, offset = [], 8
        fields = [(shape, np.float16) for shape in SHAPES] + [((MOST_GARMENTS, 4), np.float32), ((MOST_GARMENTS,), np.int64)]
        for shape, dtype in fields:
            view: np.ndarray = np.ndarray((self.slots, *shape), dtype, self.memory.buf, offset)
            views.append(view)
            offset += view.nbytes
        return views[:3], views[3], views[4]

    @property
    def made(self) -> np.ndarray:
        """How many composites have been written since the start: (1,) int64, a view."""
        return np.ndarray((1,), np.int64, self.memory.buf, 0)

    def put(self, features: Sequence[np.ndarray], composite: Composite) -> None:
        levels, boxes, labels = self.arrays()
        slot = int(self.made[0]) % self.slots
        for level, values in zip(levels, features, strict=True):
            level[slot] = values
        labels[slot] = -1
        labels[slot, : len(composite.labels)] = composite.labels
        boxes[slot, : len(composite.labels)] = composite.boxes
        self.made[0] += 1

    def take(self, slots: np.ndarray) -> tuple[list[np.ndarray], np.ndarray, np.ndarray]:
        """Copies of some slots."""
        levels, boxes, labels = self.arrays()
        return [level[slots] for level in levels], boxes[slots], labels[slots]


def _slot_bytes() -> int:
    return 2 * sum(math.prod(shape) for shape in SHAPES) + MOST_GARMENTS * 24


def train(
    specimens: Sequence[Specimen],
    held_out: Sequence[Specimen],
    classes: tuple[str, ...],
    imagenet: Path,
    plan: Plan,
    report: Callable[[Point, "DetectionModel"], None] = lambda point, model: None,
) -> Trained:
    """Train neck and head for plan.minutes and give the averaged model.

    specimens, held_out: photos for training and for the precision reported on the way; imagenet: the
    ``efficientnet_lite0`` weights. report is called after every tenth of the time. Raises ValueError when no specimen
    has a cut-out.
    """
    import torch
    from ultralytics.utils.torch_utils import ModelEMA

    torch.manual_seed(plan.seed)
    start = time.monotonic()
    model = build(classes)
    load_imagenet(model, imagenet)
    with TemporaryDirectory() as folder:
        features_file = Path(folder) / "backbone.onnx"
        _export_backbone(model, features_file)
        validation = _validation_set(held_out, plan, features_file)
        ring = Ring.create(plan.ring)
        context = get_context("spawn")
        maker = context.Process(
            target=_make_composites, args=(list(specimens), plan, features_file, ring.memory.name), daemon=True
        )
        maker.start()
        try:
            rng = np.random.default_rng(plan.seed)
            trained = [p for layer in model.model[1:] for p in layer.parameters()]
            for parameter in model.model[0].parameters():
                parameter.requires_grad = False
            optimizer = _optimizer(model, plan)
            model.to(memory_format=torch.channels_last)
            criterion = model.init_criterion()
            average = ModelEMA(model, decay=0.999, tau=300)
            _wait_for(ring, maker, min(plan.ring, 8 * plan.batch))
            curve: list[Point] = []
            losses, seen = np.zeros(3), 0
            began = time.monotonic()
            total = plan.minutes * 60 - (began - start)
            due = 0.1
            while True:
                gone = (time.monotonic() - began) / total
                if gone >= min(due, 1.0):
                    due += 0.1
                    average.ema.eval()
                    precision = evaluate(average.ema, *validation)
                    minutes = (time.monotonic() - start) / 60
                    curve.append(
                        Point(minutes, seen, int(ring.made[0]), *map(float, losses), precision.map50, precision.map)
                    )
                    report(curve[-1], average.ema)
                if gone >= 1:
                    break
                for group in optimizer.param_groups:
                    group["lr"] = plan.rate * _one_cycle(gone)
                made = int(ring.made[0])
                newest, filled = made % plan.ring, min(made, plan.ring)
                back = rng.integers(1, max(filled - 16, 2), plan.batch)  # never the slots being overwritten
                batch = ring.take((newest - back) % plan.ring)
                losses = 0.98 * losses + 0.02 * _step(model, criterion, optimizer, batch, trained, plan) if seen else _step(
                    model, criterion, optimizer, batch, trained, plan
                )
                seen += plan.batch
                average.update(model)
        finally:
            maker.terminate()
            maker.join()
            ring.memory.close()
            ring.memory.unlink()
    return Trained(average.ema, tuple(curve), precision)


def evaluate(
    model: "DetectionModel", features: Sequence[np.ndarray], composites: Sequence[Composite]
) -> Precision:
    """Precision of neck and head on composites whose features (n, channels, h, w) are given per level."""
    import torch
    from ultralytics.utils.nms import non_max_suppression

    found = []
    with torch.inference_mode():
        for start in range(0, len(composites), 32):
            taken = [torch.from_numpy(level[start : start + 32]).float() for level in features]
            output, _ = _neck_and_head(model, taken)
            for boxes in non_max_suppression(output, conf_thres=0.01, iou_thres=0.6, max_det=50):
                values = boxes.numpy()
                found.append((values[:, :4] / SIDE, values[:, 4], values[:, 5].astype(int)))
    return mean_average_precision(found, [(c.boxes, c.labels) for c in composites])


def _step(
    model: "DetectionModel",
    criterion: Any,
    optimizer: "torch.optim.Optimizer",
    batch: tuple[list[np.ndarray], np.ndarray, np.ndarray],
    trained: list["torch.nn.Parameter"],
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
    output = {k: [v.float() for v in values] if isinstance(values, list) else values.float() for k, values in output.items()}
    loss, parts = criterion(output, truth)
    optimizer.zero_grad(set_to_none=True)
    (loss.sum() / len(labels)).backward()
    torch.nn.utils.clip_grad_norm_(trained, 10.0)
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
    return (gone + 1e-3) / rise if gone < rise else 0.01 + 0.99 * (1 + math.cos(math.pi * (gone - rise) / (1 - rise))) / 2


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
    specimens: Sequence[Specimen], plan: Plan, features_file: Path
) -> tuple[list[np.ndarray], list[Composite]]:
    from vision.inference import load_network

    backbone = load_network(features_file, threads=2)
    composer, rng = Composer(specimens, SIDE), np.random.default_rng(plan.seed)
    composites = [composer.compose(rng) for _ in range(plan.validation)]
    rows = [[level[0].astype(np.float16) for level in backbone(c.pixels[None])] for c in composites]
    return [np.stack(level) for level in zip(*rows, strict=True)], composites


def _make_composites(specimens: list[Specimen], plan: Plan, features_file: Path, memory: str) -> None:
    """Fill the ring for ever; runs in a process of its own."""
    import cv2

    from vision.inference import load_network

    cv2.setNumThreads(1)
    backbone = load_network(features_file, threads=1, precision="native")
    ring = Ring.attach(plan.ring, memory)
    composer, rng = Composer(specimens, SIDE, whole_photos=plan.whole_photos), np.random.default_rng(plan.seed + 1)
    while True:
        composite = composer.compose(rng)
        ring.put([level[0] for level in backbone(composite.pixels[None])], composite)


def _wait_for(ring: Ring, maker: Any, count: int) -> None:
    while int(ring.made[0]) < count:
        maker.join(0.2)
        if maker.exitcode is not None:
            raise RuntimeError(f"the process that makes composites ended with code {maker.exitcode}")
