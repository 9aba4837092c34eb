"""From a query's vector and words to a ranked list of products, as deep as pages ask for."""

import threading
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from concurrent.futures import ThreadPoolExecutor

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
_NOTICEABLE = 1e-3


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
        asked = self.asked
        with ThreadPoolExecutor(max_workers=max(1, len(asked.texts))) as beside:
            matching = [beside.submit(self._matching, text) for _, text in asked.texts]
            nearness, ended = self._nearest(depth)
            own = self._catalogue.own_vectors(asked.version, list(nearness))
        words = [
            (weight, self._worded(*one.result(), nearness.keys(), ended))
            for (weight, _), one in zip(asked.texts, matching, strict=True)
        ]
        missing = sorted({one for _, scores in words for one in scores} - nearness.keys())
        own |= self._catalogue.own_vectors(asked.version, missing) if missing else {}
        if asked.version.smoothed and missing:
            among = Filter((Condition("id", "in", tuple(missing)),))
            found = self._index.search(asked.version.collection, asked.vector[None], len(missing), where=among)[0]
            nearness |= dict(zip(found.ids, found.scores.tolist(), strict=True))
        else:  # what stands in the index are the products' own vectors
            nearness |= {one: float(own[one] @ asked.vector) for one in missing if one in own}
        self._place({one: vector for one, vector in own.items() if one in nearness}, nearness, words)
        self._depth = depth
        self.ended = ended or depth >= DEEPEST

    def _nearest(self, depth: int) -> tuple[dict[str, float], bool]:
        """Scores of the nearest products that meet the filter, and whether there are no others.

        An approximate index may pass over what meets a selective filter: it is searched ever more thoroughly until
        as many are found as were asked for or as there are.
        """
        asked, collection = self.asked, self.asked.version.collection
        query = asked.vector[None]
        found = self._index.search(collection, query, depth, where=asked.where)[0]
        if len(found.ids) < depth and not self._index.exact(collection):
            there = min(depth, self._index.count(collection, asked.where))
            for effort in _EFFORTS:
                if len(found.ids) >= there:
                    break
                self.widened = True
                found = self._index.search(collection, query, depth, where=asked.where, effort=effort)[0]
        return dict(zip(found.ids, found.scores.tolist(), strict=True)), len(found.ids) < depth

    def _matching(self, text: str) -> tuple[lexical.Matches, dict[str, float]]:
        """All products that the words of a text match, and the best of them by id."""
        with self._catalogue.database.reading() as session:
            matches = lexical.match(session, text)
            return matches, dict(matches.page(session, WORD_HITS))

    def _worded(
        self, matches: lexical.Matches, best: dict[str, float], near: AbstractSet[str], complete: bool
    ) -> dict[str, float]:
        """BM25 scores of the best products by words that meet the filter, and of the near ones that have any.

        complete: whether the near ones are all that meet the filter.
        """
        scores = matches.of(near)
        if complete:
            return scores
        scores |= self._meeting(best, near)
        if self.asked.where and len(scores) < WORD_HITS:  # a filter may let few of the first through
            with self._catalogue.database.reading() as session:
                more = dict(matches.page(session, 10 * WORD_HITS, WORD_HITS))
            scores |= self._meeting(more, near)
        return scores

    def _meeting(self, page: dict[str, float], near: AbstractSet[str]) -> dict[str, float]:
        """What of a page meets the filter, as what is near does."""
        where = self.asked.where
        if not where:
            return page
        products = self._catalogue.get_many([one for one in page if one not in near])
        met = {one for one, product in products.items() if where.matches(product)}
        return {one: score for one, score in page.items() if one in near or one in met}

    def _place(
        self, own: dict[str, np.ndarray], nearness: dict[str, float], words: list[tuple[float, dict[str, float]]]
    ) -> None:
        """Rank candidates, given their vectors, the index's scores and those of words; append those without a place yet."""
        asked = self.asked
        ids = sorted(own)
        nearness = {one: nearness[one] for one in ids}
        vectors = np.stack([own[one] for one in ids]) if ids else np.zeros((0, asked.version.dim), np.float32)
        row = {one: i for i, one in enumerate(ids)}
        scores = nearness
        if words:
            known = [(weight, {one: some[one] for one in ids if one in some}) for weight, some in words]
            scores = rerank.fuse([(1.0, nearness), *known])
        parts = rerank.signals(asked.vector, vectors, self._subspaces)
        old = [entry.id for entry in self.entries if entry.id in row]
        line = [*old, *(one for one in rerank.ranks(scores) if one not in self._placed)]
        under = list(range(len(line)))
        if asked.collapse:
            under = rerank.collapse(vectors[[row[one] for one in line]], self._subspaces)
        heads = {entry.id: entry for entry in self.entries}
        for place, one in enumerate(line[len(old) :], start=len(old)):
            self._placed.add(one)
            if under[place] != place:
                heads[line[under[place]]].duplicates.append(one)
                continue
            signals = {name: float(values[row[one]]) for name, values in parts.items()}
            smoothed = nearness[one] - sum(signals.values())
            if abs(smoothed) > _NOTICEABLE:
                signals["neighbours"] = smoothed
            worded = [some[one] for _, some in words if one in some]
            if worded:
                signals["words"] = max(worded)
            heads[one] = Entry(one, scores[one], signals, [])
            self.entries.append(heads[one])
