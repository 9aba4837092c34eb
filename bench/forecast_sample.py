"""Forecasts of the sample's sales, of which everything is known."""

import sys
import time

import numpy as np
import psutil

from bench.report import Figure
from forecasting.cleaning import clean
from forecasting.contract import forecaster
from forecasting.effects import effects, uncensored
from forecasting.forecasters.boosting import what_if
from sample import generate, sell

HORIZON = 28
LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.975)


def sample_figures(products: int, seed: int) -> list[Figure]:
    """The last four weeks of two years, with prices, promotions and displays known ahead, as a shop plans them."""
    sales = sell(list(generate(products, seed)), seed)
    table = sales.table().drop("page_views", "competitor_price")
    cleaned = clean(table, outliers="off")
    whole = {one.id: one for one in cleaned.series}
    cut = sales.days - HORIZON
    series = [whole[one].head(cut) for one in sales.products]
    future = {
        one: {"price": sales.price[n, cut:], "promotion": sales.promotion[n, cut:].astype(float), "display": sales.display[n, cut:].astype(float)}
        for n, one in enumerate(sales.products)
    }  # fmt: skip
    print("sample: boosting", file=sys.stderr)
    model = forecaster("boosting.global")(horizon=HORIZON, country="")  # type: ignore[call-arg]
    told = model.fit(series).predict(series, HORIZON, LEVELS, future)
    # what was wanted, sold or not: the generator knows it
    actual, truth = sales.truth.demand[:, cut:].astype(float), sales.truth.expected[:, cut:]
    scales = np.sqrt(np.mean(np.diff(sales.truth.demand[:, :cut].astype(float), axis=1) ** 2, axis=1))
    mean = np.stack([one.mean for one in told])
    error, least = (float(np.mean(np.sqrt(np.mean((actual - one) ** 2, axis=1)) / scales)) for one in (mean, truth))
    figures = [
        Figure("sample: RMSSE", error, bar=1.10 * least, better="lower", peer=least, note="peer: the generator's own expectation"),
    ]  # fmt: skip
    for share in (50, 80, 95):
        high = np.stack([one.at(0.5 + share / 200) for one in told])
        low = np.stack([one.at(0.5 - share / 200) for one in told])
        low, high = np.where(low > 0, low, 0), np.where(low > 0, high, np.stack([one.at(share / 100) for one in told]))
        covered = 100 * float(np.mean((actual >= low) & (actual <= high)))
        figures.append(Figure(f"sample: {share} % interval, distance of its coverage", abs(covered - share), "points", bar=3, better="lower", note=f"covers {covered:.1f} %"))  # fmt: skip
    lower, promoted, wanted = [], [], []
    for n, one in enumerate(series):
        usual = float(np.median(sales.price[n, :cut]))
        flat = {"price": np.full(HORIZON, usual), "promotion": np.zeros(HORIZON)}
        base = model.predict([one], HORIZON, future={one.id: flat})[0].mean.sum()
        cheaper = what_if(model, one, HORIZON, {**flat, "price": np.full(HORIZON, 0.9 * usual)}).changed.sum()
        offered = what_if(model, one, HORIZON, {**flat, "promotion": np.ones(HORIZON)}).changed.sum()
        lower.append(cheaper / base)
        promoted.append(offered / base)
        wanted.append(base)
    weight = np.array(wanted) / np.sum(wanted)
    for name, found, true in (
        ("a price 10 % lower", np.array(lower), 0.9**sales.truth.elasticity),
        ("a promotion", np.array(promoted), sales.truth.uplift),
    ):
        mine, theirs = float(weight @ (found - 1)), float(weight @ (true - 1))
        figures.append(Figure(f"sample: effect of {name}, distance from the truth", 100 * abs(mine / theirs - 1), "%", bar=15, better="lower", note=f"{100 * mine:+.1f} % of demand, in truth {100 * theirs:+.1f} %"))  # fmt: skip
    out = sales.stock_out[:, :cut]
    known = effects(series, [np.zeros(cut)] * len(series))
    filled = sum(
        float(uncensored(one, own).quantity[out[n]].sum())
        for n, (one, own) in enumerate(zip(series, known, strict=True))
    )
    truly = sales.truth.demand[:, :cut][out].sum()
    figures.append(Figure("sample: demand during stock-outs, distance from the truth", 100 * abs(filled / truly - 1), "%", bar=15, better="lower", note=f"sold {sales.quantity[:, :cut][out].sum()}, thought {filled:.0f}, wanted {truly}"))  # fmt: skip
    return figures


def load_figures(count: int = 30_000, days: int = 730) -> list[Figure]:
    """Many daily series of made-up counts through the global model: seconds and memory, training and asking together."""
    from datetime import date

    from forecasting.series import Series

    rng = np.random.default_rng(7)
    week = np.tile((0.9, 0.8, 0.9, 1.0, 1.2, 1.4, 0.8), days // 7 + 1)[:days]
    rates = rng.lognormal(0.3, 1.0, count)
    series = []
    for n, rate in enumerate(rates):
        price = np.repeat(rng.choice((8.0, 9.0, 10.0), days // 30 + 1), 30)[:days]
        promotion = (rng.random(days) < 0.05).astype(np.float64)
        quantity = rng.poisson(rate * week * (price / 9) ** -1.5 * (1 + 0.5 * promotion)).astype(np.float64)
        series.append(Series(id=str(n), start=date(2024, 1, 1), frequency="day", quantity=quantity, regressors={"price": price, "promotion": promotion}, groups={"category": str(n % 20)}))  # fmt: skip
    process = psutil.Process()
    model = forecaster("boosting.global")(horizon=HORIZON)  # type: ignore[call-arg]
    began, most = time.perf_counter(), 0
    model.fit(series)
    most = max(most, process.memory_info().rss)
    for start in range(0, count, 5000):
        model.predict(series[start : start + 5000], HORIZON)
        most = max(most, process.memory_info().rss)
    took = time.perf_counter() - began
    return [
        Figure(
            f"load: {count:,} daily series × {days} days through boosting", took / 60, "min", bar=10, better="lower"
        ),
        Figure("load: memory", most / 2**30, "GiB", bar=6, better="lower"),
    ]
