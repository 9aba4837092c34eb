"""Rows of a catalogue file, streamed: CSV, JSON Lines or Parquet, in memory that does not grow with the file.

A row's number is the one an editor shows: the record in a spreadsheet's count for CSV (the header is 1), the line for
JSON Lines; in Parquet the first row is 1. A file read twice gives the same rows with the same numbers.
"""

import codecs
import csv
import io
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import BinaryIO

import msgspec

from core.errors import BadCatalogue
from search.products import FIELDS, REQUIRED, Fault, Product, parse_product

LONGEST_LINE = 1 << 20
"""Bytes of a line of JSON, or of a CSV record; what is longer is one broken row."""


class Row(msgspec.Struct, frozen=True):
    """One row: a product, or the faults that kept it from being one. A fault beside a product is a remark."""

    number: int
    product: Product | None
    faults: tuple[Fault, ...] = ()

    @property
    def id(self) -> str | None:
        """The product's id, also where only that could be read."""
        return self.product.id if self.product else next((fault.id for fault in self.faults), None)


def read_rows(path: Path) -> Iterator[Row]:
    """Read the products of a catalogue file, by its suffix: .csv, .jsonl or .ndjson, .parquet.

    A row that is no product is a row with faults, never an error; an id that comes twice is left to the caller.
    Unknown columns are remarked upon in the first row that has them.
    Raises BadCatalogue when there is no such file, or as a whole it is none of these.
    """
    readers: dict[str, Callable[[Path], Iterator[_Raw]]] = {
        ".csv": _csv,
        ".jsonl": _json_lines,
        ".ndjson": _json_lines,
        ".parquet": _parquet,
    }
    reader = readers.get(path.suffix.lower())
    if reader is None:
        raise BadCatalogue(f"{path.name} is no catalogue.", remedy="Name a .csv, .jsonl or .parquet file.")
    try:
        yield from _rows(reader(path))
    except OSError as error:
        raise BadCatalogue(f"{path.name} cannot be read: {error.strerror or error}.") from error


def count_rows(path: Path) -> int:
    """About how many rows a catalogue file has: its lines, or what Parquet notes. Raises BadCatalogue."""
    if path.suffix.lower() == ".parquet":
        import polars as pl

        try:
            return int(pl.scan_parquet(path, glob=False).select(pl.len()).collect().item())
        except (pl.exceptions.PolarsError, OSError) as error:
            raise BadCatalogue(f"{path.name} is no Parquet file that can be read.") from error
    try:
        with path.open("rb") as file:
            return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
    except OSError as error:
        raise BadCatalogue(f"{path.name} cannot be read: {error.strerror or error}.") from error


class _Raw(msgspec.Struct, frozen=True):
    """values: field → raw value, or the reason why there are none."""

    number: int
    values: Mapping[str, object] | str


def _rows(raws: Iterable[_Raw]) -> Iterator[Row]:
    known = set(FIELDS)
    for raw in raws:
        if isinstance(raw.values, str):
            yield Row(raw.number, None, (Fault(raw.number, None, None, raw.values),))
            continue
        remarks: list[Fault] = []
        for name in raw.values.keys() - known:
            if len(known) < 1000:  # a file of ever new names must not fill the memory
                known.add(name)
                remarks.append(Fault(raw.number, None, name[:100], "is no known field and is passed over from here on"))
        parsed = parse_product(raw.values, raw.number)
        if isinstance(parsed, Product):
            yield Row(raw.number, parsed, tuple(remarks))
        else:
            yield Row(raw.number, None, parsed + tuple(remarks))


# JSON Lines


def _json_lines(path: Path) -> Iterator[_Raw]:
    with path.open("rb") as file:
        for number, line in enumerate(_bounded_lines(file), 1):
            if line is None:
                yield _Raw(number, f"is longer than {LONGEST_LINE} bytes")
                continue
            if number == 1:
                line = line.removeprefix(codecs.BOM_UTF8)
                if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
                    raise BadCatalogue(f"{path.name} is not in UTF-8.", remedy="Save it as UTF-8.")
            if line.strip():
                yield _Raw(number, _json_object(line))


def _json_object(line: bytes) -> dict[str, object] | str:
    try:
        value = msgspec.json.decode(line)
    except UnicodeDecodeError:
        return "is not in UTF-8"
    except msgspec.DecodeError as error:
        return str(error)
    except RecursionError:
        return "is nested too deeply"
    return value if isinstance(value, dict) else "is not a JSON object"


def _bounded_lines(file: BinaryIO) -> Iterator[bytes | None]:
    """Lines with their ends; None for one that is too long, whose bytes are passed over."""
    while line := file.readline(LONGEST_LINE + 1):
        if len(line) <= LONGEST_LINE:
            yield line
            continue
        while line and not line.endswith(b"\n"):
            line = file.readline(LONGEST_LINE)
        yield None


