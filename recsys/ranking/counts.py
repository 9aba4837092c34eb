"""How often each item was shown and taken, fading with time."""

import numpy as np
from numpy.typing import NDArray

from recsys.interactions import DAY

KINDS = ("shown", "click", "add_to_cart", "purchase")
_ORIGIN = 1_577_836_800.0  # 2020: far enough from overflow, which is 1,024 half-lives away


class Counts:
    """Sums of 2^(-age / half_life) over events, in days; the order in which events come makes no difference.

    until: time of the latest that was counted.
    """

    def __init__(self, items: int, half_life: float = 14.0) -> None:
        self.half_life = half_life
        self.until = 0.0
        self._sums = np.zeros((len(KINDS), items))

    def add(self, kind: str, items: int | NDArray[np.int64], time: float) -> None:
        """Count an event of each of the items; a kind that is not counted is passed over. time: Unix seconds."""
        if kind in KINDS:
            self.until = max(self.until, time)
            np.add.at(self._sums[KINDS.index(kind)], items, 2.0 ** ((time - _ORIGIN) / DAY / self.half_life))

    def grow(self, items: int) -> None:
        """Make room for items that are new, at the end."""
        self._sums = np.pad(self._sums, ((0, 0), (0, max(0, items - self._sums.shape[1]))))

    def now(self, items: NDArray[np.int64], now: float) -> NDArray[np.float64]:
        """(kinds, n) counts of some items, as faded by now."""
        return np.asarray(self._sums[:, items] * 2.0 ** (-(now - _ORIGIN) / DAY / self.half_life))

    def totals(self, now: float) -> NDArray[np.float64]:
        """(kinds,) of all items together."""
        return np.asarray(self._sums.sum(1) * 2.0 ** (-(now - _ORIGIN) / DAY / self.half_life))

    def arrays(self) -> dict[str, NDArray[np.float64]]:
        return {"sums": self._sums, "half_life": np.array(self.half_life), "until": np.array(self.until)}

    @classmethod
    def of(cls, arrays: dict[str, NDArray[np.float64]]) -> "Counts":
        """What :meth:`arrays` gave."""
        made = cls(arrays["sums"].shape[1], float(arrays["half_life"]))
        made.until = float(arrays["until"])
        made._sums = np.array(arrays["sums"], np.float64)
        return made
