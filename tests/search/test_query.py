"""Queries end to end: real Milvus, real database, a real colour descriptor as the encoder."""

import io
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path

import numpy as np
import psutil
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.database import Database
from core.errors import BadCursor, BadImage, BadRequest, IndexMismatch, IndexUnavailable, NotFound
from core.settings import Settings
from search.catalogue import Catalogue, Entry, Version
from search.facets import count
from search.filters import parse
from search.graph import EXPANSION, PHOTO_EXPANSION, expand, nearest, place
from search.index import Index
from search.products import Product
from search.query import FACETS, MOST_HITS, Answer, Query, Term
from search.ranking import FIRST_DEPTH
from search.searcher import Searcher
from tests.search.shop import product
from vision.colour import ColourHistogram
from vision.images import Picture, crop
from vision.regions import Regions

COLOURS = {
    "red": (200, 20, 30),
    "green": (20, 160, 60),
    "blue": (30, 60, 200),
    "yellow": (230, 210, 30),
    "black": (15, 15, 15),
}
KINDS = ("dress", "skirt", "hat")
COUNT = 600


class Swatches(ColourHistogram):
    """The colour descriptor, which reads texts as the colours that they name."""

    tag = "test.swatches"

    def encode_texts(self, texts: Sequence[str]) -> np.ndarray:
        vectors = []
        for text in texts:
            named = [swatch(rgb) for name, rgb in COLOURS.items() if name in text.lower()] or [swatch((128, 128, 128))]
            mean = self.encode_images(named).mean(axis=0)
            vectors.append(mean / np.linalg.norm(mean))
        return np.stack(vectors)


class Sight:
    """Vision without detector or pose: the whole picture, and what the caller draws."""

    def __init__(self) -> None:
        self.encoder = Swatches()

    def regions(self, picture: Picture, box: Sequence[float] | None = None) -> Regions:
        return Regions.merge(Regions.whole(), box=box)

    def encode_regions(self, picture: Picture, regions: Regions, indices: Sequence[int]) -> np.ndarray:
        return self.encoder.encode_images([crop(picture, regions.boxes[i]) for i in indices])


def swatch(rgb: Sequence[float]) -> np.ndarray:
    return np.full((32, 32, 3), np.clip(rgb, 0, 255), np.uint8)


def colour(i: int) -> tuple[str, tuple[float, float, float]]:
    """Name and shade of product i: no two are quite alike."""
    name = list(COLOURS)[i % len(COLOURS)]
    shift = np.random.default_rng(i).uniform(-60, 60, 3)
    r, g, b = (np.array(COLOURS[name]) + shift).tolist()
    return name, (r, g, b)


def made(i: int) -> Product:
    name, _ = colour(i)
    return product(
        f"p{i:03}",
        title=f"{name.title()} {KINDS[i % 3]} number {i}",
        category=KINDS[i % 3],
        brand="Rare" if i % 200 == 7 else "Acme",
        price=Decimal(i % 90 + 1),
        stock=i % 4,
        attributes={"colour": name},
    )


def photo(rgb: Sequence[float], size: tuple[int, int] = (64, 64)) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(np.full((*size, 3), np.clip(rgb, 0, 255), np.uint8)).save(buffer, "PNG")
    return buffer.getvalue()


class Shop:
    """A catalogue with an index, to be searched."""

    def __init__(self, home: Path, rows: Sequence[tuple[Product, Sequence[float]]]) -> None:
        self.settings = Settings(home=home)
        self.database = Database(self.settings.database_url)
        self.database.migrate()
        self.catalogue = Catalogue(self.database)
        self.index = Index(self.settings.index, home)
        self.sight = Sight()
        self.searcher = Searcher(self.settings, self.sight, self.catalogue, self.index)
        self.version = self.fill(rows)

    def fill(self, rows: Sequence[tuple[Product, Sequence[float]]]) -> Version:
        """Make these products the live index version."""
        encoder = self.sight.encoder
        version = self.catalogue.begin_version(encoder.tag, encoder.dim)
        self.index.create(version.collection, encoder.dim, encoder.tag)
        self.write(version, rows)
        return self.catalogue.swap(version.id)

    def write(self, version: Version, rows: Sequence[tuple[Product, Sequence[float]]]) -> None:
        products = [one for one, _ in rows]
        vectors = self.sight.encoder.encode_images([swatch(rgb) for _, rgb in rows])
        with self.database.session() as session:
            entries = [Entry(one, b"", vector) for one, vector in zip(products, vectors, strict=True)]
            self.catalogue.write(session, version.id, entries)
        self.index.upsert(version.collection, products, vectors)

    def pages(self, query: Query) -> list[Answer]:
        answers = [self.searcher.search(query)]
        while answers[-1].cursor is not None:
            answers.append(self.searcher.search(Query(cursor=answers[-1].cursor, limit=query.limit)))
        return answers

    def close(self) -> None:
        self.index.close()
        self.database.close()


