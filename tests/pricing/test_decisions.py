"""Decisions on prices: what is in force, who said so, and back to any day; on SQLite and PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from core import Database
from core.errors import BadPrice, Conflict, NotFound
from pricing import Decision, Decisions, Interval, Limits, Money, Rails, Rival, State, policy, quote

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
LOOSE = Rails(step=0.5, day=0.5, week=0.9, cool_down=0.0, endings=())


class Clock:
    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **time: float) -> None:
        self.now += timedelta(**time)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


@pytest.fixture
def decisions(database, clock) -> Decisions:
    return Decisions(database, approve_over=0.05, clock=clock)


def euros(minor: int) -> Money:
    return Money(minor, "EUR")


def state(clock: Clock, product: str = "A", price: int = 2000, cost: int = 900, **fields) -> State:
    told = {"stock": 62, "demand": 2.0, "elasticity": Interval(-3.0, -3.3, -2.7), "category": "hat", **fields}
    return State(product=product, price=euros(price), cost=euros(cost), at=clock.now, **told)


def decide(decisions: Decisions, *states: State, rails: Rails = LOOSE, **more) -> Decision:
    told = decisions.decide(states, policy("optimum.one-step")(), rails, actor="Ann", **more)
    assert not told.faults, told
    return told.decisions[0]


def steps(decisions: Decisions) -> list[str]:
    return [one.step for one in reversed(decisions.history())]


def test_a_large_change_waits_for_a_person_and_is_in_force_once_applied(decisions, clock) -> None:
    made = decide(decisions, state(clock))
    assert made.state == "proposed"
    assert made.quote.price < euros(1900)
    with pytest.raises(Conflict, match="proposed"):
        decisions.apply(made.id)
    assert decisions.prices()[0].price == euros(2000)
    clock.pass_(hours=1)
    assert decisions.approve(made.id, "Bob", "fine").state == "approved"
    clock.pass_(hours=1)
    assert decisions.apply(made.id, "Bob").state == "applied"
    (asked,) = decisions.prices()
    assert (asked.price, asked.since) == (made.quote.price, clock.now)
    assert steps(decisions) == ["noted", "proposed", "approved", "applied"]
    assert [one.actor for one in decisions.history()] == ["Bob", "Bob", "Ann", ""]
    for again in (decisions.approve, decisions.reject, decisions.apply):
        with pytest.raises(Conflict):
            again(made.id)


def test_a_small_change_is_approved_by_rule(decisions, clock) -> None:
    made = decide(decisions, state(clock), rails=msgspec.structs.replace(LOOSE, step=0.04))
    assert made.state == "approved"
    assert decisions.history()[0].actor == "the rule for small changes"


def test_a_later_proposal_takes_the_place_of_one_nobody_decided_on(decisions, clock) -> None:
    first = decide(decisions, state(clock))
    second = decide(decisions, state(clock))
    assert [decisions.get(one.id).state for one in (first, second)] == ["rejected", "proposed"]
    decisions.approve(second.id)
    told = decisions.decide([state(clock)], policy("optimum.one-step")(), LOOSE)
    assert [fault.code for fault in told.faults] == ["decided-already"]


def test_prices_go_back_to_any_day(decisions, clock) -> None:
    asked = {clock.now: 2000}
    price = 2000
    for _ in range(4):
        made = decide(decisions, state(clock, price=price), rails=msgspec.structs.replace(LOOSE, step=0.05, day=0.05))
        clock.pass_(minutes=5)
        decisions.apply(made.id)
        price = made.quote.price.minor
        asked[clock.now] = price
        clock.pass_(days=1)
    assert len(set(asked.values())) == 5
    for moment, was in asked.items():
        assert decisions.prices(moment)[0].price == euros(was)
    third_day = list(asked)[2]
    told = decisions.roll_back_to(third_day, actor="Ann")
    assert [one.price for one in told.prices] == [euros(asked[third_day])]
    assert [one.state for one in decisions.list()] == ["rolled-back", "rolled-back", "applied", "applied"]
    assert decisions.roll_back_to(third_day).prices == ()
    with pytest.raises(BadPrice):
        decisions.roll_back_to(clock.now + timedelta(days=1))


def test_one_decision_goes_back_if_it_is_the_latest(decisions, clock) -> None:
    first = decide(decisions, state(clock), rails=msgspec.structs.replace(LOOSE, step=0.04))
    decisions.apply(first.id)
    clock.pass_(days=1)
    second = decide(
        decisions, state(clock, price=first.quote.price.minor), rails=msgspec.structs.replace(LOOSE, step=0.04)
    )
    decisions.apply(second.id)
    with pytest.raises(Conflict, match="changed since"):
        decisions.roll_back(first.id)
    assert decisions.roll_back(second.id).state == "rolled-back"
    assert decisions.prices()[0].price == first.quote.price


def test_going_back_does_not_go_under_cost(decisions, clock) -> None:
    made = decide(decisions, state(clock, price=2000, cost=1500))
    assert made.quote.price > euros(2000)
    clock.pass_(hours=1)
    decisions.approve(made.id)
    decisions.apply(made.id)
    clock.pass_(days=2)
    decide(decisions, state(clock, price=made.quote.price.minor, cost=1990))
    told = decisions.roll_back_to(START)
    assert [fault.code for fault in told.faults] == ["minimum-margin"]
    assert decisions.prices()[0].price == made.quote.price


def test_the_rails_see_it_again_when_it_is_applied(decisions, clock) -> None:
    made = decide(decisions, state(clock))
    decisions.approve(made.id)
    decisions.switch_off(["hat"])
    with pytest.raises(Conflict, match="kill-switch"):
        decisions.apply(made.id)
    decisions.switch_off([])
    clock.pass_(days=3)
    with pytest.raises(Conflict, match="stale-state"):
        decisions.apply(made.id)
    assert decisions.prices()[0].price == euros(2000)


def test_a_price_changed_elsewhere_is_noted_and_stops_what_was_made_from_the_old_one(decisions, clock) -> None:
    made = decide(decisions, state(clock))
    clock.pass_(hours=1)
    decide(decisions, state(clock, price=2100))
    with pytest.raises(Conflict):
        decisions.approve(made.id)
    assert decisions.prices()[0].price == euros(2100)
    old = msgspec.structs.replace(state(clock), at=START)
    told = decisions.decide([old], policy("optimum.one-step")(), LOOSE)
    assert [fault.code for fault in told.faults] == ["stale-state"]


def test_our_own_history_holds_the_step_of_a_week_and_tells_the_reference_price(decisions, clock) -> None:
    rails = Rails(step=0.1, day=0.1, week=0.15, cool_down=0.0, endings=())
    price = 2000
    for _ in range(6):
        told = decisions.decide([state(clock, price=price)], policy("optimum.one-step")(), rails)
        for made in told.decisions:
            if made.state == "proposed":
                decisions.approve(made.id)
            decisions.apply(made.id)
            assert made.quote.was == euros(min(price, 2000))
            price = made.quote.price.minor
        clock.pass_(days=1)
    assert price == 1700


def test_switches_hold_prices_and_are_taken_back(decisions, clock) -> None:
    for what in ("A", "hat", "*"):
        decisions.switch_off([what])
        told = decisions.decide([state(clock)], policy("optimum.one-step")(), LOOSE)
        assert told.decisions == ()
        assert told.kept[0].acted == ("kill-switch",)
    decisions.switch_off([])
    decide(decisions, state(clock))


def test_prices_of_a_kind_hold_together_one_by_one(decisions, clock) -> None:
    both = [state(clock, "S", 2000, 900), state(clock, "L", 2000, 900)]
    told = decisions.decide(both, policy("optimum.one-step")(), LOOSE, smaller=[("S", "L")])
    small, large = told.decisions
    for one in (small, large):
        decisions.approve(one.id)
    with pytest.raises(Conflict, match="smaller"):
        decisions.apply(large.id)  # alone it would be cheaper than the small one
    decisions.apply(small.id)
    decisions.apply(large.id)


def test_the_history_only_grows(decisions, database, clock) -> None:
    decide(decisions, state(clock))
    for statement in ("UPDATE price_history SET actor = 'x'", "DELETE FROM price_history"):
        with pytest.raises(DBAPIError, match="only grows"), database.session() as session:
            session.execute(text(statement))


def test_a_clock_that_went_back_decides_nothing(decisions, clock) -> None:
    decide(decisions, state(clock))
    clock.pass_(days=-2)
    with pytest.raises(Conflict, match="clock"):
        decisions.decide([state(clock)], policy("optimum.one-step")(), LOOSE)


def test_two_deciders_at_once_leave_one_open_decision(decisions, clock) -> None:
    def ask(_: int) -> int:
        return decide(decisions, state(clock)).id

    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(ask, range(16)))
    assert [one.state for one in decisions.list()].count("proposed") == 1
    assert len(set(made)) == 16
    newest = max(made)

    def approve(_: int) -> bool:
        try:
            decisions.approve(newest)
        except Conflict:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(approve, range(16))).count(True) == 1


def test_a_fault_of_one_stops_no_other_and_nothing_unknown_is_found(decisions, clock) -> None:
    told = decisions.decide([state(clock, "A"), state(clock, "B", price=0)], policy("optimum.one-step")(), LOOSE)
    assert [one.product for one in told.decisions] == ["A"]
    assert [one.code for one in told.faults] == ["bad-price"]
    with pytest.raises(NotFound):
        decisions.get(10**6)


def test_what_a_person_approves_is_what_a_quote_would_say(decisions, clock) -> None:
    one = state(clock)
    made = decide(decisions, one)
    (told,) = quote([one], policy("optimum.one-step")(), clock.now, LOOSE, {"A": Limits()})
    assert made.quote.price == told.price
    assert made.quote.proposal.version == told.proposal.version


def test_the_sentence_tells_what_changed_since(decisions, clock) -> None:
    rivals = [Rival("x", euros(2000), clock.now), Rival("y", euros(2000), clock.now)]
    decide(decisions, state(clock, rivals=tuple(rivals)))
    clock.pass_(days=1)
    cheaper = tuple(Rival(one.seller, euros(1920), clock.now) for one in rivals)
    made = decide(decisions, state(clock, rivals=cheaper))
    assert made.explanation.sentence == "competitors −4% since 2026-03-02; 31 days of cover; elasticity −3.0 ± 0.3"
