"""Networks beside boosting and the season before, on the sample's sales, of which everything is known."""

import sys
import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.forecast_scores import pinball, rmsse
from bench.report import Figure
from forecasting.alike import Alike, with_alike
from forecasting.cleaning import clean
from forecasting.contract import Forecast, Forecaster, fallback, forecaster
from forecasting.forecasters.neural import Choices
from forecasting.series import Series
from sample import Sales, generate, sell

HORIZON = 28
LEVELS = (0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.8, 0.9, 0.95, 0.975)
Array = NDArray[np.float64]


def shop(products: int, seed: int) -> tuple[Sales, list[Series], dict[str, dict[str, Array]]]:
    """The sample's sales, all but the last four weeks of them as series, and what is planned for those."""
    sales = sell(list(generate(products, seed)), seed)
    cut = sales.days - HORIZON
    cleaned = {
        one.id: one for one in clean(sales.table().drop("page_views", "competitor_price"), outliers="off").series
    }
    future = {
        one: {"price": sales.price[n, cut:], "promotion": sales.promotion[n, cut:].astype(float), "display": sales.display[n, cut:].astype(float)}
        for n, one in enumerate(sales.products)
    }  # fmt: skip
    return sales, [cleaned[one].head(cut) for one in sales.products], future


def net_figures(products: int, seed: int) -> list[Figure]:
    """The last four weeks of two years; both kinds of network with their negative binomial, and the first with quantiles."""
    sales, series, future = shop(products, seed)
    cut = sales.days - HORIZON
    actual = list(sales.truth.demand[:, cut:].astype(float))
    before = sales.truth.demand[:, :cut].astype(float)
    scales = np.sqrt(np.mean(np.diff(before, axis=1) ** 2, axis=1))
    quantile: Any = forecaster("lstm.attention")
    models: dict[str, Forecaster] = {
        "naive.seasonal": forecaster("naive.seasonal")(),
        "boosting.global": forecaster("boosting.global")(horizon=HORIZON, country=""),  # type: ignore[call-arg]
        "lstm.attention": forecaster("lstm.attention")(horizon=HORIZON, country=""),  # type: ignore[call-arg]
        "lstm.transformer": forecaster("lstm.transformer")(horizon=HORIZON, country=""),  # type: ignore[call-arg]
        "lstm.attention, quantiles": quantile(horizon=HORIZON, country="", choices=Choices(head="quantile")),
    }
    figures, kept = [], scales > 0
    peer: tuple[float, float] | None = None
    for name, model in models.items():
        print(f"net: {name}", file=sys.stderr)
        began = time.perf_counter()
        told = model.fit(series).predict(series, HORIZON, LEVELS, future)
        took = time.perf_counter() - began
        error = rmsse([one.mean for one in told], actual, scales, kept)
        loss = pinball([one.quantiles for one in told], actual, scales, kept, LEVELS)
        if name == "boosting.global":
            peer = error, loss
        net = name.startswith("lstm")
        beside = "peer: boosting" if net else ""
        figures += [
            Figure(f"net: {name}, RMSSE", error, better="lower", peer=peer[0] if net and peer else None, note=beside),
            Figure(f"net: {name}, pinball loss over scale", loss, better="lower", peer=peer[1] if net and peer else None, note=beside),
            Figure(f"net: {name}, training and asking", took, "s", better="lower"),
            *_covered(name, actual, told),
        ]  # fmt: skip
    least = rmsse(list(sales.truth.expected[:, cut:]), actual, scales, kept)
    figures.append(Figure("net: the generator's own expectation, RMSSE", least, better="lower"))
    return figures + _young(series, future, np.stack(actual), scales)


def _young(series: Sequence[Series], future: dict[str, dict[str, Array]], actual: Array, scales: Array) -> list[Figure]:
    """Every fifth product with its last days only, by boosting, and with what it borrows from its category. What a product of
    the sample sells at its usual price is drawn by itself: of levels, those alike know nothing."""
    young = list(range(0, len(series), 5))
    figures = []
    for days in (0, 7, 28, 56):
        print(f"net: products of {days} days", file=sys.stderr)
        some = [one.tail(len(one) - days) if at % 5 == 0 else one for at, one in enumerate(series)]
        model = forecaster("boosting.global")(horizon=HORIZON, country="").fit(some)  # type: ignore[call-arg]
        there = [at for at, one in enumerate(some) if len(one)]
        told: list[Forecast] = [fallback(one, HORIZON, LEVELS, "it has no history") for one in some]
        for at, one in zip(there, model.predict([some[at] for at in there], HORIZON, LEVELS, future), strict=True):
            told[at] = one
        kin = {some[at].id: Alike(category=series[at].groups["category"]) for at in young}
        lent = with_alike(model, some, told, kin, HORIZON, LEVELS, future)
        (before, loss), (after, less) = (
            (
                rmsse([found[at].mean for at in young], list(actual[young]), scales[young], scales[young] > 0),
                pinball(
                    [found[at].quantiles for at in young], list(actual[young]), scales[young], scales[young] > 0, LEVELS
                ),
            )
            for found in (told, lent)
        )
        note = "peer: alone"
        figures += [
            Figure(f"net: products of {days} days that borrow, RMSSE", after, better="lower", peer=before, note=note),
            Figure(f"net: products of {days} days that borrow, pinball loss over scale", less, better="lower", peer=loss, note=note),
        ]  # fmt: skip
    return figures


def _covered(name: str, actual: Sequence[Array], told: Sequence[Forecast]) -> list[Figure]:
    """Central intervals; from 0 on where their lower end is 0, as for counts."""
    figures, wanted = [], np.stack(actual)
    for share in (50, 80, 95):
        low, high = (np.stack([one.at(0.5 + way * share / 200) for one in told]) for way in (-1, 1))
        low, high = np.where(low > 0, low, 0), np.where(low > 0, high, np.stack([one.at(share / 100) for one in told]))
        covered = 100 * float(np.mean((wanted >= low) & (wanted <= high)))
        figures.append(Figure(f"net: {name}, {share} % interval covers", covered, "%", note=f"{covered - share:+.1f} points"))  # fmt: skip
    return figures
