"""Orders tried on demand that was: car parts, and the sample's sales, of which everything is known."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bench.forecast import LEVELS, carparts
from bench.replenish_sites import federated_figures, network_figures
from bench.report import Figure, Report
from core import Settings
from core.errors import BadRequest
from forecasting.cleaning import clean
from forecasting.contract import forecaster
from forecasting.replenishment.demand import Outlook, alike_of
from forecasting.replenishment.policies import Item, policy
from forecasting.replenishment.simulation import Outcome, simulate
from forecasting.series import Series
from sample import Sales, generate, sell

PARTS = ("carparts", "sample", "network", "federated")
SEED = 7
OURS = "RS"
DAYS, BEFORE, WEEK, REACH = 84, 112, 7, 21
LEARNT = 28


def run(
    data: Path, settings: Settings, *, only: str = ",".join(PARTS), products: int = 120, parts: int = 600
) -> Report:
    """only: parts, separated by commas. Each policy orders by the same forecasts, made before the simulated time began."""
    asked = only.split(",")
    if unknown := set(asked) - set(PARTS):
        raise BadRequest(f"There is no part {sorted(unknown)[0]!r}.", remedy=f"There are: {', '.join(PARTS)}.")
    figures: list[Figure] = []
    if "carparts" in asked and (data / "carparts").is_dir():
        figures += _carparts(data / "carparts", parts)
    if "sample" in asked:
        figures += _sample(products)
    if "network" in asked:
        figures += network_figures(products // 2, SEED)
    if "federated" in asked:
        figures += federated_figures(products, SEED)
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
    """Daily for twelve weeks, ordered once a week, lead time seven days give or take two, lost sales; forecast anew every
    week, by what was learnt anew every four; what days have in common is measured on the sixteen weeks before. Who knows the demand process orders by the same rule from the mean and dispersion that demand is drawn from."""
    sales = sell(list(generate(count, SEED)), SEED, 730 + DAYS + REACH)
    cut = 730
    cleaned = clean(sales.table().drop("page_views", "competitor_price"), outliers="off")
    by = {one.id: one for one in cleaned.series}
    thought, came = [], []
    for now, told in _weekly(sales, by, cut - BEFORE, cut - REACH).items():
        thought += told
        for one in (by[product] for product in sales.products):
            out = np.zeros(len(one), bool) if one.stock_out is None else one.stock_out
            came.append(np.where(out, np.nan, one.quantity)[now : now + REACH])
    alike = alike_of(thought, came, 14)
    outlooks = _weekly(sales, by, cut, cut + DAYS)
    rng = np.random.default_rng(SEED)
    found: dict[str, list[Outcome]] = {"baseline": [], OURS: [], "optimum": []}
    for n in range(len(sales.products)):
        own_outlooks = {now - cut: told[n] for now, told in outlooks.items()}
        true = _truth(sales.truth.expected[n, cut:], float(sales.truth.dispersion[n]))
        lead = rng.choice((5, 6, 7, 7, 8, 9), 40)
        cost, price = float(sales.cost[n]), float(sales.reference[n])
        start = float(np.ceil(own_outlooks[0].mean[:14].sum()))
        for tag, outcomes in found.items():
            known = tag == "optimum"

            def item(period: int, here: float, ordered: float, owed: float, *, known: bool = known, own: dict[int, Outlook] = own_outlooks, real: Outlook = true, each: float = cost, at: float = price) -> Item:  # fmt: skip
                seen, gone = (real, period) if known else (own[period // WEEK * WEEK], period % WEEK)
                rest = Outlook(seen.mean[gone : gone + REACH], seen.quantiles[gone : gone + REACH], seen.levels)
                return Item(
                    sku="", outlook=rest, on_hand=here, on_order=ordered, backlog=owed, lead_time=(7.0, 1.3), review=7,
                    cost=each, holding=0.002 * each, short=at - each, alike=0.0 if known else alike,
                )  # fmt: skip

            order = _ordering(OURS if known else tag)
            wanted = sales.truth.demand[n, cut : cut + DAYS].astype(float)
            outcomes.append(simulate(wanted, item, order, start=start, lead_time=lead))
    ours, best = (sum(one.total for one in found[tag]) for tag in (OURS, "optimum"))
    optimum = Figure("sample: cost over that of who knows the demand process", 100 * (ours / best - 1), "%", bar=10, better="lower", note=f"{_services(found)}; periods alike by {alike:.3f}, measured before")  # fmt: skip
    return [*_compared("sample", found), optimum]


def _weekly(sales: Sales, by: Mapping[str, Series], first: int, last: int) -> dict[int, list[Outlook]]:
    """By day of asking, of each product, by what came before; what is planned of the days to come is known."""
    found: dict[int, list[Outlook]] = {}
    for now in range(first, last, WEEK):
        heads = [by[one].head(now) for one in sales.products]
        if (now - first) % LEARNT == 0:
            print(f"sample: learning on day {now}", file=sys.stderr)
            model = forecaster("boosting.global")(horizon=REACH, country="").fit(heads)  # type: ignore[call-arg]
        ahead = slice(now, now + REACH)
        future = {
            one: {"price": sales.price[n, ahead], "promotion": sales.promotion[n, ahead].astype(float), "display": sales.display[n, ahead].astype(float)}
            for n, one in enumerate(sales.products)
        }  # fmt: skip
        told = model.predict(heads, REACH, LEVELS, future)
        found[now] = [Outlook(one.mean, one.quantiles, one.levels) for one in told]
    return found


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
