"""One contract for every ranker there is."""

from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFound
from recsys.ranking.calibration import expected_error
from recsys.ranking.contract import list_rankers, ranker
from recsys.ranking.ranking import calibrated, loss, parted

QUICK = {
    "wide-deep.torch": {"epochs": 5, "width": 32, "rate": 0.005},
    "deepfm.torch": {"epochs": 5, "width": 32, "rate": 0.005},
    "lambdamart.lightgbm": {"rounds": 60, "least": 10},
}


@pytest.fixture(scope="module", params=list_rankers())
def fitted(request: pytest.FixtureRequest, replayed):
    features, examples = replayed
    first, last = parted(examples, 0.3)
    return *calibrated(ranker(request.param)(**QUICK[request.param]), features, first, last), last


def test_logits_are_finite_and_one_for_each_task(fitted) -> None:
    model, _, last = fitted
    logits = model.logits(last.table)
    assert logits.shape == (len(last), 3)
    assert logits.dtype == np.float32
    assert np.isfinite(logits).all()


def test_what_is_wanted_comes_before_what_is_not(fitted) -> None:
    model, _, last = fitted
    logits, clicked = model.logits(last.table)[:, 0], last.reached > 0
    assert (logits[clicked][:, None] > logits[~clicked][None, :]).mean() > 0.7


def test_an_order_of_rows_changes_no_logit(fitted) -> None:
    model, _, last = fitted
    order = np.random.default_rng(0).permutation(len(last))
    np.testing.assert_allclose(model.logits(last.table.rows(order)), model.logits(last.table)[order], atol=1e-5)


def test_probabilities_hold_and_fall_along_the_chain(fitted) -> None:
    model, calibration, last = fitted
    chances = calibration.probabilities(model.logits(last.table), last.position)
    assert (np.diff(chances, axis=1) <= 0).all()
    assert ((chances >= 0) & (chances <= 1)).all()
    for task in range(3):
        assert expected_error(chances[:, task], last.reached > task, 8) < 0.05
    first = calibration.probabilities(model.logits(last.table))
    assert (first >= chances - 1e-12).all()
    assert loss(model, calibration, last) < 0.95


def test_contributions_are_of_every_column_and_finite(fitted, replayed) -> None:
    model, _, last = fitted
    found = model.contributions(last.table.rows(slice(0, 20)))
    assert found.shape == (20, len(replayed[0].names))
    assert np.isfinite(found).all()
    assert np.abs(found).max() > 0


def test_saved_and_loaded_it_says_the_same(fitted, tmp_path: Path) -> None:
    model, _, last = fitted
    model.save(tmp_path)
    again = type(model).load(tmp_path)
    np.testing.assert_allclose(again.logits(last.table), model.logits(last.table), atol=1e-6)
    assert again == model
    assert not [file for file in tmp_path.iterdir() if file.suffix in (".pkl", ".pt")]


def test_without_a_training_it_says_so(fitted, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no trained"):
        type(fitted[0]).load(tmp_path)


def test_the_same_examples_give_the_same_logits(replayed) -> None:
    features, examples = replayed
    first, last = parted(examples.lists(np.arange(len(examples.starts) - 1) < 200), 0.3)
    for tag in list_rankers():
        made = [ranker(tag)(**QUICK[tag]).fit(features, first, last).logits(last.table) for _ in range(2)]
        np.testing.assert_array_equal(made[0], made[1], err_msg=tag)


def test_an_unknown_tag_is_not_found() -> None:
    with pytest.raises(NotFound, match="no ranker"):
        ranker("no.such")
