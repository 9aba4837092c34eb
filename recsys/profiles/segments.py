"""Price-driven, quality-driven or impulsive: by stated rules, and by clusters.

The rules: impulsive is who buys more of what they look at than three quarters of all; of the others, quality-driven is
whose looks and purchases are dearer than is usual in their categories, and price-driven whose are cheaper.
"""

import math
from collections.abc import Sequence
from typing import Literal

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.profiles.ledger import Ledger

Segment = Literal["price-driven", "quality-driven", "impulsive"]
SEGMENTS: tuple[Segment, ...] = ("price-driven", "quality-driven", "impulsive")
_PRIOR = 5.0  # looks, or purchases, that the usual counts as
_ENOUGH = 5  # views below which nothing is said


class Habits(msgspec.Struct, frozen=True):
    """dearness: mean over looks and purchases of log(price / usual in the category); sensitivity: by how much looks are
    dearer than purchases, in the same logarithm; readiness: purchases for each look. All drawn to the usual."""

    dearness: float
    sensitivity: float
    readiness: float


class Segments(msgspec.Struct, frozen=True):
    """usual: mean logarithm of prices by category; rate: purchases for each look of all; ready: readiness of the upper
    quarter; centres: of the clusters in units of ``spread`` from ``mean``, in the order of :data:`SEGMENTS`."""

    usual: dict[str, float]
    rate: float
    ready: float
    mean: tuple[float, float, float]
    spread: tuple[float, float, float]
    centres: tuple[tuple[float, float, float], ...]

    @classmethod
    def fit(cls, ledgers: Sequence[Ledger], seed: int = 7) -> "Segments":
        from sklearn.cluster import KMeans

        sums: dict[str, list[float]] = {}
        for ledger in ledgers:
            for category, prices in ledger.prices.items():
                own = sums.setdefault(category, [0.0, 0.0])
                own[0] += prices.looked + prices.bought
                own[1] += prices.looked_log + prices.bought_log
        usual = {category: total / max(count, 1.0) for category, (count, total) in sums.items()}
        looks = sum(ledger.kinds.get("view", 0) for ledger in ledgers)
        rate = sum(ledger.kinds.get("purchase", 0) for ledger in ledgers) / max(1, looks)
        bare = cls(usual, rate, math.inf, (0.0, 0.0, 0.0), (1.0, 1.0, 1.0), ())
        rows = np.array([msgspec.structs.astuple(bare.habits(ledger)) for ledger in ledgers]).reshape(-1, 3)
        if len(rows) < len(SEGMENTS):
            return bare
        mean, spread = rows.mean(0), np.maximum(rows.std(0), 1e-9)
        clusters = KMeans(len(SEGMENTS), n_init=10, random_state=seed).fit((rows - mean) / spread).cluster_centers_
        return cls(usual, rate, float(np.quantile(rows[:, 2], 0.75)), _three(mean), _three(spread), _named(clusters))

    def habits(self, ledger: Ledger) -> Habits:
        looked = bought = looked_over = bought_over = 0.0
        for category, prices in ledger.prices.items():
            usual = self.usual.get(category, 0.0)
            looked, bought = looked + prices.looked, bought + prices.bought
            looked_over += prices.looked_log - prices.looked * usual
            bought_over += prices.bought_log - prices.bought * usual
        both = looked + bought + _PRIOR
        gap = looked_over / (looked + _PRIOR) - bought_over / (bought + _PRIOR)
        views, purchases = ledger.kinds.get("view", 0), ledger.kinds.get("purchase", 0)
        return Habits((looked_over + bought_over) / both, gap, (purchases + _PRIOR * self.rate) / (views + _PRIOR))

    def by_rules(self, ledger: Ledger) -> Segment | None:
        """None below five views."""
        if ledger.kinds.get("view", 0) < _ENOUGH:
            return None
        habits = self.habits(ledger)
        if habits.readiness > self.ready:
            return "impulsive"
        return "quality-driven" if habits.dearness > 0 else "price-driven"

    def by_cluster(self, ledger: Ledger) -> Segment | None:
        """None below five views, and where there were too few users to find clusters among."""
        if ledger.kinds.get("view", 0) < _ENOUGH or not self.centres:
            return None
        row = (np.array(msgspec.structs.astuple(self.habits(ledger))) - self.mean) / self.spread
        return SEGMENTS[int(((np.array(self.centres) - row) ** 2).sum(1).argmin())]


def _named(centres: NDArray[np.float64]) -> tuple[tuple[float, float, float], ...]:
    """The readiest is impulsive; of the other two, the dearer is quality-driven."""
    ready = int(centres[:, 2].argmax())
    cheap, dear = sorted(
        (place for place in range(len(centres)) if place != ready), key=lambda place: centres[place, 0]
    )
    return tuple(_three(centres[place]) for place in (cheap, dear, ready))


def _three(row: NDArray[np.float64]) -> tuple[float, float, float]:
    return float(row[0]), float(row[1]), float(row[2])
