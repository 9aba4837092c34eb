"""The linear item model EASE, and its like that also knows which events stood near each other."""

import numpy as np

from recsys.contract import register
from recsys.interactions import Interactions
from recsys.recommenders.item_weights import ItemWeights, pairs_nearby


@register("ease.closed")
class Ease(ItemWeights):
    """Weights in closed form, with a zero diagonal: Steck, "Embarrassingly Shallow Autoencoders", WWW 2019.

    l2: regularisation; most: how many items, the most taken, take part (the solution is a matrix of most × most);
    nearby: share of the Gram matrix that counts two things of one user by how near they stand, exp(-gap/fade), within
    ``window`` events, in place of 1; noise: share of the diagonal added to it (Steck, "Autoencoders that don't overfit
    towards the Identity", NeurIPS 2020); damp: power of popularity that an item's weights are divided by.
    """

    l2: float = 300.0
    most: int = 6000
    nearby: float = 0.0
    fade: float = 10.0
    window: int = 40
    noise: float = 0.0
    damp: float = 0.0

    def fit(self, seen: Interactions) -> "Ease":
        from scipy.linalg import cho_factor, cho_solve
        from scipy.sparse import csr_matrix

        taken = seen.matrix
        counts = np.asarray(taken.sum(0)).ravel()
        count = len(seen.items)
        chosen = np.sort(np.argsort(-counts, kind="stable")[: self.most])
        chosen = chosen[counts[chosen] > 0]
        if not len(chosen):
            self.weights = csr_matrix((count, count), dtype=np.float32)
            return self
        part = taken[:, chosen]
        gram = (part.T @ part).toarray().astype(np.float64)
        own = np.diag(gram).copy()
        if self.nearby:
            near = pairs_nearby(seen.starts, seen.item, count, self.window, self.fade)
            near = (near + near.T)[chosen][:, chosen].toarray()
            gram = (1 - self.nearby) * gram + self.nearby * near
        np.fill_diagonal(gram, (1 + self.noise) * own + self.l2)
        inverse = cho_solve(cho_factor(gram, overwrite_a=True), np.eye(len(chosen)))
        weights = -inverse / np.diag(inverse)
        np.fill_diagonal(weights, 0.0)
        weights *= (counts[chosen] + 1) ** -self.damp
        if len(chosen) == count:
            self.weights = weights.astype(np.float32)
        else:  # a hundredth of the weights carries nearly all of the scores of a large catalogue
            weights[np.abs(weights) < 1e-3] = 0.0
            small = csr_matrix(weights.astype(np.float32)).tocoo()
            self.weights = csr_matrix((small.data, (chosen[small.row], chosen[small.col])), (count, count))
        return self


@register("ease.nearby")
class NearbyEase(Ease):
    """:class:`Ease` of a Gram matrix in which neighbours in time count more."""

    l2: float = 150.0
    nearby: float = 0.6
