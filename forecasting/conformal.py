"""Intervals by what errors were: split conformal prediction over a panel of series, and over levels for counts.

Vovk, Gammerman and Shafer, *Algorithmic Learning in a Random World*, 2005; the pooling over series of one scale follows
Stankevičiūtė, Alaa and van der Schaar, NeurIPS 2021.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from forecasting.series import Series

GRID = np.concatenate([[0.005, 0.01, 0.025], np.arange(0.05, 0.951, 0.05), [0.975, 0.99, 0.995]])
"""Levels at which error quantiles are kept."""


def scale(series: Series) -> float:
    """The mean absolute change from one season, or period, to the next: what errors of different series are told in."""
    season = series.season if len(series) > 2 * series.season else 1
    changes = np.abs(series.quantity[season:] - series.quantity[:-season]) if len(series) > season else np.zeros(1)
    own = float(changes.mean()) if len(changes) else 0.0
    return own if own > 0 else max(1e-9, 0.05 * float(np.abs(series.quantity).mean()))


class Errors(msgspec.Struct, frozen=True):
    """steps: (h, len(GRID)) float64, quantiles of errors over scale, by step ahead, smoothed over steps."""

    steps: NDArray[np.float64]

    @classmethod
    def of(cls, errors: NDArray[np.float64]) -> "Errors":
        """errors: (series, h) float64, actual less forecast over scale; NaN where there was none."""
        rows = []
        for step in range(errors.shape[1]):
            near = errors[
                :, max(0, step - 1) : step + 2
            ]  # a step's neighbours err alike, and make it three times as many
            told = np.sort(near[np.isfinite(near)])
            n = len(told)
            # the finite-sample correction: the level of an interval's end among n is reached by (n + 1) of them
            corrected = np.clip(np.where(GRID < 0.5, GRID * (n + 1) - 1, GRID * (n + 1)) / max(n, 1), 0, 1)
            rows.append(np.quantile(told, corrected) if n else np.zeros(len(GRID)))
        return cls(np.maximum.accumulate(np.array(rows), axis=1))

    def quantiles(self, mean: NDArray[np.float64], own: float, levels: Sequence[float]) -> NDArray[np.float64]:
        """(h, q) around a mean, for a series of this scale; steps beyond the last widen with the root of the step."""
        horizon, known = len(mean), len(self.steps)
        step = np.minimum(np.arange(horizon), known - 1)
        widened = np.sqrt(np.maximum(1.0, (np.arange(horizon) + 1) / known))
        rows = np.stack([np.interp(levels, GRID, self.steps[at]) for at in step])
        return np.asarray(mean[:, None] + own * widened[:, None] * rows)


class Levels(msgspec.Struct, frozen=True):
    """For counts, whose quantiles jump: nominal levels that cover what is asked. asked, nominal: (g,) rising."""

    asked: NDArray[np.float64]
    nominal: NDArray[np.float64]

    @classmethod
    def of(cls, covered: NDArray[np.float64], nominal: NDArray[np.float64]) -> "Levels":
        """covered: (g,) share of actual values at or below the quantile of each nominal level."""
        rising = np.maximum.accumulate(covered) + np.arange(len(covered)) * 1e-9
        return cls(rising, nominal)

    def ask(self, levels: Sequence[float]) -> NDArray[np.float64]:
        """Nominal levels for those asked."""
        return np.asarray(np.clip(np.interp(levels, self.asked, self.nominal), 1e-4, 1 - 1e-4))
