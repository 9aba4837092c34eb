"""The sample shop's shoppers: a known preference model, the events drawn from it, and the simulator behind the same model.

A shopper's utility of a product is a sum of taste (to which brands belong), category, quality and price; every choice is drawn from it.
So there is a truth to compare with: no ranking knows more about a shopper than :meth:`Shoppers.utility`.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from sample.assortment import CATEGORIES
from sample.shop import SampleProduct

END = datetime(2026, 6, 1, tzinfo=UTC)
"""When the events end; fixed, so that the same seed writes the same file."""

SEGMENTS = ("price-driven", "quality-driven", "impulsive")
DEVICES = ("phone", "phone", "desktop", "tablet")
CITIES = ("Lyon", "Porto", "Graz", "Turku", "Gent")
EXAMINED = 0.85
"""Of those who looked at one place of a list, how many look at the next."""


class Response(msgspec.Struct, frozen=True):
    """What one shopper did with a list, by place: (k,) bool each. looked: came so far as to look at it."""

    looked: NDArray[np.bool_]
    clicked: NDArray[np.bool_]
    carted: NDArray[np.bool_]
    purchased: NDArray[np.bool_]


class Shoppers:
    """Shoppers of a shop; the same for the same seed. Shopper and product are meant by their numbers from 0."""

    def __init__(self, products: Sequence[SampleProduct], count: int, seed: int = 7) -> None:
        self.products = tuple(products)
        self.count = count
        self.seed = seed
        rng = np.random.default_rng([seed, 11])
        self.segment = rng.choice(3, count, p=(0.4, 0.35, 0.25))
        self.taste = rng.normal(0, 1, (count, 8)) * np.array((1.2, 0.8, 1.2, 1.0, 1.0, 0.0, 0.8, 0.8))
        # Leanings to categories come from few habits (sport, office, evening …), as they do in life.
        habits = np.random.default_rng([seed, 10]).normal(0, 0.7, (3, len(CATEGORIES)))
        self.categories = rng.normal(0, 1, (count, 3)) @ habits
        # (price sensitivity, love of quality, readiness to click and buy), by segment
        of_segment = np.array(((1.3, 0.2, 0.0), (0.4, 2.2, -0.2), (0.5, 0.6, 0.7)))[self.segment]
        self.price, self.quality, self.impulse = (of_segment * rng.lognormal(0, 0.15, (count, 3))).T
        self.purse = rng.normal(3.6, 0.5, count)
        self.activity = rng.gamma(2.0, 4.0, count) + 4.0
        self._taste = np.array([product.latent.taste for product in self.products])
        self._category = np.array([list(CATEGORIES).index(product.category) for product in self.products])
        self._quality = np.array([product.latent.quality for product in self.products])
        self._price = np.log(np.array([float(product.price) for product in self.products]))
        self._fame = np.random.default_rng([seed, 12]).normal(0, 0.5, len(self.products))

    def utility(self, shoppers: NDArray[np.int64]) -> NDArray[np.float64]:
        """(shoppers, products): how much each wants each. About -8 to 8."""
        dear = np.maximum(self._price - self.purse[shoppers, None], -1.0)
        return np.asarray(
            0.9 * self.taste[shoppers] @ self._taste.T
            + self.categories[shoppers][:, self._category]
            + self.quality[shoppers, None] * (self._quality - 0.5)
            - self.price[shoppers, None] * dear
            + self._fame
        )

    def chances(self, shopper: int, shown: NDArray[np.int64]) -> NDArray[np.float64]:
        """(3, k): chance of a click once looked at, of the cart once clicked, and of the purchase once in the cart."""
        wanted = self.utility(np.array([shopper]))[0, shown]
        ready = self.impulse[shopper]
        return np.stack(
            [_logistic(wanted - 2.6 + ready), _logistic(wanted - 2.0 + ready), _logistic(0.7 * wanted - 0.8)]
        )

    def respond(self, shopper: int, shown: NDArray[np.int64], rng: np.random.Generator) -> Response:
        """What the shopper does with a list of products, best place first: down the list until they stop looking."""
        looked = np.arange(len(shown)) < rng.geometric(1 - EXAMINED)
        click, cart, purchase = self.chances(shopper, shown)
        clicked = looked & (rng.random(len(shown)) < click)
        carted = clicked & (rng.random(len(shown)) < cart)
        return Response(looked, clicked, carted, carted & (rng.random(len(shown)) < purchase))

    def events(self, days: int = 60) -> Iterator[dict[str, Any]]:
        """What they did in the last ``days`` before :data:`END`, one event after the other as ``/v1/events`` takes it.

        A visit has a category in mind half of the time. Its products are drawn by utility; each is looked at, and then
        perhaps liked, put in the cart and bought. Some visits begin before signing in.
        """
        drawn = [event for shopper in range(self.count) for event in self._of(shopper, days)]
        drawn.sort(key=lambda event: (event["time"], event["id"]))
        yield from drawn

    def _of(self, shopper: int, days: int) -> Iterator[dict[str, Any]]:
        rng = np.random.default_rng([self.seed, 13, shopper])
        wanted = self.utility(np.array([shopper]))[0]
        name, device, city = f"shopper-{shopper + 1:05d}", DEVICES[rng.integers(4)], CITIES[rng.integers(5)]
        visits = np.sort(rng.random(1 + rng.poisson(self.activity[shopper]))) * days
        number = 0
        for visit, day in enumerate(visits):
            moment = END - timedelta(days=days - float(day))
            context = {"device": device, "place": city, "page": "category"}
            session = f"{name}-visit-{visit + 1}"
            signed_in = rng.random() < 0.8
            appeal = wanted.copy()
            if rng.random() < 0.5:  # something in mind
                kind = int(rng.choice(len(CATEGORIES), p=_softmax(self.categories[shopper])))
                appeal = appeal + 2.0 * (self._category == kind)
            looks = min(1 + rng.poisson(5.0), len(self.products))
            gumbel = rng.gumbel(size=len(appeal))  # the largest are a draw without replacement
            for place, product in enumerate(np.argsort(-(appeal + gumbel))[:looks]):
                item = self.products[product].id
                chances = self.chances(shopper, np.array([product]))[:, 0]
                clicked, carted, bought = rng.random(3) < chances
                done = ["view"]
                done += ["click"] if clicked else []
                done += ["like"] if clicked and rng.random() < 0.1 else []
                done += ["hide"] if not clicked and chances[0] < 0.05 and rng.random() < 0.1 else []
                done += ["add_to_cart"] if clicked and carted else []
                done += ["purchase"] if clicked and carted and bought else []
                for kind_of in done:
                    number += 1
                    moment += timedelta(seconds=float(rng.exponential(25)) + 1)
                    event = {"id": f"{name}-{number}", "type": kind_of, "item": item, "session": session}
                    if signed_in or kind_of == "purchase":
                        event["user"] = name
                    if kind_of == "purchase":
                        event["price"] = float(self.products[product].price)
                    yield {**event, "time": moment.isoformat(), "context": {**context, "position": place + 1}}


def _logistic(x: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(-x)))


def _softmax(x: NDArray[np.float64]) -> NDArray[np.float64]:
    e = np.exp(x - x.max())
    return np.asarray(e / e.sum())
