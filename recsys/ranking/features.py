"""The features of a ranker: declared here once, and computed by the one function that training and serving share.

A feature is of an item, a shopper, the pair, the context or a recall source, as of the moment of asking. The position in
a list is no feature: it is known in training alone, where rankers take it apart (:mod:`recsys.ranking.calibration`).
"""

from collections.abc import Mapping, Sequence
from functools import cached_property

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.interactions import DAY, History
from recsys.ranking.counts import Counts
from recsys.ranking.goods import Goods

NUMBERS: Mapping[str, str] = {
    "item.price": "its price",
    "item.price_place": "how dear it is among its kind",
    "item.shown": "how often it was shown",
    "item.clicks": "how many look at it",
    "item.purchases": "how many buy it",
    "item.click_rate": "how often it is clicked when shown",
    "item.cart_rate": "how often a click leads to the cart",
    "item.purchase_rate": "how often it is bought once in the cart",
    "shopper.events": "how much you have looked at",
    "shopper.recency": "how long ago you were here",
    "shopper.strength": "how decided you are",
    "shopper.purchases": "how much you have bought",
    "shopper.price": "what you usually spend",
    "pair.price_gap": "its price beside what you look at",
    "pair.price_distance": "how far its price is from what you look at",
    "pair.category": "its category among yours",
    "pair.brand": "its brand among yours",
    "pair.colour": "its colour among yours",
    "pair.taste": "its likeness to what you like",
    "pair.likeness": "its likeness to something you looked at",
    "pair.last": "its likeness to what you looked at last",
    "pair.session_category": "its category in this visit",
    "pair.session": "its likeness to what you looked at in this visit",
    "pair.met": "how often you looked at it",
    "pair.strongest": "what you did with it",
    "pair.since": "how long ago you looked at it",
    "context.hour_sine": "the hour",
    "context.hour_cosine": "the hour",
    "context.weekend": "the day of the week",
}
"""Name and meaning of every number, in the order of the columns; recall sources follow."""

CODES: Mapping[str, str] = {
    "item.category": "its category",
    "item.brand": "its brand",
    "item.colour": "its colour",
    "shopper.segment": "how you shop",
    "context.device": "your device",
    "context.place": "where you are",
    "context.page": "the page",
}
"""Name and meaning of what is one of several words."""

