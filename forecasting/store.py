"""Forecasts of a shop: made as a job, kept in the database, told by product; and the series they were made from."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Float, LargeBinary, String, delete, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from core import Base, Database, Function, Running
from core.errors import NotFound
from forecasting.alike import Alike, newcomers, read_alike, with_alike, young
from forecasting.cleaning import Refusal, Sales, read_sales
from forecasting.contract import LEVELS, Forecaster, Future, check, fallback, forecaster
from forecasting.effects import effects
from forecasting.explaining import Told, told
from forecasting.monitoring import Health, Monitoring, compared
from forecasting.series import Series
from forecasting.sums import add_up

KIND = "forecast"
Kin = Callable[[Sequence[str], Sequence[str]], Mapping[str, Alike]]
DEFAULT = {"day": "boosting.global"}
"""What forecasts a frequency where nothing is asked for; for all others ``ensemble.weighed``."""

HORIZONS = {"day": 28, "week": 13, "month": 12, "quarter": 8, "year": 6}
_PAGE = 500


class ForecastRow(Base):
    """made: Unix seconds; told: a :class:`Told` as MessagePack."""

    __tablename__ = "forecasts"

    sku: Mapped[str] = mapped_column(String(128), primary_key=True)
    made: Mapped[float] = mapped_column(Float)
    model: Mapped[str] = mapped_column(String(64))
    told: Mapped[bytes] = mapped_column(LargeBinary)


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What a job is to forecast. sales: path of the table, None for what the service itself was told of; model: a tag, None for the
    default of the frequency; horizon: in periods, None for that of the frequency; sums: groups that are to add up, with the
    total, None for none; if_drifted: only where the forecasts that are kept no longer hold."""

    sales: str | None = None
    model: str | None = None
    horizon: int | None = None
    sums: tuple[str, ...] | None = None
    if_drifted: bool = False


class Made(msgspec.Struct, frozen=True):
    """What came of it. fallbacks: series by why another model spoke; changes: values that are not what the table said, by
    rule."""

    forecasts: tuple[Told, ...]
    refused: tuple[Refusal, ...]
    fallbacks: dict[str, int]
    changes: dict[str, int]


def forecast_sales(
    sales: Sales,
    model: str | None = None,
    horizon: int | None = None,
    future: Future | None = None,
    alike: Path | Mapping[str, Alike] | None = None,
    sums: Sequence[str] | None = None,
) -> Made:
    """Fit and ask by frequency; what ``alike`` names, itself or as a file of :func:`forecasting.alike.read_alike`, and has
    little or no history borrows from what is like it. sums: groups whose values, and the total, get forecasts of their own, to
    which those of products add up. Raises BadRequest and NotFound for a horizon, model or group that there is not."""
    kin = read_alike(alike) if isinstance(alike, Path) else alike or {}
    found: list[Told] = []
    refused = list(sales.refused)
    for frequency in dict.fromkeys(one.frequency for one in sales.series):
        own = [one for one in sales.series if one.frequency == frequency]
        tag = model or DEFAULT.get(frequency, "ensemble.weighed")
        ahead = HORIZONS[frequency] if horizon is None else horizon
        fresh = partial(_fresh, tag, ahead)
        made = fresh()
        given = {one.id: dict((future or {}).get(one.id, {})) for one in own}
        forecasts = made.fit(own).predict(own, ahead, LEVELS, given)
        if kin:
            new = newcomers(own, kin, {one.id for one in sales.series})
            forecasts += [fallback(one, ahead, check(ahead, LEVELS), "it has no history") for one in new]
            own = [*own, *new]
            given = {**given, **{one.id: dict((future or {}).get(one.id, {})) for one in new}}
            forecasts = with_alike(made, own, forecasts, kin, ahead, LEVELS, given)
        if sums is not None:
            own, forecasts, left = add_up(own, forecasts, sums, ahead, LEVELS, fresh)
            refused += left
        known = effects(own, [np.zeros(len(one)) for one in own])
        found += [
            told(one, forecast, effect, _plan(one, given.get(one.id, {}), ahead))
            for one, forecast, effect in zip(own, forecasts, known, strict=True)
        ]
    fallbacks: dict[str, int] = {}
    for one in found:
        if one.fallback:
            fallbacks[one.fallback] = fallbacks.get(one.fallback, 0) + 1
    changes: dict[str, int] = {}
    for change in sales.changes:
        changes[change.rule] = changes.get(change.rule, 0) + 1
    return Made(tuple(found), tuple(refused), fallbacks, changes)


