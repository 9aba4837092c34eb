import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from core.errors import BadCatalogue
from search.rows import Row, count_rows, read_rows

HEADER = "id,title,category,price,currency,image\n"


def line(product_id: object) -> str:
    return f"{product_id},A dress,dress,9.50,EUR,{product_id}.jpg\n"


def read(path: Path, content: str | bytes) -> list[Row]:
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return list(read_rows(path))


def outcomes(rows: list[Row]) -> list[tuple[int, str | None]]:
    """Row numbers with the ids of products, None where there is none."""
    return [(row.number, row.product.id if row.product else None) for row in rows]


@pytest.fixture
def csv(tmp_path):
    return tmp_path / "products.csv"


@pytest.fixture
def jsonl(tmp_path):
    return tmp_path / "products.jsonl"


def test_csv_rows_are_numbered_as_a_spreadsheet_does(csv):
    assert outcomes(read(csv, HEADER + line("a") + "\n" + line("b"))) == [(2, "a"), (4, "b")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv_with_a_byte_order_mark_is_read(csv, encoding):
    rows = read(csv, (HEADER + line("连衣裙")).encode(encoding))
    assert outcomes(rows) == [(2, "连衣裙")]


def test_csv_broken_rows_are_outcomes_and_the_others_are_read(csv):
    broken = [
        "b,only,three\n",
        'c,"A" dress,dress,9.50,EUR,c.jpg\n',
        "d,A\0dress,dress,9.50,EUR,d.jpg\n",
        f"e,{'x' * 200_000},dress,9.50,EUR,e.jpg\n",
        f"f,{'x' * 2_000_000},dress,9.50,EUR,f.jpg\n",
    ]
    latin = "g,Été,dress,9.50,EUR,g.jpg\n".encode("latin-1")
    rows = read(csv, (HEADER + line("a") + "".join(broken)).encode() + latin + line("z").encode())
    assert outcomes(rows) == [(2, "a"), *((n, None) for n in range(3, 9)), (9, "z")]
    assert all(row.faults for row in rows[1:-1])
    assert ("title", "Holds characters that are not UTF-8") in [(f.field, f.reason) for f in rows[-2].faults]


def test_a_quote_that_is_never_closed_costs_one_row(csv):
    open_quote = 'b,"A dress,dress,9.50,EUR,b.jpg\n'
    last = 'd,A dress,dress,9.50,EUR,"d.jpg\n'
    rows = read(csv, HEADER + line("a") + open_quote + line("c") + last + "".join(map(line, range(3000))))
    assert outcomes(rows)[:4] == [(2, "a"), (3, None), (4, "c"), (5, None)]
    assert [row.product.id for row in rows[4:] if row.product] == [str(i) for i in range(3000)]


def test_a_record_over_several_lines_is_one_row(csv):
    rows = read(
        csv, HEADER.strip() + ",description\n" + 'a,A,dress,1,EUR,a.jpg,"two\nlines"\n' + line("b").strip() + ",\n"
    )
    assert outcomes(rows) == [(2, "a"), (3, "b")]
    assert rows[0].product is not None
    assert rows[0].product.description == "two\nlines"


def test_unknown_columns_are_remarked_upon_once(csv, jsonl):
    rows = read(csv, HEADER.strip() + ",colour\n" + line("a").strip() + ",red\n" + line("b").strip() + ",red\n")
    assert [[fault.field for fault in row.faults] for row in rows] == [["colour"], []]
    assert all(row.product for row in rows)
    one = '{"id":"%s","title":"t","category":"c","price":1,"currency":"EUR","image":"i","size":1}\n'
    assert [len(row.faults) for row in read(jsonl, one % "a" + one % "b")] == [1, 0]


def test_json_lines_are_numbered_and_broken_ones_are_outcomes(jsonl):
    good = b'{"id":"%s","title":"t","category":"c","price":19.99,"currency":"EUR","image":"i","attributes":{"a":"b"}}\n'
    broken = [b"{\n", b"[]\n", b'"\xff"\n', b"[" * 100_000 + b"\n", b"x" * 2_000_000 + b"\n", b'{"id": "\\ud800"}\n']
    rows = read(jsonl, b"\xef\xbb\xbf" + good % b"a" + b"\n" + b"".join(broken) + good.rstrip() % b"z")
    assert outcomes(rows) == [(1, "a"), *((n, None) for n in range(3, 9)), (9, "z")]
    assert str(rows[0].product.price if rows[0].product else "") == "19.99"


def test_parquet_rows_with_structs_and_decimals(tmp_path):
    path = tmp_path / "p.parquet"
    columns = {
        "id": [1, 2],
        "title": ["a", "b"],
        "category": ["c", "c"],
        "currency": ["EUR", None],
        "image": ["i", "j"],
    }
    frame = pl.DataFrame(columns | {"attributes": [{"size": "S", "fit": None}, {"size": None, "fit": None}]})
    frame.with_columns(price=pl.Series([1.5, 2.25]).cast(pl.Decimal(10, 2))).write_parquet(path)
    first, second = read_rows(path)
    assert first.product is not None
    assert (first.product.id, str(first.product.price), first.product.attributes) == ("1", "1.50", {"size": "S"})
    assert [(fault.row, fault.field) for fault in second.faults] == [(2, "currency")]
    assert count_rows(path) == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.csv", b""),
        ("a.csv", b"id,title\n1,2\n"),
        ("a.csv", b"id,id,title,category,price,currency,image\n"),
        ("a.csv", b"\x89PNG\r\n\x1a\n\0\0\0"),
        ("a.csv", b'"' + b"x" * 3_000_000),
        ("a.xlsx", b""),
        ("a.jsonl", "{}".encode("utf-16")),
        ("a.parquet", b"PAR1 or not"),
    ],
)
def test_a_file_that_is_no_catalogue_is_refused_as_a_whole(tmp_path, name, content):
    with pytest.raises(BadCatalogue):
        read(tmp_path / name, content)


@pytest.mark.parametrize("name", ["none.csv", "none.jsonl", "none.parquet"])
def test_a_missing_file_is_refused(tmp_path, name):
    with pytest.raises(BadCatalogue):
        next(read_rows(tmp_path / name))
    with pytest.raises(BadCatalogue):
        count_rows(tmp_path / name)


@pytest.mark.parametrize("suffix", ["csv", "jsonl"])
def test_memory_does_not_grow_with_the_file(tmp_path, suffix):
    path = tmp_path / f"big.{suffix}"
    filler = "x" * 2000
    with path.open("w") as file:
        if suffix == "csv":
            file.write(HEADER.strip() + ",description\n")
        for i in range(40_000):
            row = f'{{"id":"{i}","title":"t","category":"c","price":1,"currency":"EUR","image":"i","description":"{filler}"}}\n'
            file.write(line(i).strip() + f",{filler}\n" if suffix == "csv" else row)
    script = (
        "import resource, sys; from pathlib import Path; from search.rows import read_rows\n"
        "rows = read_rows(Path(sys.argv[1])); next(rows)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "count = sum(1 for _ in rows)\n"
        "print(count, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)"
    )
    done = subprocess.run([sys.executable, "-c", script, path], capture_output=True, text=True, check=True)
    count, grown = map(int, done.stdout.split())
    assert count == 39_999
    assert grown * 1024 < path.stat().st_size / 5
