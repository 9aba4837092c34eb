"""Training of the heads that put pictures and texts into one space, over towers that stay as they are.

The loss is CLIP's (Radford et al., ICML 2021), as open_clip computes it. It takes every other pair of a batch for a
wrong one, so a batch holds no two pairs that mean the same: pairs come in groups that share their captions (all red
dresses; one product), and a batch takes one pair from each of many groups. Two pictures of a group are pulled together
by the same loss.
"""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from core.errors import BadCatalogue
from vision.encoders import unit
from vision.heads import HeadRecord, Heads, Layers, apply

if TYPE_CHECKING:
    import torch


class Group(msgspec.Struct, frozen=True):
    """Pictures that share captions. pictures: their rows (k,); texts: features of the captions (t, text dim)."""

    pictures: np.ndarray
    texts: np.ndarray


class Pictures(msgspec.Struct, frozen=True):
    """What the towers said of n pictures. views: (n, v, d) of several crops each, the first of the whole; colours: (n, c).

    d is what the image towers other than the colour encoder give, joined in their order.
    """

    views: np.ndarray
    colours: np.ndarray


class HeadPlan(msgspec.Struct, frozen=True):
    """How to train. Chosen on parts of ``clothing/train``; ``vision/weights/fused.json`` has the figures.

    noise: length of what is added to a text's unit vector, at random, so that words never seen find their place among
    those that were; it matters most. patience: evaluations without a better precision until training stops.
    readers: text heads that are averaged; reading, reading_decay: steps and weight decay of each; shown: pictures of a
    group that it is shown at once.
    """

    steps: int = 1400
    batch: int = 64
    hidden: int = 512
    dim: int = 256
    project: int = 256
    rate: float = 2e-3
    decay: float = 0.2
    dropout: float = 0.5
    noise: float = 0.6
    held_out: float = 0.1
    every: int = 100
    patience: int = 8
    readers: int = 4
    reading: int = 1000
    shown: int = 8
    reading_decay: float = 0.5
    seed: int = 7


HEAD_PLAN = HeadPlan()


class HeadPoint(msgspec.Struct, frozen=True):
    """How training stands. precision, recall: text to picture among those held out, mean average and at 10."""

    step: int
    steps: int
    loss: float
    precision: float
    recall: float


def train_heads(
    pictures: Pictures,
    levels: Sequence[Sequence[Group]],
    towers: tuple[tuple[str, ...], str],
    data: str,
    plan: HeadPlan = HEAD_PLAN,
    report: Callable[[HeadPoint], None] = lambda point: None,
    project: Layers | None = None,
) -> Heads:
    """Train heads on groups of pictures and captions, and keep those that find best what was held out.

    levels: each a division of pictures into groups, the finest first (products before categories); every step takes a
    batch from each. towers: tags of the image towers, the colour encoder last, and of the text tower. project: the main
    directions of pictures, where they are not to be found in these. Deterministic for a seed on one machine. Raises BadCatalogue with fewer than two groups or eight pictures.
    """
    import torch
    from open_clip.loss import ClipLoss

    count = len(pictures.views)
    if count < 8 or len(levels[0]) < 2:
        raise BadCatalogue(
            f"{count} pictures in {len(levels[0])} groups are too few to align.",
            remedy="Give at least 8 products of 2 kinds.",
        )
    rng = np.random.default_rng(plan.seed)
    out = _choose(count, plan, rng)
    # Where every product is a group of its own, its captions are held out with it; a kind keeps pictures to learn from.
    taught = [[g for g in (_without(group, out) for group in level) if len(g.pictures)] for level in levels]

    with torch.random.fork_rng():
        torch.manual_seed(plan.seed)
        image = _layers(pictures.views.shape[2] + pictures.colours.shape[1], plan.hidden, plan.dim, plan.dropout, 0.3)
        text = _layers(levels[0][0].texts.shape[1], plan.hidden, plan.dim, 0.1, 0.1)
        scale = torch.nn.Parameter(torch.tensor(2.6))
        loss = ClipLoss()
        parameters = [*image.parameters(), *text.parameters(), scale]
        optimizer = torch.optim.AdamW(parameters, lr=plan.rate, weight_decay=plan.decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, plan.steps)

        def see(rows: np.ndarray) -> torch.Tensor:
            crops = rng.integers(0, pictures.views.shape[1], len(rows))
            seen = np.concatenate([pictures.views[rows, crops].astype(np.float32), pictures.colours[rows]], axis=1)
            return torch.nn.functional.normalize(image(torch.from_numpy(seen)), dim=1)

        def read(texts: np.ndarray) -> torch.Tensor:
            features = torch.from_numpy(texts)
            features = features + plan.noise * torch.randn_like(features) / features.shape[1] ** 0.5
            return torch.nn.functional.normalize(text(features), dim=1)

        best: tuple[float, float, int, dict[str, Layers]] = (-1.0, 0.0, 0, {})
        since, epochs = 0, 0.0
        for step in range(1, plan.steps + 1):
            total = torch.zeros(())
            for level in taught:
                groups = [level[i] for i in rng.permutation(len(level))[: plan.batch]]
                if len(groups) < 2:
                    continue
                seen = see(np.array([g.pictures[rng.integers(len(g.pictures))] for g in groups]))
                words = np.stack([g.texts[rng.integers(len(g.texts))] for g in groups])
                total = total + loss(seen, read(words), scale.exp())
                if any(len(g.pictures) > 1 for g in groups):
                    others = see(np.array([g.pictures[rng.integers(len(g.pictures))] for g in groups]))
                    total = total + loss(seen, others, scale.exp())
                epochs += len(groups) / count
            optimizer.zero_grad()
            total.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            scale.data.clamp_(0.0, 4.6)
            if step % plan.every == 0 or step == plan.steps:
                parts = {"image": _numpy(image), "text": _numpy(text)}
                precision, recall = _held_out(parts, pictures, levels[0], out, plan.seed)
                report(HeadPoint(step, plan.steps, total.item(), precision, recall))
                if precision > best[0]:
                    best, since = (precision, recall, step, parts), 0
                elif (since := since + 1) >= plan.patience:
                    break
        step, parts = best[2], best[3]
        parts["text"] = _readers(parts["image"], pictures, taught, plan)
    parts["project"] = project or _principal(pictures.views, plan)
    precision, recall = _held_out(parts, pictures, levels[0], out, plan.seed)
    record = HeadRecord(
        images=towers[0],
        texts=towers[1],
        dim=plan.dim,
        data=data,
        pictures=int((~out).sum()),
        held_out=int(out.sum()),
        recall_at_10=round(recall, 4),
        precision=round(precision, 4),
        epochs=round(epochs),
        seed=plan.seed,
        settings=msgspec.to_builtins(plan) | {"step": step},
    )
    return Heads(record, parts, "")


