"""States from a table of sales: what is known of each product, and what the table must be."""

from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from core.errors import BadPrice, BadTable
from pricing import read_states
from pricing.states import fault_of
from sample import generate, sell


@pytest.fixture(scope="module")
def sales():
    return sell(list(generate(40, 3)), 3, 500)


@pytest.fixture(scope="module")
def table(sales, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sales") / "sales.csv"
    sales.write(path)
    return path


def test_every_product_has_a_sound_state(table: Path, sales) -> None:
    states = read_states(table, fresh=True)
    now = datetime.now(UTC)
    assert [one.product for one in states] == list(sales.products)
    assert [fault_of(one, now) for one in states] == [None] * len(states)
    assert [one.price.minor for one in states] == [round(100 * float(one)) for one in sales.price[:, -1]]
    assert [one.category for one in states] == list(sales.categories)
    assert [one.stock for one in states] == [int(one) for one in sales.stock[:, -1]]


def test_demand_and_elasticity_are_near_what_is_true(table: Path, sales) -> None:
    states = read_states(table)
    known = [
        (one.elasticity.mean, truth)
        for one, truth in zip(states, sales.truth.elasticity, strict=True)
        if one.elasticity
    ]
    assert len(known) > 30
    assert np.mean([abs(mean - truth) for mean, truth in known]) < 0.45
    open_days = np.where(sales.stock_out[:, -28:], np.nan, sales.quantity[:, -28:])
    assert np.corrcoef([one.demand for one in states], np.nanmean(open_days, 1))[0, 1] > 0.9


def test_a_state_is_of_the_last_day(table: Path, sales) -> None:
    (at,) = {one.at for one in read_states(table)}
    assert (at.date() - sales.first).days == 500


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("series,date,quantity,price\nA,2026-01-01,1,5\n", "no column cost"),
        ("series,date,quantity,price,cost\nA,2026-01-01,1,0,2\n", "not over 0"),
        ("series,date,quantity,price,cost\nA,2026-01-01,1,5,2\nA,2026-01-01,1,5,2\n", "twice"),
        ("series,date,quantity,price,cost\nA,2026-01-01,,5,2\n", "without"),
        ("series,date,quantity,price,cost\nA,soon,1,5,2\n", "cannot be read"),
        ("", "cannot be read"),
    ],
)
def test_what_is_no_such_table_is_said(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "sales.csv"
    path.write_text(text)
    with pytest.raises((BadPrice, BadTable), match=said):
        read_states(path)


def test_prices_that_never_moved_give_no_elasticity(tmp_path: Path) -> None:
    path = tmp_path / "sales.csv"
    days = np.arange("2026-01-01", "2026-04-01", dtype="datetime64[D]")
    path.write_text(
        "series,date,quantity,price,cost\n" + "".join(f"A,{day},{n % 4},5,2\n" for n, day in enumerate(days))
    )
    (state,) = read_states(path)
    assert state.elasticity is None
    assert state.demand == pytest.approx(1.5)
