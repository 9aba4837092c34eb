"""What forecasts are judged by: errors and losses over each series' own scale."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


def rmsse(told: Sequence[Array], actual: Sequence[Array], scales: Array, kept: NDArray[np.bool_]) -> float:
    """Root mean squared error over that of the naive forecast in training, mean over series."""
    errors = np.array([np.sqrt(np.mean((a - f) ** 2)) for a, f in zip(actual, told, strict=True)])
    return float(np.mean(errors[kept] / scales[kept]))


def pinball(told: Sequence[Array], actual: Sequence[Array], scales: Array, kept: NDArray[np.bool_], levels: Sequence[float]) -> float:  # fmt: skip
    """Mean over levels, then over series, of the pinball loss over scale. told: (h, q) each."""
    asked = np.array(levels)
    losses = []
    for values, quantiles in zip(actual, told, strict=True):
        miss = values[:, None] - quantiles
        losses.append(float(np.mean(np.maximum(asked * miss, (asked - 1) * miss))))
    return float(np.mean(np.array(losses)[kept] / scales[kept]))
