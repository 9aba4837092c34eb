"""What every recommender is: fitted on interactions, it scores all items for histories.

A user is known by what they did, so that one who came after the training, or acted since, is served by the same call
and nothing has to be learnt anew. Implementations register by ``arch.tag`` and run one contract test.
"""

from abc import ABCMeta, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import ClassVar, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import NotFound
from recsys.interactions import History, Interactions

Arrays = Mapping[str, NDArray[np.generic]]
_MODULES = ("popularity", "covisitation", "linear", "neighbours", "factorisation", "content", "sequence", "ensemble")
_REGISTERED: dict[str, type["Recommender"]] = {}
R = TypeVar("R", bound="Recommender")


class Scored(msgspec.Struct, frozen=True):
    """Items by number, best first, with their scores: (k,) int64 and (k,) float32."""

    items: NDArray[np.int64]
    scores: NDArray[np.float32]


class _Kind(type(msgspec.Struct), ABCMeta):  # type: ignore[misc]
    """Structs whose abstract methods are held to."""


class Recommender(msgspec.Struct, metaclass=_Kind, kw_only=True, dict=True):  # type: ignore[metaclass]
    """A recommender; the fields of a subclass are its parameters, which is what ``save`` keeps beside its arrays."""

    tag: ClassVar[str]

    @abstractmethod
    def fit(self: R, seen: Interactions) -> R:
        """Learn from these events; the same events give the same scores."""

    @abstractmethod
    def score(self, histories: Sequence[History]) -> NDArray[np.float32]:
        """(histories, items) float32, finite; larger is better, and 0 or less means nothing speaks for the item."""

    @abstractmethod
    def arrays(self) -> Arrays:
        """All that was learnt."""

    @abstractmethod
    def restore(self, arrays: Arrays) -> None:
        """Take back what :meth:`arrays` gave."""

    def recommend(self, histories: Sequence[History], k: int, *, seen: bool = False) -> list[Scored]:
        """The best ``k`` for each history, ties by number; what it holds itself only where ``seen`` says so."""
        scores = self.score(histories)
        if not seen:
            for row, history in zip(scores, histories, strict=True):
                row[history.items] = -np.inf
        return [best(row, k) for row in scores]

    def session(self, items: Sequence[int], k: int, *, now: float = 0.0, segment: str = "") -> Scored:
        """The best ``k`` for somebody of whom nothing is known but these items, oldest first."""
        return self.recommend([History.of(items, now, segment)], k)[0]

    def similar(self, item: int, k: int) -> Scored:
        """The best ``k`` for somebody who took this item alone."""
        return self.session([item], k)

    def explain(self, history: History, item: int) -> NDArray[np.float32]:
        """(n,) float32: by how much each thing in the history raises the item's score, by leaving it out."""
        if not len(history.items):
            return np.zeros(0, np.float32)
        left_out = [without(history, place) for place in range(len(history.items))]
        scores = self.score([history, *left_out])[:, item]
        return np.asarray(scores[0] - scores[1:], np.float32)

    def save(self, folder: Path) -> None:
        """Write parameters and arrays to ``<tag>.json`` and ``<tag>.npz``; no pickle."""
        folder.mkdir(parents=True, exist_ok=True)
        fields = {name: getattr(self, name) for name in self.__struct_fields__}
        (folder / f"{self.tag}.json").write_bytes(msgspec.json.encode(fields))
        with replacing(folder / f"{self.tag}.npz") as path, path.open("wb") as file:
            np.savez(file, **self.arrays())  # type: ignore[arg-type]

    @classmethod
    def load(cls: type[R], folder: Path) -> R:
        """What :meth:`save` wrote. Raises NotFound."""
        try:
            made = msgspec.json.decode((folder / f"{cls.tag}.json").read_bytes(), type=cls)
            with np.load(folder / f"{cls.tag}.npz", allow_pickle=False) as arrays:
                made.restore({name: arrays[name] for name in arrays.files})
        except FileNotFoundError as error:
            raise NotFound(f"There is no trained {cls.tag} here.", remedy="Run: shopglass recommend train") from error
        return made


def best(scores: NDArray[np.float32], k: int) -> Scored:
    """The k largest finite scores of (items,), ties by number."""
    k = min(k, len(scores))
    threshold = np.partition(scores, len(scores) - k)[len(scores) - k] if k else np.inf
    found = np.flatnonzero((scores >= threshold) & np.isfinite(scores))
    found = found[np.lexsort((found, -scores[found]))][:k]
    return Scored(found, scores[found])


def without(history: History, place: int) -> History:
    """The history less the thing at this place."""
    kept = np.arange(len(history.items)) != place
    return msgspec.structs.replace(
        history, items=history.items[kept], times=history.times[kept], weights=history.weights[kept], user=None
    )


def register(tag: str) -> Callable[[type[R]], type[R]]:
    """Enter a recommender under ``arch.tag``."""

    def enter(kind: type[R]) -> type[R]:
        kind.tag = tag
        _REGISTERED[tag] = kind
        return kind

    return enter


def list_recommenders() -> tuple[str, ...]:
    """The tags there are."""
    for module in _MODULES:
        import_module(f"recsys.recommenders.{module}")
    return tuple(sorted(_REGISTERED))


def recommender(tag: str) -> type[Recommender]:
    """The class of a tag. Raises NotFound, naming those there are."""
    if tag not in list_recommenders():
        raise NotFound(f"There is no recommender {tag}.", remedy=f"There are: {', '.join(list_recommenders())}.")
    return _REGISTERED[tag]
