"""``shopglass models pull|list|verify``: the model files of this machine."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import rich_click as click
from rich.progress import BarColumn, DownloadColumn, Progress, TaskID, TextColumn, TransferSpeedColumn
from rich.table import Table

from api.terminal import messages, output, write_json
from core import Status, Weights, load_settings

STYLES = {"missing": "yellow", "present": "", "verified": "green", "damaged": "bold red"}


@click.group()
def models() -> None:
    """Fetch the model files, list them, check them."""


@models.command()
@click.argument("names", nargs=-1)
def pull(names: tuple[str, ...]) -> None:
    """Fetch the model files that are missing or damaged: NAMES (of files or groups, as live), or all that are not optional."""
    weights = Weights(load_settings().models_dir)
    with _bars() as progress:
        pulled = weights.pull(names or None, progress)
    messages().print(f"Pulled {', '.join(pulled)}." if pulled else "All model files are here.", highlight=False)


@models.command("list")
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def list_(as_json: bool) -> None:
    """List the model files: what each does, where it comes from, whether it is here."""
    _show(Weights(load_settings().models_dir).list(), as_json)


@models.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
def verify(as_json: bool) -> None:
    """Read every model file and compare its checksum; exit code 1 where one is damaged or a needed one is missing."""
    found = Weights(load_settings().models_dir).verify()
    _show(found, as_json)
    if any(status.state == "damaged" or (status.state == "missing" and not status.entry.optional) for status in found):
        sys.exit(1)


def _show(found: tuple[Status, ...], as_json: bool) -> None:
    if as_json:
        write_json(found)
        return
    table = Table()
    for column in ("name", "task", "source", "licence", "MB", "state"):
        fixed = column in ("name", "MB", "state")
        table.add_column(column, justify="right" if column == "MB" else "left", no_wrap=fixed, overflow="fold")
    for status in found:
        entry = status.entry
        state: Any = f"[{STYLES[status.state]}]{status.state}[/]" if STYLES[status.state] else status.state
        optional = " (optional)" if entry.optional and status.state == "missing" else ""
        table.add_row(status.name, entry.task, entry.source, entry.licence, f"{entry.size / 1e6:.1f}", state + optional)
    output().print(table)


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar for every model file on standard error; call what is yielded with (name, bytes done, bytes in all)."""
    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, console=messages()) as bars:
        tasks: dict[str, TaskID] = {}

        def update(name: str, done: int, total: int) -> None:
            if name not in tasks:
                tasks[name] = bars.add_task(name, total=total)
            bars.update(tasks[name], completed=done, total=total)

        yield update
