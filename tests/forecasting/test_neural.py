"""A network for many series: what it learns, that it does so again, and what it says of the odd."""

import subprocess
import sys
from datetime import date

import numpy as np
import pytest
from msgspec.structs import replace

from forecasting import Series, forecaster
from forecasting.forecasters.neural import Choices, Neural

HORIZON = 14
WEEK = np.array((0.8, 0.8, 0.9, 1.0, 1.2, 1.5, 0.8))
SMALL = Choices(context=28, hidden=24, embedding=4, epochs=8, windows=2048, rate=5e-3, offset=False)


@pytest.fixture(scope="module")
def shop() -> list[Series]:
    """Promotions double the sales of one half of the series, and do next to nothing for the other."""
    rng = np.random.default_rng(5)
    found = []
    for n in range(24):
        promotion = (rng.random(220) < 0.12).astype(np.float64)
        uplift = 2.2 if n % 2 else 1.1
        mean = 6 * WEEK[np.arange(220) % 7] * uplift**promotion
        found.append(Series(id=str(n), start=date(2024, 1, 1), frequency="day", quantity=rng.poisson(mean).astype(np.float64), regressors={"promotion": promotion}))  # fmt: skip
    return found


@pytest.fixture(scope="module")
def model(shop) -> Neural:
    return Neural(HORIZON, SMALL).fit(shop)


def asked(model: Neural, series: list[Series], on: float):
    future = {one.id: {"promotion": np.full(HORIZON, on)} for one in series}
    return model.predict(series, HORIZON, future=future)


def uplift(model: Neural, series: list[Series]) -> np.ndarray:
    with_it, without = (np.array([one.mean.sum() for one in asked(model, series, on)]) for on in (1.0, 0.0))
    return with_it / without


def test_a_promotion_and_the_weekday_are_learnt(model, shop) -> None:
    assert uplift(model, shop).mean() == pytest.approx(1.65, abs=0.3)
    told = np.mean([one.mean for one in asked(model, shop, 0.0)], axis=0)
    truth = 6 * WEEK[np.arange(220, 220 + HORIZON) % 7]
    assert np.corrcoef(told, truth)[0, 1] > 0.9
    assert told.mean() == pytest.approx(truth.mean(), rel=0.12)


def test_a_series_that_is_known_is_told_better_than_a_stranger_of_the_same_history(model, shop) -> None:
    truth = np.array([2.2 if n % 2 else 1.1 for n in range(24)])
    strangers = [replace(one, id=f"new {one.id}") for one in shop]
    own, other = (np.abs(uplift(model, some) - truth).mean() for some in (shop, strangers))
    assert own < 0.8 * other
    assert not any(one.fallback for one in asked(model, strangers, 1.0))


@pytest.mark.parametrize("tag", ["lstm.attention", "lstm.transformer"])
@pytest.mark.parametrize("head", ["negative-binomial", "quantile"])
def test_the_same_seed_learns_the_same_and_what_is_saved_says_it(tag: str, head: str, shop, tmp_path) -> None:
    few = [one.head(120) for one in shop[:6]]
    choices = replace(SMALL, encoder=tag.partition(".")[2], head=head, epochs=2, windows=256)
    one, again, other = (forecaster(tag)(HORIZON, choices, seed=seed).fit(few) for seed in (1, 1, 2))
    one.save(tmp_path)
    assert {file.suffix for file in tmp_path.iterdir()} == {".json", ".safetensors"}
    loaded = type(one).load(tmp_path)
    assert loaded.choices == choices
    told, same, kept, differs = (model.predict(few, HORIZON) for model in (one, again, loaded, other))
    for a, b, c in zip(told, same, kept, strict=True):
        np.testing.assert_array_equal(a.quantiles, b.quantiles)
        np.testing.assert_array_equal(a.mean, b.mean)
        np.testing.assert_array_equal(a.quantiles, c.quantiles)
        assert (np.diff(a.quantiles, axis=1) >= 0).all()
        assert (a.quantiles >= 0).all()
    assert any((a.mean != d.mean).any() for a, d in zip(told, differs, strict=True))


def test_what_is_odd_falls_back_alone(model, shop) -> None:
    broken = replace(shop[0], id="broken", quantity=np.where(np.arange(220) == 9, np.nan, shop[0].quantity))
    returned = replace(shop[0], id="returned", quantity=shop[0].quantity - 20)
    torn = replace(shop[0], id="torn", regressors={"promotion": np.zeros(3)})
    told = model.predict([broken, shop[1], shop[0].head(3), returned, torn], HORIZON)
    assert [bool(one.fallback) for one in told] == [True, False, True, True, True]
    assert all(np.isfinite(one.quantiles).all() for one in told)
    odd = model.predict(
        shop[:2], HORIZON, future={"0": {"promotion": np.ones(2)}, "1": {"promotion": np.ones(HORIZON)}}
    )
    assert [bool(one.fallback) for one in odd] == [True, False]
    assert all(one.fallback for one in model.predict(shop[:2], HORIZON + 1))
    fitted = Neural(HORIZON, replace(SMALL, epochs=1, windows=64)).fit([broken, torn, *shop[:3]])
    assert not fitted.predict(shop[:1], HORIZON)[0].fallback


def test_torch_comes_when_something_is_learnt_only() -> None:
    code = "import sys, forecasting; forecasting.list_forecasters(); forecasting.forecaster('lstm.attention')(); sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
