"""What the units of an experiment did, from stored events."""

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Float, and_, case, cast, func, literal, select

from core import Database
from core.settings import Experiment, Metric
from recsys.interactions import DAY
from recsys.tables import EventRow, ExposureRow


class Outcomes(msgspec.Struct, frozen=True):
    """By arm, (units,) float64 each: what came after the exposure, and what was before."""

    after: tuple[NDArray[np.float64], ...]
    before: tuple[NDArray[np.float64], ...]


def exposed(experiment: Experiment, database: Database) -> tuple[int, ...]:
    """Units by arm."""
    query = (
        select(ExposureRow.arm, func.count()).where(ExposureRow.experiment == experiment.id).group_by(ExposureRow.arm)
    )
    with database.reading() as session:
        found = {str(arm): int(count) for arm, count in session.execute(query).all()}
    return tuple(found.get(arm.name, 0) for arm in experiment.arms)


def outcomes(experiment: Experiment, metric: Metric, database: Database, now: float) -> Outcomes:
    """Of the units whose days are over at ``now``, in Unix seconds: their outcome is fixed, and each joins once and for good,
    as intervals that hold at every look ask for."""
    who = EventRow.user if experiment.unit == "user" else EventRow.session
    amount = (
        cast(func.coalesce(EventRow.price, 0.0) * EventRow.quantity, Float)
        if metric.counts == "money"
        else literal(1.0, Float)
    )
    sums = [
        func.coalesce(func.sum(case((side, amount), else_=0.0)), 0.0)
        for side in (EventRow.time >= ExposureRow.time, EventRow.time < ExposureRow.time)
    ]
    near = and_(
        who == ExposureRow.unit,
        EventRow.type == metric.event,
        EventRow.time >= ExposureRow.time - experiment.before * DAY,
        EventRow.time < ExposureRow.time + experiment.days * DAY,
    )
    query = (
        select(ExposureRow.arm, *sums)
        .outerjoin(EventRow, near)
        .where(ExposureRow.experiment == experiment.id, ExposureRow.time <= now - experiment.days * DAY)
        .group_by(ExposureRow.unit, ExposureRow.arm)
    )
    found: dict[str, list[tuple[float, float]]] = {arm.name: [] for arm in experiment.arms}
    with database.reading() as session:
        for arm, after, before in session.execute(query):
            if arm in found:
                found[arm].append((after, before))
    columns = [np.array(rows, np.float64).reshape(-1, 2) for rows in found.values()]
    if metric.counts == "any":
        columns = [np.minimum(one, 1.0) for one in columns]
    return Outcomes(tuple(one[:, 0] for one in columns), tuple(one[:, 1] for one in columns))