MOST_READ = 200
"""Events of a history that features look at: the latest."""
_VISIT = 1800.0  # seconds without an event that end a visit
_FADE = 14.0  # days after which an event counts half
_LATELY = 20  # events that likeness is sought among
_PRIOR = 20.0  # events that the mean rate of all items counts as
_NEVER = 90.0  # days since something that never was


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question to a ranker.

    history: what the shopper did before ``now``, an entry for each event; candidates: (n,) int64 item numbers;
    recall: (n,) float32 by source, standardised over all that was recalled (:func:`standardised`), which is what is logged
    with a list: it cannot be told from those that were shown alone; now: Unix seconds.
    """

    history: History
    candidates: NDArray[np.int64]
    recall: Mapping[str, NDArray[np.float32]] = msgspec.field(default_factory=dict)
    now: float
    device: str = ""
    place: str = ""
    page: str = ""


class Table(msgspec.Struct, frozen=True):
    """Features by row. numbers: (n, f) float32, finite; codes: (n, g) int64, 0 for a word that was not trained on."""

    numbers: NDArray[np.float32]
    codes: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.numbers)

    def rows(self, chosen: NDArray[np.generic] | slice) -> "Table":
        return Table(self.numbers[chosen], self.codes[chosen])

    @classmethod
    def stacked(cls, tables: Sequence["Table"]) -> "Table":
        return cls(np.concatenate([t.numbers for t in tables]), np.concatenate([t.codes for t in tables]))


class Features(msgspec.Struct, frozen=True, dict=True):
    """Which columns there are. sources: names of recall sources; words: those known of each of :data:`CODES`."""

    sources: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, sources: Sequence[str], goods: Goods, asked: Sequence[Asked]) -> "Features":
        """The columns for what is met in training."""
        met = (
            goods.categories, goods.brands, goods.colours, [one.history.segment for one in asked],
            [one.device for one in asked], [one.place for one in asked], [one.page for one in asked],
        )  # fmt: skip
        return cls(tuple(sources), tuple(tuple(sorted(set(words) - {""})) for words in met))

    @property
    def names(self) -> tuple[str, ...]:
        """Of all columns: numbers, recall sources, codes."""
        return (*NUMBERS, *(f"recall.{source}" for source in self.sources), *CODES)

    @property
    def meanings(self) -> tuple[str, ...]:
        """Of all columns, in words for a shopper."""
        return (*NUMBERS.values(), *(f"recall by {source}" for source in self.sources), *CODES.values())

    @property
    def sizes(self) -> tuple[int, ...]:
        """How many values each code may have, 0 for the unknown among them."""
        return tuple(len(words) + 1 for words in self.words)

    def table(self, asked: Asked, goods: Goods, counts: Counts) -> Table:
        """Features of every candidate, (n, columns), as of ``asked.now``. counts: of what came before."""
        columns = {
            **_of_items(asked, goods, counts),
            **_of_shopper(asked, goods),
            **_of_pairs(asked, goods),
            **_of_context(asked),
        }
        n = len(asked.candidates)
        numbers = [np.broadcast_to(columns[name], n) for name in NUMBERS]
        numbers += [asked.recall.get(one, np.full(n, -1.0)) for one in self.sources]
        return Table(np.stack(numbers, 1).astype(np.float32), self._codes(asked, goods))

    def _codes(self, asked: Asked, goods: Goods) -> NDArray[np.int64]:
        told = (asked.history.segment, asked.device, asked.place, asked.page)
        codes = np.zeros((len(asked.candidates), len(CODES)), np.int64)
        for column, (words, kinds) in enumerate(zip(goods.words, goods.kinds, strict=True)):
            of_kind = np.array([self._numbers[column].get(word, 0) for word in words])
            codes[:, column] = of_kind[kinds[asked.candidates]]
        for column, word in enumerate(told, len(goods.words)):
            codes[:, column] = self._numbers[column].get(word, 0)
        return codes

    @cached_property
    def _numbers(self) -> tuple[dict[str, int], ...]:
        return tuple({word: place + 1 for place, word in enumerate(words)} for words in self.words)


Columns = dict[str, "NDArray[np.float64] | float"]


def _of_items(asked: Asked, goods: Goods, counts: Counts) -> Columns:
    shown, clicks, carts, purchases = counts.now(asked.candidates, asked.now)
    all_shown, all_clicks, all_carts, all_purchases = counts.totals(asked.now)

    def rate(part: NDArray[np.float64], whole: NDArray[np.float64], parts: float, wholes: float) -> NDArray[np.float64]:
        return np.asarray((part + _PRIOR * (parts + 1) / (wholes + 2)) / (whole + _PRIOR))

    return {
        "item.price": goods.log_price[asked.candidates],
        "item.price_place": goods.price_place[asked.candidates],
        "item.shown": np.log1p(shown),
        "item.clicks": np.log1p(clicks),
        "item.purchases": np.log1p(purchases),
        "item.click_rate": rate(clicks, shown, all_clicks, all_shown),
        "item.cart_rate": rate(carts, clicks, all_carts, all_clicks),
        "item.purchase_rate": rate(purchases, carts, all_purchases, all_carts),
    }


def _of_shopper(asked: Asked, goods: Goods) -> Columns:
    history = asked.history
    ages = _ages(asked)
    return {
        "shopper.events": np.log1p(float(len(ages))),
        "shopper.recency": np.log1p(min(float(ages[-1]), _NEVER) if len(ages) else _NEVER),
        "shopper.strength": float(history.weights[-MOST_READ:].mean()) if len(ages) else 0.0,
        "shopper.purchases": np.log1p(float((history.weights[-MOST_READ:] >= 4).sum())),
        "shopper.price": _usual_price(asked, goods)[0],
    }


def _of_pairs(asked: Asked, goods: Goods) -> Columns:
    items, weights = asked.history.items[-MOST_READ:], asked.history.weights[-MOST_READ:].astype(np.float64)
    ages, n = _ages(asked), len(asked.candidates)
    faded = weights * 2.0 ** (-ages / _FADE)
    visit = _visit(ages)
    usual, spread = _usual_price(asked, goods)
    gap = goods.log_price[asked.candidates] - usual
    same = asked.candidates[:, None] == items[None, :]
    vectors = goods.vectors[asked.candidates]
    lately = goods.vectors[items[-_LATELY:]]
    likeness = vectors @ lately.T if len(items) else np.zeros((n, 1), np.float32)
    shares = [_share(kinds, items, faded, asked.candidates) for kinds in goods.kinds]
    return {
        "pair.price_gap": gap,
        "pair.price_distance": np.abs(gap) / spread,
        "pair.category": shares[0],
        "pair.brand": shares[1],
        "pair.colour": shares[2],
        "pair.taste": vectors @ _mean_vector(goods, items, faded),
        "pair.likeness": likeness.max(1),
        "pair.last": likeness[:, -1],
        "pair.session_category": _share(goods.kinds[0], items[visit], weights[visit], asked.candidates),
        "pair.session": vectors @ _mean_vector(goods, items[visit], weights[visit]),
        "pair.met": np.log1p(same.sum(1)),
        "pair.strongest": (same * weights).max(1, initial=0.0),
        "pair.since": np.log1p(np.where(same, ages, _NEVER).min(1, initial=_NEVER)),
    }


def _of_context(asked: Asked) -> Columns:
    hour = 2 * np.pi * (asked.now % DAY) / DAY
    weekday = int(asked.now // DAY + 3) % 7  # the epoch began on a Thursday
    return {
        "context.hour_sine": float(np.sin(hour)),
        "context.hour_cosine": float(np.cos(hour)),
        "context.weekend": float(weekday >= 5),
    }


def _ages(asked: Asked) -> NDArray[np.float64]:
    """(n,) days since each of the latest events."""
    return np.maximum(asked.now - asked.history.times[-MOST_READ:], 0.0) / DAY


def _visit(ages: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(n,) which events are of the visit that is going on: no gap before the next, or now, is longer than :data:`_VISIT`."""
    gaps = ages - np.append(ages[1:], 0.0)
    return np.asarray(np.cumsum((gaps * DAY > _VISIT)[::-1])[::-1] == 0)


