"""The sample's shoppers: how near a recommender comes to the preferences that their events were drawn from."""

import sys
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import numpy as np

from bench.movielens import K, blended, tuned
from bench.report import Figure
from recsys.contract import recommender
from recsys.events import WEIGHTS
from recsys.interactions import Interactions
from recsys.metrics import ndcg, top
from recsys.splits import last_part
from sample import Shoppers, generate

PRODUCTS = 300
CHOICES: dict[str, dict[str, Sequence[Any]]] = {
    "als.implicit": {"factors": (12, 16, 20), "alpha": (1.0, 3.0), "l2": (10.0, 30.0)},
    "ease.closed": {"l2": (150.0, 300.0, 600.0)},
    "popularity.decayed": {"half_life": (30.0,)},
}


def shopper_figures(count: int, seed: int) -> list[Figure]:
    """NDCG@10 of each user's last fifth, beside that of the true utilities on the same lists."""
    shoppers = Shoppers(list(generate(PRODUCTS, seed)), count, seed)
    seen = taken(shoppers)
    test = last_part(seen, 0.2)
    validation = last_part(test.train, 0.2)
    asked, wanted = test.asked()
    users = np.array([history.user for history in asked], np.int64)
    truth = float(ndcg(top(shoppers.utility(users).astype(np.float32), asked, K), wanted, K).mean())
    found, kept = [], {}
    for tag, choices in CHOICES.items():
        print(f"shoppers: {tag}", file=sys.stderr)
        parameters, chosen_by = tuned(tag, choices, validation)
        reached = float(
            ndcg(top(recommender(tag)(**parameters).fit(test.train).score(asked), asked, K), wanted, K).mean()
        )
        found.append((chosen_by, tag, reached))
        kept[tag] = parameters
    print("shoppers: ensemble", file=sys.stderr)
    found.append(
        (np.inf, "ensemble", blended(kept, validation, test)[1])
    )  # weighed on validation, where it can lose nothing
    best = "ensemble"
    return [
        Figure("shoppers: the generator's own preferences, NDCG@10", truth),
        *(
            Figure(f"shoppers: {tag}, NDCG@10", reached, bar=0.9 * truth if tag == best else None, peer=truth,
                   note="bar: within 10 % of the truth" if tag == best else "")
            for _, tag, reached in found
        ),
    ]  # fmt: skip


def taken(shoppers: Shoppers) -> Interactions:
    """Their events as interactions: each product of a shopper once, when it was first met, with its strongest event."""
    number = {product.id: place for place, product in enumerate(shoppers.products)}
    met: dict[tuple[int, int], tuple[float, float]] = {}
    for event in shoppers.events():
        if event["type"] in WEIGHTS:
            key = int(event["session"].split("-")[1]) - 1, number[event["item"]]
            first, strongest = met.get(key, (datetime.fromisoformat(event["time"]).timestamp(), 0.0))
            met[key] = first, max(strongest, WEIGHTS[event["type"]])
    keys = np.array(list(met), np.int64)
    times, weights = np.array(list(met.values())).T
    return Interactions.sorted(
        [f"shopper-{one + 1:05d}" for one in range(shoppers.count)], [product.id for product in shoppers.products],
        keys[:, 0], keys[:, 1], times, weights.astype(np.float32),
        categories=tuple(product.category for product in shoppers.products),
    )  # fmt: skip
