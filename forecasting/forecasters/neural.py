"""One network for many series: an LSTM that is looked back at, with an embedding of each series, and what is known ahead.

As in :mod:`forecasting.forecasters.boosting`, the effects of price, promotion and display that a regression finds are a factor
of what a window is told in, unless ``offset`` is off; the network sees them too, and learns what is left.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import NotFound
from forecasting.calendar import holiday
from forecasting.conformal import GRID, Levels
from forecasting.contract import LEVELS, Forecast, Forecaster, Future, check, fallback, made, register
from forecasting.deep.windows import CALENDAR, Batch, History, Windows, calendar, ready
from forecasting.effects import effects, uncensored
from forecasting.plans import planned
from forecasting.series import Series

if TYPE_CHECKING:
    from forecasting.deep.heads import Head, Kind
    from forecasting.deep.network import Encoder, Network

LEAST = 8
"""Periods of a history below which it gets its fallback."""

FEWEST = 50
"""Windows below which nothing is learnt, and every series gets its fallback."""

ROWS = 3_000_000
"""Periods of training at most, the latest of each series: 0.5 GiB of features."""

_JUDGED = 200
_WHOLE = 0.9
_NOMINAL = np.concatenate([[0.001], GRID, [0.999]])


class Choices(msgspec.Struct, frozen=True, kw_only=True):
    """How a network is made and trained.

    context: periods that it sees; forget: share of series told as unknown in training; offset: whether effects found by
    regression are taken out; epochs, patience, windows, batch, rate, clip, decay: as of :class:`forecasting.deep.training.Course`.
    """

    encoder: "Encoder" = "attention"
    head: "Kind" = "negative-binomial"
    context: int = 56
    hidden: int = 40
    embedding: int = 8
    heads: int = 4
    dropout: float = 0.1
    forget: float = 0.15
    offset: bool = True
    epochs: int = 20
    patience: int = 4
    windows: int = 8192
    batch: int = 128
    rate: float = 2e-3
    clip: float = 1.0
    decay: float = 1e-3


@register("lstm.attention")
class Neural(Forecaster):
    """horizon: periods ahead that it is trained for; country: whose holidays count; learnt with one thread and the seed, so that
    it comes out the same again."""

    encoder: ClassVar["Encoder"] = "attention"

    def __init__(self, horizon: int = 28, choices: Choices | None = None, country: str = "AT", seed: int = 7) -> None:
        self.horizon = horizon
        self.choices = choices or Choices(encoder=self.encoder)
        self.country = country
        self.seed = seed
        self.names: tuple[str, ...] = ()
        self.usual: dict[str, tuple[float, float]] = {}
        self.ids: dict[str, int] = {}
        self.groups: dict[str, dict[str, int]] = {}
        self.levels: Levels | None = None
        self.losses: list[float] = []
        self._network: Network | None = None

    # Learning

    def fit(self, series: Sequence[Series]) -> "Neural":
        from forecasting.deep.training import ask, finish, repeatable, train

        self._network = None
        usable = [one for one in series if not self._unfit(one) and len(one) > self.horizon + LEAST]
        if sum(len(one) - self.horizon - LEAST for one in usable) < FEWEST:
            return self
        deepest = max(self.choices.context + 2 * self.horizon, ROWS // len(usable))
        usable = [one.tail(max(0, len(one) - deepest)) for one in usable]
        self.names = tuple(sorted({name for one in usable for name in one.regressors}))
        told = {name: np.concatenate([one.regressors[name] for one in usable if name in one.regressors]) for name in self.names}  # fmt: skip
        self.usual = {name: (float(one.mean()), float(one.std()) or 1.0) for name, one in told.items()}
        self.ids = {name: at + 1 for at, name in enumerate(dict.fromkeys(one.id for one in usable))}
        self.groups = {
            level: {name: at + 1 for at, name in enumerate(sorted({one.groups[level] for one in usable if level in one.groups}))}
            for level in sorted({level for one in usable for level in one.groups})
        }  # fmt: skip
        nothing = [planned(one, self.names, self.horizon, None) for one in usable]
        windows = Windows(self._ready(usable, nothing), self.choices.context, self.horizon)
        course = self._course()
        with repeatable(self.seed):
            network, head = self._made(), self._head()
            self.losses = train(network, head, windows, LEAST, course, self.seed)
            every = np.arange(len(usable))
            held = windows.batch(every, windows.length - self.horizon)
            self._calibrate(head, ask(network, held), held)
            finish(network, head, windows, LEAST, course, self.seed)
        self._network = network
        return self

    def _unfit(self, series: Series) -> str:
        """Why nothing can be made of a series, "" where something can."""
        if len(series) < LEAST:
            return "too short"
        if not np.isfinite(series.quantity).all():
            return "not all of it is known"
        if not series.quantity.any():
            return "it never sold anything"
        if (series.quantity == series.quantity[0]).all():
            return "it never changed"
        if self.choices.head == "negative-binomial" and (series.quantity < 0).any():
            return "less than nothing has no negative binomial distribution"
        for name, values in series.regressors.items():
            if len(values) != len(series) or not np.isfinite(values).all():
                return f"{name} is not told for all of its periods"
        return ""

    def _ready(self, series: Sequence[Series], plans: Sequence[dict[str, NDArray[np.float64]]]) -> list[History]:
        known = None
        if self.choices.offset or any(one.stock_out is not None and one.stock_out.any() for one in series):
            known = effects(series, [holiday(one, 0, len(one), self.country) for one in series])
        dates: dict[tuple[object, ...], NDArray[np.float32]] = {}
        found = []
        for at, (one, plan) in enumerate(zip(series, plans, strict=True)):
            n, total = len(one), len(one) + self.horizon
            key = (one.start, one.frequency, total)
            if key not in dates:
                dates[key] = calendar(one, total, self.country)
            regressors = {
                name: np.concatenate([one.regressors.get(name, np.zeros(n)), _stretched(plan[name], self.horizon)])
                for name in self.names
            }
            there = {name: values for name, values in regressors.items() if name in one.regressors}
            factor = known[at].factor(there, total) if known and self.choices.offset else np.ones(total)
            whole = uncensored(one, known[at]) if known else one
            columns = [self._column(name, values, n, name in there) for name, values in regressors.items()]
            codes = [
                self.ids.get(one.id, 0),
                *(members.get(one.groups.get(level, ""), 0) for level, members in self.groups.items()),
            ]
            certain = np.ones(n, bool) if one.stock_out is None else ~one.stock_out
            table = np.concatenate([dates[key], np.stack(columns, axis=1)], axis=1) if columns else dates[key]
            found.append(ready(whole, factor, table.astype(np.float32), codes, certain, _unit(one)))
        return found

    def _column(self, name: str, values: NDArray[np.float64], known: int, there: bool) -> NDArray[np.float64]:
        """A regressor as the network sees it: prices as log of their ratio to the series' usual one."""
        if name.endswith("price"):
            usual = float(np.median(values[:known]))
            return (
                np.log(np.maximum(values, 1e-6) / usual).clip(-3, 3) if there and usual > 0 else np.zeros(len(values))
            )
        if name in ("promotion", "display"):
            return values
        mean, spread = self.usual[name]
        return np.asarray(np.clip((values - mean) / spread, -5, 5)) if there else np.zeros(len(values))

    def _calibrate(self, head: "Head", raw: NDArray[np.float64], held: Batch) -> None:
        """Levels that cover what they say on what was held back."""
        certain = held.weight > 0
        self.levels = None
        if certain.sum() >= _JUDGED:
            covered = head.covered(raw[certain], held.target[certain], held.scale[certain], _NOMINAL)
            self.levels = Levels.of(covered, _NOMINAL)

    def _course(self) -> Any:
        from forecasting.deep.training import Course

        return Course(**{name: getattr(self.choices, name) for name in Course.__struct_fields__})

    def _head(self) -> "Head":
        from forecasting.deep.heads import HEADS

        return HEADS[self.choices.head]()

    def _made(self) -> "Network":
        from forecasting.deep.network import Network, Sizes

        own, columns = self.choices, CALENDAR + len(self.names)
        return Network(
            Sizes(
                encoder=own.encoder, past=2 + columns, future=4 + columns, fixed=3, outputs=self._head().outputs,
                codes=(len(self.ids), *(len(members) for members in self.groups.values())), hidden=own.hidden,
                embedding=own.embedding, heads=own.heads, dropout=own.dropout, forget=own.forget,
            )
        )  # fmt: skip

    # Asking

    def predict(
        self, series: Sequence[Series], horizon: int, levels: Sequence[float] = LEVELS, future: Future | None = None
    ) -> list[Forecast]:
        asked = check(horizon, levels)
        found: list[Forecast | None] = [None] * len(series)
        places: list[int] = []
        plans: list[dict[str, NDArray[np.float64]]] = []
        for place, one in enumerate(series):
            why = "nothing was learnt" if self._network is None else self._unfit(one)
            if not why and horizon > self.horizon:
                why = f"a horizon over {self.horizon}"
            if not why:
                try:
                    plans.append(planned(one, self.names, horizon, future))
                    places.append(place)
                except ValueError as error:
                    why = str(error)
            if why:
                found[place] = fallback(one, horizon, asked, f"{self.tag}: {why}")
        if places and self._network is not None:
            self._ask([series[place] for place in places], plans, places, horizon, asked, found)
        return [one for one in found if one is not None]

    def _ask(self, series: list[Series], plans: list[dict[str, NDArray[np.float64]]], places: list[int], horizon: int, levels: tuple[float, ...], found: list[Forecast | None]) -> None:  # fmt: skip
        from forecasting.deep.training import ask, repeatable

        assert self._network is not None
        deepest = self.choices.context + 2 * 366
        histories = self._ready(series, plans)
        windows = Windows([_latest(one, deepest) for one in histories], self.choices.context, self.horizon)
        batch = windows.batch(np.arange(len(series)), windows.length)
        with repeatable(self.seed):
            raw = ask(self._network, batch)[:, :horizon]
        head, nominal = self._head(), np.array(levels) if self.levels is None else self.levels.ask(levels)
        scale = batch.scale[:, :horizon]
        means, quantiles = head.mean(raw, scale), head.quantiles(raw, scale, nominal)
        for at, (place, one) in enumerate(zip(places, series, strict=True)):
            unit, most = _unit(one), 10 * float(np.abs(one.quantity).max())
            # what no history says is no forecast, whatever the network makes of a series unlike all others
            found[place] = made(one, self.tag, np.minimum(unit * means[at], most), np.minimum(unit * quantiles[at], most), levels)  # fmt: skip

    # On disk

    def learnt(self) -> dict[str, Any]:
        levels = None if self.levels is None else [self.levels.asked.tolist(), self.levels.nominal.tolist()]
        kept = ("horizon", "country", "seed", "names", "usual", "ids", "groups", "losses")
        own = {name: getattr(self, name) for name in kept}
        return {
            **own,
            "choices": msgspec.to_builtins(self.choices),
            "levels": levels,
            "trained": self._network is not None,
        }

    def restore(self, learnt: dict[str, Any]) -> None:
        for name in ("horizon", "country", "seed", "ids", "groups", "losses"):
            setattr(self, name, learnt[name])
        self.names = tuple(learnt["names"])
        self.usual = {name: (mean, spread) for name, (mean, spread) in learnt["usual"].items()}
        self.choices = Choices(**learnt["choices"])
        self.levels = None if learnt["levels"] is None else Levels(*(np.array(one) for one in learnt["levels"]))
        self._network = self._made() if learnt["trained"] else None

    def save(self, folder: Path) -> None:
        """``<tag>.json``, and the network's tensors in ``<tag>.safetensors``."""
        super().save(folder)
        if self._network is not None:
            from safetensors.torch import save

            with replacing(folder / f"{self.tag}.safetensors") as part:
                part.write_bytes(save(self._network.state_dict()))

    @classmethod
    def load(cls, folder: Path) -> "Neural":
        made = super().load(folder)
        if made._network is not None:
            from safetensors.torch import load_file

            try:
                made._network.load_state_dict(load_file(folder / f"{cls.tag}.safetensors"))
            except FileNotFoundError as error:
                raise NotFound(f"There is no trained {cls.tag} here.", remedy="Train one first.") from error
        return made


@register("lstm.transformer")
class Transforming(Neural):
    """The same, with a transformer over what the LSTM says and the periods to come."""

    encoder = "transformer"


def _unit(series: Series) -> float:
    """What is counted: pieces, and of what is no count a thousandth of its mean, as a negative binomial needs something to
    count. Periods that were filled up or drawn in may be no whole numbers."""
    known = series.quantity if series.stock_out is None else series.quantity[~series.stock_out]
    whole = float(np.mean(known == np.round(known))) if len(known) else 0.0
    return 1.0 if whole > _WHOLE else max(1e-12, float(np.abs(series.quantity).mean()) / 1000)


def _stretched(values: NDArray[np.float64], periods: int) -> NDArray[np.float64]:
    """To so many periods: the last stays."""
    return np.concatenate([values, np.full(max(0, periods - len(values)), values[-1])])[:periods]


def _latest(history: History, periods: int) -> History:
    first = max(0, len(history.quantity) - periods)
    parts = {name: getattr(history, name)[first:] for name in ("quantity", "factor", "certain", "known")}
    return msgspec.structs.replace(history, **parts)
