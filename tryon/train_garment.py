"""Train the garment network on scenes composed without end.

The backbone stays as ImageNet left it: it is run exported, as it will be served, and only what decodes its features is
trained. Scenes are made by a process of their own.
"""

import copy
import math
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import version
from multiprocessing import get_context
from pathlib import Path
from queue import Full
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from tryon.examples import UNKNOWN
from tryon.garment_net import CATEGORIES, COUNTS, SIDE, STRIDE, build, load, load_imagenet, peaks
from tryon.garments import PARTS, POINTS
from tryon.scenes import Composer, Scene

if TYPE_CHECKING:
    import torch

REPORTS = 12
"""How often the errors are measured on the way."""

SPREAD = 1.2
"""Deviation of a key point's target, in cells of the heat map."""


class Plan(msgspec.Struct, frozen=True):
    """How to train. minutes: wall clock. replay: batches kept in memory, 2.5 MB each; fresh: share of the batches that
    are new, the others are drawn from those kept, which saves making scenes and running the backbone."""

    minutes: float = 60.0
    seed: int = 7
    batch: int = 16
    rate: float = 2e-3
    decay: float = 0.02
    replay: int = 200
    fresh: float = 0.3
    validation: int = 96


class Point(msgspec.Struct, frozen=True):
    """Where the training stood. scenes: made; seen: trained on. iou: of garment masks at the network's own resolution; error: of key points, mean, as
    a share of the garment's height; category: share that is right; all on scenes of styles held out."""

    minutes: float
    scenes: int
    seen: int
    loss: float
    iou: float
    error: float
    category: float


class Trained(msgspec.Struct, frozen=True):
    """The averaged network and how it came to be."""

    network: Any
    curve: tuple[Point, ...]


def train_garment(
    composer: Composer,
    held_out: Composer,
    imagenet: Path,
    plan: Plan,
    report: Callable[[Point, "torch.nn.Module"], None],
    start: Path | None = None,
) -> Trained:
    """Train until plan.minutes are over. held_out: what the errors reported on the way are measured on; imagenet:
    the ``efficientnet_lite0`` weights; start: a network to go on from. report gets the averaged network."""
    import torch

    torch.manual_seed(plan.seed)
    network: Any = load(start) if start else build()
    if start is None:
        load_imagenet(network, imagenet)
    rng = np.random.default_rng(plan.seed)
    network.to(memory_format=torch.channels_last).train()
    network.backbone.eval().requires_grad_(False)
    average = copy.deepcopy(network).eval()
    trained = [p for p in network.parameters() if p.requires_grad]
    groups = [
        {"params": [p for p in trained if p.ndim > 1], "weight_decay": plan.decay},
        {"params": [p for p in trained if p.ndim <= 1], "weight_decay": 0.0},
    ]
    optimizer = torch.optim.AdamW(groups, lr=plan.rate, betas=(0.9, 0.99))
    curve, kept, loss_mean = list[Point](), list[tuple[Any, list[Scene]]](), 0.0
    step = made = 0
    gone = 0.0
    with TemporaryDirectory() as folder:
        levels = _backbone(network, Path(folder) / "backbone.onnx")
        check = [held_out.compose(rng) for _ in range(plan.validation)]
        with _batches(composer, plan) as batches:
            began = time.monotonic()
            while gone < 1:
                if len(kept) < 4 or rng.random() < plan.fresh:
                    scenes = next(batches)
                    features = levels(scenes)
                    made += len(scenes)
                    kept = [*kept[-plan.replay + 1 :], (features, scenes)]
                else:
                    features, scenes = kept[int(rng.integers(len(kept)))]
                for group in optimizer.param_groups:
                    group["lr"] = plan.rate * _one_cycle(gone)
                with torch.autocast("cpu", torch.bfloat16):
                    parts, heat, facts = network.decode(features)
                loss = _loss(parts.float(), heat.float(), facts.float(), scenes)
                optimizer.zero_grad(set_to_none=True)
                loss.backward()  # type: ignore[no-untyped-call]
                torch.nn.utils.clip_grad_norm_(trained, 5.0)
                optimizer.step()
                step += 1
                loss_mean += (float(loss.detach()) - loss_mean) * max(0.01, 1 / step)
                _follow(average, network, min(0.998, step / (step + 50)))
                minutes = (time.monotonic() - began) / 60
                gone = minutes / plan.minutes
                if gone >= (len(curve) + 1) / REPORTS:
                    curve.append(Point(minutes, made, step * plan.batch, loss_mean, *_measure(average, levels, check)))
                    report(curve[-1], average)
    return Trained(average, tuple(curve))


