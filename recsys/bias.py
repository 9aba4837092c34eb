"""Whom a training serves worse, and what it hides: exposure and quality by group of shoppers and of products.

Judged on lists for what was held back of shoppers' events (:mod:`recsys.recall`). Exposure against what is wanted: Singh and
Joachims, "Fairness of exposure in rankings", KDD 2018.
"""

from collections.abc import Iterator

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.settings import Fair
from recsys.interactions import DAY, Interactions
from recsys.metrics import ndcg
from recsys.recall import Held
from recsys.rerank import band

SURE = 1.645
"""Standard errors that a group must be below its threshold by: 95 of 100, to one side."""
NEW_DAYS = 14.0
_FEW, _MANY = 5, 20  # products met: below the first few, from the second on many


class Group(msgspec.Struct, frozen=True):
    """kind: place or activity of shoppers; category, price or age of products. size: shoppers, or what was wanted of the
    group's products. quality: mean NDCG@10 of shoppers; share of the group's wanted products that stood in lists of ten.
    exposure: share of the catalogue that the lists of these shoppers show; share of places that these products have, early
    ones counting for more. wanted: share of what was held back, of products only. faults: what is below its threshold."""

    kind: str
    name: str
    size: int
    quality: float
    exposure: float
    wanted: float | None
    faults: tuple[str, ...]


class BiasReport(msgspec.Struct, frozen=True):
    """shoppers: that were judged; ndcg, recall: at ten, of all of them."""

    shoppers: int
    ndcg: float
    recall: float
    groups: tuple[Group, ...]

    @property
    def faults(self) -> tuple[str, ...]:
        """In words, of all groups."""
        return tuple(f"{one.kind} {one.name}: {fault}" for one in self.groups for fault in one.faults)


def bias(held: Held, seen: Interactions, rules: Fair) -> BiasReport:
    """Groups of fewer than ``rules.least``, and those of other kinds than ``rules.kinds``, are told and not judged."""
    quality = ndcg(held.lists, held.wanted, 10)
    owner = np.repeat(np.arange(len(held.wanted)), [len(one) for one in held.wanted])
    item = np.concatenate(held.wanted)
    found = np.concatenate([np.isin(one, row) for one, row in zip(held.wanted, held.lists, strict=True)]) * 1.0
    whole = float(quality.mean()), float(found.mean())
    groups = [
        _of_shoppers(kind, name, mask, held, quality, len(seen.items), rules)
        for kind, labels in _shoppers(held, seen)
        for name, mask in _parted(labels)
    ]
    for kind, labels in _products(seen):
        for name, mask in _parted(labels):
            if mask[item].any():
                groups.append(_of_products(kind, name, mask, held, owner, item, found, rules))
    return BiasReport(len(held.wanted), *whole, tuple(groups))


def _of_shoppers(
    kind: str,
    name: str,
    mask: NDArray[np.bool_],
    held: Held,
    quality: NDArray[np.float64],
    items: int,
    rules: Fair,
) -> Group:
    own, lists = quality[mask], held.lists[mask]
    faults = _quality(kind, own, quality, rules)
    shown = len(np.unique(lists[lists >= 0])) / items
    return Group(kind, name, len(own), float(own.mean()), shown, None, faults)


def _of_products(
    kind: str,
    name: str,
    mask: NDArray[np.bool_],
    held: Held,
    owner: NDArray[np.int64],
    item: NDArray[np.int64],
    found: NDArray[np.float64],
    rules: Fair,
) -> Group:
    there = held.lists >= 0
    weight = there / np.log2(np.arange(2, held.lists.shape[1] + 2))
    shown = (weight * mask[held.lists]).sum(1) / np.maximum(weight.sum(1), 1e-9)
    wanted = np.bincount(owner, mask[item]) / np.bincount(owner)
    own = found[mask[item]]
    faults = _quality(kind, own, found, rules)
    if kind in rules.kinds and len(own) >= rules.least and _below(shown - rules.exposure * wanted):
        faults += (f"shown in {shown.mean():.2%} of places and wanted in {wanted.mean():.2%}",)
    return Group(kind, name, len(own), float(own.mean()), float(shown.mean()), float(wanted.mean()), faults)


def _quality(kind: str, own: NDArray[np.float64], all_of: NDArray[np.float64], rules: Fair) -> tuple[str, ...]:
    """all_of: the values of everybody, whose spread a group of nothing but misses has too."""
    if kind not in rules.kinds or len(own) < rules.least:
        return ()
    error = max(float(own.std()), float(all_of.std())) / np.sqrt(len(own))
    if own.mean() + SURE * error >= rules.quality * all_of.mean():
        return ()
    return (f"quality {own.mean():.3f}, and {all_of.mean():.3f} over all",)


def _below(values: NDArray[np.float64]) -> bool:
    """Whether their mean is below 0, beyond doubt."""
    return bool(values.mean() + SURE * values.std(ddof=1) / np.sqrt(len(values)) < 0) if len(values) > 1 else False


def _parted(labels: NDArray[np.str_]) -> Iterator[tuple[str, NDArray[np.bool_]]]:
    for name in np.unique(labels):
        if name:
            yield str(name), labels == name


def _shoppers(held: Held, seen: Interactions) -> Iterator[tuple[str, NDArray[np.str_]]]:
    """(judged,) the group of each, by kind; "" for none."""
    if seen.segments:
        yield "place", np.array([seen.segments[user] for user in held.users], str)
    yield "activity", np.choose(np.digitize(held.known, (_FEW, _MANY)), np.array(["few", "some", "many"]))


def _products(seen: Interactions) -> Iterator[tuple[str, NDArray[np.str_]]]:
    """(items,) likewise."""
    if seen.categories:
        yield "category", np.array(seen.categories, str)
    if seen.prices is not None:
        bands = [None if np.isnan(one) else band(one) for one in seen.prices]
        yield "price", np.array(["" if one is None else f"{2.0**one:g} to {2.0 ** (one + 1):g}" for one in bands], str)
    first = np.full(len(seen.items), np.inf)
    np.minimum.at(first, seen.item, seen.time)
    new = first > (seen.time.max() if len(seen) else 0.0) - NEW_DAYS * DAY
    yield "age", np.where(new, "new", "old")
