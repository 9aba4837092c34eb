"""What recommendations and forecasts learn from the catalogue: the bridge between rooms that do not know each other's words."""

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from core.errors import NotFound

if TYPE_CHECKING:
    from forecasting import Alike, Sales
    from recsys import EventLog, Facts
    from search import Catalogue


def facts_of(catalogue: "Catalogue") -> "Callable[[Iterable[str]], dict[str, Facts]]":
    """Facts of products by id; an item that is not in the catalogue is left out."""
    from recsys import Facts

    def facts(ids: Iterable[str]) -> dict[str, Facts]:
        return {
            id: Facts(product.category, product.brand, str(product.attributes.get("colour", "")), float(product.price))
            for id, product in catalogue.get_many(ids).items()
        }

    return facts


def kin_of(catalogue: "Catalogue") -> "Callable[[Sequence[str], Sequence[str]], dict[str, Alike]]":
    """Of products with little history, the nearest others by item vector, and their category."""
    import numpy as np

    from forecasting import Alike, nearest

    def kin(young: Sequence[str], others: Sequence[str]) -> dict[str, Alike]:
        live = catalogue.live()
        vectors = catalogue.own_vectors(live, list(dict.fromkeys([*young, *others]))) if live is not None else {}
        near = nearest(list(vectors), np.array(list(vectors.values())), of=young) if vectors else {}
        return {id: Alike(near.get(id, ()), product.category) for id, product in catalogue.get_many(young).items()}

    return kin


def sales_of(events: "EventLog", catalogue: "Catalogue") -> "Sales":
    """What the service was told was bought, by product and day up to yesterday (UTC), a day without a purchase being one
    on which nothing was sold; with each product's category. Raises NotFound where nothing was bought on two days."""
    import polars as pl

    from forecasting import clean

    today = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    rows = events.daily(today.timestamp())
    if len({day for _, day, _, _ in rows}) < 2:
        raise NotFound(
            "Too little was bought to be a history.", remedy="Send purchases to POST /v1/events, or a table of sales."
        )
    yesterday = int(today.timestamp()) // 86_400 - 1
    sold = {item for item, day, _, _ in rows if day == yesterday}
    # a history goes on to yesterday, also of what was not bought then
    rows += tuple((item, yesterday, 0, None) for item in dict.fromkeys(row[0] for row in rows) if item not in sold)
    kinds = {id: product.category for id, product in catalogue.get_many({row[0] for row in rows}).items()}
    table = pl.DataFrame(rows, ["series", "day", "quantity", "price"], orient="row", infer_schema_length=None)
    return clean(
        table.with_columns(
            pl.from_epoch("day", time_unit="d").alias("date"),
            pl.col("series").replace_strict(kinds, default="", return_dtype=pl.String).alias("group_category"),
        )
    )
