"""Tables out of files and out of somebody's database, which is never written to."""

import polars as pl
import pytest
from pydantic import SecretStr
from sqlalchemy import create_engine, text

from core import Query, read_table
from core.errors import BadTable, Unavailable


@pytest.fixture
def shop(database_url):
    """A database that is not ours, with a table of sales."""
    url = database_url.replace("postgresql://", "postgresql+psycopg://")
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE sold (sku VARCHAR(9), day DATE, pieces NUMERIC(9, 2))"))
        connection.execute(text("INSERT INTO sold VALUES ('a', '2026-01-01', 2.5), ('b', '2026-01-02', NULL)"))
    engine.dispose()
    return SecretStr(database_url)


def test_a_query_gives_its_columns_and_nothing_where_there_is_nothing(shop):
    table = read_table(Query(shop, "SELECT sku AS series, day AS date, pieces AS quantity FROM sold ORDER BY sku"))
    assert table.columns == ["series", "date", "quantity"]
    assert table["quantity"].cast(pl.Float64).to_list() == [2.5, None]


@pytest.mark.parametrize(
    "sql", ["DELETE FROM sold", "UPDATE sold SET pieces = 0", "DROP TABLE sold", "SELECT * FROM nowhere", "no sql"]
)
def test_nothing_is_written_and_what_is_wrong_is_said_without_the_address(shop, sql):
    with pytest.raises(BadTable) as error:
        read_table(Query(shop, sql))
    assert shop.get_secret_value() not in str(error.value)
    assert len(read_table(Query(shop, "SELECT * FROM sold"))) == 2


def test_a_database_that_is_not_there_is_not_made(tmp_path):
    file = tmp_path / "none.db"
    with pytest.raises(BadTable, match="no such"):
        read_table(Query(SecretStr(f"sqlite:///{file}"), "SELECT 1"))
    assert not file.exists()
    with pytest.raises(BadTable, match="not valid"):
        read_table(Query(SecretStr("mysql://x"), "SELECT 1"))
    with pytest.raises(Unavailable):
        read_table(Query(SecretStr("postgresql://a:secret@127.0.0.1:1/x"), "SELECT 1"))


def test_a_query_does_not_show_its_password():
    assert "secret" not in repr(Query(SecretStr("postgresql://a:secret@host/x"), "SELECT 1"))


@pytest.mark.parametrize(
    ("name", "content"), [("a.csv", b""), ("a.parquet", b"PAR1"), ("a.jsonl", b"{"), ("a.xls", b"x")]
)
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path, name, content):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(BadTable, match=r"a\."):
        read_table(tmp_path / name)