def _usual_price(asked: Asked, goods: Goods) -> tuple[float, float]:
    """Mean and spread of the logarithms of prices that the shopper looked at, drawn to those of all goods."""
    items = asked.history.items[-MOST_READ:]
    faded = asked.history.weights[-MOST_READ:] * 2.0 ** (-_ages(asked) / _FADE)
    all_mean, all_spread = goods.price_moments
    prices, total = goods.log_price[items], float(faded.sum()) + 1.0
    mean = (float(faded @ prices) + all_mean) / total
    return mean, float(np.sqrt((float(faded @ (prices - mean) ** 2) + all_spread**2) / total)) + 1e-3


def _share(
    kinds: NDArray[np.int64], items: NDArray[np.int64], weights: NDArray[np.float64], candidates: NDArray[np.int64]
) -> NDArray[np.float64]:
    """(n,) what part of the weights lies on items of each candidate's kind."""
    sums = np.bincount(kinds[items], weights, minlength=int(kinds.max(initial=0)) + 1)
    return np.asarray(sums[kinds[candidates]] / max(float(weights.sum()), 1e-9))


def _mean_vector(goods: Goods, items: NDArray[np.int64], weights: NDArray[np.float64]) -> NDArray[np.float32]:
    """(d,) of unit length, or zeros."""
    mean = weights.astype(np.float32) @ goods.vectors[items]
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-9), np.float32)


def standardised(scores: NDArray[np.float32]) -> NDArray[np.float32]:
    """Brought to mean 0 and standard deviation 1 over the candidates that a source names; -1 for those that it does not,
    whose score is NaN or 0."""
    named = np.isfinite(scores) & (scores != 0)
    out = np.full(len(scores), -1.0, np.float32)
    if named.any():
        values = scores[named].astype(np.float64)
        out[named] = (values - values.mean()) / max(float(values.std()), 1e-9)
    return out
