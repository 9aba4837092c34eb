"""MovieLens 100k: recommenders and their peers, each tuned on a part of its training events, on two splits."""

import csv
import itertools
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from recsys.contract import Recommender, recommender
from recsys.interactions import Interactions
from recsys.metrics import ndcg, top
from recsys.recommenders.ensemble import Ensemble
from recsys.splits import Split, at_random, last_part

K = 10
PEERS: dict[str, tuple[str, dict[str, Sequence[Any]]]] = {
    "implicit ALS": ("als.implicit", {"factors": (32, 64), "alpha": (0.0, 3.0), "l2": (1.0, 5.0, 20.0)}),
    "implicit BPR": ("bpr.implicit", {"factors": (32, 64), "rate": (0.02, 0.05), "iterations": (50, 150)}),
    "item KNN": ("knn.cosine", {"neighbours": (50, 100, 200), "shrink": (0.0, 20.0, 100.0)}),
    "EASE": ("ease.closed", {"l2": (100.0, 200.0, 300.0, 500.0, 800.0)}),
}
"""What the field knows, without a word of when things were taken."""

OURS: dict[str, tuple[str, dict[str, Sequence[Any]]]] = {
    "EASE, nearby": (
        "ease.nearby",
        {"l2": (150.0, 300.0), "tau": (0.0, 6.0, 12.0), "noise": (0.0, 0.4), "damp": (0.0, 0.1), "floor": (0.01,)},
    ),
    "EASE, fading": ("ease.closed", {"l2": (300.0, 1000.0), "tau": (0.0, 6.0, 15.0), "floor": (0.01,)}),
    "ALS, fading": ("als.implicit", {"tau": (0.0, 10.0), "floor": (0.05,)}),
    "KNN, fading": ("knn.cosine", {"tau": (0.0, 8.0), "floor": (0.02,)}),
    "co-visitation": ("covisitation.window", {"tau": (0.0, 6.0), "forward": (0.5, 0.8), "damp": (0.3, 0.5)}),
    "transformer": ("transformer.content", {"dropout": (0.3,)}),
    "popularity": ("popularity.decayed", {"half_life": (10.0, 60.0, 1e6)}),
}


def movielens(folder: Path) -> Interactions:
    """Every rating an event; content of a film is its genres and its decade; categories are its first genre."""
    events = np.loadtxt(folder / "ml-100k.inter", skiprows=1, dtype=np.int64)
    users, user = np.unique(events[:, 0], return_inverse=True)
    items, item = np.unique(events[:, 1], return_inverse=True)
    with (folder / "ml-100k.item").open(encoding="utf-8", errors="replace") as file:
        rows = {int(row[0]): (row[2], row[3].split(" ")) for row in csv.reader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
                if row[0].isdigit()}  # fmt: skip
    genres = sorted({name for _, names in rows.values() for name in names})
    content = np.zeros((len(items), len(genres) + 10), np.float32)
    for number, name in enumerate(items):
        year, own = rows[int(name)]
        content[number, [genres.index(genre) for genre in own]] = 1 / np.sqrt(len(own))
        decade = min(9, max(0, (int(float(year)) - 1910) // 10)) if year[:4].isdigit() else 8
        content[number, len(genres) + decade] = 0.5
    content /= np.linalg.norm(content, axis=1, keepdims=True)
    return Interactions.sorted(
        [str(name) for name in users], [str(name) for name in items], user, item, events[:, 3].astype(np.float64),
        vectors=content, parts=(len(genres), 10), categories=tuple(rows[int(name)][1][0] for name in items),
    )  # fmt: skip


def quality(model: Recommender, split: Split) -> float:
    """NDCG@10 over all items but those known."""
    asked, wanted = split.asked()
    return float(ndcg(top(model.score(asked), split.left_out(), K), wanted, K).mean())


def grid(choices: Mapping[str, Sequence[Any]]) -> Iterator[dict[str, Any]]:
    return (dict(zip(choices, values, strict=True)) for values in itertools.product(*choices.values()))


def tuned(tag: str, choices: Mapping[str, Sequence[Any]], validation: Split) -> tuple[dict[str, Any], float]:
    """The parameters of the grid that are best on the validation split, and how good."""
    found = [(quality(recommender(tag)(**some).fit(validation.train), validation), some) for some in grid(choices)]
    best, chosen = max(found, key=lambda one: one[0])
    return chosen, best


def temporal(seen: Interactions) -> tuple[Split, Split]:
    """To judge by, the last fifth of everyone's events; to choose by, the last fifth of what is left."""
    test = last_part(seen, 0.2)
    return last_part(test.train, 0.2), test


def random(seen: Interactions, seed: int) -> tuple[Split, Split]:
    return at_random(seen, (0.1, 0.1), seed)


def blended(chosen: Mapping[str, dict[str, Any]], validation: Split, test: Split) -> tuple[Ensemble, float]:
    """The ensemble of these tags and parameters, weighed on the validation split, and its NDCG@10 on the other."""
    blend = Ensemble(parts={tag: dict(some) for tag, some in chosen.items()}).weigh(validation)
    if test.train is not validation.train:
        blend.fitted = [recommender(tag)(**some).fit(test.train) for tag, some in chosen.items()]
    return blend, quality(blend, test)
