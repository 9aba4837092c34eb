"""Training on windows drawn at random, until the last window of each series is told no better."""

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import numpy as np
import torch
from numpy.typing import NDArray

from forecasting.deep.heads import Head
from forecasting.deep.network import Network
from forecasting.deep.windows import Batch, Places, Windows

_ASKED = 512
_FINISH = 2
"""Passes at the end over windows that reach to the last period, at a quarter of the rate."""


class Course(msgspec.Struct, frozen=True, kw_only=True):
    """epochs: at most; patience: epochs without a better one until it ends; windows: drawn for an epoch, at most; rate: of Adam,
    halved whenever an epoch is no better; clip: of the gradient's norm."""

    epochs: int
    patience: int
    windows: int
    batch: int
    rate: float
    clip: float
    decay: float


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """One thread and a seed of its own, as sums over several threads come out in another order; both are put back after."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(seed)
            yield
    finally:
        torch.set_num_threads(threads)


def train(network: Network, head: Head, windows: Windows, least: int, course: Course, seed: int) -> list[float]:
    """Losses of the last windows by epoch; the network is left as of the best, and a little further on what was held back.

    Origins begin at period ``least``; what is learnt from ends ``windows.horizon`` periods before a series' end.
    """
    rng = np.random.default_rng(seed)
    held = windows.length - windows.horizon
    early = _origins(held, least)
    judged = np.flatnonzero(held >= least)
    optimiser = torch.optim.AdamW(network.parameters(), lr=course.rate, weight_decay=course.decay)
    best, losses, waited = float("inf"), [], 0
    kept = {name: value.clone() for name, value in network.state_dict().items()}
    for _ in range(course.epochs):
        _epoch(network, head, windows, early, held, optimiser, course, rng)
        losses.append(_judge(network, head, windows, judged, held[judged]))
        if losses[-1] < best:
            best, waited = losses[-1], 0
            kept = {name: value.clone() for name, value in network.state_dict().items()}
            continue
        waited += 1
        if waited >= course.patience:
            break
        network.load_state_dict(kept)
        for group in optimiser.param_groups:
            group["lr"] *= 0.5
    network.load_state_dict(kept)
    return losses


def finish(network: Network, head: Head, windows: Windows, least: int, course: Course, seed: int) -> None:
    """A little further, on windows that reach to each series' end."""
    optimiser = torch.optim.AdamW(network.parameters(), lr=course.rate / 4, weight_decay=course.decay)
    late, rng = _origins(windows.length, least), np.random.default_rng(seed + 1)
    for _ in range(_FINISH):
        _epoch(network, head, windows, late, windows.length, optimiser, course, rng)
    network.eval()


def ask(network: Network, batch: Batch) -> NDArray[np.float64]:
    """(b, horizon, outputs) float64."""
    network.eval()
    with torch.no_grad():
        parts = [
            _told(network, batch, slice(start, start + _ASKED)).double().numpy()
            for start in range(0, len(batch.fixed), _ASKED)
        ]
    return np.concatenate(parts)


def _epoch(network: Network, head: Head, windows: Windows, origins: tuple[Places, Places], until: Places, optimiser: torch.optim.Optimizer, course: Course, rng: np.random.Generator) -> None:  # fmt: skip
    network.train()
    series, origin = origins
    drawn = rng.permutation(len(series))[: course.windows]
    for start in range(0, len(drawn), course.batch):
        some = drawn[start : start + course.batch]
        batch = windows.batch(series[some], origin[some], until[series[some]])
        loss = _loss(head, _told(network, batch, slice(None)), batch)
        optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(network.parameters(), course.clip)
        optimiser.step()


def _judge(network: Network, head: Head, windows: Windows, series: Places, origin: Places) -> float:
    network.eval()
    total = count = 0.0
    with torch.no_grad():
        for start in range(0, len(series), _ASKED):
            batch = windows.batch(series[start : start + _ASKED], origin[start : start + _ASKED])
            weight = float(batch.weight.sum())
            total += weight * float(_loss(head, _told(network, batch, slice(None)), batch))
            count += weight
    return total / max(count, 1.0)


def _told(network: Network, batch: Batch, part: slice) -> torch.Tensor:
    arrays = (batch.past, batch.absent, batch.future, batch.fixed, batch.codes)
    told: torch.Tensor = network(*(torch.from_numpy(one[part]) for one in arrays))
    return told


def _loss(head: Head, raw: torch.Tensor, batch: Batch) -> torch.Tensor:
    target, scale, weight = (torch.from_numpy(one) for one in (batch.target, batch.scale, batch.weight))
    return (weight * head.loss(raw, target, scale)).sum() / weight.sum().clamp(min=1)


def _origins(until: Places, least: int) -> tuple[Places, Places]:
    """Every series and origin from ``least`` on that has a period before ``until``."""
    counts = np.maximum(until - least, 0)
    series = np.repeat(np.arange(len(until)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return series, np.arange(int(counts.sum())) - first + least
