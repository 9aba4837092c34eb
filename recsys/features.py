"""The ranker's features, declared here and nowhere else: training and serving call the same function."""

from collections.abc import Sequence

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.recall import QUOTAS, Candidates
from recsys.shopper import Shopper, days_since
from recsys.stock import Stock


class Feature(msgspec.Struct, frozen=True):
    """words: how a reason says that it spoke for an item; empty where it says nothing to a shopper."""

    name: str
    words: str = ""


_WORDS = {
    "popularity.decayed": "many buy it now",
    "covisitation.window": "often looked at together with what you viewed",
    "ease.nearby": "people with your choices take it",
    "als.implicit": "it suits your taste",
    "content.nearest": "it looks like what you viewed",
    "transformer.content": "it often comes next",
}
FEATURES: tuple[Feature, ...] = (
    *(Feature(f"recall {name}", _WORDS[name]) for name in QUOTAS),
    Feature("sources that named it"),
    Feature("share of its category in the history", "a category you like"),
    Feature("share of its brand in the history", "a brand you like"),
    Feature("share of its colour in the history", "a colour you like"),
    Feature("same category as the last item", "the kind of thing you are looking at"),
    Feature("likeness to the last item", "close to the last thing you viewed"),
    Feature("price against the shopper's", "in your price range"),
    Feature("distance from the shopper's price", "in your price range"),
    Feature("log price"),
    Feature("rank of its price in its category"),
    Feature("log of views", "many look at it"),
    Feature("rate of clicks", "often chosen when shown"),
    Feature("rate of carts", "often put in the cart"),
    Feature("rate of purchases", "often bought"),
    Feature("times seen before", "you came back to it"),
    Feature("length of the history"),
    Feature("days since the last event"),
    Feature("on a phone"),
    Feature("position"),
)
POSITION = len(FEATURES) - 1
_PRIOR = 20.0


class ItemFacts(msgspec.Struct, frozen=True):
    """What the log says of items up to the training's end: (n,) float32 each; rates lean on everyone's."""

    views: NDArray[np.float32]
    clicks: NDArray[np.float32]
    carts: NDArray[np.float32]
    purchases: NDArray[np.float32]

    @classmethod
    def of(cls, item: NDArray[np.int64], kinds: Sequence[str], count: int) -> "ItemFacts":
        """item: numbers, one for each event; kinds: of the events."""
        names = np.asarray(kinds, str)
        tallies = {
            kind: np.bincount(item[names == kind], minlength=count).astype(np.float64)
            for kind in ("view", "click", "add_to_cart", "purchase")
        }
        views = np.maximum(tallies["view"], tallies["purchase"])

        def rate(taken: NDArray[np.float64]) -> NDArray[np.float32]:
            mean = taken.sum() / max(views.sum(), 1.0)
            return np.asarray((taken + _PRIOR * mean) / (views + _PRIOR), np.float32)

        return cls(
            np.asarray(np.log1p(views), np.float32),
            *(rate(tallies[kind]) for kind in ("click", "add_to_cart", "purchase")),
        )


def compute(
    shopper: Shopper, candidates: Candidates, stock: Stock, facts: ItemFacts, position: NDArray[np.int64] | None = None
) -> NDArray[np.float32]:
    """(candidates, features) float32, finite. position: where each was shown; when a list is made, all count as first."""
    items = candidates.items
    table = np.zeros((len(items), len(FEATURES)), np.float32)
    for column, name in enumerate(QUOTAS):
        if name in candidates.sources:
            scores = candidates.scores[:, candidates.sources.index(name)]
            table[:, column] = np.clip(np.where(np.isfinite(scores), scores, 0.0), -20, 20)
    history = shopper.history
    last = history.items[-1] if len(history.items) else None
    mean, spread = shopper.price
    away = (stock.log_price[items] - mean) / spread
    before = dict(zip(history.items.tolist(), shopper.counts.tolist(), strict=True))
    table[:, len(QUOTAS) :] = np.stack(
        [
            candidates.named.sum(1),
            shopper.categories[stock.category[items]],
            shopper.brands[stock.brand[items]],
            shopper.colours[stock.colour[items]],
            np.zeros(len(items)) if last is None else stock.category[items] == stock.category[last],
            np.zeros(len(items)) if last is None else stock.vectors[items] @ stock.vectors[last],
            np.clip(away, -5, 5),
            np.clip(np.abs(away), 0, 5),
            stock.log_price[items],
            stock.price_rank[items],
            facts.views[items],
            facts.clicks[items],
            facts.carts[items],
            facts.purchases[items],
            np.log1p([before.get(int(item), 0) for item in items]),
            np.full(len(items), np.log1p(len(history.items))),
            np.full(len(items), min(days_since(history), 365.0)),
            np.full(len(items), float(shopper.phone)),
            np.ones(len(items)) if position is None else position,
        ],
        1,
    )
    return table


