"""From candidates to a slate: rules, diversity, quotas, boosts, and a tail that explores.

Diversity by maximal marginal relevance: Carbonell and Goldstein, SIGIR 1998. Exploration by Thompson sampling over clicks
of the places looked at: Chapelle and Li, NIPS 2011.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.settings import Boost, Recsys
from search import Product

_DRAWS = 256
_PRIOR = (1.0, 9.0)
"""Clicks and looks without one that a product nobody has seen is thought to have had."""


class Candidate(msgspec.Struct, frozen=True):
    """place: among the candidates that were recalled; score: of the stage before, larger is better; vector: (d,) float32 of
    unit length or zeros; clicks, looks: how often it was clicked and looked at."""

    product: Product
    place: int
    score: float
    vector: NDArray[np.float32]
    clicks: int = 0
    looks: int = 0


class Placed(msgspec.Struct, frozen=True):
    """One place of a slate. propensity: chance with which this product stood here, given what was asked; explored:
    whether it was drawn."""

    candidate: Candidate
    propensity: float
    explored: bool


def allowed(product: Product, hidden: frozenset[str], bought: frozenset[str], rules: Recsys) -> bool:
    """Whether the last step lets a product through: never hidden ones, sold-out ones, or, by setting, bought ones."""
    if product.id in hidden or product.stock == 0:
        return False
    return rules.bought or product.id not in bought


def boosted(candidates: Sequence[Candidate], boosts: Sequence[Boost], today: date) -> list[Candidate]:
    """Scores times the factors of the rules that hold today; best first, ties by id."""
    found = []
    for one in candidates:
        score = one.score
        for boost in boosts:
            if today <= boost.until and _meant(boost, one.product):
                score = score * boost.factor if score > 0 else score / boost.factor
        found.append(msgspec.structs.replace(one, score=score))
    return sorted(found, key=lambda one: (-one.score, one.product.id))


def slate(candidates: Sequence[Candidate], length: int, rules: Recsys, rng: np.random.Generator) -> tuple[Placed, ...]:
    """At most ``length`` places. candidates: those allowed, best first.

    Of each category, brand and price band at most the share that the rules say; where that would leave places empty, they
    are filled all the same. The last places, by the rules' share, are drawn from what is left by Thompson sampling.
    """
    drawn = min(int(length * rules.explore), max(0, len(candidates) - length))
    chosen = _diverse(candidates, length - drawn, length, rules)
    placed = [Placed(candidates[one], 1.0, False) for one in chosen]
    rest = [one for number, one in enumerate(candidates) if number not in set(chosen)]
    for _ in range(drawn):
        number, propensity = _thompson(rest, rng)
        placed.append(Placed(rest.pop(number), propensity, True))
    return tuple(placed)


def _diverse(candidates: Sequence[Candidate], count: int, length: int, rules: Recsys) -> list[int]:
    if not candidates:
        return []
    scores = np.array([one.score for one in candidates], np.float64)
    spread = scores.max() - scores.min()
    relevance = (scores - scores.min()) / (spread if spread > 0 else 1.0)
    vectors = np.stack([one.vector for one in candidates]).astype(np.float64)
    groups = [(f"c {p.category}", f"b {p.brand}", f"p {band(p.price)}") for p in (one.product for one in candidates)]
    shares = {"c": rules.most_of_category, "b": rules.most_of_brand, "p": rules.most_of_price_band}
    most = {name: max(1, int(np.ceil(share * length))) for name, share in shares.items()}
    met: dict[str, int] = {}
    likeness = np.zeros(len(candidates))
    open_ = np.ones(len(candidates), bool)
    chosen: list[int] = []
    while len(chosen) < min(count, len(candidates)):
        within = np.array(
            [
                free and all(met.get(g, 0) < most[g[0]] for g in own if g != "b ")
                for free, own in zip(open_, groups, strict=True)
            ]
        )
        among = within if within.any() else open_
        worth = np.where(among, relevance - rules.diversity * likeness, -np.inf)
        one = int(np.argmax(worth))
        chosen.append(one)
        open_[one] = False
        for group in groups[one]:
            met[group] = met.get(group, 0) + 1
        likeness = np.maximum(likeness, vectors @ vectors[one])
    return chosen


def _thompson(rest: Sequence[Candidate], rng: np.random.Generator) -> tuple[int, float]:
    """One of those left, and its chance: draws of all are made first, and one draw of them is then chosen evenly, so that
    the chance is exactly the share of draws that it wins. Each is given one draw, so that nothing is without a chance and the
    log covers any other way to draw (:mod:`recsys.offpolicy`)."""
    clicks = np.array([one.clicks for one in rest]) + _PRIOR[0]
    misses = np.array([max(0, one.looks - one.clicks) for one in rest]) + _PRIOR[1]
    winners = np.append(rng.beta(clicks, misses, (_DRAWS, len(rest))).argmax(1), np.arange(len(rest)))
    number = int(rng.choice(winners))
    return number, float((winners == number).mean())


def band(price: Decimal) -> int:
    """A price band: prices of one band are within a factor of two."""
    return int(np.floor(np.log2(max(float(price), 0.01))))


def _meant(boost: Boost, product: Product) -> bool:
    return all(
        wanted is None or wanted == told
        for wanted, told in (
            (boost.item, product.id), (boost.category, product.category), (boost.brand, product.brand),
        )
    )  # fmt: skip
