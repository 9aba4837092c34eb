"""The second stage in service: trained on the lists that were given and what came of them, asked with every answer."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import ColumnElement, select

from core import Database
from core.settings import Ranking as RankingSettings
from recsys.events import WEIGHTS
from recsys.log import Done
from recsys.ranking.examples import Act, Shown, history_of, replay
from recsys.ranking.features import Asked
from recsys.ranking.goods import Goods
from recsys.ranking.ranking import Driver, Ranking, train
from recsys.tables import EventRow, SessionRow, ShownRow

LEAST_LISTS, LEAST_CLICKED = 200, 50
"""Lists, and those of them with a click, below which there is nothing to learn from."""
MOST_LISTS = 50_000
"""Lists that are learnt from: the latest."""
_PAGE = 20_000


def learn(
    database: Database, number: Mapping[str, int], goods: Goods, sources: Sequence[str], values: RankingSettings
) -> Ranking | None:
    """The best ranker on what was shown, or None where that is too little, or where none tells more than the mean does.

    number: of each item, by its name; goods: by number; sources: of recall.
    """
    shown = lists(database, number, MOST_LISTS)
    if len(shown) < LEAST_LISTS:
        return None
    features, examples, memory = replay(acts(database, number), shown, goods, sources)
    clicked = np.add.reduceat(examples.reached > 0, examples.starts[:-1]) > 0
    if clicked.sum() < LEAST_CLICKED:
        return None
    made = train(features, examples, goods, memory.counts, values)
    return made if made.told.losses[made.told.tag] < 1 else None


def acts(database: Database, number: Mapping[str, int], after: float = 0.0) -> Iterator[Act]:
    """Events of known items as they came in, by when; after: Unix seconds, only what was received later."""
    place: tuple[float, str] = (after, "\uffff")
    columns = (EventRow.id, EventRow.user, EventRow.session, EventRow.item, EventRow.type, EventRow.time, EventRow.received, EventRow.recommendation)  # fmt: skip
    while True:
        later: ColumnElement[bool] = (EventRow.received > place[0]) | (
            (EventRow.received == place[0]) & (EventRow.id > place[1])
        )
        with database.reading() as session:
            page = session.execute(
                select(*columns).where(later).order_by(EventRow.received, EventRow.id).limit(_PAGE)
            ).all()
        for row in page:
            item = number.get(row.item or "")
            if item is not None:
                yield Act(
                    who=row.user or row.session, item=item, kind=row.type, time=row.time,
                    received=row.received, recommendation=row.recommendation,
                )  # fmt: skip
        if len(page) < _PAGE:
            return
        place = page[-1].received, page[-1].id


def lists(database: Database, number: Mapping[str, int], most: int, after: float = 0.0) -> list[Shown]:
    """The latest lists that were given later than ``after``, by time; of their items those that are known."""
    query = (
        select(ShownRow, SessionRow.user)
        .outerjoin(SessionRow, SessionRow.session == ShownRow.session)
        .where(ShownRow.time > after)
        .order_by(ShownRow.time.desc(), ShownRow.id)
        .limit(most)
    )
    found = []
    with database.reading() as session:
        for row, signed_in in session.execute(query):
            places = [(number[one[0]], one[3] if len(one) > 3 else {}) for one in row.items if one[0] in number]
            if not places:
                continue
            sources = dict.fromkeys(source for _, standing in places for source in standing)
            recall = {
                source: np.array([standing.get(source, -1.0) for _, standing in places], np.float32)
                for source in sources
            }
            who = row.user or signed_in or row.session or row.id
            items = np.array([item for item, _ in places], np.int64)
            found.append(Shown(id=row.id, who=who, time=row.time, items=items, recall=recall, page=row.placement))
    return found[::-1]


class RankStage:
    """A ranking as the pipeline asks it. number: of each item by name, in the order of the ranking's goods."""

    def __init__(self, ranking: Ranking, number: Mapping[str, int]) -> None:
        self.ranking = ranking
        self._number = number

    def asked(
        self, done: Sequence[Done], items: NDArray[np.int64], standing: Mapping[str, NDArray[np.float32]],
        placement: str, now: float,
    ) -> Asked:  # fmt: skip
        """The question about these items, as the training had it: from what the shopper did alone, and not from what
        a page shows."""
        known = (
            Act(who="", item=number, kind=one.type, time=one.time, received=one.time)
            for one in done
            if one.type in WEIGHTS and (number := self._number.get(one.item or "")) is not None
        )
        recall = {source: standing[source] for source in self.ranking.told.features.sources if source in standing}
        return Asked(history=history_of(known, now), candidates=items, recall=recall, now=now, page=placement)

    def score(self, asked: Asked) -> NDArray[np.float32]:
        """(n,) float32 expected value of each, larger is better."""
        return self.ranking.value(asked)

    def drivers(self, asked: Asked) -> list[tuple[Driver, ...]]:
        """What speaks most for each."""
        return self.ranking.drivers(asked)

    def count(self, database: Database, since: tuple[float, float]) -> tuple[float, float]:
        """Take in what was done and shown since, by when it was received and given; how far that goes now.

        What another process writes late, with an earlier time, is met by the next training.
        """
        received, given = since
        for act in acts(database, self._number, received):
            self.ranking.counts.add(act.kind, act.item, act.time)
            received = max(received, act.received)
        for one in lists(database, self._number, MOST_LISTS, given):
            self.ranking.counts.add("shown", one.items, one.time)
            given = max(given, one.time)
        return received, given
