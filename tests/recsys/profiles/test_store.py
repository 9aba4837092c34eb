"""Profiles in the database: with every event, whatever its way, they are what is made of all events anew."""

import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import select

from core import Database
from core.errors import Conflict
from core.settings import Settings
from recsys.identity import Identity
from recsys.log import EventLog
from recsys.profiles.ledger import Facts, Ledger
from recsys.profiles.store import Profiles
from recsys.profiles.tables import ProfileRow
from recsys.tables import EventRow
from sample import Shoppers, generate

NOW = datetime.now(UTC)


def event(id: str, ago: float = 60, **fields):
    told = {"id": id, "type": "view", "item": "A", "user": "ann", "time": (NOW - timedelta(seconds=ago)).isoformat()}
    return {name: value for name, value in {**told, **fields}.items() if value is not None}


def opened(home: Path, **recsys) -> EventLog:
    settings = Settings(home=home, recsys=recsys)
    database = Database(settings.database_url)
    database.migrate()
    known = {f"SG-{n:05d}": Facts("shirt", "b", "red", 10.0 + n) for n in range(1, 40)}
    facts = {**known, "A": Facts("shirt", "Norr", "red", 20.0), "B": Facts("shoes", "Norr", "blue", 90.0)}
    profiles = Profiles(database, home / "recsys", lambda ids: {id: facts[id] for id in ids if id in facts})
    return EventLog(database, Identity(settings), profiles)


@pytest.fixture
def log(tmp_path: Path):
    log = opened(tmp_path)
    yield log
    log.database.close()


def stored(log: EventLog) -> dict[str, Ledger]:
    with log.database.reading() as session:
        return {row.user: msgspec.json.decode(row.ledger, type=Ledger) for row in session.scalars(select(ProfileRow))}


def agrees(log: EventLog) -> None:
    """What was kept up to date is what is made anew."""
    kept = stored(log)
    with log.database.session() as session:
        users = list(session.scalars(select(EventRow.user).where(EventRow.user.is_not(None)).distinct()))
        log.profiles.rebuild(session, {*users, *kept})
    anew = stored(log)
    assert kept.keys() == anew.keys()
    for user, ledger in kept.items():
        assert ledger.kinds == anew[user].kinds
        assert ledger.orders == pytest.approx(anew[user].orders)
        assert ledger.categories == pytest.approx(anew[user].categories)
        assert ledger.band == pytest.approx(anew[user].band)


def test_the_samples_events_in_any_batches_make_what_a_recomputation_makes(log: EventLog) -> None:
    events = list(Shoppers(list(generate(39)), 8).events())
    late, early = events[::3], [one for place, one in enumerate(events) if place % 3]
    for start in range(0, len(early), 97):
        log.record(early[start : start + 97])
    log.record(late[:400])
    log.record(late[200:])  # some a second time
    assert len(stored(log)) == 8
    agrees(log)


@pytest.mark.parametrize("anonymous_first", [True, False])
def test_what_was_done_before_signing_in_counts(log: EventLog, anonymous_first: bool) -> None:
    before, after = event("1", 100, user=None, session="s", item="B"), event("2", 50, session="s")
    for one in (before, after) if anonymous_first else (after, before):
        log.record([one])
    profile = log.profile("ann")
    assert profile is not None
    assert profile.events == {"view": 2}
    assert {one.name for one in profile.categories} == {"shirt", "shoes"}
    agrees(log)


def test_a_search_and_an_item_of_nowhere_spoil_nothing(log: EventLog) -> None:
    log.record(
        [event("1", type="search", item=None, query="red"), event("2", item="gone"), event("3", user=None, session="x")]
    )
    profile = log.profile("ann")
    assert profile is not None
    assert profile.events == {"view": 1}
    assert log.profile("bob") is None


def test_a_profile_goes_with_its_user(log: EventLog) -> None:
    log.record([event("1"), event("2", user="bob")])
    log.forget("ann")
    assert log.profile("ann") is None
    assert len(stored(log)) == 1


def test_a_profile_tells_no_more_than_the_events_that_are_kept(log: EventLog) -> None:
    log.record([event("1", 86_400 * 40, item="B"), event("2", 86_400 * 10), event("3", 86_400 * 50, user="bob")])
    log.expire(30, time.time())
    profile = log.profile("ann")
    assert profile is not None
    assert [one.name for one in profile.categories] == ["shirt"]
    assert log.profile("bob") is None
    agrees(log)


def test_a_profile_goes_on_after_the_key_was_rotated(tmp_path: Path) -> None:
    old = opened(tmp_path, key="old")
    old.record([event("1", 100, item="B")])
    old.database.close()
    new = opened(tmp_path, key="new", former_keys=("old",))
    assert new.profile("ann") is not None
    new.record([event("2", 10)])
    profile = new.profile("ann")
    assert profile is not None
    assert profile.events == {"view": 2}
    assert len(stored(new)) == 1
    agrees(new)
    new.database.close()


def test_models_are_trained_kept_and_told_with_their_age(log: EventLog) -> None:
    with pytest.raises(Conflict, match="Fewer than"):
        log.profiles.train()
    events = list(Shoppers(list(generate(39)), 70).events())
    for start in range(0, len(events), 1000):
        log.record(events[start : start + 1000])
    end = datetime(2026, 6, 1, tzinfo=UTC).timestamp()
    log.profiles.train(end, churn_days=14, value_days=20)
    expected = log.profile("shopper-00001").expected
    assert expected is not None
    assert expected.model_age == pytest.approx((time.time() - end) / 86_400, abs=0.01)
    assert (expected.churn_days, expected.value_days) == (14, 20)


def test_profiles_are_made_of_events_that_were_there_before(log: EventLog) -> None:
    log.record([event("1"), event("2", user="bob")])
    kept = stored(log)
    with log.database.session() as session:
        for row in session.scalars(select(ProfileRow)):
            session.delete(row)
    assert log.profiles.fill() == 2
    assert stored(log).keys() == kept.keys()
    assert log.profiles.fill() == 0
