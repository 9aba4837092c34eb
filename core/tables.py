"""Tables from outside: a file, or what a query of somebody's database gives; read whole, never written to."""

from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from pydantic import SecretStr

from core.database import Database
from core.errors import BadSettings, BadTable

if TYPE_CHECKING:
    import polars as pl


class Query(msgspec.Struct, frozen=True):
    """What to ask of a database: its SQLAlchemy URL, SQLite's or PostgreSQL's, and a statement of SQL."""

    url: SecretStr
    sql: str


def read_table(source: Path | Query) -> "pl.DataFrame":
    """All rows of a .csv, .jsonl or .parquet file, or of a query in a transaction that cannot write.

    Raises BadTable where there is no such file, database, table or column, or the URL is none, and Unavailable where the database
    does not answer.
    """
    if isinstance(source, Query):
        return _ask(source)
    import polars as pl

    readers = {".csv": pl.read_csv, ".parquet": pl.read_parquet, ".jsonl": pl.read_ndjson}
    reader = readers.get(source.suffix.lower())
    if reader is None:
        raise BadTable(f"{source.name} is no .csv, .jsonl or .parquet file.", remedy="Convert it to one of these.")
    try:
        return reader(source)  # type: ignore[operator, no-any-return]
    except (pl.exceptions.PolarsError, OSError) as error:
        raise BadTable(f"{source.name} cannot be read: {str(error).splitlines()[0].rstrip('.')}.") from error


def _ask(query: Query) -> "pl.DataFrame":
    import polars as pl
    from sqlalchemy import text
    from sqlalchemy.exc import SQLAlchemyError

    try:
        database = Database(query.url.get_secret_value())
    except BadSettings as error:
        raise BadTable(
            "The address of the database is not valid.", remedy="Write postgresql://… or sqlite:///…."
        ) from error
    file = database.engine.url.database
    if database.dialect == "sqlite" and file and not Path(file).exists():
        raise BadTable("There is no such database.", remedy="Check the path after sqlite:///.")
    try:
        with database.reading() as session:
            return pl.read_database(text(query.sql), session.connection(), infer_schema_length=None)
    except (SQLAlchemyError, pl.exceptions.PolarsError) as error:
        # the driver's own words, without the statement and the parameters that SQLAlchemy adds
        said = str(getattr(error, "orig", None) or error).splitlines()[0].rstrip(".")
        raise BadTable(
            f"The query cannot be answered: {said}.", remedy="Try it in the database's own shell."
        ) from error
    finally:
        database.close()
