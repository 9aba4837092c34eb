"""``shopglass models``: what is here, what is missing, and how it ends."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(tmp_path):
    """The command in a home whose manifest has one more, small entry, shipped in a folder of its own."""
    (tmp_path / "models").mkdir()
    content = b"weights"
    (tmp_path / "small.bin").write_bytes(content)
    (tmp_path / "models" / "weights.toml").write_text(f"""
[small]
task = "test"
source = "file:{tmp_path / "small.bin"}"
sha256 = "{hashlib.sha256(content).hexdigest()}"
size = 7
licence = "CC0-1.0"
""")

    def run(*arguments):
        return subprocess.run(
            [sys.executable, "-m", "api", "models", *arguments],
            cwd=ROOT,
            env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path), "SHOPGLASS_HOME": str(tmp_path)},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_list_says_what_is_here(run):
    answer = run("list", "--json")
    states = {status["name"]: status["state"] for status in json.loads(answer.stdout)}
    assert states["small"] == "present"
    assert states["efficientnet_lite0"] == "missing"
    assert "efficientnet_lite0" in run("list").stdout


def test_verify_fails_while_something_needed_is_missing(run):
    answer = run("verify", "--json")
    assert {s["name"]: s["state"] for s in json.loads(answer.stdout)}["small"] == "verified"
    assert answer.returncode == 1


def test_pull_of_what_is_here_does_nothing(run):
    answer = run("pull", "small")
    assert (answer.returncode, answer.stdout) == (0, "")
    assert "All model files are here" in answer.stderr


def test_pull_of_an_unknown_name_fails_with_the_remedy(run):
    answer = run("pull", "nonsense")
    assert answer.returncode == 1
    assert "No model file is called nonsense" in answer.stderr
    assert "shopglass models list" in answer.stderr
