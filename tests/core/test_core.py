"""The door of the room: its names, and that it opens at once."""

import subprocess
import sys
from pathlib import Path

import core

ROOT = Path(__file__).parents[2]


def test_the_door_shows_these_names():
    assert sorted(core.__all__) == [
        "Base", "Database", "Job", "Jobs", "Running", "Settings", "ShopglassError", "Stages", "Weights", "Worker",
        "configure_logging", "load_settings", "observe",
    ]  # fmt: skip
    assert all(getattr(core, name) for name in core.__all__)


def test_the_door_opens_without_loading_what_is_behind_it():
    script = "import core, sys; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"pydantic", "sqlalchemy", "structlog", "huey", "httpx", "msgspec", "torch"} & set(loaded)
