"""``shopglass price STATES``: what to ask, from files alone."""

from datetime import UTC, datetime
from pathlib import Path

import msgspec
import rich_click as click
from rich.table import Table

from api.terminal import messages, output, write_json
from core.errors import BadPrice


@click.command()
@click.argument("states", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--policy", "tag", default="optimum.one-step", show_default=True, help="A price policy's tag.")
@click.option("--rails", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="A JSON file of rails that differ from the default.")  # fmt: skip
@click.option("--at", type=click.DateTime(), help="The time of the decision in UTC; now by default.")
@click.option("--json", "as_json", is_flag=True, help="Print quotes and faults as one JSON document.")
def price(states: Path, tag: str, rails: Path | None, at: datetime | None, as_json: bool) -> None:
    """Propose a price for every product of STATES, a file with one JSON object a line: product, category, price and cost (each
    {"minor": 1290, "currency": "EUR"}), at, and if known stock, demand, elasticity {"mean", "low", "high"}, rivals, deadline …

    Exit code 1 where any product is faulty; the others have their prices.
    """
    from pricing import Fault, Quote, Rails, State, policy, quote

    read = []
    for number, line in enumerate(states.read_bytes().splitlines(), 1):
        try:
            read.append(msgspec.json.decode(line, type=State))
        except msgspec.DecodeError as error:
            raise BadPrice(f"Line {number} of {states.name}: {error}.", remedy="One JSON object a line.") from error
    try:
        known = msgspec.json.decode(rails.read_bytes(), type=Rails) if rails else Rails()
    except msgspec.DecodeError as error:
        raise BadPrice(f"{rails.name if rails else ''}: {error}.") from error
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
