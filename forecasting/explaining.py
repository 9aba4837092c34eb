"""A forecast told in parts, in units, and what another price or promotion would do."""

from datetime import date

import msgspec
import numpy as np
from numpy.typing import NDArray

from forecasting.contract import Forecast
from forecasting.effects import Effects
from forecasting.series import Series, later


class Point(msgspec.Struct, frozen=True):
    """One period to come. quantiles: by level as text, such as "0.9"; parts: in pieces, their sum is the mean."""

    date: date
    mean: float
    quantiles: dict[str, float]
    parts: dict[str, float]


class Told(msgspec.Struct, frozen=True):
    """A forecast as it is served. history: the latest periods; elasticity: of demand to its price, with standard error, where
    prices moved; fallback: why another model than the one asked for spoke."""

    sku: str
    model: str
    frequency: str
    history: tuple[tuple[date, float], ...]
    points: tuple[Point, ...]
    elasticity: tuple[float, float] | None
    promotion: tuple[float, float] | None
    fallback: str


def told(series: Series, forecast: Forecast, known: Effects | None, future: dict[str, NDArray[np.float64]], shown: int = 90) -> Told:  # fmt: skip
    """Parts: ``level``, the mean of the last season's periods; ``season``, what the periods to come are more or less than that
    at the usual price; ``price``, ``promotion`` and ``display``, what is planned of them."""
    horizon, n = len(forecast.mean), len(series)
    level = float(series.quantity[-max(series.season, min(28, n)) :].mean()) if n else 0.0
    factors: dict[str, NDArray[np.float64]] = {}
    if known is not None:
        for name in known.values:
            if name in future:
                alone = msgspec.structs.replace(known, values={name: known.values[name]})
                factors[name] = alone.factor(future, horizon)
    total = np.prod(list(factors.values()), axis=0) if factors else np.ones(horizon)
    bare = forecast.mean / total
    parts: dict[str, NDArray[np.float64]] = {"level": np.full(horizon, level), "season": bare - level}
    before = bare
    for name, factor in factors.items():  # one after the other: their product is shared out in this order
        parts[name] = before * (factor - 1)
        before = before * factor
    points = tuple(
        Point(
            later(series.start, series.frequency, n + step),
            round(float(forecast.mean[step]), 4),
            {f"{one:g}": round(float(q), 4) for one, q in zip(forecast.levels, forecast.quantiles[step], strict=True)},
            {name: round(float(values[step]), 4) for name, values in parts.items()},
        )
        for step in range(horizon)
    )
    history = tuple(
        (series.date(period), round(float(series.quantity[period]), 4)) for period in range(max(0, n - shown), n)
    )

    def effect(name: str) -> tuple[float, float] | None:
        if known is None or name not in known.values:
            return None
        return round(known.values[name], 4), round(known.errors[name], 4)

    return Told(series.id, forecast.model, series.frequency, history, points, effect("price"), effect("promotion"), forecast.fallback)  # fmt: skip
