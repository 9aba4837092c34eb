"""Files that are whole or not there: written beside, flushed to the disk, then moved into place."""

import errno
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from core.errors import DiskFull

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def digest(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def refusing_full_disk(target: Path) -> Iterator[None]:
    """Turn "no space left" while ``target`` is being written into DiskFull, which names it."""
    try:
        yield
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise DiskFull(
            f"The disk has no room left for {target.name}.", remedy=f"Free some space in {target.parent} and try again."
        ) from error


def move_into_place(written: Path, target: Path) -> None:
    """Give a complete file its final name, so that after a crash ``target`` is the whole file or absent."""
    with written.open("rb+") as file:
        os.fsync(file.fileno())
    written.replace(target)
    if os.name == "posix":  # the new name itself is on the disk only once its folder is
        folder = os.open(target.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """A new path in the target's folder, of the same suffix, to write to; it becomes ``target`` if all goes well.

    Whatever is raised inside removes it again. Raises DiskFull when there is no room.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{secrets.token_hex(4)}.part-{target.name}")
    try:
        with refusing_full_disk(target):
            yield part
            move_into_place(part, target)
    finally:
        part.unlink(missing_ok=True)
