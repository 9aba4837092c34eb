"""Turns between processes and threads that write the same catalogue; a turn ends with its process, however that ends."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from zlib import crc32

from sqlalchemy import text

from core import Database
from core.errors import Conflict


@contextmanager
def turn(database: Database, home: Path, name: str, *, wait: bool) -> Iterator[None]:
    """Hold the turn of this name: an advisory lock of PostgreSQL, or of a file beside an SQLite database.

    Raises Conflict at once when another has it and ``wait`` is false.
    """
    held = _postgresql(database, name, wait) if database.dialect == "postgresql" else _file(home, name, wait)
    with held:
        yield


@contextmanager
def _file(home: Path, name: str, wait: bool) -> Iterator[None]:
    home.mkdir(parents=True, exist_ok=True)
    with (home / f".{name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise _taken(name) from None
        yield  # closing the file releases it


@contextmanager
def _postgresql(database: Database, name: str, wait: bool) -> Iterator[None]:
    key = {"key": crc32(f"shopglass {name}".encode())}
    # Outside a transaction: one that is open as long as an ingest runs would keep the server from tidying up.
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if wait:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), key)
        elif not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
            raise _taken(name)
        try:
            yield
        finally:
            connection.execute(text("SELECT pg_advisory_unlock(:key)"), key)


def _taken(name: str) -> Conflict:
    return Conflict(f"Another {name} is running on this catalogue.", remedy="Wait for it to end, or cancel it.")
