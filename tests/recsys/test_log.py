"""Events as they are stored, joined, exported, deleted and let go by age."""

import sqlite3
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from core import Database
from core.settings import Settings
from recsys.events import MOST_EVENTS
from recsys.identity import Identity
from recsys.log import EventLog
from sample import Shoppers, generate

NOW = datetime.now(UTC)


def event(id: str, ago: float = 60, **fields):
    told = {"id": id, "type": "view", "item": "A", "user": "ann", "time": (NOW - timedelta(seconds=ago)).isoformat()}
    return {name: value for name, value in {**told, **fields}.items() if value is not None}


def opened(home: Path, **recsys) -> EventLog:
    settings = Settings(home=home, recsys=recsys)
    database = Database(settings.database_url)
    database.migrate()
    return EventLog(database, Identity(settings))


@pytest.fixture
def log(tmp_path: Path):
    log = opened(tmp_path)
    yield log
    log.database.close()


def test_an_event_sent_again_is_stored_once(log: EventLog) -> None:
    assert [s.status for s in log.record([event("1"), event("2"), event("1")])] == ["stored", "stored", "duplicate"]
    assert [s.status for s in log.record([event("2"), event("3")])] == ["duplicate", "stored"]
    assert len(log.of_user("ann")) == 3


def test_late_events_land_in_their_order(log: EventLog) -> None:
    log.record([event("1", 10, item="late")])
    log.record([event("2", 500, item="early"), event("3", 100, item="between")])
    assert [done.item for done in log.of_user("ann")] == ["early", "between", "late"]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"type": "buy"}, "Invalid enum"),
        ({"user": None}, "user or a session"),
        ({"item": None}, "Expected an item"),
        ({"type": "search", "item": None}, "query"),
        ({"price": float("nan")}, "price"),
        ({"price": -1.0}, "price"),
        ({"time": "2026-01-01T00:00:00"}, "offset"),
        ({"time": "1990-01-01T00:00:00Z"}, "2000"),
        ({"time": (NOW + timedelta(days=3)).isoformat()}, "tomorrow"),
        ({"item": "A\x00"}, ""),
        ({"user": "\ud800"}, ""),
        ({"colour": "red"}, "unknown field"),
        ({"quantity": 0}, "quantity"),
        ({"context": {"position": 0}}, "position"),
    ],
)  # fmt: skip
def test_a_faulty_entry_is_refused_with_its_reason_and_spoils_no_other(log: EventLog, fields, reason: str) -> None:
    bad, good = log.record([event("1", **fields), event("2")])
    assert (bad.status, good.status) == ("refused", "stored")
    assert bad.reason is not None
    assert reason in bad.reason
    assert len(log.of_user("ann")) == 1


@pytest.mark.parametrize("anonymous_first", [True, False])
def test_a_session_that_signs_in_is_joined_whichever_comes_first(log: EventLog, anonymous_first: bool) -> None:
    before = event("1", 100, user=None, session="s", item="before")
    after = event("2", 50, session="s", item="after")
    for one in (before, after) if anonymous_first else (after, before):
        log.record([one])
    assert [done.item for done in log.of_user("ann")] == ["before", "after"]
    assert [done.item for done in log.of_session("s")] == ["before", "after"]


def test_a_session_belongs_to_the_first_who_signs_in(log: EventLog) -> None:
    log.record([event("1", 100, session="s"), event("2", 50, session="s", user="bob")])
    log.record([event("3", 10, session="s", user=None)])
    assert len(log.of_user("ann")) == 2
    assert len(log.of_user("bob")) == 1


def test_no_name_stands_in_the_database(log: EventLog, tmp_path: Path) -> None:
    log.record([event("ann-event-77", session="ann-session")])
    with sqlite3.connect(tmp_path / "shopglass.db") as database:
        dump = "\n".join(database.iterdump())
    assert "shopper_events" in dump
    assert "ann" not in dump.replace("channel", "")


def test_the_key_is_its_owners_alone(log: EventLog, tmp_path: Path) -> None:
    assert (tmp_path / "recsys.key").stat().st_mode & 0o077 == 0


def test_a_user_is_met_again_after_the_key_was_rotated(tmp_path: Path) -> None:
    old = opened(tmp_path, key="old")
    old.record([event("1", 100, session="s")])
    old.database.close()
    new = opened(tmp_path, key="new", former_keys=("old",))
    assert len(new.of_user("ann")) == 1
    new.record([event("2", 10)])
    assert len(new.of_user("ann")) == 2
    new.database.close()
    later = opened(tmp_path, key="new")
    assert len(later.of_user("ann")) == 2
    later.database.close()


def test_what_is_stored_of_a_user_is_exported_and_deleted_whole(log: EventLog) -> None:
    log.record([event("1", 90, user=None, session="s"), event("2", session="s", price=9.5), event("3", user="bob")])
    told = log.export("ann")
    assert [one["price"] for one in told] == [None, 9.5]
    assert all("user" not in one for one in told)
    assert log.forget("ann") == 2
    assert log.export("ann") == ()
    assert log.of_session("s") == ()
    assert len(log.of_user("bob")) == 1
    assert log.forget("ann") == 0


def test_events_leave_by_age(log: EventLog) -> None:
    log.record([event("1", 86_400 * 40, session="old"), event("2", 86_400 * 10)])
    assert log.expire(30, time.time()) == 1
    assert len(log.of_user("ann")) == 1


def test_the_samples_events_are_all_stored(log: EventLog) -> None:
    events = list(Shoppers(list(generate(30)), 12).events())
    for start in range(0, len(events), MOST_EVENTS):
        statuses = log.record(events[start : start + MOST_EVENTS])
        assert {status.status for status in statuses} == {"stored"}
