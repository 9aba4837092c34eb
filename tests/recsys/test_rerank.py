"""Rules of the last step, as properties."""

from datetime import date
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.settings import Boost, Recsys
from recsys.rerank import Candidate, allowed, boosted, slate
from search import Product


def candidate(number: int, score: float, category: str, brand: str, price: int, stock: int | None = 5) -> Candidate:
    product = Product(
        id=f"P{number}", title="t", category=category, price=Decimal(price), currency="EUR", image="a", brand=brand, stock=stock
    )  # fmt: skip
    vector = np.random.default_rng(number).normal(0, 1, 8).astype(np.float32)
    return Candidate(product, number, score, vector / np.linalg.norm(vector), clicks=number % 3, looks=10)


CANDIDATES = st.lists(
    st.tuples(
        st.floats(-5, 5), st.sampled_from("abc"), st.sampled_from(["", "x", "y"]), st.sampled_from([5, 20, 90, 400])
    ),
    max_size=40,
).map(lambda told: sorted((candidate(n, *one) for n, one in enumerate(told)), key=lambda one: -one.score))


@given(CANDIDATES, st.integers(1, 20), st.floats(0, 0.5), st.integers(0, 99))
def test_a_slate_has_no_product_twice_and_is_as_long_as_it_can_be(
    found, length: int, explore: float, seed: int
) -> None:
    placed = slate(found, length, Recsys(explore=explore), np.random.default_rng(seed))
    ids = [one.candidate.product.id for one in placed]
    assert len(set(ids)) == len(ids) == min(length, len(found))
    assert all(0 < one.propensity <= 1 for one in placed)
    assert all(one.propensity == 1 for one in placed if not one.explored)
    assert sum(one.explored for one in placed) <= explore * length


@given(CANDIDATES, st.integers(2, 12))
def test_no_category_takes_more_than_its_share_while_others_can_fill_the_list(found, length: int) -> None:
    rules = Recsys(explore=0, most_of_category=0.5, most_of_brand=1, most_of_price_band=1)
    placed = slate(found, length, rules, np.random.default_rng(0))
    most = int(np.ceil(0.5 * length))
    there = {c: sum(one.product.category == c for one in found) for c in "abc"}
    if sum(min(most, count) for count in there.values()) >= length:
        for c in "abc":
            assert sum(one.candidate.product.category == c for one in placed) <= most


@given(CANDIDATES)
def test_without_diversity_or_quotas_the_best_come_first(found) -> None:
    rules = Recsys(explore=0, diversity=0, most_of_category=1, most_of_brand=1, most_of_price_band=1)
    placed = slate(found, 10, rules, np.random.default_rng(0))
    scores = [one.candidate.score for one in placed]
    assert scores == sorted((one.score for one in found), reverse=True)[:10]


@given(CANDIDATES, st.randoms())
def test_the_order_that_candidates_come_in_changes_nothing(found, random) -> None:
    shuffled = list(found)
    random.shuffle(shuffled)
    today = date(2026, 5, 1)
    assert [c.product.id for c in boosted(found, (), today)] == [c.product.id for c in boosted(shuffled, (), today)]


def test_a_boost_ends() -> None:
    found = [candidate(1, 1.0, "a", "x", 5), candidate(2, 0.9, "b", "x", 5), candidate(3, -1.0, "b", "y", 5)]
    boost = Boost(category="b", factor=2, until=date(2026, 5, 1))
    assert [one.product.id for one in boosted(found, [boost], date(2026, 5, 1))] == ["P2", "P1", "P3"]
    assert boosted(found, [boost], date(2026, 5, 1))[2].score == -0.5
    assert [one.product.id for one in boosted(found, [boost], date(2026, 5, 2))] == ["P1", "P2", "P3"]


@pytest.mark.parametrize(
    ("stock", "hidden", "bought", "again", "through"),
    [(5, "", "", False, True), (0, "", "", False, False), (None, "", "", False, True), (5, "P1", "", True, False),
     (5, "", "P1", False, False), (5, "", "P1", True, True)],
)  # fmt: skip
def test_what_is_let_through(stock, hidden: str, bought: str, again: bool, through: bool) -> None:
    product = candidate(1, 1.0, "a", "x", 5, stock).product
    assert allowed(product, frozenset({hidden}), frozenset({bought}), Recsys(bought=again)) is through


def test_propensities_are_the_chances_of_what_was_drawn() -> None:
    found = [candidate(n, 1.0 - n / 100, "a", "", 5) for n in range(8)]
    rules = Recsys(explore=0.5, diversity=0, most_of_category=1, most_of_price_band=1)
    drawn = [slate(found, 2, rules, np.random.default_rng(seed))[1] for seed in range(600)]
    often = {c.product.id: np.mean([one.candidate.product.id == c.product.id for one in drawn]) for c in found}
    told = {c.product.id: np.mean([1 / len(found)]) for c in found}
    for id in told:
        mine = [one.propensity for one in drawn if one.candidate.product.id == id]
        if len(mine) > 30:
            assert np.mean(mine) == pytest.approx(often[id], abs=0.06)
