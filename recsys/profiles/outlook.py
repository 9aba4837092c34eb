"""What may be expected of a user: a purchase soon, none for long, and money; each calibrated on what then happened."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.interactions import DAY
from recsys.profiles.ledger import HALF_LIFE, Ledger
from recsys.profiles.lifetime import BuyTillYouDie, Floats, Spending
from recsys.profiles.segments import Segments

SOON = 7.0
"""Days in which a purchase counts as soon."""
_STEEPEST = 30.0  # logarithm of the largest odds and amounts


class After(msgspec.Struct, frozen=True):
    """What a user bought after the day that the ledger ends: (n,) days since then, and money."""

    days: NDArray[np.float64]
    money: NDArray[np.float64]

    def within(self, days: float) -> float:
        """Money in the first so many days."""
        return float(self.money[self.days <= days].sum())

    def bought(self, days: float) -> bool:
        return bool((self.days <= days).any())


class Line(msgspec.Struct, frozen=True):
    """Weights of standardised signs, an intercept first."""

    weights: tuple[float, ...]
    mean: tuple[float, ...]
    spread: tuple[float, ...]

    @classmethod
    def chances(cls, signs: Floats, happened: NDArray[np.bool_]) -> "Line":
        """A logistic regression."""
        from sklearn.linear_model import LogisticRegression

        mean, spread = signs.mean(0), np.maximum(signs.std(0), 1e-9)
        if happened.all() or not happened.any():  # nothing to tell apart: the rate of all, less one in doubt
            rate = (happened.sum() + 0.5) / (len(happened) + 1)
            return cls._of(float(np.log(rate / (1 - rate))), np.zeros(len(mean)), mean, spread)
        found = LogisticRegression(max_iter=1000).fit((signs - mean) / spread, happened)
        return cls._of(float(found.intercept_[0]), found.coef_[0], mean, spread)

    @classmethod
    def amounts(cls, signs: Floats, came: Floats) -> "Line":
        """A Poisson regression, whose amounts add up to what came: McCullagh & Nelder, "Generalized Linear Models", 1989."""
        from sklearn.linear_model import PoissonRegressor

        mean, spread = signs.mean(0), np.maximum(signs.std(0), 1e-9)
        if not came.any():
            return cls._of(-_STEEPEST, np.zeros(len(mean)), mean, spread)
        unit = float(came.mean())  # so that the pull on the weights is the same in any currency
        found = PoissonRegressor(alpha=1e-3, max_iter=1000).fit((signs - mean) / spread, came / unit)
        return cls._of(float(found.intercept_ + np.log(unit)), found.coef_, mean, spread)

    @classmethod
    def _of(cls, first: float, others: Floats, mean: Floats, spread: Floats) -> "Line":
        return cls((first, *map(float, others)), tuple(map(float, mean)), tuple(map(float, spread)))

    def at(self, signs: Floats) -> Floats:
        """(n,) the line itself."""
        scaled = (signs - np.array(self.mean)) / np.array(self.spread)
        return np.asarray(np.clip(self.weights[0] + scaled @ np.array(self.weights[1:]), -_STEEPEST, _STEEPEST))


class Outlook(msgspec.Struct, frozen=True):
    """Models of users as of a day.

    trained: Unix seconds that the data ended; churn_days: days without a purchase that count as gone; value_days: days
    that expected money is of. BG/NBD and Gamma-Gamma (buying, spending) are signs among others for the regressions (soon,
    churn, money), which calibrate them on what came.
    """

    trained: float
    churn_days: float
    value_days: float
    buying: BuyTillYouDie
    spending: Spending
    soon: Line
    churn: Line
    money: Line
    segments: Segments

    @classmethod
    def fit(
        cls, ledgers: Sequence[Ledger], after: Sequence[After], at: float, *,
        churn_days: float = 30.0, value_days: float = 90.0, ended: float | None = None,
    ) -> "Outlook":  # fmt: skip
        """ledgers: of users as of ``at``; after: what each then bought. at, ended: Unix seconds."""
        x, recency, age, count, mean = _orders(ledgers, at)
        some = count > 0
        buying = BuyTillYouDie.fit(x[some], recency[some], age[some])
        paid = some & (mean > 0)
        spending = Spending.fit(count[paid], mean[paid])
        signs = _signs(ledgers, at, buying)
        worth = _worth(ledgers, at, buying, spending, value_days)
        return cls(
            trained=at if ended is None else ended, churn_days=churn_days, value_days=value_days, buying=buying,
            spending=spending, soon=Line.chances(signs, np.array([one.bought(SOON) for one in after])),
            churn=Line.chances(signs, np.array([not one.bought(churn_days) for one in after])),
            money=Line.amounts(np.column_stack([signs, worth]), np.array([one.within(value_days) for one in after])),
            segments=Segments.fit(ledgers),
        )  # fmt: skip

    def buys_soon(self, ledgers: Sequence[Ledger], now: float) -> Floats:
        """(n,) chance of a purchase in the next seven days."""
        return _logistic(self.soon.at(_signs(ledgers, now, self.buying)))

    def churns(self, ledgers: Sequence[Ledger], now: float) -> Floats:
        """(n,) chance of no purchase in the next ``churn_days``."""
        return _logistic(self.churn.at(_signs(ledgers, now, self.buying)))

    def value(self, ledgers: Sequence[Ledger], now: float) -> Floats:
        """(n,) money expected in the next ``value_days``."""
        worth = _worth(ledgers, now, self.buying, self.spending, self.value_days)
        return np.exp(self.money.at(np.column_stack([_signs(ledgers, now, self.buying), worth])))


def _orders(ledgers: Sequence[Ledger], now: float) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """(n,) each: repeat orders, days from first to last order, days from first order to now, orders, mean money of one.

    All that is bought on a day is one order.
    """
    rows = []
    for ledger in ledgers:
        days = sorted(ledger.orders)
        first, last = (days[0], days[-1]) if days else (0, 0)
        old = max(now / DAY - first, last - first, 0.0) if days else 0.0
        mean = sum(ledger.orders.values()) / max(len(days), 1)
        rows.append((max(len(days) - 1, 0), last - first, old, len(days), mean))
    x, recency, age, count, means = np.array(rows, np.float64).reshape(-1, 5).T
    return x, recency, age, count, means


def _signs(ledgers: Sequence[Ledger], now: float, buying: BuyTillYouDie) -> Floats:
    """(n, 6) BG/NBD's logit of a purchase soon, whether there was any order, days since the last and since the last event,
    how active they were for each day since the first, and carts beside purchases."""
    x, recency, age, count, _ = _orders(ledgers, now)
    chance = np.clip(buying.buys(x, recency, age, SOON), 1e-4, 1 - 1e-4)
    known = [(0.0, 365.0, 1.0) if not np.isfinite(one.last) else
             (one.activity(now), max(now - one.last, 0.0) / DAY, max((now - one.first) / DAY, 1.0)) for one in ledgers]  # fmt: skip
    active, idle, days = np.array(known, np.float64).reshape(-1, 3).T
    faded = HALF_LIFE / np.log(2) * (1 - 2.0 ** (-days / HALF_LIFE))  # what one a day would have come to
    carts = [(one.kinds.get("add_to_cart", 0) + 1) / (one.kinds.get("purchase", 0) + 1) for one in ledgers]
    return np.stack([
        np.where(count > 0, np.log(chance / (1 - chance)), 0.0), count > 0, np.where(count > 0, np.log1p(age - recency), 0.0),
        np.log1p(idle), np.log(active / faded + 0.01), np.log(carts),
    ], 1)  # fmt: skip


def _worth(ledgers: Sequence[Ledger], now: float, buying: BuyTillYouDie, spending: Spending, days: float) -> Floats:
    """(n,) logarithm of one more than the money that BG/NBD and Gamma-Gamma expect; 0 without an order."""
    x, recency, age, count, mean = _orders(ledgers, now)
    some = count > 0
    worth = np.zeros(len(count))
    orders = buying.expected(x[some], recency[some], age[some], days)
    worth[some] = np.log1p(orders * spending.expected(count[some], mean[some]))
    return worth


def _logistic(x: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-x)))
