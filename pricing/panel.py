"""Sales by product and period with the price asked: what elasticities are estimated from."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadPrice

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Panel(msgspec.Struct, frozen=True, kw_only=True):
    """Rows (n,), one for a product in a period.

    product: number into ``names``; period: consecutive numbers; units: sold, 0 or more; price: asked, over 0;
    controls: (n, k) promotion, display and the like, about [0, 1]; available: share of the period with stock, in (0, 1];
    names, categories, brands: of the products; year: periods in one.
    """

    product: Ints
    period: Ints
    units: Floats
    price: Floats
    controls: Floats
    available: Floats
    names: tuple[str, ...]
    categories: tuple[str, ...]
    brands: tuple[str, ...]
    year: float = 52.0

    def check(self) -> "Panel":
        """Itself. Raises BadPrice where there is no row, a price is not over 0, or a number is not finite."""
        if not len(self.product):
            raise BadPrice(
                "There is no history of sales.", remedy="Give sales by product and period, with the price asked."
            )
        if not (np.isfinite(self.price).all() and (self.price > 0).all()):
            raise BadPrice("A price in the history is not a number over 0.")
        if not (np.isfinite(self.units).all() and (self.units >= 0).all() and np.isfinite(self.controls).all()):
            raise BadPrice("The history has units or controls that are no numbers of 0 or more.")
        if not ((self.available > 0) & (self.available <= 1)).all():
            raise BadPrice("A share of time with stock lies outside of (0, 1]; leave out periods without any.")
        return self

    def rows(self, kept: NDArray[np.bool_]) -> "Panel":
        """Some of the rows; the products stay."""
        cut = {
            name: getattr(self, name)[kept] for name in ("product", "period", "units", "price", "controls", "available")
        }
        return msgspec.structs.replace(self, **cut)

    def waves(self, count: int) -> Floats:
        """(n, 2 count) sines and cosines of the year."""
        turns = 2 * np.pi * np.arange(1, count + 1) * self.period[:, None] / self.year
        return np.concatenate([np.sin(turns), np.cos(turns)], 1)

    def age(self) -> Floats:
        """(n,) time from the first period to the last, −.5 to .5."""
        first, last = self.period.min(), self.period.max()
        return np.asarray((self.period - first) / max(last - first, 1) - 0.5)


def numbers(labels: Sequence[str]) -> tuple[Ints, int]:
    """Labels as numbers, and how many there are."""
    found, at = np.unique(np.array(labels, str), return_inverse=True)
    return at.astype(np.int64), len(found)
