"""Further shops share nothing but the models and what is set for all."""

from contextlib import closing

import pytest

from core import Database, Jobs, add_shop, list_shops, load_settings
from core.errors import BadSettings, Conflict, NotFound


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.delenv("SHOPGLASS_SHOP", raising=False)
    monkeypatch.setenv("SHOPGLASS_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def separate(settings, monkeypatch):
    """A job of one of two shops is not there in the other, nor in the service's own."""
    for name in ("north", "south"):
        add_shop(settings, name)
    assert list_shops(settings) == ("north", "south")
    with closing(Database(settings.database_url)) as own:
        own.migrate()
    job = None
    for name in ("north", "south", ""):
        monkeypatch.setenv("SHOPGLASS_SHOP", name)
        shop = load_settings(database={"url": settings.database.url})
        with closing(Database(shop.database_url)) as database, closing(Jobs.open(shop, database)) as jobs:
            if job is None:
                job = jobs.submit("any", {})
                assert jobs.get(job.id) == job
            else:
                assert jobs.list() == ()
                with pytest.raises(NotFound):
                    jobs.get(job.id)


def test_rows_of_shops_are_apart(home, monkeypatch):
    separate(load_settings(), monkeypatch)


def test_rows_of_shops_are_apart_on_postgresql(home, postgresql, monkeypatch):
    separate(load_settings(database={"url": postgresql}), monkeypatch)


def test_a_database_that_is_there_is_not_taken_over(home, postgresql):
    settings = load_settings(database={"url": postgresql})
    made = add_shop(settings, "taken")
    made.home.rename(home / "elsewhere")
    with pytest.raises(Conflict, match="already exists"):
        add_shop(settings, "taken")
    assert list_shops(settings) == ()


def test_shops_share_models_and_no_hashes(home):
    settings = load_settings(recsys={"key": "k", "former_keys": ["old"]})
    north, south = add_shop(settings, "north"), add_shop(settings, "south")
    settings.models_dir.mkdir()
    (settings.models_dir / "model").write_text("weights")
    assert (north.models_dir / "model").read_text() == (south.models_dir / "model").read_text() == "weights"
    keys = [one.recsys.key.get_secret_value() for one in (settings, north, south)]
    former = [one.recsys.former_keys[0].get_secret_value() for one in (settings, north, south)]
    assert len({*keys, *former}) == 6


@pytest.mark.parametrize("name", ["", "..", "a/b", "A", "1st", "a" * 33, "a\n", ".a", 'a"b'])
def test_a_name_stays_in_its_folder(home, name):
    with pytest.raises(BadSettings):
        add_shop(load_settings(), name)
    assert list_shops(load_settings()) == ()


def test_a_shop_is_made_once_and_named_rightly(home, monkeypatch):
    settings = load_settings()
    add_shop(settings, "north")
    with pytest.raises(Conflict):
        add_shop(settings, "north")
    monkeypatch.setenv("SHOPGLASS_SHOP", "nroth")
    with pytest.raises(BadSettings, match="no shop nroth"):
        load_settings()
    monkeypatch.setenv("SHOPGLASS_SHOP", "north")
    with pytest.raises(BadSettings, match="no shops of its own"):
        add_shop(load_settings(), "east")


def test_sqlite_elsewhere_is_refused(home, tmp_path):
    with pytest.raises(BadSettings, match="SQLite"):
        load_settings(database={"url": f"sqlite:///{tmp_path / 'all.db'}"}).of_shop("north")
