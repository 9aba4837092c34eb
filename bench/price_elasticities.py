"""Elasticities: on the sample's sales, whose truth is known, and on the sales of ``completejourney``."""

from pathlib import Path

import msgspec
import numpy as np

from bench.price_journey import best_sellers
from bench.report import Figure
from pricing.elasticity import Elasticities, estimate, expected, plain
from pricing.panel import Panel
from sample import generate, sell

PRODUCTS, HELD_WEEKS = 200, 0.2


def sample_figures() -> list[Figure]:
    panel, truth = sample_panel(PRODUCTS, 2026)
    found = estimate(panel)
    inside = (found.low <= truth) & (truth <= found.high)
    error, plainly = np.abs(found.mean - truth), np.abs(plain(panel) - truth)
    return [
        Figure("sample: mean absolute error of elasticities", float(error.mean()), bar=0.25, better="lower", peer=float(plainly.mean()), note="peer: plain regression"),
        Figure("sample: 90 % intervals cover", float(inside.mean()), bar=0.85),
        Figure("sample: 90 % intervals cover, at most", float(inside.mean()), bar=0.95, better="lower"),
        Figure("sample: width of the intervals", float((found.high - found.low).mean())),
        Figure("sample: error of one product by itself", float(np.abs(found.own - truth)[np.isfinite(found.own_error)].mean()), note="not pooled"),
        Figure("sample: products with prices that tell", float(found.known.mean())),
    ]  # fmt: skip


def sample_panel(products: int, seed: int = 7) -> tuple[Panel, np.ndarray]:
    """The sample shop's two years by day, and the true elasticities. Days that began with little stock are left out."""
    sales = sell(list(generate(products, seed)), seed)
    count, days = sales.quantity.shape
    date = np.tile(np.arange(days), count)
    weekday = np.eye(7)[(date + sales.first.weekday()) % 7][:, 1:]
    product = np.repeat(np.arange(count), days)
    groups = {name: np.array(sales.categories) == name for name in set(sales.categories)}
    level = np.log(sales.price / sales.reference[:, None])
    others = np.zeros_like(level)
    for members in groups.values():
        if members.sum() > 1:
            others[members] = (level[members].sum(0) - level[members]) / (members.sum() - 1)
    controls = np.column_stack(
        [sales.promotion.ravel(), sales.display.ravel(), np.tile(sales.holiday, count), others.ravel(), weekday]
    ).astype(float)
    panel = Panel(
        product=product, period=date, units=sales.quantity.ravel().astype(float), price=sales.price.ravel(), controls=controls,
        available=np.ones(len(date)), names=sales.products, categories=sales.categories, brands=sales.brands, year=365.25,
    )  # fmt: skip
    # by the stock in the morning: days that sold out are those of high demand, and leaving these out would bend the curve
    enough = sales.stock >= 3 * sales.quantity.mean(1, keepdims=True) + 3
    return panel.rows(enough.ravel()), sales.truth.elasticity


def journey_figures(data: Path) -> list[Figure]:
    """Weeks held out at random (seed 7), of every product the same; the other model knows all but prices."""
    panel = best_sellers(data)
    weeks = np.unique(panel.period)
    held = np.isin(panel.period, np.random.default_rng(7).choice(weeks, round(HELD_WEEKS * len(weeks)), replace=False))
    whole, found = estimate(panel), estimate(panel.rows(~held))
    same = msgspec.structs.replace(panel, price=np.ones(len(panel.price)))
    errors = [_deviance(panel, held, found), _deviance(same, held, estimate(same.rows(~held)))]
    return [
        Figure("completejourney: elasticities below 0, 200 best sellers", float((whole.mean < 0).mean()), bar=0.9, peer=float((plain(panel) < 0).mean()),
               note="peer: plain regression"),
        Figure("completejourney: mean elasticity", float(whole.mean.mean())),
        Figure("completejourney: held-out deviance a row", errors[0], bar=errors[1], better="lower", peer=errors[1], note="bar and peer: the same model without price"),
    ]  # fmt: skip


def _deviance(panel: Panel, held: np.ndarray, found: Elasticities) -> float:
    """Mean Poisson deviance of the held-out rows; levels are of the other rows."""
    said = np.maximum(expected(found, panel, ~held)[held], 1e-6)
    sold = panel.units[held]
    return float(2 * (np.where(sold > 0, sold * np.log(np.maximum(sold, 1) / said), 0.0) - sold + said).mean())
