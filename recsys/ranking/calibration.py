"""From a ranker's logits to probabilities, and how well these hold.

The place in a list is taken apart here for every ranker alike: how many look at it is fitted on lists as they were shown,
and a question is answered as for the first place, which everybody looks at.
"""

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.ranking.examples import Examples

_PULL = 1.0  # how strongly coefficients are drawn to those of no change, in examples


class Calibration(msgspec.Struct, frozen=True):
    """A line through each task's logits, and how many look at a place: exp(-near (position - 1) - far log position).

    Platt, "Probabilistic Outputs for Support Vector Machines", 1999. That a click is the chance of looking, by place, times
    the chance of wanting, by item, is the examination hypothesis: Craswell et al., WSDM 2008.
    """

    lines: tuple[tuple[float, float], ...]
    near: float
    far: float

    @classmethod
    def fit(cls, logits: NDArray[np.float32], examples: Examples) -> "Calibration":
        """Each task on the examples that came as far as it."""
        lines, places = [], [0.0, 0.0]
        for task in range(3):
            there = examples.reached >= task
            position = examples.position[there] if task == 0 else np.ones(int(there.sum()), np.int64)
            a, b, *ends = _fitted(logits[there, task], position, examples.reached[there] > task)
            lines.append((a, b))
            places = ends if task == 0 else places
        return cls(tuple(lines), *places)

    def probabilities(
        self, logits: NDArray[np.float32], position: NDArray[np.int64] | None = None
    ) -> NDArray[np.float64]:
        """(n, 3) chance of click, cart and purchase, each no larger than the one before; at the first place unless told."""
        a, b = np.array(self.lines).T
        given = _sigmoid(a + b * logits)
        if position is not None:
            given[:, 0] *= np.exp(-_ends(position) @ (self.near, self.far))
        return np.asarray(np.cumprod(given, 1), np.float64)


def expected_error(probability: NDArray[np.float64], happened: NDArray[np.bool_], bins: int = 15) -> float:
    """Expected calibration error, in [0, 1]: mean over bins of equal size of |mean probability - share that happened|.

    Naeini et al., AAAI 2015, with bins of equal size instead of equal width (Nguyen & O'Connor, 2015).
    """
    order = np.argsort(probability, kind="stable")
    parts = np.array_split(order, bins)
    gaps = [abs(probability[p].mean() - happened[p].mean()) * len(p) for p in parts if len(p)]
    return float(sum(gaps) / max(1, len(order)))


def normalised_entropy(chances: NDArray[np.float64], examples: Examples) -> float:
    """Mean over the tasks of the cross-entropy by that of always saying the mean rate; below 1 something was learnt. A task that
    always or never came about tells nothing, and is left out.

    He et al., "Practical Lessons from Predicting Clicks on Ads at Facebook", ADKDD 2014.
    """
    told = examples.labels.any(0) & ~examples.labels.all(0)
    if not told.any():
        return 1.0
    chances, happened = np.clip(chances[:, told], 1e-9, 1 - 1e-9), examples.labels[:, told]
    means = np.clip(happened.mean(0), 1e-9, 1 - 1e-9)

    def entropy(p: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray(-(happened * np.log(p) + (1 - happened) * np.log(1 - p)).mean(0))

    return float(np.mean(entropy(chances) / entropy(np.broadcast_to(means, chances.shape))))


def _ends(position: NDArray[np.int64]) -> NDArray[np.float64]:
    return np.stack([position - 1.0, np.log(position)], 1)


def _fitted(logit: NDArray[np.float32], position: NDArray[np.int64], happened: NDArray[np.bool_]) -> list[float]:
    """The line, near and far of the largest likelihood."""
    from scipy.optimize import minimize

    start, ends = np.array((0.0, 1.0, 0.0, 0.0)), _ends(position)

    def loss(w: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        wanted, looked = _sigmoid(w[0] + w[1] * logit), np.exp(-ends @ w[2:])
        p = np.clip(wanted * looked, 1e-9, 1 - 1e-9)
        value = -np.log(np.where(happened, p, 1 - p)).sum() + _PULL / 2 * ((w - start) ** 2).sum()
        slope = (p - happened) / (1 - p)  # of the loss by log p
        by_logit = slope * (1 - wanted)
        gradient = np.array([by_logit.sum(), by_logit @ logit, *(-slope @ ends)])
        return float(value), gradient + _PULL * (w - start)

    bounds = [(None, None), (None, None), (0, None), (0, None)]
    return [float(x) for x in minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x]


def _sigmoid(x: NDArray[np.generic]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-np.clip(x, -50, 50))), np.float64)
