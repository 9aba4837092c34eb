"""The command line: ``shopglass COMMAND``; a command's module is imported when it is named.

Exit codes: 0, 1 (ran and failed), 2 (bad usage).
"""

import pkgutil
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import rich_click as click

import api.commands
from api.terminal import messages
from core import ShopglassError


class Commands(click.RichGroup):
    """Every module of ``api.commands`` is a command of its own name; its faults end as words and exit code 1."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(module.name for module in pkgutil.iter_modules(api.commands.__path__))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self.list_commands(ctx):
            return None
        command = getattr(import_module(f"api.commands.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def main(self, args: Sequence[str] | None = None, *rest: Any, **options: Any) -> Any:
        try:
            return super().main(args, *rest, **options)
        except ShopglassError as error:
            console = messages()
            console.print(f"[bold red]{error.title}.[/]", highlight=False)
            console.print(error.detail, markup=False, highlight=False, soft_wrap=True)
            if error.remedy:
                console.print(f"→ {error.remedy}", markup=False, highlight=False, soft_wrap=True)
            sys.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="shopglass")
def main() -> None:
    """Find a photographed thing in a shop's catalogue."""
    _log_to_standard_error()


def _log_to_standard_error() -> None:
    """As the settings say, but with warnings and worse alone: a command talks to a person. ``serve`` logs all."""
    from core import configure_logging, load_settings

    try:
        settings = load_settings().telemetry
    except ShopglassError:  # told by the command, where it needs them; ``--help`` does not
        return
    configure_logging(settings.model_copy(update={"level": "warning"}) if settings.level == "info" else settings)
