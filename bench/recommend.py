"""Recommenders against their peers: MovieLens 100k by time and at random, items never seen, and the sample's shoppers."""

import sys
from pathlib import Path

import numpy as np

from bench.movielens import OURS, PEERS, blended, movielens, quality, random, temporal, tuned
from bench.offpolicy import offpolicy_figures
from bench.profiles import profile_figures
from bench.ranking import ranking_figures
from bench.recommend_journey import journey_figures
from bench.recommend_serving import serving_figures
from bench.report import Figure, Report
from bench.shoppers import shopper_figures
from bench.slates import slate_figures
from core import Settings
from core.errors import BadRequest
from recsys.contract import recommender
from recsys.interactions import Interactions
from recsys.metrics import coverage, diversity, gini, miscalibration, novelty, recall, top
from recsys.splits import Split, without_items

SEED = 7
COLD = 50
PARTS = ("movielens", "shoppers", "ranking", "profiles", "offpolicy", "slates", "journey", "serving")


def run(
    data: Path, settings: Settings, *, shoppers: int = 2000, seconds: float = 15.0, only: str = ",".join(PARTS)
) -> Report:
    """Every model and every peer is tuned on a part of its training events; the test part is looked at once.

    only: parts, separated by commas: movielens, shoppers, ranking, profiles, offpolicy, slates, journey, serving.
    """
    chosen = only.split(",")
    if unknown := set(chosen) - set(PARTS):
        raise BadRequest(f"There is no part {sorted(unknown)[0]!r}.", remedy=f"There are: {', '.join(PARTS)}.")
    figures: list[Figure] = []
    folder = data / "ml-100k"
    real = "movielens" in chosen and folder.is_dir()
    if real:
        seen = movielens(folder)
        for name, bar, (validation, test) in (
            ("by time", 0.215, temporal(seen)),
            ("at random", 0.335, random(seen, SEED)),
        ):
            figures += _split(name, bar, validation, test)
        figures += _cold(seen)
    if "shoppers" in chosen:
        figures += shopper_figures(shoppers, SEED)
    if "ranking" in chosen:
        figures += ranking_figures(shoppers // 2, SEED)
    if "profiles" in chosen:
        figures += profile_figures(shoppers, SEED)
    if "offpolicy" in chosen:
        figures += offpolicy_figures(shoppers, SEED)
    if "slates" in chosen:
        figures += slate_figures(SEED)
    if "journey" in chosen and (data / "completejourney").is_dir():
        figures += journey_figures(data / "completejourney")
    if "serving" in chosen:
        figures += serving_figures(settings, seconds)
    return Report(
        bench="recommend",
        data="ml-100k, and events of the sample's shoppers" if real else "events of the sample's shoppers",
        split="each user's last 20 % by time; 80/10/10 at random; 10 % of the items held out"
        if real
        else "by time, and items held out",
        seed=SEED,
        cores=1,
        figures=tuple(figures),
    )


def _split(name: str, bar: float, validation: Split, test: Split) -> list[Figure]:
    """Peers, parts and the ensemble of the parts on one split."""
    found: dict[str, float] = {}
    chosen = {}
    for label, (tag, choices) in {**PEERS, **OURS}.items():
        print(f"{name}: {label}", file=sys.stderr)
        parameters, _ = tuned(tag, choices, validation)
        found[label] = quality(recommender(tag)(**parameters).fit(test.train), test)
        if label in OURS:
            chosen[tag] = parameters
    model, reached = blended(chosen, validation, test)
    asked, _ = test.asked()
    lists = top(model.score(asked), test.left_out(), 10)
    kinds = np.unique(test.train.categories, return_inverse=True)[1]
    taken = np.asarray(test.train.matrix.sum(0)).ravel().astype(np.int64)
    assert test.train.vectors is not None
    best = max(PEERS, key=lambda label: found[label])
    return [
        Figure(f"{name}: ensemble, NDCG@10", reached, bar=bar, peer=found[best], note=f"peer: {best}"),
        *(Figure(f"{name}: {label}, NDCG@10", value, note="peer" if label in PEERS else "part") for label, value in found.items()),
        Figure(f"{name}: ensemble, coverage", coverage(lists, len(taken))),
        Figure(f"{name}: ensemble, novelty", novelty(lists, taken, len(test.train.users)), "bits"),
        Figure(f"{name}: ensemble, diversity", diversity(lists, test.train.vectors)),
        Figure(f"{name}: ensemble, miscalibration", miscalibration(lists, asked, kinds), "bits", better="lower"),
        Figure(f"{name}: ensemble, Gini of exposure", gini(lists, len(taken)), better="lower"),
    ]  # fmt: skip


def _cold(seen: Interactions) -> list[Figure]:
    """Items held out of training altogether, found among all items by their content."""
    split, held = without_items(seen, 0.1, SEED)
    return cold_figures("ml-100k", split, held, "content.nearest", "transformer.content")


def cold_figures(name: str, split: Split, held: np.ndarray, *tags: str) -> list[Figure]:
    """Recall@50 among all items of what was held out, against popularity by category.

    Popularity by category ranks an item by its category's share of the user's history times its own popularity; an
    unseen one has the mean of its category, which is the most that popularity can say of it.
    """
    asked, wanted = split.asked()
    kinds = np.unique(split.train.categories, return_inverse=True)[1]
    taken = np.bincount(split.train.item, minlength=len(held)).astype(np.float64)
    means = np.bincount(kinds, taken) / np.maximum(np.bincount(kinds, ~held), 1)
    fame = np.where(held, means[kinds], taken)
    shares = np.stack([np.bincount(kinds[history.items], minlength=len(means)) for history in asked])
    scores = (shares / shares.sum(1, keepdims=True))[:, kinds] * fame
    base = float(recall(top(scores.astype(np.float32), asked, COLD), wanted, COLD).mean())
    found = []
    for tag in tags:
        reached = float(recall(top(recommender(tag)().fit(split.train).score(asked), asked, COLD), wanted, COLD).mean())
        found.append((reached, tag))
    best = max(found)[0]
    return [
        Figure(f"{name}: {tag}, held-out items, recall@{COLD}", value, bar=3 * base if value == best else None, peer=base,
               note="bar: 3 × popularity by category")
        for value, tag in found
    ]  # fmt: skip
