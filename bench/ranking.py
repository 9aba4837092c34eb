"""Rankers on the sample's shoppers: order, calibration and latency beside recall's own order; new items and new shoppers."""

import sys
import time

import msgspec
import numpy as np
from numpy.typing import NDArray

from bench.ranking_world import CANDIDATES, TEST_AT, World, world
from bench.report import Figure
from core.settings import Ranking as RankingSettings
from recsys.contract import best
from recsys.interactions import History
from recsys.ranking.calibration import expected_error
from recsys.ranking.contract import list_rankers, ranker
from recsys.ranking.examples import Memory, replay
from recsys.ranking.features import Asked, Features
from recsys.ranking.ranking import Ranking, Told, calibrated, loss, parted
from sample.shoppers import CITIES, DEVICES

K = 10
GAINS = RankingSettings(click=1.0, cart=2.0, purchase=4.0, value="none")
"""Weights under which the expected value is the expected gain of NDCG: 1, 3 and 7 for a click, a cart and a purchase."""


def ranking_figures(count: int, seed: int) -> list[Figure]:
    """Every ranker is trained on lists before the test and chosen by the latest of them; the test is looked at once."""
    print("ranking: shoppers, lists, recall", file=sys.stderr)
    here = world(count, seed)
    features, examples, memory = replay(here.acts, here.shown, here.goods, list(here.recall))
    first, last = parted(examples, 0.2)
    rankings = {}
    for tag in list_rankers():
        print(f"ranking: {tag}", file=sys.stderr)
        model, calibration = calibrated(ranker(tag)(seed=seed), features, first, last)
        losses = {tag: loss(model, calibration, last)}
        rankings[tag] = Ranking(Told(tag, features, calibration, losses), model, here.goods, memory.counts, GAINS)
    chosen = min(rankings, key=lambda tag: rankings[tag].told.losses[tag])
    return [
        *_known(here, memory, rankings, chosen, seed),
        *_latency(here, memory, rankings, chosen),
        *_new_items(here, memory, rankings[chosen], seed),
        *_new_shoppers(here, rankings[chosen], features, seed),
    ]


def gained(order: NDArray[np.int64], reached: NDArray[np.int64]) -> float:
    """NDCG@10 of an order of candidates, by how far the shopper goes with each. Järvelin & Kekäläinen, TOIS 2002."""
    gain = 2.0**reached - 1
    discount = 1 / np.log2(np.arange(2, K + 2))
    ideal = float((np.sort(gain)[::-1][:K] * discount[: len(gain)]).sum())
    return float((gain[order[:K]] * discount[: len(order)]).sum()) / ideal if ideal else float("nan")


def _test(here: World, memory: Memory, allowed: NDArray[np.bool_], k: int) -> list[Asked]:
    histories = [memory.history(str(who), TEST_AT) for who in range(here.known)]
    return [
        msgspec.structs.replace(asked, device=DEVICES[who % 4], place=CITIES[who % 5], page="home")
        for who, asked in enumerate(here.candidates(histories, allowed, k))
    ]


def _expected_gain(here: World, who: int, items: NDArray[np.int64]) -> NDArray[np.float32]:
    return np.asarray(np.array((1.0, 2.0, 4.0)) @ np.cumprod(here.shoppers.chances(who, items), 0), np.float32)


def _known(here: World, memory: Memory, rankings: dict[str, Ranking], chosen: str, seed: int) -> list[Figure]:
    """Shoppers with a past: 200 candidates each, drawn as if each were all they look at, so that no place matters."""
    rng = np.random.default_rng([seed, 32])
    asked = _test(here, memory, ~here.held, CANDIDATES)
    reached = [here.drawn(who, one.candidates, rng) for who, one in enumerate(asked)]
    recall = float(np.nanmean([gained(np.arange(CANDIDATES), row) for row in reached]))
    truth = float(
        np.nanmean([gained(best(_expected_gain(here, who, one.candidates), K).items, reached[who]) for who, one in enumerate(asked)])
    )  # fmt: skip
    figures = [
        Figure("ranking: the shoppers' own preferences, NDCG@10", truth, note="200 candidates of recall"),
        Figure("ranking: recall order, NDCG@10", recall),
        Figure("ranking: recall order, AUC of clicks", float(np.nanmean([auc(-np.arange(CANDIDATES), r > 0) for r in reached]))),
    ]  # fmt: skip
    figures += _money(here, asked, rankings[chosen])
    for tag, ranking in rankings.items():
        chances = [ranking.probabilities(one) for one in asked]
        scores = [ranking.value(one) for one in asked]
        ndcg = float(np.nanmean([gained(best(s, K).items, r) for s, r in zip(scores, reached, strict=True)]))
        area = float(np.nanmean([auc(p[:, 0], r > 0) for p, r in zip(chances, reached, strict=True)]))
        all_p, all_r = np.concatenate(chances), np.concatenate(reached)
        serves = "serves: best on validation" if tag == chosen else ""
        figures += [
            Figure(f"ranking: {tag}, NDCG@10", ndcg, bar=recall if tag == chosen else None, peer=recall, note=serves),
            Figure(f"ranking: {tag}, AUC of clicks", area),
            Figure(f"ranking: {tag}, normalised entropy on validation", ranking.told.losses[tag], better="lower"),
            *(
                Figure(f"ranking: {tag}, ECE of {task}", expected_error(all_p[:, place], all_r > place), better="lower",
                       note=f"happened: {(all_r > place).mean():.4f}")
                for place, task in enumerate(("click", "cart", "purchase"))
            ),
        ]  # fmt: skip
    return figures


