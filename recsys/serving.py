"""The recommenders of a running service: the live version loaded, new products met, lists noted."""

import queue
import threading
import time
from collections.abc import Sequence
from typing import Any

import msgspec
import numpy as np
import structlog
from sqlalchemy import insert

from core import Database, Function, Running, Settings, ShopglassError
from core.errors import Biased, NotFound
from recsys import slates
from recsys.bias import bias
from recsys.experiments.assignment import Assigned
from recsys.experiments.experiments import Experiments
from recsys.gathering import colour_of, gather
from recsys.log import EventLog
from recsys.model import Model, sketched
from recsys.pipeline import Asked, Fresh, Pipeline, Slate
from recsys.ranking.goods import Goods
from recsys.ranking.ranking import Ranking
from recsys.ranking.traffic import RankStage, learn
from recsys.slates import SlateQ
from recsys.tables import ShownRow
from recsys.versions import Trained, Versions
from search import Catalogue, Product

KIND = "recommend"
MOST_FRESH = 5000
"""New products that are recommended before a training has seen them, the first by id."""
_NOTED = 1000
_NAMED = 3  # faults that an error names
log = structlog.get_logger()


def train(settings: Settings, database: Database, catalogue: Catalogue, parts: Sequence[int] = ()) -> Trained:
    """Train on all events and products, and make what comes of it the live version.

    Raises NotFound without products, and Biased where it treats a group worse than ``recsys.fair`` allows: the version
    before goes on serving.
    """
    began = time.time()
    gathered = gather(database, catalogue, parts)
    if not gathered.seen.items:
        raise NotFound("There are no products and no events to learn from.", remedy="Run: shopglass ingest CATALOG")
    model = Model.fit(gathered, settings.recsys.sources)
    live = catalogue.live()
    versions, held = Versions(settings.home), model.recall.held
    told = bias(held, gathered.seen, settings.recsys.fair) if held is not None else None
    if told is not None and told.faults:
        versions.refuse(told)
        more = f"; {len(told.faults) - _NAMED} more" if len(told.faults) > _NAMED else ""
        raise Biased(
            f"The training treats groups too badly: {'; '.join(told.faults[:_NAMED])}{more}. The version before goes on serving.",
            remedy="See: shopglass recommend bias --refused. What is allowed stands in recsys.fair.",
        )
    ranking = learn(database, model.number, model.goods, model.recall.sources, settings.ranking)
    return versions.add(model, gathered, live.id if live else None, told, ranking, began)


def train_function(settings: Settings, database: Database, parts: Sequence[int] = ()) -> Function:
    """The function of the job kind ``recommend``."""

    def run(running: Running) -> dict[str, Any]:
        running.report(0, 1)
        told = train(settings, database, Catalogue(database), parts)
        running.report(1, 1)
        return dict(msgspec.to_builtins(told))

    return run


