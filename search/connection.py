"""One connection to Milvus, embedded or a server: made when needed, dropped when it breaks, its errors made ours."""

import logging
import os
import threading
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any, Literal, TypeVar

import msgspec

from core import settings as configuration
from core.errors import IndexUnavailable, NotFound, ShopglassError
from search.embedded import EmbeddedServer

_PAUSE = 0.5  # seconds between attempts to connect
_EMBEDDED_TYPES = frozenset({"FLAT", "IVF_FLAT"})
_SERVER_TYPES = _EMBEDDED_TYPES | {"HNSW", "IVF_SQ8", "IVF_PQ"}

# milvus-lite answers pymilvus's pings, one every ten seconds, by closing the connection ("too_many_pings") within a
# minute. A Unix socket needs no pings.
_NO_PINGS = {"grpc.keepalive_time_ms": 2**31 - 1, "grpc.keepalive_permit_without_calls": False}

T = TypeVar("T")


class Capabilities(msgspec.Struct, frozen=True):
    """What the engine can do. version: of milvus-lite or of the server."""

    engine: Literal["embedded", "server"]
    version: str
    index_types: frozenset[str]


class Connection:
    """A pymilvus client that comes back. Safe to share between threads.

    on_lost: called when the connection was dropped, with what it had in memory.
    """

    def __init__(self, settings: configuration.Index, home: Path, on_lost: Callable[[], None]) -> None:
        self._settings = settings
        self._embedded = None if settings.uri else EmbeddedServer(home)
        self._on_lost = on_lost
        self._pid = os.getpid()
        self._lock = threading.RLock()
        self._client: Any = None
        self._closed_until = 0.0

    def call(self, run: Callable[[Any, float], T]) -> T:
        """``run(client, timeout)``, connecting first where that is needed.

        Raises IndexUnavailable when Milvus does not answer, IndexLocked when another process holds the embedded one,
        NotFound for a collection that is not there, ShopglassError for a request that Milvus refuses.
        """
        import grpc
        from pymilvus import MilvusException

        client = self._connected()
        try:
            return run(client, self._settings.timeout)
        except grpc.RpcError as error:
            slow = error.code() is grpc.StatusCode.DEADLINE_EXCEEDED
            reason = str(error.code().name)
        except MilvusException as error:
            if error.code == 100 or "can't find collection" in error.message:
                raise NotFound("The index has no such collection.", remedy="Run `shopglass ingest` first.") from None
            reason = _first_line(error.message)
            if _refused(error):
                raise ShopglassError(f"Milvus refused what it was asked: {reason}") from None
            slow = error.code is grpc.StatusCode.DEADLINE_EXCEEDED
        if not slow:  # a connection that is only slow has other threads' calls on it
            self._disconnect(client)
        raise IndexUnavailable(
            f"Milvus did not answer: {reason}", remedy="Try again; a server named by index.uri must be running."
        )

    def capabilities(self) -> Capabilities:
        """What the engine says it can do."""
        if self._embedded is not None:
            self.call(lambda client, timeout: client.list_collections(timeout=timeout))
            return Capabilities("embedded", version("milvus-lite"), _EMBEDDED_TYPES)
        number = self.call(lambda client, timeout: client.get_server_version(timeout=timeout))
        return Capabilities("server", str(number), _SERVER_TYPES)

    def announce(self, url: str) -> None:
        """Note in the lock of an embedded index where this process can be asked."""
        with self._lock:
            if self._embedded is not None:
                self._connected()
                self._embedded.announce(url)

    def close(self) -> None:
        """Disconnect, and end the embedded server."""
        with self._lock:
            self._disconnect(self._client)
            if self._embedded is not None:
                self._embedded.stop()

    def _connected(self) -> Any:
        with self._lock:
            if self._pid != os.getpid():  # gRPC channels do not survive a fork
                self._client, self._pid = None, os.getpid()
            if self._client is None:
                if time.monotonic() < self._closed_until:
                    raise IndexUnavailable("Milvus was not there a moment ago.", remedy="Try again.")
                uri = self._settings.uri if self._embedded is None else self._embedded.start()
                self._client = self._connect(str(uri))
            return self._client

    def _connect(self, uri: str) -> Any:
        import grpc
        import pymilvus

        logging.getLogger("pymilvus").setLevel(logging.CRITICAL)  # it logs a traceback for every error it also raises
        token = self._settings.token
        options = {} if self._embedded is None else {"grpc_options": _NO_PINGS}
        try:
            return pymilvus.MilvusClient(
                uri,
                token=token.get_secret_value() if token else "",
                timeout=self._settings.timeout,
                dedicated=True,
                **options,
            )
        except (pymilvus.MilvusException, grpc.RpcError, grpc.FutureTimeoutError) as error:
            # Threads that waited for this attempt must not each wait for one more.
            self._closed_until = time.monotonic() + _PAUSE
            raise IndexUnavailable(
                "There is no connection to Milvus.", remedy="See whether index.uri is right and the server runs."
            ) from error

    def _disconnect(self, client: Any) -> None:
        with self._lock:
            if client is not None and client is self._client:
                self._client = None
                self._on_lost()
                client.close()


def _refused(error: Any) -> bool:
    """Whether the request is at fault (by Milvus's error codes, or by the client's own checks), and not the server."""
    from pymilvus import exceptions

    if type(error) is not exceptions.MilvusException:
        return not isinstance(error, exceptions.ConnectError | exceptions.MilvusUnavailableException)
    return error.code in (700, 2000, 65535) or (isinstance(error.code, int) and 1100 <= error.code < 1200)


def _first_line(text: str) -> str:
    return text.strip().splitlines()[0][:200] if text.strip() else "no reason given"
