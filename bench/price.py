"""Pricing: policies against optima and competitors, elasticities against the truth, speed."""

from pathlib import Path

from bench.price_bandits import bandit_figures
from bench.price_elasticities import journey_figures, sample_figures
from bench.price_finite import finite_figures
from bench.price_market import market_figures
from bench.price_speed import speed_figures
from bench.report import Figure, Report
from core import Settings

PARTS = {
    "finite": finite_figures,
    "bandits": bandit_figures,
    "market": market_figures,
    "sample": sample_figures,
}


def run(data: Path, settings: Settings, *, only: str = "") -> Report:
    """All parts, or one of finite, bandits, market, sample, journey, speed."""
    figures: list[Figure] = []
    for name, part in PARTS.items():
        if only in ("", name):
            figures += part()
    if only in ("", "speed"):
        figures += speed_figures(settings)
    if only in ("", "journey"):
        figures += journey_figures(data)
    return Report(
        "price",
        "simulated markets, the sample's sales, completejourney",
        "problems, markets and weeks not trained on",
        7,
        tuple(figures),
    )
