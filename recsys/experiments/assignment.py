"""Which arm a unit is in: always the same one, evenly by weight, and told by nobody without the key."""

from collections.abc import Sequence
from itertools import accumulate

import msgspec

from core.settings import Arm
from recsys.identity import Identity


class Assigned(msgspec.Struct, frozen=True):
    """id: of the experiment; arm: None for a list by the service's own settings, and then the reason."""

    id: str
    arm: str | None = None
    reason: str | None = None


def bucket(identity: Identity, experiment: str, unit: str, arms: Sequence[Arm]) -> str:
    """The name of the arm that a unit falls into, by a keyed hash of both names."""
    share = identity.share(f"experiment {experiment}", unit)
    bounds = list(accumulate(arm.weight for arm in arms))
    for arm, bound in zip(arms, bounds, strict=True):
        if share * bounds[-1] < bound:
            return arm.name
    return arms[-1].name
