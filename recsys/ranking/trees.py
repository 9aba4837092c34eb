"""LambdaMART: gradient boosted trees that learn the order within a list."""

from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from core import replacing
from recsys.ranking.calibration import Calibration, normalised_entropy
from recsys.ranking.contract import Ranker, register
from recsys.ranking.examples import Examples
from recsys.ranking.features import Features, Table

_FILE = "trees.txt"


@register("lambdamart.lightgbm")
@dataclass(kw_only=True)
class LambdaMART(Ranker):
    """One score for all tasks: gains grow with how far a shopper went. Burges, "From RankNet to LambdaRank to LambdaMART",
    2010; the position's share is learnt beside and left out of the score (Unbiased LambdaMART, Hu et al., WWW 2019).

    rounds: trees at most; how many serve is what calibrates best on validation, as NDCG there would favour whatever follows
    the places that lists were shown in.
    """

    rounds: int = 400
    leaves: int = 15
    rate: float = 0.05
    least: int = 50

    def fit(self, features: Features, train: Examples, validation: Examples) -> Self:
        import lightgbm

        codes = list(range(train.table.numbers.shape[1], len(features.names)))

        data = lightgbm.Dataset(
            _joined(train.table), train.reached, group=np.diff(train.starts), position=train.position,
            categorical_feature=codes,
        )  # fmt: skip
        parameters = {
            "objective": "lambdarank", "metric": "ndcg", "eval_at": [10], "learning_rate": self.rate,
            "num_leaves": self.leaves, "min_data_in_leaf": self.least, "feature_fraction": 0.7, "bagging_fraction": 0.8,
            "bagging_freq": 1, "lambda_l2": 5.0, "seed": self.seed, "deterministic": True, "force_row_wise": True,
            "num_threads": 1, "verbosity": -1, "cat_smooth": 20.0,
        }  # fmt: skip
        self.trees = lightgbm.train(parameters, data, self.rounds)
        tried = {count: self._loss(validation, count) for count in _steps(self.trees.num_trees())}
        self.trees = lightgbm.Booster(
            model_str=self.trees.model_to_string(num_iteration=min(tried, key=tried.__getitem__))
        )
        return self

    def _loss(self, examples: Examples, count: int) -> float:
        score = self.trees.predict(_joined(examples.table), num_iteration=count, num_threads=1)
        logits = np.repeat(np.asarray(score, np.float32)[:, None], 3, 1)
        return normalised_entropy(Calibration.fit(logits, examples).probabilities(logits, examples.position), examples)

    def logits(self, table: Table) -> NDArray[np.float32]:
        score = np.asarray(self.trees.predict(_joined(table), num_threads=1), np.float32)
        return np.repeat(score[:, None], 3, 1)

    def contributions(self, table: Table) -> NDArray[np.float32]:
        """SHAP values of the trees: Lundberg et al., "Consistent Individualized Feature Attribution", 2018."""
        found = self.trees.predict(_joined(table), pred_contrib=True, num_threads=1)
        return np.asarray(found, np.float32)[:, :-1]

    def write(self, folder: Path) -> None:
        with replacing(folder / _FILE) as part:
            part.write_text(self.trees.model_to_string())

    def read(self, folder: Path) -> None:
        import lightgbm

        self.trees = lightgbm.Booster(model_str=(folder / _FILE).read_text())


def _joined(table: Table) -> NDArray[np.float64]:
    return np.concatenate([table.numbers, table.codes], 1, dtype=np.float64)


def _steps(most: int) -> list[int]:
    """Numbers of trees that are tried: each a fifth more than the one before."""
    steps = [most]
    while steps[-1] > 10:
        steps.append(int(steps[-1] / 1.2))
    return steps