@pytest.fixture
def open_shop(tmp_path: Path) -> Iterator[Callable[[Sequence[tuple[Product, Sequence[float]]]], Shop]]:
    """Makes shops of rows, each in a folder of its own."""
    opened: list[Shop] = []

    def make(rows: Sequence[tuple[Product, Sequence[float]]]) -> Shop:
        opened.append(Shop(tmp_path / str(len(opened)), rows))
        return opened[-1]

    yield make
    for shop in opened:
        shop.close()


ROWS = [(made(i), colour(i)[1]) for i in range(COUNT)]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shop]:
    shop = Shop(tmp_path_factory.mktemp("shop"), ROWS)
    yield shop
    shop.close()


@pytest.fixture
def own_shop(open_shop: Callable[..., Shop]) -> Shop:
    return open_shop(ROWS[:60])


def names(answer: Answer) -> list[str]:
    return [hit.product.id for hit in answer.hits]


def test_a_text_meets_looks_and_words(shop: Shop) -> None:
    answer = shop.searcher.search(Query.of("red hats", limit=30, collapse=False))
    assert {hit.product.attributes["colour"] for hit in answer.hits} == {"red"}
    assert {hit.product.category for hit in answer.hits[:10]} == {"hat"}
    first = answer.hits[0]
    assert first.words == ("red", "hats")
    assert first.signals.keys() == {"image", "words"}
    assert [hit.score for hit in answer.hits] == sorted((hit.score for hit in answer.hits), reverse=True)
    assert answer.index_version == shop.version.id
    assert {"encode", "search", "products"} <= answer.timings.keys()


def test_an_item_finds_its_kind_and_not_itself(shop: Shop) -> None:
    answer = shop.searcher.search(Query(terms=(Term(item="p000"),), limit=10))
    assert "p000" not in names(answer)
    assert {hit.product.attributes["colour"] for hit in answer.hits} == {"red"}
    vectors = shop.catalogue.own_vectors(shop.version, ["p000", *names(answer)])
    for hit in answer.hits:
        assert hit.score == pytest.approx(float(vectors["p000"] @ vectors[hit.product.id]), abs=1e-5)
        assert sum(hit.signals.values()) == pytest.approx(hit.score, abs=1e-6)


def test_terms_add_and_subtract(shop: Shop) -> None:
    vectors = shop.sight.encoder.encode_texts(["red", "blue"])
    plus = shop.searcher.search(Query(terms=(Term(vector=vectors[0]), Term(vector=vectors[1], weight=-0.5)), limit=8))
    own = shop.catalogue.own_vectors(shop.version, names(plus))
    for hit in plus.hits:
        expected = (vectors[0] - 0.5 * vectors[1]) @ own[hit.product.id] / 1.5
        assert hit.score == pytest.approx(float(expected), abs=1e-5)
    minus = shop.searcher.search(Query(terms=(Term(text="red"), Term(text="blue", weight=-0.5)), limit=20))
    assert {hit.product.attributes["colour"] for hit in minus.hits} == {"red"}
    photo_and_item = Query(terms=(Term(photo=photo(COLOURS["green"])), Term(item="p001", weight=0.5)), limit=5)
    assert {hit.product.attributes["colour"] for hit in shop.searcher.search(photo_and_item).hits} == {"green"}


def test_terms_that_cancel_out_or_are_not_there_are_refused(shop: Shop) -> None:
    with pytest.raises(BadRequest, match="cancel"):
        shop.searcher.search(Query(terms=(Term(item="p000"), Term(item="p000", weight=-1.0))))
    with pytest.raises(NotFound, match="'nope'"):
        shop.searcher.search(Query(terms=(Term(item="nope"),)))
    for wrong in ({}, {"text": "a", "item": "b"}, {"text": " "}, {"text": "x", "weight": 0.0}, {"text": "x" * 1001}):
        with pytest.raises(BadRequest):
            Term(**wrong)  # type: ignore[arg-type]
    for wrong in ({}, {"terms": (Term(text="x"),), "limit": 0}, {"terms": (Term(text="x"),), "limit": MOST_HITS + 1}):
        with pytest.raises(BadRequest):
            Query(**wrong)  # type: ignore[arg-type]


