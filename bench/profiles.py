"""What profiles say of the sample's shoppers: segments beside the truth, and expectations beside what then happened."""

import sys
from collections import Counter, defaultdict
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from bench.ranking import auc
from bench.report import Figure
from recsys.interactions import DAY
from recsys.profiles.ledger import Deed, Facts, Ledger
from recsys.profiles.outlook import SOON, After, Outlook
from recsys.profiles.profile import told
from recsys.ranking.calibration import expected_error
from sample import Shoppers, generate
from sample.shoppers import END, SEGMENTS

PRODUCTS = 300
HORIZON = 14.0
BEGIN = END.timestamp() - 60 * DAY
TRAIN_AT, TEST_AT = BEGIN + 30 * DAY, BEGIN + 45 * DAY

Deeds = dict[int, list[tuple[Deed, Facts]]]


def profile_figures(count: int, seed: int) -> list[Figure]:
    """Models are trained on the first 44 days, the last 14 of which tell what came; day 45 is asked, and the 14 after."""
    print("profiles", file=sys.stderr)
    shoppers = Shoppers(list(generate(PRODUCTS, seed)), count, seed)
    deeds = _deeds(shoppers)
    outlook = Outlook.fit(*_asof(deeds, TRAIN_AT)[1:], TRAIN_AT, churn_days=HORIZON, value_days=HORIZON)
    who, ledgers, after = _asof(deeds, TEST_AT)
    bought = np.array([one.bought(SOON) for one in after])
    gone = np.array([not one.bought(HORIZON) for one in after])
    money = np.array([one.within(HORIZON) for one in after])
    value = outlook.value(ledgers, TEST_AT)
    naive = np.array(
        [sum(ledger.orders.values()) / max((TEST_AT - ledger.first) / DAY, 1.0) * HORIZON for ledger in ledgers]
    )
    return [
        *_chances("purchase in 7 days", outlook.buys_soon(ledgers, TEST_AT), bought, ledgers),
        *_chances("churn (no purchase in 14 days)", outlook.churns(ledgers, TEST_AT), gone, ledgers),
        Figure("profiles: value in 14 days, predicted by actual", float(value.sum() / money.sum()), peer=float(naive.sum() / money.sum()), note="peer: the rate so far"),
        Figure("profiles: value in 14 days, mean absolute error", float(np.abs(value - money).mean()), better="lower", peer=float(np.abs(naive - money).mean())),
        Figure("profiles: value in 14 days, worst fifth of users, error of the mean", _fifths(value, money), better="lower", peer=_fifths(naive, money)),
        *_category(deeds, who, ledgers, outlook),
        *_segments(shoppers, who, ledgers, outlook),
    ]  # fmt: skip


def _deeds(shoppers: Shoppers) -> Deeds:
    facts = {p.id: Facts(p.category, p.brand, p.colours[0], float(p.price)) for p in shoppers.products}
    found: Deeds = defaultdict(list)
    for event in shoppers.events():
        time = datetime.fromisoformat(event["time"]).timestamp()
        deed = Deed(event["type"], time, event["item"], event.get("price"))
        found[int(event["session"].split("-")[1]) - 1].append((deed, facts[event["item"]]))
    return found


def _asof(deeds: Deeds, at: float) -> tuple[list[int], list[Ledger], list[After]]:
    """Those met by then, their ledgers, and what they bought after."""
    who = [one for one, own in sorted(deeds.items()) if own[0][0].time <= at]
    ledgers = [Ledger.of(pair for pair in deeds[one] if pair[0].time <= at) for one in who]
    after = []
    for one in who:
        later = [deed for deed, _ in deeds[one] if deed.kind == "purchase" and deed.time > at]
        days = np.array([(deed.time - at) / DAY for deed in later])
        after.append(After(days, np.array([deed.price or 0.0 for deed in later])))
    return who, ledgers, after


def _chances(
    name: str, chance: NDArray[np.float64], happened: NDArray[np.bool_], ledgers: list[Ledger]
) -> list[Figure]:
    idle = np.array([TEST_AT - ledger.last for ledger in ledgers])
    by_recency = auc(idle if "churn" in name else -idle, happened)
    return [
        Figure(f"profiles: {name}, ECE", expected_error(chance, happened, 10), better="lower",
               note=f"happened: {happened.mean():.4f}, said: {chance.mean():.4f}"),
        Figure(f"profiles: {name}, AUC", auc(chance, happened), peer=by_recency, note="peer: days since the last event"),
    ]  # fmt: skip


def _fifths(value: NDArray[np.float64], money: NDArray[np.float64]) -> float:
    """Largest |mean said - mean that came| by mean that came, over the fifths of users by what was said."""
    parts = np.array_split(np.argsort(value), 5)
    return float(max(abs(value[p].mean() - money[p].mean()) / money[p].mean() for p in parts))


def _category(deeds: Deeds, who: list[int], ledgers: list[Ledger], outlook: Outlook) -> list[Figure]:
    """Of those who buy within seven days: how often the first purchase is of the likely category."""
    common = Counter(f.category for own in deeds.values() for d, f in own if d.kind == "purchase" and d.time <= TEST_AT)
    likely, most = [], common.most_common(1)[0][0]
    for one, ledger in zip(who, ledgers, strict=True):
        came = [f.category for d, f in deeds[one] if d.kind == "purchase" and TEST_AT < d.time <= TEST_AT + SOON * DAY]
        expected = told(ledger, TEST_AT, outlook).expected
        if came and expected is not None:
            likely.append((expected.category == came[0], most == came[0]))
    right, base = np.array(likely).mean(0)
    return [Figure("profiles: likely category is the first bought", float(right), peer=float(base), note="peer: what sells most")]  # fmt: skip


def _segments(shoppers: Shoppers, who: list[int], ledgers: list[Ledger], outlook: Outlook) -> list[Figure]:
    truth = np.array([SEGMENTS[shoppers.segment[one]] for one in who])
    share = float(max((truth == name).mean() for name in SEGMENTS))
    ways = {"rules": outlook.segments.by_rules, "clusters": outlook.segments.by_cluster}
    return [
        Figure(f"profiles: segment by {name} is the true one",
               float(np.mean([say(ledger) == true for ledger, true in zip(ledgers, truth, strict=True)])),
               peer=share, note="peer: the largest segment for all")
        for name, say in ways.items()
    ]  # fmt: skip
