"""What every ranker is: fitted on lists that were shown, it says how ready a shopper is for each candidate.

Three tasks in a chain: the click of something looked at, the cart of something clicked, the purchase of something in the
cart. Their product over the chain is a probability over all that is shown (Ma et al., "Entire Space Multi-Task Model",
SIGIR 2018). Implementations register by ``arch.tag`` and run one contract test.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, fields
from importlib import import_module
from pathlib import Path
from typing import ClassVar, Self, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from core.errors import NotFound
from recsys.ranking.examples import Examples
from recsys.ranking.features import Features, Table

TASKS = ("click", "add_to_cart", "purchase")
_MODULES = ("trees", "nets")
_REGISTERED: dict[str, type["Ranker"]] = {}
K = TypeVar("K", bound="Ranker")


@dataclass(kw_only=True)
class Ranker(ABC):
    """A ranker; the fields of a subclass are its parameters. seed: the same examples and seed give the same ranker."""

    tag: ClassVar[str]
    seed: int = 7

    @abstractmethod
    def fit(self, features: Features, train: Examples, validation: Examples) -> Self:
        """Learn from ``train``; ``validation`` says when to stop."""

    @abstractmethod
    def logits(self, table: Table) -> NDArray[np.float32]:
        """(n, 3) float32, finite: how ready by task, each given the one before it; larger is readier. No position is
        in them: they are comparable over all places of a list, and become probabilities by calibration."""

    @abstractmethod
    def contributions(self, table: Table) -> NDArray[np.float32]:
        """(n, columns) float32: by how much each feature raises the first of :meth:`logits` above the usual."""

    @abstractmethod
    def write(self, folder: Path) -> None:
        """Write all that was learnt; no pickle."""

    @abstractmethod
    def read(self, folder: Path) -> None:
        """Take back what :meth:`write` wrote."""

    def save(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.tag}.json").write_bytes(
            msgspec.json.encode({field.name: getattr(self, field.name) for field in fields(self)})
        )
        self.write(folder)

    @classmethod
    def load(cls, folder: Path) -> Self:
        """What :meth:`save` wrote. Raises NotFound."""
        try:
            made = cls(**msgspec.json.decode((folder / f"{cls.tag}.json").read_bytes()))
            made.read(folder)
        except FileNotFoundError as error:
            raise NotFound(f"There is no trained {cls.tag} here.", remedy="Run: shopglass recommend train") from error
        return made


def register(tag: str) -> Callable[[type[K]], type[K]]:
    """Enter a ranker under ``arch.tag``."""

    def enter(kind: type[K]) -> type[K]:
        kind.tag = tag
        _REGISTERED[tag] = kind
        return kind

    return enter


def list_rankers() -> tuple[str, ...]:
    """The tags there are."""
    for module in _MODULES:
        import_module(f"recsys.ranking.{module}")
    return tuple(sorted(_REGISTERED))


def ranker(tag: str) -> type[Ranker]:
    """The class of a tag. Raises NotFound, naming those there are."""
    if tag not in list_rankers():
        raise NotFound(f"There is no ranker {tag}.", remedy=f"There are: {', '.join(list_rankers())}.")
    return _REGISTERED[tag]
