"""``shopglass replenish STOCKS``: what to order, from stocks and forecasts."""

from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click
from rich.table import Table

from api.tables import QUERY, TABLE, source
from api.terminal import messages, output, write_json
from core import load_settings

if TYPE_CHECKING:
    from core import Query


@click.command()
@click.argument("stocks", type=TABLE)
@QUERY
@click.option("--sales", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="Forecast this table first; else the forecasts that were kept.")  # fmt: skip
@click.option("--policy", default="RS", show_default=True, help="RS, sS, rQ, newsvendor or baseline.")
@click.option("--network", is_flag=True, help="STOCKS is a table of places: sku, place, series, lead_time, holding; a product's row without a series is its warehouse.")  # fmt: skip
@click.option("--service", type=click.FloatRange(0.5, 1, max_open=True), default=0.95, show_default=True, help="With --network: share of periods in which every store serves all.")  # fmt: skip
@click.option("--budget", type=click.FloatRange(0), help="What all orders may cost.")
@click.option("--capacity", type=click.FloatRange(0), help="Pieces that there is room for.")
@click.option("--keep", is_flag=True, help="Keep the proposals, to be approved on /demand or by the API.")
@click.option("--json", "as_json", is_flag=True, help="Print the orders as one JSON document.")
def replenish(
    stocks: Path | str,
    query: str | None,
    sales: Path | None,
    policy: str,
    network: bool,
    service: float,
    budget: float | None,
    capacity: float | None,
    keep: bool,
    as_json: bool,
) -> None:
    """Propose orders for STOCKS, a .csv, .jsonl or .parquet table, or with --query the URL of a database, with sku and on_hand and, if known, on_order, lead_time,
    lead_time_spread, review, cost, holding, short, fixed, service, multiple, minimum, shelf_life.

    With --network, what a warehouse and its stores are each to have, by the guaranteed-service model.

    Times are in periods of the forecast, `holding` is of a piece for a period, `short` of a piece that is missing.
    """
    from forecasting import Forecasts, PurchaseOrders, forecast_sales, plan, read_sales, read_stocks

    if network:
        _places(source(stocks, query), sales, service, as_json)
        return
    told = read_stocks(source(stocks, query))
    if sales is not None and not keep:
        planned = plan(forecast_sales(read_sales(sales)).forecasts, told, policy, budget, capacity)
    else:
        from core import Database

        with closing(Database(load_settings().database_url)) as database:
            database.migrate()
            if sales is not None:
                Forecasts(database).put(forecast_sales(read_sales(sales)).forecasts)
            planned = plan(Forecasts(database).all(), told, policy, budget, capacity)
            if keep:
                PurchaseOrders(database).propose(planned)
    if as_json:
        write_json(planned)
        return
    table = Table("sku", "order", "cost", "why")
    for one in planned.proposals:
        if one.quantity:
            table.add_row(one.sku, str(one.quantity), f"{one.cost:.2f}", one.reason)
    output().print(table)
    output().print(
        f"{sum(one.quantity > 0 for one in planned.proposals)} orders for {planned.cost:.2f}.", highlight=False
    )
    for refusal in planned.refused:
        messages().print(f"{refusal.series}: {refusal.reason}.", markup=False, highlight=False)


def _places(table: "Path | Query", sales: Path | None, service: float, as_json: bool) -> None:
    from core import Database
    from forecasting import Forecasts, forecast_sales, plan_places, read_places, read_sales

    rows = read_places(table)
    if sales is not None:
        forecasts = forecast_sales(read_sales(sales)).forecasts
    else:
        with closing(Database(load_settings().database_url)) as database:
            database.migrate()
            forecasts = tuple(Forecasts(database).of(list({str(row["series"]) for row in rows if row["series"]})))
    planned = plan_places(forecasts, rows, service)
    if as_json:
        write_json(planned)
        return
    shown = Table("sku", "place", "up to", "of it safety", "why")
    for sku, network in planned.networks.items():
        for stock in (network.warehouse, *network.stores):
            shown.add_row(sku, stock.name, f"{stock.level:.1f}", f"{stock.safety:.1f}", stock.reason)
    output().print(shown)
    for refusal in planned.refused:
        messages().print(f"{refusal.series}: {refusal.reason}.", markup=False, highlight=False)
