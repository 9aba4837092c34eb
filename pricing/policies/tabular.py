"""Q-learning on a small table (Watkins & Dayan 1992): cover, margin and the competitors' level, in bands."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from pricing.contract import Advice, Arrays, Outcome, Policy, State, register
from pricing.features import NAMES, features
from pricing.rewards import STEPS, reward, step_of

# What is looked at, and where its bands end.
BANDS = {
    "way to the one-step optimum": (-1.0, -0.3, 0.3, 1.0),
    "stock by what will be asked for": (-0.5, 0.0, 0.5),
    "competitors' mean": (-0.3, -0.05, 0.05, 0.3),
}
PASSES = 20  # over a log; a band's value has settled by then at the rates in use


@register("q.tabular")
class Tabular(Policy):
    """Steps of −5 % to +5 %; where a band was never seen it does what the log did most, and holds where there is none.

    rate: of learning; discount: of a day.
    """

    rate: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.1
    discount: Annotated[float, msgspec.Meta(ge=0, lt=1)] = 0.95

    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        bands = _bands(states)
        best = self._table()[tuple(bands.T)].argmax(1)
        return [
            Advice(
                state.price.minor * (1 + STEPS[step]),
                f"{STEPS[step]:+.0%} is worth most in bands {tuple(map(int, band))}",
                ("q-table",),
            )
            for state, band, step in zip(states, bands, best, strict=True)
        ]

    def fit(self, log: Sequence[Outcome]) -> "Tabular":
        self.__dict__["table"] = _fresh()
        ready = [outcome for outcome in log if outcome.after is not None]
        self._learn(ready, PASSES)
        return self

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        self._learn([outcome for outcome in outcomes if outcome.after is not None], 1)

    def _learn(self, ready: Sequence[Outcome], passes: int) -> None:
        if not ready:
            return
        table = self._table()
        before = _bands([one.state for one in ready])
        after = _bands([one.after for one in ready if one.after])
        for one, here, there in zip(ready, before, after, strict=True):
            place = (*here, step_of(one))
            target = reward(one) + self.discount**one.days * table[tuple(there)].max()
            table[place] += self.rate * (target - table[place])

    def arrays(self) -> Arrays:
        return {"table": self._table()}

    def restore(self, arrays: Arrays) -> None:
        self.__dict__["table"] = np.array(arrays["table"], float)

    def _table(self) -> NDArray[np.float64]:
        table: NDArray[np.float64] = self.__dict__.setdefault("table", _fresh())
        return table


def _fresh() -> NDArray[np.float64]:
    """All 0, and a hair more for holding the price."""
    table = np.zeros([len(ends) + 1 for ends in BANDS.values()] + [len(STEPS)])
    table[..., STEPS.index(0.0)] = 1e-6
    return table


def _bands(states: Sequence[State]) -> NDArray[np.int64]:
    """(states, 3) int64."""
    seen = features(states)
    return np.stack([np.digitize(seen[:, NAMES.index(name)], ends) for name, ends in BANDS.items()], 1)
