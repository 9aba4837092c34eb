"""Several recommenders as one: standardised scores, with weights learnt on what is held back."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.contract import Arrays, Recommender, recommender, register
from recsys.interactions import History, Interactions
from recsys.metrics import ndcg, top
from recsys.splits import Split, last_part

E = TypeVar("E", bound="Ensemble")
PARTS = ("ease.nearby", "ease.closed", "als.implicit", "covisitation.window", "content.nearest", "popularity.decayed")
_GAIN = 2e-4  # of NDCG: less is noise, and not worth a weight
_STEPS = (0.5, 0.25, 0.125)


def standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows brought to mean 0 and standard deviation 1; constant rows to 0."""
    spread = scores.std(1, keepdims=True)
    return np.asarray((scores - scores.mean(1, keepdims=True)) / np.where(spread > 1e-9, spread, 1.0), np.float32)


@register("ensemble.held-back")
class Ensemble(Recommender):
    """parts: tags, with the parameters of each that differ from its own.

    Weights climb NDCG@10 by coordinates on the last part of every user's training events, from the best part alone;
    then every part is fitted on everything.
    """

    parts: dict[str, dict[str, float]] = msgspec.field(default_factory=lambda: {tag: {} for tag in PARTS})
    held_back: float = 0.2

    def fit(self, seen: Interactions) -> "Ensemble":
        self.weigh(last_part(seen, self.held_back))
        self.fitted = [self._part(tag).fit(seen) for tag in self.parts]
        return self

    def weigh(self, split: Split) -> "Ensemble":
        """Learn weights from a split alone; the parts stay fitted on what it trains on."""
        self.fitted = [self._part(tag).fit(split.train) for tag in self.parts]
        asked, wanted = split.asked()
        scores = [standardised(part.score(asked)) for part in self.fitted]

        def quality(weights: NDArray[np.float32]) -> float:
            total = np.tensordot(weights, np.stack(scores), 1)
            return float(np.mean(ndcg(top(total, asked, 10), wanted, 10))) if len(wanted) else 0.0

        alone = [quality(row) for row in np.eye(len(scores), dtype=np.float32)]
        weights = np.eye(len(scores), dtype=np.float32)[int(np.argmax(alone))]
        self.weights = climb(quality, weights)
        return self

    def _part(self, tag: str) -> Recommender:
        return recommender(tag)(**self.parts[tag])

    def score(self, histories: Sequence[History]) -> NDArray[np.float32]:
        total = np.zeros((len(histories), 1), np.float32)
        for weight, part in zip(self.weights, self.fitted, strict=True):
            if weight:
                total = total + weight * standardised(part.score(histories))
        return np.asarray(total, np.float32)

    def arrays(self) -> Arrays:
        return {"weights": self.weights}

    def restore(self, arrays: Arrays) -> None:
        self.weights = np.asarray(arrays["weights"], np.float32)

    def save(self, folder: Path) -> None:
        super().save(folder)
        for part in self.fitted:
            part.save(folder / self.tag)

    @classmethod
    def load(cls: type[E], folder: Path) -> E:
        made = super().load(folder)
        made.fitted = [recommender(tag).load(folder / cls.tag) for tag in made.parts]
        return made


def climb(quality: Callable[[NDArray[np.float32]], float], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Coordinate ascent of a quality in [0, 1] from these weights, by steps that shrink."""
    best = quality(weights)
    for step in _STEPS:
        better = True
        while better:
            better = False
            for place in range(len(weights)):
                for change in (step, -step):
                    tried = weights.copy()
                    tried[place] += change
                    if (found := quality(tried)) > best + _GAIN:
                        best, weights, better = found, tried, True
    return weights
