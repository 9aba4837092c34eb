"""Forecasts against published competitors and statsforecast's own: M3, car parts, Australian retail."""

import csv
import gzip
import sys
import time
from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.forecast_net import net_figures
from bench.forecast_retail import retail_figures
from bench.forecast_sample import load_figures, sample_figures
from bench.forecast_scores import pinball, rmsse
from bench.report import Figure, Report
from core import Settings
from core.errors import BadRequest
from forecasting.contract import Forecast, Forecaster, forecaster
from forecasting.forecasters.ensemble import Ensemble
from forecasting.forecasters.statistical import point
from forecasting.series import Frequency, Series

PARTS = ("m3", "carparts", "retail", "sample", "net", "speed", "load")
LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.975)
PERIODS: dict[str, Frequency] = {"YEARLY": "year", "QUARTERLY": "quarter", "MONTHLY": "month", "OTHER": "year"}
PEER = ("ets.auto", "theta.optimised", "ces.auto", "theta.dynamic")
RARE_PEERS = ("croston.classic", "croston.sba", "tsb.standard", "imapa.standard")


def run(data: Path, settings: Settings, *, only: str = ",".join(PARTS), peer: bool = True) -> Report:
    """only: parts, separated by commas. peer: whether statsforecast's own median ensemble runs beside ours on M3."""
    parts = only.split(",")
    if unknown := set(parts) - set(PARTS):
        raise BadRequest(f"There is no part {sorted(unknown)[0]!r}.", remedy=f"There are: {', '.join(PARTS)}.")
    figures: list[Figure] = []
    if "m3" in parts:
        figures += _m3(data / "m3", peer)
    if "carparts" in parts:
        figures += _carparts(data / "carparts")
    if "retail" in parts:
        figures += retail_figures(data / "aus-retail")
    if "sample" in parts:
        figures += sample_figures(300, 7)
    if "net" in parts:
        figures += net_figures(300, 7)
    if "load" in parts:
        figures += load_figures()
    if "speed" in parts:
        figures += _speed(data / "m3")
    return Report(
        bench="forecast", data="m3, carparts, aus-retail", split="test parts as given; the last 12 and 24 months", seed=0, cores=1, figures=tuple(figures)
    )  # fmt: skip


# M3


def m3(folder: Path) -> tuple[list[Series], list[NDArray[np.float64]], list[str]]:
    """Training series, test parts and periods' names. OTHER has no season and is told as years."""
    with (folder / "m3_odd_meta.csv").open() as file:
        about = {row["series"]: row for row in csv.DictReader(file)}
    values: dict[str, dict[str, list[float]]] = defaultdict(lambda: {"train": [], "test": []})
    with gzip.open(folder / "m3_odd.csv.gz", "rt") as file:
        for row in csv.DictReader(file):
            values[row["series"]][row["split"]].append(float(row["value"]))
    names = list(about)
    series = [
        Series(id=one, start=date(1950, 1, 1), frequency=PERIODS[about[one]["period"]], quantity=np.array(values[one]["train"]))
        for one in names
    ]  # fmt: skip
    return series, [np.array(values[one]["test"]) for one in names], [about[one]["period"] for one in names]


def predicted(model: Forecaster, series: Sequence[Series], actual: Sequence[NDArray[np.float64]], kinds: Sequence[str]) -> list[Forecast]:  # fmt: skip
    """Fitted and asked kind by kind, as a shop has series of one frequency and one horizon."""
    found: list[Forecast | None] = [None] * len(series)
    for kind in dict.fromkeys(kinds):
        places = [place for place, one in enumerate(kinds) if one == kind]
        horizon = len(actual[places[0]])
        if isinstance(model, Ensemble):
            model.horizon = horizon
        own = [series[place] for place in places]
        for place, told in zip(places, model.fit(own).predict(own, horizon, LEVELS), strict=True):
            found[place] = told
    return [one for one in found if one is not None]


def smape(actual: NDArray[np.float64], told: NDArray[np.float64]) -> float:
    """Percent, 0 to 200; Makridakis and Hibon, IJF 2000."""
    return float(np.mean(200 * np.abs(actual - told) / (np.abs(actual) + np.abs(told))))


def _m3(folder: Path, peer: bool) -> list[Figure]:
    series, actual, kinds = m3(folder)
    with (folder / "m3_odd_published_methods_smape.csv").open() as file:
        published = {row["method"]: float(row["ALL"]) for row in csv.DictReader(file)}
    found: dict[str, float] = {}
    figures: list[Figure] = []
    for label, tag in (("default ensemble", "ensemble.weighed"), ("fast tier", "ensemble.quick")):
        print(f"m3: {label}", file=sys.stderr)
        told = predicted(forecaster(tag)(), series, actual, kinds)
        errors = [smape(a, f.mean) for a, f in zip(actual, told, strict=True)]
        found[label] = float(np.mean(errors))
        if label == "default ensemble":
            figures.append(Figure("m3: default ensemble, mean sMAPE", found[label], "%", bar=12.70, better="lower", peer=published["THETA"], note="peer: Theta, the winner of M3"))  # fmt: skip
            for kind in PERIODS:
                own = [error for error, one in zip(errors, kinds, strict=True) if one == kind]
                figures.append(Figure(f"m3: {kind.lower()}", float(np.mean(own)), "%", better="lower"))
            figures += coverages("m3", actual, told)
        else:
            figures.append(Figure("m3: fast tier, mean sMAPE", found[label], "%", bar=1.03 * found["default ensemble"], better="lower", note="bar: within 3 % of the default"))  # fmt: skip
    if peer:
        print("m3: statsforecast's median ensemble", file=sys.stderr)
        errors = [smape(a, _median(one, len(a))) for one, a in zip(series, actual, strict=True)]
        figures.append(Figure("m3: statsforecast, median of AutoETS, CES and two Thetas", float(np.mean(errors)), "%", better="lower"))  # fmt: skip
    return figures


