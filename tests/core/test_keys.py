"""Keys, and the log of changes."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text

from core import AuditLog, Database, Keys
from core.errors import BadRequest, Conflict, NotFound, Unauthorised


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url)
    database.migrate()
    yield database
    database.close()


def test_a_secret_is_known_and_not_kept(database: Database) -> None:
    keys = Keys(database)
    made, secret = keys.make("app", "front")
    assert keys.check(secret).id == made.id
    with database.reading() as session:
        row = str(session.execute(text("SELECT * FROM api_keys")).all())
    assert secret not in row
    assert secret.split("_", 2)[2] not in row
    assert keys.list()[0].last_used is not None


@pytest.mark.parametrize("wrong", ["", "sg", "sg_1_2", "Bearer x", "sg__"])
def test_what_is_no_key_is_refused(database: Database, wrong: str) -> None:
    keys = Keys(database)
    _, secret = keys.make("app", "front")
    for given in (wrong, secret[:-1], secret + "x"):
        with pytest.raises(Unauthorised):
            keys.check(given)


def test_a_key_ends_when_it_expires_or_is_withdrawn(database: Database) -> None:
    keys = Keys(database)
    _, short = keys.make("short", "front", expires=datetime.now(UTC) - timedelta(seconds=1))
    made, secret = keys.make("app", "merchant")
    keys.check(secret)
    keys.revoke(made.id)
    for ended in (short, secret):
        with pytest.raises(Unauthorised, match="expired"):
            keys.check(ended)
    with pytest.raises(NotFound):
        keys.revoke("nobody")


def test_a_rotated_key_overlaps_with_the_new_one(database: Database) -> None:
    keys = Keys(database)
    old, secret = keys.make("app", "front", ("https://shop.example",), datetime.now(UTC) + timedelta(days=90))
    new, fresh = keys.rotate(old.id, timedelta(days=7))
    assert keys.check(secret).expires < datetime.now(UTC) + timedelta(days=7, minutes=1)
    assert keys.check(fresh).expires > datetime.now(UTC) + timedelta(days=89)
    assert (new.name, new.scope, new.origins) == (old.name, old.scope, old.origins)
    keys.rotate(new.id, timedelta(0))
    with pytest.raises(Unauthorised):
        keys.check(fresh)


def test_origins_are_those_of_keys_that_last(database: Database) -> None:
    made, _ = Keys(database).make("page", "front", ("https://shop.example",))
    assert Keys(database).knows_origin("https://shop.example")
    assert not Keys(database).knows_origin("https://other.example")
    Keys(database).revoke(made.id)
    assert not Keys(database).knows_origin("https://shop.example")


@pytest.mark.parametrize(
    ("scope", "origins"),
    [("root", ()), ("operator", ("https://shop.example",)), ("front", ("shop.example",)), ("front", ("https://a/b",))],
)
def test_a_key_that_makes_no_sense_is_refused(database: Database, scope: str, origins: tuple[str, ...]) -> None:
    with pytest.raises(BadRequest):
        Keys(database).make("app", scope, origins)  # type: ignore[arg-type]


def test_the_log_tells_where_it_was_altered(database: Database) -> None:
    log = AuditLog(database)
    assert log.verify() is None
    written = [log.record("ann", f"PUT /v1/items/{n}", 200) for n in range(5)]
    assert log.verify() == written[-1]
    assert log.entries(2) == (written[4], written[3])
    with database.session() as session:
        session.execute(text("UPDATE audit_log SET actor = 'eve' WHERE number = 3"))
    with pytest.raises(Conflict, match="number 3"):
        log.verify()


def test_the_log_tells_what_is_missing(database: Database) -> None:
    log = AuditLog(database)
    for n in range(4):
        log.record("ann", f"DELETE /v1/items/{n}", 204)
    with database.session() as session:
        session.execute(text("DELETE FROM audit_log WHERE number = 2"))
    with pytest.raises(Conflict, match="number 2"):
        log.verify()