# CSV


class _Lines:
    """Lines for a CSV reader, one record's worth of them remembered so that a broken record can be read again."""

    def __init__(self, file: BinaryIO) -> None:
        start = file.read(2)
        file.seek(0)
        utf16 = start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
        self._source = _utf16_lines(file) if utf16 else _utf8_lines(file)
        self._again: deque[str | None] = deque()
        self.record: list[str | None] = []
        self._size = 0

    def begin(self) -> None:
        """A new record begins."""
        self.record, self._size = [], 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        line = self._again.popleft() if self._again else next(self._source)
        self.record.append(line)
        self._size += len(line or "")
        if line is None or self._size > LONGEST_LINE:
            raise csv.Error(f"record longer than {LONGEST_LINE} bytes")
        return line

    def give_back(self) -> None:
        """Have all lines of the record but its first read again."""
        self._again.extendleft(reversed(self.record[1:]))


def _utf8_lines(file: BinaryIO) -> Iterator[str | None]:
    file.seek(3 if file.read(3) == codecs.BOM_UTF8 else 0)
    for line in _bounded_lines(file):
        yield None if line is None else line.decode(errors="surrogateescape")


def _utf16_lines(file: BinaryIO) -> Iterator[str | None]:
    with io.TextIOWrapper(file, "utf-16", "replace", newline="") as text:
        while line := text.readline(LONGEST_LINE):
            yield line


def _csv(path: Path) -> Iterator[_Raw]:
    with path.open("rb") as file:
        lines = _Lines(file)
        records = _records(lines)
        first = next(records, None)
        if not first:
            raise BadCatalogue(f"{path.name} is empty.", remedy=f"It needs a header with {', '.join(REQUIRED)}.")
        if isinstance(first, str):
            raise BadCatalogue(f"The header of {path.name} {first}.")
        header = _header(first, path)
        for number, cells in enumerate(records, 2):
            if cells == []:
                continue
            values = cells if isinstance(cells, str) else _cells(header, cells)
            if isinstance(values, str) and len(lines.record) > 1:
                # Most likely a quote that is never closed: its row is lost, the rows it swallowed are not.
                lines.give_back()
                values = "has a quote that is not closed on its line"
            yield _Raw(number, values)


def _records(lines: _Lines) -> Iterator[list[str] | str]:
    """Cells of each record, or the reason why it has none."""
    reader = csv.reader(lines, strict=True)  # a guess at what a stray quote means would lose rows silently
    while True:
        lines.begin()
        try:
            yield next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield f"cannot be read: {error}"


def _header(cells: Sequence[str], path: Path) -> list[str]:
    header = [cell.strip().lower() for cell in cells]
    if twice := {name for name in header if name and header.count(name) > 1}:
        raise BadCatalogue(f"{path.name} has two columns called {sorted(twice)[0]!r}.")
    if missing := [name for name in REQUIRED if name not in header]:
        raise BadCatalogue(
            f"{path.name} has no column {', '.join(missing)}.",
            remedy="The first line names the columns, with commas between them, in UTF-8.",
        )
    return header


def _cells(header: Sequence[str], cells: Sequence[str]) -> dict[str, object] | str:
    if len(cells) != len(header):
        return f"has {len(cells)} cells where the header has {len(header)}"
    return {name: cell for name, cell in zip(header, cells, strict=True) if name}


# Parquet


def _parquet(path: Path) -> Iterator[_Raw]:
    import polars as pl

    if not path.is_file():
        raise BadCatalogue(f"{path.name} cannot be read: no such file.")
    number = 0
    try:
        table = pl.scan_parquet(path, glob=False)
        columns = [name.strip().lower() for name in table.collect_schema().names()]
        header = _header(columns, path)
        for batch in table.collect_batches(chunk_size=1000, maintain_order=True):
            for cells in batch.iter_rows():
                number += 1
                yield _Raw(number, {name: _plain(cell) for name, cell in zip(header, cells, strict=True) if name})
    except pl.exceptions.PolarsError as error:
        where = f" after row {number}" if number else ""
        raise BadCatalogue(f"{path.name} is no Parquet file that can be read{where}.") from error


def _plain(cell: object) -> object:
    """Attributes as a map of text to text come as a list of pairs; a struct has None where a name is missing."""
    if (
        isinstance(cell, list)
        and cell
        and all(isinstance(pair, dict) and pair.keys() == {"key", "value"} for pair in cell)
    ):
        return {pair["key"]: pair["value"] for pair in cell}
    if isinstance(cell, dict):
        return {name: value for name, value in cell.items() if value is not None}
    return cell
