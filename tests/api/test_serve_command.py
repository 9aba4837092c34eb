"""``shopglass serve`` where it cannot: told in words, exit code 1, no traceback."""

import subprocess
import sys
from pathlib import Path

from core import Database, Settings, load_settings
from search import Catalogue, Index
from tests.api.conftest import Shop


def serve(environment: dict[str, str], **changed: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", "serve", "--port", "0"],
        env={**environment, **changed},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def test_a_second_service_on_one_home_is_refused_and_told_of_the_first(shop: Shop) -> None:
    run = serve(shop.environment)
    assert run.returncode == 1
    assert "holds the index" in run.stderr
    assert shop.url in run.stderr
    assert "Traceback" not in run.stderr


def test_missing_model_files_are_named_with_the_remedy(shop: Shop, tmp_path: Path) -> None:
    run = serve(shop.environment, SHOPGLASS_HOME=str(tmp_path))
    assert run.returncode == 1
    assert "missing" in run.stderr
    assert "shopglass models pull" in run.stderr
    assert "Traceback" not in run.stderr


def test_an_index_of_other_encoders_is_refused_with_the_remedy(shop: Shop, tmp_path: Path) -> None:
    (tmp_path / "models").symlink_to(load_settings().models_dir)
    settings = Settings(home=tmp_path)
    database = Database(settings.database_url)
    database.migrate()
    catalogue = Catalogue(database)
    version = catalogue.begin_version("another.encoder", 8)
    with Index(settings.index, tmp_path) as index:
        index.create(version.collection, version.dim, version.encoder)
    catalogue.swap(version.id)
    database.close()
    run = serve(shop.environment, SHOPGLASS_HOME=str(tmp_path))
    assert run.returncode == 1
    assert "another.encoder" in run.stderr
    assert "--rebuild" in run.stderr


def test_faulty_settings_are_all_named(shop: Shop) -> None:
    run = serve(shop.environment, SHOPGLASS_SERVE__QUEUE="0", SHOPGLASS_IMAGES__LONGEST="x")
    assert run.returncode == 1
    assert "serve.queue" in run.stderr
    assert "images.longest" in run.stderr
