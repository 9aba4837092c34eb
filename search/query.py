"""What can be asked of the catalogue, and what comes back."""

from typing import Literal, Self

import msgspec
import numpy as np

from core.errors import BadRequest
from search.conditions import Filter
from search.products import Product

MOST_HITS = 100
"""Hits on one page."""

MOST_TERMS = 16
MOST_TEXT = 1_000

Facet = Literal["category", "brand", "price", "stock", "attributes"]
FACETS: tuple[Facet, ...] = ("category", "brand", "price", "stock", "attributes")


class Term(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One part of a query: a text, an item of the catalogue, a photo's bytes or a vector (dim,) float32 of unit length.

    weight: how much it counts against the others; below 0 means "less like this".
    Raises BadRequest unless exactly one of the four is given and the weight is finite and not 0.
    """

    text: str | None = None
    item: str | None = None
    photo: bytes | None = None
    vector: np.ndarray | None = None
    weight: float = 1.0

    def __post_init__(self) -> None:
        given = [name for name in ("text", "item", "photo", "vector") if getattr(self, name) is not None]
        if len(given) != 1:
            said = " and ".join(given) or "none of them"
            raise BadRequest(
                f"A term is a text, an item or a photo, and this one has {said}.", remedy="Give one of them."
            )
        if not np.isfinite(self.weight) or self.weight == 0 or abs(self.weight) > 100:
            raise BadRequest(
                f"A term's weight is {self.weight}.", remedy="Give a number from -100 to 100 that is not 0."
            )
        if self.text is not None and (not self.text.strip() or len(self.text) > MOST_TEXT):
            raise BadRequest(
                f"A text has {len(self.text)} characters.", remedy=f"Give words, at most {MOST_TEXT} characters."
            )


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What to find: products like the terms that meet the filter, a page at a time.

    facets: what to count; limit: hits a page, 1 to 100; cursor: of the page before, whose terms and filter it carries;
    collapse: whether near-duplicates stand under their best.
    Raises BadRequest for a limit or a number of terms out of bounds.
    """

    terms: tuple[Term, ...] = ()
    where: Filter = Filter()
    facets: tuple[Facet, ...] = ()
    limit: int = 20
    cursor: str | None = None
    collapse: bool = True

    def __post_init__(self) -> None:
        check_limit(self.limit)
        if not self.terms and self.cursor is None:
            raise BadRequest("The query has no term.", remedy="Give a text, an item or a photo to search by.")
        if len(self.terms) > MOST_TERMS:
            raise BadRequest(f"The query has {len(self.terms)} terms.", remedy=f"Give at most {MOST_TERMS}.")

    @classmethod
    def of(cls, text: str, **options: object) -> Self:
        """A query by one text."""
        return cls(terms=(Term(text=text),), **options)  # type: ignore[arg-type]


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """A product that was found, and why.

    score: what hits are ordered by. Without text it is the inner product of query and product, at most 1; with text
    the reciprocal-rank fusion of both lists, scaled so that a product that leads both has 1.
    signals: what each subspace of the product's own vector adds to the inner product, ``neighbours`` what the index's
    smoothing over similar products adds, and ``words`` the BM25 score where a text was given.
    region: the region of the photo it matched; words: those of the text that it has;
    duplicates: ids of near-duplicates that stand under it.
    """

    product: Product
    score: float
    signals: dict[str, float]
    region: int | None = None
    words: tuple[str, ...] = ()
    duplicates: tuple[str, ...] = ()


class Count(msgspec.Struct, frozen=True):
    """How many products have a value. filter: the words that narrow a search to it, "" where there are none."""

    label: str
    count: int
    filter: str


class Facets(msgspec.Struct, frozen=True):
    """Values and how many of the products have them, the most frequent first (price bands from cheap to dear).

    over: how many products were counted; complete: whether these are all that meet the filter. Where there are more,
    the count is over the ones nearest to the query. fields: ``category``, ``price``, ``attributes.colour`` and so on.
    """

    over: int
    complete: bool
    fields: dict[str, tuple[Count, ...]]


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """One page of hits.

    index_version: the catalogue's index version it was made from; cursor: for the next page, None at the end;
    widened: whether the search was widened to fill the page; note: how far, and whether the end was reached;
    timings: milliseconds by stage.
    """

    hits: tuple[Hit, ...]
    index_version: int
    facets: Facets | None = None
    cursor: str | None = None
    widened: bool = False
    note: str = ""
    timings: dict[str, float] = {}


class PhotoRegion(msgspec.Struct, frozen=True):
    """A region of the photo. box: x, y, width, height in fractions of the upright picture."""

    box: tuple[float, float, float, float]
    label: str
    score: float
    source: str


class RegionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """What one region of a photo found. region: its place among the regions; the rest as in Answer."""

    region: int
    hits: tuple[Hit, ...]
    facets: Facets | None = None
    cursor: str | None = None
    widened: bool = False
    note: str = ""


class PhotoAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Regions of a photo, and what those that were searched found. main: the region that is searched unless asked else."""

    width: int
    height: int
    regions: tuple[PhotoRegion, ...]
    main: int
    answers: tuple[RegionAnswer, ...]
    index_version: int
    timings: dict[str, float] = {}


def check_limit(limit: int) -> None:
    """Raise BadRequest unless a page of this many hits can be had."""
    if not 1 <= limit <= MOST_HITS:
        raise BadRequest(f"The limit is {limit}.", remedy=f"Give a number from 1 to {MOST_HITS}.")
