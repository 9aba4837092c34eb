"""``shopglass price STATES``: what to ask, from files alone."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import rich_click as click
from rich.table import Table

from api.tables import QUERY, TABLE, source
from api.terminal import messages, output, write_json
from core.errors import BadPrice

if TYPE_CHECKING:
    from pricing import Fault, Policy, Quote, Rails, State


@click.command()
@click.argument("states", type=TABLE)
@QUERY
@click.option("--sales", is_flag=True, help="STATES is a daily table of sales: series, date, quantity, price, cost, and what else is known.")  # fmt: skip
@click.option("--currency", default="EUR", show_default=True, help="Of a table of sales.")
@click.option("--fresh", is_flag=True, help="Take the last day of a table of sales for today.")
@click.option("--policy", "tag", default="optimum.one-step", show_default=True, help="A price policy's tag.")
@click.option("--rails", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A JSON file of rails that differ from the default.")  # fmt: skip
@click.option("--at", type=click.DateTime(), help="The time of the decision in UTC; now by default.")
@click.option("--propose", is_flag=True, help="Record the prices as decisions, for /pricing.")
@click.option("--json", "as_json", is_flag=True, help="Print quotes and faults as one JSON document.")
def price(
    states: Path | str,
    query: str | None,
    sales: bool,
    currency: str,
    fresh: bool,
    tag: str,
    rails: Path | None,
    at: datetime | None,
    propose: bool,
    as_json: bool,
) -> None:
    """Propose a price for every product of STATES, a file with one JSON object a line: product, category, price and cost (each
    {"minor": 1290, "currency": "EUR"}), at, and if known stock, demand, elasticity {"mean", "low", "high"}, rivals, deadline …

    With --sales, demand, elasticity and the rest are estimated from a table of sales. Exit code 1 where any product is
    faulty; the others have their prices.
    """
    from pricing import Fault, Quote, Rails, policy, quote, read_states

    if at is not None and propose:
        raise BadPrice("A decision that is recorded is made now.", remedy="Leave out --at.")
    if not sales and not isinstance(states, Path):
        raise BadPrice("A database gives a table of sales.", remedy="Add --sales.")
    read = read_states(source(states, query), currency, fresh) if sales else _states(Path(states))
    try:
        known = msgspec.json.decode(rails.read_bytes(), type=Rails) if rails else Rails()
    except msgspec.DecodeError as error:
        raise BadPrice(f"{rails.name if rails else ''}: {error}.") from error
    told: list[Quote | Fault]
    if propose:
        told = _proposed(read, policy(tag)(), known)
    else:
        told = quote(read, policy(tag)(), at.replace(tzinfo=UTC) if at else datetime.now(UTC), known)
    faults = [one for one in told if isinstance(one, Fault)]
    if as_json:
        write_json({"quotes": [one for one in told if isinstance(one, Quote)], "faults": faults})
    else:
        table = Table("product", "now", "price", "why")
        for one in told:
            if isinstance(one, Quote):
                table.add_row(one.product, str(one.current), str(one.price), one.reason)
        output().print(table)
        for fault in faults:
            messages().print(f"{fault.product}: {fault.detail}", markup=False, highlight=False)
    if faults:
        raise SystemExit(1)


def _states(path: Path) -> "list[State]":
    from pricing import State

    read = []
    for number, line in enumerate(path.read_bytes().splitlines(), 1):
        try:
            read.append(msgspec.json.decode(line, type=State))
        except msgspec.DecodeError as error:
            raise BadPrice(f"Line {number} of {path.name}: {error}.", remedy="One JSON object a line.") from error
    return read


def _proposed(states: "list[State]", policy: "Policy", rails: "Rails") -> "list[Quote | Fault]":
    from core import Database, load_settings
    from pricing import Decisions

    settings = load_settings()
    with closing(Database(settings.database_url)) as database:
        database.migrate()
        made = Decisions(database, settings.pricing.approve_over).decide(states, policy, rails, actor="command line")
    return [*(one.quote for one in made.decisions), *made.kept, *made.faults]
