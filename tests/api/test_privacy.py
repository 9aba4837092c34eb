"""Nothing calls home: a serving process, its children and an ingest reach no address outside this machine."""

from collections.abc import Callable
from pathlib import Path

from core.settings import load_settings


def test_a_serving_process_sends_nothing_outside_this_machine(
    tmp_path: Path, watched: Callable[..., list[str]]
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(load_settings().models_dir)
    assert watched("tests.api.watched", str(home)) == []