def train_readers(
    heads: Heads, pictures: Pictures, levels: Sequence[Sequence[Group]], plan: HeadPlan = HEAD_PLAN
) -> Heads:
    """Heads that put pictures where ``heads`` does, and words where these groups say: new captions, the old index.

    pictures, levels: as for :func:`train_heads`; of the same pictures the same are held out.
    """
    out = _choose(len(pictures.views), plan, np.random.default_rng(plan.seed))
    taught = [[g for g in (_without(group, out) for group in level) if len(g.pictures)] for level in levels]
    parts = heads.parts | {"text": _readers(heads.parts["image"], pictures, taught, plan)}
    precision, recall = _held_out(parts, pictures, levels[0], out, plan.seed)
    told = {name: value for name, value in msgspec.to_builtins(plan).items() if name.startswith("read")}
    record = msgspec.structs.replace(
        heads.record,
        held_out=int(out.sum()),
        recall_at_10=round(recall, 4),
        precision=round(precision, 4),
        settings=heads.record.settings | told | {"reading_noise": plan.noise},
    )
    return Heads(record, parts, "")


def _choose(count: int, plan: HeadPlan, rng: np.random.Generator) -> np.ndarray:
    """Which of ``count`` pictures are held out: (count,) bool."""
    out = np.zeros(count, bool)
    out[rng.choice(count, max(2, round(count * plan.held_out)), replace=False)] = True
    return out


def _without(group: Group, out: np.ndarray) -> Group:
    return Group(group.pictures[~out[group.pictures]], group.texts)


def _layers(inputs: int, hidden: int, outputs: int, first: float, second: float) -> "torch.nn.Sequential":
    import torch

    return torch.nn.Sequential(
        torch.nn.Dropout(first),
        torch.nn.Linear(inputs, hidden),
        torch.nn.ReLU(),
        torch.nn.Dropout(second),
        torch.nn.Linear(hidden, outputs),
    )


def _numpy(module: "torch.nn.Sequential") -> Layers:
    import torch

    linear = [(layer.weight, layer.bias) for layer in module if isinstance(layer, torch.nn.Linear)]
    return tuple((weight.detach().numpy().copy(), bias.detach().numpy().copy()) for weight, bias in linear)


