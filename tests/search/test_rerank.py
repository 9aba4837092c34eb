"""Laws of ranking."""

from collections.abc import Sequence

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search import rerank
from tests.search.shop import units


class Part(msgspec.Struct, frozen=True):
    name: str
    start: int
    stop: int


PARTS = (Part("image", 0, 8), Part("joint", 8, 16), Part("colour", 16, 20))
permutations = st.permutations(range(30))


def test_signals_sum_to_the_inner_product() -> None:
    query, vectors = units(1, 20)[0], units(50, 20, seed=8)
    parts = rerank.signals(query, vectors, PARTS)
    np.testing.assert_allclose(sum(parts.values()), vectors @ query, atol=1e-6)


@given(permutations)
def test_no_order_of_what_comes_in_shows_in_what_goes_out(permutation: Sequence[int]) -> None:
    query, vectors = units(1, 20)[0], np.repeat(units(10, 20, seed=8), 3, axis=0)  # three of each: ties
    ids = [f"p{i}" for i in range(30)]

    def ranked(places: Sequence[int]) -> list[str]:
        scores = sum(rerank.signals(query, vectors[list(places)], PARTS).values())
        return rerank.ranks(dict(zip([ids[i] for i in places], np.asarray(scores).tolist(), strict=True)))

    assert ranked(permutation) == ranked(range(30))


@given(permutations)
def test_fusing_does_not_depend_on_the_order_of_the_lists(permutation: Sequence[int]) -> None:
    ids = [f"p{i}" for i in range(30)]
    lists = [
        (1.0, {one: -place for place, one in enumerate(ids)}),
        (0.5, {ids[i]: -float(place) for place, i in enumerate(permutation)}),
        (-0.25, dict.fromkeys(ids[:10], 1.0)),
    ]
    one, other = rerank.fuse(lists), rerank.fuse(lists[::-1])
    assert one.keys() == other.keys()
    np.testing.assert_allclose([one[i] for i in ids], [other[i] for i in ids], atol=1e-12)
    assert rerank.ranks(one) == rerank.ranks(other)


def test_who_leads_every_list_has_one_and_who_leads_a_negative_one_falls() -> None:
    assert rerank.fuse([(1.0, {"a": 2, "b": 1}), (0.5, {"a": 9, "c": 1})])["a"] == pytest.approx(1)
    fused = rerank.fuse([(1.0, {"a": 2, "b": 1}), (-0.5, {"a": 1})])
    assert rerank.ranks(fused) == ["b", "a"]
    assert rerank.fuse([]) == {}


def test_equals_of_one_list_are_told_apart_by_the_other() -> None:
    fused = rerank.fuse([(1.0, {"a": 1, "b": 2, "c": 3}), (1.0, {"a": 5.0, "b": 5.0, "c": 5.0 - 1e-9})])
    assert rerank.ranks(fused) == ["c", "b", "a"]


def test_near_duplicates_stand_under_the_first_of_them_that_stands_alone() -> None:
    first, other = units(2, 20)
    near = first + 0.01 * units(1, 20, seed=9)[0]
    words_differ = first.copy()
    words_differ[8:16] = -first[8:16]
    line = np.stack([other, first, near, other, words_differ])
    assert rerank.collapse(line, PARTS) == [0, 1, 1, 0, 1]


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_collapsing_leaves_no_two_alike_and_keeps_all(seed: int) -> None:
    rng = np.random.default_rng(seed)
    line = units(6, 20, seed=seed)[rng.integers(0, 6, 25)] + 0.02 * rng.normal(size=(25, 20)).astype(np.float32)
    under = rerank.collapse(line, PARTS)
    heads = sorted(set(under))
    assert all(under[place] == place for place in heads)
    assert all(under[i] <= i for i in range(25))
    assert rerank.collapse(line[heads], PARTS) == list(range(len(heads)))


def test_weights_are_shares_and_less_like_this_subtracts() -> None:
    one, other = units(2, 20)
    np.testing.assert_allclose(rerank.weighted([(2.0, one), (-1.0, other)]), (2 * one - other) / 3, atol=1e-7)
