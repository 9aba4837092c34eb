"""``shopglass forecast SALES``: what will be wanted, from a table of sales alone."""

from contextlib import closing
from pathlib import Path

import rich_click as click
from rich.table import Table

from api.terminal import messages, output, progress, write_json
from core import load_settings

SHOWN = 20


@click.command()
@click.argument("sales", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option(
    "--horizon", type=int, help="Periods ahead; by default 28 days, 13 weeks, 12 months, 8 quarters or 6 years."
)
@click.option("--model", help="A forecaster's tag; boosting.global for days and ensemble.weighed for the rest.")
@click.option("--gaps", type=click.Choice(["zero", "unknown"]), default="zero", show_default=True, help="What a missing date means.")  # fmt: skip
@click.option("--outliers", type=click.Choice(["hampel", "three-sigma", "off"]), default="hampel", show_default=True)
@click.option("--alike", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON Lines of what is like what, for products with little or no history.")  # fmt: skip
@click.option("--keep", is_flag=True, help="Keep the forecasts, for GET /v1/forecasts and `replenish`.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the forecasts, and all that was changed, as one JSON document."
)
def forecast(
    sales: Path,
    horizon: int | None,
    model: str | None,
    gaps: str,
    outliers: str,
    alike: Path | None,
    keep: bool,
    as_json: bool,
) -> None:
    """Forecast SALES, a .csv, .jsonl or .parquet table with series, date and quantity and, if known, price, promotion,
    stock_out, closed, display, competitor_price, page_views and group_category.

    --alike has a line for each product: {"series": …, "alike": [[other, weight], …]} or {"series": …, "vector": […]}, and
    "category" if known. Products that stand there alone, without sales, get a forecast too.

    Days, weeks, months, quarters and years are told apart by the dates. What the rules changed is counted, and listed by --json.
    """
    from forecasting import Forecasts, forecast_sales, read_sales

    with progress(f"Forecasting {sales.name}"):
        read = read_sales(sales, gaps=gaps, outliers=outliers)  # type: ignore[arg-type]  # click has checked them
        made = forecast_sales(read, model, horizon, alike=alike)
    if keep:
        from core import Database

        with closing(Database(load_settings().database_url)) as database:
            database.migrate()
            Forecasts(database).put(made.forecasts)
    if as_json:
        write_json({"forecasts": made.forecasts, "refused": made.refused, "changes": read.changes})
        return
    table = Table("series", "model", "periods", "mean of one", "10 %", "90 %")
    for one in made.forecasts[:SHOWN]:
        means = [point.mean for point in one.points]
        low, high = (sum(point.quantiles[level] for point in one.points) / len(means) for level in ("0.1", "0.9"))
        table.add_row(
            one.sku, one.model, str(len(means)), *(f"{value:.2f}" for value in (sum(means) / len(means), low, high))
        )
    output().print(table)
    console = messages()
    if len(made.forecasts) > SHOWN:
        console.print(f"The first {SHOWN} of {len(made.forecasts)}; `--json` gives all.")
    for rule, count in made.changes.items():
        console.print(f"{count} values changed by the rule for {rule}.", highlight=False)
    for refusal in made.refused[:SHOWN]:
        console.print(f"{refusal.series}: {refusal.reason}.", markup=False, highlight=False)
    for why, count in made.fallbacks.items():
        console.print(f"{count} series by another model: {why}.", markup=False, highlight=False)
