"""What every command promises."""

import subprocess
import sys

import pytest
import rich_click as click
from click.testing import CliRunner

from api.cli import Commands, main
from core.errors import ModelMissing


def test_every_module_of_commands_is_a_command_of_its_name() -> None:
    context = click.Context(main)
    names = main.list_commands(context)
    assert {"serve", "bench"} <= set(names)
    for name in names:
        command = main.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str()


def test_an_unknown_command_is_bad_usage() -> None:
    result = CliRunner().invoke(main, ["nonsense"])
    assert result.exit_code == 2
    assert result.stdout == ""


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Commands:
    @click.command()
    def fail() -> None:
        raise ModelMissing("garments.pt is not there.", remedy="Run `shopglass models pull`.")

    monkeypatch.setattr(Commands, "list_commands", lambda self, ctx: ["fail"])
    monkeypatch.setattr(Commands, "get_command", lambda self, ctx, name: fail)
    return main  # type: ignore[return-value]


def test_a_fault_is_told_in_words_on_standard_error(failing: Commands) -> None:
    result = CliRunner().invoke(failing, ["fail"])
    assert result.exit_code == 1
    assert result.stdout == ""
    assert "garments.pt is not there." in result.stderr
    assert "Run `shopglass models pull`." in result.stderr
    assert "Traceback" not in result.stderr


def test_naming_a_command_imports_no_network() -> None:
    heavy = ("torch", "cv2", "pymilvus", "openvino", "polars", "litestar")
    code = f"import sys; from api.cli import main; main(['--help'], standalone_mode=False); print(*[m for m in {heavy!r} if m in sys.modules])"
    result = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert result.stdout.splitlines()[-1].strip() == ""
