"""The rank stage: the best of the rankers there are, calibrated, as one expected value for every candidate."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import NotFound
from core.settings import Ranking as RankingSettings
from recsys.interactions import History
from recsys.ranking.calibration import Calibration, normalised_entropy
from recsys.ranking.contract import Ranker, list_rankers, ranker
from recsys.ranking.counts import Counts
from recsys.ranking.examples import Examples
from recsys.ranking.features import Asked, Features, standardised
from recsys.ranking.goods import Goods

_FILE = "ranking.json"


class Told(msgspec.Struct, frozen=True):
    """What is kept beside a ranker. losses: normalised entropy on validation of every ranker that was tried, of which the
    smallest serves."""

    tag: str
    features: Features
    calibration: Calibration
    losses: dict[str, float]


class Driver(msgspec.Struct, frozen=True):
    """A feature in words, and by how much it raises the logit of a click above the usual."""

    feature: str
    words: str
    share: float


class Ranking:
    """Scores candidates. Safe to share between threads as long as one of them alone counts.

    goods: facts of the items by number; counts: how often each was shown and taken, which whoever serves keeps up to date
    (:meth:`Counts.add`) as events and lists come, from ``counts.until`` on.
    """

    def __init__(self, told: Told, model: Ranker, goods: Goods, counts: Counts, values: RankingSettings) -> None:
        self.told = told
        self.model = model
        self.goods = goods
        self.counts = counts
        self.values = values

    def score(
        self, history: History, candidates: NDArray[np.int64], recall: Mapping[str, NDArray[np.float32]], now: float,
        *, device: str = "", place: str = "", page: str = "",
    ) -> NDArray[np.float32]:  # fmt: skip
        """(n,) float32: expected value of showing each candidate at the first place; larger is better.

        history: what the user or session did, one entry an event, empty for somebody new; candidates: (n,) int64;
        recall: (n,) float32 scores by source as the recommenders gave them, NaN where a source does not name a candidate;
        sources not trained on are passed over and missing ones are as if they said nothing; now: Unix seconds.
        """
        return self.value(self.asked(history, candidates, recall, now, device=device, place=place, page=page))

    def asked(
        self, history: History, candidates: NDArray[np.int64], recall: Mapping[str, NDArray[np.float32]], now: float,
        *, device: str = "", place: str = "", page: str = "",
    ) -> Asked:  # fmt: skip
        """The question that :meth:`score` answers. Its ``recall``, of the items that are then shown, is what is to be
        logged with the list for :class:`recsys.ranking.examples.Shown`."""
        known = {source: standardised(recall[source]) for source in self.told.features.sources if source in recall}
        return Asked(
            history=history, candidates=candidates, recall=known, now=now, device=device, place=place, page=page
        )

    def value(self, asked: Asked) -> NDArray[np.float32]:
        """(n,) float32: as :meth:`score`, of a question whose recall scores are standardised."""
        return self._worth(asked.candidates, self.probabilities(asked))

    def probabilities(self, asked: Asked) -> NDArray[np.float64]:
        """(n, 3) calibrated chances of click, cart and purchase at the first place."""
        table = self.told.features.table(asked, self.goods, self.counts)
        return self.told.calibration.probabilities(self.model.logits(table))

    def _worth(self, candidates: NDArray[np.int64], chances: NDArray[np.float64]) -> NDArray[np.float32]:
        """(n,) float32: chances by what each is worth: a purchase, its price or margin beside the mean of all goods."""
        worth = np.ones(len(self.goods))
        if self.values.value != "none":
            money = self.goods.prices
            if self.values.value == "margin" and self.goods.margins is not None:
                money = self.goods.margins
            mean = float(np.nanmean(np.abs(money))) if np.isfinite(money).any() else 1.0
            worth = np.nan_to_num(money / (mean or 1.0), nan=1.0)
        click, cart, purchase = chances.T
        value = (
            self.values.click * click + self.values.cart * cart + self.values.purchase * purchase * worth[candidates]
        )
        return np.asarray(value, np.float32)

    def drivers(self, asked: Asked, k: int = 3) -> list[tuple[Driver, ...]]:
        """For every candidate the k features that speak most for it."""
        features = self.told.features
        shares = self.model.contributions(features.table(asked, self.goods, self.counts))
        best = np.argsort(-shares, 1, kind="stable")[:, :k]
        return [
            tuple(Driver(features.names[c], features.meanings[c], float(row[c])) for c in chosen if row[c] > 0)
            for row, chosen in zip(shares, best, strict=True)
        ]

    def save(self, folder: Path) -> None:
        """Write ranker, calibration and counts; goods come from the catalogue."""
        folder.mkdir(parents=True, exist_ok=True)
        self.model.save(folder)
        with replacing(folder / "counts.npz") as path, path.open("wb") as file:
            np.savez(file, **self.counts.arrays())  # type: ignore[arg-type]
        with replacing(folder / _FILE) as path:
            path.write_bytes(msgspec.json.encode(self.told))

    @classmethod
    def load(cls, folder: Path, goods: Goods, values: RankingSettings) -> "Ranking":
        """What :meth:`save` wrote; goods: numbered as in the training, with what is new at the end. Raises NotFound."""
        if not (folder / _FILE).is_file():
            raise NotFound("There is no trained ranker here.", remedy="Run: shopglass recommend train")
        told = msgspec.json.decode((folder / _FILE).read_bytes(), type=Told)
        with np.load(folder / "counts.npz", allow_pickle=False) as arrays:
            counts = Counts.of({name: arrays[name] for name in arrays.files})
        counts.grow(len(goods))
        return cls(told, ranker(told.tag).load(folder), goods, counts, values)


def train(
    features: Features, examples: Examples, goods: Goods, counts: Counts, values: RankingSettings,
    tags: Sequence[str] | None = None, held_back: float = 0.2,
) -> Ranking:  # fmt: skip
    """Fit the rankers on the earlier lists, calibrate each on the later ones, and keep the best on those.

    tags: by default all there are; held_back: share of the lists, the latest.
    """
    first, last = parted(examples, held_back)
    tried = {tag: calibrated(ranker(tag)(), features, first, last) for tag in tags or list_rankers()}
    losses = {tag: loss(model, calibration, last) for tag, (model, calibration) in tried.items()}
    best = min(losses, key=lambda tag: (losses[tag], tag))
    model, calibration = tried[best]
    return Ranking(Told(best, features, calibration, losses), model, goods, counts, values)


def parted(examples: Examples, held_back: float) -> tuple[Examples, Examples]:
    """Lists by time: the earlier, and a share of the latest."""
    lists = len(examples.starts) - 1
    late = np.arange(lists) >= int(lists * (1 - held_back))
    return examples.lists(~late), examples.lists(late)


def calibrated(model: Ranker, features: Features, first: Examples, last: Examples) -> tuple[Ranker, Calibration]:
    """The ranker fitted on the first part, and its calibration on the last."""
    model.fit(features, first, last)
    return model, Calibration.fit(model.logits(last.table), last)


def loss(model: Ranker, calibration: Calibration, examples: Examples) -> float:
    """Normalised entropy of what was shown, where it was shown."""
    return normalised_entropy(calibration.probabilities(model.logits(examples.table), examples.position), examples)
