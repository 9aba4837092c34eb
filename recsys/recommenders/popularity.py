"""What is bought and looked at most, lately, by everyone and by each segment."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recsys.contract import Arrays, Recommender, register
from recsys.interactions import DAY, History, Interactions


@register("popularity.decayed")
class Popularity(Recommender):
    """Counts that halve with age. half_life: days; shrink: how much a segment's counts lean on everyone's."""

    half_life: float = 30.0
    shrink: float = 200.0

    def fit(self, seen: Interactions) -> "Popularity":
        last = seen.time.max() if len(seen) else 0.0
        decayed = seen.weight * np.exp2(-(last - seen.time) / DAY / self.half_life)
        count = len(seen.items)
        everyone = np.bincount(seen.item, decayed, count) + 1e-6
        everyone /= everyone.sum()
        self.names = sorted(set(seen.segments) - {""})
        tables = [everyone]
        of_event = np.array(seen.segments)[seen.user] if seen.segments else np.empty(0, str)
        for name in self.names:
            own = np.bincount(seen.item[of_event == name], decayed[of_event == name], count)
            tables.append((own + self.shrink * everyone) / (own.sum() + self.shrink))
        self.tables = np.asarray(tables, np.float32)
        return self

    def score(self, histories: Sequence[History]) -> NDArray[np.float32]:
        row = {name: place for place, name in enumerate(self.names, 1)}
        return np.asarray(self.tables[[row.get(history.segment, 0) for history in histories]])

    def arrays(self) -> Arrays:
        return {"tables": self.tables, "names": np.array(self.names, dtype=str)}

    def restore(self, arrays: Arrays) -> None:
        self.tables = np.asarray(arrays["tables"], np.float32)
        self.names = [str(name) for name in arrays["names"]]
