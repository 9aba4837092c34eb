"""The embedded Milvus: one child process, one file in the home folder, one owner at a time.

milvus-lite 2.5 is a server binary that listens on a Unix socket. It is started from here and not through its Python
wrapper, for two reasons. The wrapper forgets a server that died and cannot start another. And the lock on the home
folder is inherited by the child, so that it is held until owner *and* child are gone: a process killed with SIGKILL
can never leave a server behind that writes the file of its successor.
"""

import contextlib
import fcntl
import json
import os
import shutil
import socket
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from typing import IO

from core.errors import IndexLocked, IndexUnavailable

START_SECONDS = (
    30.0  # a file of 100,000 vectors of 587 numbers is served 0.1 s after the start; a cold disk takes longer
)
ORPHAN_SECONDS = 5.0  # a child whose owner was killed notices within milliseconds


class EmbeddedServer:
    """A milvus-lite process over ``home/index.db``. Start and stop it from one thread at a time.

    ``start`` raises IndexLocked, naming the holder, when another process holds the index, and IndexUnavailable when
    the server does not come up.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._pid = os.getpid()
        self._lock: IO[str] | None = None
        self._watched: IO[str] | None = None
        self._folder: Path | None = None
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def start(self) -> str:
        """Start the server, or another one where it died, and return its address."""
        if self._lock is not None and self._pid != os.getpid():
            raise IndexLocked(f"Process {self._pid}, which this one was forked from, holds the index.")
        if self._lock is None:
            self._pid = os.getpid()
            self._home.mkdir(parents=True, exist_ok=True)
            self._lock = _locked(self._home / "index.lock")
            self.announce(None)
        if not self.running:
            self._end()
            self._launch(self._lock)
        return f"unix:{self._socket}"

    def announce(self, url: str | None) -> None:
        """Note in the lock file who holds the index and at which URL it can be asked."""
        assert self._lock is not None
        self._lock.seek(0)
        self._lock.truncate()
        json.dump({"pid": os.getpid(), "url": url}, self._lock)
        self._lock.flush()

    def stop(self) -> None:
        """End the server and give the lock back. In a forked child of the owner it does nothing."""
        if self._pid != os.getpid():
            return
        self._end()
        if self._lock is not None:
            self._lock.truncate(0)
            fcntl.flock(self._lock, fcntl.LOCK_UN)
            self._lock.close()
            self._lock = None

    @property
    def _socket(self) -> Path:
        assert self._folder is not None
        return self._folder / "milvus.sock"

    def _launch(self, lock: IO[str]) -> None:
        spec = find_spec("milvus_lite")  # found, not imported: its __init__ needs pkg_resources and takes 0.3 s
        if spec is None or spec.origin is None:
            raise IndexUnavailable("The embedded index needs milvus-lite.", remedy="Install it, or set index.uri.")
        library = Path(spec.origin).parent / "lib"
        self._folder = Path(tempfile.mkdtemp(prefix="shopglass-"))  # a socket's path is at most 108 bytes long
        # The server ends itself when the POSIX lock on the file named last is released, that is, when we are gone.
        watched = self._home / ".index.watch"
        self._watched = watched.open("w")
        fcntl.lockf(self._watched, fcntl.LOCK_EX)
        self._process = subprocess.Popen(
            [library / "milvus", self._home / "index.db", f"unix:{self._socket}", "ERROR", watched],
            cwd=self._home,
            env={**os.environ, "LD_LIBRARY_PATH": str(library)},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=(lock.fileno(),),
            start_new_session=True,  # Ctrl-C is for us: the server must outlive our last writes
        )
        deadline = time.monotonic() + START_SECONDS
        while not _answers(self._socket):
            if not self.running or time.monotonic() > deadline:
                self._end()
                raise IndexUnavailable(
                    "The embedded index did not start.",
                    remedy=f"See whether {self._home.name}/index.db is writable and its disk not full.",
                )
            time.sleep(0.01)

    def _end(self) -> None:
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(5)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None
        if self._watched is not None:
            self._watched.close()
            self._watched = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


def _answers(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _locked(path: Path) -> IO[str]:
    file = path.open("a+")
    deadline = time.monotonic() + ORPHAN_SECONDS
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            pid, url = holder(path.parent)
            if pid is not None and not _alive(pid) and time.monotonic() < deadline:
                time.sleep(0.02)  # its child is about to notice that the owner is gone
                continue
            file.close()
            where = f", serving {url}," if url else ""
            raise IndexLocked(
                f"Process {pid or 'unknown'}{where} holds the index.",
                remedy=f"Ask it at {url}, or stop it first." if url else "Wait for it to end, or stop it first.",
                retry_after=5.0,
            ) from None
        else:
            return file


def holder(home: Path) -> tuple[int | None, str | None]:
    """Process id and URL of who holds the index in this folder, as noted there; None for what is not."""
    with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
        note = json.loads((home / "index.lock").read_text())
        return int(note["pid"]), note.get("url")
    return None, None


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
