"""Pages over a snapshot: what was ranked once is not ranked again, so that no page repeats what another showed."""

import base64
import hmac
import secrets
import struct
import threading
import time
from collections import OrderedDict
from typing import Generic, Protocol, TypeVar

from core.errors import BadCursor

SECONDS = 900.0
"""How long a snapshot is kept after its last use."""

MOST_ENTRIES = 400_000
"""Entries of all snapshots together; beyond it those longest unused go. An entry takes about 200 bytes."""

_TOKEN = struct.Struct(">16sI")
_SIGNATURE = 12


class Snapshot(Protocol):
    def __len__(self) -> int: ...


S = TypeVar("S", bound=Snapshot)


class Cursors(Generic[S]):
    """Snapshots in memory, and signed tokens that say where in one a page ends. Safe to share between threads.

    A token is of use in the process that made it, as long as its snapshot is kept.
    """

    def __init__(self, *, seconds: float = SECONDS, most_entries: int = MOST_ENTRIES) -> None:
        self._seconds = seconds
        self._most_entries = most_entries
        self._secret = secrets.token_bytes(32)
        self._kept: OrderedDict[bytes, tuple[float, S]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, snapshot: S) -> bytes:
        """Keep a snapshot; returns its key."""
        key = secrets.token_bytes(16)
        with self._lock:
            self._kept[key] = time.monotonic(), snapshot
            self._tidy()
        return key

    def token(self, key: bytes, offset: int) -> str:
        """The cursor of the page that begins at ``offset`` of a snapshot: URL-safe text of constant length."""
        body = _TOKEN.pack(key, offset)
        return base64.urlsafe_b64encode(body + self._sign(body)).decode()

    def find(self, token: str) -> tuple[bytes, S, int]:
        """Key, snapshot and offset of a cursor. Raises BadCursor when it is not ours, was altered or has expired."""
        try:
            raw = base64.b64decode(token, altchars=b"-_", validate=True)
        except ValueError:
            raw = b""
        body, signature = raw[: _TOKEN.size], raw[_TOKEN.size :]
        if len(body) != _TOKEN.size or not hmac.compare_digest(signature, self._sign(body)):
            raise BadCursor("The cursor was not made here, or not by this run.", remedy="Search again without it.")
        key, offset = _TOKEN.unpack(body)
        with self._lock:
            self._tidy()
            if key not in self._kept:
                raise BadCursor("The cursor has expired.", remedy="Search again without it.")
            snapshot = self._kept.pop(key)[1]
            self._kept[key] = time.monotonic(), snapshot
        return key, snapshot, offset

    def _sign(self, body: bytes) -> bytes:
        return hmac.digest(self._secret, body, "sha256")[:_SIGNATURE]

    def _tidy(self) -> None:
        oldest = time.monotonic() - self._seconds
        entries = sum(len(snapshot) for _, snapshot in self._kept.values())
        while self._kept:
            used, snapshot = next(iter(self._kept.values()))
            if used > oldest and (entries <= self._most_entries or len(self._kept) == 1):
                return
            entries -= len(snapshot)
            self._kept.popitem(last=False)
