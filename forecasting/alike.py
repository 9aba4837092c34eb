"""Products with little or no history borrow from what is like them, and hand over to their own as it grows.

What is borrowed is the mixture of the forecasts of the nearest neighbours in the space of item vectors and of the members of
the category, so that neighbours who differ make it wide. A product with n known periods counts by n / (n + k) and what is
borrowed by the rest: k is the variance of a period within those that are borrowed from over that of their levels between
them, so that like levels are trusted for long; Bühlmann, "Experience rating and credibility", ASTIN Bulletin 1967.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import BadRequest
from forecasting.conformal import GRID
from forecasting.contract import Forecast, Forecaster, Future, made
from forecasting.effects import NAMES, Effects, effects
from forecasting.series import Frequency, Series

K: dict[Frequency, float] = {"day": 14, "week": 4, "month": 3, "quarter": 2, "year": 1}
"""Periods of its own at which a product counts as much as what it borrows, where fewer than ``_TELLING`` tell how alike they
are; what they tell is held between 1 and twice this."""

CATEGORY = 2.0
"""Neighbours of weight 1 that the category counts for."""

NEAREST = 10
_WARMTH = 0.1
_FULL = 0.95
"""Share of its own from which on a product borrows nothing."""

_TELLING = 3
_OLD = 4
"""Seasons of history that one that is borrowed from has at least."""

_MEMBERS = 50
Array = NDArray[np.float64]


class Alike(msgspec.Struct, frozen=True):
    """neighbours: others by weight above 0, 1 for one that is the same in all but name; category: "" where it is not told."""

    neighbours: tuple[tuple[str, float], ...] = ()
    category: str = ""


class _Line(msgspec.Struct):
    series: str
    alike: list[tuple[str, float]] | None = None
    vector: list[float] | None = None
    category: str = ""


def read_alike(path: Path) -> dict[str, Alike]:
    """JSON Lines: ``series`` with ``alike``, pairs of another and its weight, or with ``vector``, of one length for all; and
    ``category`` if known. Raises BadRequest, naming the line."""
    lines: list[_Line] = []
    with path.open("rb") as file:
        for number, text in enumerate(file, 1):
            if not text.strip():
                continue
            try:
                line = msgspec.json.decode(text, type=_Line)
            except (msgspec.DecodeError, UnicodeDecodeError) as error:
                raise BadRequest(f"Line {number} of {path.name}: {error}.") from error
            if any(weight < 0 for _, weight in line.alike or ()):
                raise BadRequest(f"Line {number} of {path.name}: a weight below 0.", remedy="Use 0 to 1.")
            if not all(map(np.isfinite, line.vector or ())):
                raise BadRequest(f"Line {number} of {path.name}: a vector with what is no number.")
            lines.append(line)
    placed = [line for line in lines if line.vector]
    lengths = {len(line.vector or ()) for line in placed}
    if len(lengths) > 1:
        raise BadRequest(f"Vectors in {path.name} have {sorted(lengths)} numbers.", remedy="Use one encoder for all.")
    found = {
        line.series: Alike(tuple((other, weight) for other, weight in line.alike or () if weight > 0), line.category)
        for line in lines
    }
    if placed:
        near = nearest([line.series for line in placed], np.array([line.vector for line in placed]))
        for line in placed:
            if not line.alike:
                found[line.series] = Alike(near[line.series], line.category)
    return found


def nearest(
    names: Sequence[str], vectors: Array, most: int = NEAREST, of: Sequence[str] | None = None
) -> dict[str, tuple[tuple[str, float], ...]]:
    """Of each, or of those in ``of``, the nearest others by cosine; weights fall by e for every tenth of it. vectors: (n, d)."""
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-12)
    found = {}
    wanted = None if of is None else set(of)
    for at, name in enumerate(names):
        if wanted is not None and name not in wanted:
            continue
        cosine = unit @ unit[at]
        cosine[at] = -np.inf
        order = np.argsort(-cosine, kind="stable")[: min(most, len(names) - 1)]
        found[name] = tuple((names[one], float(np.exp((min(cosine[one], 1.0) - 1) / _WARMTH))) for one in order)
    return found


def young(series: Sequence[Series]) -> list[Series]:
    """Those with less history than one that is borrowed from."""
    return [one for one in series if len(one) < _OLD * one.season]


def newcomers(series: Sequence[Series], alike: Mapping[str, Alike], known: set[str]) -> list[Series]:
    """Empty histories, from the latest end of these series on, for those of ``alike`` that have none and are like one of
    these, or of a category of theirs."""
    if not series:
        return []
    here = {one.id for one in series}
    categories = {one.groups.get("category", "") for one in series} - {""}
    last = max(series, key=lambda one: one.date(len(one)))
    return [
        Series(id=name, start=last.date(len(last)), frequency=last.frequency, quantity=np.zeros(0), groups={"category": one.category} if one.category else {})
        for name, one in alike.items()
        if name not in known and (one.category in categories or any(other in here for other, _ in one.neighbours))
    ]  # fmt: skip


def with_alike(model: Forecaster, series: Sequence[Series], told: Sequence[Forecast], alike: Mapping[str, Alike], horizon: int, levels: Sequence[float], future: Future | None = None, k: float | None = None) -> list[Forecast]:  # fmt: skip
    """Forecasts of a fitted model, those of the young in ``alike`` by what they borrow. told: of the model, one for each series;
    k: None for what those that are borrowed from tell.

    Its own is the model's forecast where it could do it, else its mean with the shape of what is borrowed. Who finds nobody to
    borrow from keeps what was told.
    """
    found = list(told)
    borrowing = [
        at for at, one in enumerate(series) if one.id in alike and (told[at].fallback or _known(one) < _young(one, k))
    ]
    lenders = {
        one.id: at for at, one in enumerate(series) if _known(one) >= _OLD * one.season and not told[at].fallback
    }
    weights = {at: _weights(series[at], alike[series[at].id], series, lenders) for at in borrowing}
    used = sorted({lender for own in weights.values() for lender in own})
    if not used:
        return found
    fine = tuple(sorted({*GRID.tolist(), *levels}))
    lent = dict(zip(used, model.predict([series[at] for at in used], horizon, fine), strict=True))
    known = effects([series[at] for at in used], [np.zeros(len(series[at])) for at in used])
    effect = dict(zip(used, known, strict=True))
    mass = np.diff(np.concatenate([[0.0], (np.array(fine)[1:] + np.array(fine)[:-1]) / 2, [1.0]]))
    for at, own in weights.items():
        if not own:
            continue
        weight = np.array(list(own.values()))
        means = np.stack([lent[one].mean for one in own])
        quantiles = np.stack([lent[one].quantiles for one in own])
        factor = _factor(series[at], {one: effect[one] for one in own}, weight, (future or {}).get(series[at].id, {}), horizon)  # fmt: skip
        borrowed = factor * (weight @ means)
        around = factor[:, None] * _mixed(quantiles, weight, mass, levels)
        mean, rows = told[at].mean, told[at].quantiles
        if told[at].fallback:
            level = _level(series[at])
            ratio = level / np.maximum(means.mean(axis=1), 1e-9)
            mean = factor * ((weight * ratio) @ means)
            rows = factor[:, None] * _mixed(quantiles * ratio[:, None, None], weight, mass, levels)
        n = _known(series[at])
        share = n / (n + (_credible([series[one] for one in own], means.mean(axis=1), weight) if k is None else k))
        if share >= _FULL and not told[at].fallback:
            continue
        found[at] = made(
            series[at], f"{model.tag}+alike", share * mean + (1 - share) * borrowed, share * rows + (1 - share) * around,
            tuple(sorted(set(levels))), "little history: borrowed from those alike and its category",
        )  # fmt: skip
    return found


def _known(series: Series) -> int:
    """Periods in which what was wanted is known."""
    return len(series) if series.stock_out is None else int((~series.stock_out).sum())


def _young(series: Series, k: float | None) -> float:
    """Known periods from which on nothing could be borrowed."""
    return _FULL / (1 - _FULL) * (2 * K[series.frequency] if k is None else k)


def _credible(lenders: Sequence[Series], levels: Array, weight: Array) -> float:
    """k, of lenders by their weights of sum 1; levels: (d,) of their forecasts."""
    usual = K[lenders[0].frequency]
    if len(lenders) < _TELLING:
        return usual
    within = weight @ np.array([one.quantity[-2 * _OLD * one.season :].var() for one in lenders])
    between = weight @ (levels - weight @ levels) ** 2 / (1 - weight @ weight)
    return float(np.clip(within / max(between, 1e-12), 1.0, 2 * usual))


def _level(series: Series) -> float:
    known = series.quantity if series.stock_out is None else series.quantity[~series.stock_out]
    return float(known.mean()) if len(known) else 0.0


def _weights(one: Series, alike: Alike, series: Sequence[Series], lenders: Mapping[str, int]) -> dict[int, float]:
    """By place among the series, of sum 1: neighbours by their weights, the category as so many of weight 1."""
    near = {lenders[other]: weight for other, weight in alike.neighbours if other in lenders and other != one.id}
    category = one.groups.get("category", alike.category)
    like = [at for name, at in lenders.items() if category and series[at].groups.get("category") == category and name != one.id]  # fmt: skip
    like = like[:: max(1, len(like) // _MEMBERS)]
    total = sum(near.values()) + (CATEGORY if like else 0.0)
    if total <= 0:
        return {}
    found = {at: weight / total for at, weight in near.items()}
    for at in like:
        found[at] = found.get(at, 0.0) + CATEGORY / len(like) / total
    return found


def _factor(one: Series, known: Mapping[int, Effects], weight: Array, plan: Mapping[str, Array], horizon: int) -> Array:
    """(horizon,) what is planned of price, promotion and display does by the effects of those alike."""
    prices = one.regressors.get("price", np.zeros(0))
    prices = prices if len(prices) else np.asarray(plan.get("price", np.zeros(0)), np.float64)
    usual = float(np.median(prices)) if len(prices) and (prices > 0).all() else 0.0
    values = {}
    for name in NAMES:
        there = np.array([name in effect.values for effect in known.values()])
        if name in plan and there.any() and (name != "price" or usual > 0):
            own = np.array([effect.values.get(name, 0.0) for effect in known.values()])
            values[name] = float(weight[there] @ own[there] / weight[there].sum())
    told = {name: np.asarray(values, np.float64) for name, values in plan.items()}
    return Effects(values, {}, usual, np.zeros(0), 1.0).factor(told, horizon)


def _mixed(quantiles: Array, weight: Array, mass: Array, levels: Sequence[float]) -> Array:
    """(h, q) of the mixture of distributions told by quantiles (d, h, g) that stand for ``mass`` (g,) each."""
    shares = np.outer(weight, mass).ravel()
    asked = np.array(sorted(set(levels)))
    rows = []
    for step in range(quantiles.shape[1]):
        points = quantiles[:, step].ravel()
        order = np.argsort(points, kind="stable")
        reached = np.cumsum(shares[order])
        rows.append(points[order][np.minimum(np.searchsorted(reached, asked), len(points) - 1)])
    return np.array(rows)
