"""Ways to hold events back: by time, at random, and whole items."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.interactions import History, Interactions


class Split(msgspec.Struct, frozen=True):
    """What is trained on and what is asked for. known: further events that are left out of every answer."""

    train: Interactions
    test: Interactions
    known: Interactions | None = None

    def asked(self, users: Sequence[int] | None = None) -> tuple[list[History], list[NDArray[np.int64]]]:
        """Training histories of those with something in the test part, in order, and the items they took there."""
        bounds = self.test.starts
        chosen = np.flatnonzero(np.diff(bounds)) if users is None else np.asarray(users)
        histories = [self.train.history(int(user)) for user in chosen]
        wanted = [np.unique(self.test.item[bounds[user] : bounds[user + 1]]) for user in chosen]
        return histories, wanted

    def left_out(self) -> list[History]:
        """What must not be answered, in the order of :meth:`asked`: training events, and those known besides."""
        chosen = np.flatnonzero(np.diff(self.test.starts))
        histories = [self.train.history(int(user)) for user in chosen]
        if self.known is None:
            return histories
        return [
            msgspec.structs.replace(history, items=np.concatenate([history.items, self.known.history(int(user)).items]))
            for user, history in zip(chosen, histories, strict=True)
        ]


def last_part(seen: Interactions, share: float) -> Split:
    """Each user's last events by time; the first floor((1 - share) n) are trained on."""
    lengths = np.diff(seen.starts)
    place = np.arange(len(seen)) - seen.starts[seen.user]
    first = place < np.floor((1 - share) * lengths + 1e-9)[seen.user]
    return Split(seen.where(first), seen.where(~first))


def at_random(seen: Interactions, shares: tuple[float, float], seed: int) -> tuple[Split, Split]:
    """Each user's events at random: a split to choose by and one to judge by, of the same training part.

    shares: of the two. In the second, what the first asks for is known. Rounded to whole events for each user.
    """
    rng = np.random.default_rng(seed)
    part = np.zeros(len(seen), np.int64)
    for begin, end in zip(seen.starts[:-1], seen.starts[1:], strict=True):
        order = begin + rng.permutation(end - begin)
        first, second = (round(share * (end - begin)) for share in shares)
        part[order[:second]] = 2
        part[order[second : second + first]] = 1
    train, validation, test = (seen.where(part == one) for one in range(3))
    return Split(train, validation), Split(train, test, known=validation)


def without_items(seen: Interactions, share: float, seed: int) -> tuple[Split, NDArray[np.bool_]]:
    """Whole items held out: nobody's training events have them. Returns which, (items,) bool, too."""
    rng = np.random.default_rng(seed)
    held = np.zeros(len(seen.items), bool)
    taken = np.flatnonzero(np.bincount(seen.item, minlength=len(seen.items)))
    held[rng.choice(taken, max(1, round(share * len(taken))), replace=False)] = True
    out = held[seen.item]
    return Split(seen.where(~out), seen.where(out)), held
