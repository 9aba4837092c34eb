"""Speed of recommendations over HTTP: 100,000 products, 100,000 users with a history."""

import os
import sys
import tempfile
import time
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from sqlalchemy import func, insert, select

from bench.report import Figure
from bench.serve import serving
from bench.stock import fill
from bench.traffic import Request, ask
from core import Database, Settings, Weights
from recsys.identity import Identity
from recsys.serving import train
from recsys.tables import EventRow
from recsys.versions import Versions
from search import Catalogue

PRODUCTS = USERS = 100_000
SEED = 7
CLIENTS = 4
_SOURCES = ("covisitation.window", "als.implicit", "content.nearest")


def serving_figures(settings: Settings, seconds: float, users: int = USERS, products: int = PRODUCTS) -> list[Figure]:
    """Users drawn at random, each asked once for twelve products; one client for latencies, four for the rate.

    The shop is kept in the temporary folder for the next time.
    """
    from vision import create_encoder
    from vision.fusion import FusedEncoder

    encoder = create_encoder(settings.models.encoder, Weights(settings.models_dir), settings.models)
    assert isinstance(encoder, FusedEncoder)
    home = Path(tempfile.gettempdir()) / f"shopglass-bench-recommend-{products}-{encoder.tag.rpartition('@')[2]}"
    home.mkdir(exist_ok=True)
    if not (home / "models").exists():
        (home / "models").symlink_to(settings.models_dir.resolve())
    fill(home, settings, encoder, products, SEED, lambda done: print(f"{done} of {products} products", file=sys.stderr))
    shop = settings.model_copy(
        update={
            "home": home,
            "database": type(settings.database)(),
            "recsys": settings.recsys.model_copy(update={"sources": _SOURCES}),
        }
    )
    database = Database(shop.database_url)
    trained = 0.0
    try:
        database.migrate()
        _write_events(database, shop, users, products)
        if not Versions(home).list():
            print("training", file=sys.stderr)
            began = time.perf_counter()
            train(shop, database, Catalogue(database), tuple(s.stop - s.start for s in encoder.subspaces))
            trained = time.perf_counter() - began
    finally:
        database.close()
    del encoder
    rng = np.random.default_rng(SEED)
    asked = [
        Request(f"/v1/users/{_name(int(user))}/recommendations?limit=12", "", b"", "GET")
        for user in rng.permutation(users)[:20_000]
    ]
    sessions = [
        Request("/v1/sessions/recommendations", "application/json", msgspec.json.encode({"items": [f"B-{int(one):06}"], "limit": 12}))
        for one in rng.integers(products, size=5000)
    ]  # fmt: skip
    with serving(home) as (url, server):
        ask(url, asked[:200], CLIENTS, 3, server)
        alone = ask(url, asked[200:], 1, seconds, server)
        together = ask(url, asked[5000:], CLIENTS, seconds, server)
        session = ask(url, sessions, 1, seconds / 2, server)
        memory = server.memory_info().rss / 1e6
    timings = [msgspec.json.decode(body)["slate"]["timings"] for body in alone.bodies]
    stages = (
        {stage: float(np.mean([one.get(stage, 0.0) for one in timings])) for stage in timings[0]} if timings else {}
    )
    skipped = sum(bool(msgspec.json.decode(body)["slate"]["skipped"]) for body in (*alone.bodies, *together.bodies))
    return [
        Figure("serving: user, 1 client, p50", alone.percentile(50), "ms", bar=30, better="lower",
               note=", ".join(f"{stage} {mean:.1f}" for stage, mean in stages.items())),
        Figure("serving: user, 1 client, p99", alone.percentile(99), "ms", bar=100, better="lower"),
        Figure(f"serving: user, {CLIENTS} clients", together.rate, "/s", bar=150,
               note=f"{together.cpu / together.seconds:.2f} of {len(os.sched_getaffinity(0))} cores used by the service"),
        Figure(f"serving: user, {CLIENTS} clients, p99", together.percentile(99), "ms", better="lower"),
        Figure("serving: session, 1 client, p50", session.percentile(50), "ms", better="lower"),
        Figure("serving: errors", alone.errors + together.errors + session.errors, bar=0, better="lower"),
        Figure("serving: answers with a stage skipped", skipped, f"of {len(alone.bodies) + len(together.bodies)}", better="lower"),
        Figure("serving: memory of the service", memory, "MB", better="lower"),
        *([Figure("serving: training", trained, "s", better="lower")] if trained else []),
    ]  # fmt: skip


def _name(user: int) -> str:
    return f"u{user:06}"


def _write_events(database: Database, settings: Settings, users: int, products: int) -> None:
    with database.reading() as session:
        if session.scalar(select(func.count()).select_from(EventRow)):
            return
    identity = Identity(settings)
    rows = _events(identity, users, products)
    while batch := list(islice(rows, 20_000)):
        with database.session() as session:
            session.execute(insert(EventRow), batch)


def _events(identity: Identity, users: int, products: int) -> Iterator[dict[str, Any]]:
    """Two to fifteen events of each, of products near one another on a line, the famous more often."""
    rng = np.random.default_rng(SEED)
    now = time.time()
    kinds = np.array(["view", "click", "add_to_cart", "purchase"])
    for user in range(users):
        name, count = identity.user(_name(user)), int(rng.integers(2, 16))
        centre = products * rng.beta(0.8, 3)
        items = np.clip(centre + rng.normal(0, products / 200, count), 0, products - 1).astype(int)
        times = now - np.sort(rng.random(count))[::-1] * 60 * 86_400
        for number, (item, at, kind) in enumerate(
            zip(items, times, rng.choice(kinds, count, p=(0.6, 0.25, 0.1, 0.05)), strict=True)
        ):
            yield {
                "id": f"{user}-{number}", "type": str(kind), "time": float(at), "received": now, "user": name,
                "session": f"{name[:40]}-{number // 5}", "item": f"B-{item:06}", "query": None, "price": None, "quantity": 1,
                "recommendation": None, "position": None, "device": None, "place": ("Graz", "Lyon", "Porto")[user % 3], "page": None,
            }  # fmt: skip
