"""Reports: noise as said, and no more of them than the budget allows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from core import Database
from core.errors import BadRequest, BudgetSpent
from core.settings import Reports as Rules
from core.settings import Settings
from recsys.identity import Identity
from recsys.interactions import DAY
from recsys.log import EventLog
from recsys.reports import MOST_DAYS, Reports, laplace

SINCE = datetime(2026, 3, 1, tzinfo=UTC)
UNTIL = SINCE + timedelta(days=7)
NOW = UNTIL.timestamp()


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


def reports(database: Database, **rules) -> Reports:
    return Reports(Rules(**rules), 730, database)


@pytest.mark.parametrize("scale", [0.5, 5.0, 40.0])
def test_noise_is_discrete_laplace(scale: float) -> None:
    rng = np.random.default_rng(4)
    drawn = np.array([laplace(scale, rng.random) for _ in range(40_000)])
    q = np.exp(-1 / scale)
    for n in range(-2, 3):
        chance = (1 - q) / (1 + q) * q ** abs(n)
        assert (drawn == n).mean() == pytest.approx(chance, abs=4 * np.sqrt(chance / 40_000))
    assert drawn.mean() == pytest.approx(0, abs=4 * drawn.std() / 200)
    assert drawn.var() == pytest.approx(2 * q / (1 - q) ** 2, rel=0.06)
    own = [laplace(scale) for _ in range(20_000)]
    assert np.abs(own).mean() == pytest.approx(np.abs(drawn).mean(), rel=0.15)


def test_counts_are_near_the_truth_and_one_shopper_counts_little(database: Database, tmp_path) -> None:
    log = EventLog(database, Identity(Settings(home=tmp_path)))
    times = [SINCE + timedelta(hours=12, days=n % 7) for n in range(400)]
    one = {"type": "view", "item": "a"}
    for start in (0, 200):
        batch = [
            {**one, "id": f"{n} {k}", "time": times[n].isoformat(), "user": f"user {n}"}
            for n in range(start, start + 200)
            for k in range(2)
        ]
        log.record(batch)
    log.record([{**one, "id": f"robot {n}", "time": SINCE.isoformat(), "session": "robot"} for n in range(900)])
    log.record([{**one, "id": "late", "time": UNTIL.isoformat(), "user": "late"}])
    made = reports(database, budget=100, most=5)
    told = made.events(SINCE, UNTIL, "type", 20, NOW)
    assert set(told.counts) >= {"view", "purchase", "try_on"}
    assert told.counts["view"] == pytest.approx(805, abs=8)
    assert all(abs(count) <= 8 for kind, count in told.counts.items() if kind != "view")
    assert told.within == 1
    daily = made.events(SINCE, UNTIL, "day", 20, NOW)
    assert list(daily.counts) == [f"2026-03-0{n}" for n in range(1, 8)]
    assert all(count == pytest.approx(115, abs=12) for count in daily.counts.values())
    again = made.ledger(NOW)
    assert again.reports == (told, daily) or again.reports == (daily, told)
    assert again.spent == 40


def test_what_is_spent_is_refused_until_its_events_are_gone(database: Database) -> None:
    made = reports(database, budget=1.0)
    for _ in range(10):  # ten times a tenth is one, exactly
        made.events(SINCE, UNTIL, "type", 0.1, NOW)
    with pytest.raises(BudgetSpent) as refused:
        made.events(SINCE, UNTIL, "type", 0.001, NOW + DAY)
    assert refused.value.retry_after == pytest.approx(730 * DAY)
    assert len(made.ledger(NOW).reports) == 10
    made.events(SINCE, UNTIL, "type", 0.5, NOW + 732 * DAY)
    assert made.ledger(NOW + 732 * DAY).spent == 0.5


def test_several_who_ask_at_once_never_spend_more_than_there_is(database: Database) -> None:
    many = [reports(database, budget=1.0) for _ in range(8)]

    def ask(one: Reports) -> int:
        spent = 0
        for _ in range(5):
            try:
                one.events(SINCE, UNTIL, "type", 0.06, NOW)
                spent += 1
            except BudgetSpent:
                pass
        return spent

    with ThreadPoolExecutor(8) as pool:
        assert sum(pool.map(ask, many)) == 16
    assert many[0].ledger(NOW).spent == pytest.approx(0.96)


def test_a_report_that_makes_no_sense_spends_nothing(database: Database) -> None:
    made = reports(database, budget=1.0)
    for asked in (
        (UNTIL, SINCE, "type", 0.1),
        (SINCE, SINCE + timedelta(days=MOST_DAYS + 1), "day", 0.1),
        (SINCE, UNTIL, "type", 1.1),
        (SINCE, UNTIL, "type", 0.0),
    ):
        with pytest.raises(BadRequest):
            made.events(*asked, NOW)
    assert made.ledger(NOW).spent == 0
