"""What rankers are trained on: lists that were shown and what came of them, with the features as of then.

The log is replayed in the order in which it arrived, so that a list sees what a serving process could have seen, and
nothing that was done before but reported after.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.events import WEIGHTS
from recsys.interactions import History
from recsys.ranking.counts import Counts
from recsys.ranking.features import MOST_READ, Asked, Features, Table
from recsys.ranking.goods import Goods

WINDOW = 86_400.0
"""Seconds after a list in which what is done with its items counts as come of it."""
_STAGES: Mapping[str, int] = {"click": 1, "add_to_cart": 2, "purchase": 3}


class Act(msgspec.Struct, frozen=True, kw_only=True):
    """An event of an item as the log has it. who: hash of the user, else of the session; item: its number; time, received:
    Unix seconds; recommendation: id of the list that led there."""

    who: str
    item: int
    kind: str
    time: float
    received: float
    recommendation: str | None = None


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """A list as it was shown. items: (k,) int64, best place first; recall: as in :class:`Asked`; segment: as it was
    known then."""

    id: str
    who: str
    time: float
    items: NDArray[np.int64]
    recall: Mapping[str, NDArray[np.float32]] = msgspec.field(default_factory=dict)
    segment: str = ""
    device: str = ""
    place: str = ""
    page: str = ""


class Examples(msgspec.Struct, frozen=True):
    """Rows of shown items, those of a list together.

    reached: (n,) int64, 0 nothing, 1 clicked, 2 put in the cart, 3 bought; position: (n,) int64 from 1; starts: (lists + 1,).
    """

    table: Table
    reached: NDArray[np.int64]
    position: NDArray[np.int64]
    starts: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.reached)

    @property
    def labels(self) -> NDArray[np.float32]:
        """(n, 3) 0 or 1: clicked, put in the cart, bought; each holds the next."""
        return (self.reached[:, None] >= np.arange(1, 4)).astype(np.float32)

    def lists(self, chosen: NDArray[np.bool_]) -> "Examples":
        """Those of a mask over the lists."""
        sizes = np.diff(self.starts)
        rows = np.repeat(chosen, sizes)
        starts = np.concatenate([[0], np.cumsum(sizes[chosen])])
        return Examples(self.table.rows(rows), self.reached[rows], self.position[rows], starts)


class Log(Protocol):
    """What the features are computed from, kept up to date by :meth:`act` and :meth:`show`."""

    counts: Counts

    def act(self, act: Act) -> None: ...
    def show(self, items: NDArray[np.int64], time: float) -> None: ...
    def history(self, who: str, now: float, segment: str = "") -> History: ...


class Memory:
    """A :class:`Log` in memory."""

    def __init__(self, items: int) -> None:
        self.counts = Counts(items)
        self._done: dict[str, list[Act]] = {}

    def act(self, act: Act) -> None:
        self.counts.add(act.kind, act.item, act.time)
        self._done.setdefault(act.who, []).append(act)

    def show(self, items: NDArray[np.int64], time: float) -> None:
        self.counts.add("shown", items, time)

    def history(self, who: str, now: float, segment: str = "") -> History:
        return history_of([act for act in self._done.get(who, ()) if act.time <= now], now, segment)


def history_of(acts: Iterable[Act], now: float, segment: str = "") -> History:
    """The history that features read: the latest events that say something for an item, by time, one entry each."""
    told = sorted((act for act in acts if act.kind in WEIGHTS), key=lambda act: (act.time, act.item, act.kind))
    told = told[-MOST_READ:]
    return History(
        np.array([act.item for act in told], np.int64), np.array([act.time for act in told], np.float64),
        np.array([WEIGHTS[act.kind] for act in told], np.float32), now, None, segment,
    )  # fmt: skip


def asked_of(shown: Shown, history: History) -> Asked:
    """The question that a list was the answer to, of the items that were shown."""
    return Asked(
        history=history, candidates=shown.items, recall=shown.recall, now=shown.time, device=shown.device,
        place=shown.place, page=shown.page,
    )  # fmt: skip


def replay(
    acts: Iterable[Act], shown: Sequence[Shown], goods: Goods, sources: Sequence[str], features: Features | None = None
) -> tuple[Features, Examples, Memory]:
    """Features and outcome of every list by time, and the memory as it is at the end.

    features: the columns; by default those for what is met.
    """
    acts = sorted(acts, key=lambda act: act.received)
    shown = sorted(shown, key=lambda one: one.time)
    features = features or Features.of(sources, goods, [asked_of(one, History.of([], 0, one.segment)) for one in shown])
    memory, place, tables = Memory(len(goods)), 0, []
    for one in shown:
        while place < len(acts) and acts[place].received <= one.time:
            memory.act(acts[place])
            place += 1
        asked = asked_of(one, memory.history(one.who, one.time, one.segment))
        tables.append(features.table(asked, goods, memory.counts))
        memory.show(one.items, one.time)
    for act in acts[place:]:
        memory.act(act)
    sizes = [len(one.items) for one in shown]
    empty = Table(np.zeros((0, len(features.names) - len(features.words)), np.float32), np.zeros((0, len(features.words)), np.int64))  # fmt: skip
    return features, Examples(
        Table.stacked([empty, *tables]),
        np.concatenate([np.zeros(0, np.int64), *_reached(acts, shown)]),
        np.concatenate([np.zeros(0, np.int64), *(np.arange(1, size + 1) for size in sizes)]),
        np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
    ), memory  # fmt: skip


def _reached(acts: Iterable[Act], shown: Sequence[Shown]) -> list[NDArray[np.int64]]:
    """What came of every list: by the list's id where an event tells one, else of the last list of theirs that held the
    item, within :data:`WINDOW`."""
    reached = [np.zeros(len(one.items), np.int64) for one in shown]
    number = {one.id: place for place, one in enumerate(shown)}
    of_whom: dict[tuple[str, int], list[int]] = {}
    for place, one in enumerate(shown):
        for item in one.items:
            of_whom.setdefault((one.who, int(item)), []).append(place)
    for act in acts:
        if act.kind not in _STAGES:
            continue
        if act.recommendation is not None:
            places = [number[act.recommendation]] if act.recommendation in number else []
        else:
            places = [p for p in of_whom.get((act.who, act.item), ()) if 0 <= act.time - shown[p].time <= WINDOW][-1:]
        for place in places:
            own = shown[place].items == act.item
            reached[place][own] = np.maximum(reached[place][own], _STAGES[act.kind])
    return reached
