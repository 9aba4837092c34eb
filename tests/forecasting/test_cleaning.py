"""Rules by which a table of sales becomes series."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadSales, BadTable
from forecasting.cleaning import clean, read_sales

FIRST = date(2025, 1, 6)


def table(quantity, name: str = "a", days=None, **columns) -> pl.DataFrame:
    days = range(len(quantity)) if days is None else days
    dates = [FIRST + timedelta(days=day) for day in days]
    return pl.DataFrame(
        {"series": [name] * len(quantity), "date": dates, "quantity": quantity, **columns}, strict=False
    )


def rules(sales) -> set[str]:
    return {change.rule for change in sales.changes}


def test_what_is_whole_is_left_as_it_is() -> None:
    sales = clean(table([5.0, 3, 0, 8, 2, 4, 6, 5]))
    assert sales.series[0].quantity.tolist() == [5, 3, 0, 8, 2, 4, 6, 5]
    assert sales.series[0].frequency == "day"
    assert sales.changes == sales.refused == ()


def test_a_date_twice_is_added_up_and_the_same_row_twice_is_one() -> None:
    sales = clean(table([5.0, 3, 3, 8, 1], days=[0, 1, 1, 2, 2]))
    assert sales.series[0].quantity.tolist() == [5, 3, 9]
    assert rules(sales) == {"duplicate"}


def test_a_gap_is_zero_or_unknown() -> None:
    told = table([5.0, 5, 5, 5, 5, 5, 5, 5, 5], days=[0, 1, 2, 3, 5, 6, 7, 8, 9])
    assert clean(told).series[0].quantity[4] == 0
    assert clean(told, gaps="unknown").series[0].quantity[4] == 5
    assert rules(clean(told)) == {"gap"}


def test_a_return_is_taken_from_the_sales_before_it() -> None:
    sales = clean(table([5.0, 2, -3, 4]))
    assert sales.series[0].quantity.tolist() == [4, 0, 0, 4]
    assert rules(sales) == {"return"}


def test_a_stock_out_is_a_lower_bound() -> None:
    sales = clean(table([6.0] * 10 + [1, 9] + [6] * 10, stock_out=[0] * 10 + [1, 1] + [0] * 10))
    assert sales.series[0].quantity[10] == 6
    assert sales.series[0].quantity[11] == 9
    assert sales.series[0].stock_out.sum() == 2
    assert [change.rule for change in sales.changes] == ["stock-out"]


def test_closed_days_and_what_is_no_number_are_filled_and_listed() -> None:
    sales = clean(table([4.0, 4, 4, float("nan"), 0, 4, 4, 4, 4], closed=[0, 0, 0, 0, 1, 0, 0, 0, 0]))
    assert sales.series[0].quantity.tolist() == [4.0] * 9
    assert rules(sales) == {"closed", "not-a-number"}


@pytest.mark.parametrize("rule", ["hampel", "three-sigma"])
def test_an_outlier_is_drawn_in_and_listed_and_a_promotion_is_none(rule: str) -> None:
    rng = np.random.default_rng(1)
    quantity = (20 + rng.poisson(4, 120)).astype(float)
    quantity[60] = quantity[90] = 400
    promotion = np.zeros(120)
    promotion[90] = 1
    sales = clean(table(quantity.tolist(), promotion=promotion.tolist()), outliers=rule)
    assert sales.series[0].quantity[60] < (80 if rule == "hampel" else 400)
    assert sales.series[0].quantity[90] == 400
    assert [change.date for change in sales.changes] == [FIRST + timedelta(days=60)]
    assert clean(table(quantity.tolist()), outliers="off").changes == ()


def test_each_series_has_its_own_outcome() -> None:
    told = pl.concat([table([1.0, 2, 3], "good"), table([1.0], "short"), table([float("nan")] * 3, "empty")])
    sales = clean(told)
    assert [one.id for one in sales.series] == ["good"]
    assert {one.series: one.reason for one in sales.refused} == {
        "short": "fewer than two dates",
        "empty": "no quantity is a number",
    }


@pytest.mark.parametrize(
    ("dates", "frequency"),
    [(["2024-01", "2024-02", "2024-03"], "month"), (["2024-01-01", "2024-04-01", "2024-07-01"], "quarter"),
     (["2022-01-01", "2023-01-01"], "year"), (["2024-01-01", "2024-01-08", "2024-01-22"], "week")],
)  # fmt: skip
def test_the_frequency_is_seen(dates: list[str], frequency: str) -> None:
    told = pl.DataFrame({"series": ["a"] * len(dates), "date": dates, "quantity": [1.0] * len(dates)})
    assert clean(told).series[0].frequency == frequency


def test_what_is_no_table_of_sales_is_refused(tmp_path) -> None:
    with pytest.raises(BadSales, match="quantity"):
        clean(pl.DataFrame({"series": ["a"], "date": ["2024-01-01"]}))
    (tmp_path / "a.xls").write_bytes(b"x")
    with pytest.raises(BadTable, match=r"no \.csv"):
        read_sales(tmp_path / "a.xls")
    (tmp_path / "b.parquet").write_bytes(b"x")
    with pytest.raises(BadTable):
        read_sales(tmp_path / "b.parquet")


@given(st.lists(st.tuples(st.integers(0, 60), st.floats(-20, 100) | st.just(float("nan"))), min_size=2, max_size=50))
def test_whatever_comes_history_is_regular_finite_and_at_least_zero(rows) -> None:
    sales = clean(table([q for _, q in rows], days=[d for d, _ in rows]))
    for one in sales.series:
        assert np.isfinite(one.quantity).all()
        assert (one.quantity >= 0).all()
    assert len(sales.series) + len(sales.refused) == 1
