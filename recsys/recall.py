"""Recall at serving: each recommender as a table of what one item says for others, summed over a history.

A table has the strongest neighbours of every item, so that an answer costs what the history is long, not what the
catalogue is large. For recommenders that are linear in the history this is their score but for what is cut off; for
others it is how they continue a session of one item.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from recsys.contract import Recommender, best, recommender
from recsys.interactions import History, Interactions
from recsys.metrics import ndcg, top
from recsys.recommenders.ensemble import climb
from recsys.recommenders.item_weights import ItemWeights, largest, recency, strongest
from recsys.splits import last_part

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

POPULAR = "popularity.decayed"
CONTENT = ("content.nearest",)
"""Sources that know items alone, and so are the same whatever events are held back."""

NEIGHBOURS = 100
LATEST = 30
"""Things of a history that speak, the latest."""
TAU, FLOOR = 8.0, 0.05
_JUDGED = 20_000_000  # scores at a time where weights are learnt
_MOST_JUDGED = 1000  # users
_BLOCK = 50_000_000  # scores at a time


class Recalled(msgspec.Struct, frozen=True):
    """items: (c,) int64 numbers, each once; scores: (c, sources) float32, each source's own brought to at most 1; fused:
    (c,) float32; because: (c,) place in the history of what speaks most for each, -1 for popularity."""

    items: NDArray[np.int64]
    scores: NDArray[np.float32]
    fused: NDArray[np.float32]
    because: NDArray[np.int64]


class Held(msgspec.Struct, frozen=True):
    """Lists of ten for events that were held back, by what was learnt without them: lists: (n, 10); users: (n,) numbers; wanted:
    by list, item numbers; known: (n,) how many products each had met."""

    lists: NDArray[np.int64]
    users: NDArray[np.int64]
    wanted: tuple[NDArray[np.int64], ...]
    known: NDArray[np.int64]


class Recall(msgspec.Struct, dict=True):
    """tables: by tag, (items, items) sparse; weights: of each source, popularity last; popular: (segments, items); held: how it
    did, None where too little could be held back, and when it is read back."""

    tables: dict[str, "csr_matrix"]
    popular: NDArray[np.float32]
    segments: tuple[str, ...]
    weights: NDArray[np.float32]
    held: Held | None = None

    @property
    def sources(self) -> tuple[str, ...]:
        return (*self.tables, POPULAR)

    @classmethod
    def fit(cls, seen: Interactions, tags: Sequence[str]) -> "Recall":
        """Learn every source, and how much each counts: by NDCG@10 on the last fifth of everybody's events."""
        split = last_part(seen, 0.2)
        asked, wanted = split.asked()
        most = min(_MOST_JUDGED, max(1, _JUDGED // max(1, len(seen.items))))
        step = max(1, len(asked) // most)
        asked, wanted = asked[::step], wanted[::step]
        even = np.ones(len(tags) + 1, np.float32)
        weights = even
        content: dict[str, csr_matrix] = {}
        held = None
        if len(asked) >= 20:
            early = cls._learnt(split.train, tags, even, {})
            scores = np.stack(early._dense(asked))

            def quality(tried: NDArray[np.float32]) -> float:
                return float(np.mean(ndcg(top(np.tensordot(tried, scores, 1), asked, 10), wanted, 10)))

            alone = [quality(row) for row in np.eye(len(even), dtype=np.float32)]
            weights = climb(quality, np.eye(len(even), dtype=np.float32)[int(np.argmax(alone))])
            weights = np.maximum(weights, 0.01)  # nobody is silent: what one does not know another may
            content = {tag: own for tag, own in early.tables.items() if tag in CONTENT}
            held = Held(
                top(np.tensordot(weights, scores, 1), asked, 10), np.array([one.user for one in asked], np.int64),
                tuple(wanted), np.array([len(one.items) for one in asked], np.int64),
            )  # fmt: skip
        made = cls._learnt(seen, tags, weights, content)
        made.held = held
        return made

    @classmethod
    def _learnt(
        cls,
        seen: Interactions,
        tags: Sequence[str],
        weights: NDArray[np.float32],
        known: Mapping[str, "csr_matrix"],
    ) -> "Recall":
        popularity = recommender(POPULAR)().fit(seen)
        arrays = popularity.arrays()
        tables = {
            tag: known[tag] if tag in known else table(recommender(tag)().fit(seen), len(seen.items)) for tag in tags
        }
        segments = ("", *(str(name) for name in arrays["names"]))
        return cls(tables, np.asarray(arrays["tables"], np.float32), segments, weights)

    def _dense(self, histories: Sequence[History]) -> list[NDArray[np.float32]]:
        spoken = recency([_latest(one) for one in histories], self.popular.shape[1], TAU, FLOOR)
        rows = [self.segments.index(one.segment) if one.segment in self.segments else 0 for one in histories]
        found = [np.asarray((spoken @ own).todense(), np.float32) for own in self.tables.values()]
        return [_brought(one) for one in (*found, self.popular[rows])]

    def ask(self, history: History, quota: int, *, without: Mapping[str, str] | None = None) -> Recalled:
        """The ``quota`` best of every source, and of all together; without: tags to leave out, and why."""
        history = _latest(history)
        spoken = recency([history], self.popular.shape[1], TAU, FLOOR)
        said = dict(zip(spoken.indices, spoken.data, strict=True))  # a thing met twice speaks once, for both
        columns: dict[str, tuple[NDArray[np.int64], NDArray[np.float32]]] = {}
        strongest_of: dict[int, tuple[float, int]] = {}
        place = {int(item): at for at, item in enumerate(history.items)}
        for tag, own in self.tables.items():
            if without and tag in without:
                continue
            rows = [(place[int(one)], own.indptr[one], own.indptr[one + 1], loud) for one, loud in said.items()]
            ids = np.concatenate([own.indices[a:b] for _, a, b, _ in rows] or [np.empty(0, np.int64)])
            values = np.concatenate([own.data[a:b] * loud for _, a, b, loud in rows] or [np.empty(0, np.float32)])
            by = np.concatenate([np.full(b - a, at) for at, a, b, _ in rows] or [np.empty(0, np.int64)])
            found, inverse = np.unique(ids, return_inverse=True)
            total = np.bincount(inverse, values, len(found)).astype(np.float32)
            kept = np.argsort(-total, kind="stable")[:quota]
            kept = kept[total[kept] > 0]
            if len(kept):
                columns[tag] = found[kept], total[kept] / total[kept[0]]
                loudest = np.zeros(len(found), np.int64)
                order = np.argsort(values, kind="stable")
                loudest[inverse[order]] = order  # the last written is the loudest
                share = float(self.weights[self.sources.index(tag)])
                for at in kept:
                    loud = share * float(values[loudest[at]]) / float(total[kept[0]])
                    if loud > strongest_of.get(int(found[at]), (0.0, -1))[0]:
                        strongest_of[int(found[at])] = loud, int(by[loudest[at]])
        row = self.popular[self.segments.index(history.segment) if history.segment in self.segments else 0]
        famous = best(row, quota)
        if len(famous.items):
            columns[POPULAR] = famous.items, famous.scores / max(float(famous.scores[0]), 1e-9)
        items = np.unique(np.concatenate([ids for ids, _ in columns.values()] or [np.empty(0, np.int64)]))
        scores = np.zeros((len(items), len(self.sources)), np.float32)
        for tag, (ids, values) in columns.items():
            scores[np.searchsorted(items, ids), self.sources.index(tag)] = values
        because = np.array([strongest_of.get(int(item), (0.0, -1))[1] for item in items], np.int64)
        return Recalled(items, scores, scores @ self.weights, because)

    def similar(self, item: int, quota: int) -> Recalled:
        """What goes on from one item alone."""
        return self.ask(History.of([item]), quota)

    # On disk

    def save(self, folder: Path) -> None:
        """``recall.npz``; no pickle."""
        arrays: dict[str, NDArray[np.generic]] = {
            "popular": self.popular, "segments": np.array(self.segments), "weights": self.weights, "tags": np.array(list(self.tables), dtype=str),
        }  # fmt: skip
        for number, own in enumerate(self.tables.values()):
            arrays |= {f"{number} {name}": getattr(own, name) for name in ("data", "indices", "indptr")}
        with replacing(folder / "recall.npz") as path, path.open("wb") as file:
            np.savez(file, **arrays)  # type: ignore[arg-type]

    @classmethod
    def load(cls, folder: Path) -> "Recall":
        from scipy.sparse import csr_matrix

        with np.load(folder / "recall.npz", allow_pickle=False) as arrays:
            popular = np.asarray(arrays["popular"], np.float32)
            shape = (popular.shape[1], popular.shape[1])
            tables = {
                str(tag): csr_matrix(tuple(arrays[f"{number} {name}"] for name in ("data", "indices", "indptr")), shape)
                for number, tag in enumerate(arrays["tags"])
            }
            return cls(tables, popular, tuple(str(one) for one in arrays["segments"]), arrays["weights"])


def table(model: Recommender, items: int, k: int = NEIGHBOURS) -> "csr_matrix":
    """(items, items) float32: the k items that each item says most for, by a recommender."""
    from scipy.sparse import csr_matrix, vstack

    if isinstance(model, ItemWeights):
        return _sorted(strongest(model.weights, k))
    step = max(1, _BLOCK // max(1, items))
    blocks = []
    for start in range(0, items, step):
        scores = model.score([History.of([one]) for one in range(start, min(start + step, items))])
        values, kept = largest(scores, min(k, items))
        values = np.maximum(values, 0.0)
        rows = np.repeat(np.arange(len(scores)), kept.shape[1])
        blocks.append(csr_matrix((values.ravel(), (rows, kept.ravel())), (len(scores), items)))
    return _sorted(strongest(vstack(blocks) if blocks else csr_matrix((0, 0), dtype=np.float32), k))


def _sorted(weights: "csr_matrix") -> "csr_matrix":
    weights.eliminate_zeros()
    weights.sort_indices()
    return weights.astype(np.float32)


def _latest(history: History) -> History:
    part = slice(-LATEST, None)
    return msgspec.structs.replace(
        history, items=history.items[part], times=history.times[part], weights=history.weights[part]
    )


def _brought(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Rows brought to a largest of 1."""
    most = scores.max(1, keepdims=True)
    return np.asarray(np.maximum(scores, 0) / np.where(most > 0, most, 1), np.float32)
