"""Bandits over a ladder of prices: what demand is at each is learnt by asking it.

Demand of a rung is Poisson with an unknown rate. Thompson sampling draws rates from their Gamma posteriors (Ferreira,
Simchi-Levi & Wang, "Online network revenue management using Thompson sampling", Operations Research 66, 2018); UCB takes
the upper end of their confidence. A curve that jumps is noticed by Page's two-sided CUSUM of standardised residuals
(Page 1954), upon which what was learnt of the product is forgotten.
"""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from zlib import crc32

import msgspec
import numpy as np
from numpy.typing import NDArray

from pricing.contract import Advice, Arrays, Outcome, Policy, State, register
from pricing.effects import demand_at
from pricing.states import Interval

Floats = NDArray[np.float64]
Positive = Annotated[float, msgspec.Meta(gt=0)]


class Rungs:
    """What was learnt of one product. asked: days at each rung; sold: units; drift: CUSUM up and down; turns: outcomes seen."""

    def __init__(self, size: int) -> None:
        self.asked, self.sold, self.drift, self.turns = np.zeros(size), np.zeros(size), np.zeros(2), 0

    def row(self) -> Floats:
        return np.concatenate([self.asked, self.sold, self.drift, [float(self.turns)]])

    @classmethod
    def of(cls, row: Floats) -> "Rungs":
        made = cls((len(row) - 3) // 2)
        size = len(made.asked)
        made.asked, made.sold, made.drift = row[:size].copy(), row[size : 2 * size].copy(), row[-3:-1].copy()
        made.turns = int(row[-1])
        return made


class Ladder(Policy):
    """What both bandits share.

    rungs: prices by the reference price, rising; seed: of the draws; prior: days that the fitted curve counts for;
    slack, alarm: of the CUSUM in standard deviations.
    """

    rungs: tuple[Positive, ...] = (0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4)
    seed: int = 0
    prior: Positive = 0.1
    slack: Positive = 0.5
    alarm: Positive = 12.0

    @abstractmethod
    def index(self, mean: Floats, days: Floats, known: Rungs, rng: np.random.Generator) -> Floats:
        """(rungs,) demand to be reckoned with at each; mean: of the posterior with so many days behind it."""

    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        return [self._one(state) for state in states]

    def _one(self, state: State) -> Advice:
        known = self._known(state.product)
        prices = np.array(self.rungs) * state.reference.minor
        mean, days = self._posterior(known, state)
        rng = np.random.default_rng((self.seed, crc32(state.product.encode()), known.turns))
        demand = self.index(mean, days, known, rng)
        # What sells nowhere over cost is not sold at a loss to learn of it.
        gain = np.where(prices > state.cost.minor, (prices - state.cost.minor) * demand, -np.inf)
        best = int(gain.argmax()) if np.isfinite(gain).any() else len(prices) - 1
        spread = 1.645 * float(np.sqrt(mean[best] / days[best]))
        said = f"rung {best + 1} of {len(prices)}, asked on {known.asked[best]:.0f} days so far"
        codes = (self.tag.partition(".")[2], "tried" if known.asked[best] else "untried")
        middle = float(mean[best])
        around = Interval(middle, max(middle - spread, 0.0), middle + spread).scaled(state.season)
        return Advice(float(prices[best]), said, codes, around)

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            ratio = outcome.price.minor / outcome.state.reference.minor
            rung = int(np.abs(np.log(np.array(self.rungs) / ratio)).argmin())
            exposure = outcome.days * outcome.state.season
            known = self._known(outcome.state.product)
            known.turns += 1
            if exposure <= 0:
                continue
            if known.asked[rung] >= 3:
                expected = max(known.sold[rung] / known.asked[rung], 0.1) * exposure
                # The rung's own mean is uncertain too; without its share new rungs would raise alarms.
                deviation = np.sqrt(expected * (1 + exposure / known.asked[rung]))
                residual = float(np.clip((outcome.sold - expected) / deviation, -4, 4))
                known.drift = np.maximum(known.drift + np.array([residual, -residual]) - self.slack, 0.0)
                if known.drift.max() > self.alarm:
                    known.asked[:], known.sold[:], known.drift[:] = 0, 0, 0
            known.asked[rung] += exposure
            known.sold[rung] += outcome.sold

    def fit(self, log: Sequence[Outcome]) -> "Ladder":
        self.__dict__["products"] = {}
        self.learn(log)
        return self

    def arrays(self) -> Arrays:
        known: dict[str, Rungs] = self.__dict__.get("products", {})
        return {
            "products": np.array(list(known), str),
            "rows": np.array([one.row() for one in known.values()]).reshape(len(known), 2 * len(self.rungs) + 3),
        }

    def restore(self, arrays: Arrays) -> None:
        rows = np.asarray(arrays["rows"], float)
        self.__dict__["products"] = {
            str(name): Rungs.of(row) for name, row in zip(arrays["products"], rows, strict=True)
        }

    def _known(self, product: str) -> Rungs:
        products: dict[str, Rungs] = self.__dict__.setdefault("products", {})
        return products.setdefault(product, Rungs(len(self.rungs)))

    def _posterior(self, known: Rungs, state: State) -> tuple[Floats, Floats]:
        """Mean demand of each rung in a normal season, and the days behind it: of the Gamma posterior."""
        normal = max(state.season, 0.05)
        curve = np.array([demand_at(state, rung * state.reference.minor).mean for rung in self.rungs]) / normal
        days = self.prior + known.asked
        return (self.prior * np.maximum(curve, 0.05) + known.sold) / days, days


@register("bandit.thompson")
class Thompson(Ladder):
    """Draws a demand for each rung from its posterior and asks what would earn most if it were so."""

    def index(self, mean: Floats, days: Floats, known: Rungs, rng: np.random.Generator) -> Floats:
        return rng.gamma(np.maximum(mean * days, 1e-3), 1 / days)


@register("bandit.ucb")
class UpperConfidence(Ladder):
    """Asks what would earn most at the upper end of confidence (Auer 2002, with the variance of Poisson demand).

    width: of the confidence; 2 is the theory's, less explores less.
    """

    width: Positive = 0.5

    def index(self, mean: Floats, days: Floats, known: Rungs, rng: np.random.Generator) -> Floats:
        turns = np.log(max(known.asked.sum(), 1.0) + 1)
        return np.asarray(mean + np.sqrt(2 * self.width * turns * mean / days) + self.width * turns / days)
