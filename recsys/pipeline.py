"""Recall → rank → re-rank, for one question. A stage that fails or is late is skipped and named; what is popular always
answers."""

import copy
import hashlib
import threading
import time
import traceback
from collections import OrderedDict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Literal, TypeVar

import msgspec
import numpy as np
import structlog
from numpy.typing import NDArray

from core.settings import Recsys
from recsys.events import WEIGHTS
from recsys.experiments.assignment import Assigned
from recsys.interactions import History
from recsys.log import Done
from recsys.model import Model
from recsys.ranking.features import Asked as RankAsked
from recsys.ranking.features import standardised
from recsys.ranking.ranking import Driver
from recsys.ranking.traffic import RankStage
from recsys.recall import LATEST, Recalled
from recsys.rerank import Candidate, Placed, allowed, boosted, slate
from recsys.slates import Met, Page, SlateQ, features
from search import Filter, Product

T = TypeVar("T")

log = structlog.get_logger()
_ROUND = 60  # products looked up at a time
_KEPT = 1000  # questions whose candidates are kept
_KEEP_SECONDS = 60
Placement = Literal["home", "product", "basket"]


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """One question. done: what the shopper did, oldest first; items: what else speaks, a product page's or a basket's;
    exclude: ids never to answer; place: where the shopper is."""

    done: Sequence[Done] = ()
    items: tuple[str, ...] = ()
    placement: Placement = "home"
    limit: int = 12
    filter: Filter = Filter()
    exclude: frozenset[str] = frozenset()
    place: str = ""


class Reason(msgspec.Struct, frozen=True):
    """code: because-of, goes-with, popular, popular-in, new, explore; item: of the product that it speaks of."""

    code: str
    text: str
    item: str | None = None


class Recommended(msgspec.Struct, frozen=True):
    """score: of the stage before the last, within one answer; propensity: chance with which it stood here; scores: by source
    of recall; standing: the same as standard deviations above the mean of all that the source recalled, -1 where it
    did not, which is what rankers learn from; drivers: what spoke most for it where a ranker did."""

    product: Product
    score: float
    reason: Reason
    propensity: float
    explored: bool
    scores: dict[str, float]
    standing: dict[str, float] = {}
    drivers: tuple[Driver, ...] = ()


class Skipped(msgspec.Struct, frozen=True):
    """A stage that had no part in the answer, and why."""

    stage: str
    reason: str


class Slate(msgspec.Struct, frozen=True):
    """items: best first; version: of the recommenders, None before the first training; timings: milliseconds by stage;
    experiment: that was asked for, and the arm the list was given in."""

    items: tuple[Recommended, ...]
    version: str | None
    skipped: tuple[Skipped, ...]
    timings: dict[str, float]
    experiment: Assigned | None = None


class Scored(msgspec.Struct, frozen=True):
    """Candidates of a question: by number in ``recalled``, with names, the standing of each by source, and scores of the
    stage before re-ranking."""

    recalled: Recalled
    names: list[str]
    standing: dict[str, NDArray[np.float32]]
    scores: NDArray[np.float32]


_NOTHING = Recalled(np.empty(0, np.int64), np.empty((0, 1), np.float32), np.empty(0, np.float32), np.empty(0, np.int64))


class Fresh(msgspec.Struct, frozen=True):
    """Products that no training has seen. sketches: (n, SKETCH) float32, as those of the model."""

    ids: tuple[str, ...]
    sketches: NDArray[np.float32]