def record(trained: Trained, plan: Plan, tag: str, data: dict[str, int | str], start: str | None) -> bytes:
    """What is needed to judge and to repeat a training, as JSON. data: how many examples of each kind there were."""
    document = {
        "tag": tag,
        "data": data,
        "start": start,
        "plan": plan,
        "curve": trained.curve,
        "parameters": sum(p.numel() for p in trained.network.parameters()),
        "versions": {name: version(name) for name in ("torch", "timm", "opencv-python", "numpy")},
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=1) + b"\n"


def _loss(
    parts: "torch.Tensor", heat: "torch.Tensor", facts: "torch.Tensor", scenes: Sequence[Scene]
) -> "torch.Tensor":
    """Cross entropy of parts, of heat, and of each fact, over what is known of each scene."""
    import torch
    from torch.nn.functional import binary_cross_entropy_with_logits, cross_entropy

    labels = torch.from_numpy(np.stack([scene.parts for scene in scenes]).astype(np.int64))
    known = torch.where(labels < UNKNOWN, labels, -1)
    weights = torch.ones(len(PARTS))
    weights[PARTS.index("inside")] = 2.0
    loss = cross_entropy(parts, known, weights, ignore_index=-1)
    somewhere = labels == UNKNOWN
    if somewhere.any():  # it is the garment's, whichever part
        alone = parts[:, 0] - parts.logsumexp(dim=1)
        loss = loss + 0.5 * (-torch.log1p(-alone.exp().clamp(max=1 - 1e-5)) * somewhere).sum() / labels.numel() * 3
    points = torch.from_numpy(np.stack([scene.points for scene in scenes]))
    there = ~points.isnan().any(dim=2)
    target = _targets(points.nan_to_num(0.0) / STRIDE, heat.shape[2])
    wrong = -(target * heat.flatten(2).log_softmax(dim=2)).sum(dim=2)
    loss = loss + 0.25 * (wrong * there).sum() / there.sum().clamp(min=1)
    sizes = [len(POINTS), len(CATEGORIES), len(COUNTS), 1]
    present, category, count, worn = torch.split(facts, sizes, dim=1)
    sure = torch.tensor([not scene.pointless for scene in scenes])
    loss = loss + 0.5 * binary_cross_entropy_with_logits(present[sure], there[sure].float())
    kinds = torch.tensor([CATEGORIES.index(s.category) if s.category in CATEGORIES else -1 for s in scenes])
    if (kinds >= 0).any():
        loss = loss + 0.2 * cross_entropy(category, kinds, ignore_index=-1, label_smoothing=0.05)
    loss = loss + 0.2 * cross_entropy(count, torch.tensor([scene.count for scene in scenes]))
    wears = torch.tensor([float(scene.worn) for scene in scenes])
    return loss + 0.2 * binary_cross_entropy_with_logits(worn[:, 0], wears)


def _targets(points: "torch.Tensor", cells: int) -> "torch.Tensor":
    """A Gaussian around each point (n, k, 2) in cells: (n, k, cells²) of sum 1."""
    import torch

    places = torch.arange(cells) + 0.5
    x, y = (torch.exp(-(((places - points[..., axis, None]) / SPREAD) ** 2) / 2) for axis in (0, 1))
    both = y[..., :, None] * x[..., None, :]
    return (both / both.sum(dim=(2, 3), keepdim=True).clamp(min=1e-6)).flatten(2)


