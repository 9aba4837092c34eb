"""A live shop is backed up, and served from another home."""

import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import httpx
import pytest

from core import Database, backup, restore
from core.errors import BadRequest, Conflict
from core.settings import Database as DatabaseSettings
from core.settings import Settings, load_settings
from recsys import EventLog, Identity
from tests.api.conftest import Shop


def command(environment: dict[str, str], *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *arguments], env=environment, capture_output=True, text=True, check=False
    )


def test_what_was_found_before_is_found_in_another_home(shop: Shop, client: httpx.Client, tmp_path: Path) -> None:
    event = {"id": "b1", "type": "view", "item": "x", "time": "2026-05-01T10:00:00Z", "user": "backup ann"}
    client.post("/v1/events", json={"events": [event]})
    file = tmp_path / "shop.tar"
    assert command(shop.environment, "backup", str(file)).returncode == 0
    assert file.stat().st_mode & 0o077 == 0

    home = tmp_path / "home"
    home.mkdir()
    (home / "models").symlink_to(load_settings().models_dir)
    environment = {**os.environ, "SHOPGLASS_HOME": str(home), "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"}
    ended = command(environment, "restore", str(file))
    assert ended.returncode == 0, ended.stderr
    found = command(environment, "search", "--text", "red dress", "--limit", "5", "--json")
    before = client.post("/v1/search", json={"terms": [{"text": "red dress"}], "limit": 5}).json()
    told = json.loads(found.stdout)
    assert [hit["product"]["id"] for hit in told["hits"]] == [hit["product"]["id"] for hit in before["hits"]]
    database = Database(f"sqlite:///{home / 'shopglass.db'}")
    assert len(EventLog(database, Identity(Settings(home=home))).export("backup ann")) == 1
    database.close()
    assert command(environment, "restore", str(file)).returncode == 1  # there are rows already


@pytest.fixture
def settings(tmp_path: Path, database_url: str) -> Settings:
    home = tmp_path / "home"
    home.mkdir()
    settings = Settings(home=home, database=DatabaseSettings(url=database_url))
    database = Database(database_url)
    database.migrate()
    database.close()
    return settings


def test_a_damaged_backup_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    (settings.home / "recsys.key").write_text("secret")
    file = tmp_path / "b.tar"
    told = backup(settings, file)
    assert "recsys.key" in told.files
    whole = file.read_bytes()
    empty = Settings(home=tmp_path / "other")
    empty.home.mkdir()
    for wrong in (whole[: len(whole) // 2], whole.replace(b"secret", b"sicret"), b"", b"no tar at all" * 100):
        file.write_bytes(wrong)
        with pytest.raises(BadRequest):
            restore(empty, file)
        assert list(empty.home.iterdir()) == []


def test_a_backup_reaches_nothing_outside(tmp_path: Path, settings: Settings) -> None:
    evil = tmp_path / "evil"
    evil.write_text("x")
    file = tmp_path / "evil.tar"
    with tarfile.open(file, "w") as archive:
        archive.add(evil, "../../escaped")
    with pytest.raises(BadRequest):
        restore(settings, file)
    assert not (tmp_path.parent / "escaped").exists()


def test_rows_there_are_not_overwritten(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "b.tar"
    backup(settings, file)
    with pytest.raises(Conflict, match="already"):
        restore(settings, file)


def test_rows_of_postgresql_come_back(postgresql_server: str, postgresql: str, tmp_path: Path) -> None:
    import psycopg

    settings = Settings(home=tmp_path, database=DatabaseSettings(url=postgresql))
    database = Database(postgresql)
    database.migrate()
    EventLog(database, Identity(settings)).record(
        [{"id": "p1", "type": "view", "item": "x", "time": "2026-05-01T10:00:00Z", "user": "ann"}]
    )
    database.close()
    backup(settings, tmp_path / "b.tar")
    with psycopg.connect(postgresql_server + "postgres", autocommit=True) as connection:
        connection.execute("CREATE DATABASE again")
    other = Settings(home=tmp_path, database=DatabaseSettings(url=postgresql_server + "again"))
    restore(other, tmp_path / "b.tar")
    database = Database(other.database_url)
    assert len(EventLog(database, Identity(settings)).export("ann")) == 1
    database.close()
