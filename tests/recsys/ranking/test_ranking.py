"""The rank stage as the pipeline calls it."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.errors import NotFound
from core.settings import Ranking as Values
from recsys.interactions import History
from recsys.ranking.calibration import Calibration, expected_error
from recsys.ranking.counts import Counts
from recsys.ranking.examples import Examples, replay
from recsys.ranking.features import Asked, Table
from recsys.ranking.goods import Goods
from recsys.ranking.ranking import Ranking, train


@pytest.fixture(scope="module")
def ranking(traffic, goods) -> Ranking:
    features, examples, memory = replay(*traffic, goods, ["als.implicit"])
    return train(features, examples, goods, memory.counts, Values(), ["lambdamart.lightgbm", "wide-deep.torch"])


NOW = 1_772_000_000.0
ALL = np.arange(40)


def scored(ranking: Ranking, items: list[int], candidates=ALL) -> np.ndarray:
    recall = {"als.implicit": np.ones(len(candidates), np.float32), "unknown": np.ones(len(candidates), np.float32)}
    return ranking.score(History.of(items, NOW), candidates, recall, NOW, device="phone", place="here", page="home")


def test_the_best_on_validation_serves(ranking: Ranking) -> None:
    assert set(ranking.told.losses) == {"lambdamart.lightgbm", "wide-deep.torch"}
    assert ranking.told.losses[ranking.told.tag] == min(ranking.told.losses.values())


def test_somebody_gets_what_is_of_their_kind(ranking: Ranking) -> None:
    scores = scored(ranking, [1, 4, 7, 9])
    assert scores.dtype == np.float32
    assert set(np.argsort(-scores)[:10]) <= set(range(20))
    assert np.isfinite(scored(ranking, [])).all()
    assert scored(ranking, [1], np.array([], np.int64)).shape == (0,)


def test_the_score_is_what_outcomes_are_worth(ranking: Ranking, goods: Goods) -> None:
    asked = Asked(history=History.of([1, 2], NOW), candidates=ALL, now=NOW)
    click, cart, purchase = ranking.probabilities(asked).T
    by = {
        "price": goods.prices / goods.prices.mean(),
        "none": np.ones(40),
        "margin": goods.prices / goods.prices.mean(),  # margins are not known here
    }
    for value, worth in by.items():
        ranking.values = Values(click=1, cart=2, purchase=5, value=value)
        np.testing.assert_allclose(ranking.value(asked), click + 2 * cart + 5 * purchase * worth, rtol=1e-5)
    ranking.values = Values()


def test_a_loss_is_worth_less_than_nothing(ranking: Ranking, goods: Goods) -> None:
    margins = np.where(ALL == 3, -5.0, np.where(ALL == 4, np.nan, 5.0))
    known = msgspec.structs.replace(goods, margins=margins)
    values = Values(click=0, cart=0, value="margin")
    rich = Ranking(ranking.told, ranking.model, known, ranking.counts, values)
    asked = Asked(history=History.of([1, 2], NOW), candidates=ALL, now=NOW)
    purchase = ranking.probabilities(asked)[:, 2]
    np.testing.assert_allclose(rich.value(asked), np.where(ALL == 3, -purchase, purchase), rtol=1e-5)


def test_reasons_are_in_words_and_fall(ranking: Ranking) -> None:
    asked = Asked(history=History.of([1, 4, 7], NOW), candidates=ALL[:5], now=NOW)
    for reasons in ranking.drivers(asked, 2):
        assert len(reasons) <= 2
        assert all(reason.share > 0 and reason.words for reason in reasons)
        assert [r.share for r in reasons] == sorted((r.share for r in reasons), reverse=True)


def test_saved_and_loaded_it_scores_the_same_and_takes_in_new_items(
    ranking: Ranking, goods: Goods, tmp_path: Path
) -> None:
    ranking.save(tmp_path)
    grown = Goods(
        np.concatenate([goods.vectors, goods.vectors[:1]]), (*goods.categories, "hat"), (*goods.brands, "new"),
        (*goods.colours, "green"), np.append(goods.prices, np.nan),
    )  # fmt: skip
    again = Ranking.load(tmp_path, goods, Values())
    assert again.counts.until == ranking.counts.until > 1.7e9
    np.testing.assert_allclose(scored(again, [3, 30]), scored(ranking, [3, 30]), rtol=1e-5)
    new = Ranking.load(tmp_path, grown, Values())
    assert np.isfinite(scored(new, [3, 30], np.arange(41))).all()


def test_without_a_training_it_says_so(goods: Goods, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no trained ranker"):
        Ranking.load(tmp_path, goods, Values())


def test_calibration_finds_how_many_look_at_a_place_and_what_they_want() -> None:
    rng = np.random.default_rng(2)
    n = 60_000
    logit, position = rng.normal(-1, 1.5, n).astype(np.float32), rng.integers(1, 11, n)
    wanted = 1 / (1 + np.exp(-(0.5 + 0.8 * logit)))
    reached = (rng.random(n) < wanted * 0.85 ** (position - 1)).astype(np.int64)
    examples = Examples(
        Table(np.zeros((n, 0), np.float32), np.zeros((n, 0), np.int64)), reached, position, np.array([0, n])
    )
    found = Calibration.fit(np.repeat(logit[:, None], 3, 1), examples)
    assert found.lines[0] == pytest.approx((0.5, 0.8), abs=0.06)
    looked = found.probabilities(np.zeros((10, 3), np.float32), np.arange(1, 11))[:, 0]
    np.testing.assert_allclose(looked / looked[0], 0.85 ** np.arange(10), atol=0.03)
    assert expected_error(found.probabilities(np.repeat(logit[:, None], 3, 1), position)[:, 0], reached > 0) < 0.01


def test_with_hardly_an_example_calibration_stays_near_the_logits() -> None:
    examples = Examples(
        Table(np.zeros((2, 0), np.float32), np.zeros((2, 0), np.int64)),
        np.array([0, 1]),
        np.array([1, 2]),
        np.array([0, 2]),
    )
    found = Calibration.fit(np.zeros((2, 3), np.float32), examples)
    assert np.isfinite(found.probabilities(np.zeros((2, 3), np.float32))).all()
    assert abs(found.lines[0][1] - 1) < 0.5


def test_an_expected_error_is_none_where_all_holds_and_large_where_not() -> None:
    p = np.repeat((0.2, 0.8), 100)
    happened = np.tile(np.arange(100) < 20, 2) ^ (p > 0.5)
    assert expected_error(p, happened, 2) == pytest.approx(0)
    assert expected_error(1 - p, happened, 2) == pytest.approx(0.6)


def test_counts_grow_with_the_catalogue() -> None:
    counts = Counts(2)
    counts.add("click", 1, NOW)
    counts.grow(4)
    assert counts.now(np.arange(4), NOW)[1].tolist() == [0, 1, 0, 0]
