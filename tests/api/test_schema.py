"""The OpenAPI document is what the service does, for generated requests, good and bad."""

import subprocess
import sys
from pathlib import Path

from tests.api.conftest import Shop

CONFIG = Path(__file__).with_name("schemathesis.toml")


def test_schemathesis_runs_clean(shop: Shop, tmp_path: Path) -> None:
    run = subprocess.run(
        [
            *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(CONFIG), "run", f"{shop.url}/schema"),
            *("--phases", "examples,coverage,fuzzing", "--max-examples", "10", "--generation-deterministic"),
            *("--continue-on-failure", "--request-timeout", "60", "--no-color"),
        ],
        cwd=tmp_path,
        env=shop.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-8000:] + run.stderr[-2000:]
    assert "Operations:       58 selected / 58 total" in run.stdout
