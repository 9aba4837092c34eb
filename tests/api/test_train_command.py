"""``shopglass train``: what it refuses, and in which words."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", "train", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "HOME": str(home), "SHOPGLASS_HOME": str(home)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_folder_that_is_not_there_is_bad_usage(tmp_path: Path) -> None:
    ended = run(tmp_path, "detector", "--data", str(tmp_path / "none"), "--out", str(tmp_path / "out.safetensors"))
    assert ended.returncode == 2
    assert "none" in ended.stderr


@pytest.mark.parametrize("model", ["detector", "garment"])
def test_without_the_backbones_weights_it_says_how_to_get_them(model: str, tmp_path: Path) -> None:
    ended = run(tmp_path, model, "--data", str(tmp_path), "--out", str(tmp_path / "out.safetensors"))
    assert ended.returncode == 1
    assert "shopglass models pull" in ended.stderr
    assert not (tmp_path / "out.safetensors").exists()


def test_profiles_of_a_shop_without_events_are_not_trained_and_it_says_why(tmp_path: Path) -> None:
    ended = run(tmp_path, "profiles")
    assert ended.returncode == 1
    assert "Fewer than 50 users" in ended.stderr
