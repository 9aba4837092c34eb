"""A copy of what cannot be made again: rows, keys and one's own model files, in one tar file.

Rows are copied as of one moment while a service runs: by SQLite's own backup, or PostgreSQL's ``pg_dump``. The index is not
in it, as the rows hold every vector that it is made of.
"""

import errno
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import msgspec
from sqlalchemy import inspect, make_url

from core.database import Database
from core.errors import BadRequest, Conflict, Unavailable
from core.files import digest, move_into_place, refusing_full_disk, replacing
from core.settings import Settings
from core.weights import Weights

FORMAT = 1
MANIFEST_NAME = "backup.json"
ROWS = "rows"
_KEPT = ("recsys.key", "shopglass.toml", "recommenders")
"""What of the home folder cannot be made again, besides rows and models."""


class Backup(msgspec.Struct, frozen=True):
    """What a backup says of itself. files: SHA-256 by name in the archive; dialect: of the rows."""

    format: int
    shopglass: str
    created: datetime
    dialect: str
    files: dict[str, str]


def backup(settings: Settings, target: Path) -> Backup:
    """Write a backup to ``target``, readable by its owner alone, whole or not at all. Raises Unavailable and DiskFull."""
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".backup-") as folder, refusing_full_disk(target):
        rows = Path(folder) / ROWS
        _copy_rows(settings, rows)
        files = {ROWS: rows, **dict(_files(settings))}
        told = Backup(
            FORMAT,
            version("shopglass"),
            datetime.now(UTC),
            make_url(settings.database_url).get_backend_name(),
            {name: digest(path) for name, path in files.items()},
        )
        manifest = Path(folder) / MANIFEST_NAME
        manifest.write_bytes(msgspec.json.encode(told))
        with replacing(target) as part:
            part.touch(mode=0o600)
            with tarfile.open(part, "w") as archive:
                for name, path in {MANIFEST_NAME: manifest, **files}.items():
                    archive.add(path, name, recursive=False)
    return told


def restore(settings: Settings, source: Path) -> Backup:
    """Put a backup's rows and files where the settings say; the index is to be made from them afterwards.

    Every file is checked against its hash before the first is put in place. Raises BadRequest for what is no backup or is
    damaged, and Conflict where there are rows already or those of the backup are of another kind of database.
    """
    with tempfile.TemporaryDirectory(dir=settings.home, prefix=".restore-") as place:
        folder = Path(place)
        told = _unpack(source, folder)
        dialect = make_url(settings.database_url).get_backend_name()
        if told.dialect != dialect:
            raise Conflict(
                f"The backup is of {told.dialect}, the settings name {dialect}.", remedy="Set database.url accordingly."
            )
        _refuse_rows(settings)
        for name in told.files:
            if name != ROWS:
                to = settings.home / name
                to.parent.mkdir(parents=True, exist_ok=True)
                move_into_place(folder / name, to)
        _put_rows(settings, folder / ROWS)
    return told


def _files(settings: Settings) -> Iterator[tuple[str, Path]]:
    home = settings.home
    for name in _KEPT:
        for path in sorted((home / name).rglob("*")) if (home / name).is_dir() else [home / name]:
            if path.is_file():
                yield path.relative_to(home).as_posix(), path
    own = settings.models_dir / "weights.toml"
    if own.is_file():
        yield own.relative_to(home).as_posix(), own
        ours = Weights(Path(os.devnull)).entries  # those of the project alone
        for status in Weights(settings.models_dir).list():
            path = settings.models_dir / status.file
            if ours.get(status.name) != status.entry and path.is_file():
                yield path.relative_to(home).as_posix(), path


def _copy_rows(settings: Settings, to: Path) -> None:
    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite":
        if not address.database or not Path(address.database).is_file():
            raise Conflict("There are no rows yet.", remedy="Back up after the first ingest.")
        with closing(sqlite3.connect(address.database)) as live, closing(sqlite3.connect(to)) as copy:
            try:
                live.backup(copy)
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode == sqlite3.SQLITE_FULL:  # as any other file would have it
                    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from error
                raise
        return
    _postgresql("pg_dump", settings, "--format=custom", "--no-owner", f"--file={to}")


def _put_rows(settings: Settings, rows: Path) -> None:
    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite":
        assert address.database
        file = Path(address.database)
        file.parent.mkdir(parents=True, exist_ok=True)
        with replacing(file) as part, closing(sqlite3.connect(rows)) as kept, closing(sqlite3.connect(part)) as copy:
            kept.backup(copy)  # the file may be of another file system
        return
    _postgresql("pg_restore", settings, "--no-owner", "--exit-on-error", "--single-transaction", str(rows))


def _refuse_rows(settings: Settings) -> None:
    address = make_url(settings.database_url)
    if address.get_backend_name() == "sqlite":
        there = bool(address.database) and Path(str(address.database)).exists()
    else:
        database = Database(settings.database_url)
        try:
            with database.reading() as session:
                there = bool(inspect(session.connection()).get_table_names())
        finally:
            database.close()
    if there:
        raise Conflict("There are rows here already.", remedy="Restore into an empty home and an empty database.")


def _postgresql(program: str, settings: Settings, *arguments: str) -> None:
    url = make_url(settings.database_url)
    # the password is no argument: those are seen by every user of the machine
    place = url.set(drivername="postgresql", password=None).render_as_string()
    environment = {**os.environ, **({"PGPASSWORD": str(url.password)} if url.password else {})}
    try:
        ended = subprocess.run(
            [program, "--dbname", place, *arguments], capture_output=True, text=True, check=False, env=environment
        )
    except FileNotFoundError as error:
        raise Unavailable(f"{program} is not installed.", remedy="Install PostgreSQL's client programs.") from error
    if ended.returncode != 0:
        lines = ended.stderr.strip().splitlines()
        raise Unavailable(f"{program} failed: {lines[-1] if lines else ended.returncode}.")


def _unpack(source: Path, folder: Path) -> Backup:
    remedy = "Use another backup."
    try:
        with tarfile.open(source, "r:") as archive:
            for member in archive:  # nothing outside the folder, no links, no devices
                place = folder / member.name
                data = archive.extractfile(member) if member.isreg() else None
                if data is None or not place.resolve().is_relative_to(folder.resolve()):
                    raise tarfile.TarError(f"{member.name} is no file of a backup")
                place.parent.mkdir(parents=True, exist_ok=True)
                with data, place.open("wb") as file:
                    shutil.copyfileobj(data, file)
        told = msgspec.json.decode((folder / MANIFEST_NAME).read_bytes(), type=Backup)
    except (tarfile.TarError, OSError, msgspec.DecodeError) as error:
        raise BadRequest(f"{source.name} is not a backup of Shopglass, or is cut short.", remedy=remedy) from error
    if told.format != FORMAT:
        raise BadRequest(f"{source.name} is of format {told.format}; this Shopglass reads {FORMAT}.", remedy=remedy)
    for name, expected in told.files.items():
        path = folder / name
        if not path.resolve().is_relative_to(folder.resolve()) or not path.is_file() or digest(path) != expected:
            raise BadRequest(f"{name} in {source.name} is damaged.", remedy=remedy)
    return told
