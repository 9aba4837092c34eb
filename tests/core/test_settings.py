"""Settings come from file and environment, are checked at once, and say all that is wrong with them."""

import os

import pytest

from core.errors import BadSettings
from core.settings import Settings, load_settings


@pytest.fixture(autouse=True)
def clean(monkeypatch, tmp_path):
    for name in [name for name in os.environ if name.startswith("SHOPGLASS_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path / "home"))


def faults():
    with pytest.raises(BadSettings) as caught:
        load_settings()
    return caught.value.detail


def test_defaults_need_nothing_but_a_home(tmp_path):
    settings = load_settings()
    assert settings == Settings(home=tmp_path / "home")
    assert settings.database_url == f"sqlite:///{tmp_path / 'home' / 'shopglass.db'}"


def test_the_environment_wins_over_the_file_and_overrides_over_both(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "shopglass.toml").write_text("[serve]\nport = 1\nhost = 'file'\nqueue = 3")
    monkeypatch.setenv("SHOPGLASS_SERVE__PORT", "2")
    monkeypatch.setenv("SHOPGLASS_SERVE__HOST", "environment")
    serve = load_settings(serve={"port": 4}).serve
    assert (serve.port, serve.host, serve.queue) == (4, "environment", 3)


def test_values_of_the_environment_become_what_the_setting_is(monkeypatch):
    for name, value in {
        "FETCH__ALLOW_HOSTS": "images.local, 10.0.0.1",
        "INDEX__PARAMETERS": '{"M": 16}',
        "TELEMETRY__JSON_LOGS": "true",
        "INDEX__URI": "",
    }.items():
        monkeypatch.setenv(f"SHOPGLASS_{name}", value)
    settings = load_settings()
    assert settings.fetch.allow_hosts == ("images.local", "10.0.0.1")
    assert settings.index.parameters == {"M": 16}
    assert settings.telemetry.json_logs
    assert settings.index.uri is None


def test_all_faults_of_file_and_environment_are_told_at_once(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "shopglass.toml").write_text("colour = 1\n[images]\nlongest = -1\nshortest = 2")
    for name, value in {
        "SERVE__PORT": "99999",
        "SERVE__PROT": "1",
        "PORT": "80",
        "MODELS__POSE": "huge",
        "INDEX__PARAMETERS": "{M: 16}",
        "NOWHERE__KEY": "1",
    }.items():
        monkeypatch.setenv(f"SHOPGLASS_{name}", value)
    told = faults()
    for key in (
        "colour: there is no such setting",
        "images.longest",
        "images.shortest: there is no such setting",
        "serve.port",
        "serve.prot: there is no such setting",
        "SHOPGLASS_PORT: there is no such setting",
        "models.pose",
        "SHOPGLASS_INDEX__PARAMETERS: not valid JSON",
        "nowhere: there is no such setting",
    ):
        assert key in told
    assert told.startswith("9 setting(s)")


def test_a_broken_file_is_told_beside_the_faults_of_the_environment(tmp_path, monkeypatch):
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "shopglass.toml").write_text("[serve\nport = 1")
    monkeypatch.setenv("SHOPGLASS_SERVE__PORT", "x")
    told = faults()
    assert "shopglass.toml: not valid TOML" in told
    assert "line 1" in told
    assert "serve.port" in told


def test_a_named_file_that_is_not_there_is_a_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPGLASS_CONFIG", str(tmp_path / "nowhere.toml"))
    assert "nowhere.toml" in faults()


def test_a_named_file_is_read(tmp_path, monkeypatch):
    (tmp_path / "other.toml").write_text("[serve]\nport = 9")
    monkeypatch.setenv("SHOPGLASS_CONFIG", str(tmp_path / "other.toml"))
    assert load_settings().serve.port == 9


def test_what_configures_other_parts_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setenv("SHOPGLASS_DATA", str(tmp_path))
    load_settings()


def test_secrets_are_neither_shown_nor_told(monkeypatch):
    monkeypatch.setenv("SHOPGLASS_INDEX__TOKEN", "hunter2")
    assert "hunter2" not in repr(load_settings())
    monkeypatch.setenv("SHOPGLASS_INDEX__TOKEN", '["hunter2"]')
    assert "hunter2" not in faults()


def test_the_home_folder_is_made_for_its_owner_alone(tmp_path):
    load_settings()
    assert (tmp_path / "home").stat().st_mode & 0o777 == 0o700


def test_a_home_that_cannot_be_made_is_a_fault(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path / "file" / "home"))
    assert "home: the folder cannot be made" in faults()


def test_a_home_is_an_absolute_path(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SHOPGLASS_HOME", "here")
    assert load_settings().home == tmp_path / "here"
