"""What every price policy is: from states to proposals with the expected effect and a reason.

A policy advises; nothing is a price before the rails have seen it. Implementations register by ``arch.tag`` and run one
contract test. Time comes in as an argument.
"""

import hashlib
from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from importlib import import_module
from math import isfinite
from pathlib import Path
from typing import ClassVar, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import BadPrice, NotFound
from pricing.effects import demand_at, profit_of
from pricing.money import Money
from pricing.states import Fault, Interval, Rival, State, fault_of

__all__ = ["Advice", "Fault", "Interval", "Outcome", "Policy", "Proposal", "Rival", "State"]

Arrays = Mapping[str, NDArray[np.generic]]
_MODULES = ("rules", "optimum", "stock", "ladder", "tabular", "dqn")
_REGISTERED: dict[str, type["Policy"]] = {}
P = TypeVar("P", bound="Policy")


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A price that a policy would ask. It is not yet through the rails.

    demand: units a day at that price; profit: a day, in minor units of the currency; profit_now: the same at the present
    price. reason: one sentence; codes: stable, in kebab case, first the main one. policy, version: tag and digest of
    what was learnt and set.
    """

    product: str
    price: Money
    current: Money
    demand: Interval
    profit: Interval
    profit_now: float
    reason: str
    codes: tuple[str, ...]
    policy: str
    version: str
    at: datetime


class Advice(msgspec.Struct, frozen=True):
    """What an implementation says of one state. price: minor units, not yet rounded; demand: None for the state's own curve."""

    price: float
    reason: str
    codes: tuple[str, ...]
    demand: Interval | None = None


class Outcome(msgspec.Struct, frozen=True):
    """What came of a price: it was asked for ``days`` from ``state.at`` on, and ``sold`` units went; ``after`` is the next state."""

    state: State
    price: Money
    sold: float
    days: float = 1.0
    after: State | None = None


class _Kind(type(msgspec.Struct), ABCMeta):  # type: ignore[misc]
    """Structs whose abstract methods are held to."""


class Policy(msgspec.Struct, metaclass=_Kind, kw_only=True, dict=True):  # type: ignore[metaclass]
    """A price policy; the fields of a subclass are its parameters, which is what ``save`` keeps beside its arrays."""

    tag: ClassVar[str]

    @abstractmethod
    def advise(self, states: Sequence[State], now: datetime) -> list[Advice]:
        """One advice for each state, all of which are sound."""

    def fit(self: P, log: Sequence[Outcome]) -> P:
        """Learn from decisions of the past; a rule has nothing to learn. The same log gives the same policy."""
        return self

    def learn(self, outcomes: Sequence[Outcome]) -> None:
        """Learn from what came of the latest prices."""

    def arrays(self) -> Arrays:
        """All that was learnt."""
        return {}

    def restore(self, arrays: Arrays) -> None:
        """Take back what :meth:`arrays` gave."""

    def propose(self, states: Sequence[State], now: datetime) -> list[Proposal | Fault]:
        """A proposal, or what is wrong, for each state, in their order."""
        if now.tzinfo is None:
            raise BadPrice("The time of a decision must name its time zone.")
        answers: list[Proposal | Fault | None] = [fault_of(state, now) for state in states]
        sound = [state for state, fault in zip(states, answers, strict=True) if fault is None]
        advices = iter(self.advise(sound, now) if sound else ())
        version = self.version
        return [
            answer if answer is not None else _proposal(state, next(advices), self.tag, version, now)
            for state, answer in zip(states, answers, strict=True)
        ]

    @property
    def version(self) -> str:
        """Digest of parameters and of what was learnt, 12 hex digits."""
        digest = hashlib.sha256(msgspec.json.encode(self._fields()))
        for name, array in sorted(self.arrays().items()):
            digest.update(name.encode() + np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()[:12]

    def save(self, folder: Path) -> None:
        """Write parameters and arrays to ``<tag>.json`` and ``<tag>.npz``; no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.tag}.json").write_bytes(msgspec.json.encode(self._fields()))
        with replacing(folder / f"{self.tag}.npz") as path, path.open("wb") as file:
            np.savez(file, **self.arrays())  # type: ignore[arg-type]

    @classmethod
    def load(cls: type[P], folder: Path) -> P:
        """What :meth:`save` wrote. Raises NotFound."""
        try:
            made = msgspec.json.decode((folder / f"{cls.tag}.json").read_bytes(), type=cls)
            with np.load(folder / f"{cls.tag}.npz", allow_pickle=False) as arrays:
                made.restore({name: arrays[name] for name in arrays.files})
        except FileNotFoundError as error:
            raise NotFound(f"There is no saved {cls.tag} here.", remedy="Fit one, and save it.") from error
        return made

    def _fields(self) -> dict[str, object]:
        return {name: getattr(self, name) for name in self.__struct_fields__}


def _proposal(state: State, advice: Advice, tag: str, version: str, now: datetime) -> Proposal | Fault:
    if not (isfinite(advice.price) and advice.price > 0):
        return Fault(state.product, "no-price", f"{tag} found no price: {advice.reason}")
    price = Money(max(round(advice.price), 1), state.price.currency)
    demand = advice.demand or demand_at(state, price.minor)
    return Proposal(
        product=state.product, price=price, current=state.price, demand=demand, profit=profit_of(state, price.minor, demand),
        profit_now=profit_of(state, state.price.minor, demand_at(state, state.price.minor)).mean,
        reason=advice.reason, codes=advice.codes, policy=tag, version=version, at=now,
    )  # fmt: skip


def register(tag: str) -> Callable[[type[P]], type[P]]:
    """Enter a policy under ``arch.tag``."""

    def enter(kind: type[P]) -> type[P]:
        kind.tag = tag
        _REGISTERED[tag] = kind
        return kind

    return enter


def list_policies() -> tuple[str, ...]:
    """The tags there are."""
    for module in _MODULES:
        import_module(f"pricing.policies.{module}")
    return tuple(sorted(_REGISTERED))


def policy(tag: str) -> type[Policy]:
    """The class of a tag. Raises NotFound, naming those there are."""
    if tag not in list_policies():
        raise NotFound(f"There is no price policy {tag}.", remedy=f"There are: {', '.join(list_policies())}.")
    return _REGISTERED[tag]
