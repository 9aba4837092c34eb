"""What price, promotion and display do to demand, apart from season: by series, and drawn towards its group.

A Poisson regression with a log link (McCullagh and Nelder, *Generalized Linear Models*, 1989) of each series on trend, year,
weekday, holidays, log price, promotion and display, days of stock-outs left out; the effects of a series are then shrunk
towards the mean of its group by the variances of both (empirical Bayes: Efron and Morris, JASA 1975). Because season
and price stand side by side in it, a price that follows the season does not hide its own effect.
"""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from forecasting.series import Series

NAMES = ("price", "promotion", "display")
_YEAR = {"day": 365.25, "week": 52.18, "month": 12.0, "quarter": 4.0, "year": 1.0}
_RIDGE = 1e-3
_BOUNDS = {"price": (-6.0, 0.5), "promotion": (-1.0, 2.0), "display": (-1.0, 2.0)}
_STEPS = 12
_LEAST = 20.0
"""Pieces that a series must have sold to say anything by itself."""

Array = NDArray[np.float64]


class Effects(msgspec.Struct, frozen=True):
    """By name: a factor's exponent (price) or the log of its factor (promotion, display); error: standard error of each.

    usual: the price that effects are told against; seasonal: (periods,) the regression's mean without effects; spread: variance
    over mean around it.
    """

    values: dict[str, float]
    errors: dict[str, float]
    usual: float
    seasonal: Array
    spread: float

    def factor(self, regressors: dict[str, Array], periods: int) -> Array:
        """(periods,) by which demand is more or less than at the usual price with nothing on."""
        total = np.zeros(periods)
        for name, value in self.values.items():
            if name in regressors:
                total += value * _column(name, regressors[name][:periods], self.usual)
        return np.asarray(np.exp(np.clip(total, -3, 3)))


def effects(series: Sequence[Series], holidays: Sequence[Array]) -> list[Effects]:
    """Of every series, by its group (its category, where it has one). holidays: (n,) by series, 0 or 1."""
    alone = [_regressed(one, days) for one, days in zip(series, holidays, strict=True)]
    found = [dict(one.values) for one in alone]
    errors = [dict(one.errors) for one in alone]
    groups = [one.groups.get("category", "") for one in series]
    for name in NAMES:
        for group in set(groups):
            told = [n for n, one in enumerate(alone) if groups[n] == group and name in one.values]
            if not told:
                continue
            values, variances = (
                np.array([getattr(alone[n], kind)[name] for n in told]) for kind in ("values", "errors")
            )
            variances = variances**2
            weights = 1 / (variances + _between(values, variances))
            mean, between = float(weights @ values / weights.sum()), _between(values, variances)
            share = between / (between + variances)
            for place, n in enumerate(told):
                found[n][name] = float(share[place] * values[place] + (1 - share[place]) * mean)
                errors[n][name] = float(np.sqrt(share[place] * variances[place] + 1 / weights.sum()))
    return [
        msgspec.structs.replace(one, values=own, errors=err) for one, own, err in zip(alone, found, errors, strict=True)
    ]


def uncensored(series: Series, known: Effects) -> Series:
    """The series with what was probably wanted on days of stock-outs: the mean of what is above what was sold, by the negative
    binomial distribution around the regression."""
    if series.stock_out is None or not series.stock_out.any():
        return series
    from scipy.stats import nbinom

    out = np.flatnonzero(series.stock_out)
    mean = np.maximum((known.seasonal * known.factor(series.regressors, len(series)))[out], 1e-3)
    sold = (series.quantity if series.sold is None else series.sold)[out]
    p = 1 / max(known.spread, 1.01)
    size = mean * p / (1 - p)
    # E[D | D > s] = (mean - sum over d <= s of d P(d)) / P(D > s), and the sum is mean * P'(D <= s - 1) of size + 1
    above = nbinom.sf(sold, size, p)
    told = mean * nbinom.sf(sold - 1, size + 1, p) / np.maximum(above, 1e-9)
    quantity = series.quantity.copy()
    quantity[out] = np.maximum(sold, np.where(above > 1e-6, np.minimum(told, sold + 10 * mean + 10), sold + 1))
    return msgspec.structs.replace(series, quantity=quantity)


def _regressed(series: Series, holidays: Array) -> Effects:
    n = len(series)
    price = series.regressors.get("price")
    usual = float(np.median(price)) if price is not None and (price > 0).all() else 0.0
    named = [one for one in NAMES if one in series.regressors and (one != "price" or usual > 0)]
    columns = [_column(one, series.regressors[one], usual) for one in named]
    moved = [column.std() > 1e-6 for column in columns]
    named = [one for one, moves in zip(named, moved, strict=True) if moves]
    when = np.arange(n)
    turn = 2 * np.pi * when / _YEAR[series.frequency]
    calendar = [np.ones(n), when / max(n, 1) - 0.5]
    if n >= _YEAR[series.frequency]:
        calendar += [np.sin(turn), np.cos(turn), np.sin(2 * turn), np.cos(2 * turn)]
    if series.frequency == "day":
        weekday = (series.start.weekday() + when) % 7
        calendar += [(weekday == one).astype(np.float64) for one in range(1, 7)]
        calendar += [holidays] if holidays.any() else []
    table = np.stack([column for column, moves in zip(columns, moved, strict=True) if moves] + calendar, axis=1)
    kept = np.ones(n, bool) if series.stock_out is None else ~series.stock_out
    sold = series.quantity
    plain = float(sold[kept].mean()) if kept.any() else 0.0
    if plain * kept.sum() < _LEAST or n < 2 * table.shape[1]:
        return Effects({}, {}, usual, np.full(n, plain), 1.5)
    beta = np.asarray(np.zeros(table.shape[1]), np.float64)
    beta[len(named)] = np.log(plain)
    ridge = np.full(table.shape[1], _RIDGE)
    for _ in range(_STEPS):
        linear = np.clip(table @ beta, -12, 12)
        mean = np.exp(linear)
        weight = np.where(kept, mean, 0.0)
        working = linear + (sold - mean) / mean
        information = (table.T * weight) @ table + np.diag(ridge)
        new = np.linalg.solve(information, table.T @ (weight * working))
        step = float(np.abs(new - beta).max())
        beta = np.asarray(new, np.float64)
        if step < 1e-6:
            break
    mean = np.exp(np.clip(table @ beta, -12, 12))
    spread = max(1.01, float(np.sum((sold - mean)[kept] ** 2 / mean[kept]) / max(1, kept.sum() - table.shape[1])))
    variance = np.diag(np.linalg.inv(information)) * spread
    values = {one: float(np.clip(beta[place], *_BOUNDS[one])) for place, one in enumerate(named)}
    errors = {one: float(np.sqrt(variance[place])) for place, one in enumerate(named)}
    seasonal = np.exp(np.clip(table[:, len(named) :] @ beta[len(named) :], -12, 12))
    return Effects(values, errors, usual, seasonal, spread)


def _column(name: str, told: Array, usual: float) -> Array:
    return np.log(np.maximum(told, 1e-6) / usual) if name == "price" else told


def _between(values: Array, variances: Array) -> float:
    """Variance between members of a group, by moments: DerSimonian and Laird, Controlled Clinical Trials 1986."""
    weights = 1 / np.maximum(variances, 1e-9)
    mean = weights @ values / weights.sum()
    excess = weights @ (values - mean) ** 2 - (len(values) - 1)
    scale = weights.sum() - weights @ weights / weights.sum()
    return float(max(1e-4, excess / scale)) if scale > 0 else 1e-4
