"""``shopglass index``: the versions of the index, and the way back to the one before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import rich_click as click
from rich.table import Table

from api.terminal import output, write_json
from core import load_settings

if TYPE_CHECKING:
    from search import Catalogue


@click.group()
def index() -> None:
    """See the versions of the index, and go back to the one before."""


@index.command()
@click.option("--json", "as_json", is_flag=True, help="Print the versions as one JSON document.")
def versions(as_json: bool) -> None:
    """List the index versions; queries are answered from the live one."""
    with _catalogue() as catalogue:
        found = catalogue.versions()
    if as_json:
        write_json(found)
        return
    table = Table("version", "state", "encoder", "numbers", "created")
    for one in found:
        table.add_row(str(one.id), one.state, one.encoder, str(one.dim), f"{one.created:%Y-%m-%d %H:%M} UTC")
    output().print(table)


@index.command()
def rollback() -> None:
    """Make the version before the last rebuild the live one again; once more undoes it.

    What has changed since then is made good by the next ingest.
    """
    with _catalogue() as catalogue:
        live = catalogue.rollback()
    click.echo(f"Version {live.id} is live, made by {live.encoder}.")


@contextmanager
def _catalogue() -> Iterator["Catalogue"]:
    from core import Database
    from search import Catalogue

    database = Database(load_settings().database_url)
    try:
        database.migrate()
        yield Catalogue(database)
    finally:
        database.close()
