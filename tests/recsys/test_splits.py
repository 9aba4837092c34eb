"""What is held back stays held back, and lists are judged as the formulas say."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import ndcg_score

from recsys.interactions import History, Interactions
from recsys.metrics import coverage, diversity, gini, miscalibration, ndcg, recall, reciprocal_rank, top
from recsys.splits import at_random, last_part, without_items


@pytest.fixture
def seen() -> Interactions:
    rng = np.random.default_rng(5)
    user = np.repeat(np.arange(20), 11)
    item = np.concatenate([rng.choice(40, 11, replace=False) for _ in range(20)])
    return Interactions.sorted([str(n) for n in range(20)], [str(n) for n in range(40)], user, item, rng.random(220))


def test_the_last_part_is_what_came_last(seen: Interactions) -> None:
    split = last_part(seen, 0.2)
    assert (np.diff(split.train.starts) == 8).all()
    for user in range(20):
        assert split.train.history(user).times.max() < split.test.history(user).times.min()


def test_a_random_split_shares_out_every_event_once(seen: Interactions) -> None:
    validation, test = at_random(seen, (0.1, 0.1), 3)
    assert validation.train is test.train
    assert len(test.train) + len(validation.test) + len(test.test) == len(seen)
    for known, (history, wanted) in zip(test.left_out(), zip(*test.asked(), strict=True), strict=True):
        assert set(history.items) < set(known.items)
        assert not set(known.items) & set(wanted)


def test_items_held_out_are_nowhere_in_training(seen: Interactions) -> None:
    split, held = without_items(seen, 0.1, 2)
    assert held.sum() == 4
    assert not held[split.train.item].any()
    assert held[split.test.item].all()


@given(st.permutations(range(12)), st.sets(st.integers(0, 11), min_size=1, max_size=12))
def test_ndcg_is_that_of_scikit_learn(order: list[int], liked: set[int]) -> None:
    scores = np.zeros((1, 12), np.float32)
    scores[0, order] = np.arange(12, 0, -1)
    wanted = np.array(sorted(liked))
    truth = np.isin(np.arange(12), wanted)[None].astype(float)
    lists = top(scores, [History.of([])], 5)
    assert ndcg(lists, [wanted], 5)[0] == pytest.approx(ndcg_score(truth, scores, k=5))


def test_measures_beside_accuracy_have_their_textbook_values() -> None:
    lists = np.array([[0, 1], [0, 1]])
    wanted = [np.array([1]), np.array([5, 6])]
    assert recall(lists, wanted, 2).tolist() == [1.0, 0.0]
    assert reciprocal_rank(lists, wanted).tolist() == [0.5, 0.0]
    assert coverage(lists, 4) == 0.5
    assert gini(np.array([[0, 1, 2, 3]]), 4) == pytest.approx(0.0)
    assert gini(np.array([[0, 0, 0, 0]]), 4) == pytest.approx(0.75)
    assert diversity(np.array([[0, 1]]), np.eye(2, dtype=np.float32)) == pytest.approx(1.0)
    kinds = np.array([0, 0, 1, 1])
    alike = miscalibration(np.array([[1, 3]]), [History.of([0, 2])], kinds)
    apart = miscalibration(np.array([[1, 1]]), [History.of([2, 3])], kinds)
    assert alike == pytest.approx(0.0, abs=1e-9)
    assert apart > 3
