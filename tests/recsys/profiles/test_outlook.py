"""What is expected of users, against worlds whose truth is known."""

import doctest

import numpy as np
import pytest

from recsys.interactions import DAY
from recsys.profiles import lifetime
from recsys.profiles.ledger import Deed, Facts, Ledger
from recsys.profiles.lifetime import BuyTillYouDie, Spending
from recsys.profiles.outlook import After, Outlook
from recsys.profiles.profile import told
from recsys.profiles.segments import SEGMENTS, Segments
from recsys.ranking.calibration import expected_error

NOW = 1_780_000_000.0


def test_the_papers_examples_come_out() -> None:
    assert doctest.testmod(lifetime).failed == 0


def people(count: int, seed: int, days: float) -> list[tuple[np.ndarray, np.ndarray]]:
    """Days and money of each person's orders, drawn as BG/NBD and Gamma-Gamma have it; each begins with one on a day of
    the first thirty."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(count):
        rate, end = rng.gamma(1.2, 1 / 12.0), rng.beta(0.8, 4.0)
        day, times = rng.uniform(0, 30), []
        while day < days:
            times.append(day)
            if len(times) > 1 and rng.random() < end:  # the model has nobody go after the first
                break
            day += rng.exponential(1 / rate)
        level = 20.0 / rng.gamma(4.0, 1.0)
        found.append((np.array(times), rng.gamma(5.0, level, len(times))))
    return found


def split(orders: list[tuple[np.ndarray, np.ndarray]], at: float) -> tuple[list[Ledger], list[After]]:
    begin = NOW - at * DAY
    ledgers, after = [], []
    for times, money in orders:
        deeds = [Deed("purchase", begin + t * DAY, "i", m) for t, m in zip(times, money, strict=True) if t <= at]
        ledgers.append(Ledger.of((deed, Facts("shirt", price=deed.price)) for deed in deeds))
        after.append(After(times[times > at] - at, money[times > at]))
    return ledgers, after


@pytest.fixture(scope="module")
def outlook() -> Outlook:
    return Outlook.fit(*split(people(1200, 1, 150), 60), NOW, churn_days=30, value_days=60)


def test_fits_find_the_parameters_that_purchases_were_drawn_from() -> None:
    orders = people(4000, 3, 120)
    x, recency, age = np.array([[len(t) - 1, t[-1] - t[0], 120 - t[0]] for t, _ in orders]).T
    found = BuyTillYouDie.fit(x, recency, age)
    assert found.r / found.alpha == pytest.approx(0.1, rel=0.1)
    assert found.a / (found.a + found.b) == pytest.approx(0.8 / 4.8, abs=0.03)
    count, mean = np.array([[len(m), m.mean()] for _, m in orders]).T
    spent = Spending.fit(count, mean)
    assert spent.p * spent.gamma / (spent.q - 1) == pytest.approx(5 * 20 / 3, rel=0.1)


def test_expected_purchases_agree_with_those_that_come() -> None:
    orders = people(3000, 4, 150)
    past = [t[t <= 90] for t, _ in orders]
    x, recency, age = np.array([[len(t) - 1, t[-1] - t[0], 90 - t[0]] for t in past]).T
    model = BuyTillYouDie.fit(x, recency, age)
    came = np.array([((t > 90) & (t <= 150)).sum() for t, _ in orders])
    assert model.expected(x, recency, age, 60.0).sum() == pytest.approx(came.sum(), rel=0.08)
    soon = np.array([((t > 90) & (t <= 97)).any() for t, _ in orders])
    assert expected_error(model.buys(x, recency, age, 7.0), soon, 10) < 0.03


def test_chances_and_money_hold_for_others_than_were_trained_on(outlook: Outlook) -> None:
    ledgers, after = split(people(1500, 2, 150), 60)
    soon = np.array([one.bought(7) for one in after])
    gone = np.array([not one.bought(30) for one in after])
    assert expected_error(outlook.buys_soon(ledgers, NOW), soon, 8) < 0.04
    assert expected_error(outlook.churns(ledgers, NOW), gone, 8) < 0.05
    money = np.array([one.within(60) for one in after])
    assert outlook.value(ledgers, NOW).sum() == pytest.approx(money.sum(), rel=0.2)


def test_a_profile_tells_what_is_expected_and_how_old_the_model_is(outlook: Outlook) -> None:
    ledger = Ledger.of([(Deed("purchase", NOW - DAY, "i", 30.0), Facts("shirt", price=30.0))])
    expected = told(ledger, NOW + 3 * DAY, outlook).expected
    assert expected is not None
    assert expected.model_age == pytest.approx(3)
    assert expected.category == "shirt"
    assert 0 < expected.purchase_soon < 1
    assert 0 < expected.churn < 1
    assert expected.value > 0


def test_somebody_of_whom_nothing_is_known_gets_numbers(outlook: Outlook) -> None:
    looked = Ledger.of([(Deed("view", NOW - DAY, "i"), Facts())])
    for ledger in (Ledger(), looked):
        assert np.isfinite([outlook.value([ledger], NOW)[0], outlook.buys_soon([ledger], NOW)[0]]).all()


def test_a_shop_in_which_nobody_buys_again_can_be_trained_on() -> None:
    ledgers, _ = split(people(60, 5, 60), 60)
    none = [After(np.zeros(0), np.zeros(0)) for _ in ledgers]
    outlook = Outlook.fit(ledgers, none, NOW)
    assert (outlook.buys_soon(ledgers, NOW) < 0.05).all()
    assert (outlook.value(ledgers, NOW) < 1e-6).all()


def shopper(rng: np.random.Generator, kind: str) -> Ledger:
    """Looks at forty shirts; the impulsive buy half of what they look at, the others a tenth, dear or cheap."""
    made = Ledger()
    for number in range(40):
        level = {"price-driven": 3.0, "quality-driven": 4.2, "impulsive": 3.6}[kind]
        facts = Facts("shirt", price=float(np.exp(rng.normal(level, 0.3))))
        made.add(Deed("view", NOW + number, "i"), facts)
        if rng.random() < (0.5 if kind == "impulsive" else 0.1):
            made.add(Deed("purchase", NOW + number, "i"), facts)
    return made


def test_segments_are_found_by_rules_and_by_clusters() -> None:
    rng = np.random.default_rng(6)
    truth = [SEGMENTS[number % 3] for number in range(240)]
    ledgers = [shopper(rng, kind) for kind in truth]
    segments = Segments.fit(ledgers)
    for say in (segments.by_rules, segments.by_cluster):
        assert np.mean([say(ledger) == kind for ledger, kind in zip(ledgers, truth, strict=True)]) > 0.85
    assert segments.by_rules(Ledger()) is None
    assert segments.by_cluster(Ledger()) is None
    assert Segments.fit([ledgers[0]]).by_cluster(ledgers[0]) is None
