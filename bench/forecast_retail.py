"""Australian retail turnover: forecasts of 148 series, their states, industries and total, made to add up."""

import gzip
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from bench.report import Figure
from forecasting.contract import LEVELS, Forecast, forecaster
from forecasting.hierarchy import Hierarchy, reconcile, seasonal_errors
from forecasting.series import Series

HORIZON = 24


def retail(folder: Path) -> tuple[Hierarchy, list[Series]]:
    """The hierarchy and a series for each node, over the months that all have; without the 4 that ended years before the rest."""
    with gzip.open(folder / "aus_retail.csv.gz") as file:
        table = pl.read_csv(file.read()).with_columns((pl.col("Month") + "-01").str.to_date().alias("Month"))
    last = pl.col("Month").max().over("Series ID")
    table = table.filter(last == pl.col("Month").max())
    wide = table.pivot(on="Series ID", index="Month", values="Turnover").sort("Month").drop_nulls()
    about = table.unique("Series ID", keep="first", maintain_order=True)
    names = about["Series ID"].to_list()
    groups = [{"state": row["State"], "industry": row["Industry"]} for row in about.iter_rows(named=True)]
    hierarchy = Hierarchy.of(groups, names)
    start = wide["Month"][0]
    bottom = [Series(id=one, start=start, frequency="month", quantity=wide[one].to_numpy().astype(float)) for one in names]  # fmt: skip
    return hierarchy, hierarchy.aggregate(bottom)


def retail_figures(folder: Path) -> list[Figure]:
    """The last 24 months, as a test part that nothing was chosen on."""
    hierarchy, nodes = retail(folder)
    history, actual = [one.head(len(one) - HORIZON) for one in nodes], [one.quantity[-HORIZON:] for one in nodes]
    scales = np.array([np.mean(np.abs(one.quantity[12:] - one.quantity[:-12])) for one in history])
    print(f"aus-retail: {len(nodes)} nodes of {len(history[0])} months", file=sys.stderr)
    base = forecaster("ensemble.weighed")(horizon=HORIZON).fit(history).predict(history, HORIZON, LEVELS)  # type: ignore[call-arg]
    told = reconcile(hierarchy, base, seasonal_errors(history))
    print("aus-retail: AutoETS", file=sys.stderr)
    peer = forecaster("ets.auto")().predict(history, HORIZON, LEVELS)
    levels = np.array(hierarchy.levels)
    before, after, theirs = (_mase(one, actual, scales) for one in (base, told, peer))
    figures = [
        Figure(f"aus-retail: {level}, reconciled MASE", float(after[levels == level].mean()), bar=float(before[levels == level].mean()), better="lower", peer=float(theirs[levels == level].mean()), note="bar: before; peer: AutoETS")
        for level in dict.fromkeys(hierarchy.levels)
    ]  # fmt: skip
    figures.append(Figure("aus-retail: all nodes, MASE", float(after.mean()), bar=float(theirs.mean()), better="lower", peer=float(theirs.mean()), note="peer: AutoETS"))  # fmt: skip
    for share in (50, 80, 95):
        inside = [(a >= f.at(0.5 - share / 200)) & (a <= f.at(0.5 + share / 200)) for a, f in zip(actual, told, strict=True)]  # fmt: skip
        covered = 100 * float(np.mean(inside))
        figures.append(Figure(f"aus-retail: {share} % interval, distance of its coverage", abs(covered - share), "points", bar=3, better="lower", note=f"covers {covered:.1f} %"))  # fmt: skip
    return figures


def _mase(told: Sequence[Forecast], actual: Sequence[NDArray[np.float64]], scales: NDArray[np.float64]) -> NDArray[np.float64]:  # fmt: skip
    errors = np.array([np.mean(np.abs(a - f.mean)) for a, f in zip(actual, told, strict=True)])
    return np.asarray(errors / scales)
