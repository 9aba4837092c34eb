"""Ledgers: what is added one by one, in any order and in any parts, is what is made of all at once."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from recsys.interactions import DAY
from recsys.profiles.ledger import HALF_LIFE, Deed, Facts, Ledger
from recsys.profiles.profile import told

FACTS = {
    "a": Facts("shirt", "Norr", "red", 20.0), "b": Facts("shirt", "Alder", "blue", 60.0), "c": Facts("shoes", "Norr", "", 90.0),
    "d": Facts(),
}  # fmt: skip
NOW = 1_780_000_000.0
KINDS = ("view", "click", "like", "hide", "add_to_cart", "remove_from_cart", "purchase", "try_on")
deeds = st.lists(
    st.builds(
        Deed, st.sampled_from(KINDS), st.floats(NOW - 500 * DAY, NOW), st.sampled_from(sorted(FACTS)),
        st.none() | st.floats(0, 500), st.integers(1, 3),
    ),
    min_size=1, max_size=30,
)  # fmt: skip


def ledger(events: list[Deed]) -> Ledger:
    return Ledger.of((deed, FACTS[deed.item]) for deed in events)


def same(one: Ledger, other: Ledger) -> None:
    assert (one.first, one.last, one.kinds) == (other.first, other.last, other.kinds)
    for name in ("orders", "categories", "brands", "colours"):
        assert getattr(one, name) == pytest.approx(getattr(other, name), rel=1e-9)
    assert one.band == pytest.approx(other.band, rel=1e-9)
    assert one.prices.keys() == other.prices.keys()
    for category, prices in one.prices.items():
        theirs = other.prices[category]
        assert (prices.looked, prices.bought) == (theirs.looked, theirs.bought)
        assert (prices.looked_log, prices.bought_log) == pytest.approx((theirs.looked_log, theirs.bought_log))


@settings(deadline=None)  # a busy machine proves nothing
@given(deeds, st.randoms())
def test_events_in_any_order_make_the_same_ledger(events, random) -> None:
    same(ledger(events), ledger(random.sample(events, len(events))))


@settings(deadline=None)  # a busy machine proves nothing
@given(deeds, deeds)
def test_two_parts_merged_are_the_whole(first, second) -> None:
    merged = ledger(first)
    merged.merge(ledger(second))
    same(merged, ledger([*first, *second]))


@settings(deadline=None)  # a busy machine proves nothing
@given(deeds)
def test_shares_are_shares_and_bands_hold(events) -> None:
    profile = told(ledger(events), NOW)
    for leanings in (profile.categories, profile.brands, profile.colours):
        assert sum(one.share for one in leanings) <= 1 + 1e-9
        assert [one.share for one in leanings] == sorted((one.share for one in leanings), reverse=True)
    assert profile.band is None or profile.band.low <= profile.band.high
    assert profile.money == pytest.approx(
        sum(
            (d.price if d.price is not None else FACTS[d.item].price or 0) * d.quantity
            for d in events
            if d.kind == "purchase"
        )
    )


def test_recency_frequency_money_and_leanings_are_what_they_say() -> None:
    profile = told(
        ledger([
            Deed("view", NOW - 40 * DAY, "c"), Deed("purchase", NOW - 20 * DAY, "a", 18.0, 2),
            Deed("purchase", NOW - 20 * DAY + 60, "b"), Deed("purchase", NOW - 5 * DAY, "a"), Deed("hide", NOW - 2 * DAY, "c"),
        ]), NOW,
    )  # fmt: skip
    assert profile.recency == pytest.approx(2)
    assert (profile.frequency, profile.money) == (2, 18 * 2 + 60 + 20)
    assert profile.categories[0].name == "shirt"
    assert profile.categories[1].share < 0.15
    assert profile.events == {"hide": 1, "purchase": 3, "view": 1}
    assert profile.expected is None
    assert profile.band is not None
    assert 15 < profile.band.low < profile.band.high < 90


def test_leanings_fade_by_half_in_a_half_life() -> None:
    profile = told(ledger([Deed("view", NOW - HALF_LIFE * DAY, "a"), Deed("view", NOW, "c")]), NOW)
    assert {one.name: one.share for one in profile.categories} == pytest.approx({"shoes": 2 / 3, "shirt": 1 / 3})
    assert ledger([Deed("view", NOW - HALF_LIFE * DAY, "a")]).activity(NOW) == pytest.approx(0.5)


def test_an_item_of_which_nothing_is_known_spoils_nothing() -> None:
    profile = told(ledger([Deed("purchase", NOW, "d")]), NOW)
    assert (profile.frequency, profile.money, profile.band, profile.categories) == (1, 0.0, None, ())
    assert math.isfinite(profile.recency)
