"""A shop in which ranking is measured: shoppers of a known preference, lists that were shown to them, what is held out."""

from datetime import datetime

import msgspec
import numpy as np
from numpy.typing import NDArray

from recsys.contract import Recommender, recommender
from recsys.events import WEIGHTS
from recsys.interactions import DAY, History, Interactions
from recsys.ranking.examples import Act, Shown, history_of
from recsys.ranking.features import Asked, standardised
from recsys.ranking.goods import Goods
from sample import SampleProduct, Shoppers, generate
from sample.shoppers import CITIES, DEVICES, END

PRODUCTS = 1000
CANDIDATES = 200
PLACES = 20
SOURCES = {
    "als.implicit": {"factors": 16, "alpha": 3.0, "l2": 10.0},
    "covisitation.window": {},
    "content.nearest": {},
    "popularity.decayed": {"half_life": 30.0},
}
BEGIN = END.timestamp() - 60 * DAY
RECALL_UNTIL, TEST_AT = BEGIN + 30 * DAY, BEGIN + 55 * DAY
NOISE = 1.0  # deviation, in deviations of the recall order, of what lists were shown by


class World(msgspec.Struct, frozen=True):
    """shoppers: the first ``known`` have a past, the rest come at :data:`TEST_AT` for the first time; arrived:
    (products,) when each came into the shop, infinite for those that nobody has met by then; recall: fitted on the first half of the days; acts, shown: all before the test."""

    shoppers: Shoppers
    known: int
    arrived: NDArray[np.float64]
    goods: Goods
    recall: dict[str, Recommender]
    acts: list[Act]
    shown: list[Shown]

    @property
    def held(self) -> NDArray[np.bool_]:
        """(products,) those that nobody has met by the test."""
        return self.arrived > TEST_AT

    def candidates(
        self,
        histories: list[History],
        allowed: NDArray[np.bool_],
        k: int,
        by_chance: int = 0,
        rng: np.random.Generator | None = None,
    ) -> list[Asked]:
        """The best k of those allowed by the sum of standardised recall scores, in that order, less what is known; then
        some more by chance. allowed: (items,) or (histories, items)."""
        scores = {tag: model.score(histories) for tag, model in self.recall.items()}
        total = sum((_by_row(one) for one in scores.values()), np.zeros((len(histories), len(self.goods))))
        total[~np.broadcast_to(allowed, total.shape)] = -np.inf
        asked = []
        for row, history in enumerate(histories):
            total[row, history.items] = -np.inf
            order = np.argsort(-total[row], kind="stable")[: int(np.isfinite(total[row]).sum())]
            own = order[:k]
            if by_chance and rng is not None:
                own = np.append(own, rng.choice(order[k:], by_chance, replace=False))
            recall = {tag: standardised(one[row][own]) for tag, one in scores.items()}
            asked.append(Asked(history=history, candidates=own, now=history.now, recall=recall))
        return asked

    def drawn(self, shopper: int, items: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
        """(n,) 0 to 3: how far the shopper would go with each, were it all they look at."""
        chances = self.shoppers.chances(shopper, items)
        return np.asarray(np.cumprod(rng.random(chances.shape) < chances, 0).sum(0))


def world(count: int, seed: int) -> World:
    """So many shoppers with a past, and a fifth as many without."""
    products = list(generate(PRODUCTS, seed))
    shoppers = Shoppers(products, count + count // 5, seed)
    goods = described(products)
    # A tenth of the products are never met before the test, a tenth come while lists are shown; so do half of the shoppers.
    rng = np.random.default_rng([seed, 30])
    late = rng.uniform(RECALL_UNTIL - 10 * DAY, TEST_AT - 2 * DAY, PRODUCTS)
    group = rng.choice(3, PRODUCTS, p=(0.8, 0.1, 0.1))
    arrived = np.choose(group, (np.full(PRODUCTS, -np.inf), late, np.full(PRODUCTS, np.inf)))
    came = np.where(rng.random(count) < 0.5, rng.uniform(RECALL_UNTIL, TEST_AT - DAY, count), -np.inf)
    acts = [act for act in organic(shoppers, count) if max(arrived[act.item], came[int(act.who)]) < act.time < TEST_AT]
    seen = _interactions(acts, goods, count)
    recall = {tag: recommender(tag)(**parameters).fit(seen) for tag, parameters in SOURCES.items()}
    made = World(shoppers, count, arrived, goods, recall, acts, [])
    shown, come = _shown(made, came, seed)
    return msgspec.structs.replace(made, acts=sorted([*acts, *come], key=lambda act: act.time), shown=shown)


def organic(shoppers: Shoppers, count: int) -> list[Act]:
    """What the first ``count`` shoppers did of their own accord."""
    number = {product.id: place for place, product in enumerate(shoppers.products)}
    acts = []
    for event in shoppers.events():
        who = int(event["session"].split("-")[1]) - 1
        if who < count:
            time = datetime.fromisoformat(event["time"]).timestamp()
            acts.append(Act(who=str(who), item=number[event["item"]], kind=event["type"], time=time, received=time))
    return acts


def described(products: list[SampleProduct]) -> Goods:
    """What a catalogue tells of them; the vector is made of these words alone, and of nothing of the truth."""
    words = [(p.category, p.style, p.brand, *p.colours, *p.attributes.values()) for p in products]
    number = {word: place for place, word in enumerate(sorted({word for own in words for word in own}))}
    vectors = np.zeros((len(products), len(number)), np.float32)
    for row, own in zip(vectors, words, strict=True):
        row[[number[word] for word in own]] = 1.0
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    prices = np.array([float(p.price) for p in products])
    return Goods(
        vectors, tuple(p.category for p in products), tuple(p.brand for p in products),
        tuple(p.colours[0] for p in products), prices,
    )  # fmt: skip


def _interactions(acts: list[Act], goods: Goods, count: int) -> Interactions:
    told = [act for act in acts if act.time < RECALL_UNTIL and act.kind in WEIGHTS]
    return Interactions.sorted(
        [str(one) for one in range(count)], [str(one) for one in range(len(goods))],
        np.array([int(act.who) for act in told]), np.array([act.item for act in told]),
        np.array([act.time for act in told]), np.array([WEIGHTS[act.kind] for act in told], np.float32),
        vectors=goods.vectors, parts=(goods.vectors.shape[1],), categories=goods.categories, prices=goods.prices,
    )  # fmt: skip


def _shown(made: World, came: NDArray[np.float64], seed: int) -> tuple[list[Shown], list[Act]]:
    """About five lists for each shopper between recall's training and the test, the first where they come; in recall's
    order with noise, and a tenth of the places by chance. What came of them is drawn from the shoppers' preferences."""
    rng = np.random.default_rng([seed, 31])
    done: dict[str, list[Act]] = {}
    for act in made.acts:
        done.setdefault(act.who, []).append(act)
    moments = []
    for who, begin in enumerate(came):
        times = rng.uniform(max(begin, RECALL_UNTIL), TEST_AT - DAY, 1 + rng.poisson(4.0))
        moments += [(who, float(time)) for time in np.sort(times if begin < 0 else np.append(times, begin))]
    histories = [history_of([act for act in done.get(str(who), ()) if act.time < time], time) for who, time in moments]
    shown: list[Shown] = []
    come: list[Act] = []
    for start in range(0, len(moments), 500):
        there = made.arrived < np.array([[time] for _, time in moments[start : start + 500]])
        part = made.candidates(histories[start : start + 500], there, CANDIDATES - PLACES, PLACES, rng)
        for (who, time), asked in zip(moments[start : start + 500], part, strict=True):
            few = CANDIDATES - PLACES
            chosen = np.argsort(np.linspace(0, 3, few) + NOISE * rng.gumbel(size=few))[:PLACES]
            lucky = rng.random(PLACES) < 0.1
            chosen[lucky] = few + np.flatnonzero(lucky)
            id = f"list-{len(shown)}"
            shown.append(
                Shown(id=id, who=str(who), time=time, items=asked.candidates[chosen], device=DEVICES[who % 4],
                      place=CITIES[who % 5], page="home", recall={tag: s[chosen] for tag, s in asked.recall.items()})
            )  # fmt: skip
            response = made.shoppers.respond(who, asked.candidates[chosen], rng)
            for kind, happened in (
                ("click", response.clicked), ("add_to_cart", response.carted), ("purchase", response.purchased),
            ):  # fmt: skip
                time += 20.0
                come += [
                    Act(who=str(who), item=int(item), kind=kind, time=time, received=time, recommendation=id)
                    for item in asked.candidates[chosen][happened]
                ]
    return shown, come


def _by_row(scores: NDArray[np.float32]) -> NDArray[np.float64]:
    return np.asarray((scores - scores.mean(1, keepdims=True)) / (scores.std(1, keepdims=True) + 1e-9), np.float64)