class Recommendations:
    """Answers questions, from any thread. ``refresh`` and ``flush`` are to be called now and then.

    What a shopper does counts at once, as their events are read with every question; a training only has to meet new
    products and what they have in common with others.
    """

    def __init__(self, settings: Settings, catalogue: Catalogue, events: EventLog) -> None:
        self._settings = settings
        self._catalogue = catalogue
        self._events = events
        self.experiments = Experiments(settings.recsys.experiments, events)
        self._versions = Versions(settings.home)
        self._stamp = -1
        self._model: Model | None = None
        self._trained: Trained | None = None
        self._shown: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()
        self._refreshing = threading.Lock()
        self._stage: RankStage | None = None
        self._counted = (0.0, 0.0)
        self._slates: SlateQ | None = None
        self._slates_stamp = -1
        self._pipeline = self._build(None)

    @property
    def version(self) -> Trained | None:
        return self._trained

    def refresh(self) -> None:
        """Load the live version if it is another one now, meet products that it has not seen, and count what was shown and
        done."""
        with self._refreshing:
            stamp = self._versions.stamp()
            if stamp != self._stamp and stamp:
                trained = self._versions.live()
                self._model, self._trained = self._versions.load(trained), trained
                self._stage, self._counted = None, (trained.counted, trained.counted)
            self._stamp = stamp
            self._slates = self._policy()
            fresh = self._fresh()
            self._stage = self._staged(fresh)
            self._pipeline = self._build(fresh)

    def user(self, name: str, asked: Asked, experiment: str | None = None) -> Slate:
        """For somebody known by what they did, in an arm of the experiment. Raises NotFound for one that there is not."""
        assigned = self.experiments.user(experiment, name) if experiment is not None else None
        return self._answer(msgspec.structs.replace(asked, done=self._events.of_user(name)), assigned)

    def session(self, name: str | None, asked: Asked, experiment: str | None = None) -> Slate:
        """For a session, and whoever signed in within it; without a name, for what is asked alone. Raises NotFound likewise."""
        assigned = self.experiments.session(experiment, name) if experiment is not None else None
        done = self._events.of_session(name) if name else asked.done
        return self._answer(msgspec.structs.replace(asked, done=done), assigned)

    def companions(self, item: str, limit: int) -> Slate:
        """What goes with a product. Raises NotFound."""
        self._catalogue.get(item)
        self._reload()
        return self._pipeline.companions(item, limit)

    def note(self, id: str, user: str | None, session: str | None, placement: str, slate: Slate) -> None:
        """Note a list that was given, to be written by the next ``flush``."""
        identity = self._events.identity
        self._shown.put(
            {
                "id": id,
                "time": time.time(),
                "user": None if user is None else identity.user(user),
                "session": None if session is None else identity.session(session),
                "placement": placement,
                "version": slate.version,
                "experiment": slate.experiment.id if slate.experiment else None,
                "arm": slate.experiment.arm if slate.experiment else None,
                "items": [
                    [one.product.id, round(one.propensity, 6), one.explored, one.standing] for one in slate.items
                ],
            }
        )

    def flush(self) -> None:
        """Write what was noted. Raises Unavailable, and keeps what it could not write."""
        self.experiments.flush()
        while not self._shown.empty():
            rows: list[dict[str, Any]] = []
            while len(rows) < _NOTED:
                try:
                    rows.append(self._shown.get_nowait())
                except queue.Empty:
                    break
            try:
                with self._catalogue.database.session() as session:
                    session.execute(insert(ShownRow), rows)
            except ShopglassError:
                for row in rows:
                    self._shown.put(row)
                raise

    def _answer(self, asked: Asked, assigned: Assigned | None) -> Slate:
        self._reload()
        pipeline = self._pipeline
        if assigned is not None:
            policy = self._slates if self.experiments.policy(assigned) is not None else None
            pipeline = pipeline.under(self.experiments.rules(assigned, self._settings.recsys), policy)
        slate = pipeline.answer(asked, np.random.default_rng())
        return msgspec.structs.replace(slate, experiment=assigned)

    def _reload(self) -> None:
        if self._versions.stamp() != self._stamp:
            try:
                self.refresh()
            except (ShopglassError, OSError, ValueError) as error:  # what was loaded goes on answering
                log.warning("recommenders_not_loaded", error=str(error))
                self._stamp = self._versions.stamp()

    def _policy(self) -> SlateQ | None:
        """What orders pages in arms that ask for it; without one they are as all others."""
        if not any(arm.policy for one in self._settings.recsys.experiments for arm in one.arms):
            return None
        stamp = slates.stamp(self._settings.home / slates.FOLDER)
        if stamp == self._slates_stamp:
            return self._slates
        self._slates_stamp = stamp
        try:
            return slates.load(self._settings.home / slates.FOLDER)
        except NotFound as error:
            log.warning("slates_not_loaded", error=error.detail)
            return None

    def _build(self, fresh: Fresh | None) -> Pipeline:
        version = self._trained.id if self._trained else None
        return Pipeline(
            self._settings.recsys,
            self._catalogue.get_many,
            self._model,
            version,
            fresh,
            self._stage,
            self._some,
        )

    def _staged(self, fresh: Fresh | None) -> RankStage | None:
        """The ranker over all products there are, its counts up to now."""
        if self._model is None or self._trained is None or self._trained.ranker is None:
            return None
        names = (*self._model.items, *(fresh.ids if fresh else ()))
        goods = self._model.goods.joined(self._goods(fresh)) if fresh else self._model.goods
        if self._stage is None:
            ranking = self._versions.ranking(self._trained, goods, self._settings.ranking)
            if ranking is None:
                return None
        else:
            old = self._stage.ranking
            old.counts.grow(len(goods))
            ranking = Ranking(old.told, old.model, goods, old.counts, old.values)
        stage = RankStage(ranking, {name: place for place, name in enumerate(names)})
        self._counted = stage.count(self._catalogue.database, self._counted)
        return stage

    def _goods(self, fresh: Fresh) -> Goods:
        told = self._catalogue.get_many(fresh.ids)
        products = [told.get(one) for one in fresh.ids]
        return Goods(
            fresh.sketches,
            tuple(one.category if one else "" for one in products),
            tuple(one.brand if one else "" for one in products),
            tuple(colour_of(one) if one else "" for one in products),
            np.array([float(one.price) if one else np.nan for one in products]),
        )

    def _fresh(self) -> Fresh | None:
        live = self._catalogue.live()
        if self._model is None or live is None:
            return None
        ids = [one for one in self._catalogue.ids() if one not in self._model.number][:MOST_FRESH]
        own = self._catalogue.own_vectors(live, ids) if ids else {}
        if not own:
            return None
        return Fresh(tuple(own), sketched(np.stack(list(own.values()))))

    def _some(self, most: int) -> list[Product]:
        return self._catalogue.page(limit=most)
