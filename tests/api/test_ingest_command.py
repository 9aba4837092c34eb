"""``shopglass ingest`` on a real index."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from api.cli import main
from tests.search.catalogues import draw, row, write

ROOT = Path(__file__).parents[2]


@pytest.fixture
def catalogue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A catalogue beside its pictures; the home of the commands is elsewhere."""
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SHOPGLASS_MODELS__ENCODER", "colour.lab75")
    monkeypatch.setenv("SHOPGLASS_INGEST__BATCH", "1")
    for number in range(60):
        draw(tmp_path / "shop" / f"p{number:04}.png", number)
    return write(tmp_path / "shop" / "products.jsonl", [*(row(n) for n in range(60)), b"{broken", row(70, price="-1")])


def ingest(*arguments: str | Path) -> Result:
    return CliRunner().invoke(main, ["ingest", *map(str, arguments)])


def test_counts_and_errors_are_printed_and_progress_is_not_among_them(catalogue):
    result = ingest(catalogue)
    assert result.exit_code == 0, result.output
    assert [line.split() for line in result.stdout.splitlines()[:5]] == [
        ["added", "60"], ["changed", "0"], ["unchanged", "0"], ["failed", "2"], ["deleted", "0"],
    ]  # fmt: skip
    assert "p0070" in result.stdout
    assert "Ingesting" not in result.stdout
    assert "Ingesting" in result.stderr

    again = ingest(catalogue, "--json")
    document = json.loads(again.stdout)
    assert (document["state"], document["result"]["unchanged"]) == ("done", 60)
    assert [(fault["row"], fault["field"]) for fault in document["errors"]] == [(61, None), (62, "price")]


def test_a_killed_command_is_taken_up_where_it_was(catalogue, tmp_path):
    command = [sys.executable, "-m", "api", "ingest", str(catalogue)]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    watch = (
        "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute('SELECT count(*) FROM products').fetchone()[0])"
    )
    database = tmp_path / "home" / "shopglass.db"
    while True:
        counted = subprocess.run([sys.executable, "-c", watch, database], capture_output=True, text=True)
        if counted.returncode == 0 and int(counted.stdout) > 0:
            break
        assert process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = int(counted.stdout)
    assert before < 60, "it was over before it could be killed"

    document = json.loads(ingest(catalogue, "--resume", "--json").stdout)
    assert document["state"] == "done"
    assert (document["result"]["added"], document["result"]["failed"]) == (60, 2)
    nothing = ingest(catalogue, "--resume")
    assert nothing.exit_code == 1
    assert "cut short" in nothing.stderr


def test_an_ingest_that_fails_says_why(tmp_path, monkeypatch, catalogue):
    catalogue.write_bytes(b"{broken\n")
    result = ingest(catalogue)
    assert result.exit_code == 1
    assert "No row of products.jsonl is a product." in result.stderr
    assert ingest(tmp_path / "none.csv").exit_code == 2