def test_a_photo_is_searched_by_its_main_region_or_by_the_callers(shop: Shop) -> None:
    picture = np.full((100, 100, 3), 255, np.uint8)
    picture[:, :50] = COLOURS["red"]
    picture[:, 50:] = COLOURS["blue"]
    buffer = io.BytesIO()
    Image.fromarray(picture).save(buffer, "PNG")
    for box, expected in (((0.02, 0.1, 0.4, 0.8), "red"), ((0.55, 0.1, 0.4, 0.8), "blue")):
        answer = shop.searcher.search_photo(buffer.getvalue(), box=box, limit=5)
        (found,) = answer.answers
        assert answer.regions[found.region].source == "caller"
        assert found.region == answer.main
        assert {hit.product.attributes["colour"] for hit in found.hits} == {expected}
        assert {hit.region for hit in found.hits} == {answer.main}
    assert {"decode", "regions", "encode", "search", "products"} <= answer.timings.keys()
    every = shop.searcher.search_photo(buffer.getvalue(), box=(0.02, 0.1, 0.4, 0.8), limit=5, every=True)
    assert [found.region for found in every.answers] == list(range(len(every.regions))) == [0, 1]
    worded = shop.searcher.search_photo(photo(COLOURS["red"]), text="skirt", limit=5)
    assert {hit.product.category for hit in worded.answers[0].hits} == {"skirt"}
    assert worded.answers[0].hits[0].words == ("skirt",)


@pytest.mark.parametrize("box", [(-0.5, 0, 1, 1), (0, 0, 0, 0), (0, 0, 2, 2)])
def test_a_box_outside_the_photo_is_refused(shop: Shop, box: tuple[float, ...]) -> None:
    with pytest.raises(BadRequest, match="box"):
        shop.searcher.search_photo(photo(COLOURS["red"]), box=box)


def test_what_is_no_photo_is_refused(shop: Shop) -> None:
    with pytest.raises(BadImage):
        shop.searcher.search_photo(b"GIF89a, or is it?")


QUERIES = {
    "text": (Term(text="red dress"),),
    "item": (Term(item="p017"),),
    "mixed": (Term(item="p017"), Term(text="blue hat", weight=0.7), Term(text="green", weight=-0.3)),
}


@pytest.mark.parametrize("kind", QUERIES)
@pytest.mark.parametrize("where", ["", "price<30 category in (dress, hat)"])
@pytest.mark.parametrize("collapse", [True, False])
def test_pages_never_repeat_and_go_to_the_end(shop: Shop, kind: str, where: str, collapse: bool) -> None:
    query = Query(terms=QUERIES[kind], where=parse(where), limit=47, collapse=collapse)
    pages = shop.pages(query)
    shown = [one for page in pages for hit in page.hits for one in (hit.product.id, *hit.duplicates)]
    left_out = {term.item for term in query.terms}
    expected = {one.id for one, _ in ROWS if query.where.matches(one)} - left_out
    assert len(shown) == len(set(shown))
    assert set(shown) <= expected
    if not collapse:  # a near-duplicate of what an earlier page showed is not shown again
        assert set(shown) == expected
    assert all(len(page.hits) == 47 for page in pages[:-1])
    assert {page.index_version for page in pages} == {shop.version.id}


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(QUERIES)), st.lists(st.integers(1, MOST_HITS), min_size=1, max_size=6))
def test_the_size_of_pages_does_not_change_the_ranking(shop: Shop, kind: str, sizes: list[int]) -> None:
    query = Query(terms=QUERIES[kind], limit=MOST_HITS)
    whole = [one for page in shop.pages(query)[:3] for one in names(page)]
    answer = shop.searcher.search(Query(terms=QUERIES[kind], limit=sizes[0]))
    shown = names(answer)
    for size in sizes[1:]:
        if answer.cursor is not None:
            answer = shop.searcher.search(Query(cursor=answer.cursor, limit=size))
            shown += names(answer)
    assert shown[: len(whole)] == whole[: len(shown)]