def _held_out(
    parts: dict[str, Layers], pictures: Pictures, groups: Sequence[Group], out: np.ndarray, seed: int
) -> tuple[float, float]:
    """Mean average precision and recall at 10 of one caption of each group among the pictures (n,) bool held out.

    A caption's right answers are the pictures of its group; recall counts it as found when one is among the first ten.
    """
    rng = np.random.default_rng(seed)
    groups = [g for g in groups if out[g.pictures].any()]
    rows = np.flatnonzero(out)
    gallery = unit(apply(parts["image"], _seen(Pictures(pictures.views[rows], pictures.colours[rows]))))
    words = apply(parts["text"], np.stack([g.texts[rng.integers(len(g.texts))] for g in groups]))
    words = unit(words[:, : gallery.shape[1]])
    order = np.argsort(-(words @ gallery.T), axis=1, kind="stable")
    right = np.stack([np.isin(rows, g.pictures)[found] for g, found in zip(groups, order, strict=True)])
    precisions = right.cumsum(axis=1) / np.arange(1, right.shape[1] + 1)
    average = (precisions * right).sum(axis=1) / right.sum(axis=1)
    return float(average.mean()), float(right[:, :10].any(axis=1).mean())


def _principal(views: np.ndarray, plan: HeadPlan) -> Layers:
    """The main directions of what the image towers say, as one layer; subspace iteration, since only a few are wanted.

    Halko, Martinsson and Tropp, "Finding structure with randomness", SIAM Review 2011.
    """
    rows = views[:, 0].astype(np.float32)
    mean = rows.mean(axis=0)
    rows = rows - mean
    wanted = min(plan.project, *rows.shape)
    basis = np.random.default_rng(plan.seed).normal(size=(rows.shape[1], min(wanted + 32, *rows.shape)))
    basis = basis.astype(np.float32)
    for _ in range(4):
        basis = np.linalg.qr(rows.T @ (rows @ basis))[0]
    turn = np.linalg.svd(rows @ basis, full_matrices=False)[2][:wanted]
    layer: np.ndarray = turn @ basis.T
    return ((layer, -(layer @ mean)),)


def _readers(image: Layers, pictures: Pictures, levels: Sequence[Sequence[Group]], plan: HeadPlan) -> Layers:
    """Text features → the joint and the colour space side by side, taught anew against pictures that no longer move.

    A batch shows the mean of some pictures of each group: what its captions have in common. Several readers that differ
    in chance alone are joined into one, side by side, since their mean reads words never seen better than each.
    """
    seen = _seen(pictures)
    tints = pictures.colours - pictures.colours.mean(axis=0)
    space = np.concatenate([unit(apply(image, seen)), tints], axis=1)
    readers = [_reader(space, levels, plan, plan.seed + number) for number in range(plan.readers)]
    first = (np.concatenate([r[0][0] for r in readers]), np.concatenate([r[0][1] for r in readers]))
    weight = np.concatenate([reader[1][0] for reader in readers], axis=1) / len(readers)
    bias = np.mean([reader[1][1] for reader in readers], axis=0)
    return first, (weight, bias)


def _reader(space: np.ndarray, levels: Sequence[Sequence[Group]], plan: HeadPlan, seed: int) -> Layers:
    """One reader of texts into ``space`` (pictures, dim), of its own seed."""
    import torch
    from open_clip.loss import ClipLoss

    rng = np.random.default_rng(seed)
    loss = ClipLoss()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        text = _layers(levels[0][0].texts.shape[1], plan.hidden, space.shape[1], 0.1, 0.1)
        scale = torch.nn.Parameter(torch.tensor(3.0))
        parameters = [*text.parameters(), scale]
        optimizer = torch.optim.AdamW(parameters, lr=plan.rate, weight_decay=plan.reading_decay)
        schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, plan.rate, plan.reading)
        for _ in range(plan.reading):
            total = torch.zeros(())
            for level in levels:
                groups = [level[i] for i in rng.permutation(len(level))[: plan.batch]]
                if len(groups) < 2:
                    continue
                shown = np.stack([space[rng.choice(g.pictures, plan.shown)].mean(axis=0) for g in groups])
                words = torch.from_numpy(np.stack([g.texts[rng.integers(len(g.texts))] for g in groups]))
                words = text(words + plan.noise * torch.randn_like(words) / words.shape[1] ** 0.5)
                total = total + loss(
                    torch.nn.functional.normalize(torch.from_numpy(shown), dim=1),
                    torch.nn.functional.normalize(words, dim=1),
                    scale.exp(),
                )
            optimizer.zero_grad()
            total.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            schedule.step()
            scale.data.clamp_(0.0, 4.6)
    return _numpy(text.eval())


def _seen(pictures: Pictures) -> np.ndarray:
    """What the image head is given for the whole of each picture: (n, d + c)."""
    return np.concatenate([pictures.views[:, 0].astype(np.float32), pictures.colours], axis=1)
