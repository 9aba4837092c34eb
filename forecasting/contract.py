"""What every forecaster is: fitted on many series, it gives each a distribution over the periods to come.

Each series has its own outcome: where a forecaster cannot do one, that one gets a stated fallback, and no other suffers.
Implementations register by ``arch.tag`` and run one contract test.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import BadRequest, NotFound
from forecasting.series import Series

LEVELS = (0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975)
"""Quantiles that are given unless others are asked for: the ends of the 95, 80 and 50 % intervals, and the median."""

MOST_PERIODS = 1000
_MODULES = ("statistical", "intermittent", "ensemble", "boosting", "neural", "additive")
_REGISTERED: dict[str, type["Forecaster"]] = {}
F = TypeVar("F", bound="Forecaster")
Future = Mapping[str, Mapping[str, NDArray[np.float64]]]
"""What is known of the periods to come: by series and regressor, (horizon,) float64."""


class Forecast(msgspec.Struct, frozen=True, kw_only=True):
    """mean: (h,); quantiles: (h, q) float64, not falling along q, at least 0 for counts; levels: (q,) in (0, 1), rising.

    model: tag of what made it; fallback: why it was not the one asked for, "" where it was.
    """

    id: str
    mean: NDArray[np.float64]
    quantiles: NDArray[np.float64]
    levels: tuple[float, ...]
    model: str
    fallback: str = ""

    def at(self, level: float) -> NDArray[np.float64]:
        """(h,) a quantile, between those given by interpolation. Raises BadRequest outside them."""
        if not self.levels[0] <= level <= self.levels[-1]:
            raise BadRequest(f"The level {level:g} is outside {self.levels[0]:g} to {self.levels[-1]:g}.")
        return np.array([np.interp(level, self.levels, row) for row in self.quantiles])


class Forecaster(ABC):
    """A forecaster. ``parameters`` are what makes one of its class, and what ``save`` keeps beside its arrays."""

    tag: ClassVar[str]

    def fit(self: F, series: Sequence[Series]) -> F:
        """Learn what is common to these series; those that look at each alone have nothing to learn."""
        return self

    @abstractmethod
    def predict(
        self, series: Sequence[Series], horizon: int, levels: Sequence[float] = LEVELS, future: Future | None = None
    ) -> list[Forecast]:
        """One forecast for each, in order. Raises BadRequest for a horizon or levels out of bounds, never for a series."""

    def learnt(self) -> dict[str, Any]:
        """All that was learnt and chosen, as plain values and lists."""
        return {}

    def restore(self, learnt: dict[str, Any]) -> None:
        """Take back what :meth:`learnt` gave."""
        del learnt

    def save(self, folder: Path) -> None:
        """Write what was learnt to ``<tag>.json``."""
        folder.mkdir(parents=True, exist_ok=True)
        with replacing(folder / f"{self.tag}.json") as part:
            part.write_bytes(msgspec.json.encode(self.learnt()))

    @classmethod
    def load(cls: type[F], folder: Path) -> F:
        """What :meth:`save` wrote. Raises NotFound."""
        try:
            learnt = msgspec.json.decode((folder / f"{cls.tag}.json").read_bytes(), type=dict[str, Any])
        except FileNotFoundError as error:
            raise NotFound(f"There is no trained {cls.tag} here.", remedy="Train one first.") from error
        made = cls()
        made.restore(learnt)
        return made


def check(horizon: int, levels: Sequence[float]) -> tuple[float, ...]:
    """The levels, rising. Raises BadRequest."""
    if not 1 <= horizon <= MOST_PERIODS:
        raise BadRequest(f"A horizon of {horizon} periods makes no sense.", remedy=f"Use 1 to {MOST_PERIODS}.")
    if not levels or any(not 0 < level < 1 for level in levels):
        wrong = [level for level in levels if not 0 < level < 1]
        raise BadRequest(
            f"Levels lie between 0 and 1: {wrong[:3] or 'there are none'}.", remedy="Use for instance 0.1."
        )
    return tuple(sorted(set(levels)))


def made(
    series: Series,
    model: str,
    mean: NDArray[np.float64],
    quantiles: NDArray[np.float64],
    levels: tuple[float, ...],
    fallback: str = "",
) -> Forecast:
    """A forecast that keeps the promises: quantiles do not cross, and nothing is below 0 where nothing was."""
    low = 0.0 if (series.quantity >= 0).all() else -np.inf
    rising = np.maximum.accumulate(np.sort(np.maximum(quantiles, low), axis=1), axis=1)
    return Forecast(
        id=series.id, mean=np.maximum(mean, low), quantiles=rising, levels=levels, model=model, fallback=fallback
    )


def fallback(series: Series, horizon: int, levels: tuple[float, ...], why: str) -> Forecast:
    """What any series gets when its forecaster cannot do it: the season before, else the last value, with the spread of
    its own changes."""
    known = series.quantity[np.isfinite(series.quantity)]
    if not len(known):
        zeros = np.zeros(horizon)
        return Forecast(
            id=series.id, mean=zeros, quantiles=np.zeros((horizon, len(levels))), levels=levels, model="zero", fallback=why
        )  # fmt: skip
    season = series.season if len(known) >= 2 * series.season else 1
    last = known[-season:]
    mean = np.array([last[step % season] for step in range(horizon)])
    changes = known[season:] - known[:-season] if len(known) > season else np.zeros(1)
    spread = np.quantile(changes, levels) if len(changes) > 1 else np.zeros(len(levels))
    laps = np.sqrt(1 + np.arange(horizon) // season)
    return made(series, "naive", mean, mean[:, None] + laps[:, None] * spread, levels, why)


def register(tag: str) -> Callable[[type[F]], type[F]]:
    """Enter a forecaster under ``arch.tag``."""

    def enter(kind: type[F]) -> type[F]:
        kind.tag = tag
        _REGISTERED[tag] = kind
        return kind

    return enter


def list_forecasters() -> tuple[str, ...]:
    """The tags there are."""
    for module in _MODULES:
        import_module(f"forecasting.forecasters.{module}")
    return tuple(sorted(_REGISTERED))


def forecaster(tag: str) -> type[Forecaster]:
    """The class of a tag. Raises NotFound, naming those there are."""
    if tag not in list_forecasters():
        raise NotFound(f"There is no forecaster {tag}.", remedy=f"There are: {', '.join(list_forecasters())}.")
    return _REGISTERED[tag]