def test_the_order_in_which_products_were_written_does_not_show(open_shop: Callable[..., Shop]) -> None:
    rows = [*ROWS[:40], *((product(f"twin{i}", title="Red dress twin"), COLOURS["red"]) for i in range(10))]
    found = []
    for order in (rows, rows[::-1]):
        shop = open_shop(order)
        found.append(
            [
                names(shop.searcher.search(Query(terms=terms, limit=50)))
                for terms in (*QUERIES.values(), (Term(text="red dress"),))
            ]
        )
    assert found[0] == found[1]


def test_pages_stay_with_the_version_of_the_first_while_products_come_and_go(own_shop: Shop) -> None:
    query = Query.of("red dress", limit=10)
    first = own_shop.searcher.search(query)
    whole = [one for page in own_shop.pages(query) for one in names(page)]
    gone = whole[12]
    with own_shop.database.session() as session:
        own_shop.catalogue.remove(session, [gone])
    own_shop.index.delete(own_shop.version.collection, [gone])
    own_shop.write(own_shop.version, [(product("new", title="Red dress red dress"), COLOURS["red"])])
    second = own_shop.searcher.search(Query(cursor=first.cursor, limit=10))
    assert names(second) == [one for one in whole[10:21] if one != gone]
    own_shop.fill(ROWS[:20])
    third = own_shop.searcher.search(Query(cursor=second.cursor, limit=10))
    assert third.index_version == first.index_version
    assert set(names(third)).isdisjoint([*names(first), *names(second)])
    assert own_shop.searcher.search(query).index_version == own_shop.version.id + 1


def test_a_cursor_whose_index_was_dropped_is_refused(open_shop: Callable[..., Shop]) -> None:
    shop = open_shop(ROWS)
    first = shop.searcher.search(Query.of("red", limit=MOST_HITS, collapse=False))
    shop.index.drop(shop.version.collection)
    second = shop.searcher.search(Query(cursor=first.cursor, limit=50))
    with pytest.raises(BadCursor, match="newer one"):
        shop.searcher.search(Query(cursor=second.cursor, limit=MOST_HITS))


def test_a_selective_filter_goes_to_the_end_and_says_so(shop: Shop) -> None:
    query = Query(terms=(Term(text="red"),), where=parse("brand=rare"), limit=10, facets=FACETS)
    answer = shop.searcher.search(query)
    shown = [one for hit in answer.hits for one in (hit.product.id, *hit.duplicates)]
    assert sorted(shown) == ["p007", "p207", "p407"]
    assert answer.cursor is None
    assert answer.note == "All 3 products that meet the filter are ranked."
    assert answer.facets is not None
    assert answer.facets.complete
    assert answer.facets == count([one for one, _ in ROWS if one.brand == "Rare"], FACETS, complete=True)
    none = shop.searcher.search(Query(terms=(Term(text="red"),), where=parse("brand=none")))
    assert none.hits == ()
    assert none.note == "No product meets the filter."


def test_facets_say_over_what_they_count(shop: Shop) -> None:
    answer = shop.searcher.search(Query.of("red", facets=("category", "attributes")))
    assert answer.facets is not None
    assert not answer.facets.complete
    assert answer.facets.over >= FIRST_DEPTH
    assert sum(one.count for one in answer.facets.fields["category"]) == answer.facets.over


def test_near_duplicates_stand_under_their_best_and_the_page_is_filled(open_shop: Callable[..., Shop]) -> None:
    twins = [(product(f"twin{i:03}", title="Twin"), COLOURS["red"]) for i in range(FIRST_DEPTH + 50)]
    shop = open_shop([*twins, *ROWS[:40]])
    query = Query(terms=(Term(vector=shop.sight.encoder.encode_texts(["red"])[0]),), limit=10)
    answer = shop.searcher.search(query)
    assert len(answer.hits) == 10
    assert answer.hits[0].product.id == "twin000"
    assert {one.id for one, _ in twins} <= {"twin000", *answer.hits[0].duplicates}
    assert answer.widened
    flat = shop.searcher.search(Query(terms=query.terms, limit=10, collapse=False))
    assert names(flat) == [f"twin{i:03}" for i in range(10)]
    assert not flat.widened