def _fresh(tag: str, horizon: int) -> Forecaster:
    kind: Any = forecaster(tag)
    made: Forecaster = (
        kind(horizon=horizon) if tag.startswith(("boosting", "ensemble", "lstm")) and horizon > 0 else kind()
    )
    return made


def _plan(series: Series, given: dict[str, NDArray[np.float64]], horizon: int) -> dict[str, NDArray[np.float64]]:
    last = {
        name: np.full(horizon, values[-1])
        for name, values in series.regressors.items()
        if name.endswith("price") and len(values)
    }
    return {**{name: np.zeros(horizon) for name in series.regressors}, **last, **given}


class Forecasts:
    """Those of a database. Safe to share between threads."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, forecasts: Sequence[Told], model: str | None = None) -> None:
        """Keep them in place of those there were of the same products."""
        now = datetime.now(UTC).timestamp()
        rows = [
            {"sku": one.sku, "made": now, "model": one.model, "told": msgspec.msgpack.encode(one)} for one in forecasts
        ]
        for start in range(0, len(rows), _PAGE):
            part = rows[start : start + _PAGE]
            with self._database.session() as session:
                session.execute(delete(ForecastRow).where(ForecastRow.sku.in_([row["sku"] for row in part])))
                session.execute(insert(ForecastRow), part)

    def get(self, sku: str) -> tuple[Told, datetime]:
        """The forecast of a product, and when it was made. Raises NotFound."""
        with self._database.reading() as session:
            row = session.get(ForecastRow, sku)
            if row is None:
                raise NotFound(f"There is no forecast of {sku!r}.", remedy="Make one: shopglass forecast SALES --keep")
            return msgspec.msgpack.decode(row.told, type=Told), datetime.fromtimestamp(row.made, UTC)

    def skus(self, most: int = 1000) -> tuple[str, ...]:
        """Products that have a forecast, by id."""
        with self._database.reading() as session:
            return tuple(session.scalars(select(ForecastRow.sku).order_by(ForecastRow.sku).limit(most)))

    def of(self, skus: Sequence[str]) -> Iterator[Told]:
        """The forecasts of these products, where there are any."""
        for start in range(0, len(skus), _PAGE):
            with self._database.reading() as session:
                rows = session.scalars(select(ForecastRow.told).where(ForecastRow.sku.in_(skus[start : start + _PAGE])))
                part = [msgspec.msgpack.decode(row, type=Told) for row in rows]
            yield from part

    def all(self) -> tuple[Told, ...]:
        """Every forecast, by product."""
        with self._database.reading() as session:
            rows = session.scalars(select(ForecastRow.told).order_by(ForecastRow.sku))
            return tuple(msgspec.msgpack.decode(row, type=Told) for row in rows)


def check_kept(database: Database, sales: Sales) -> Health:
    """Hold what was sold against the forecasts that are kept of it, keep what came of that, and tell of all that is kept."""
    monitoring = Monitoring(database)
    monitoring.record(compared(Forecasts(database).of([one.id for one in sales.series]), sales.series))
    return monitoring.health()


def forecast_function(
    database: Database, kin: Kin = lambda young, others: {}, history: Callable[[], Sales] | None = None
) -> Function:
    """The function of the job kind ``forecast``; it removes the table, which came for it alone. kin: what is like each of
    the first products, among all of the second; history: the sales that the service itself was told of."""

    def run(running: Running) -> dict[str, Any]:
        order = msgspec.convert(running.arguments, Order)
        running.report(0, 2)
        if order.sales is None:
            if history is None:
                raise NotFound("There is no history of its own here.", remedy="Send a table of sales.")
            sales = history()
        else:
            sales = read_sales(Path(order.sales))
        health = check_kept(database, sales)
        made = None
        if health.retrain or not order.if_drifted or not health.weeks:
            new = [one.id for one in young(sales.series)]
            alike = kin(new, [one.id for one in sales.series]) if new else {}
            made = forecast_sales(sales, order.model, order.horizon, alike=alike, sums=order.sums)
            running.report(1, 2)
            Forecasts(database).put(made.forecasts)
        if order.sales is not None:
            Path(order.sales).unlink(missing_ok=True)
        running.report(2, 2)
        return {
            "forecasts": len(made.forecasts) if made else 0,
            "refused": msgspec.to_builtins(made.refused if made else sales.refused),
            "fallbacks": made.fallbacks if made else {},
            "changes": made.changes if made else {},
            "drifting": health.drifting,
            "made": made is not None,
        }

    return run
