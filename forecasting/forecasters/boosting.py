"""One model for many series: gradient boosting on lags, windows and calendar, of demand less what price and promotion did.

Effects of price, promotion and display come from a regression (:mod:`forecasting.effects`), are taken out of the history and
put back for what is planned: so a price that was low for long is not taken for a level, and a question of what would be has
an answer. What is left, of a period, is told as a factor of the series' own level, so that large and small series teach each other; the mean is
fitted with a Tweedie loss (Jørgensen, 1987), which suits counts with many zeros; quantiles come from the errors of a part
held back, by step and scale. For the periods to come, lags reach back beyond the horizon only: one pass, nothing fed back.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from core import replacing
from core.errors import NotFound
from forecasting.calendar import holiday
from forecasting.conformal import GRID, Levels
from forecasting.contract import LEVELS, Forecast, Forecaster, Future, check, fallback, made, register
from forecasting.effects import NAMES, Effects, effects, uncensored
from forecasting.plans import planned
from forecasting.series import Series

WINDOWS = (7, 28, 91)
MOST = 50.0
"""Times its own level that a period counts for at most: a leap beyond that teaches nothing of other series."""

LEAST = 200
"""Rows of training below which nothing is learnt, and every series gets its fallback."""

ROWS = 1_500_000
"""Rows of training at most, the latest of each series: 0.4 GiB of features."""

Rows = NDArray[np.float32]
_DAYS = 365.25


@register("boosting.global")
class Boosting(Forecaster):
    """horizon: periods ahead that it is trained for; leaves, rounds: of the trees; country: whose holidays count."""

    def __init__(
        self, horizon: int = 28, leaves: int = 63, rounds: int = 300, country: str = "AT", seed: int = 7
    ) -> None:
        self.horizon = horizon
        self.leaves = leaves
        self.rounds = rounds
        self.country = country
        self.seed = seed
        self.names: tuple[str, ...] = ()
        self.groups: dict[str, list[str]] = {}
        self.text = ""
        self.spread: NDArray[np.float64] = np.ones(1)
        self.levels: Levels | None = None
        self._model: Any = None

    # Learning

    def fit(self, series: Sequence[Series]) -> "Boosting":
        import lightgbm

        usable = [one for one in series if len(one) >= self.horizon + 2 * WINDOWS[0]]
        if not usable:
            return self
        self.names = tuple(sorted({name for one in usable for name in one.regressors}))
        known = self._without_effects(usable)
        levels = sorted({level for one in usable for level in one.groups})
        self.groups = {level: sorted({one.groups.get(level, "") for one in usable}) for level in levels}
        deepest = max(2 * WINDOWS[-1], ROWS // len(usable))
        held = self.horizon
        rows: list[Rows] = []
        targets: list[NDArray[np.float64]] = []
        late: list[NDArray[np.bool_]] = []
        scales: list[NDArray[np.float64]] = []
        factors: list[NDArray[np.float64]] = []
        certain: list[NDArray[np.bool_]] = []
        for original, (one, own) in zip(usable, known, strict=True):
            first = max(self.horizon + WINDOWS[0], len(one) - deepest)
            features, level = self._features(one, first, len(one), {})
            told = np.minimum(one.quantity[first:] / level, MOST)
            rows.append(features)
            targets.append(told)
            late.append(np.arange(first, len(one)) >= len(one) - held)
            scales.append(level)
            factors.append(own.factor(original.regressors, len(original))[first:])
            certain.append(np.ones(len(told), bool) if original.stock_out is None else ~original.stock_out[first:])
        table, target = np.concatenate(rows), np.concatenate(targets)
        last, scale = np.concatenate(late), np.concatenate(scales)
        pieces = scale * np.concatenate(factors)
        if (~last).sum() < LEAST:
            return self
        parameters = {
            "objective": "tweedie", "tweedie_variance_power": 1.2, "num_leaves": self.leaves, "learning_rate": 0.06,
            "min_data_in_leaf": 60, "feature_fraction": 0.8, "bagging_fraction": 0.8, "bagging_freq": 1, "lambda_l2": 1.0,
            "seed": self.seed, "deterministic": True, "force_row_wise": True, "verbosity": -1, "num_threads": 0,
        }  # fmt: skip
        groups = list(range(table.shape[1] - len(self.groups), table.shape[1]))
        # A series counts by the root of its level: by its pieces the large would be all, as factors the small would.
        weight = np.sqrt(np.maximum(scale, 0.05))
        whole = lightgbm.Dataset(table, target, weight=weight, categorical_feature=groups, free_raw_data=False)
        early = lightgbm.train(parameters, whole.subset(np.flatnonzero(~last)), self.rounds)
        held_back = last & np.concatenate(certain)
        self._calibrate(np.asarray(early.predict(table[held_back])) * pieces[held_back], (target * pieces)[held_back])
        self._model = lightgbm.train(parameters, whole, self.rounds)
        self.text = self._model.model_to_string()
        return self

    def _calibrate(self, mean: NDArray[np.float64], actual: NDArray[np.float64]) -> None:
        """Variance over mean by size of mean, and levels that cover what they say on what was held back."""
        if not len(mean):
            return
        from scipy.stats import nbinom

        cuts = np.quantile(mean, np.linspace(0, 1, 9))
        place = np.clip(np.searchsorted(cuts, mean) - 1, 0, 7)
        over = [
            np.mean((actual - mean)[place == one] ** 2) / max(np.mean(mean[place == one]), 1e-9)
            for one in range(8)
            if (place == one).any()
        ]
        centres = [np.mean(mean[place == one]) for one in range(8) if (place == one).any()]
        self.spread = np.array([centres, np.maximum(over, 1.02)])
        step = max(1, len(mean) // 20_000)
        some, told = mean[::step], actual[::step]
        spread = self._spread(some)
        nominal = np.concatenate([[0.001], GRID, [0.999]])
        covered = [
            float(np.mean(told <= nbinom.ppf(level, np.maximum(some, 1e-9) / (spread - 1), 1 / spread)))
            for level in nominal
        ]
        self.levels = Levels.of(np.array(covered), nominal)

    def _spread(self, mean: NDArray[np.float64]) -> NDArray[np.float64]:
        if self.spread.ndim == 1:
            return np.full(len(mean), 1.5)
        return np.asarray(np.interp(mean, self.spread[0], self.spread[1]))

    @property
    def others(self) -> tuple[str, ...]:
        """Regressors that have no effect by regression: features like others."""
        return tuple(name for name in self.names if name not in NAMES)

    def _without_effects(self, series: Sequence[Series]) -> list[tuple[Series, Effects]]:
        """The series as it would have been at its usual price with nothing on and enough in stock."""
        days = [holiday(one, 0, len(one), self.country) for one in series]
        found = []
        for one, known in zip(series, effects(series, days), strict=True):
            whole = uncensored(one, known)
            quantity = whole.quantity / known.factor(one.regressors, len(one))
            found.append((msgspec.structs.replace(whole, quantity=quantity), known))
        return found

    # Features

    def _features(
        self, series: Series, first: int, last: int, future: dict[str, NDArray[np.float64]]
    ) -> tuple[Rows, NDArray[np.float64]]:
        """(last - first, f) float32 for these periods, and the level (…,) they are told in. What is used of the history of
        a period ends ``horizon`` periods before it."""
        history, lag = series.quantity, self.horizon
        when = np.arange(first, last)
        total = np.concatenate([[0.0], np.cumsum(history)])
        n = len(history)

        def window(width: int, back: int = 0) -> NDArray[np.float64]:
            end = np.clip(when - lag + 1 - back, 1, n)
            begin = np.clip(end - width, 0, n)
            return np.asarray((total[end] - total[begin]) / np.maximum(end - begin, 1))

        level = np.maximum(window(WINDOWS[-1]), 0.05)
        columns = [np.log(level), *(window(width) / level for width in WINDOWS[:-1]), window(28, 337) / level]
        at = np.clip(when - lag, 0, n - 1)
        columns += [history[np.clip(at - back, 0, n - 1)] / level for back in (0, (-lag) % 7, 7)]
        same = [history[np.clip(when - 7 * (-(-lag // 7) + lap), 0, n - 1)] for lap in range(4)]  # its own weekday
        columns.append(np.mean(same, axis=0) / level)
        columns.append(when / 365.25)
        ordinals = np.array([series.date(0).toordinal()]) + when * {"day": 1, "week": 7, "month": 30.4, "quarter": 91.3, "year": 365.25}[series.frequency]  # fmt: skip
        turn = 2 * np.pi * (ordinals % _DAYS) / _DAYS
        columns += [
            np.sin(turn),
            np.cos(turn),
            np.sin(2 * turn),
            np.cos(2 * turn),
            (ordinals + 6) % 7,
            np.floor(ordinals % 30.4),
        ]
        columns.append(holiday(series, first, last, self.country))
        for name in self.others:
            told = series.regressors.get(name, np.zeros(n))
            ahead = future.get(name)
            values = np.concatenate([told, np.zeros(0) if ahead is None else ahead])[first:last]
            columns.append(values)
        for group, members in self.groups.items():
            name = series.groups.get(group, "")
            columns.append(np.full(len(when), members.index(name) if name in members else -1))
        return np.stack(columns, axis=1).astype(np.float32), level

    # Asking

    def predict(
        self, series: Sequence[Series], horizon: int, levels: Sequence[float] = LEVELS, future: Future | None = None
    ) -> list[Forecast]:
        asked = check(horizon, levels)
        found: list[Forecast | None] = [None] * len(series)
        rows: list[Rows] = []
        scales: list[NDArray[np.float64]] = []
        factors: list[NDArray[np.float64]] = []
        places: list[int] = []
        known = self._without_effects(series) if self._model is not None else []
        for place, one in enumerate(series):
            try:
                if self._model is None or len(one) < self.horizon + 2 * WINDOWS[0] or horizon > self.horizon:
                    why = (
                        "nothing was learnt"
                        if self._model is None
                        else f"a horizon over {self.horizon}"
                        if horizon > self.horizon
                        else "too short"
                    )
                    raise ValueError(why)
                if not one.quantity.any():
                    raise ValueError("it never sold anything")
                plan = planned(one, self.names, horizon, future)
                features, level = self._features(known[place][0], len(one), len(one) + horizon, plan)
            except ValueError as error:
                found[place] = fallback(one, horizon, asked, f"{self.tag}: {error}")
                continue
            rows.append(features)
            scales.append(level)
            factors.append(known[place][1].factor(plan, horizon))
            places.append(place)
        if places:
            means = (
                np.asarray(self._model.predict(np.concatenate(rows))) * np.concatenate(scales) * np.concatenate(factors)
            )
            for number, place in enumerate(places):
                # what no history says is no forecast, whatever the trees make of a series unlike all others
                mean = np.minimum(means[number * horizon : (number + 1) * horizon], 10 * series[place].quantity.max())
                found[place] = made(series[place], self.tag, mean, self._quantiles(mean, asked), asked)
        return [one for one in found if one is not None]

    def _quantiles(self, mean: NDArray[np.float64], levels: tuple[float, ...]) -> NDArray[np.float64]:
        from scipy.stats import nbinom

        spread = self._spread(mean)[:, None]
        nominal = np.array(levels) if self.levels is None else self.levels.ask(levels)
        return np.asarray(
            nbinom.ppf(nominal[None], np.maximum(mean, 1e-9)[:, None] / (spread - 1), 1 / spread), np.float64
        )

    # On disk

    def learnt(self) -> dict[str, Any]:
        levels = None if self.levels is None else [self.levels.asked.tolist(), self.levels.nominal.tolist()]
        kept = ("horizon", "leaves", "rounds", "country", "seed", "names", "groups")
        return {**{name: getattr(self, name) for name in kept}, "spread": self.spread.tolist(), "levels": levels}

    def restore(self, learnt: dict[str, Any]) -> None:
        for name in ("horizon", "leaves", "rounds", "country", "seed", "groups"):
            setattr(self, name, learnt[name])
        self.names = tuple(learnt["names"])
        self.spread = np.array(learnt["spread"])
        self.levels = None if learnt["levels"] is None else Levels(*(np.array(one) for one in learnt["levels"]))

    def save(self, folder: Path) -> None:
        """``<tag>.json``, and the trees in LightGBM's own text."""
        super().save(folder)
        with replacing(folder / f"{self.tag}.txt") as part:
            part.write_text(self.text)

    @classmethod
    def load(cls, folder: Path) -> "Boosting":
        import lightgbm

        made = super().load(folder)
        try:
            made.text = (folder / f"{cls.tag}.txt").read_text()
        except FileNotFoundError as error:
            raise NotFound(f"There is no trained {cls.tag} here.", remedy="Train one first.") from error
        made._model = lightgbm.Booster(model_str=made.text) if made.text else None
        return made


class Change(msgspec.Struct, frozen=True):
    """What a change of price or promotion would do: (h,) means as planned and as changed."""

    planned: NDArray[np.float64]
    changed: NDArray[np.float64]


def what_if(model: Forecaster, series: Series, horizon: int, changed: dict[str, NDArray[np.float64]]) -> Change:
    """Ask with and without a change of what is known of the future. Raises BadRequest as ``predict`` does."""
    planned = model.predict([series], horizon)[0]
    other = model.predict([series], horizon, future={series.id: changed})[0]
    return Change(planned.mean, other.mean)
