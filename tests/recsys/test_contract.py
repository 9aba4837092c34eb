"""One contract for every recommender there is."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFound
from recsys.contract import list_recommenders, recommender
from recsys.interactions import History, Interactions

SMALL = {
    "transformer.content": {"size": 16, "epochs": 3, "length": 12},
    "bpr.implicit": {"factors": 8, "iterations": 300, "rate": 0.05},
    "als.implicit": {"factors": 8, "l2": 1.0},
    "ease.closed": {"l2": 10.0},
    "ease.nearby": {"l2": 10.0},
}


@pytest.fixture(scope="module")
def seen() -> Interactions:
    """Two kinds of people, who take from two halves of 30 items; item 29 nobody has taken, and it looks like the second."""
    rng = np.random.default_rng(1)
    user = np.repeat(np.arange(60), 8)
    item = np.concatenate(
        [rng.choice(15, 8, replace=False) if one < 30 else 15 + rng.choice(14, 8, replace=False) for one in range(60)]
    )
    vectors = rng.normal(0, 0.1, (30, 6)).astype(np.float32)
    vectors[:15, 0] += 1
    vectors[15:, 1] += 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Interactions.sorted(
        [f"u{one}" for one in range(60)], [f"i{one}" for one in range(30)], user, item, np.tile(np.arange(8.0), 60),
        vectors=vectors, parts=(4, 2), categories=("a",) * 15 + ("b",) * 15,
    )  # fmt: skip


@pytest.fixture(scope="module", params=list_recommenders())
def fitted(request: pytest.FixtureRequest, seen: Interactions):
    return recommender(request.param)(**SMALL.get(request.param, {})).fit(seen)


def test_scores_are_finite_and_one_for_each_item(fitted, seen: Interactions) -> None:
    scores = fitted.score([seen.history(0), seen.history(40), History.of([])])
    assert scores.shape == (3, 30)
    assert scores.dtype == np.float32
    assert np.isfinite(scores).all()


def test_the_seen_are_not_recommended_unless_asked_for(fitted, seen: Interactions) -> None:
    history = seen.history(3)
    (found,) = fitted.recommend([history], 30)
    assert not set(found.items) & set(history.items)
    assert len(found.items) == 30 - len(history.items)
    (again,) = fitted.recommend([history], 30, seen=True)
    assert len(again.items) == 30


def test_lists_fall_and_ties_go_by_number(fitted, seen: Interactions) -> None:
    (found,) = fitted.recommend([seen.history(5)], 12)
    assert (np.diff(found.scores) <= 0).all()
    tied = np.diff(found.scores) == 0
    assert (np.diff(found.items)[tied] > 0).all()


def test_a_batch_says_what_each_question_alone_does(fitted, seen: Interactions) -> None:
    histories = [seen.history(one) for one in (1, 31, 2)]
    together = fitted.score(histories)
    alone = np.concatenate([fitted.score([one]) for one in histories])
    np.testing.assert_allclose(together, alone, atol=1e-4)


def test_saved_and_loaded_it_says_the_same(fitted, seen: Interactions, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    loaded = type(fitted).load(tmp_path)
    histories = [seen.history(2), History.of([1, 17])]
    np.testing.assert_allclose(loaded.score(histories), fitted.score(histories), atol=1e-5)
    assert loaded.__struct_fields__ == fitted.__struct_fields__
    assert [getattr(loaded, name) for name in loaded.__struct_fields__] == [
        getattr(fitted, name) for name in fitted.__struct_fields__
    ]


def test_without_a_training_it_says_so(fitted, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no trained"):
        type(fitted).load(tmp_path)


def test_a_session_is_recommended_its_own_kind(fitted) -> None:
    if fitted.tag == "popularity.decayed":
        pytest.skip("popularity is the same for everyone")
    first, second = fitted.session([0, 3, 7], 5).items, fitted.session([16, 20, 22], 5).items
    assert (first < 15).mean() >= 0.8
    assert (second >= 15).mean() >= 0.8


def test_it_explains_by_the_history(fitted, seen: Interactions) -> None:
    history = History.of([2, 5, 20])
    said = fitted.explain(history, 9)
    assert said.shape == (3,)
    assert np.isfinite(said).all()
    assert fitted.explain(History.of([]), 9).shape == (0,)


@pytest.mark.parametrize("tag", ["content.nearest", "transformer.content"])
def test_an_item_that_nobody_took_is_found_by_its_content(tag: str, seen: Interactions) -> None:
    found = recommender(tag)(**SMALL.get(tag, {})).fit(seen)
    scores = found.score([History.of([16, 20, 22]), History.of([0, 3, 7])])[:, 29]
    assert scores[0] > scores[1]


def test_the_same_events_give_the_same_scores(seen: Interactions) -> None:
    for tag in list_recommenders():
        made = [recommender(tag)(**SMALL.get(tag, {})).fit(seen).score([seen.history(4)]) for _ in range(2)]
        np.testing.assert_array_equal(made[0], made[1], err_msg=tag)


def test_an_unknown_tag_is_not_found() -> None:
    with pytest.raises(NotFound, match="no recommender"):
        recommender("no.such")
