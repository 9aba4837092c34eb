"""One contract for every forecaster there is."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import BadRequest, NotFound
from forecasting import Series, forecaster, list_forecasters
from forecasting.contract import LEVELS, made

START = date(2020, 1, 1)


def series(id: str, quantity, frequency="month") -> Series:
    return Series(id=id, start=START, frequency=frequency, quantity=np.asarray(quantity, np.float64))


@pytest.fixture(scope="module")
def panel() -> list[Series]:
    """Seasonal counts, and what nobody should stumble over."""
    rng = np.random.default_rng(1)
    months = np.arange(60)
    shape = 40 + 0.3 * months + 12 * np.sin(months * np.pi / 6)
    usual = [series(f"usual {n}", rng.poisson(shape * (1 + n / 10))) for n in range(6)]
    rare = [series(f"rare {n}", rng.poisson(0.3, 60)) for n in range(4)]
    odd = [
        series("constant", np.full(60, 7.0)),
        series("zero", np.zeros(60)),
        series("two", [3.0, 5.0]),
        series("one", [4.0]),
        series("jump", np.r_[np.ones(30), np.full(30, 1e6)]),
    ]
    return [*usual, *rare, *odd]


def there(tag: str) -> None:
    if tag.startswith("prophet"):
        pytest.importorskip("prophet", reason="needs the extra prophet")


@pytest.fixture(scope="module", params=list_forecasters())
def told(request: pytest.FixtureRequest, panel):
    there(request.param)
    options = {"horizon": 12} if request.param.startswith(("boosting", "lstm")) else {}
    return forecaster(request.param)(**options).fit(panel).predict(panel, 12)


def test_every_series_has_its_forecast_in_order(told, panel) -> None:
    assert [one.id for one in told] == [one.id for one in panel]
    for one in told:
        assert one.mean.shape == (12,)
        assert one.quantiles.shape == (12, len(LEVELS))
        assert np.isfinite(one.mean).all()
        assert np.isfinite(one.quantiles).all()


def test_quantiles_never_cross_and_counts_are_never_negative(told) -> None:
    for one in told:
        assert (np.diff(one.quantiles, axis=1) >= 0).all(), one.id
        assert (one.quantiles >= 0).all(), one.id
        assert (one.mean >= 0).all(), one.id


def test_what_cannot_be_done_says_so_and_stops_no_other(told) -> None:
    by = {one.id: one for one in told}
    assert by["one"].fallback
    assert not by["usual 0"].fallback
    assert 20 < by["usual 0"].mean.mean() < 120
    assert by["zero"].mean.max() < 1
    # a global model of a dozen series, one of which leaps to a million, knows less of one that never moves
    near = 1.0 if by["constant"].model == "boosting.global" else 0.2
    assert by["constant"].mean == pytest.approx(np.full(12, 7.0), rel=near)


@pytest.mark.parametrize("tag", list_forecasters())
@pytest.mark.parametrize(
    ("horizon", "levels"), [(0, LEVELS), (-3, LEVELS), (5, (1.2,)), (5, (0.0, 0.5)), (5, ()), (5000, LEVELS)]
)
def test_a_question_that_makes_no_sense_is_refused(tag: str, horizon: int, levels, panel) -> None:
    with pytest.raises(BadRequest):
        forecaster(tag)().predict(panel[:1], horizon, levels)


def test_an_unknown_tag_is_not_found() -> None:
    with pytest.raises(NotFound, match="no forecaster"):
        forecaster("no.such")


def test_what_is_saved_says_the_same(panel, tmp_path) -> None:
    for tag in list_forecasters():
        if tag.startswith("prophet"):
            continue  # it learns nothing that could be saved: each series is fitted when it is asked for
        model = forecaster(tag)().fit(panel)
        before = model.predict(panel[:8], 6)
        model.save(tmp_path / tag)
        after = type(model).load(tmp_path / tag).predict(panel[:8], 6)
        for one, other in zip(before, after, strict=True):
            np.testing.assert_allclose(one.quantiles, other.quantiles, rtol=1e-6, err_msg=tag)


@settings(max_examples=30)
@given(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=7), st.booleans())
def test_whatever_a_model_gives_quantiles_rise(row, counts: bool) -> None:
    told = made(
        series("a", [1.0] if counts else [-1.0]),
        "m",
        np.zeros(1),
        np.array([row]),
        tuple(np.linspace(0.1, 0.9, len(row))),
    )
    assert (np.diff(told.quantiles) >= 0).all()
    assert not counts or (told.quantiles >= 0).all()


def test_intervals_cover_what_they_say() -> None:
    rng = np.random.default_rng(3)
    whole = [series(f"s{n}", 100 + 10 * rng.normal(0, 1, 60).cumsum() / 3 + rng.normal(0, 8, 60)) for n in range(120)]
    model = forecaster("ensemble.quick")(horizon=6)
    told = model.fit([one.head(54) for one in whole]).predict([one.head(54) for one in whole], 6)
    inside = [
        ((one.quantity[54:] >= f.at(0.1)) & (one.quantity[54:] <= f.at(0.9))).mean()
        for one, f in zip(whole, told, strict=True)
    ]
    assert np.mean(inside) == pytest.approx(0.8, abs=0.08)
