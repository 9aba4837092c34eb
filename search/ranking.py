"""From a query's vector and words to a ranked list of products, as deep as pages ask for."""

import threading
from collections.abc import Sequence

import msgspec
import numpy as np

from search import lexical, rerank
from search.catalogue import Catalogue, Version
from search.conditions import Condition, Filter
from search.index import Index

FIRST_DEPTH = 200
"""Candidates ranked for a first page. More come when pages reach their end, four times as many each time."""

DEEPEST = 3_200
"""Candidates at most: a page later than that is not worth the shopper's patience, nor ours."""

WORD_HITS = 200
"""Length of the list that words give."""

_EFFORTS = (4, 16, 64)


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """A query made ready. vector (dim,) float32; texts: weight and words of each text; left_out: ids never to list."""

    version: Version
    vector: np.ndarray
    texts: tuple[tuple[float, str], ...] = ()
    where: Filter = Filter()
    left_out: frozenset[str] = frozenset()
    collapse: bool = True
    region: int | None = None


class Entry(msgspec.Struct):
    """One place in the ranking. duplicates: ids that stand under it."""

    id: str
    score: float
    signals: dict[str, float]
    duplicates: list[str]


class Ranking:
    """The ranked list of one query over one index version, deepened on demand; what is ranked once stays in its place.

    ended: whether nothing more meets the query. widened, note: whether the search had to be widened, and how far.
    Safe to share between threads.
    """

    def __init__(self, asked: Asked, subspaces: Sequence[rerank.Subspace], index: Index, catalogue: Catalogue) -> None:
        self.asked = asked
        self.entries: list[Entry] = []
        self.ended = False
        self.widened = False
        self._subspaces = subspaces
        self._index = index
        self._catalogue = catalogue
        self._words: list[tuple[float, dict[str, float]]] | None = None
        self._placed: set[str] = set(asked.left_out)
        self._depth = 0
        self._lock = threading.Lock()

    def __len__(self) -> int:
        return len(self.entries)

    @property
    def note(self) -> str:
        count = len(self.entries) + sum(len(entry.duplicates) for entry in self.entries)
        if self.ended and self.asked.where:
            return f"All {count} products that meet the filter are ranked." if count else "No product meets the filter."
        if self.widened:
            return f"The search was widened to the {self._depth} nearest products."
        return ""

    def fill(self, count: int) -> None:
        """Rank until there are ``count`` entries, or the end is reached."""
        with self._lock:
            while len(self.entries) < count and not self.ended:
                self.widened = self.widened or self._depth > 0
                self._deepen(min(4 * self._depth or FIRST_DEPTH, DEEPEST))

    def ids(self) -> list[str]:
        """Every product that is ranked, duplicates under their best included."""
        return [one for entry in self.entries for one in (entry.id, *entry.duplicates)]

    def _deepen(self, depth: int) -> None:
        asked, collection = self.asked, self.asked.version.collection
        ids, vectors, ended = self._nearest(depth)
        if self._words is None:
            self._words = [(weight, self._worded(text)) for weight, text in asked.texts]
        missing = sorted({one for _, scores in self._words for one in scores} - set(ids))
        if missing:
            among = Filter((Condition("id", "in", tuple(missing)),))
            found = self._index.search(collection, asked.vector[None], len(missing), where=among, vectors=True)[0]
            assert found.vectors is not None
            ids, vectors = [*ids, *found.ids], np.concatenate([vectors, found.vectors])
        self._place(ids, vectors)
        self._depth = depth
        self.ended = ended or depth >= DEEPEST

    def _nearest(self, depth: int) -> tuple[list[str], np.ndarray, bool]:
        """Ids and vectors of the nearest products that meet the filter, and whether there are no others.

        An approximate index may pass over what meets a selective filter: it is searched ever more thoroughly until
        as many are found as were asked for or as there are.
        """
        asked, collection = self.asked, self.asked.version.collection
        query = asked.vector[None]
        found = self._index.search(collection, query, depth, where=asked.where, vectors=True)[0]
        if len(found.ids) < depth and not self._index.exact(collection):
            there = min(depth, self._index.count(collection, asked.where))
            for effort in _EFFORTS:
                if len(found.ids) >= there:
                    break
                self.widened = True
                found = self._index.search(collection, query, depth, where=asked.where, vectors=True, effort=effort)[0]
        assert found.vectors is not None
        return list(found.ids), found.vectors, len(found.ids) < depth

    def _worded(self, text: str) -> dict[str, float]:
        """BM25 scores of the best products that have the words and meet the filter."""
        scores: dict[str, float] = {}
        with self._catalogue.database.reading() as session:
            for offset in range(0, DEEPEST, WORD_HITS):
                page = lexical.search(session, text, WORD_HITS, offset)
                if self.asked.where and page:
                    products = self._catalogue.get_many([one for one, _ in page])
                    page = [hit for hit in page if hit[0] in products and self.asked.where.matches(products[hit[0]])]
                    scores.update(page)
                else:
                    scores.update(page)
                if len(scores) >= WORD_HITS or not page:
                    break
        return scores

    def _place(self, ids: list[str], vectors: np.ndarray) -> None:
        """Rank candidates and append those that have no place yet."""
        parts = rerank.signals(self.asked.vector, vectors, self._subspaces)
        exact = np.sum(list(parts.values()), axis=0) if parts else np.zeros(len(ids))
        ranked = [ids[i] for i in rerank.order(ids, exact)]
        row = {one: i for i, one in enumerate(ids)}
        scores = {one: float(exact[i]) for one, i in row.items()}
        if self._words:
            lists = [(weight, rerank.ranks(some)) for weight, some in self._words]
            fused = rerank.fuse([(1.0, ranked), *lists])
            scores = {one: fused[one] for one in ids}
            ranked = rerank.ranks(scores)
        old = [entry.id for entry in self.entries if entry.id in row]
        new = [one for one in ranked if one not in self._placed]
        line = [*old, *new]
        under = list(range(len(line)))
        if self.asked.collapse:
            under = rerank.collapse(vectors[[row[one] for one in line]], self._subspaces)
        heads = {entry.id: entry for entry in self.entries}
        for place, one in enumerate(line):
            if place < len(old):
                continue
            self._placed.add(one)
            if under[place] != place:
                heads[line[under[place]]].duplicates.append(one)
                continue
            signals = {name: float(values[row[one]]) for name, values in parts.items()}
            worded = [some[one] for _, some in self._words or () if one in some]
            if worded:
                signals["words"] = max(worded)
            heads[one] = Entry(one, scores[one], signals, [])
            self.entries.append(heads[one])
