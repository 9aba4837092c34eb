"""The neighbour graph: exact, indifferent to order, and only where products come in kinds."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.graph import colours, come_in_kinds, expand, nearest, place


def unit(vectors: np.ndarray) -> np.ndarray:
    return (vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)).astype(np.float32)


def kinds(seed: int, noise: float) -> tuple[np.ndarray, np.ndarray]:
    """Vectors of five kinds of forty products each, and their kinds."""
    rng = np.random.default_rng(seed)
    labels = np.repeat(np.arange(5), 40)
    return unit(rng.normal(size=(5, 32))[labels] + noise * rng.normal(size=(200, 32))), labels


def test_the_nearest_are_those_of_a_full_sort_and_never_oneself() -> None:
    vectors = unit(np.random.default_rng(0).normal(size=(1500, 8)))
    places, scores = nearest(vectors, 4)
    all_scores = vectors @ vectors.T
    np.fill_diagonal(all_scores, -2)
    np.testing.assert_array_equal(places, np.argsort(-all_scores, axis=1, kind="stable")[:, :4])
    np.testing.assert_allclose(scores, np.sort(all_scores, axis=1)[:, ::-1][:, :4], atol=1e-6)


@pytest.mark.parametrize("count", [0, 1, 2, 5])
def test_few_products_have_few_neighbours(count: int) -> None:
    vectors = unit(np.random.default_rng(1).normal(size=(count, 3)))
    places, scores = nearest(vectors, 10)
    assert places.shape == scores.shape == (count, max(0, count - 1))
    smoothed = place(vectors, vectors[places])
    assert smoothed.shape == (count, 3)
    np.testing.assert_allclose(np.linalg.norm(smoothed, axis=1), 1, atol=1e-6)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=25, deadline=None)
def test_order_changes_nothing(seed: int) -> None:
    vectors, _ = kinds(seed, 0.5)
    turn = np.random.default_rng(seed).permutation(len(vectors))
    smoothed = place(vectors, vectors[nearest(vectors)[0]])
    np.testing.assert_allclose(
        place(vectors[turn], vectors[turn][nearest(vectors[turn])[0]]), smoothed[turn], atol=1e-5
    )


def test_smoothing_brings_kinds_together() -> None:
    vectors, labels = kinds(3, 1.8)
    places, _ = nearest(vectors)
    before = (labels[places] == labels[:, None]).mean()
    smoothed = place(vectors, vectors[places], 0.5)
    after = (labels[nearest(smoothed)[0]] == labels[:, None]).mean()
    assert after > before + 0.02


def test_a_product_that_comes_alone_is_placed_as_all_are() -> None:
    vectors, _ = kinds(4, 0.5)
    places, _ = nearest(vectors)
    np.testing.assert_allclose(place(vectors[7], vectors[places[7]]), place(vectors, vectors[places])[7], atol=1e-6)


def test_kinds_are_told_from_things_that_stand_alone() -> None:
    vectors, labels = kinds(5, 0.3)
    places, _ = nearest(vectors)
    assert come_in_kinds([f"kind {label}" for label in labels], places)
    assert not come_in_kinds([str(i) for i in range(len(vectors))], places)
    assert not come_in_kinds(np.random.default_rng(0).permutation(labels).astype(str).tolist(), places)
    assert not come_in_kinds([], np.zeros((0, 0), np.int64))


def test_expansion_moves_a_query_towards_its_hits_and_not_towards_opposites() -> None:
    vectors, labels = kinds(6, 0.8)
    query = vectors[0]
    centre = unit(vectors[labels == labels[0]].mean(axis=0))
    hits = vectors[nearest(vectors)[0][0, :3]]
    assert float(expand(query, hits) @ centre) > float(query @ centre)
    np.testing.assert_allclose(expand(query, -query[None]), query, atol=1e-6)
    np.testing.assert_allclose(expand(query, hits[:0]), query, atol=1e-6)


def test_what_is_kept_stays_and_the_whole_keeps_its_length() -> None:
    vectors, _ = kinds(8, 0.8)
    places, _ = nearest(vectors)
    drawn = place(vectors, vectors[places], kept=slice(24, 32))
    np.testing.assert_array_equal(drawn[:, 24:], vectors[:, 24:])
    np.testing.assert_allclose(np.linalg.norm(drawn, axis=1), 1, atol=1e-6)
    assert not np.allclose(drawn[:, :24], vectors[:, :24])


def test_colours_are_found_by_name_and_need_not_be_there() -> None:
    class Part:
        name, start, stop = "colour", 5, 9

    class Painted:
        subspaces = (Part,)

    assert colours(Painted()) == slice(5, 9)
    assert colours(object()) == slice(0, 0)
