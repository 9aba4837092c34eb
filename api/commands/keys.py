"""``shopglass keys``: the keys of programs and web pages that call the service."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import rich_click as click
from rich.table import Table

from api.terminal import messages, output, write_json
from core import load_settings
from core.settings import SCOPES

if TYPE_CHECKING:
    from core import Keys


@click.group()
def keys() -> None:
    """Make, list, rotate and withdraw keys. The service asks for one where access.required is set."""


@keys.command()
@click.argument("name")
@click.option("--scope", type=click.Choice(SCOPES), default="front", show_default=True, help="What it may do.")
@click.option("--origin", "origins", multiple=True, help="A web site whose pages alone may use it; may be repeated.")
@click.option("--days", type=click.IntRange(1, 3650), help="Days until it expires; never, where none are given.")
def add(name: str, scope: str, origins: tuple[str, ...], days: int | None) -> None:
    """Make a key of NAME and print its secret, this once.

    front: search, try-on, events and recommendations; merchant: also the catalogue, prices and forecasts; operator: all.
    """
    expires = None if days is None else datetime.now(UTC) + timedelta(days=days)
    with _keys() as store:
        key, secret = store.make(name, scope, origins, expires)  # type: ignore[arg-type]  # click has checked it
    _tell(key.id, secret)


@keys.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_(as_json: bool) -> None:
    """List the keys; their secrets are not kept."""
    with _keys() as store:
        found = store.list()
    if as_json:
        write_json(found)
        return
    table = Table("id", "name", "scope", "origins", "expires", "last used")
    for key in found:
        times = (f"{when:%Y-%m-%d %H:%M} UTC" if when else "never" for when in (key.expires, key.last_used))
        table.add_row(key.id, key.name, key.scope, " ".join(key.origins), *times)
    output().print(table)


@keys.command()
@click.argument("identity", metavar="ID")
@click.option("--overlap", type=click.IntRange(0, 365), default=7, show_default=True, help="Days the old one goes on.")
def rotate(identity: str, overlap: int) -> None:
    """Make a key in place of another, which goes on for some days."""
    with _keys() as store:
        key, secret = store.rotate(identity, timedelta(days=overlap))
    _tell(key.id, secret)


@keys.command()
@click.argument("identity", metavar="ID")
def revoke(identity: str) -> None:
    """Withdraw a key; services feel it within seconds."""
    with _keys() as store:
        store.revoke(identity)
    messages().print(f"{identity} is withdrawn.", highlight=False)


def _tell(identity: str, secret: str) -> None:
    messages().print(f"Key {identity}; its secret is shown this once:", highlight=False)
    click.echo(secret)


@contextmanager
def _keys() -> Iterator["Keys"]:
    from core import Database, Keys

    database = Database(load_settings().database_url)
    try:
        database.migrate()
        yield Keys(database)
    finally:
        database.close()
