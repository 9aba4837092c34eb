"""Visits that last: what a shopper wants now changes with what they opened, and whether they stay, with what they were shown.

Interests that are fed rest for a while (Leqi, Kilinc-Karzan, Lipton and Montgomery, "Rebounding bandits for modeling
satiation effects", NeurIPS 2021), and the patience for another page is spent by pages that give nothing and earned by good
products, as in RecSim's interest evolution (Ie et al., "RecSim: a configurable simulation platform for recommender systems",
2019). So what sells most on this page need not be what sells most in the visit.
"""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from sample.assortment import CATEGORIES
from sample.shoppers import Response, Shoppers

OPENED: Final = 0.8
"""By how much a category is wanted less once one of it was opened."""

BOUGHT: Final = 2.5
RESTED: Final = 0.85
"""Share of that which is left with the next page."""

PATIENCE: Final = 2.5
"""Pages that a shopper has in mind at first."""

PLEASED: Final = 1.1
"""Pages that opening a product of the best quality is worth."""

MOST_PAGES: Final = 30


class Visit:
    """One visit of one shopper, page after page, until ``over``."""

    def __init__(self, shoppers: Shoppers, shopper: int, rng: np.random.Generator) -> None:
        self._rng = rng
        products = shoppers.products
        self._category = np.array([list(CATEGORIES).index(product.category) for product in products])
        self._quality = np.array([product.latent.quality for product in products])
        self._ready = float(shoppers.impulse[shopper])
        self.wanted = shoppers.utility(np.array([shopper]))[0]
        self._tired = np.zeros(len(CATEGORIES))
        self._patience = PATIENCE
        self.pages = 0

    @property
    def over(self) -> bool:
        return self._patience <= 0 or self.pages >= MOST_PAGES

    def see(self, shown: Sequence[int] | NDArray[np.int64]) -> Response:
        """What they do with a page of products, best place first. All of it is looked at."""
        items = np.asarray(shown, np.int64)
        wanted = self.wanted[items] - self._tired[self._category[items]]
        chances = [
            _logistic(wanted - 2.6 + self._ready),
            _logistic(wanted - 2.0 + self._ready),
            _logistic(0.7 * wanted - 0.8),
        ]
        clicked, carted, bought = np.cumprod(self._rng.random((3, len(items))) < np.stack(chances), axis=0).astype(bool)
        self._tired *= RESTED
        np.add.at(self._tired, self._category[items], OPENED * clicked + BOUGHT * bought)
        self._patience += PLEASED * float((clicked * self._quality[items]).sum()) - 1.0
        self.pages += 1
        return Response(np.ones(len(items), bool), clicked, carted, bought)


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-x)))
