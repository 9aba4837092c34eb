"""Orders tried on demand that was: car parts, and the sample's sales, of which everything is known."""

import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.forecast import LEVELS, carparts
from bench.report import Figure, Report
from core import Settings
from forecasting.cleaning import clean
from forecasting.contract import forecaster
from forecasting.replenishment.demand import Outlook
from forecasting.replenishment.policies import Item, policy
from forecasting.replenishment.simulation import Outcome, simulate
from sample import generate, sell

SEED = 7
OURS = "RS"


def run(data: Path, settings: Settings, *, products: int = 120, parts: int = 600) -> Report:
    """Each policy orders by the same forecasts, made before the simulated time began."""
    figures: list[Figure] = []
    if (data / "carparts").is_dir():
        figures += _carparts(data / "carparts", parts)
    figures += _sample(products)
    return Report(
        bench="replenish", data="carparts, and the sample's sales", split="the last 12 months; the last 84 days", seed=SEED,
        cores=1, figures=tuple(figures),
    )  # fmt: skip


def _carparts(folder: Path, count: int) -> list[Figure]:
    """Monthly, lead time two months give or take half of one, lost sales; a piece costs 1, a month's holding 2 %, a missed
    one 1."""
    whole = carparts(folder)
    whole = whole[:: max(1, len(whole) // count)][:count]
    print("carparts: forecasts", file=sys.stderr)
    heads = [one.head(len(one) - 12) for one in whole]
    told = forecaster("ensemble.weighed")().fit(heads).predict(heads, 12, LEVELS)
    rng = np.random.default_rng(SEED)
    times = [rng.choice((1, 2, 2, 3), 40) for _ in whole]
    found: dict[str, list[Outcome]] = {"baseline": [], OURS: []}
    for one, forecast, lead in zip(whole, told, times, strict=True):
        outlook = Outlook(forecast.mean, forecast.quantiles, forecast.levels)

        def item(period: int, here: float, ordered: float, owed: float, *, seen: Outlook = outlook) -> Item:
            return Item(
                sku="", outlook=seen, on_hand=here, on_order=ordered, backlog=owed, lead_time=(2.0, 0.7), review=1, cost=1.0,
                holding=0.02, short=1.0,
            )  # fmt: skip

        start = float(np.ceil(3 * forecast.mean[0]))
        for tag, outcomes in found.items():
            order = _ordering(tag)
            outcomes.append(simulate(one.quantity[-12:], item, order, start=start, lead_time=lead))
    return _compared("carparts", found)


def _sample(count: int) -> list[Figure]:
    """Daily, ordered once a week, lead time seven days give or take two, lost sales; forecasts are not made anew meanwhile
    but shift with time. The optimum orders by the mean and dispersion that demand is drawn from."""
    days, ahead = 84, 112
    sales = sell(list(generate(count, SEED)), SEED, 730 + ahead - days)
    cut = sales.days - ahead
    cleaned = clean(sales.table().drop("page_views", "competitor_price"), outliers="off")
    by = {one.id: one for one in cleaned.series}
    heads = [by[one].head(cut) for one in sales.products]
    print("sample: forecasts", file=sys.stderr)
    future = {
        one: {"price": sales.price[n, cut:], "promotion": sales.promotion[n, cut:].astype(float), "display": sales.display[n, cut:].astype(float)}
        for n, one in enumerate(sales.products)
    }  # fmt: skip
    told = forecaster("boosting.global")(horizon=ahead, country="").fit(heads).predict(heads, ahead, LEVELS, future)  # type: ignore[call-arg]
    rng = np.random.default_rng(SEED)
    found: dict[str, list[Outcome]] = {"baseline": [], OURS: [], "optimum": []}
    for n, forecast in enumerate(told):
        thought = Outlook(forecast.mean, forecast.quantiles, forecast.levels)
        true = _truth(sales.truth.expected[n, cut:], float(sales.truth.dispersion[n]))
        lead = rng.choice((5, 6, 7, 7, 8, 9), 40)
        cost, price = float(sales.cost[n]), float(sales.reference[n])
        start = float(np.ceil(thought.mean[:14].sum()))
        for tag, outcomes in found.items():
            outlook = true if tag == "optimum" else thought

            def item(period: int, here: float, ordered: float, owed: float, *, seen: Outlook = outlook, each: float = cost, at: float = price) -> Item:  # fmt: skip
                rest = Outlook(seen.mean[period:], seen.quantiles[period:], seen.levels)
                return Item(
                    sku="", outlook=rest, on_hand=here, on_order=ordered, backlog=owed, lead_time=(7.0, 1.3), review=7,
                    cost=each, holding=0.002 * each, short=at - each,
                )  # fmt: skip

            order = _ordering(OURS if tag == "optimum" else tag)
            outcomes.append(
                simulate(
                    sales.truth.demand[n, cut : cut + days].astype(float), item, order, start=start, lead_time=lead
                )
            )
    ours, best = (sum(one.total for one in found[tag]) for tag in (OURS, "optimum"))
    optimum = Figure("sample: cost over that of who knows the demand process", 100 * (ours / best - 1), "%", bar=10, better="lower", note=_services(found))  # fmt: skip
    return [*_compared("sample", found), optimum]


def _ordering(tag: str) -> Callable[[Item], int]:
    chosen = policy(tag)
    return lambda item: chosen.propose(item).quantity


def _truth(mean: NDArray[np.float64], dispersion: float) -> Outlook:
    from scipy.stats import nbinom

    levels = np.array(LEVELS)
    quantiles = nbinom.ppf(levels[None], mean[:, None] / (dispersion - 1), 1 / dispersion)
    return Outlook(mean, np.asarray(quantiles, np.float64), LEVELS)


def _services(found: dict[str, list[Outcome]]) -> str:
    return ", ".join(
        f"{tag} serves {100 * np.mean([one.service for one in outcomes]):.1f} %" for tag, outcomes in found.items()
    )


def _compared(name: str, found: dict[str, list[Outcome]]) -> list[Figure]:
    total = {tag: sum(one.total for one in outcomes) for tag, outcomes in found.items()}
    service = {tag: float(np.mean([one.service for one in outcomes])) for tag, outcomes in found.items()}
    return [
        Figure(f"{name}: cost under the baseline's", 100 * (1 - total[OURS] / total["baseline"]), "%", bar=15, note=_services(found)),
        Figure(f"{name}: service over the baseline's", 100 * (service[OURS] - service["baseline"]), "points", bar=0),
        *(Figure(f"{name}: cost, {tag}", value, better="lower", note=", ".join(
            f"{part} {sum(getattr(one, part) for one in found[tag]):.0f}" for part in ("holding", "shortage", "ordering", "waste")))
          for tag, value in total.items()),
    ]  # fmt: skip
