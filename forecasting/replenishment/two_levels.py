"""Stocks of warehouses and stores from a table of places and the forecasts of what each store sells."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec

from core import Query, read_table
from core.errors import BadRequest, BadSales
from forecasting.cleaning import Refusal
from forecasting.explaining import Told
from forecasting.replenishment.demand import told_outlook
from forecasting.replenishment.network import Network, Place, store_of, two_levels

NEEDED = ("sku", "place", "series", "lead_time", "holding")


class Networks(msgspec.Struct, frozen=True):
    """By product; refused: products without, and why."""

    networks: dict[str, Network]
    refused: tuple[Refusal, ...]


def read_places(source: Path | Query) -> list[dict[str, Any]]:
    """A table with a row for each product and place: sku, place, lead_time in whole periods, holding cost of a piece for a
    period, and series, whose forecast is what the store sells; the row without one is the warehouse's. Raises BadTable and
    BadSales."""
    table = read_table(source)
    if missing := set(NEEDED) - set(table.columns):
        raise BadSales(
            f"There is no column {', '.join(sorted(missing))}.", remedy=f"A table of places has {', '.join(NEEDED)}."
        )
    return table.select(NEEDED).to_dicts()


def plan_places(forecasts: Sequence[Told], places: Sequence[dict[str, Any]], service: float = 0.95) -> Networks:
    """What every place is to have of every product. Raises BadRequest for a service out of bounds, Unavailable without
    stockpyl."""
    told = {one.sku: one for one in forecasts}
    networks: dict[str, Network] = {}
    refused: list[Refusal] = []
    for sku in dict.fromkeys(str(row["sku"]) for row in places):
        own = [row for row in places if str(row["sku"]) == sku]
        try:
            networks[sku] = _one(own, told, service)
        except (ValueError, TypeError) as error:
            refused.append(Refusal(sku, str(error)))
    return Networks(networks, tuple(refused))


def _one(rows: Sequence[dict[str, Any]], told: dict[str, Told], service: float) -> Network:
    centres = [row for row in rows if not row["series"]]
    if len(centres) != 1:
        raise ValueError(f"{len(centres)} rows are without a series; one is, the warehouse's")
    stores = []
    for row in rows:
        if not row["series"]:
            continue
        if str(row["series"]) not in told:
            raise ValueError(f"there is no forecast of {row['series']}")
        outlook = told_outlook(told[str(row["series"])])
        stores.append(
            store_of(str(row["place"]), outlook, lead_time=_whole(row["lead_time"]), holding=float(row["holding"]))
        )
    if not stores:
        raise ValueError("no store sells it")
    (centre,) = centres
    place = Place(name=str(centre["place"]), lead_time=_whole(centre["lead_time"]), holding=float(centre["holding"]))
    try:
        return two_levels(place, stores, service)
    except BadRequest as error:
        if not 0.5 <= service < 1:
            raise
        raise ValueError(error.detail.rstrip(".")) from error


def _whole(value: Any) -> int:
    if float(value) != int(value):
        raise ValueError(f"a lead time is whole periods, not {value}")
    return int(value)
