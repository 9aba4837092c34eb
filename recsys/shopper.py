"""One shopper as they stand now: what their events say for recall, for the ranker's features and for the rules."""

from collections.abc import Iterable, Sequence
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.events import WEIGHTS
from recsys.interactions import DAY, History
from recsys.stock import Stock

_SPREAD = 0.35
"""Standard deviation of log prices of somebody of whom nothing is known, and the least that is believed of anyone."""


class Act(Protocol):
    """What is asked of an event."""

    @property
    def item(self) -> str | None: ...
    @property
    def type(self) -> str: ...
    @property
    def time(self) -> float: ...
    @property
    def device(self) -> str | None: ...
    @property
    def place(self) -> str | None: ...


class Shopper(msgspec.Struct, frozen=True):
    """history: items that something speaks for, each once, where it was last met, with its strongest event.

    counts: (items in the history,) how many events each had; hidden, bought, carted: numbers of items; leanings:
    shares by number of category, brand and colour; price: mean and standard deviation of log prices.
    """

    history: History
    counts: NDArray[np.int64]
    hidden: frozenset[int]
    bought: frozenset[int]
    carted: frozenset[int]
    categories: NDArray[np.float64]
    brands: NDArray[np.float64]
    colours: NDArray[np.float64]
    price: tuple[float, float]
    phone: bool = False
    place: str = ""

    @classmethod
    def of(cls, done: Sequence[Act], stock: Stock, now: float, segment: str = "") -> "Shopper":
        """Of events in the order of time; items that are not in the stock are passed over."""
        hidden, bought, carted = set[int](), set[int](), set[int]()
        strongest: dict[int, float] = {}
        met: dict[int, float] = {}
        counts: dict[int, int] = {}
        device = place = None
        for act in done:
            device, place = act.device or device, act.place or place
            number = stock.number.get(act.item) if act.item is not None else None
            if number is None:
                continue
            if act.type == "hide":
                hidden.add(number)
                continue
            if act.type == "remove_from_cart":
                carted.discard(number)
                continue
            if act.type == "purchase":
                bought.add(number)
                carted.discard(number)
            elif act.type == "add_to_cart":
                carted.add(number)
            elif act.type == "like":
                hidden.discard(number)
            strongest[number] = max(strongest.get(number, 0.0), WEIGHTS.get(act.type, 0.0))
            counts[number] = counts.get(number, 0) + 1
            met.pop(number, None)  # so that the last to be met comes last
            met[number] = act.time
        kept = [number for number in met if number not in hidden]
        items = np.array(kept, np.int64)
        weights = np.array([strongest[number] for number in kept], np.float32)
        times = np.array([met[number] for number in kept], np.float64)
        return cls(
            History(items, times, weights, now, None, segment),
            np.array([counts[number] for number in kept], np.int64),
            frozenset(hidden), frozenset(bought), frozenset(carted),
            *(_shares(codes, items, weights) for codes in (stock.category, stock.brand, stock.colour)),
            _prices(stock, items, weights), device == "phone", place or "",
        )  # fmt: skip

    def left_out(self, *, again: bool) -> NDArray[np.int64]:
        """What is not recommended: the hidden, what lies in the cart, and, unless ``again``, all that was seen or bought."""
        own = set(self.hidden) | set(self.carted)
        if not again:
            own |= set(self.history.items.tolist()) | set(self.bought)
        return np.array(sorted(own), np.int64)


def _shares(codes: NDArray[np.int64], items: NDArray[np.int64], weights: NDArray[np.float32]) -> NDArray[np.float64]:
    count = int(codes.max(initial=0)) + 1
    found = np.bincount(codes[items], weights, count) if len(items) else np.zeros(count)
    return np.asarray(found / max(found.sum(), 1e-9))


def _prices(stock: Stock, items: NDArray[np.int64], weights: NDArray[np.float32]) -> tuple[float, float]:
    everyone = float(np.median(stock.log_price)) if len(stock) else 0.0
    if not len(items):
        return everyone, _SPREAD
    own = stock.log_price[items]
    mean = float(np.average(np.append(own, everyone), weights=np.append(weights, 2.0)))
    spread = float(np.sqrt(np.average(np.append((own - mean) ** 2, _SPREAD**2), weights=np.append(weights, 4.0))))
    return mean, max(spread, _SPREAD / 2)


def grouped(subjects: Sequence[str], acts: Iterable[Act]) -> dict[str, list[Act]]:
    """Acts by subject, each in the order they come in."""
    found: dict[str, list[Act]] = {}
    for subject, act in zip(subjects, acts, strict=True):
        found.setdefault(subject, []).append(act)
    return found


def days_since(history: History) -> float:
    """Days from the last event to now, 365 where there is none."""
    return (history.now - float(history.times[-1])) / DAY if len(history.times) else 365.0
