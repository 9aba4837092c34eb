"""Off-policy evaluation where the truth is known: a place drawn by Thompson sampling, and the worth of another way to draw it.

Each round, a shopper of the sample is given a list by the last step that serves, a place of which is drawn and its chance
logged; they click or not. The other way draws by a softmax of what a recommender says. Its true worth is what the
shoppers' own chances of a click say.
"""

import sys

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.report import Figure
from bench.shoppers import taken
from core.settings import Recsys
from recsys.contract import recommender
from recsys.offpolicy import doubly_robust, ips, snips, support
from recsys.rerank import Candidate, slate
from sample import SampleProduct, Shoppers, generate
from search import Product

PRODUCTS = 300
CANDIDATES = 9
LOOKS = 20
FOLDS = 2
BAR = 90


class Rounds(msgspec.Struct, frozen=True):
    """shopper, drawn: (n,) numbers of shopper and of the candidate drawn; chance: (n,) logged; reward: (n,) 0 or 1."""

    shopper: NDArray[np.int64]
    drawn: NDArray[np.int64]
    chance: NDArray[np.float64]
    reward: NDArray[np.float64]


class World(msgspec.Struct, frozen=True):
    """candidates: (shoppers, CANDIDATES) products, best first; clicks: (products,) of :data:`LOOKS`; features: (shoppers,
    CANDIDATES, 4) that a model of rewards may see; target: (shoppers, CANDIDATES) chances of the other way, 0 for the first,
    which is never drawn; truth: (shoppers, CANDIDATES) chances of a click."""

    shoppers: Shoppers
    candidates: NDArray[np.int64]
    clicks: NDArray[np.int64]
    features: NDArray[np.float64]
    target: NDArray[np.float64]
    truth: NDArray[np.float64]


def offpolicy_figures(count: int, seed: int, runs: int = 100, rounds: int = 1500) -> list[Figure]:
    """In how many of the runs each estimator's 95 % interval holds the truth."""
    made = world(count, seed)
    truth = float((made.target * made.truth).sum(1).mean())
    held = {"IPS": 0, "SNIPS": 0, "doubly robust": 0}
    widths: dict[str, list[float]] = {name: [] for name in held}
    errors: dict[str, list[float]] = {name: [] for name in held}
    rewards, weights, effective = [], [], []
    for run in range(runs):
        if run % 10 == 0:
            print(f"offpolicy: run {run} of {runs}", file=sys.stderr)
        log = drawn(made, rounds, np.random.default_rng([seed, 40, run]))
        target = made.target[log.shopper, log.drawn]
        predicted, expected = modelled(made, log)
        found = {
            "IPS": ips(log.reward, log.chance, target),
            "SNIPS": snips(log.reward, log.chance, target),
            "doubly robust": doubly_robust(log.reward, log.chance, target, predicted, expected),
        }
        for name, one in found.items():
            held[name] += one.low <= truth <= one.high
            widths[name].append(one.high - one.low)
            errors[name].append(one.value - truth)
        covered = support(log.chance, target)
        rewards.append(float(log.reward.mean()))
        weights.append(covered.weight.value)
        effective.append(covered.effective)
    return [
        Figure("offpolicy: true worth of the other way", truth, "clicks a look", peer=float(np.mean(rewards)),
               note="peer: the way that was logged"),
        Figure("offpolicy: mean weight", float(np.mean(weights)), note="1 where the log covers the other way"),
        Figure("offpolicy: effective rounds", float(np.mean(effective)), f"of {rounds}"),
        *(
            Figure(f"offpolicy: {name}, 95 % intervals that hold the truth", count, f"of {runs}", bar=BAR * runs / 100,
                   note=f"mean width {np.mean(widths[name]):.4f}, bias {np.mean(errors[name]):+.4f}, "
                        f"root mean square error {np.sqrt(np.mean(np.square(errors[name]))):.4f}")
            for name, count in held.items()
        ),
    ]  # fmt: skip


def world(count: int, seed: int) -> World:
    """Candidates by a recommender that learnt from the shoppers' events, clicks of a short past."""
    shoppers = Shoppers(list(generate(PRODUCTS, seed)), count, seed)
    seen = taken(shoppers)
    scores = np.asarray(
        recommender("als.implicit")(factors=16, alpha=3.0, l2=10.0).fit(seen).score(list(seen.histories())), np.float64
    )
    candidates = np.argsort(-scores, axis=1, kind="stable")[:, :CANDIDATES]
    own = np.take_along_axis(scores, candidates, 1)
    own = (own - own.mean(1, keepdims=True)) / (own.std(1, keepdims=True) + 1e-9)
    all_ = np.arange(PRODUCTS)
    chances = np.stack([shoppers.chances(one, all_)[0] for one in range(count)])
    clicks = np.random.default_rng([seed, 41]).binomial(LOOKS, chances.mean(0))
    rate = (clicks[candidates] + 1) / (LOOKS + 10)
    features = np.stack([np.ones_like(own), own, rate, own * rate], -1)
    target = np.exp(own)
    target[:, 0] = 0.0
    target /= target.sum(1, keepdims=True)
    return World(shoppers, candidates, clicks, features, target, np.take_along_axis(chances, candidates, 1))


def drawn(made: World, rounds: int, rng: np.random.Generator) -> Rounds:
    """As many rounds, each of any shopper, through the last step that serves."""
    rules = Recsys(explore=0.5)
    products = [_product(one) for one in made.shoppers.products]
    nothing = np.zeros(1, np.float32)
    who = rng.integers(made.shoppers.count, size=rounds)
    places = np.empty(rounds, np.int64)
    chance, reward = np.empty(rounds), np.empty(rounds)
    for number, shopper in enumerate(who):
        candidates = [
            Candidate(products[item], place, -float(place), nothing, int(made.clicks[item]), LOOKS)
            for place, item in enumerate(made.candidates[shopper])
        ]
        _, one = slate(candidates, 2, rules, rng)
        places[number], chance[number] = one.candidate.place, one.propensity
        shown = made.candidates[shopper, [one.candidate.place]]
        reward[number] = made.shoppers.respond(int(shopper), shown, rng).clicked[0]
    return Rounds(who, places, chance, reward)


def modelled(made: World, log: Rounds) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """(n,) reward that least squares says of what was drawn, and of the other way; of each fold by what the others learnt."""
    fold = np.arange(len(log.reward)) % FOLDS
    predicted, expected = np.empty(len(fold)), np.empty(len(fold))
    for one in range(FOLDS):
        out = fold == one
        seen = made.features[log.shopper[~out], log.drawn[~out]]
        weights = np.linalg.solve(seen.T @ seen + np.eye(seen.shape[1]), seen.T @ log.reward[~out])
        told = made.features[log.shopper[out]] @ weights
        predicted[out] = np.take_along_axis(told, log.drawn[out, None], 1)[:, 0]
        expected[out] = (made.target[log.shopper[out]] * told).sum(1)
    return predicted, expected


def _product(one: SampleProduct) -> Product:
    return Product(
        id=one.id, title=one.title, category=one.category, price=one.price, currency=one.currency, image="", brand=one.brand,
        stock=one.stock,
    )  # fmt: skip
