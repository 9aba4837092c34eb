"""Try-ons asked for as jobs: the photos lie in a folder of the home only until the job is over, results until they expire."""

import hashlib
import secrets
import shutil
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import msgspec

from core import Function, Job, Jobs, Running
from core.errors import Conflict, KeyReused, NotFound, ShopglassError, Unwearable
from tryon.accessories.accessory import AccessoryKind
from tryon.garments import Category

KIND: Final = "tryon"


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What to put on whom, but for the photos.

    items: ids of products; categories: of the garments' photos, in their order, as far as they are given. at: a point
    on the person in fractions of the photo. layers: whether layers and meshes belong to the answer.
    """

    items: tuple[str, ...] = ()
    categories: tuple[Category | AccessoryKind, ...] = ()
    at: tuple[float, float] | None = None
    tucked: bool = False
    light: bool = True
    layers: bool = False
    watermark: str = ""


class Result(msgspec.Struct, frozen=True):
    """picture: a JPEG or PNG file; document: the answer as JSON."""

    picture: bytes
    document: bytes


class Failure(msgspec.Struct, frozen=True):
    """Why a job gave no picture, in the words of problem details."""

    type: str
    title: str
    detail: str
    remedy: str | None = None
    reason: str | None = None


Photos = Sequence[bytes]
Dress = Callable[[Order, bytes, Photos], Result]


class Orders:
    """Safe to share between threads. keep: seconds after which everything about a try-on is gone."""

    def __init__(self, jobs: Jobs, home: Path, keep: float) -> None:
        self._jobs = jobs
        self._folder = home / "tryon"
        self._keep = timedelta(seconds=keep)
        for folder in (self._folder, self._folder / "keys"):
            folder.mkdir(mode=0o700, exist_ok=True)

    def submit(self, order: Order, person: bytes, garments: Photos, key: str | None = None) -> Job:
        """Queue a try-on. key: an idempotency key; the same with the same request gives the job it gave before.

        Raises KeyReused for another request under a key, Conflict while the first one under it is being taken in.
        """
        token = secrets.token_hex(16)
        claim = None
        if key is not None:
            claim, made = self._bind(key, request_digest(order, person, garments))
            if made:
                return self.get(made)
            if made is not None:
                raise Conflict("The first request with this key is being taken in.", remedy="Try again shortly.")
        try:
            folder = self._folder / token
            folder.mkdir(mode=0o700)
            for name, photo in zip(_names(garments), (person, *garments), strict=True):
                _write(folder / name, photo)
            arguments = {"order": msgspec.to_builtins(order), "folder": token, "garments": len(garments)}
            job = self._jobs.submit(KIND, arguments)
        except BaseException:
            shutil.rmtree(self._folder / token, ignore_errors=True)
            if claim is not None:
                claim.unlink(missing_ok=True)
            raise
        if claim is not None:
            _write(claim, claim.read_bytes() + job.id.encode())
        return job

    def check_key(self, key: str, order: Order, person: bytes, garments: Photos) -> None:
        """Bind a key to a request that is answered at once; repeating it is computed again. Raises KeyReused."""
        self._bind(key, request_digest(order, person, garments))

    def get(self, id: str) -> Job:
        """Raises NotFound, also for jobs of other kinds and expired ones."""
        job = self._jobs.get(id)
        if job.kind != KIND or (job.over and self.expires(job) <= datetime.now(UTC)):
            raise NotFound(f"There is no try-on {id}.", remedy="It may have expired: ask for it again.")
        return job

    def expires(self, job: Job) -> datetime:
        return (job.finished or job.created) + self._keep

    def result(self, id: str) -> Result:
        """Raises NotFound, and Conflict for a try-on that has no result or none yet."""
        job = self.get(id)
        if job.state != "done":
            raise Conflict(f"The try-on {id} is {job.state}.", remedy="See its state.")
        folder = self._folder / job.arguments["folder"]
        try:
            return Result((folder / "picture").read_bytes(), (folder / "document").read_bytes())
        except FileNotFoundError:
            raise NotFound(f"There is no try-on {id}.", remedy="It may have expired: ask for it again.") from None

    def cancel(self, id: str) -> Job:
        """Raises NotFound."""
        job = self._jobs.cancel(self.get(id).id)
        if job.over and job.state != "done":
            self._drop(job)
        return job

    def delete(self, id: str) -> None:
        """Remove everything about a try-on now. Raises NotFound."""
        job = self.get(id)
        self._drop(job)
        self._jobs.forget(job.id)

    def sweep(self) -> None:
        """Remove what has expired, and files that no job speaks for."""
        now = datetime.now(UTC)
        kept = set()
        for job in self._jobs.list(kind=KIND, limit=1_000_000):
            expired = self.expires(job) <= now
            if job.over and (expired or job.state != "done"):
                self._drop(job)
            else:
                kept.add(job.arguments["folder"])
            if job.over and expired:
                self._jobs.forget(job.id)
        oldest = time.time() - self._keep.total_seconds()
        for path in (*self._folder.glob("[0-9a-f]*"), *self._folder.glob("keys/*")):
            try:
                old = path.stat().st_mtime < oldest
            except FileNotFoundError:
                continue
            if old and path.name not in kept:
                shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)

    def function(self, dress: Dress) -> Function:
        """The function of the job kind: dresses, keeps the result, and forgets the photos however it ends."""

        def run(running: Running) -> dict[str, Any]:
            folder = self._folder / running.arguments["folder"]
            names = _names(range(running.arguments["garments"]))
            over = True
            try:
                person, *garments = ((folder / name).read_bytes() for name in names)
                running.report(0, 1)
                result = dress(msgspec.convert(running.arguments["order"], Order), person, garments)
                running.report(1, 1)  # raises where it was cancelled or deleted meanwhile
                _write(folder / "picture", result.picture)
                _write(folder / "document", result.document)
            except FileNotFoundError:
                raise NotFound("The photos of this try-on are gone.", remedy="Ask for it again.") from None
            except ShopglassError as error:
                running.report(0, 1, {"failure": msgspec.to_builtins(failure(error))})
                raise
            except Exception:
                raise
            except BaseException:  # it goes back to the queue, or was cancelled: then the sweep removes the photos
                over = False
                raise
            finally:
                for name in names if over else ():
                    (folder / name).unlink(missing_ok=True)
            return {}

        return run

    def _drop(self, job: Job) -> None:
        shutil.rmtree(self._folder / job.arguments["folder"], ignore_errors=True)

    def _bind(self, key: str, digest: str) -> tuple[Path, str | None]:
        """Bind a key to a request: the file that does, and, if one did already, the job made under it, "" for none so far.

        Raises KeyReused where the key is another request's.
        """
        file = self._folder / "keys" / hashlib.sha256(key.encode()).hexdigest()
        if file.exists() and file.stat().st_mtime < time.time() - self._keep.total_seconds():
            file.unlink(missing_ok=True)
        try:
            with file.open("x") as new:
                new.write(f"{digest} ")
            return file, None
        except FileExistsError:
            bound, _, made = file.read_text().partition(" ")
        if bound != digest:
            raise KeyReused("Another request came with this idempotency key.", remedy="Use a new key.")
        return file, made


def request_digest(order: Order, person: bytes, garments: Photos) -> str:
    """What tells requests apart, in hexadecimal."""
    digest = hashlib.sha256(msgspec.json.encode(order))
    for photo in (person, *garments):
        digest.update(hashlib.sha256(photo).digest())
    return digest.hexdigest()


def failure(error: ShopglassError) -> Failure:
    """An error as a job keeps it."""
    reason = error.reason if isinstance(error, Unwearable) else None
    return Failure(error.type_uri(), error.title, error.detail, error.remedy, reason)


def _names(garments: Sequence[object]) -> tuple[str, ...]:
    return ("person", *(f"garment-{index}" for index in range(len(garments))))


def _write(file: Path, data: bytes) -> None:
    file.touch(mode=0o600)
    file.write_bytes(data)
