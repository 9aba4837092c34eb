"""What is true of the sample's sales can be found again in them."""

import numpy as np
import pytest

from sample import Sales, generate, sell


@pytest.fixture(scope="module")
def sales() -> Sales:
    return sell(list(generate(80, 7)), 7)


def test_the_same_seed_sells_the_same(sales: Sales) -> None:
    again = sell(list(generate(80, 7)), 7)
    assert (again.quantity == sales.quantity).all()
    assert (again.price == sales.price).all()
    assert (sell(list(generate(80, 7)), 8).quantity != sales.quantity).any()


def test_what_is_sold_is_what_was_wanted_and_there(sales: Sales) -> None:
    truth = sales.truth
    assert (sales.quantity == np.minimum(truth.demand, sales.stock)).all()
    assert (sales.stock_out == (truth.demand > sales.quantity)).all()
    assert 0.01 < sales.stock_out.mean() < 0.15
    assert truth.demand.sum() == pytest.approx(truth.expected.sum(), rel=0.02)


def test_two_years_have_promotions_price_changes_and_a_season(sales: Sales) -> None:
    assert sales.quantity.shape == (80, 730)
    assert 0.05 < sales.promotion.mean() < 0.25
    assert (sales.price > 0).all()
    assert (sales.cost < sales.reference).all()
    monthly = sales.truth.expected[:, :720].reshape(80, 24, 30).mean(2)
    assert (monthly.max(1) > 1.2 * monthly.min(1)).mean() > 0.9


def test_a_plain_regression_is_misled_and_one_that_knows_the_season_is_not(sales: Sales) -> None:
    truth = sales.truth
    price = np.log(sales.price / sales.reference[:, None])
    wanted = np.log(truth.expected)
    plain = np.array([np.polyfit(x, y, 1)[0] for x, y in zip(price, wanted, strict=True)])
    assert np.mean(np.abs(plain - truth.elasticity)) > 0.3
    calendar = np.stack([np.ones(730), *(f(2 * np.pi * k * np.arange(730) / p) for p, k in ((365.25, 1), (365.25, 2), (7, 1), (7, 2), (7, 3)) for f in (np.sin, np.cos)), np.arange(730) / 730, sales.holiday])  # fmt: skip
    found = []
    for n in range(80):
        columns = np.vstack([price[n], calendar, sales.promotion[n], sales.display[n]]).T
        found.append(np.linalg.lstsq(columns, wanted[n], rcond=None)[0][0])
    assert np.mean(np.abs(np.array(found) - truth.elasticity)) < 0.2


def test_the_table_is_long_and_tells_no_truth(sales: Sales) -> None:
    table = sales.table()
    assert table.height == 80 * 730
    assert {"series", "date", "quantity", "price", "promotion", "stock_out", "competitor_price"} <= set(table.columns)
    assert not {"demand", "expected", "elasticity"} & set(table.columns)
    assert table.filter(table["series"] == "SG-00003")["quantity"].to_list() == sales.quantity[2].tolist()
