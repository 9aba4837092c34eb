"""``shopglass forecast SALES``: what will be wanted, from a table of sales alone."""

from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click
from rich.table import Table

from api.tables import QUERY, TABLE, source
from api.terminal import messages, output, progress, write_json
from core import load_settings
from core.errors import BadRequest

if TYPE_CHECKING:
    from core import Database
    from forecasting import Health, Sales

SHOWN = 20


@click.command()
@click.argument("sales", type=TABLE, required=False)
@QUERY
@click.option("--from-events", is_flag=True, help="Instead of SALES, what was bought by the events that are kept.")
@click.option(
    "--horizon", type=int, help="Periods ahead; by default 28 days, 13 weeks, 12 months, 8 quarters or 6 years."
)
@click.option("--model", help="A forecaster's tag; boosting.global for days and ensemble.weighed for the rest.")
@click.option("--gaps", type=click.Choice(["zero", "unknown"]), default="zero", show_default=True, help="What a missing date means.")  # fmt: skip
@click.option("--outliers", type=click.Choice(["hampel", "three-sigma", "off"]), default="hampel", show_default=True)
@click.option("--alike", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="JSON Lines of what is like what, for products with little or no history.")  # fmt: skip
@click.option("--sums", metavar="GROUPS", help="Groups, by comma, such as `category` for a column group_category, that get forecasts of their own, as the total does, to which all add up; `total` for the total alone.")  # fmt: skip
@click.option("--engine", type=click.Choice(["local", "ray"]), default="local", show_default=True, help="Ray forecasts a thousand series at a time, on as many machines as its cluster has.")  # fmt: skip
@click.option("--check", is_flag=True, help="Only tell how the forecasts that are kept have held, and who drifts.")
@click.option("--if-drifted", is_flag=True, help="Forecast only where those that are kept no longer hold.")
@click.option("--keep", is_flag=True, help="Keep the forecasts, for GET /v1/forecasts and `replenish`.")
@click.option(
    "--json", "as_json", is_flag=True, help="Print the forecasts, and all that was changed, as one JSON document."
)
def forecast(
    sales: Path | str | None,
    query: str | None,
    from_events: bool,
    horizon: int | None,
    model: str | None,
    gaps: str,
    outliers: str,
    alike: Path | None,
    sums: str | None,
    engine: str,
    check: bool,
    if_drifted: bool,
    keep: bool,
    as_json: bool,
) -> None:
    """Forecast SALES, a .csv, .jsonl or .parquet table, or with --query the URL of a database, with series, date and quantity and, if known, price, promotion,
    stock_out, closed, display, competitor_price, page_views and group_category.

    --alike has a line for each product: {"series": …, "alike": [[other, weight], …]} or {"series": …, "vector": […]}, and
    "category" if known. Products that stand there alone, without sales, get a forecast too.

    Days, weeks, months, quarters and years are told apart by the dates. What the rules changed is counted, and listed by --json.
    """
    from core import Database
    from forecasting import Forecasts, check_kept, forecast_on_ray, forecast_sales, named_groups, read_sales

    if from_events == (sales is not None):
        raise BadRequest("Forecasts are made of one history.", remedy="Give SALES, or --from-events.")
    with ExitStack() as stack:
        database: Database | None = None
        if keep or check or if_drifted or from_events:
            database = stack.enter_context(closing(Database(load_settings().database_url)))
            database.migrate()
        stack.enter_context(progress("Forecasting"))
        if sales is None:
            assert database is not None
            read = _from_events(database)
        else:
            read = read_sales(source(sales, query), gaps=gaps, outliers=outliers)  # type: ignore[arg-type]  # click has checked them
        if database is not None and (keep or check or if_drifted):
            health = check_kept(database, read)
        if check or (if_drifted and health.weeks and not health.retrain):
            made = None
        else:
            run = forecast_on_ray if engine == "ray" else forecast_sales
            made = run(read, model, horizon, alike=alike, sums=named_groups(sums))
            if keep and database is not None:
                Forecasts(database).put(made.forecasts)
    if made is None:
        if as_json:
            write_json(health)
        else:
            _show(health)
        return
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


def _from_events(database: "Database") -> "Sales":
    from api.facts import sales_of
    from recsys import EventLog, Identity
    from search import Catalogue

    return sales_of(EventLog(database, Identity(load_settings())), Catalogue(database))


def _show(health: "Health") -> None:
    table = Table("series", "periods", "bias", "error", "in 80 %", "drifts")
    for one in health.series[:SHOWN]:
        table.add_row(
            one.name,
            str(one.periods),
            f"{one.bias:+.2f}",
            f"{one.error:.2f}",
            f"{one.coverage:.0%}",
            "yes" if one.alarm else "",
        )
    output().print(table)
    if health.weeks:
        last = health.weeks[-1]
        output().print(f"The week of {last.name}: bias {last.bias:+.2f}, error {last.error:.2f}, {last.coverage:.0%} in the interval of 80 %.", highlight=False)  # fmt: skip
    output().print(
        f"{health.drifting} drift{'s' if health.drifting == 1 else ''}: "
        + ("forecast anew." if health.retrain else "the forecasts that are kept hold."),
        highlight=False,
    )
