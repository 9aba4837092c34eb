"""Searching: terms or a photo in, pages of hits with their reasons out."""

from collections.abc import Sequence
from typing import Protocol

import msgspec
import numpy as np

from core import Stages
from core.errors import BadCursor, BadRequest, IndexMismatch, NotFound
from core.settings import Settings
from search import facets, graph, lexical, rerank
from search.catalogue import Catalogue, Version
from search.conditions import Filter
from search.cursor import Cursors
from search.index import Index
from search.query import Answer, Facet, Facets, Hit, PhotoAnswer, PhotoRegion, Query, RegionAnswer, Term, check_limit
from search.ranking import Asked, Ranking
from vision import Picture, Regions, decode


class Encoder(Protocol):
    """What is asked of an encoder. ``subspaces``, where it has them, name the parts of its vectors."""

    @property
    def tag(self) -> str: ...
    @property
    def dim(self) -> int: ...
    def encode_texts(self, texts: Sequence[str]) -> np.ndarray: ...


class Sight(Protocol):
    """What is asked of vision: regions of a picture, and their vectors (n, dim) float32 of unit length."""

    @property
    def encoder(self) -> Encoder: ...
    def regions(self, picture: Picture, box: Sequence[float] | None = None) -> Regions: ...
    def encode_regions(self, picture: Picture, regions: Regions, indices: Sequence[int]) -> np.ndarray: ...


class _Whole(msgspec.Struct, frozen=True):
    name: str
    start: int
    stop: int


