"""Nothing calls home: a serving process, its children and an ingest reach no address outside this machine."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.settings import load_settings

NAMESPACE = ("unshare", "--net", "--map-root-user")


def test_a_serving_process_sends_nothing_outside_this_machine(tmp_path: Path) -> None:
    if not all(map(shutil.which, ("unshare", "ip"))):
        pytest.skip("needs unshare and ip")
    if subprocess.run([*NAMESPACE, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("needs the right to make a network namespace")
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(load_settings().models_dir)
    run = subprocess.run(
        [*NAMESPACE, sys.executable, "-m", "tests.api.watched", str(home)],
        env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr[-3000:]
    told = json.loads(run.stdout.splitlines()[-1])
    assert told["outside"] == []
    assert told["awake"]
