"""Keys of programs that call the service: made, checked, rotated, withdrawn; only their hashes are kept."""

import hashlib
import hmac
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

import msgspec
from sqlalchemy import Float, String, Text, select, update
from sqlalchemy.orm import Mapped, mapped_column

from core.database import Base, Database
from core.errors import BadRequest, NotFound, Unauthorised
from core.settings import SCOPES, Scope

REMEMBERED = 5.0  # seconds that a key is known without asking the database: as long does a withdrawal take to be felt
NOTED = 60.0  # seconds between two notes of a key's last use
MOST_REMEMBERED = 10_000


class KeyRow(Base):
    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(128))
    digest: Mapped[str] = mapped_column(String(64))
    scope: Mapped[str] = mapped_column(String(16))
    origins: Mapped[str] = mapped_column(Text)
    created: Mapped[float] = mapped_column(Float)
    expires: Mapped[float | None] = mapped_column(Float)
    last_used: Mapped[float | None] = mapped_column(Float)


class Key(msgspec.Struct, frozen=True):
    """scope: what it may do, and all below it; origins: the web pages it is bound to, none for programs."""

    id: str
    name: str
    scope: Scope
    origins: tuple[str, ...]
    created: datetime
    expires: datetime | None
    last_used: datetime | None

    def allows(self, scope: str) -> bool:
        """Operators may do all; merchants what is the shop front's too."""
        return SCOPES.index(self.scope) >= SCOPES.index(scope)


class Keys:
    """The keys of a database. Safe to share between threads.

    A secret is 256 random bits, so that one round of SHA-256 is enough of a hash.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._lock = threading.Lock()
        self._known: dict[str, tuple[float, Key]] = {}
        self._origins: tuple[float, frozenset[str]] = (-REMEMBERED, frozenset())

    def make(
        self, name: str, scope: Scope, origins: tuple[str, ...] = (), expires: datetime | None = None
    ) -> tuple[Key, str]:
        """A new key and its secret, which is told this once. Raises BadRequest."""
        if scope not in SCOPES:
            raise BadRequest(f"There is no scope {scope!r}.", remedy=f"There are: {', '.join(SCOPES)}.")
        if origins and scope != "front":
            raise BadRequest(
                "A key that web pages use can be read by anybody.", remedy="Bind origins to keys of scope front alone."
            )
        if wrong := [one for one in origins if one.count("/") != 2 or not one.startswith(("https://", "http://"))]:
            raise BadRequest(f"{wrong[0]!r} is not an origin.", remedy="Write it as https://shop.example.")
        identity = secrets.token_hex(8)
        secret = f"sg_{identity}_{secrets.token_urlsafe(32)}"
        row = KeyRow(
            id=identity,
            name=name,
            digest=_digest(secret),
            scope=scope,
            origins=" ".join(origins),
            created=time.time(),
            expires=expires and expires.timestamp(),
        )
        with self._database.session() as session:
            session.add(row)
            session.flush()
            return _key(row), secret

    def check(self, secret: str) -> Key:
        """The key of a secret; its last use is noted to the minute. Raises Unauthorised."""
        digest = _digest(secret)
        now = time.time()
        with self._lock:
            known = self._known.get(digest)
        if known is not None and time.monotonic() - known[0] < REMEMBERED:
            key = known[1]
        else:
            key = self._read(secret, digest, now)
            with self._lock:
                if len(self._known) >= MOST_REMEMBERED:
                    self._known.clear()
                self._known[digest] = time.monotonic(), key
        if key.expires is not None and key.expires.timestamp() <= now:
            raise Unauthorised(
                f"The key {key.name!r} has expired.", remedy="Make another: shopglass keys add, or keys rotate."
            )
        return key

    def knows_origin(self, origin: str) -> bool:
        """Whether a key that has not expired is bound to this origin."""
        with self._lock:
            asked, origins = self._origins
        if time.monotonic() - asked >= REMEMBERED:
            origins = frozenset(bound for key in self.list() for bound in key.origins if _lasts(key))
            with self._lock:
                self._origins = time.monotonic(), origins
        return origin in origins

    def list(self) -> tuple[Key, ...]:
        """All there are, oldest first."""
        with self._database.reading() as session:
            return tuple(map(_key, session.scalars(select(KeyRow).order_by(KeyRow.created, KeyRow.id))))

    def rotate(self, identity: str, overlap: timedelta) -> tuple[Key, str]:
        """A key that does what this one does; this one goes on for ``overlap``. Raises NotFound, BadRequest."""
        old = self._find(identity)
        lifetime = old.expires and datetime.now(UTC) + (old.expires - old.created)
        made = self.make(old.name, old.scope, old.origins, lifetime)
        ends = time.time() + overlap.total_seconds()
        self._expire(identity, min(ends, old.expires.timestamp()) if old.expires else ends)
        return made

    def revoke(self, identity: str) -> None:
        """The key ends now, in other processes within seconds. Raises NotFound."""
        self._find(identity)
        self._expire(identity, time.time())

    def _find(self, identity: str) -> Key:
        with self._database.reading() as session:
            row = session.get(KeyRow, identity)
        if row is None:
            raise NotFound(f"There is no key {identity}.", remedy="shopglass keys list shows those there are.")
        return _key(row)

    def _expire(self, identity: str, when: float) -> None:
        with self._database.session() as session:
            session.execute(update(KeyRow).where(KeyRow.id == identity).values(expires=when))
        with self._lock:
            self._known.clear()

    def _read(self, secret: str, digest: str, now: float) -> Key:
        parts = secret.split("_", 2)
        with self._database.reading() as session:
            row = session.get(KeyRow, parts[1]) if len(parts) == 3 else None
        if row is None or not hmac.compare_digest(row.digest, digest):
            raise Unauthorised("This key is not known.", remedy="Send one of `shopglass keys add` as a bearer token.")
        if row.last_used is None or now - row.last_used >= NOTED:
            with self._database.session() as session:
                session.execute(update(KeyRow).where(KeyRow.id == row.id).values(last_used=now))
        return _key(row)


def _lasts(key: Key) -> bool:
    return key.expires is None or key.expires > datetime.now(UTC)


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def _key(row: KeyRow) -> Key:
    return Key(
        row.id,
        row.name,
        row.scope,  # type: ignore[arg-type]  # checked where it was written
        tuple(row.origins.split()),
        datetime.fromtimestamp(row.created, UTC),
        None if row.expires is None else datetime.fromtimestamp(row.expires, UTC),
        None if row.last_used is None else datetime.fromtimestamp(row.last_used, UTC),
    )