def _money(here: World, asked: list[Asked], ranking: Ranking) -> list[Figure]:
    """True chance of a purchase times price, summed over the first ten by that value, as the ranker and as recall has it."""
    told = ranking.told
    rich = Ranking(
        told, ranking.model, here.goods, ranking.counts, RankingSettings(click=0, cart=0, purchase=1, value="price")
    )
    sums = np.zeros(3)
    for who, one in enumerate(asked):
        worth = np.prod(here.shoppers.chances(who, one.candidates), 0) * here.goods.prices[one.candidates]
        sums += [worth[best(rich.value(one), K).items].sum(), worth[:K].sum(), np.sort(worth)[-K:].sum()]
    ranked, recall, most = sums / len(asked)
    return [
        Figure(f"ranking: {told.tag}, expected money of ten", float(ranked), peer=float(recall),
               note=f"peer: recall order; by their own preferences: {most:.1f}")
    ]  # fmt: skip


def _latency(here: World, memory: Memory, rankings: dict[str, Ranking], chosen: str) -> list[Figure]:
    """Features, ranker, calibration and value for 200 candidates of one question, on one thread."""
    import torch

    torch.set_num_threads(1)
    asked = _test(here, memory, ~here.held, CANDIDATES)[:200]
    figures = []
    for tag, ranking in rankings.items():
        took: list[tuple[float, float]] = []
        for one in asked:
            begun, worked = time.perf_counter(), time.thread_time()
            ranking.score(one.history, one.candidates, one.recall, one.now, device=one.device, place=one.place)
            took.append((1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - worked)))
        passed, work = np.median(took, axis=0)
        bar = 5.0 if tag == chosen else None
        note = f"of it work of the processor: {work:.1f}"
        figures.append(Figure(f"ranking: {tag}, 200 candidates, p50", float(passed), "ms", bar, "lower", note=note))
    return figures


def _new_items(here: World, memory: Memory, ranking: Ranking, seed: int) -> list[Figure]:
    """Items that nobody has met, put in order among themselves."""
    rng = np.random.default_rng([seed, 33])
    asked = _test(here, memory, here.held, int(here.held.sum()))
    found: dict[str, list[float]] = {}
    for who, one in enumerate(asked):
        reached = here.drawn(who, one.candidates, rng)
        kinds = here.goods.kinds[0]
        share = np.bincount(kinds[one.history.items], minlength=int(kinds.max()) + 1)[kinds[one.candidates]]
        orders = {
            "truth": _expected_gain(here, who, one.candidates),
            "ranker": ranking.value(one),
            "nearest": one.recall["content.nearest"],
            "category": share.astype(np.float32),
        }  # fmt: skip
        for name, scores in orders.items():
            found.setdefault(name, []).append(gained(best(scores, K).items, reached))
    means = {name: float(np.nanmean(values)) for name, values in found.items()}
    return [
        Figure("new items: the shoppers' own preferences, NDCG@10", means["truth"], note=f"{int(here.held.sum())} items nobody met"),
        Figure("new items: ranked, NDCG@10", means["ranker"], bar=means["category"], peer=means["category"], note="peer: by the shopper's categories"),
        Figure("new items: nearest by content, NDCG@10", means["nearest"], peer=means["category"]),
    ]  # fmt: skip


def _new_shoppers(here: World, ranking: Ranking, features: Features, seed: int) -> list[Figure]:
    """Shoppers without a past, after none to three clicks of their first visit, which they make in a list by popularity."""
    rng = np.random.default_rng([seed, 34])
    popular = here.recall["popularity.decayed"].score([History.of([], TEST_AT)])[0]
    order = best(np.where(here.held, -np.inf, popular).astype(np.float32), len(popular)).items
    ranked: list[list[float]] = [[] for _ in range(4)]
    plain: list[list[float]] = [[] for _ in range(4)]
    truth: list[list[float]] = [[] for _ in range(4)]
    for who in range(here.known, here.shoppers.count):
        clicked = order[here.drawn(who, order, rng) > 0][:3]
        for clicks in range(len(clicked) + 1):
            history = _clicks(clicked[:clicks])
            (one,) = here.candidates([history], ~here.held, CANDIDATES)
            reached = here.drawn(who, one.candidates, np.random.default_rng([seed, 35, who, clicks]))
            asked = msgspec.structs.replace(one, device=DEVICES[who % 4], place=CITIES[who % 5], page="home")
            scores = ranking.value(asked)
            ranked[clicks].append(gained(best(scores, K).items, reached))
            plain[clicks].append(gained(best(popular[one.candidates], K).items, reached))
            truth[clicks].append(gained(best(_expected_gain(here, who, one.candidates), K).items, reached))
    return [
        Figure(f"new shoppers: after {clicks} clicks, NDCG@10", float(np.nanmean(ranked[clicks])),
               peer=float(np.nanmean(plain[clicks])),
               note=f"peer: popularity; their own preferences: {float(np.nanmean(truth[clicks])):.4f}")
        for clicks in range(4)
    ]  # fmt: skip


def _clicks(items: NDArray[np.int64]) -> History:
    """Views and clicks as the log would have them, two entries each."""
    twice = np.repeat(items, 2)
    times = TEST_AT - 30.0 * np.arange(len(twice), 0, -1)
    return History(twice, np.asarray(times, np.float64), np.tile(np.array((1.0, 2.0), np.float32), len(items)), TEST_AT)


def auc(scores: NDArray[np.generic], happened: NDArray[np.bool_]) -> float:
    """Share of pairs in the right order, ties half; NaN where all are alike."""
    from scipy.stats import rankdata

    positive = int(happened.sum())
    if positive in (0, len(happened)):
        return float("nan")
    ranks = rankdata(scores)
    return float((ranks[happened].sum() - positive * (positive + 1) / 2) / (positive * (len(happened) - positive)))
