"""``shopglass index`` on a real database."""

import json

import pytest
from click.testing import CliRunner

from api.cli import main
from core.database import Database
from core.settings import load_settings
from search.catalogue import Catalogue


@pytest.fixture
def catalogue(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path))
    database = Database(load_settings().database_url)
    database.migrate()
    yield Catalogue(database)
    database.close()


def test_versions_are_listed_and_rolled_back(catalogue):
    for encoder in ("encoder.a", "encoder.b"):
        catalogue.swap(catalogue.begin_version(encoder, 8).id)
    listed = CliRunner().invoke(main, ["index", "versions"])
    assert "encoder.a" in listed.stdout
    rolled = CliRunner().invoke(main, ["index", "rollback"])
    assert rolled.exit_code == 0
    assert "encoder.a" in rolled.stdout
    document = json.loads(CliRunner().invoke(main, ["index", "versions", "--json"]).stdout)
    assert [(one["encoder"], one["state"]) for one in document] == [("encoder.a", "live"), ("encoder.b", "previous")]


def test_without_a_previous_version_there_is_no_way_back(catalogue):
    result = CliRunner().invoke(main, ["index", "rollback"])
    assert result.exit_code == 1
    assert "no previous" in result.stderr
