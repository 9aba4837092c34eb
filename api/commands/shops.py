"""``shopglass shops``: further shops, each with a home, a database and an index of its own."""

import rich_click as click

from api.terminal import messages, output, write_json
from core import load_settings


@click.group()
def shops() -> None:
    """Make and list further shops. Every other command works on the one that SHOPGLASS_SHOP names."""


@shops.command()
@click.argument("name")
def add(name: str) -> None:
    """Make the shop NAME, empty: 1 to 32 of a-z, 0-9 and _, a letter first."""
    from core import add_shop

    add_shop(load_settings(), name)
    messages().print(f"Made {name}. Serve it: SHOPGLASS_SHOP={name} shopglass serve --port PORT", highlight=False)


@shops.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_(as_json: bool) -> None:
    """List the further shops."""
    from core import list_shops

    found = list_shops(load_settings())
    if as_json:
        write_json(found)
        return
    for name in found:
        output().print(name, highlight=False)
