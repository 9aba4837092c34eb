"""A grocer's transactions as events, products without pictures: trained on four fifths of the year, asked for the rest."""

import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from bench.price_journey import IDS
from bench.report import Figure
from core import Database
from core.settings import Settings
from recsys.identity import Identity
from recsys.log import EventLog
from recsys.metrics import ndcg, recall
from recsys.pipeline import Asked, Slate
from recsys.serving import Recommendations, train
from search import Catalogue, Product

BATCH = 1000
LEAST = 5  # sales of a product that is in the catalogue
HELD = 0.2


def journey_figures(folder: Path) -> list[Figure]:
    """Households with five purchases before and one after; what they bought before counts as wanted again, as with groceries
    it is. The year is moved so that it ends yesterday."""
    rows = _transactions(folder)
    moved = (datetime.now(UTC) - timedelta(days=1)).timestamp() - rows["time"].max()  # type: ignore[operator]
    rows = rows.with_columns(pl.col("time") + moved)
    border = float(rows["time"].quantile(1 - HELD))  # type: ignore[arg-type]
    before, after = rows.filter(pl.col("time") <= border), rows.filter(pl.col("time") > border)
    with tempfile.TemporaryDirectory() as home:
        settings = Settings(home=Path(home), recsys={"bought": True, "explore": 0.0, "deadline": 5.0})
        database = Database(settings.database_url)
        try:
            database.migrate()
            catalogue, log = Catalogue(database), EventLog(database, Identity(settings))
            products = _products(rows)
            with database.session() as session:
                catalogue.write_products(session, products)
            began = time.perf_counter()
            statuses = [one.status for batch in _batches(before) for one in log.record(batch)]
            taken_in = time.perf_counter() - began
            began = time.perf_counter()
            train(settings, database, catalogue)
            trained = time.perf_counter() - began
            served = Recommendations(settings, catalogue, log)
            served.refresh()
            return [
                Figure("journey: events from transactions, refused", sum(one == "refused" for one in statuses), f"of {len(statuses)}", bar=0, better="lower"),
                Figure("journey: events taken in", len(statuses) / taken_in, "/s"),
                Figure("journey: training", trained, "s", better="lower", note=f"{len(products):,} products without pictures"),
                *_judged(served, before, after),
            ]  # fmt: skip
        finally:
            database.close()


def _judged(served: Recommendations, before: pl.DataFrame, after: pl.DataFrame) -> list[Figure]:
    counts = dict(before.group_by("household_id").len().iter_rows())
    wanted = {
        user: sorted(set(items))
        for user, items in after.group_by("household_id").agg(pl.col("product_id")).iter_rows()
        if counts.get(user, 0) >= 5
    }
    number = {one: place for place, one in enumerate(sorted({item for own in wanted.values() for item in own}))}
    took, lists = [], []
    for user in wanted:
        began = time.perf_counter()
        lists.append(_numbers(served.user(user, Asked(limit=10)), number))
        took.append(time.perf_counter() - began)
    famous = _numbers(served.session(None, Asked(limit=10)), number)
    theirs = [np.array([number[item] for item in own]) for own in wanted.values()]
    ours, popular = np.stack(lists), np.tile(famous, (len(lists), 1))
    return [
        Figure("journey: NDCG@10 of what is bought later", float(ndcg(ours, theirs, 10).mean()), bar=float(ndcg(popular, theirs, 10).mean()),
               peer=float(ndcg(popular, theirs, 10).mean()), note=f"{len(lists):,} households; peer: what is popular"),
        Figure("journey: recall@10", float(recall(ours, theirs, 10).mean()), peer=float(recall(popular, theirs, 10).mean())),
        Figure("journey: an answer, p50, from Python", float(np.median(took)) * 1e3, "ms", better="lower"),
    ]  # fmt: skip


def _numbers(slate: Slate, number: dict[str, int]) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Ten item numbers; -1 for what nobody bought later, and for places that stayed empty."""
    found = [number.get(one.product.id, -1 - place) for place, one in enumerate(slate.items)]
    return np.array((found + [-100 - place for place in range(10)])[:10], np.int64)


def _transactions(folder: Path) -> pl.DataFrame:
    sales = pl.read_csv(folder / "transactions_sample.csv.gz", infer_schema_length=10_000, schema_overrides=IDS)
    products = pl.read_csv(folder / "products.csv.gz", infer_schema_length=10_000, schema_overrides=IDS)
    sold = sales.filter((pl.col("quantity") > 0) & (pl.col("sales_value") > 0)).join(products, on="product_id")
    ids = [pl.col(name).cast(pl.Int64).cast(pl.String) for name in ("product_id", "basket_id", "household_id")]
    at = pl.col("transaction_timestamp").str.to_datetime(strict=False)
    sold = sold.with_columns(*ids, at.dt.epoch("s").cast(pl.Float64).alias("time")).drop_nulls("time")
    return sold.filter(pl.len().over("product_id") >= LEAST).sort("time")


def _products(rows: pl.DataFrame) -> list[Product]:
    first = rows.group_by("product_id").agg(
        pl.col("product_category").first(), pl.col("product_type").first(), pl.col("brand").first(),
        (pl.col("sales_value") / pl.col("quantity")).median().alias("price"),
    ).sort("product_id")  # fmt: skip
    return [
        Product(
            id=row["product_id"], title=row["product_type"] or "unnamed", category=row["product_category"] or "other", brand=row["brand"] or "",
            price=Decimal(str(round(row["price"], 2))), currency="USD", image="none",
        )
        for row in first.to_dicts()
    ]  # fmt: skip


def _batches(rows: pl.DataFrame) -> Iterator[list[dict[str, Any]]]:
    """Purchases as ``POST /v1/events`` takes them."""
    events = [
        {
            "id": f"{row['basket_id']} {row['product_id']} {number}", "type": "purchase", "item": row["product_id"], "user": row["household_id"],
            "session": row["basket_id"], "time": datetime.fromtimestamp(row["time"], UTC).isoformat(), "price": row["sales_value"],
        }
        for number, row in enumerate(rows.iter_rows(named=True))
    ]  # fmt: skip
    for start in range(0, len(events), BATCH):
        yield events[start : start + BATCH]
