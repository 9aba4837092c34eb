"""What others took soon before or after."""

import numpy as np

from recsys.contract import register
from recsys.interactions import Interactions
from recsys.recommenders.item_weights import ItemWeights, pairs_nearby, strongest


@register("covisitation.window")
class CoVisitation(ItemWeights):
    """window: events apart at most; fade: of a pair with the gap between; forward: how much more an item that came
    after counts than one that came before; damp: power of popularity that an item is divided by."""

    tau: float = 8.0
    floor: float = 0.02
    window: int = 20
    fade: float = 6.0
    forward: float = 0.7
    damp: float = 0.3
    neighbours: int = 200

    def fit(self, seen: Interactions) -> "CoVisitation":
        from scipy.sparse import diags

        after = pairs_nearby(seen.starts, seen.item, len(seen.items), self.window, self.fade)
        pairs = self.forward * after + (1 - self.forward) * after.T
        taken = np.asarray(pairs.sum(0)).ravel() + 1.0
        self.weights = strongest(pairs @ diags(taken**-self.damp), self.neighbours)
        return self
