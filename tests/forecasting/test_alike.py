"""New products borrow from what is like them, and hand over to their own history."""

from datetime import date

import numpy as np
import pytest

from core.errors import BadRequest
from forecasting import Series, forecast_sales, forecaster
from forecasting.alike import Alike, nearest, newcomers, read_alike, with_alike
from forecasting.cleaning import Sales
from forecasting.contract import LEVELS, fallback

HORIZON = 14
DAYS = 120


@pytest.fixture(scope="module")
def world():
    """Products in a space where what is near sells alike; every fifth is new."""
    rng = np.random.default_rng(11)
    vectors = rng.normal(0, 1, (60, 3))
    rates = np.exp(1.5 + 1.2 * vectors[:, 0] / np.linalg.norm(vectors, axis=1) + rng.normal(0, 0.1, 60))
    sales = [Series(id=str(n), start=date(2024, 1, 1), frequency="day", quantity=rng.poisson(rate, DAYS).astype(np.float64), groups={"category": "ab"[n % 2]}) for n, rate in enumerate(rates)]  # fmt: skip
    near = nearest([one.id for one in sales], vectors)
    alike = {one.id: Alike(near[one.id], one.groups["category"]) for one in sales if int(one.id) % 5 == 0}
    return sales, rates, alike


def told(world, periods: int, k: float | None = None):
    sales, rates, alike = world
    series = [one.tail(DAYS - periods) if one.id in alike else one for one in sales]
    model = forecaster("theta.quick")().fit(series)
    young = [n for n, one in enumerate(series) if one.id in alike]
    before = [model.predict([one], HORIZON)[0] if len(one) else fallback(one, HORIZON, LEVELS, "none") for one in series]  # fmt: skip
    return before, with_alike(model, series, before, alike, HORIZON, LEVELS, k=k), young, rates


def test_a_new_product_is_told_better_by_its_neighbours_than_by_the_mean_of_all(world) -> None:
    before, after, young, rates = told(world, 0)
    old = [n for n in range(len(rates)) if n not in young]
    plain = np.mean([before[n].mean.mean() for n in old])
    error = np.mean([abs(after[n].mean.mean() - rates[n]) for n in young])
    assert error < 0.7 * np.mean([abs(plain - rates[n]) for n in young])
    assert all(after[n].fallback and after[n].model == "theta.quick+alike" for n in young)
    assert all(after[n] is before[n] for n in old)
    for n in young:
        assert (np.diff(after[n].quantiles, axis=1) >= 0).all()
        assert after[n].quantiles[0, 0] <= rates[n] <= after[n].quantiles[0, -1]


def test_a_history_takes_over_as_it_grows(world) -> None:
    errors, moved = [], []
    for periods in (0, 3, 14, 56):
        before, after, young, rates = told(world, periods)
        errors.append(np.mean([abs(after[n].mean.mean() - rates[n]) for n in young]))
        moved.append(np.mean([abs(after[n].mean.mean() - before[n].mean.mean()) for n in young]))
    assert errors[-1] < errors[0]
    assert moved == sorted(moved, reverse=True)
    half_before, half_after, young, _ = told(world, 14, 14)
    full = told(world, 0)[1]
    for n in young:  # at k periods, half and half
        assert half_after[n].mean == pytest.approx((half_before[n].mean + full[n].mean) / 2, rel=0.01)


def test_levels_that_are_alike_are_trusted_for_longer(world) -> None:
    rng = np.random.default_rng(2)

    def borrowed(rates) -> float:
        sales = [Series(id=str(n), start=date(2024, 1, 1), frequency="day", quantity=rng.poisson(rate, DAYS).astype(np.float64)) for n, rate in enumerate(rates)]  # fmt: skip
        new = Series(id="new", start=date(2024, 4, 20), frequency="day", quantity=np.full(10, 20.0))
        model, series = forecaster("theta.quick")(), [*sales, new]
        kin = {"new": Alike(tuple((one.id, 1.0) for one in sales))}
        return with_alike(model, series, model.predict(series, HORIZON), kin, HORIZON, LEVELS)[-1].mean.mean()

    assert borrowed([10.0] * 8) == pytest.approx(20 - 10 * 28 / 38, abs=1.5)
    assert borrowed([2.0, 4.0, 6.0, 8.0, 12.0, 14.0, 16.0, 18.0]) > 18


def test_who_finds_nobody_keeps_what_was_told(world) -> None:
    sales, _, _ = world
    model = forecaster("naive.seasonal")()
    alone = Series(id="new", start=date(2024, 4, 1), frequency="day", quantity=np.array([2.0, 3.0]))
    series = [alone, *sales[:4]]
    before = model.predict(series, HORIZON)
    assert with_alike(model, series, before, {"new": Alike((("nobody", 1.0),))}, HORIZON, LEVELS)[0] is before[0]


def test_a_product_without_sales_gets_a_forecast(world, tmp_path) -> None:
    sales, _, _ = world
    alike = {"new": Alike((("1", 1.0), ("2", 0.5)), "a"), "far": Alike((("nobody", 1.0),))}
    assert [one.id for one in newcomers(sales, alike, {one.id for one in sales})] == ["new"]
    path = tmp_path / "alike.jsonl"
    path.write_text(
        '{"series": "new", "alike": [["1", 1], ["2", 0.5]], "category": "a"}\n{"series": "far", "alike": [["nobody", 1]]}'
    )
    made = forecast_sales(Sales(tuple(sales), (), ()), "naive.seasonal", HORIZON, alike=path)
    new = next(one for one in made.forecasts if one.sku == "new")
    assert new.points[0].date == date(2024, 4, 30)
    assert sum(point.mean for point in new.points) > 0
    assert "far" not in {one.sku for one in made.forecasts}


def test_neighbours_are_read_from_pairs_or_vectors(tmp_path) -> None:
    path = tmp_path / "alike.jsonl"
    path.write_text(
        '{"series": "a", "vector": [1, 0]}\n{"series": "b", "vector": [0.9, 0.1], "category": "shoes"}\n\n'
        '{"series": "c", "vector": [0, 1]}\n{"series": "d", "alike": [["a", 0.5], ["b", 0]]}\n'
    )
    found = read_alike(path)
    assert [other for other, _ in found["a"].neighbours] == ["b", "c"]
    assert found["a"].neighbours[0][1] > 0.9
    assert found["b"].category == "shoes"
    assert found["d"].neighbours == (("a", 0.5),)


@pytest.mark.parametrize(
    "text",
    [
        "no json",
        '{"alike": []}',
        '{"series": "a", "alike": [["b", -1]]}',
        '{"series": "a", "vector": [1, 2]}\n{"series": "b", "vector": [1]}',
    ],
)
def test_a_file_that_makes_no_sense_is_refused(text: str, tmp_path) -> None:
    path = tmp_path / "alike.jsonl"
    path.write_text(text)
    with pytest.raises(BadRequest):
        read_alike(path)
