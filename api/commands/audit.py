"""``shopglass audit``: what merchants and operators changed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import rich_click as click
from rich.table import Table

from api.terminal import output, write_json
from core import load_settings

if TYPE_CHECKING:
    from core import AuditLog


@click.group()
def audit() -> None:
    """Read the log of changes, and check that nobody altered it."""


@audit.command("list")
@click.option("--limit", type=click.IntRange(1, 100_000), default=50, show_default=True, help="How many, the latest.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_(limit: int, as_json: bool) -> None:
    """List the latest changes, newest first."""
    with _log() as log:
        entries = log.entries(limit)
    if as_json:
        write_json(entries)
        return
    table = Table("number", "time", "who", "what", "status")
    for entry in entries:
        table.add_row(str(entry.number), entry.time, entry.actor, entry.action, str(entry.outcome))
    output().print(table)


@audit.command()
def verify() -> None:
    """Walk the chain of hashes from its beginning; exit code 1 where it is broken.

    Keep what is printed elsewhere: that nothing was cut off at the end shows by comparing it later.
    """
    with _log() as log:
        last = log.verify()
    click.echo(f"{last.number} entries are whole; the last has the hash {last.digest}." if last else "No entries yet.")


@contextmanager
def _log() -> Iterator["AuditLog"]:
    from core import AuditLog, Database

    database = Database(load_settings().database_url)
    try:
        database.migrate()
        yield AuditLog(database)
    finally:
        database.close()
