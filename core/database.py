"""The database: SQLite in the home folder, or PostgreSQL by URL; one schema, brought up to date by migrations.

Rooms declare their tables on ``Base``. Migrations in ``core/migrations/versions`` are explicit operations and know no
room, so that an old one never changes when a table's declaration does.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from advanced_alchemy.base import DefaultBase as Base
from filelock import FileLock
from sqlalchemy import Connection, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from core.errors import BadSettings, Conflict, Unavailable

__all__ = ["Base", "Database"]

MIGRATIONS = Path(__file__).with_name("migrations")
BUSY_SECONDS = 30
CONNECT_SECONDS = 10
_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}
LOCK = 0x53484F50  # any number, the same in every process that migrates


class Database:
    """An engine and its sessions. Safe to share between threads; a session is not."""

    def __init__(self, url: str) -> None:
        """url: SQLAlchemy URL, ``sqlite:///…`` or ``postgresql://…``. Opens nothing yet. Raises BadSettings."""
        try:
            address = make_url(url)
            if address.drivername in ("postgres", "postgresql"):
                address = address.set(drivername="postgresql+psycopg")
            self.dialect = address.get_backend_name()
            if self.dialect not in ("sqlite", "postgresql"):
                raise ValueError(f"{self.dialect} is neither sqlite nor postgresql")
            address.get_dialect()
        except (ArgumentError, ValueError) as error:
            raise BadSettings("The database URL is not valid.", remedy="Correct SHOPGLASS_DATABASE__URL.") from error
        self._file = Path(address.database) if self.dialect == "sqlite" and address.database else None
        if self.dialect == "sqlite":
            self.engine = create_engine(address, connect_args={"timeout": BUSY_SECONDS})
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            self.engine = create_engine(address, pool_pre_ping=True, connect_args={"connect_timeout": CONNECT_SECONDS})
        self._writing = sessionmaker(self.engine, expire_on_commit=False)
        self._reading = sessionmaker(
            self.engine.execution_options(reading=True, postgresql_readonly=True), expire_on_commit=False
        )

    @contextmanager
    def session(self) -> Iterator[Session]:
        """A session in one transaction: committed at the end, rolled back if anything is raised.

        On SQLite it is the only one that writes from its beginning on; others wait, so keep it short.
        Raises Unavailable when the database does not answer or stays locked.
        """
        with _answering(), self._writing.begin() as session:
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that sees one state of the database and cannot write; it waits for no writer. Raises Unavailable."""
        with _answering(), self._reading.begin() as session:
            yield session

    def migrate(self) -> None:
        """Bring the schema up to date in one transaction, creating it in an empty database.

        Processes that do so at once take turns. Raises Unavailable, and Conflict for a schema newer than this Shopglass.
        """
        from advanced_alchemy.alembic.commands import AlembicCommands
        from advanced_alchemy.config import AlembicSyncConfig, SQLAlchemySyncConfig
        from alembic.util import CommandError

        if self._file is not None:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            _use_write_ahead_log(self._file)
        config = SQLAlchemySyncConfig(
            engine_instance=self.engine, alembic_config=AlembicSyncConfig(script_location=str(MIGRATIONS))
        )
        commands = AlembicCommands(config)
        with _answering(), self.engine.begin() as connection:
            if self.dialect == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
            commands.config.attributes["connection"] = connection
            try:
                commands.upgrade()
            except CommandError as error:
                raise Conflict(
                    "The database was made by a newer Shopglass.",
                    remedy="Install that version, or use another database.",
                ) from error

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        # SQLite uses this class for faults in a statement too; those are ours, and are left as they are
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is not None and code & 0xFF not in _UNAVAILABLE:
            raise
        raise Unavailable(
            "The database does not answer.", remedy="Check that it runs and that its disk has room."
        ) from error


def _prepare_sqlite(connection: Any, record: object) -> None:
    connection.isolation_level = None  # transactions begin where _begin_sqlite says, schema changes included
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later fails at once if another wrote in between, whatever the timeout;
    # so one that may write takes its turn at the beginning.
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reading else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")


def _use_write_ahead_log(file: Path) -> None:
    # Kept in the file once set. The switch does not wait its turn as other statements do, hence the lock.
    with FileLock(file.with_name(f".{file.name}.lock")), closing(sqlite3.connect(file)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
