"""One contract for every price policy there is."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.errors import BadPrice, NotFound
from pricing.contract import Fault, Outcome, Proposal, list_policies, policy
from pricing.environment import live
from pricing.market import Conditions, Market
from pricing.money import Money
from pricing.states import Interval, Rival, State

NOW = datetime(2026, 3, 4, 12, tzinfo=UTC)
SMALL = {"q.deep": {"width": 16, "warm": 30, "memory": 500}}


def state(**changes: object) -> State:
    euro = lambda minor: Money(minor, "EUR")  # noqa: E731
    made = State(
        product="P", category="shoes", brand="b", price=euro(1000), list_price=euro(1100), cost=euro(500), at=NOW, stock=60,
        demand=3.0, elasticity=Interval(-2.1, -2.4, -1.8), rivals=(Rival("r", euro(960), NOW - timedelta(hours=3)),),
        deadline=NOW + timedelta(days=20), traffic=90.0, conversion=0.03,
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


@pytest.fixture(scope="module")
def log() -> list[Outcome]:
    return live(policy("optimum.one-step")(), [Market(Conditions(rivals=("myopic",)), seed=3)], 60)[0]


@pytest.fixture(scope="module", params=list_policies())
def fitted(request: pytest.FixtureRequest, log: list[Outcome]):
    return policy(request.param)(**SMALL.get(request.param, {})).fit(log)


def test_a_proposal_says_what_it_expects_and_why(fitted) -> None:
    (said,) = fitted.propose([state()], NOW)
    assert isinstance(said, Proposal)
    assert said.price.minor > 0
    assert said.price.currency == "EUR"
    assert said.demand.low <= said.demand.mean <= said.demand.high
    assert said.profit.low <= said.profit.mean <= said.profit.high
    assert np.isfinite([said.profit.mean, said.profit_now]).all()
    assert said.reason
    assert said.codes
    assert (said.policy, said.at) == (fitted.tag, NOW)
    assert msgspec.json.decode(msgspec.json.encode(said), type=Proposal) == said


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"price": Money(0, "EUR")}, "bad-price"),
        ({"price": Money(-5, "EUR")}, "bad-price"),
        ({"cost": Money(-1, "EUR")}, "bad-cost"),
        ({"cost": Money(500, "USD")}, "currency-mix"),
        ({"rivals": (Rival("r", Money(9, "USD"), NOW),)}, "currency-mix"),
        ({"demand": float("nan")}, "bad-number"),
        ({"demand": float("inf")}, "bad-number"),
        ({"conversion": 1.5}, "bad-number"),
        ({"week_change": float("nan")}, "bad-number"),
        ({"stock": -1}, "bad-number"),
        ({"elasticity": Interval(-2.0, -1.0, -3.0)}, "bad-number"),
        ({"at": NOW + timedelta(hours=1)}, "clock-back"),
        ({"at": datetime(2026, 3, 4)}, "bad-time"),
    ],
)
def test_a_bad_state_gets_a_fault_and_spoils_no_other(fitted, changes: dict[str, object], code: str) -> None:
    good, bad, again = fitted.propose([state(), state(**changes), state()], NOW)
    assert isinstance(bad, Fault)
    assert bad.code == code
    assert good == again
    assert isinstance(good, Proposal)


@pytest.mark.parametrize(
    "changes",
    [
        {"elasticity": None}, {"elasticity": Interval(0.4, 0.1, 0.9)}, {"elasticity": Interval(-1.0, -1.0, -1.0)}, {"demand": 0.0},
        {"stock": 0}, {"stock": 10**6}, {"deadline": None}, {"deadline": NOW - timedelta(days=1)}, {"rivals": ()}, {"cost": Money(0, "EUR")},
        {"cost": Money(2000, "EUR")}, {"season": 0.0}, {"price": Money(1, "EUR")}, {"price": Money(10**9, "EUR")}, {"list_price": None},
        {"rivals": (Rival("r", Money(0, "EUR"), NOW), Rival("s", Money(10**9, "EUR"), NOW))}, {"demand": 1e6, "stock": 1, "deadline": NOW + timedelta(days=300)},
    ],
    ids=str,
)  # fmt: skip
def test_odd_states_get_a_finite_price_or_a_fault(fitted, changes: dict[str, object]) -> None:
    (said,) = fitted.propose([state(**changes)], NOW)
    assert isinstance(said, Fault) or (said.price.minor > 0 and np.isfinite(said.profit.mean))


def test_many_at_once_are_as_each_alone(fitted) -> None:
    states = [state(product=f"P{n}", price=Money(800 + 50 * n, "EUR"), stock=10 * n) for n in range(8)]
    assert fitted.propose(states, NOW) == [fitted.propose([one], NOW)[0] for one in states]


def test_saved_and_loaded_it_says_the_same(fitted, tmp_path: Path) -> None:
    fitted.save(tmp_path)
    loaded = type(fitted).load(tmp_path)
    assert loaded.version == fitted.version
    assert loaded.propose([state()], NOW) == fitted.propose([state()], NOW)


def test_without_a_file_it_says_so(fitted, tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no saved"):
        type(fitted).load(tmp_path)


def test_the_same_log_makes_the_same_policy(fitted, log: list[Outcome]) -> None:
    made = [policy(fitted.tag)(**SMALL.get(fitted.tag, {})).fit(log) for _ in range(2)]
    for one in made:
        one.learn(log[:5])
    assert made[0].version == made[1].version


def test_a_time_without_zone_is_refused(fitted) -> None:
    with pytest.raises(BadPrice, match="time zone"):
        fitted.propose([state()], datetime(2026, 3, 4))


def test_an_unknown_tag_is_not_found() -> None:
    with pytest.raises(NotFound, match="no price policy"):
        policy("no.such")
