"""Further shops beside a service's own: made and listed. A process serves one, the one that SHOPGLASS_SHOP names.

Each is :meth:`Settings.of_shop`: nothing that reads rows, files or index knows of another. Models alone are common, by
a link in the shop's home.
"""

import os
from contextlib import closing

from sqlalchemy import create_engine, make_url, text
from sqlalchemy.exc import ProgrammingError

from core.database import Database
from core.errors import BadSettings, Conflict
from core.settings import Settings


def add_shop(settings: Settings, name: str) -> Settings:
    """Make a shop's database and home, the home last, and return its settings.

    settings: of the service. Raises BadSettings for a bad name or within a shop, Conflict where the shop or its database is there already,
    and Unavailable.
    """
    if os.environ.get("SHOPGLASS_SHOP"):
        raise BadSettings("A shop has no shops of its own.", remedy="Unset SHOPGLASS_SHOP.")
    shop = settings.of_shop(name)
    if shop.home.exists():
        raise Conflict(f"There is a shop {name} already.")
    shop.home.parent.mkdir(mode=0o700, exist_ok=True)
    making = shop.home.with_name(f".{name}")  # a dot begins no shop's name: until it is whole there is none
    making.mkdir(mode=0o700, exist_ok=True)
    if settings.database.url is not None:
        _make_database(settings, shop)
    with closing(Database(shop.model_copy(update={"home": making}).database_url)) as database:
        database.migrate()
    if not (making / "models").is_symlink():
        (making / "models").symlink_to("../../models", target_is_directory=True)
    making.rename(shop.home)
    return shop


def list_shops(settings: Settings) -> tuple[str, ...]:
    """Names of the further shops, in order. settings: of the service."""
    folder = settings.home / "shops"
    return tuple(sorted(one.name for one in folder.glob("[!.]*") if one.is_dir()))


def _make_database(settings: Settings, shop: Settings) -> None:
    with closing(Database(settings.database_url)) as own, own.reading():
        url = own.engine.url  # it answers, and its driver is named
    name = make_url(shop.database_url).database
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    try:
        with engine.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {engine.dialect.identifier_preparer.quote(str(name))}"))
    except ProgrammingError as error:
        # One that is there is never taken over: it may be another service's.
        raise Conflict(
            f"The database {name} cannot be made: {str(error.orig).splitlines()[0]}.",
            remedy="Give database.url's user the right to make databases; drop one that an earlier attempt has left.",
        ) from error
    finally:
        engine.dispose()
