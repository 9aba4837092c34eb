"""How an experiment stands."""

from datetime import UTC, datetime
from typing import Literal

import msgspec
import numpy as np

from core import Database
from core.settings import Experiment, Metric
from recsys.experiments.cuped import adjusted
from recsys.experiments.mismatch import Mismatch, mismatch
from recsys.experiments.outcomes import Outcomes, exposed, outcomes
from recsys.experiments.power import Needed, needed
from recsys.experiments.sequential import Estimate, difference

Verdict = Literal["better", "worse", "open", "kept", "broken"]


class ArmCount(msgspec.Struct, frozen=True):
    """weight: share of units that it should have; exposed: units in it; counted: those whose days are over."""

    name: str
    weight: float
    exposed: int
    counted: int


class Effect(msgspec.Struct, frozen=True):
    """One metric of one arm beside the first arm.

    first, mean: of the outcomes by unit; plain: their difference; adjusted: the same less what was known before, None where
    nothing was; correlation: of the outcome with the same before. verdict: by the adjusted one if there is one. Of a
    guardrail: kept once no loss beyond its margin is left in the interval, broken once nothing else is.
    """

    metric: str
    role: Literal["primary", "guardrail", "other"]
    arm: str
    first: float | None
    mean: float | None
    plain: Estimate | None
    adjusted: Estimate | None
    correlation: float
    verdict: Verdict


class ExperimentReport(msgspec.Struct, frozen=True):
    """arms: the first is what the others are compared with; level: chance that any interval of a metric ever misses;
    broken: arms and guardrails, as "arm: metric"; needed: units for the effect of the settings in the primary metric, None
    while its mean is not known or 0; until: units exposed after it do not count yet."""

    id: str
    unit: Literal["user", "session"]
    start: datetime
    end: datetime | None
    until: datetime
    level: float
    arms: tuple[ArmCount, ...]
    mismatch: Mismatch
    effects: tuple[Effect, ...]
    broken: tuple[str, ...]
    needed: Needed | None


def report(experiment: Experiment, database: Database, now: float) -> ExperimentReport:
    """As of ``now``, in Unix seconds. With more than two arms, each comparison has its part of the level (Bonferroni)."""
    counts = exposed(experiment, database)
    told = [(one, outcomes(experiment, one, database, now)) for one in experiment.metrics]
    effects = tuple(_effect(experiment, metric, found, arm) for metric, found in told for arm in range(1, len(counts)))
    total = sum(one.weight for one in experiment.arms)
    arms = tuple(
        ArmCount(arm.name, arm.weight / total, count, len(told[0][1].after[place]))
        for place, (arm, count) in enumerate(zip(experiment.arms, counts, strict=True))
    )
    (primary,) = ((metric, found) for metric, found in told if metric.role == "primary")
    return ExperimentReport(
        id=experiment.id, unit=experiment.unit, start=experiment.start, end=experiment.end,
        until=datetime.fromtimestamp(now - experiment.days * 86_400, UTC), level=experiment.level, arms=arms,
        mismatch=mismatch(counts, [one.weight for one in experiment.arms]), effects=effects,
        broken=tuple(f"{one.arm}: {one.metric}" for one in effects if one.verdict == "broken"),
        needed=_needed(experiment, primary[1]),
    )  # fmt: skip


def _effect(experiment: Experiment, metric: Metric, found: Outcomes, arm: int) -> Effect:
    pair = found.after[0], found.after[arm]
    level = experiment.level / (len(experiment.arms) - 1)
    plain = difference(*pair, level, experiment.units)
    steady, correlation = None, 0.0
    if plain is not None:
        less, correlation = adjusted(pair, (found.before[0], found.before[arm]))
        steady = difference(less[0], less[1], level, experiment.units) if correlation else None
    first, mean = (float(one.mean()) if len(one) else None for one in pair)
    verdict = _verdict(metric, steady or plain, first or 0.0)
    name = experiment.arms[arm].name
    return Effect(metric.name, metric.role, name, first, mean, plain, steady, correlation, verdict)


def _verdict(metric: Metric, found: Estimate | None, first: float) -> Verdict:
    if found is None:
        return "open"
    low, high = (found.low, found.high) if metric.better == "higher" else (-found.high, -found.low)
    if metric.role == "guardrail":
        least = -metric.margin * abs(first)
        return "broken" if high < least else "kept" if low > least else "open"
    return "better" if low > 0 else "worse" if high < 0 else "open"


def _needed(experiment: Experiment, found: Outcomes) -> Needed | None:
    """For the first arm and the second."""
    first = found.after[0]
    if len(first) < 2 or not first.mean():
        return None
    weights = [one.weight for one in experiment.arms[:2]]
    return needed(
        float(np.std(first, ddof=1)), experiment.effect * float(first.mean()), level=experiment.level,
        power=experiment.power, share=weights[1] / sum(weights), correlation=adjusted([first], [found.before[0]])[1],
    )  # fmt: skip
