"""Rare demand: a mean from several models, and the negative binomial distribution around it."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.conformal import Levels
from forecasting.contract import LEVELS, Forecast, Forecaster, Future, check, fallback, made, register
from forecasting.forecasters.statistical import point
from forecasting.series import Series

MEMBERS = ("tsb.standard", "imapa.standard", "adida.standard")
_SHRINK = 12.0
"""Periods of a series by which its own mean weighs as much as that of the panel's like."""
_NOMINAL = np.concatenate([np.arange(0.01, 0.99, 0.01), [0.99, 0.995, 0.999]])
_JUDGED = 400


@register("intermittent.pooled")
class Intermittent(Forecaster):
    """Members' mean, drawn towards the series' own mean over the last ``recent`` periods by a weight learnt on the panel;
    dispersion of each series shrunk towards the panel's; levels calibrated on the panel's last periods."""

    def __init__(self, recent: int = 24) -> None:
        self.recent = recent
        self.dispersion = 1.0
        self.weights = np.full(len(MEMBERS) + 1, 1 / (len(MEMBERS) + 1))
        self.levels: Levels | None = None

    def fit(self, series: Sequence[Series]) -> "Intermittent":
        usable = [one for one in series if len(one) >= 18]
        self.dispersion = _pooled_dispersion(usable or series)
        step = max(1, len(usable) // _JUDGED)
        judged = usable[::step]
        if len(judged) >= 20:
            horizon = min(12, max(1, min(len(one) for one in judged) // 4))
            heads = [one.head(len(one) - horizon) for one in judged]
            actual = np.stack([one.quantity[-horizon:] for one in judged])
            members = np.stack([self._members(one) for one in heads])
            scales = np.array([max(np.sqrt(np.mean(np.diff(one.quantity) ** 2)), 0.1) for one in heads])
            self.weights = _weights(members, actual, scales)
            means = members @ self.weights
            nominal = np.stack(
                [_quantiles(mean, self._spread(one), _NOMINAL) for mean, one in zip(means, heads, strict=True)]
            )
            covered = (actual[:, :, None] <= nominal[:, None, :]).mean((0, 1))
            self.levels = Levels.of(covered, _NOMINAL)
        return self

    def learnt(self) -> dict[str, Any]:
        levels = None if self.levels is None else [self.levels.asked.tolist(), self.levels.nominal.tolist()]
        return {
            "recent": self.recent,
            "dispersion": self.dispersion,
            "weights": self.weights.tolist(),
            "levels": levels,
        }

    def restore(self, learnt: dict[str, Any]) -> None:
        self.recent, self.dispersion = learnt["recent"], learnt["dispersion"]
        self.weights = np.array(learnt["weights"])
        self.levels = None if learnt["levels"] is None else Levels(*(np.array(one) for one in learnt["levels"]))

    def predict(
        self, series: Sequence[Series], horizon: int, levels: Sequence[float] = LEVELS, future: Future | None = None
    ) -> list[Forecast]:
        asked = check(horizon, levels)
        nominal = np.array(asked) if self.levels is None else self.levels.ask(asked)
        found = []
        for one in series:
            try:
                mean = float(self._members(one) @ self.weights)
                row = _quantiles(mean, self._spread(one), nominal)
            except Exception as error:  # the models raise what they like
                found.append(fallback(one, horizon, asked, f"{self.tag}: {error or type(error).__name__}"))
                continue
            found.append(made(one, self.tag, np.full(horizon, mean), np.tile(row, (horizon, 1)), asked))
        return found

    def _members(self, series: Series) -> NDArray[np.float64]:
        if not series.quantity.any():
            return np.zeros(len(MEMBERS) + 1)
        told = [max(0.0, float(point(tag, series, 1)[0])) for tag in MEMBERS]
        return np.array([*told, float(series.quantity[-self.recent :].mean())])

    def _spread(self, series: Series) -> float:
        """Variance over mean of the series, drawn towards the panel's."""
        mean = float(series.quantity.mean())
        own = float(series.quantity.var() / mean) if mean > 0 else self.dispersion
        n = len(series)
        return max(1.001, (n * own + _SHRINK * self.dispersion) / (n + _SHRINK))


def _pooled_dispersion(series: Sequence[Series]) -> float:
    told = [float(one.quantity.var() / one.quantity.mean()) for one in series if one.quantity.mean() > 0]
    return max(1.001, float(np.median(told))) if told else 1.5


def _quantiles(mean: float, spread: float, levels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of the negative binomial of this mean and variance ``spread`` × mean."""
    from scipy.stats import nbinom

    if mean <= 1e-9:
        return np.zeros(len(levels))
    size = mean / (spread - 1)
    return np.asarray(nbinom.ppf(levels, size, 1 / spread), np.float64)


def _weights(
    members: NDArray[np.float64], actual: NDArray[np.float64], scales: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Weights of members, not negative, of least root mean squared scaled error, mean over series, on what is held back.

    members: (n, m); actual: (n, h). They need no sum of 1: that demand of rare parts fades is part of what the panel tells.
    """
    from scipy.optimize import minimize

    def loss(weights: NDArray[np.float64]) -> float:
        miss = actual - (members @ weights)[:, None]
        return float(np.mean(np.sqrt(np.mean(miss**2, axis=1)) / scales))

    even = np.full(members.shape[1], 1 / members.shape[1])
    found = minimize(loss, even, method="L-BFGS-B", bounds=[(0.0, 1.5)] * len(even))
    return np.asarray(0.9 * found.x + 0.1 * even)
