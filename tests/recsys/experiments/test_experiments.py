"""Shoppers put in arms, what came of it read from stored events."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError
from sqlalchemy import func, select

from core.errors import NotFound
from core.settings import Settings
from recsys.experiments.experiments import Experiments
from recsys.identity import Identity
from recsys.interactions import DAY
from recsys.log import EventLog
from recsys.pipeline import Asked
from recsys.serving import Recommendations, train
from recsys.tables import ExposureRow
from tests.recsys.shop import PARTS, opened

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
T = BEGIN.timestamp()
KEY = "a key of the tests"
BUY = {"name": "bought", "event": "purchase", "role": "primary"}
TRIED = {
    "id": "drawn",
    "arms": [{"name": "plain", "explore": 0.0}, {"name": "drawn", "explore": 0.5, "quota": 20}],
    "metrics": [
        BUY,
        {"name": "spent", "event": "purchase", "counts": "money"},
        {"name": "hidden", "event": "hide", "role": "guardrail", "better": "lower"},
        {"name": "clicks", "event": "click", "counts": "times", "role": "guardrail", "margin": 0.1},
    ],
    "start": BEGIN.isoformat(),
}


@pytest.fixture
def shop(tmp_path: Path):
    settings, database, catalogue, log = opened(
        tmp_path, 20, 0, key=KEY, experiments=[TRIED], sources=("content.nearest",)
    )
    yield settings, database, catalogue, log
    database.close()


def experiments(settings: Settings, log: EventLog) -> Experiments:
    return Experiments(settings.recsys.experiments, log)


def event(user: str, kind: str, at: float, n: int = 0, **more) -> dict:
    time = datetime.fromtimestamp(at, UTC).isoformat()
    return {"id": f"{user} {kind} {at} {n}", "type": kind, "item": "SG-00001", "user": user, "time": time, **more}


@pytest.mark.parametrize(
    "wrong",
    [
        {"arms": TRIED["arms"][:1]},
        {"arms": [TRIED["arms"][0]] * 2},
        {"metrics": [BUY, {**BUY, "name": "again"}]},
        {"metrics": TRIED["metrics"][1:]},
        {"end": "2026-02-01T00:00:00Z"},
        {"start": "2026-03-01T00:00:00"},
    ],
)
def test_an_experiment_that_makes_no_sense_is_a_fault_of_the_settings(tmp_path: Path, wrong: dict) -> None:
    with pytest.raises(ValidationError):
        Settings(home=tmp_path, recsys={"experiments": [TRIED | wrong]})
    with pytest.raises(ValidationError, match="two experiments of one id"):
        Settings(home=tmp_path, recsys={"experiments": [TRIED, TRIED]})


def test_a_user_is_exposed_once_and_stays_in_the_arm(shop) -> None:
    settings, database, _, log = shop
    tried = experiments(settings, log)
    first = {name: tried.user("drawn", name, T + n).arm for n, name in enumerate("abcdefghij")}
    assert set(first.values()) == {"plain", "drawn"}
    tried.flush()
    later = experiments(settings, log)
    assert {name: later.user("drawn", name, T + DAY).arm for name in first} == first
    later.flush()
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ExposureRow)) == 10
        assert session.scalar(select(func.max(ExposureRow.time))) == T + 9
    other = settings.recsys.experiments[0].model_copy(update={"arms": settings.recsys.experiments[0].arms[::-1]})
    assert {name: Experiments((other,), log).user("drawn", name, T + DAY).arm for name in first} == first
    with pytest.raises(NotFound):
        tried.user("nothing", "a")


def test_a_user_stays_in_the_arm_when_the_key_changes_and_is_forgotten_whole(shop) -> None:
    settings, database, _, log = shop
    tried = experiments(settings, log)
    first = {name: tried.user("drawn", name, T).arm for name in "abcdefghij"}
    tried.flush()
    rotated = Settings(home=settings.home, recsys={"key": "a new key", "former_keys": (KEY,), "experiments": [TRIED]})
    later = EventLog(database, Identity(rotated))
    assert {name: experiments(rotated, later).user("drawn", name, T + 1).arm for name in first} == first
    later.record([event("a", "view", T + 2)])
    with database.reading() as session:
        assert session.get(ExposureRow, ("drawn", later.identity.user("a"))) is not None
    later.forget("a")
    later.expire(1, T)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ExposureRow)) == 9
    later.expire(1, T + 2 * DAY)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(ExposureRow)) == 0


def test_who_cannot_be_placed_is_told_why(shop) -> None:
    settings, _, _, log = shop
    tried = experiments(settings, log)
    assert tried.user("drawn", "a", T - 1).reason == "it has not begun"
    assert tried.session("drawn", None, T).arm is None
    assert tried.session("drawn", "s", T).arm is None
    log.record([event("a", "view", T, session="s")])
    assert tried.session("drawn", "s", T).arm == tried.user("drawn", "a", T).arm
    ended = settings.recsys.experiments[0].model_copy(update={"end": BEGIN, "id": "over"})
    sessions = settings.recsys.experiments[0].model_copy(update={"unit": "session", "id": "by session"})
    more = Experiments((ended, sessions), log)
    assert more.user("over", "a", T).reason == "it has ended"
    assert more.user("by session", "a", T).arm is None
    assert more.session("by session", "s", T).arm in ("plain", "drawn")


def test_an_arm_recommends_by_its_own_rules_and_the_list_says_so(shop) -> None:
    settings, database, catalogue, log = shop
    log.record([event(f"u{n}", "click", T, item=f"SG-000{n + 10}") for n in range(8)])
    train(settings, database, catalogue, PARTS)
    served = Recommendations(settings, catalogue, log)
    drawn = {}
    for name in "abcdefghij":
        slate = served.user(name, Asked(limit=8), "drawn")
        assert slate.experiment is not None
        drawn.setdefault(slate.experiment.arm, []).append(sum(one.explored for one in slate.items))
        assert slate.skipped == ()
    assert drawn.keys() == {"plain", "drawn"}
    assert set(drawn["plain"]) == {0}
    assert min(drawn["drawn"]) >= 3
    assert served.user("a", Asked(limit=8)).experiment is None


def test_effects_are_told_from_stored_events(shop) -> None:
    settings, _, _, log = shop
    tried = experiments(settings, log)
    events = []
    arms = {}
    for n in range(600):
        name, at = f"user {n}", T + n
        arm = arms[name] = tried.user("drawn", name, at).arm
        before, treated = n % 2, arm == "drawn"
        events += [event(name, "purchase", at - DAY, price=10.0)] * before
        if n % 10 < 1 + 6 * before + 3 * treated:
            events.append(event(name, "purchase", at + 60, price=20.0, quantity=2))
        events += [event(name, "click", at + 30, k) for k in range(1 if treated else 3)]
        events += [
            event(name, "purchase", at + 8 * DAY, price=99.0),
            event(name, "purchase", at - 40 * DAY, price=99.0),
        ]
    for start in range(0, len(events), 1000):
        assert {one.status for one in log.record(events[start : start + 1000])} == {"stored"}
    early = tried.report("drawn", T + DAY)
    assert sum(one.exposed for one in early.arms) == 600
    assert sum(one.counted for one in early.arms) == 0
    assert {one.verdict for one in early.effects} == {"open"}
    told = tried.report("drawn", T + 600 + 7 * DAY)
    assert [(one.name, one.counted) for one in told.arms] == [
        (name, list(arms.values()).count(name)) for name in ("plain", "drawn")
    ]
    assert not told.mismatch.alarm
    bought, spent, hidden, clicks = told.effects
    assert bought.verdict == "better"
    assert bought.adjusted is not None
    assert bought.plain is not None
    assert bought.adjusted.error < bought.plain.error
    assert bought.correlation > 0.2
    assert spent.mean == pytest.approx(40 * bought.mean)
    assert (hidden.mean, hidden.verdict) == (0, "open")
    assert (clicks.first, clicks.mean, clicks.verdict) == (3, 1, "broken")
    assert told.broken == ("drawn: clicks",)
    assert told.needed is not None
    assert told.needed.adjusted < told.needed.peeking


def test_events_that_went_astray_raise_the_alarm(shop) -> None:
    settings, database, _, log = shop
    with database.session() as session:
        for n in range(1000):
            session.add(ExposureRow(experiment="drawn", unit=str(n), arm="plain" if n < 560 else "drawn", time=T))
    told = experiments(settings, log).report("drawn", T + 8 * DAY)
    assert told.mismatch.alarm
    assert told.mismatch.p < 0.001
