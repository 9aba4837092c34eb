"""Groups that a training serves worse, or hides, and what then becomes of it."""

import time

import numpy as np
import pytest

from core import Jobs, Worker
from core.errors import Biased, NotFound
from core.settings import Fair
from recsys import KIND, train_function
from recsys.bias import bias
from recsys.interactions import DAY, Interactions
from recsys.recall import Held
from recsys.serving import Recommendations, train
from recsys.versions import Versions
from tests.recsys.shop import PARTS, opened

USERS, ITEMS = 200, 40

KINDS = ("place", "activity", "category", "price", "age")


def world(served: str = "Graz", shown: int = 20) -> tuple[Held, Interactions]:
    """Every shopper wants two products; those of one place find one of theirs first. Lists are of the first products only."""
    rng = np.random.default_rng(1)
    segments = tuple(("Graz", "Lyon")[user % 2] for user in range(USERS))
    wanted = tuple(np.sort(rng.choice(ITEMS, 2, replace=False)) for _ in range(USERS))
    lists = np.stack([rng.permutation(shown)[:10] for _ in range(USERS)])
    for user in range(USERS):
        lists[user] = np.where(np.isin(lists[user], wanted[user]), -1, lists[user])
        if segments[user] == served or served == "all":
            lists[user, 0] = wanted[user][0]
    time = np.where(np.arange(ITEMS) % 10 == 9, 60.0, 1.0) * DAY
    seen = Interactions.sorted(
        [str(user) for user in range(USERS)], [str(item) for item in range(ITEMS)],
        np.zeros(ITEMS, np.int64), np.arange(ITEMS), time,
        categories=tuple("shoes" if item < 20 else "" if item == 39 else "hats" for item in range(ITEMS)),
        prices=np.where(np.arange(ITEMS) < 10, 5.0, np.nan), segments=segments,
    )  # fmt: skip
    return Held(lists, np.arange(USERS), wanted, rng.integers(1, 30, USERS)), seen


def test_a_place_that_is_served_worse_is_named() -> None:
    told = bias(*world(), Fair(quality=0.5, exposure=0, kinds=KINDS))
    assert told.faults == (f"place Lyon: quality 0.000, and {told.ndcg:.3f} over all",)
    groups = {(one.kind, one.name): one for one in told.groups}
    assert groups["place", "Graz"].quality == pytest.approx(2 * told.ndcg)
    assert groups["place", "Graz"].size + groups["place", "Lyon"].size == told.shoppers == USERS
    assert {name for kind, name in groups if kind == "activity"} == {"few", "some", "many"}
    assert {name for kind, name in groups if kind == "category"} == {"shoes", "hats"}
    assert {name for kind, name in groups if kind == "price"} == {"4 to 8"}
    assert {name for kind, name in groups if kind == "age"} == {"new", "old"}
    assert bias(*world(), Fair(quality=0, exposure=0, kinds=KINDS)).faults == ()
    assert bias(*world(), Fair(quality=0.5, exposure=0, least=101, kinds=KINDS)).faults == ()
    assert bias(*world("all"), Fair(quality=0.5, exposure=0, kinds=KINDS)).faults == ()


def test_products_that_are_wanted_and_not_shown_are_named() -> None:
    held, seen = world("nobody")
    told = bias(held, seen, Fair(quality=0, exposure=0.2, kinds=KINDS))
    hats, shoes = (next(one for one in told.groups if one.name == name) for name in ("hats", "shoes"))
    assert len(hats.faults) == 1
    assert hats.faults[0].startswith("shown in 0.00% of places")
    assert shoes.faults == ()
    assert (hats.exposure, shoes.exposure) == (0, 1)
    assert hats.wanted == pytest.approx(19 / 40, abs=0.07)


def test_a_training_that_is_refused_leaves_the_version_before(tmp_path) -> None:
    settings, database, catalogue, log = opened(tmp_path, 40, 60, sources=("content.nearest", "covisitation.window"))
    first = train(settings, database, catalogue, PARTS)
    assert Versions(tmp_path).bias(first).faults == ()
    with pytest.raises(NotFound):
        Versions(tmp_path).bias(None)
    strict = settings.model_copy(
        update={
            "recsys": settings.recsys.model_copy(update={"fair": Fair(quality=1, exposure=1, least=2, kinds=KINDS)})
        }
    )
    with pytest.raises(Biased, match="treats groups too badly"):
        train(strict, database, catalogue, PARTS)
    assert [one.id for one in Versions(tmp_path).list()] == [first.id]
    assert Versions(tmp_path).live() == first
    assert Versions(tmp_path).bias(None).faults
    served = Recommendations(settings, catalogue, log)
    served.refresh()
    assert served.version == first
    jobs = Jobs.open(strict, database)
    job = jobs.submit(KIND, {})
    with Worker(jobs, {KIND: train_function(strict, database, PARTS)}):
        for _ in range(600):
            job = jobs.get(job.id)
            if job.over:
                break
            time.sleep(0.05)
    assert job.state == "failed"
    assert "treats groups too badly" in (job.error or "")
    jobs.close()
    database.close()
