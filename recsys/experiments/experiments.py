"""The experiments of a service: who is put where, and noted once."""

import queue
import time
from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite

from core.errors import NotFound, ShopglassError
from core.settings import Arm, Experiment, Recsys
from recsys.experiments.assignment import Assigned, bucket
from recsys.experiments.report import ExperimentReport, report
from recsys.log import EventLog
from recsys.tables import ExposureRow

VARIED = tuple(name for name in Arm.model_fields if name not in ("name", "weight", "policy"))


class Experiments:
    """Those of the settings. Safe to share between threads; ``flush`` is to be called now and then.

    A unit is exposed when it is put in an arm, whatever then becomes of its list: an arm that fails must not lose those it
    failed. It stays there when weights change or the key of the hashes does.
    """

    def __init__(self, defined: Sequence[Experiment], events: EventLog) -> None:
        self._defined = {one.id: one for one in defined}
        self._events = events
        self._exposed: queue.SimpleQueue[dict[str, Any]] = queue.SimpleQueue()

    def get(self, id: str) -> Experiment:
        """Raises NotFound."""
        if id not in self._defined:
            raise NotFound(f"There is no experiment {id}.", remedy="Those there are stand in recsys.experiments.")
        return self._defined[id]

    def user(self, id: str, name: str, now: float | None = None) -> Assigned:
        """Put a user in an arm. Raises NotFound."""
        experiment, identity = self.get(id), self._events.identity
        if experiment.unit == "session":
            return Assigned(id, None, "it is by session")
        return self._assign(experiment, (identity.user(name), *identity.former_users(name)), now)

    def session(self, id: str, name: str | None, now: float | None = None) -> Assigned:
        """Put a session in an arm, or whoever signed in within it. Raises NotFound."""
        experiment = self.get(id)
        if name is None:
            return Assigned(id, None, "there is no session")
        if experiment.unit == "session":
            return self._assign(experiment, (self._events.identity.session(name),), now)
        user = self._events.signed_in(name)
        if user is None:
            return Assigned(id, None, "it is by user, and nobody has signed in")
        return self._assign(experiment, (user,), now)

    def rules(self, assigned: Assigned, rules: Recsys) -> Recsys:
        """The rules of an arm: those given but for what the arm says."""
        arms = {one.name: one for one in self.get(assigned.id).arms}
        if assigned.arm is None:
            return rules
        arm = arms[assigned.arm]
        return rules.model_copy(update={name: getattr(arm, name) for name in VARIED if getattr(arm, name) is not None})

    def policy(self, assigned: Assigned) -> str | None:
        """Of an arm: what orders its lists in place of the usual."""
        return next((one.policy for one in self.get(assigned.id).arms if one.name == assigned.arm), None)

    def flush(self) -> None:
        """Write who was exposed, each once. Raises Unavailable, and keeps what it could not write."""
        rows: list[dict[str, Any]] = []
        while not self._exposed.empty():
            rows.append(self._exposed.get())
        if not rows:
            return
        database = self._events.database
        insert = sqlite.insert if database.dialect == "sqlite" else postgresql.insert
        try:
            with database.session() as session:
                session.execute(insert(ExposureRow).on_conflict_do_nothing(), rows)
        except ShopglassError:
            for row in rows:
                self._exposed.put(row)
            raise

    def report(self, id: str, now: float | None = None) -> ExperimentReport:
        """How it stands. Raises NotFound."""
        self.flush()
        return report(self.get(id), self._events.database, time.time() if now is None else now)

    def _assign(self, experiment: Experiment, units: tuple[str, ...], now: float | None) -> Assigned:
        """units: the unit's hash, and those it had before."""
        now = time.time() if now is None else now
        if now < experiment.start.timestamp():
            return Assigned(experiment.id, None, "it has not begun")
        if experiment.end is not None and now >= experiment.end.timestamp():
            return Assigned(experiment.id, None, "it has ended")
        with self._events.database.reading() as session:
            there = session.scalar(
                select(ExposureRow.arm).where(ExposureRow.experiment == experiment.id, ExposureRow.unit.in_(units))
            )
        if there is None:
            there = bucket(self._events.identity, experiment.id, units[0], experiment.arms)
            self._exposed.put({"experiment": experiment.id, "unit": units[0], "arm": there, "time": now})
        if there not in {one.name for one in experiment.arms}:
            return Assigned(experiment.id, None, f"the arm {there} is gone")
        return Assigned(experiment.id, there)