def test_looks_are_expanded_by_their_best_hits_where_the_version_says_so(own_shop: Shop) -> None:
    query = Query(terms=(Term(photo=photo(COLOURS["blue"])),), limit=10, collapse=False)
    plain = own_shop.searcher.search(query)
    worded = own_shop.searcher.search(Query.of("blue"))
    own_shop.catalogue.note_smoothed(own_shop.version.id, True)
    expanded = own_shop.searcher.search(query)
    assert "expand" in expanded.timings
    own = own_shop.catalogue.own_vectors(own_shop.version, names(expanded))
    query_vector = own_shop.sight.encoder.encode_texts(["blue"])[0]  # the swatch of the photo
    drawn = expand(query_vector, np.stack([own[one] for one in names(plain)[:PHOTO_EXPANSION]]))
    for hit in expanded.hits:
        assert hit.score == pytest.approx(float(drawn @ own[hit.product.id]), abs=1e-4)
    assert {hit.product.attributes["colour"] for hit in expanded.hits} == {"blue"}
    (found,) = own_shop.searcher.search_photo(photo(COLOURS["blue"]), limit=10, collapse=False).answers
    assert [hit.product.id for hit in found.hits] == names(expanded)
    assert own_shop.searcher.search(Query.of("blue")).hits == worded.hits  # words are taken as they are
    like = Query(terms=(Term(item="p000"),), limit=10, collapse=False)
    (vector,) = own_shop.catalogue.own_vectors(own_shop.version, ["p000"]).values()
    (nearest_ones,) = own_shop.index.search(own_shop.version.collection, vector[None], EXPANSION, vectors=True)
    assert nearest_ones.vectors is not None
    drawn = expand(vector, nearest_ones.vectors)
    for hit in own_shop.searcher.search(like).hits:
        own = own_shop.catalogue.own_vectors(own_shop.version, [hit.product.id])
        assert hit.score == pytest.approx(float(drawn @ own[hit.product.id]), abs=1e-4)


def test_what_smoothing_adds_is_among_the_reasons(own_shop: Shop) -> None:
    ids = [one.id for one, _ in ROWS[:60]]
    own = own_shop.catalogue.own_vectors(own_shop.version, ids)
    vectors = np.stack([own[one] for one in ids])
    drawn = place(vectors, vectors[nearest(vectors)[0]])
    own_shop.index.upsert(own_shop.version.collection, [one for one, _ in ROWS[:60]], drawn)
    answer = own_shop.searcher.search(Query(terms=(Term(item="p000"),), limit=30))
    assert any("neighbours" in hit.signals for hit in answer.hits)
    for hit in answer.hits:
        assert sum(hit.signals.values()) == pytest.approx(hit.score, abs=1e-3)


def test_threads_searching_at_once_get_what_one_alone_gets(shop: Shop) -> None:
    queries = [Query(terms=terms, limit=15, facets=("category",)) for terms in QUERIES.values()] * 5
    alone = [shop.searcher.search(query) for query in queries[:3]] * 5
    with ThreadPoolExecutor(6) as pool:
        together = list(pool.map(shop.searcher.search, queries))
    for one, other in zip(alone, together, strict=True):
        assert one.hits == other.hits
        assert one.facets == other.facets


def test_an_index_of_another_encoder_is_refused_with_the_remedy(own_shop: Shop) -> None:
    own_shop.sight.encoder.tag = "test.other"
    with pytest.raises(IndexMismatch, match="--rebuild"):
        own_shop.searcher.search(Query.of("red"))
    with pytest.raises(IndexMismatch):
        own_shop.searcher.check()


def test_before_the_first_ingest_the_remedy_is_named(tmp_path: Path) -> None:
    config = Settings(home=tmp_path)
    database = Database(config.database_url)
    database.migrate()
    searcher = Searcher(config, Sight(), Catalogue(database), Index(config.index, tmp_path))
    with pytest.raises(NotFound, match="shopglass ingest"):
        searcher.search(Query.of("red"))
    database.close()


def test_milvus_gone_during_a_query_is_unavailable_and_the_next_one_is_answered(own_shop: Shop, tmp_path: Path) -> None:
    expected = names(own_shop.searcher.search(Query.of("red dress")))
    for process in psutil.Process().children():
        if any(str(tmp_path) in word for word in process.cmdline()):
            process.kill()
            process.wait(5)
    with pytest.raises(IndexUnavailable):
        own_shop.searcher.search(Query.of("red dress"))
    assert names(own_shop.searcher.search(Query.of("red dress"))) == expected
