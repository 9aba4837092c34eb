"""Forecasts of a shop: made as a job, kept in the database, told by product; and the series they were made from."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
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
from forecasting.contract import LEVELS, Future, check, fallback, forecaster
from forecasting.effects import effects
from forecasting.explaining import Told, told
from forecasting.series import Series

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
    """What a job is to forecast. sales: path of the table; model: a tag, None for the default of the frequency; horizon: in
    periods, None for that of the frequency."""

    sales: str
    model: str | None = None
    horizon: int | None = None


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
) -> Made:
    """Fit and ask by frequency; what ``alike`` names, itself or as a file of :func:`forecasting.alike.read_alike`, and has
    little or no history borrows from what is like it. Raises BadRequest and NotFound for a horizon or model that there is not."""
    kin = read_alike(alike) if isinstance(alike, Path) else alike or {}
    found: list[Told] = []
    for frequency in dict.fromkeys(one.frequency for one in sales.series):
        own = [one for one in sales.series if one.frequency == frequency]
        tag = model or DEFAULT.get(frequency, "ensemble.weighed")
        ahead = HORIZONS[frequency] if horizon is None else horizon
        kind = forecaster(tag)
        made: Any = kind(horizon=ahead) if tag.startswith(("boosting", "ensemble", "lstm")) and ahead > 0 else kind()  # type: ignore[call-arg]
        given = {one.id: dict((future or {}).get(one.id, {})) for one in own}
        forecasts = made.fit(own).predict(own, ahead, LEVELS, given)
        if kin:
            new = newcomers(own, kin, {one.id for one in sales.series})
            forecasts += [fallback(one, ahead, check(ahead, LEVELS), "it has no history") for one in new]
            own = [*own, *new]
            given = {**given, **{one.id: dict((future or {}).get(one.id, {})) for one in new}}
            forecasts = with_alike(made, own, forecasts, kin, ahead, LEVELS, given)
        known = effects(own, [np.zeros(len(one)) for one in own])
        found += [
            told(one, forecast, effect, _plan(one, given[one.id], ahead))
            for one, forecast, effect in zip(own, forecasts, known, strict=True)
        ]
    fallbacks: dict[str, int] = {}
    for one in found:
        if one.fallback:
            fallbacks[one.fallback] = fallbacks.get(one.fallback, 0) + 1
    changes: dict[str, int] = {}
    for change in sales.changes:
        changes[change.rule] = changes.get(change.rule, 0) + 1
    return Made(tuple(found), sales.refused, fallbacks, changes)


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

    def all(self) -> tuple[Told, ...]:
        """Every forecast, by product."""
        with self._database.reading() as session:
            rows = session.scalars(select(ForecastRow.told).order_by(ForecastRow.sku))
            return tuple(msgspec.msgpack.decode(row, type=Told) for row in rows)


def forecast_function(database: Database, kin: Kin = lambda young, others: {}) -> Function:
    """The function of the job kind ``forecast``; it removes the table, which came for it alone. kin: what is like each of
    the first products, among all of the second."""

    def run(running: Running) -> dict[str, Any]:
        order = msgspec.convert(running.arguments, Order)
        path = Path(order.sales)
        running.report(0, 2)
        sales = read_sales(path)
        new = [one.id for one in young(sales.series)]
        alike = kin(new, [one.id for one in sales.series]) if new else {}
        made = forecast_sales(sales, order.model, order.horizon, alike=alike)
        running.report(1, 2)
        Forecasts(database).put(made.forecasts)
        path.unlink(missing_ok=True)
        running.report(2, 2)
        return {
            "forecasts": len(made.forecasts),
            "refused": msgspec.to_builtins(made.refused),
            "fallbacks": made.fallbacks,
            "changes": made.changes,
        }

    return run
