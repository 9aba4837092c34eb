"""What recommenders learn from and are asked about: who took what when, by number, and one history at a time."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

DAY = 86_400.0


class History(msgspec.Struct, frozen=True):
    """What one user or session has done, oldest first.

    items: (n,) int64 numbers of items; times: (n,) float64 Unix seconds; weights: (n,) float32, how much each counts;
    now: when the question is asked; user: number among the users trained on, None for others; segment: name or "".
    """

    items: NDArray[np.int64]
    times: NDArray[np.float64]
    weights: NDArray[np.float32]
    now: float
    user: int | None = None
    segment: str = ""

    @classmethod
    def of(cls, items: Sequence[int], now: float = 0.0, segment: str = "") -> "History":
        """A session: items in their order, each a minute after the one before, the last at ``now``."""
        count = len(items)
        times = now - 60.0 * np.arange(count - 1, -1, -1, dtype=np.float64)
        return cls(np.asarray(items, np.int64), times, np.ones(count, np.float32), now, None, segment)


class Interactions(msgspec.Struct, frozen=True, dict=True):
    """Events as arrays, sorted by user and within a user by time.

    users, items: names by number; user, item: (n,) int64; time: (n,) float64 Unix seconds; weight: (n,) float32.
    vectors: (items, d) float32 of unit length, rows of zeros where an item has none; parts: widths of the subspaces
    side by side in them (image, text, colour), empty for one; categories: by item, "" unknown;
    prices: (items,) float64, NaN unknown; segments: by user, or empty.
    """

    users: tuple[str, ...]
    items: tuple[str, ...]
    user: NDArray[np.int64]
    item: NDArray[np.int64]
    time: NDArray[np.float64]
    weight: NDArray[np.float32]
    vectors: NDArray[np.float32] | None = None
    parts: tuple[int, ...] = ()
    categories: tuple[str, ...] = ()
    prices: NDArray[np.float64] | None = None
    segments: tuple[str, ...] = ()

    @classmethod
    def sorted(
        cls,
        users: Sequence[str],
        items: Sequence[str],
        user: NDArray[np.int64],
        item: NDArray[np.int64],
        time: NDArray[np.float64],
        weight: NDArray[np.float32] | None = None,
        **about: object,
    ) -> "Interactions":
        """Of events in any order; those of one user at one time keep theirs."""
        order = np.lexsort((time, user))
        weight = np.ones(len(user), np.float32) if weight is None else weight
        return cls(
            tuple(users),
            tuple(items),
            user[order],
            item[order],
            time[order],
            weight[order],
            **about,  # type: ignore[arg-type]
        )

    def __len__(self) -> int:
        return len(self.user)

    @cached_property
    def starts(self) -> NDArray[np.int64]:
        """(users + 1,) where each user's events begin."""
        return np.searchsorted(self.user, np.arange(len(self.users) + 1))

    @cached_property
    def matrix(self) -> "csr_matrix":
        """(users, items) float32: 1 where a user took an item."""
        from scipy.sparse import csr_matrix

        shape = (len(self.users), len(self.items))
        matrix = csr_matrix((np.ones(len(self), np.float32), (self.user, self.item)), shape)
        matrix.data[:] = 1.0  # what was taken twice
        return matrix

    def where(self, kept: NDArray[np.bool_]) -> "Interactions":
        """The events of a mask; users and items keep their numbers."""
        return msgspec.structs.replace(
            self, user=self.user[kept], item=self.item[kept], time=self.time[kept], weight=self.weight[kept]
        )

    def history(self, user: int, now: float | None = None) -> History:
        """Everything of one user; now: by default the time of the last event."""
        part = slice(self.starts[user], self.starts[user + 1])
        times = self.time[part]
        asked = now if now is not None else float(times[-1]) if len(times) else 0.0
        segment = self.segments[user] if self.segments else ""
        return History(self.item[part], times, self.weight[part], asked, user, segment)

    def histories(self) -> Iterator[History]:
        return (self.history(user) for user in range(len(self.users)))