def _median(series: Series, horizon: int) -> NDArray[np.float64]:
    told = []
    for tag in PEER:
        try:
            told.append(point(tag, series, horizon))
        except Exception:  # a peer that cannot do a series leaves it to the others
            continue
    return np.asarray(np.median(told, axis=0)) if told else np.full(horizon, series.quantity[-1])


def coverages(name: str, actual: Sequence[NDArray[np.float64]], told: Sequence[Forecast], counts: bool = False) -> list[Figure]:  # fmt: skip
    """Share of actual values inside central intervals; of counts, whose lower end is mostly 0, at or below the quantile."""
    figures = []
    for share in (50, 80, 95):
        inside = []
        for values, one in zip(actual, told, strict=True):
            low, high = one.at(0.5 - share / 200), one.at(0.5 + share / 200)
            if counts:
                low, high = np.zeros(len(values)), one.at(share / 100)
            inside.append((values >= low - 1e-9) & (values <= high + 1e-9))
        covered = 100 * float(np.mean(np.concatenate(inside)))
        figures.append(Figure(f"{name}: {share} % interval, distance of its coverage", abs(covered - share), "points", bar=3, better="lower", note=f"covers {covered:.1f} %"))  # fmt: skip
    return figures


# Car parts


def carparts(folder: Path, name: str = "carparts_wide.csv") -> list[Series]:
    with (folder / name).open() as file:
        rows = list(csv.reader(file))
    year, month = map(int, rows[1][0].split("-"))
    table = np.array([[float(cell) if cell not in ("", "NA") else np.nan for cell in row[1:]] for row in rows[1:]])
    return [
        Series(id=one, start=date(year, month, 1), frequency="month", quantity=table[:, at])
        for at, one in enumerate(rows[0][1:])
        if np.isfinite(table[:, at]).all()
    ]


def _carparts(folder: Path) -> list[Figure]:
    whole = carparts(folder)
    series, actual = [one.head(len(one) - 12) for one in whole], [one.quantity[-12:] for one in whole]
    scales = np.array([np.sqrt(np.mean(np.diff(one.quantity) ** 2)) for one in series])
    kept = scales > 0
    print("carparts: default", file=sys.stderr)
    model = forecaster("ensemble.weighed")().fit(series)
    told = model.predict(series, 12, LEVELS)
    error = rmsse([one.mean for one in told], actual, scales, kept)
    loss = pinball([one.quantiles for one in told], actual, scales, kept, LEVELS)
    peers: dict[str, tuple[float, float]] = {}
    for tag in RARE_PEERS:
        print(f"carparts: {tag}", file=sys.stderr)
        own = forecaster(tag)().predict(series, 12, LEVELS)
        around = [_poisson(float(one.mean[0]), LEVELS) for one in own]
        peers[tag] = (
            rmsse([one.mean for one in own], actual, scales, kept),
            pinball(around, actual, scales, kept, LEVELS),
        )
    best, least = min(one for one, _ in peers.values()), min(one for _, one in peers.values())
    return [
        Figure("carparts: RMSSE", error, bar=best, better="lower", peer=best, note="peer: the best of Croston, SBA, TSB, IMAPA"),
        Figure("carparts: mean pinball loss over scale", loss, bar=least, better="lower", peer=least, note="peers with the Poisson distribution around their means"),
        *(Figure(f"carparts: {tag}, RMSSE", value, better="lower") for tag, (value, _) in peers.items()),
        Figure("carparts: bias", float(np.mean([np.mean(f.mean - a) for f, a in zip(told, actual, strict=True)])), "pieces a month", better="lower"),
        *coverages("carparts", actual, told, counts=True),
    ]  # fmt: skip


def _poisson(mean: float, levels: Sequence[float]) -> NDArray[np.float64]:
    from scipy.stats import poisson

    return np.tile(poisson.ppf(levels, max(mean, 1e-9)), (12, 1))


# Speed


def _speed(folder: Path) -> list[Figure]:
    """Monthly series of M3, one process, one thread; training of weights and intervals included."""
    series, _, kinds = m3(folder)
    monthly = [one for one, kind in zip(series, kinds, strict=True) if kind == "MONTHLY"]
    figures: list[Figure] = []
    for label, tag, bar in (("default ensemble", "ensemble.weighed", 25), ("fast tier", "ensemble.quick", 300)):
        model: Any = forecaster(tag)(horizon=18)  # type: ignore[call-arg]
        model.predict(monthly[:3], 18, LEVELS)
        began = time.perf_counter()
        model.fit(monthly).predict(monthly, 18, LEVELS)
        figures.append(
            Figure(f"speed: {label}, monthly series", len(monthly) / (time.perf_counter() - began), "/s", bar=bar)
        )
    few = monthly[::10]
    _median(few[0], 18)
    began = time.perf_counter()
    for one in few:
        _median(one, 18)
    figures.append(Figure("speed: statsforecast's four members", len(few) / (time.perf_counter() - began), "/s", note="peer, points alone"))  # fmt: skip
    return figures
