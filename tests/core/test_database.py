"""One schema on SQLite and PostgreSQL; transactions that commit or leave nothing."""

import importlib
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError

from core.database import Base, Database
from core.errors import BadSettings, Conflict, Unavailable

INSERT = text(
    "INSERT INTO jobs (id, kind, lane, arguments, state, cancelling, done, attempts, created)"
    " VALUES (:id, 'k', 'k', '{}', 'queued', FALSE, 0, 0, CURRENT_TIMESTAMP)"
)


@pytest.fixture
def database(database_url):
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


def count(database):
    with database.reading() as session:
        return session.scalar(text("SELECT count(*) FROM jobs"))


def test_a_transaction_commits_at_its_end(database):
    with database.session() as session:
        session.execute(INSERT, {"id": "a"})
    assert count(database) == 1


def test_a_transaction_in_which_something_is_raised_leaves_nothing(database):
    with pytest.raises(KeyError), database.session() as session:  # noqa: PT012
        session.execute(INSERT, {"id": "a"})
        raise KeyError
    assert count(database) == 0


def test_a_reading_session_cannot_write(database):
    with pytest.raises(DBAPIError, match=r"read-?only"), database.reading() as session:
        session.execute(INSERT, {"id": "a"})
    with database.session() as session:  # the connection goes back fit for writing
        session.execute(INSERT, {"id": "a"})
    assert count(database) == 1


def test_a_reader_does_not_wait_for_a_writer_and_does_not_see_its_unfinished_work(database):
    with database.session() as session:
        session.execute(INSERT, {"id": "a"})
        assert count(database) == 0
    assert count(database) == 1


def test_writers_that_read_first_take_turns(database):
    with database.session() as session:
        session.execute(INSERT, {"id": "a"})
    lock = "" if database.dialect == "sqlite" else " FOR UPDATE"

    def add_one(_):
        with database.session() as session:
            done = session.scalar(text(f"SELECT done FROM jobs{lock}"))
            session.execute(text("UPDATE jobs SET done = :done"), {"done": done + 1})

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(add_one, range(40)))
    with database.reading() as session:
        assert session.scalar(text("SELECT done FROM jobs")) == 40


def test_migrating_twice_changes_nothing(database):
    before = inspect(database.engine).get_table_names()
    database.migrate()
    assert inspect(database.engine).get_table_names() == before


def test_several_that_migrate_an_empty_database_at_once_take_turns(database_url):
    databases = [Database(database_url) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(Database.migrate, databases))
    assert count(databases[0]) == 0
    for database in databases:
        database.close()


def test_migrations_make_the_tables_that_the_rooms_declare(database):
    for module in (
        "core.audit",
        "core.jobs",
        "core.keys",
        "forecasting.replenishment.orders",
        "pricing.decisions",
        "forecasting.store",
        "recsys.profiles.tables",
        "recsys.reports",
        "recsys.tables",
        "search.tables",
    ):
        importlib.import_module(module)

    def declared(thing, name, kind, reflected, other):
        table = name if kind == "table" else thing.table.name
        return not table.startswith("lexical")  # full text: each database has its own kind of table for it

    options = {"version_table": "alembic_versions", "include_object": declared}
    with database.engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection, opts=options), Base.metadata) == []


def test_a_database_of_a_newer_version_is_refused(database):
    with database.session() as session:
        session.execute(text("UPDATE alembic_versions SET version_num = '9999_future'"))
    with pytest.raises(Conflict, match="newer"):
        database.migrate()


@pytest.mark.parametrize(
    "url", ["nonsense", "mysql://host/shop", "sqlite+nonsense:///a.db", "postgresql://host:port/shop"]
)
def test_a_url_that_names_no_database_is_a_fault_of_the_settings(url):
    with pytest.raises(BadSettings, match="SHOPGLASS_DATABASE__URL"):
        Database(url)


def test_a_server_that_does_not_answer_is_unavailable(free_port):
    database = Database(f"postgresql://shop:secret@127.0.0.1:{free_port}/shop")
    with pytest.raises(Unavailable) as caught:
        database.migrate()
    assert "secret" not in str(caught.value)


def test_a_fault_in_a_statement_is_not_called_unavailable(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'shop.db'}")
    with pytest.raises(DBAPIError, match="no such table"):
        count(database)
    database.close()


def test_sqlite_keeps_foreign_keys_and_a_write_ahead_log(tmp_path):
    database = Database(f"sqlite:///{tmp_path / 'deep' / 'shop.db'}")
    database.migrate()
    with database.reading() as session:
        assert session.scalar(text("PRAGMA foreign_keys")) == 1
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
    database.close()


def test_a_writer_waits_for_another_process_that_writes(tmp_path):
    file = tmp_path / "shop.db"
    database = Database(f"sqlite:///{file}")
    database.migrate()
    other = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, other.execute, ["COMMIT"]).start()
    with database.session() as session:
        session.execute(INSERT, {"id": "a"})
    assert count(database) == 1
    other.close()
    database.close()
