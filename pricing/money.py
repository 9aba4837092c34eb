"""Money: an integer number of a currency's smallest unit; two currencies never meet in one sum."""

from decimal import ROUND_HALF_EVEN, Decimal, InvalidOperation
from typing import Annotated

import msgspec

from core.errors import BadPrice, CurrencyMix

Currency = Annotated[str, msgspec.Meta(pattern="^[A-Z]{3}$")]
# Digits after the point where they are not two: ISO 4217.
_DIGITS = dict.fromkeys(("CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"), 0) | dict.fromkeys(
    ("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3
)


class Money(msgspec.Struct, frozen=True):
    """minor: of the smallest unit (1290 is 12.90 EUR, or 1,290 JPY); currency: ISO 4217, three capitals."""

    minor: int
    currency: Currency

    @classmethod
    def of(cls, amount: str | Decimal | int, currency: str) -> "Money":
        """From an amount in whole units: ``Money.of("12.90", "EUR")``.

        Raises BadPrice where the amount is no finite number or has more digits than the currency.
        """
        try:
            scaled = Decimal(amount).scaleb(digits(currency))
            whole = int(scaled)
        except (InvalidOperation, OverflowError, ValueError, TypeError) as error:
            raise BadPrice(f"{amount!r} is no amount of money.") from error
        if whole != scaled:
            raise BadPrice(f"{amount} has more digits than {currency} has.")
        return cls(whole, currency)

    @property
    def amount(self) -> Decimal:
        """In whole units."""
        return Decimal(self.minor).scaleb(-digits(self.currency))

    def times(self, factor: float) -> "Money":
        """Scaled and rounded half to even. Raises BadPrice where the factor is not finite."""
        product = Decimal(self.minor) * Decimal(repr(float(factor)))
        if not product.is_finite():
            raise BadPrice(f"A price cannot be multiplied by {factor}.")
        return Money(int(product.to_integral_value(ROUND_HALF_EVEN)), self.currency)

    def __add__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor + other.minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        self._same(other)
        return Money(self.minor - other.minor, self.currency)

    def __lt__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor < other.minor

    def __le__(self, other: "Money") -> bool:
        self._same(other)
        return self.minor <= other.minor

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def _same(self, other: "Money") -> None:
        if self.currency != other.currency:
            raise CurrencyMix(f"{self.currency} and {other.currency} cannot be put together.")


def digits(currency: str) -> int:
    """Digits after the point: 2 for most, 0 for yen, 3 for dinars (ISO 4217)."""
    return _DIGITS.get(currency, 2)