class Searcher:
    """Answers queries from the live index version. Safe to share between threads if ``sight`` is."""

    def __init__(self, settings: Settings, sight: Sight, catalogue: Catalogue, index: Index) -> None:
        self._settings = settings
        self._sight = sight
        self._catalogue = catalogue
        self._index = index
        self._cursors: Cursors[Ranking] = Cursors()

    def search(self, query: Query, stages: Stages | None = None) -> Answer:
        """One page of hits.

        A page after the first comes from the index version of the first, and repeats nothing of what came before.
        Raises BadCursor, NotFound for an unknown item or before the first ingest, IndexMismatch when the index was made
        by another encoder, BadImage for a photo that is none, and Unavailable's kin.
        """
        stages = stages or Stages()
        if query.cursor is not None:
            key, ranking, offset = self._cursors.find(query.cursor)
        else:
            version = self._live()
            vector = self._vector(version, query.terms, stages)
            if all(term.text is None and term.weight > 0 for term in query.terms):
                likes = all(term.item is not None for term in query.terms)
                vector = self._expanded(version, vector, graph.EXPANSION if likes else graph.PHOTO_EXPANSION, stages)
            asked = Asked(
                version=version,
                vector=vector,
                texts=_texts(query.terms),
                where=query.where,
                left_out=frozenset(term.item for term in query.terms if term.item is not None),
                collapse=query.collapse,
            )
            ranking, key, offset = self._ranking(asked), None, 0
        try:
            hits, cursor, counted = self._page(ranking, key, offset, query.limit, query.facets, stages)
        except NotFound:
            if query.cursor is None:
                raise
            raise BadCursor("The cursor's index is gone: a newer one is live.", remedy="Search again.") from None
        return Answer(
            hits=hits,
            index_version=ranking.asked.version.id,
            facets=counted,
            cursor=cursor,
            widened=ranking.widened,
            note=ranking.note,
            timings=stages.milliseconds,
        )

    def search_photo(
        self,
        data: bytes,
        *,
        box: Sequence[float] | None = None,
        text: str | None = None,
        text_weight: float = 0.5,
        where: Filter = Filter(),  # noqa: B008  (frozen)
        limit: int = 20,
        facets: Sequence[Facet] = (),
        every: bool = False,
        collapse: bool = True,
        stages: Stages | None = None,
    ) -> PhotoAnswer:
        """Regions of a photo, and the hits of its main region, or of every region.

        box: x, y, width, height in fractions of the upright photo, taken as the main region; text: words that refine
        what the photo shows, of this weight against the photo's 1. Raises as ``search`` does.
        """
        check_limit(limit)
        stages = stages or Stages()
        worded = (Term(text=text, weight=text_weight),) if text and text.strip() else ()
        version = self._live()
        with stages.stage("decode"):
            picture = decode(data, self._settings.images)
        with stages.stage("regions"):
            regions = self._regions(picture, box)
        searched = list(range(len(regions))) if every else [regions.main]
        with stages.stage("encode"):
            vectors = self._sight.encode_regions(picture, regions, searched)
        said = self._terms(version, worded, stages)
        answers = []
        for region, vector in zip(searched, vectors, strict=True):
            if said:
                vector = rerank.weighted([(1.0, vector), *said])
            else:
                vector = self._expanded(version, vector, graph.PHOTO_EXPANSION, stages)
            asked = Asked(
                version=version,
                vector=vector,
                texts=_texts((Term(photo=b""), *worded)),
                where=where,
                collapse=collapse,
                region=region,
            )
            ranking = self._ranking(asked)
            hits, cursor, counted = self._page(ranking, None, 0, limit, facets, stages)
            answers.append(
                RegionAnswer(
                    region=region, hits=hits, facets=counted, cursor=cursor, widened=ranking.widened, note=ranking.note
                )
            )
        return PhotoAnswer(
            width=picture.width,
            height=picture.height,
            regions=_plain(regions),
            main=regions.main,
            answers=tuple(answers),
            index_version=version.id,
            timings=stages.milliseconds,
        )

    def check(self) -> Version:
        """The live version, if it can be searched. Raises NotFound, IndexMismatch, or IndexUnavailable."""
        version = self._live()
        self._index.check(version.collection, version.dim, version.encoder)
        return version

    def _live(self) -> Version:
        version = self._catalogue.live()
        if version is None:
            raise NotFound("There is no index yet.", remedy="Run `shopglass ingest CATALOG` first.")
        encoder = self._sight.encoder
        if (version.encoder, version.dim) != (encoder.tag, encoder.dim):
            raise IndexMismatch(
                f"The index was made by {version.encoder}, the settings ask for {encoder.tag}.",
                remedy="Build it anew with `shopglass ingest CATALOG --rebuild`, or set models.encoder back.",
            )
        return version

    def _ranking(self, asked: Asked) -> Ranking:
        encoder = self._sight.encoder
        subspaces = getattr(encoder, "subspaces", None) or (_Whole("image", 0, encoder.dim),)
        return Ranking(asked, subspaces, self._index, self._catalogue)

    def _regions(self, picture: Picture, box: Sequence[float] | None) -> Regions:
        try:
            return self._sight.regions(picture, box)
        except ValueError as error:
            if box is None:
                raise
            raise BadRequest(
                "The box does not lie in the picture.", remedy="Give x,y,width,height as fractions from 0 to 1."
            ) from error

    def _vector(self, version: Version, terms: Sequence[Term], stages: Stages) -> np.ndarray:
        vector = rerank.weighted(self._terms(version, terms, stages))
        if not np.linalg.norm(vector) > 1e-6:
            raise BadRequest("The terms cancel each other out.", remedy="Give them other weights.")
        return vector

    def _expanded(self, version: Version, vector: np.ndarray, count: int, stages: Stages) -> np.ndarray:
        """The query drawn towards its ``count`` best hits, where the catalogue is one in which that helps.

        That is measured when an index is made (:func:`search.graph.come_in_kinds`), and for looks alone: what words
        find is not where the photo of one more of its kind would be.
        """
        if not version.smoothed:
            return vector
        with stages.stage("expand"):
            (found,) = self._index.search(version.collection, vector[None], count, vectors=True)
            if found.vectors is None or not found.ids:
                return vector
            return graph.expand(vector / np.linalg.norm(vector), found.vectors)

    def _terms(self, version: Version, terms: Sequence[Term], stages: Stages) -> list[tuple[float, np.ndarray]]:
        """Weight and vector of each term, in their order."""
        texts = [term.text for term in terms if term.text is not None]
        items = [term.item for term in terms if term.item is not None]
        with stages.stage("encode"):
            by_text = dict(zip(texts, self._sight.encoder.encode_texts(texts), strict=True)) if texts else {}
            by_item = self._catalogue.own_vectors(version, items) if items else {}
        found = []
        for term in terms:
            if term.text is not None:
                vector = by_text[term.text]
            elif term.item is not None:
                if term.item not in by_item:
                    raise NotFound(f"There is no product {term.item!r} in the index.")
                vector = by_item[term.item]
            elif term.photo is not None:
                vector = self._photo(term.photo, stages)
            else:
                vector = np.asarray(term.vector, np.float32)
                if vector.shape != (version.dim,):
                    raise ValueError(f"expected a vector of shape ({version.dim},), got {vector.shape}")
            found.append((term.weight, vector))
        return found

    def _photo(self, data: bytes, stages: Stages) -> np.ndarray:
        with stages.stage("decode"):
            picture = decode(data, self._settings.images)
        with stages.stage("regions"):
            regions = self._regions(picture, None)
        with stages.stage("encode"):
            return np.asarray(self._sight.encode_regions(picture, regions, [regions.main])[0])

    def _page(
        self, ranking: Ranking, key: bytes | None, offset: int, limit: int, wanted: Sequence[Facet], stages: Stages
    ) -> tuple[tuple[Hit, ...], str | None, Facets | None]:
        """Hits from ``offset`` on. Products deleted, or no longer within the filter, since they were ranked are left out."""
        hits: list[Hit] = []
        while True:
            with stages.stage("search"):
                ranking.fill(offset + limit - len(hits) + 1)
            part = ranking.entries[offset : offset + limit - len(hits)]
            with stages.stage("products"):
                products = self._catalogue.get_many([entry.id for entry in part])
            offset += len(part)
            for entry in part:
                product = products.get(entry.id)
                if product is None or not ranking.asked.where.matches(product):
                    continue
                words = [word for _, text in ranking.asked.texts for word in lexical.matched(text, product)]
                hits.append(
                    Hit(
                        product=product,
                        score=entry.score,
                        signals=entry.signals,
                        region=ranking.asked.region,
                        words=tuple(dict.fromkeys(words)),
                        duplicates=tuple(entry.duplicates),
                    )
                )
            if len(hits) >= limit or not part:
                break
        counted = None
        if wanted:
            with stages.stage("facets"):
                there = self._catalogue.get_many(ranking.ids())
                counted = facets.count(
                    [there[one] for one in sorted(there) if ranking.asked.where.matches(there[one])],
                    wanted,
                    complete=ranking.ended,
                )
        more = offset < len(ranking.entries)
        cursor = self._cursors.token(key or self._cursors.keep(ranking), offset) if more else None
        return tuple(hits), cursor, counted


def _texts(terms: Sequence[Term]) -> tuple[tuple[float, str], ...]:
    """Each text with its share of all weight: what its words weigh against the vectors' list."""
    total = sum(abs(term.weight) for term in terms)
    return tuple((term.weight / total, term.text) for term in terms if term.text is not None)


def _plain(regions: Regions) -> tuple[PhotoRegion, ...]:
    boxes: list[tuple[float, float, float, float]] = [tuple(box) for box in regions.boxes.tolist()]
    return tuple(
        PhotoRegion(box, label, float(score), source)
        for box, label, score, source in zip(boxes, regions.labels, regions.scores, regions.sources, strict=True)
    )
