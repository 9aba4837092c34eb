"""Money is exact, and currencies do not mix."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadPrice, CurrencyMix
from pricing.money import Money, digits


@given(st.integers(-(10**12), 10**12), st.sampled_from(["EUR", "JPY", "KWD"]))
def test_an_amount_and_back_is_the_same(minor: int, currency: str) -> None:
    money = Money(minor, currency)
    assert Money.of(money.amount, currency) == money


def test_amounts_in_words() -> None:
    assert str(Money.of("12.90", "EUR")) == "12.90 EUR"
    assert Money.of("12.9", "EUR").minor == 1290
    assert Money.of(1290, "JPY").amount == Decimal(1290)
    assert digits("KWD") == 3


@pytest.mark.parametrize("amount", ["12.905", "nan", "inf", "much", None])
def test_what_is_no_amount_is_refused(amount: str) -> None:
    with pytest.raises(BadPrice):
        Money.of(amount, "EUR")


def test_currencies_do_not_mix() -> None:
    euro, dollar = Money(1, "EUR"), Money(1, "USD")
    for act in (lambda: euro + dollar, lambda: euro - dollar, lambda: euro < dollar, lambda: euro <= dollar):
        with pytest.raises(CurrencyMix):
            act()


def test_scaling_rounds_half_to_even_and_takes_no_infinity() -> None:
    assert Money(5, "EUR").times(0.5).minor == 2
    assert Money(1000, "EUR").times(1.05).minor == 1050
    with pytest.raises(BadPrice):
        Money(5, "EUR").times(float("nan"))
