"""A promotion budget over channels: what each brings is learnt while it is spent.

Thompson sampling of a Bayesian linear model for each channel (Agrawal & Goyal, "Thompson sampling for contextual bandits
with linear payoffs", ICML 2013). Conversions come late: a coupon that is still open counts by the share of conversions
that are usually in by its age (Chapelle, "Modeling delayed feedback in display advertising", KDD 2014).
"""

from collections.abc import Sequence
from datetime import datetime
from math import exp
from typing import Annotated

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadPrice
from pricing.money import Money

Floats = NDArray[np.float64]
DAY = 86400.0
Share = Annotated[float, msgspec.Meta(ge=0, le=1)]


class Spent(msgspec.Struct, frozen=True):
    """What went to a channel and what has come of it by now. earned: profit, before what was spent."""

    channel: str
    context: tuple[float, ...]
    at: datetime
    spent: Money
    earned: Money


class Channel(msgspec.Struct, frozen=True):
    """least: share of the budget that it gets in any case; cap: the most it gets."""

    name: str
    cap: Money
    least: Share = 0.02


class Budget(msgspec.Struct, kw_only=True):
    """delay: mean days to a conversion; noise: deviation of profit for each unit spent; slices: in which a budget is given out."""

    channels: tuple[Channel, ...]
    delay: Annotated[float, msgspec.Meta(gt=0)] = 5.0
    noise: Annotated[float, msgspec.Meta(gt=0)] = 1.0
    slices: Annotated[int, msgspec.Meta(gt=0)] = 50
    seed: int = 0

    def allocate(
        self, budget: Money, context: tuple[float, ...], past: Sequence[Spent], now: datetime
    ) -> dict[str, Money]:
        """How much each channel gets; at most the budget in all, never over a cap, never under its least share.

        What would bring less than it costs is not spent. Context holds no personal attribute: season, stock, category.
        Raises BadPrice where the least shares cannot be had, or currencies differ.
        """
        least = [min(budget.times(channel.least), channel.cap, key=_minor) for channel in self.channels]
        if any(channel.cap.currency != budget.currency for channel in self.channels) or any(
            one.spent.currency != budget.currency or one.earned.currency != budget.currency for one in past
        ):
            raise BadPrice("Budget, caps and what was spent must be in one currency.")
        if sum(map(_minor, least)) > budget.minor or budget.minor < 0:
            raise BadPrice("The least shares are more than the budget.", remedy="Lower the channels' least shares.")
        given = {channel.name: part.minor for channel, part in zip(self.channels, least, strict=True)}
        rng = np.random.default_rng((self.seed, len(past)))
        models = {channel.name: self._model(channel.name, context, past, now) for channel in self.channels}
        left, part = budget.minor - sum(given.values()), max(budget.minor // self.slices, 1)
        x = np.array([1.0, *context])
        while left > 0:
            drawn = {name: float(x @ rng.multivariate_normal(mean, spread)) for name, (mean, spread) in models.items()}
            room = [c for c in self.channels if given[c.name] < c.cap.minor and drawn[c.name] > 1]
            if not room:
                break
            best = max(room, key=lambda c: drawn[c.name])
            amount = min(part, left, best.cap.minor - given[best.name])
            given[best.name] += amount
            left -= amount
        return {name: Money(minor, budget.currency) for name, minor in given.items()}

    def _model(
        self, name: str, context: tuple[float, ...], past: Sequence[Spent], now: datetime
    ) -> tuple[Floats, Floats]:
        """Posterior of profit for each unit spent: prior around 1, by which a channel earns back what it costs."""
        size = len(context) + 1
        precision, pull = np.eye(size), np.eye(size)[0]
        for one in past:
            age = (now - one.at).total_seconds() / DAY
            if one.channel != name or one.spent.minor <= 0 or age < 0:
                continue
            seen = 1 - exp(-age / self.delay)  # share of conversions that are in by now
            row = np.array([1.0, *one.context]) * seen
            precision += np.outer(row, row) / self.noise**2
            pull += row * (one.earned.minor / one.spent.minor) / self.noise**2
        spread = np.linalg.inv(precision)
        return np.asarray(spread @ pull), np.asarray(spread)


def _minor(money: Money) -> int:
    return money.minor
