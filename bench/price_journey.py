"""Weekly sales, prices and promotions of the ``completejourney`` sample."""

from pathlib import Path

import numpy as np
import polars as pl

from pricing.panel import Panel

WEEKS = 53
BEST = 200
IDS = {"product_id": pl.Float64, "basket_id": pl.Float64}  # some stand as 9e+05


def best_sellers(data: Path) -> Panel:
    """The 200 products that sold on most occasions, by week of 2017.

    Price: what was asked of holders of the loyalty card, (sales_value + coupon_match_disc) / quantity, median of the
    week's sales; a week without sales has that of the nearest week with some. Units are occasions of sale, as quantities
    of goods by weight are not counts. Controls: share of stores with a display, and in the mailer.
    """
    folder = data / "completejourney"
    sales = pl.read_csv(folder / "transactions_sample.csv.gz", infer_schema_length=10_000, schema_overrides=IDS).filter(
        (pl.col("quantity") > 0) & (pl.col("sales_value") > 0)
    )
    products = pl.read_csv(folder / "products.csv.gz", infer_schema_length=10_000, schema_overrides=IDS).filter(
        ~pl.col("department").str.contains("FUEL|MISC|KIOSK", strict=False) & pl.col("product_category").is_not_null()
        & ~pl.col("product_category").str.contains("COUPON|FUEL|GAS", strict=False)
    )  # fmt: skip
    sales = sales.join(products, on="product_id").with_columns(
        ((pl.col("sales_value") + pl.col("coupon_match_disc")) / pl.col("quantity")).alias("price")
    )
    chosen = (
        sales.group_by("product_id")
        .len()
        .sort(["len", "product_id"], descending=[True, False])
        .head(BEST)["product_id"]
    )
    weekly = (
        sales.filter(pl.col("product_id").is_in(chosen.to_list()))
        .group_by("product_id", "week")
        .agg(pl.len().alias("units"), pl.col("price").median())
    )
    grid = pl.DataFrame({"product_id": chosen}).join(pl.DataFrame({"week": np.arange(1, WEEKS + 1)}), how="cross")
    shown = pl.read_csv(
        folder / "promotions_sample.csv.gz",
        schema_overrides={**IDS, "display_location": pl.String, "mailer_location": pl.String},
    )
    stores = sales.group_by("week").agg(pl.col("store_id").n_unique().alias("stores"))
    shown = (
        shown.filter(pl.col("product_id").is_in(chosen.to_list()))
        .group_by("product_id", "week")
        .agg(
            (pl.col("display_location") != "0").sum().alias("display"),
            (pl.col("mailer_location") != "0").sum().alias("mailer"),
        )
    )
    table = (
        grid.join(weekly, on=["product_id", "week"], how="left").join(shown, on=["product_id", "week"], how="left").join(stores, on="week")
        .join(products.select("product_id", "brand", "product_category", "manufacturer_id"), on="product_id")
        .sort("product_id", "week")
        .with_columns(
            pl.col("units").fill_null(0),
            pl.coalesce(pl.col("price"), *(pl.col("price").shift(k * way) for k in range(1, WEEKS) for way in (1, -1)), pl.lit(None)).over("product_id"),
            (pl.col("display").fill_null(0) / pl.col("stores")).clip(0, 1), (pl.col("mailer").fill_null(0) / pl.col("stores")).clip(0, 1),
        )
    )  # fmt: skip
    ids = table["product_id"].unique(maintain_order=True).to_list()
    first = table.unique("product_id", keep="first", maintain_order=True)
    return Panel(
        product=np.repeat(np.arange(len(ids)), WEEKS), period=table["week"].to_numpy().astype(np.int64),
        units=table["units"].to_numpy().astype(float), price=table["price"].to_numpy().astype(float),
        controls=table.select("display", "mailer").to_numpy().astype(float), available=np.ones(len(table)),
        names=tuple(f"{one:.0f}" for one in ids), categories=tuple(first["product_category"]), brands=tuple(map(str, first["manufacturer_id"])),
    ).check()  # fmt: skip