def _measure(network: Any, levels: Any, scenes: Sequence[Scene]) -> tuple[float, float, float]:
    """Mean IoU of garment masks, mean error of key points as a share of garment height, share of right categories."""
    import torch

    ious, errors, right = [], [], []
    for start in range(0, len(scenes), 32):
        some = scenes[start : start + 32]
        with torch.inference_mode():
            parts, heat, facts = network.decode(tuple(level.float() for level in levels(some)))
        for scene, labels, maps, fact in zip(some, parts.argmax(1).numpy(), heat, facts.numpy(), strict=True):
            if not scene.category:
                continue
            truth = scene.parts > 0
            ious.append((truth & (labels > 0)).sum() / max(1, (truth | (labels > 0)).sum()))
            kinds = fact[len(POINTS) : len(POINTS) + len(CATEGORIES)]
            right.append(CATEGORIES[int(kinds.argmax())] == scene.category)
            there = ~np.isnan(scene.points).any(axis=1)
            if there.any():
                found, _ = peaks(maps.flatten(1).softmax(1).reshape(maps.shape).numpy())
                height = 2 * np.ptp(np.flatnonzero(truth.any(axis=1))) + 2
                off = np.linalg.norm(found[there] * STRIDE - scene.points[there], axis=1)
                errors.append(float(off.mean() / height))
    return float(np.mean(ious)), float(np.mean(errors)), float(np.mean(right))


def _backbone(network: Any, file: Path) -> Callable[[Sequence[Scene]], tuple["torch.Tensor", ...]]:
    """What turns scenes into the features that the decoder reads."""
    import torch

    from vision import export, load_network

    class Levels(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.network = network

        def forward(self, pixels: torch.Tensor) -> tuple[torch.Tensor, ...]:
            levels: tuple[torch.Tensor, ...] = self.network.levels(pixels.permute(0, 3, 1, 2).float() / 127.5 - 1.0)
            return levels

    example = np.random.default_rng(0).integers(0, 255, (1, SIDE, SIDE, 3), dtype=np.uint8)
    module = Levels()
    export(module, example, file)
    network.train()
    network.backbone.eval()
    run = load_network(file, threads=torch.get_num_threads(), precision="native")

    def levels(scenes: Sequence[Scene]) -> tuple[torch.Tensor, ...]:
        outputs = run(np.stack([scene.pixels for scene in scenes]))
        return tuple(
            torch.from_numpy(output).bfloat16().contiguous(memory_format=torch.channels_last) for output in outputs
        )

    return levels


def _follow(average: "torch.nn.Module", network: "torch.nn.Module", share: float) -> None:
    """Move the average towards the network, keeping this share of what it was."""
    import torch

    with torch.no_grad():
        for one, other in zip(average.state_dict().values(), network.state_dict().values(), strict=True):
            if one.is_floating_point():
                one.mul_(share).add_(other, alpha=1 - share)
            else:
                one.copy_(other)


def _one_cycle(gone: float) -> float:
    """Share of the peak learning rate after a share of the steps: a short rise, then a half cosine."""
    rise = 0.04
    return gone / rise if gone < rise else 0.01 + 0.99 * (1 + math.cos(math.pi * (gone - rise) / (1 - rise))) / 2


@contextmanager
def _batches(composer: Composer, plan: Plan) -> Iterator[Iterator[list[Scene]]]:
    """Batches that a process of its own makes ahead."""
    context = get_context("fork")  # shares the examples' memory
    ready = context.Queue(4)
    maker = context.Process(target=_make, args=(composer, plan, ready), daemon=True)

    def batches() -> Iterator[list[Scene]]:
        while True:
            if not maker.is_alive():
                raise RuntimeError(f"the process that makes scenes ended with code {maker.exitcode}")
            yield ready.get(timeout=600)

    maker.start()
    try:
        yield batches()
    finally:
        maker.terminate()
        maker.join()


def _make(composer: Composer, plan: Plan, ready: Any) -> None:
    import cv2

    cv2.setNumThreads(1)
    rng = np.random.default_rng([plan.seed, 1])
    while True:
        batch = [composer.compose(rng) for _ in range(plan.batch)]
        while True:
            try:
                ready.put(batch, timeout=5)
                break
            except Full:
                continue
