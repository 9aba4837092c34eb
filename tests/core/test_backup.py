"""A backup for which there is no room."""

import shutil
import subprocess
from pathlib import Path

import pytest

from core import Database, backup
from core.errors import DiskFull
from core.settings import Settings


def test_a_full_disk_is_named_and_leaves_no_file(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", home], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("needs the right to mount")
    try:
        settings = Settings(home=home)
        database = Database(settings.database_url)
        database.migrate()
        database.close()
        (home / "ballast").write_bytes(bytes(shutil.disk_usage(home).free - 50_000))
        with pytest.raises(DiskFull, match=r"shop\.tar"):
            backup(settings, tmp_path / "shop.tar")
        assert list(tmp_path.iterdir()) == [home]
        assert not list(home.glob(".backup-*"))
    finally:
        subprocess.run(["umount", home], check=True)
