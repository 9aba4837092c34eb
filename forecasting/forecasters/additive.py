"""Prophet, an extra: trend with changes, seasons by Fourier terms, each series by itself.

Taylor and Letham, "Forecasting at scale", The American Statistician 2018.
"""

import logging
from collections.abc import Sequence

import numpy as np

from core.errors import Unavailable
from forecasting.contract import LEVELS, Forecast, Forecaster, Future, check, fallback, made, register
from forecasting.plans import planned
from forecasting.series import Series, later

LEAST = 8
"""Periods of history below which there is nothing to fit."""

DRAWS = 400


@register("prophet.additive")
class Prophet(Forecaster):
    """Quantiles are of the model's own draws; price and promotion are regressors. Raises Unavailable without Prophet."""

    def predict(
        self, series: Sequence[Series], horizon: int, levels: Sequence[float] = LEVELS, future: Future | None = None
    ) -> list[Forecast]:
        asked = check(horizon, levels)
        logging.getLogger("prophet.plot").disabled = True  # it misses a library that only its plots need
        try:
            import prophet  # noqa: F401
        except ImportError as error:
            raise Unavailable("Prophet is not installed.", remedy="Run: pip install 'shopglass[prophet]'") from error
        return [self._one(one, horizon, asked, future) for one in series]

    def _one(self, series: Series, horizon: int, levels: tuple[float, ...], future: Future | None) -> Forecast:
        import pandas as pd
        from prophet import Prophet as Model

        if len(series) < LEAST or not series.quantity.any():
            return fallback(series, horizon, levels, "too little history for Prophet")
        names = [name for name, values in series.regressors.items() if np.ptp(values) > 0]
        try:
            plan = planned(series, list(series.regressors), horizon, future)
            n = len(series)
            dates = [later(series.start, series.frequency, at) for at in range(n + horizon)]
            table = pd.DataFrame({"ds": pd.to_datetime(dates), "y": [*series.quantity, *np.full(horizon, np.nan)]})
            model = Model(
                uncertainty_samples=DRAWS,
                yearly_seasonality=bool(n >= 2 * {"day": 365, "week": 52}.get(series.frequency, series.season))
                and series.frequency != "year",
                weekly_seasonality=series.frequency == "day" and n >= 14,
                daily_seasonality=False,
            )
            logging.getLogger("cmdstanpy").setLevel(logging.WARNING)
            for name in names:
                model.add_regressor(name)
                table[name] = np.concatenate([series.regressors[name], plan[name]])
            np.random.seed(7)  # Prophet draws from the global generator
            model.fit(table.head(n), seed=7)
            ahead = table.tail(horizon).drop(columns="y")
            drawn = model.predictive_samples(ahead)["yhat"]
            mean = model.predict(ahead)["yhat"].to_numpy()
        except (ValueError, RuntimeError) as error:
            return fallback(series, horizon, levels, f"Prophet: {str(error).splitlines()[0]}")
        return made(series, self.tag, mean, np.quantile(drawn, levels, axis=1).T, levels)
