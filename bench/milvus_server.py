"""A real Milvus server from the `server` extra, for benchmarks and tests to run beside the embedded one."""

import gc
import socket
import warnings
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self

NEEDED = "a Milvus server: `pip install shopglass[server]` (Linux, x86-64)"


def installed() -> bool:
    """Whether the `server` extra is there."""
    return find_spec("milvus") is not None


class MilvusServer:
    """A standalone server of its own, on free ports, with its data in ``folder``; started by ``with``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._server: Any = None
        self._port: int | None = None

    @property
    def uri(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start the server, at the same address as before; returns when it is healthy, after some ten seconds."""
        fixed = {} if self._port is None else {"proxy_port": self._port}
        with warnings.catch_warnings(
            action="ignore", category=ResourceWarning
        ):  # it forgets sockets it tried ports with
            import milvus

            class Config(milvus.MilvusServerConfig):  # type: ignore[misc]
                def try_bind_port(self, port: int) -> socket.socket | None:
                    """Take a port that only connections of a killed server still linger on, as the server itself does."""
                    probe = socket.socket()
                    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                    try:
                        probe.bind(("127.0.0.1", port))
                        probe.listen()
                    except OSError:
                        probe.close()
                        return None
                    return probe

            self._server = milvus.MilvusServer(Config(data_dir=str(self._folder), **fixed))
            self._server.start()
            gc.collect()
        self._port = self._server.listen_port

    def kill(self) -> None:
        """End it as a crash would."""
        self._server.server_proc.kill()
        self._server.server_proc.wait()
        self._server.stop()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.stop()
