"""``shopglass bench NAME``: figures beside their bars."""

import inspect
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import msgspec
import rich_click as click

from api.terminal import output
from core import load_settings

NAMES = ("detect", "forecast", "index", "ingest", "price", "recommend", "replenish", "search", "serve", "tryon")


class Benchmarks(click.RichGroup):
    """Each is a module of ``bench`` with a ``run(data, settings, **options) -> Report``, whose keywords become options."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        module = import_module(f"bench.{cmd_name}")
        return benchmark_command(cmd_name, module.run, (module.__doc__ or "").strip())


def benchmark_command(name: str, run: Callable[..., Any], description: str) -> click.Command:
    """The command that runs one benchmark, prints its report and exits 1 where a bar is missed."""

    def invoke(data: Path, json: Path | None, **options: Any) -> None:
        report = run(data, load_settings(), **options)
        report.print(output())
        if json is not None:
            json.write_bytes(msgspec.json.format(msgspec.json.encode(report, enc_hook=float), indent=2) + b"\n")
        if not report.reached:
            sys.exit(1)

    parameters: list[click.Parameter] = [
        click.Option(
            ["--data"],
            type=click.Path(path_type=Path),
            default=Path("../shared/data"),
            show_default=True,
            help="Folder of real data.",
        ),
        click.Option(["--json"], type=click.Path(path_type=Path), help="Write the figures to this file too."),
    ]
    for keyword in list(inspect.signature(run).parameters.values())[2:]:
        flag = isinstance(keyword.default, bool)
        parameters.append(
            click.Option(
                ["--" + keyword.name.replace("_", "-")],
                is_flag=flag,
                default=keyword.default,
                show_default=not flag,
                type=None if flag else type(keyword.default),
            )
        )
    return click.RichCommand(name=name, callback=invoke, params=parameters, help=description)


@click.group(cls=Benchmarks)
def bench() -> None:
    """Measure this installation: quality and speed, each figure beside what it must reach."""