class Pipeline:
    """Answers from one model. products: gives those of some ids that the catalogue has, as they are now."""

    def __init__(
        self,
        rules: Recsys,
        products: Callable[[Sequence[str]], dict[str, Product]],
        model: Model | None,
        version: str | None,
        fresh: Fresh | None = None,
        ranker: RankStage | None = None,
        some: Callable[[int], list[Product]] = lambda most: [],
    ) -> None:
        """some: products to fall back on before the first training."""
        self._rules = rules
        self._products = products
        self._model = model
        self._version = version
        self._fresh = fresh
        self._ranker = ranker
        self._some = some
        self._slates: SlateQ | None = None
        self._kept: OrderedDict[bytes, Scored] = OrderedDict()
        self._keeping = threading.Lock()

    def under(self, rules: Recsys, slates: SlateQ | None = None) -> "Pipeline":
        """The same by other rules; slates: what orders lists in place of the ranker's word."""
        other = copy.copy(self)
        other._rules, other._slates = rules, slates
        return other

    def answer(self, asked: Asked, rng: np.random.Generator) -> Slate:
        """Never raises for what a stage does; raises what the catalogue raises."""
        work = _Work(self._rules.deadline)
        hidden, bought = _left_out(asked)
        if self._model is None:
            work.skip("recall", "no recommenders are trained yet")
            found = [one for one in self._some(asked.limit * 4) if asked.filter.matches(one)]
            kept = [one for one in found if allowed(one, hidden, bought, self._rules)][: asked.limit]
            items = tuple(Recommended(one, 0.0, _popular(""), 1.0, False, {}) for one in kept)
            return Slate(items, None, work.skipped, work.timings)
        history, ids = self._history(asked)
        found_for = self._candidates(asked, history, work)
        recalled, names, standing, scores = (
            found_for.recalled, found_for.names, found_for.standing, found_for.scores
        )  # fmt: skip
        ranker = self._ranker
        order = np.lexsort((recalled.items, -scores))
        met = set(ids) - bought if self._rules.bought else set(ids)  # what may be bought again is no news
        eligible = self._eligible(asked, [(names[one], float(scores[one]), int(one)) for one in order if names[one] not in met], hidden, bought, work)  # fmt: skip
        if len(eligible) < asked.limit:  # what was looked at before rather than empty places
            again = [(names[one], float(scores[one]) - 1e3, int(one)) for one in order if names[one] in met]
            eligible += self._eligible(asked, again, hidden, bought, work)
        now = datetime.fromtimestamp(history.now, UTC).date()
        eligible = work.run("boosts", lambda: boosted(eligible, self._rules.boosts, now), eligible)
        if (slates := self._slates) is not None and eligible:
            eligible = work.run("policy", lambda: self._by_visit(slates, eligible, asked, history.now), eligible)
        plain = tuple(Placed(one, 1.0, False) for one in eligible[: asked.limit])
        placed = work.run("diversity", lambda: slate(eligible, asked.limit, self._rules, rng), plain)
        bare = tuple(
            Recommended(one.candidate.product, one.candidate.score, _popular(""), one.propensity, one.explored, {})
            for one in placed
        )
        items = work.run("reasons", lambda: self._told(placed, recalled, history, asked), bare)
        places = np.array([one.candidate.place for one in placed], np.int64)
        drivers: list[tuple[Driver, ...]] = [()] * len(placed)
        if ranker is not None and len(placed) and scores is not recalled.fused:  # it has spoken
            drivers = work.run(
                "drivers",
                lambda: ranker.drivers(self._question(asked, recalled, standing, history.now, places)),
                drivers,
            )
        items = tuple(
            msgspec.structs.replace(
                one, standing={source: round(float(own[at]), 4) for source, own in standing.items()}, drivers=why
            )
            for one, at, why in zip(items, places, drivers, strict=True)
        )
        return Slate(items, self._version, work.skipped, work.timings)

    def _candidates(self, asked: Asked, history: History, work: "_Work") -> Scored:
        """What recall and rank say, for a minute what they said of the same question: an event of the shopper makes it another
        one, and what is new of the products or was learnt comes with another pipeline."""
        assert self._model is not None
        minute = history.now // _KEEP_SECONDS
        told = (asked.done, asked.items, asked.placement, asked.place, self._rules.quota, minute)
        key = hashlib.blake2b(msgspec.msgpack.encode(told), digest_size=16).digest()
        with self._keeping:
            if (kept := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
                work.timings["kept"] = 0.0
                return kept
        recalled = work.run("recall", lambda: self._recall(history), _NOTHING)
        names = [self._name(int(one)) for one in recalled.items]
        columns = zip(self._model.recall.sources, recalled.scores.T, strict=True) if len(names) else ()
        standing = {source: standardised(scores) for source, scores in columns}
        scores, ranker, every = recalled.fused, self._ranker, np.arange(len(names))
        if ranker is not None and len(names):
            scores = work.run(
                "rank", lambda: ranker.score(self._question(asked, recalled, standing, history.now, every)), scores
            )
        found = Scored(recalled, names, standing, scores)
        if not work.skipped:
            with self._keeping:
                self._kept[key] = found
                while len(self._kept) > _KEPT:
                    self._kept.popitem(last=False)
        return found

    def _question(
        self, asked: Asked, recalled: Recalled, standing: dict[str, NDArray[np.float32]], now: float,
        places: NDArray[np.int64],
    ) -> RankAsked:  # fmt: skip
        assert self._ranker is not None
        own = {source: column[places] for source, column in standing.items()}
        return self._ranker.asked(asked.done, recalled.items[places], own, asked.placement, now)

    def companions(self, item: str, limit: int) -> Slate:
        """What goes with a product. One that no training has seen has the companions of the product most like it."""
        work = _Work(self._rules.deadline)
        if self._model is None:
            work.skip("recall", "no recommenders are trained yet")
            return Slate((), None, work.skipped, work.timings)
        number = self._model.number.get(item)
        if number is None:
            number = self._nearest(item)
        row = self._model.companions[number] if number is not None else None  # type: ignore[index]
        pairs = [] if row is None else sorted(zip(row.data.tolist(), row.indices.tolist(), strict=True), reverse=True)
        told = self._products([item])
        title = told[item].title if item in told else item
        named = [(self._model.items[other], score, -1) for score, other in pairs]
        found = self._eligible(Asked(limit=limit), named, frozenset({item}), frozenset(), work)[:limit]
        reason = Reason("goes-with", f"Goes with {title}", item)
        items = tuple(Recommended(one.product, one.score, reason, 1.0, False, {}) for one in found)
        return Slate(items, self._version, work.skipped, work.timings)

    # Stages

    def _history(self, asked: Asked) -> tuple[History, list[str]]:
        assert self._model is not None
        number, fresh = self._model.number, {one: at for at, one in enumerate(self._fresh.ids)} if self._fresh else {}
        met: dict[str, tuple[float, float]] = {}
        now = time.time()
        for one in asked.done:
            if one.item is not None and one.type in WEIGHTS:
                weight = max(WEIGHTS[one.type], met.get(one.item, (0.0, 0.0))[1])
                met.pop(one.item, None)
                met[one.item] = one.time, weight
        for item in asked.items:  # what is looked at now speaks loudest
            met.pop(item, None)
            met[item] = now, 5.0
        known = [
            (number.get(item, len(number) + fresh.get(item, 0)), *told)
            for item, told in met.items()
            if item in number or item in fresh
        ]
        items = np.array([one for one, _, _ in known], np.int64)
        times = np.array([at for _, at, _ in known])
        weights = np.array([weight for _, _, weight in known], np.float32)
        return History(items, times, weights, now, None, asked.place), list(met)

    def _recall(self, history: History) -> Recalled:
        assert self._model is not None
        count = len(self._model.items)
        old = history.items < count
        known = msgspec.structs.replace(
            history, items=history.items[old], times=history.times[old], weights=history.weights[old]
        )
        found = self._model.recall.ask(known, self._rules.quota)
        places = np.append(np.flatnonzero(old), -1)
        because = places[np.where(found.because >= 0, found.because + max(0, len(known.items) - LATEST), -1)]
        found = msgspec.structs.replace(found, because=np.where(found.because >= 0, because, -1))
        if self._fresh is None or not self._fresh.ids or not len(history.items):
            return found
        latest = history.items[-10:]
        sketches = (
            np.concatenate([self._model.sketches, self._fresh.sketches])[latest]
            if (latest >= count).any()
            else self._model.sketches[latest]
        )
        likeness = self._fresh.sketches @ sketches.T  # (fresh, latest)
        near = likeness.max(1)
        kept = np.argsort(-near, kind="stable")[: max(1, self._rules.quota // 4)]
        kept = kept[near[kept] > 0.5]
        share = float(self._model.recall.weights.max())
        scores = np.zeros((len(kept), found.scores.shape[1]), np.float32)
        return Recalled(
            np.concatenate([found.items, count + kept]),
            np.concatenate([found.scores, scores]),
            np.concatenate([found.fused, (share * near[kept]).astype(np.float32)]),
            np.concatenate([found.because, len(history.items) - len(latest) + likeness[kept].argmax(1)]),
        )

    def _eligible(
        self,
        asked: Asked,
        named: Sequence[tuple[str, float, int]],
        hidden: frozenset[str],
        bought: frozenset[str],
        work: "_Work",
    ) -> list[Candidate]:
        """As the catalogue says now, until there are three times as many as are asked for."""
        assert self._model is not None
        found: list[Candidate] = []
        with work.timed("catalogue"):
            for start in range(0, len(named), _ROUND):
                part = named[start : start + _ROUND]
                products = self._products([name for name, _, _ in part])
                for name, score, place in part:
                    product = products.get(name)  # withdrawn ones are not there
                    if product is None or not asked.filter.matches(product):
                        continue
                    if allowed(product, hidden | asked.exclude, bought, self._rules):
                        found.append(self._candidate(product, place, score))
                if len(found) >= 3 * asked.limit:
                    break
        return found

    def _by_visit(self, slates: SlateQ, eligible: list[Candidate], asked: Asked, now: float) -> list[Candidate]:
        """Candidates in the order of what each is worth to the rest of the visit, which becomes their score."""
        assert self._model is not None
        kinds = self._model.goods.categories
        met = [
            Met(kinds[number], one.type, max(0.0, now - one.time))
            for one in asked.done
            if (number := self._model.number.get(one.item or "")) is not None
        ]
        page = Page(
            scores=np.array([one.score for one in eligible], np.float32),
            prices=np.array([float(one.product.price) for one in eligible], np.float32),
            ctr=np.array([(one.clicks + 1) / (one.looks + 10) for one in eligible], np.float32),
            categories=[one.product.category for one in eligible],
            met=met,
        )
        worth = slates.values(features(page))
        order = np.argsort(-worth, kind="stable")
        return [msgspec.structs.replace(eligible[one], score=float(worth[one])) for one in order]

    def _candidate(self, product: Product, place: int, score: float) -> Candidate:
        assert self._model is not None
        number = self._model.number.get(product.id)
        if number is None:
            at = self._fresh.ids.index(product.id) if self._fresh and product.id in self._fresh.ids else None
            vector = (
                self._fresh.sketches[at] if self._fresh and at is not None else np.zeros_like(self._model.sketches[0])
            )
            return Candidate(product, place, score, vector)
        clicks, looks = int(self._model.clicks[number]), int(self._model.looks[number])
        return Candidate(product, place, score, self._model.sketches[number], clicks, looks)

    def _told(
        self, placed: Sequence[Placed], recalled: Recalled, history: History, asked: Asked
    ) -> tuple[Recommended, ...]:
        assert self._model is not None
        speakers = {int(recalled.because[one.candidate.place]) for one in placed} - {-1}
        names = {at: self._name(int(history.items[at])) for at in speakers}
        titles = {name: product.title for name, product in self._products(list(names.values())).items()}
        found = []
        for one in placed:
            place = one.candidate.place
            scores = dict(zip(self._model.recall.sources, map(float, recalled.scores[place]), strict=True))
            said = {tag: round(value, 4) for tag, value in scores.items() if value > 0}
            speaker = names.get(int(recalled.because[place]), "")
            if one.explored:
                reason = Reason("explore", "Something else for once")
            elif speaker in titles:
                code = "because-of" if said else "new"
                start = "Because of" if said else "New, and like"
                reason = Reason(code, f"{start} {titles[speaker]}", speaker)
            else:
                reason = _popular(asked.place if asked.place in self._model.recall.segments else "")
            found.append(
                Recommended(
                    one.candidate.product, round(one.candidate.score, 4), reason, one.propensity, one.explored, said
                )
            )
        return tuple(found)

    def _name(self, number: int) -> str:
        assert self._model is not None
        count = len(self._model.items)
        return self._model.items[number] if number < count else self._fresh.ids[number - count]  # type: ignore[union-attr]

    def _nearest(self, item: str) -> int | None:
        assert self._model is not None
        if self._fresh is None or item not in self._fresh.ids:
            return None
        return int(np.argmax(self._model.sketches @ self._fresh.sketches[self._fresh.ids.index(item)]))


class _Work:
    """Runs the stages of one answer: what fails or is late is skipped."""

    def __init__(self, deadline: float) -> None:
        self._until = time.perf_counter() + deadline
        self._skipped: list[Skipped] = []
        self.timings: dict[str, float] = {}

    @property
    def skipped(self) -> tuple[Skipped, ...]:
        return tuple(self._skipped)

    def skip(self, stage: str, reason: str) -> None:
        self._skipped.append(Skipped(stage, reason))

    def timed(self, stage: str) -> "_Timed":
        return _Timed(self.timings, stage)

    def run(self, stage: str, call: Callable[[], T], otherwise: T) -> T:
        if time.perf_counter() > self._until and stage != "recall":
            self.skip(stage, "late")
            return otherwise
        with self.timed(stage):
            try:
                return call()
            except Exception as error:
                # without the values of variables, which are what a shopper did
                log.warning("stage_failed", stage=stage, trace=traceback.format_exc(limit=-3))
                self.skip(stage, f"failed: {type(error).__name__}")
                return otherwise


class _Timed:
    def __init__(self, timings: dict[str, float], stage: str) -> None:
        self._timings, self._stage = timings, stage

    def __enter__(self) -> None:
        self._start = time.perf_counter()

    def __exit__(self, *raised: object) -> None:
        spent = (time.perf_counter() - self._start) * 1e3
        self._timings[self._stage] = round(self._timings.get(self._stage, 0.0) + spent, 3)


def _left_out(asked: Asked) -> tuple[frozenset[str], frozenset[str]]:
    hidden = {one.item for one in asked.done if one.type == "hide" and one.item is not None}
    bought = {one.item for one in asked.done if one.type == "purchase" and one.item is not None}
    return frozenset(hidden) | frozenset(asked.items), frozenset(bought)


def _popular(place: str) -> Reason:
    return Reason("popular-in", f"Popular in {place}") if place else Reason("popular", "Popular now")
