"""Searching: by photo, by words, by items, by any of them together."""

from typing import Annotated

import msgspec
from litestar import Controller, get, post
from litestar.datastructures import UploadFile
from litestar.enums import RequestEncodingType
from litestar.params import Body, JSONBody, QueryParameter

from api.access import FRONT
from api.guards import takes
from api.items import ItemId
from api.problems import problems
from api.service import Service
from api.state import AppState
from core.errors import BadRequest
from search import FACETS, MOST_HITS, MOST_TERMS, MOST_TEXT, Answer, Facet, PhotoAnswer, Query, Term, parse

PHOTO_BYTES = 20_000_000
FORM_BYTES = PHOTO_BYTES + 200_000  # what stands around the photo
JSON_BYTES = 1_000_000

Limit = Annotated[int, msgspec.Meta(ge=1, le=MOST_HITS, description="Hits a page.")]
Text = Annotated[str, msgspec.Meta(min_length=1, max_length=MOST_TEXT)]
Filters = Annotated[
    str | dict[str, object] | None,
    msgspec.Meta(description='As text, `price<50 category in (dress, skirt)`, or as JSON, `{"price": {"lt": 50}}`.'),
]


Box = Annotated[str, msgspec.Meta(pattern=r"^ *[0-9.]+ *(, *[0-9.]+ *){3}$", description="x,y,width,height.")]


class SearchTerm(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One part of a query: exactly one of text, item (an id) and photo_url. A weight below 0 means "less like this"."""

    text: Text | None = None
    item: Annotated[str, msgspec.Meta(min_length=1, max_length=128)] | None = None
    photo_url: Annotated[str, msgspec.Meta(max_length=2000)] | None = None
    weight: Annotated[float, msgspec.Meta(ge=-100, le=100)] = 1.0


class SearchRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to find: products like the terms that meet the filters, a page at a time.

    cursor: of the page before, which carries its terms and filters; collapse: whether near-duplicates stand under
    their best.
    """

    terms: Annotated[list[SearchTerm], msgspec.Meta(max_length=MOST_TERMS)] = []
    filters: Filters = None
    facets: list[Facet] = []
    limit: Limit = 20
    cursor: Annotated[str, msgspec.Meta(max_length=200)] | None = None
    collapse: bool = True


class PhotoForm(msgspec.Struct):
    """photo: JPEG, PNG, WebP, AVIF, HEIC or GIF; box: x,y,width,height in fractions of the upright photo, taken as the
    region to search by; text: words that refine what the photo shows; filters: as text or JSON; facets: names,
    separated by commas; every: search by every region, not by the main one alone.
    """

    photo: UploadFile
    box: Box | None = None
    text: Annotated[str, msgspec.Meta(max_length=MOST_TEXT)] | None = None
    filters: str | None = None
    facets: str | None = None
    limit: Limit = 20
    every: bool = False


class SearchController(Controller):
    path = "/v1"
    tags = ("search",)
    opt = FRONT

    @post(
        "/search/photo",
        operation_id="searchByPhoto",
        opt={"cost": 10},
        summary="What is in a photo, and the products nearest to it",
        guards=[takes("multipart/form-data")],
        status_code=200,
        request_max_body_size=FORM_BYTES,
        responses=problems(400, 404, 409, 413, 415, 422, 503),
    )
    async def by_photo(
        self,
        state: AppState,
        data: Annotated[PhotoForm, Body(media_type=RequestEncodingType.MULTI_PART, multipart_form_part_limit=16)],
    ) -> PhotoAnswer:
        photo = await data.photo.read()
        await data.photo.close()
        return await state.service.search_photo(
            photo,
            box=read_box(data.box),
            text=data.text,
            where=parse(data.filters or None),
            facets=read_facets(data.facets),
            limit=data.limit,
            every=data.every,
        )

    @post(
        "/search",
        operation_id="search",
        summary="Products like the terms",
        guards=[takes("application/json")],
        status_code=200,
        request_max_body_size=JSON_BYTES,
        responses=problems(400, 403, 404, 409, 413, 415, 422, 502, 503),
    )
    async def by_terms(self, state: AppState, data: JSONBody[SearchRequest]) -> Answer:
        """Terms add up by their weights; text is matched with words, too. The next page is had by the cursor."""
        where = parse(data.filters)
        terms = [await as_term(state.service, term) for term in data.terms]
        return await state.service.search(
            Query(
                terms=tuple(terms),
                where=where,
                facets=tuple(data.facets),
                limit=data.limit,
                cursor=data.cursor,
                collapse=data.collapse,
            )
        )

    @get(
        "/items/{item_id:str}/similar",
        operation_id="getSimilarItems",
        summary="Products similar to one",
        responses=problems(400, 404, 409, 503),
    )
    async def similar(
        self,
        state: AppState,
        item_id: ItemId,
        limit: Annotated[int, QueryParameter(ge=1, le=MOST_HITS, description="Hits a page.")] = 20,
    ) -> Answer:
        return await state.service.search(Query(terms=(Term(item=item_id),), limit=limit))


async def as_term(service: Service, term: SearchTerm) -> Term:
    """The term as the search takes it: a photo's address has become its bytes."""
    given = [name for name in ("text", "item", "photo_url") if getattr(term, name) is not None]
    if len(given) != 1:
        said = " and ".join(given) or "none of them"
        raise BadRequest(f"A term is a text, an item or a photo_url; one has {said}.", remedy="Give one of them.")
    photo = None if term.photo_url is None else await service.fetch_photo(term.photo_url)
    return Term(text=term.text, item=term.item, photo=photo, weight=term.weight)


def read_box(text: str | None) -> tuple[float, ...] | None:
    """``x,y,width,height`` as numbers. Raises BadRequest; whether they lie in the picture is checked with it at hand."""
    if not text:
        return None
    try:
        box = tuple(float(part) for part in text.split(","))
    except ValueError:
        box = ()
    if len(box) != 4:
        raise BadRequest("The box is not four numbers.", remedy="Give x,y,width,height as fractions from 0 to 1.")
    return box


def read_facets(text: str | None) -> tuple[Facet, ...]:
    """Names separated by commas. Raises BadRequest for an unknown one."""
    names = [name.strip() for name in (text or "").split(",") if name.strip()]
    if unknown := [name for name in names if name not in FACETS]:
        raise BadRequest(f"There is no facet {unknown[0]!r}.", remedy=f"Use {', '.join(FACETS)}.")
    return tuple(name for name in FACETS if name in names)
