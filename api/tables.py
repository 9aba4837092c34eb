"""Tables as a command is given them: the path of a file, or the URL of a database with a query."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import rich_click as click

from core.errors import BadTable

if TYPE_CHECKING:
    from core import Query


class TableType(click.ParamType):  # type: ignore[type-arg]
    """The path of a file that is there, or an SQLAlchemy URL."""

    name = "file or URL"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> "Path | str":
        if "://" in str(value):
            return str(value)
        path: Path = click.Path(path_type=Path, exists=True, dir_okay=False).convert(value, param, ctx)
        return path


TABLE = TableType()
QUERY = click.option(
    "--query", help="SQL that gives the table, where it comes from a database (postgresql://… or sqlite:///…)."
)


def source(table: "Path | str", query: str | None) -> "Path | Query":
    """What :func:`core.read_table` reads. Raises BadTable where one of URL and query comes without the other."""
    from pydantic import SecretStr

    from core import Query

    if isinstance(table, Path):
        if query is not None:
            raise BadTable(
                "A file is read whole, without a query.", remedy="Leave out --query, or give a database's URL."
            )
        return table
    if query is None:
        raise BadTable("A database is asked by a query.", remedy="Add --query 'SELECT …'.")
    return Query(SecretStr(table), query)
