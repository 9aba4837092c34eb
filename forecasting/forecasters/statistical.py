"""One series at a time, through statsforecast."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from forecasting.adjustment import LONG, indices
from forecasting.contract import LEVELS, Forecast, Forecaster, Future, check, fallback, made, register
from forecasting.series import Series

_ALPHAS = np.array([0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
LEAST = 4
"""Periods below which there is nothing to fit."""

ADJUSTED: dict[str, Callable[[Any], Any]] = {
    "ets.adjusted": lambda m: m.AutoETS(season_length=1, model="ZZN"),
    "ets.damped": lambda m: m.AutoETS(season_length=1, model="AAN", damped=True),
    "ces.adjusted": lambda m: m.AutoCES(season_length=1),
}
"""As :data:`MODELS`, of the seasonally adjusted history: a tenth of the time of models that fit a season themselves, and on
the validation part of M3 no worse."""

MODELS: dict[str, Callable[[Any, int], Any]] = {
    "naive.seasonal": lambda m, season: m.SeasonalNaive(season_length=season),
    "ets.auto": lambda m, season: m.AutoETS(season_length=season),
    "theta.optimised": lambda m, season: m.OptimizedTheta(season_length=season),
    "theta.dynamic": lambda m, season: m.DynamicOptimizedTheta(season_length=season),
    "theta.standard": lambda m, season: m.Theta(season_length=season),
    "ces.auto": lambda m, season: m.AutoCES(season_length=season),
    "arima.auto": lambda m, season: m.AutoARIMA(season_length=season),
    "croston.classic": lambda m, season: m.CrostonClassic(),
    "croston.sba": lambda m, season: m.CrostonSBA(),
    "croston.optimised": lambda m, season: m.CrostonOptimized(),
    "tsb.standard": lambda m, season: m.TSB(alpha_d=0.1, alpha_p=0.1),
    "adida.standard": lambda m, season: m.ADIDA(),
    "imapa.standard": lambda m, season: m.IMAPA(),
}
"""Of statsforecast.models, by tag; season: periods of one."""


def point(tag: str, series: Series, horizon: int) -> NDArray[np.float64]:
    """(horizon,) the mean of one model. Raises whatever the model raises on a series that it cannot do."""
    import statsforecast.models as models

    history = series.quantity
    if len(history) < LEAST:
        raise ValueError(f"only {len(history)} periods")
    if (history == history[0]).all():
        return np.full(horizon, history[0])
    history = np.ascontiguousarray(history, np.float64)
    season = series.season if len(history) >= 2 * series.season + 1 else 1
    long = season > 24 or (tag.startswith("theta") and len(history) > LONG * season)
    if tag == "theta.quick" or tag in ADJUSTED or (long and tag != "naive.seasonal"):
        mean = _adjusted(tag, history, horizon, season)
    else:
        with np.errstate(all="ignore"):
            mean = np.asarray(MODELS[tag](models, season).forecast(y=history, h=horizon)["mean"], np.float64)
    if not np.isfinite(mean).all():
        raise ValueError("the model gave no number")
    # what no history says: an explosion, which optimisers at the edge of what is stable now and then give
    reach = 10 * max(float(np.abs(history).max()), 1e-9)
    return np.clip(mean, -reach, reach)


def _adjusted(tag: str, history: NDArray[np.float64], horizon: int, season: int) -> NDArray[np.float64]:
    """The season is taken out, and put back in; long seasons are for most models too long to fit."""
    import statsforecast.models as models

    factors = indices(history, season)
    place = np.arange(len(history) + horizon) % season
    level = history if factors is None else history / factors[place[: len(history)]]
    if tag == "theta.quick":
        mean = quick_theta(level, horizon)
    else:
        made = ADJUSTED[tag](models) if tag in ADJUSTED else MODELS[tag](models, 1)
        with np.errstate(all="ignore"):
            mean = np.asarray(made.forecast(y=level, h=horizon)["mean"], np.float64)
    return mean if factors is None else mean * factors[place[len(history) :]]


def quick_theta(level: NDArray[np.float64], horizon: int) -> NDArray[np.float64]:
    """Simple exponential smoothing with half the trend, its parameter the best of a few: Theta as Hyndman and Billah,
    "Unmasking the Theta method" (IJF 2003), write it."""
    n = len(level)
    smoothed, errors = np.full(len(_ALPHAS), level[0]), np.zeros(len(_ALPHAS))
    for value in level[1:]:
        miss = value - smoothed
        errors += miss * miss
        smoothed = smoothed + _ALPHAS * miss
    best = int(errors.argmin())
    alpha = _ALPHAS[best]
    when = np.arange(n) - (n - 1) / 2
    drift = float(when @ level / (when @ when)) / 2
    return np.asarray(smoothed[best] + drift * (np.arange(horizon) + (1 - (1 - alpha) ** n) / alpha))


class Statistical(Forecaster):
    """A model alone. Its quantiles are those of its errors one season back, by step, from one refit without the last
    periods; wider with the root of the steps beyond them."""

    def predict(
        self, series: Sequence[Series], horizon: int, levels: Sequence[float] = LEVELS, future: Future | None = None
    ) -> list[Forecast]:
        asked = check(horizon, levels)
        return [self._one(one, horizon, asked) for one in series]

    def _one(self, series: Series, horizon: int, levels: tuple[float, ...]) -> Forecast:
        try:
            mean = point(self.tag, series, horizon)
        except Exception as error:  # the models raise what they like
            return fallback(series, horizon, levels, f"{self.tag}: {error or type(error).__name__}")
        changes = np.diff(series.quantity)
        season = series.season if len(series) > 2 * series.season else 1
        if season > 1:
            changes = series.quantity[season:] - series.quantity[:-season]
        spread = np.quantile(changes - changes.mean(), levels) if len(changes) > 1 else np.zeros(len(levels))
        widened = np.sqrt(1 + np.arange(horizon) / season)
        return made(series, self.tag, mean, mean[:, None] + 0.7 * widened[:, None] * spread, levels)


for _tag in ("theta.quick", *ADJUSTED, *MODELS):
    register(_tag)(type(f"Statistical_{_tag.replace('.', '_')}", (Statistical,), {"__doc__": Statistical.__doc__}))
