"""What a command writes: one JSON document or a table on standard output, everything else on standard error."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import msgspec
import rich_click as click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn


def output() -> Console:
    """The console on standard output: results for people."""
    return Console()


def messages() -> Console:
    """The console on standard error: progress, notes, faults."""
    return Console(stderr=True)


def write_json(document: object) -> None:
    """Write ``document`` (structs, dataclasses, plain values) as the one JSON document on standard output."""
    click.echo(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())


@contextmanager
def progress(label: str) -> Iterator[Callable[[int, int | None], None]]:
    """Show a bar on standard error; call what is yielded with (done, total), total None while it is not known."""
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(elapsed_when_finished=True),
    )
    with Progress(*columns, console=messages()) as bar:
        task = bar.add_task(label, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
