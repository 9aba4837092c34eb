"""Item-to-item nearest neighbours by cosine over the users in common."""

import numpy as np

from recsys.contract import register
from recsys.interactions import Interactions
from recsys.recommenders.item_weights import ItemWeights, strongest


@register("knn.cosine")
class ItemNeighbours(ItemWeights):
    """shrink: added to the norms, so that few users in common count for little; neighbours: kept of every item.

    Deshpande & Karypis, "Item-based top-N recommendation algorithms", TOIS 2004.
    """

    neighbours: int = 100
    shrink: float = 20.0

    def fit(self, seen: Interactions) -> "ItemNeighbours":
        taken = seen.matrix
        common = (taken.T @ taken).tocoo()
        counts = np.asarray(taken.sum(0)).ravel()
        common.data = common.data / (np.sqrt(counts[common.row] * counts[common.col]) + self.shrink)
        self.weights = strongest(common.tocsr(), self.neighbours)
        return self
