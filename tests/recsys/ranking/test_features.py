"""Features: the same at training and at serving, and what single ones say."""

import time
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from core import Database
from core.settings import Settings
from recsys.events import WEIGHTS
from recsys.identity import Identity
from recsys.interactions import DAY, History
from recsys.log import EventLog
from recsys.ranking.counts import Counts
from recsys.ranking.examples import Act, Shown, asked_of, history_of, replay
from recsys.ranking.features import NUMBERS, Asked, Features, standardised
from recsys.tables import EventRow


@pytest.fixture
def log(tmp_path):
    settings = Settings(home=tmp_path)
    database = Database(settings.database_url)
    database.migrate()
    yield EventLog(database, Identity(settings))
    database.close()


def served(log: EventLog, who: str, now: float) -> History:
    """A history as a serving process reads it."""
    acts = [Act(who=who, item=int(d.item), kind=d.type, time=d.time, received=0) for d in log.of_user(who) if d.item]
    return history_of([act for act in acts if act.time <= now], now)


def test_features_logged_while_serving_equal_those_of_the_replayed_log(log: EventLog, traffic, goods) -> None:
    """Events come late and out of their order, some sent twice; lists are asked for in between."""
    rng = np.random.default_rng(11)
    sent, lists = traffic[0][:400], []
    features = Features(("als.implicit",), (("shirt", "shoes"), ("b0",), ("red",), (), ("phone",), (), ("home",)))
    counts, logged = Counts(len(goods)), []
    order = np.argsort(np.arange(len(sent)) + rng.uniform(0, 60, len(sent)))
    for number, batch in enumerate(np.array_split(order, 40)):
        entries = [
            {"id": str(n), "type": sent[n].kind, "item": str(sent[n].item), "user": sent[n].who,
             "time": datetime.fromtimestamp(sent[n].time, UTC).isoformat()}
            for n in [*batch, *batch[:2]]
        ]  # fmt: skip
        for n, status in zip([*batch, *batch[:2]], log.record(entries), strict=True):
            if status.status == "stored":
                counts.add(sent[n].kind, sent[n].item, sent[n].time)
        who, items = f"u{rng.integers(60)}", rng.choice(len(goods), 12, replace=False)
        recall = {"als.implicit": standardised(rng.normal(0, 1, 12).astype(np.float32))}
        shown = Shown(id=f"q{number}", who=log.identity.user(who), time=time.time(), items=items, recall=recall,
                      device="phone", page="home")  # fmt: skip
        logged.append(features.table(asked_of(shown, served(log, who, shown.time)), goods, counts))
        counts.add("shown", items, shown.time)
        lists.append(shown)
    with log.database.reading() as session:
        acts = [
            Act(who=row.user or "", item=int(row.item), kind=row.type, time=row.time, received=row.received)
            for row in session.scalars(select(EventRow))
        ]
    _, examples, memory = replay(acts, lists, goods, ["als.implicit"], features)
    for place, table in enumerate(logged):
        rows = examples.table.rows(slice(12 * place, 12 * place + 12))
        np.testing.assert_allclose(rows.numbers, table.numbers, atol=1e-6)
        np.testing.assert_array_equal(rows.codes, table.codes)
    assert np.std([table.numbers for table in logged], axis=(0, 1)).astype(bool).mean() > 0.7
    np.testing.assert_allclose(memory.counts.totals(time.time()), counts.totals(time.time()), rtol=1e-3)


def test_what_comes_after_a_list_changes_none_of_its_features(traffic, goods) -> None:
    acts, shown = traffic
    features, whole, _ = replay(acts, shown[:200], goods, ["als.implicit"])
    past = [act for act in acts if act.received <= shown[199].time]
    _, part, _ = replay(past, shown[:200], goods, ["als.implicit"], features)
    np.testing.assert_array_equal(whole.table.numbers, part.table.numbers)


def test_outcomes_are_joined_by_list_else_by_the_last_that_held_the_item(goods) -> None:
    lists = [Shown(id=f"r{n}", who="u", time=1e9 + 100 * n, items=np.array([1, 2])) for n in range(2)]
    told = {"who": "u", "item": 2, "received": 1e9 + 300}
    acts = [
        Act(kind="purchase", time=1e9 + 200, **told),
        Act(kind="click", time=1e9 + 250, recommendation="r0", **told),
        Act(kind="click", time=1e9 + 2 * DAY, who="u", item=1, received=1e9 + 2 * DAY),
    ]
    _, examples, _ = replay(acts, lists, goods, [])
    assert examples.reached.tolist() == [0, 1, 0, 3]
    assert examples.labels[3].tolist() == [1, 1, 1]
    assert examples.position.tolist() == [1, 2, 1, 2]


def ask(history: History, items=(0, 1, 25), now: float = 1e9) -> Asked:
    return Asked(history=history, candidates=np.array(items), now=now)


def column(table, name: str) -> np.ndarray:
    return table.numbers[:, list(NUMBERS).index(name)]


def test_a_shopper_of_whom_nothing_is_known_has_finite_features(goods) -> None:
    features = Features.of(["x"], goods, [])
    table = features.table(ask(History.of([], 1e9)), goods, Counts(len(goods)))
    assert np.isfinite(table.numbers).all()
    assert table.numbers.shape[1] + table.codes.shape[1] == len(features.names) == len(features.meanings)
    assert set(column(table, "pair.category")) == {0.0}


def test_single_features_say_what_they_are_called(goods) -> None:
    day = History(np.array([0, 3, 30]), 1e9 - DAY * np.array([3.0, 2.0, 0.0]), np.array([1, 4, 2], np.float32), 1e9)
    table = Features.of([], goods, []).table(ask(day), goods, Counts(len(goods)))
    shares = column(table, "pair.category")
    assert shares[0] == shares[1] > shares[2] > 0
    assert shares[0] + shares[2] == pytest.approx(1)
    assert column(table, "pair.session_category").tolist() == [0, 0, 1]
    assert column(table, "pair.strongest").tolist() == [1, 0, 0]
    np.testing.assert_allclose(np.expm1(column(table, "pair.since")), [3, 90, 90], rtol=1e-5)
    assert column(table, "shopper.purchases")[0] == pytest.approx(np.log(2))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.sampled_from(sorted({*WEIGHTS, "shown"})), st.integers(0, 4), st.floats(1.6e9, 1.9e9))),
    st.randoms(),
)
def test_counts_are_the_same_in_any_order(events, random) -> None:
    mixed = random.sample(events, len(events))
    one, other = Counts(5), Counts(5)
    for counts, told in ((one, events), (other, mixed)):
        for kind, item, at in told:
            counts.add(kind, item, at)
    np.testing.assert_allclose(one.now(np.arange(5), 1.9e9), other.now(np.arange(5), 1.9e9), rtol=1e-9)


def test_counts_fade_by_half_in_a_half_life() -> None:
    counts = Counts(2, 7.0)
    counts.add("click", np.array([1, 1]), 1.7e9)
    assert counts.now(np.array([0, 1]), 1.7e9 + 7 * DAY)[1].tolist() == pytest.approx([0, 1])


@settings(deadline=None)
@given(st.permutations(range(8)))
def test_an_order_of_candidates_changes_no_features(goods, order) -> None:
    history = History.of([1, 5, 22], 1e9)
    features, counts = Features.of([], goods, []), Counts(len(goods))
    asked = ask(history, range(8))
    mixed = msgspec.structs.replace(asked, candidates=np.array(order))
    np.testing.assert_allclose(
        features.table(mixed, goods, counts).numbers, features.table(asked, goods, counts).numbers[order], atol=1e-6
    )
