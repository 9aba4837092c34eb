"""``shopglass bench``: options from a benchmark's own keywords, exit code from its bars."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from api.cli import main
from api.commands.bench import benchmark_command
from bench.report import Figure, Report
from core import Settings


def run(data: Path, settings: Settings, *, products: int = 50, text: bool = False) -> Report:
    figures = (Figure("products", float(products), bar=40.0), Figure("text", float(text)))
    return Report(bench="test", data=str(data), split="none", seed=1, figures=figures)


@pytest.mark.parametrize(("products", "code"), [(50, 0), (30, 1)])
def test_a_missed_bar_is_exit_code_one(tmp_path: Path, products: int, code: int) -> None:
    file = tmp_path / "figures.json"
    command = benchmark_command("test", run, "A test.")
    result = CliRunner().invoke(command, ["--products", str(products), "--text", "--json", str(file)])
    assert result.exit_code == code
    report = json.loads(file.read_text())
    assert [figure["value"] for figure in report["figures"]] == [products, 1.0]
    assert report["versions"]["numpy"]


def test_an_unknown_benchmark_is_bad_usage() -> None:
    assert CliRunner().invoke(main, ["bench", "nonsense"]).exit_code == 2


def test_the_benchmarks_there_are_are_listed() -> None:
    result = CliRunner().invoke(main, ["bench", "--help"])
    assert result.exit_code == 0
    assert "serve" in result.output
