"""What the features know of items."""

from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray


class Goods(msgspec.Struct, frozen=True, dict=True):
    """Facts of items, by their number.

    vectors: (items, d) float32 of unit length, rows of zeros where there is none; categories, brands, colours: "" unknown;
    prices, margins: (items,) float64 in one currency, NaN unknown; margins in money a piece, which may be negative.
    """

    vectors: NDArray[np.float32]
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    colours: tuple[str, ...]
    prices: NDArray[np.float64]
    margins: NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return len(self.categories)

    def joined(self, other: "Goods") -> "Goods":
        """These, and others behind them."""
        return Goods(
            np.concatenate([self.vectors, other.vectors]), self.categories + other.categories, self.brands + other.brands,
            self.colours + other.colours, np.concatenate([self.prices, other.prices]),
        )  # fmt: skip

    @cached_property
    def kinds(self) -> NDArray[np.int64]:
        """(3, items): category, brand and colour by their place in :attr:`words`."""
        return np.stack([np.unique(row, return_inverse=True)[1] for row in self._rows])

    @cached_property
    def words(self) -> tuple[tuple[str, ...], ...]:
        """The categories, brands and colours there are, each sorted."""
        return tuple(tuple(sorted(set(row))) for row in self._rows)

    @property
    def _rows(self) -> tuple[tuple[str, ...], ...]:
        return self.categories, self.brands, self.colours

    @cached_property
    def log_price(self) -> NDArray[np.float64]:
        """(items,) natural logarithm of one more than the price; the mean of all where it is unknown."""
        known = np.log1p(self.prices)
        mean = float(np.nanmean(known)) if np.isfinite(known).any() else 0.0
        return np.where(np.isfinite(known), known, mean)

    @cached_property
    def price_place(self) -> NDArray[np.float64]:
        """(items,) share of its category that an item is dearer than, in [0, 1); ties by half."""
        place = np.zeros(len(self))
        for kind in np.unique(self.kinds[0]):
            own = np.flatnonzero(self.kinds[0] == kind)
            prices = self.log_price[own]
            cheaper = np.searchsorted(np.sort(prices), prices, "left")
            not_dearer = np.searchsorted(np.sort(prices), prices, "right")
            place[own] = (cheaper + not_dearer) / (2 * len(own))
        return place

    @cached_property
    def price_moments(self) -> tuple[float, float]:
        """Mean and standard deviation of :attr:`log_price`."""
        return float(self.log_price.mean()), float(self.log_price.std())
