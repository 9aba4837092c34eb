"""Who is who, without knowing who: names of users and sessions are kept as keyed hashes alone.

Rotating the key: put the key in use among ``recsys.former_keys`` and a new one in ``recsys.key``. What is stored of a
user moves to the new hash the first time they are met again; when retention has passed, the former key can go.
"""

import hashlib
import hmac
import secrets
from pathlib import Path

from filelock import FileLock

from core import replacing
from core.settings import Settings

KEY_FILE = "recsys.key"


class Identity:
    """Hashes of names under the key of the settings, or one made for this home folder, readable by its owner alone."""

    def __init__(self, settings: Settings) -> None:
        given = settings.recsys.key
        self._key = given.get_secret_value().encode() if given is not None else _own_key(settings.home / KEY_FILE)
        self._former = tuple(key.get_secret_value().encode() for key in settings.recsys.former_keys)

    def user(self, name: str) -> str:
        return _hashed(self._key, "user", name)

    def session(self, name: str) -> str:
        return _hashed(self._key, "session", name)

    def event(self, name: str) -> str:
        """Ids of events often name the user, and are hashed alike; one sent again after a rotation counts as new."""
        return _hashed(self._key, "event", name)

    def share(self, kind: str, name: str) -> float:
        """A number in [0, 1) for this name, even over names, and independent of those for other kinds."""
        return int(_hashed(self._key, kind, name)[:13], 16) / 16**13  # 52 bits, as many as a float holds

    def former_users(self, name: str) -> tuple[str, ...]:
        """The user's hashes under keys that were in use before."""
        return tuple(_hashed(key, "user", name) for key in self._former)


def _hashed(key: bytes, kind: str, name: str) -> str:
    return hmac.new(key, f"{kind}\x00{name}".encode(), hashlib.sha256).hexdigest()


def _own_key(file: Path) -> bytes:
    with FileLock(file.with_suffix(".lock")):
        if not file.exists():
            with replacing(file) as part:
                part.touch(mode=0o600)
                part.write_text(secrets.token_hex(32))
    return file.read_text().encode()
