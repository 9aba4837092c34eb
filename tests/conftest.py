"""What every test may ask for."""

import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def data() -> Path:
    """The folder of real data; the test is skipped where it is absent."""
    folder = Path(os.environ.get("SHOPGLASS_DATA") or Path(__file__).parents[2] / "shared" / "data")
    if not folder.is_dir():
        pytest.skip("needs the folder of real data: set SHOPGLASS_DATA")
    return folder


@pytest.fixture
def watched() -> Callable[..., list[str]]:
    """Runs a module that ends with ``tell_what_leaves``; gives the addresses outside this machine that it sent to."""
    alone = ("unshare", "--net", "--map-root-user")
    if not all(map(shutil.which, ("unshare", "ip"))):
        pytest.skip("needs unshare and ip")
    if subprocess.run([*alone, "true"], check=False, capture_output=True).returncode != 0:
        pytest.skip("needs the right to make a network namespace")

    def run(module: str, *arguments: str) -> list[str]:
        ended = subprocess.run(
            [*alone, sys.executable, "-m", module, *arguments],
            env={**os.environ, "OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "ignore"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, ended.stderr[-3000:]
        told = json.loads(ended.stdout.splitlines()[-1])
        assert told["awake"]
        return list(told["outside"])

    return run


@pytest.fixture
def free_port() -> int:
    """A TCP port of this machine on which nothing listens."""
    return _free_port()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """The URL, less the database's name, of a PostgreSQL server that lives as long as the session."""
    programs = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    found = shutil.which("initdb") or (programs and programs[-1] / "initdb")
    if not found:
        pytest.skip("needs PostgreSQL's initdb and postgres")
    folder = Path(tempfile.mkdtemp(prefix="shopglass-postgresql-"))  # pytest's own folders are closed to other users
    as_user: dict[str, object] = {}
    if os.geteuid() == 0:  # which PostgreSQL refuses to run as
        try:
            user = pwd.getpwnam("postgres")
        except KeyError:
            pytest.skip("needs the user postgres, or not to run as root")
        as_user = {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
        os.chown(folder, user.pw_uid, user.pw_gid)
    programs_dir, port = Path(found).parent, _free_port()
    control = [programs_dir / "pg_ctl", "--pgdata", folder / "data", "--wait", "--silent"]
    options = f"-c fsync=off -c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder}"
    run = {"check": True, "cwd": folder, "stdout": subprocess.DEVNULL, **as_user}
    subprocess.run(
        [
            programs_dir / "initdb",
            "--pgdata",
            folder / "data",
            "--username=shop",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-sync",
        ],
        **run,
    )
    subprocess.run([*control, "--log", folder / "log", "--options", options, "start"], **run)
    yield f"postgresql://shop@127.0.0.1:{port}/"
    subprocess.run([*control, "--mode=immediate", "stop"], **run)
    shutil.rmtree(folder)


@pytest.fixture
def postgresql(postgresql_server: str) -> Iterator[str]:
    """The URL of an empty PostgreSQL database."""
    import psycopg

    name = f"test_{os.urandom(4).hex()}"
    with psycopg.connect(postgresql_server + "postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield postgresql_server + name
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind in turn."""
    return f"sqlite:///{tmp_path / 'shop.db'}" if request.param == "sqlite" else request.getfixturevalue("postgresql")


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The URL of a Redis server that lives as long as the session."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("needs redis-server or valkey-server")
    pytest.importorskip("redis", reason="needs the extra redis")
    from redis import Redis
    from redis.exceptions import ConnectionError

    port = _free_port()
    server = subprocess.Popen(
        [program, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"],
        cwd=tmp_path_factory.mktemp("redis"),
        stdout=subprocess.DEVNULL,
    )
    url = f"redis://127.0.0.1:{port}/0"
    with Redis.from_url(url) as client:
        while True:
            try:
                client.ping()
                break
            except ConnectionError:
                assert server.poll() is None, "the Redis server ended"
    yield url
    server.terminate()
    server.wait()
