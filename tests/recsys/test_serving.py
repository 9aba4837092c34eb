"""Recommenders trained on the sample's shoppers, versioned, and asked."""

import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.errors import Conflict, NotFound
from recsys.experiments.assignment import Assigned
from recsys.gathering import gather
from recsys.interactions import History
from recsys.log import EventLog
from recsys.pipeline import Asked, Pipeline, Slate
from recsys.recall import FLOOR, TAU, Recall
from recsys.recommenders.item_weights import ItemWeights
from recsys.serving import Recommendations, train
from recsys.versions import Versions
from search import Entry
from tests.recsys.shop import PARTS, opened, product, vector

SOURCES = ("covisitation.window", "content.nearest", "als.implicit")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory):
    settings, database, catalogue, log = opened(tmp_path_factory.mktemp("recsys"), sources=SOURCES)
    train(settings, database, catalogue, PARTS)
    yield settings, database, catalogue, log
    database.close()


@pytest.fixture
def served(shop) -> Recommendations:
    settings, _, catalogue, log = shop
    made = Recommendations(settings, catalogue, log)
    made.refresh()
    return made


def did(log: EventLog, user: str, *done: tuple[str, str], session: str | None = None) -> None:
    now = time.time()
    log.record(
        [
            {"id": f"{user} {n} {now}", "type": kind, "item": item, "user": user, "session": session,
             "time": datetime.fromtimestamp(now - len(done) + n, UTC).isoformat()}
            for n, (kind, item) in enumerate(done)
        ]
    )  # fmt: skip


def ids(slate: Slate) -> list[str]:
    return [one.product.id for one in slate.items]


def test_a_list_is_as_long_as_asked_and_says_why(served: Recommendations, shop) -> None:
    did(shop[3], "why", ("click", "SG-00001"), ("view", "SG-00002"))
    slate = served.user("why", Asked(limit=8))
    assert len(set(ids(slate))) == 8
    assert slate.version == served.version.id
    assert slate.skipped == ()
    assert {one.reason.code for one in slate.items} <= {"because-of", "popular", "explore"}
    because = [one for one in slate.items if one.reason.code == "because-of"]
    assert because
    assert all(one.reason.item in ("SG-00001", "SG-00002") for one in because)
    assert all(one.scores for one in because)


def test_what_was_just_done_counts_at_once(served: Recommendations, shop) -> None:
    did(shop[3], "quick", ("click", "SG-00003"))
    before = ids(served.user("quick", Asked(limit=6)))
    did(shop[3], "quick", ("click", "SG-00020"), ("add_to_cart", "SG-00020"))
    assert ids(served.user("quick", Asked(limit=6))) != before


def test_never_hidden_bought_sold_out_or_withdrawn(served: Recommendations, shop) -> None:
    _, database, catalogue, log = shop
    did(log, "rules", ("click", "SG-00001"))
    first = ids(served.user("rules", Asked(limit=12)))
    hidden, bought, sold_out, withdrawn = first[:4]
    did(log, "rules", ("hide", hidden), ("purchase", bought))
    kept = catalogue.get_many([sold_out, withdrawn])
    live = catalogue.live()
    own = catalogue.own_vectors(live, [withdrawn])
    with database.session() as session:
        catalogue.write_products(session, [msgspec.structs.replace(kept[sold_out], stock=0)])
        catalogue.remove(session, [withdrawn])
    try:
        for limit in (12, 60):
            found = ids(served.user("rules", Asked(limit=limit)))
            assert not {hidden, bought, sold_out, withdrawn} & set(found)
    finally:
        with database.session() as session:
            catalogue.write_products(session, [kept[sold_out]])
            catalogue.write(session, live.id, [Entry(kept[withdrawn], bytes(32), own[withdrawn])])


def test_filters_and_exclusions_hold(served: Recommendations) -> None:
    from search import parse

    everything = ids(served.session(None, Asked(limit=50)))
    slate = served.session(None, Asked(limit=50, filter=parse("price<40"), exclude=frozenset(everything[:2])))
    assert slate.items
    assert all(one.product.price < 40 for one in slate.items)
    assert not set(everything[:2]) & set(ids(slate))


def test_a_product_that_nobody_has_seen_is_recalled_by_its_vector(served: Recommendations, shop) -> None:
    _, database, catalogue, _ = shop
    from sample import generate

    (like,) = [one for one in generate(60, 5) if one.id == "SG-00007"]
    new = product(like, id="NEW-1", stock=9)
    with database.session() as session:
        catalogue.write(session, catalogue.live().id, [Entry(new, bytes(32), vector(like.latent.taste, 6))])
    try:
        served.refresh()
        slate = served.session(None, Asked(items=("SG-00007",), limit=12))
        assert "NEW-1" in ids(slate)
        told = next(one for one in slate.items if one.product.id == "NEW-1")
        assert told.reason.code in ("new", "explore")
        assert served.companions("NEW-1", 3).items
    finally:
        with database.session() as session:
            catalogue.remove(session, ["NEW-1"])


def test_companions_are_of_other_categories(served: Recommendations, shop) -> None:
    slate = served.companions("SG-00001", 6)
    own = shop[2].get("SG-00001").category
    assert slate.items
    assert own not in {one.product.category for one in slate.items}
    assert {one.reason.code for one in slate.items} == {"goes-with"}
    with pytest.raises(NotFound):
        served.companions("nothing", 3)


def test_a_stage_that_fails_is_skipped_and_named(
    served: Recommendations, shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Broken:
        def asked(self, *told):
            return None

        def score(self, asked):
            raise RuntimeError("broken")

    settings, _, catalogue, _ = shop
    pipeline = Pipeline(
        settings.recsys, catalogue.get_many, Versions(settings.home).load(served.version), "v", None, Broken()
    )
    slate = pipeline.answer(Asked(items=("SG-00001",)), np.random.default_rng(0))
    assert [(one.stage, one.reason) for one in slate.skipped] == [("rank", "failed: RuntimeError")]
    assert len(slate.items) == 12


def test_what_is_late_is_skipped_and_the_list_is_there(shop) -> None:
    settings, _, catalogue, _ = shop
    hurried = settings.recsys.model_copy(update={"deadline": 1e-9})
    model = Versions(settings.home).load(Versions(settings.home).live())
    slate = Pipeline(hurried, catalogue.get_many, model, "v").answer(
        Asked(items=("SG-00001",)), np.random.default_rng(0)
    )
    assert len(slate.items) == 12
    assert {one.reason for one in slate.skipped} == {"late"}


def test_before_the_first_training_there_is_an_answer(tmp_path: Path) -> None:
    settings, database, catalogue, log = opened(tmp_path, 20, 0)
    served = Recommendations(settings, catalogue, log)
    served.refresh()
    slate = served.user("anybody", Asked(limit=5))
    assert len(slate.items) == 5
    assert slate.version is None
    assert slate.skipped[0].stage == "recall"
    database.close()


def test_versions_are_swapped_and_rolled_back_while_serving(tmp_path: Path) -> None:
    settings, database, catalogue, log = opened(tmp_path, 30, 10, sources=("content.nearest",))
    with pytest.raises(NotFound):
        Versions(tmp_path).live()
    first = train(settings, database, catalogue, PARTS)
    served = Recommendations(settings, catalogue, log)
    assert served.session(None, Asked()).version == first.id
    with pytest.raises(Conflict):
        Versions(tmp_path).rollback()
    second = train(settings, database, catalogue, PARTS)
    assert served.session(None, Asked()).version == second.id
    assert Versions(tmp_path).rollback().id == first.id
    assert served.session(None, Asked()).version == first.id
    for _ in range(4):
        train(settings, database, catalogue, PARTS)
    assert len(Versions(tmp_path).list()) <= 4
    assert first.events == second.events > 0
    assert first.tags == ("content.nearest", "popularity.decayed")
    database.close()


def test_lists_are_noted_and_forgotten_with_the_user(served: Recommendations, shop) -> None:
    from sqlalchemy import text

    _, database, _, log = shop
    did(log, "noted", ("view", "SG-00001"))
    slate = served.user("noted", Asked(limit=4))
    slate = msgspec.structs.replace(slate, experiment=Assigned("variants", "a"))
    served.note("list-1", "noted", None, "home", slate)
    served.flush()
    with database.reading() as session:
        row = session.execute(text("SELECT * FROM recommendations WHERE id = 'list-1'")).one()
    assert "noted" not in str(row)
    assert (row.experiment, row.arm) == ("variants", "a")
    assert str(row.items).count("SG-") == 4
    log.forget("noted")
    with database.reading() as session:
        assert session.execute(text("SELECT count(*) FROM recommendations WHERE id = 'list-1'")).scalar() == 0


def test_serving_and_the_recommender_itself_say_the_same(shop) -> None:
    """A table of neighbours sums up to the score of a linear recommender, but for what is cut off."""
    _, database, catalogue, _ = shop
    from recsys.contract import recommender

    seen = gather(database, catalogue, PARTS).seen
    own = recommender("covisitation.window")(tau=TAU, floor=FLOOR).fit(seen)
    assert isinstance(own, ItemWeights)
    recall = Recall.fit(seen, ("covisitation.window",))
    history = History.of(seen.history(3).items[-20:].tolist())
    found = recall.ask(history, 50)
    column = recall.sources.index("covisitation.window")
    whole = own.score([history])[0][found.items]
    mine = found.scores[:, column]
    both = mine > 0
    np.testing.assert_allclose(mine[both] / mine[both].max(), whole[both] / whole[both].max(), rtol=1e-3)


def test_the_same_question_is_answered_from_what_is_kept_until_the_shopper_does_something(
    served: Recommendations, shop
) -> None:
    did(shop[3], "again", ("click", "SG-00004"))
    first = served.user("again", Asked(limit=6))
    second = served.user("again", Asked(limit=6))
    if "kept" not in second.timings:  # a minute was over in between
        second = served.user("again", Asked(limit=6))
    assert "kept" in second.timings
    assert "recall" not in second.timings
    settled = [one.product.id for one in first.items if not one.explored]
    assert settled == [one.product.id for one in second.items if not one.explored]
    did(shop[3], "again", ("click", "SG-00030"))
    assert "kept" not in served.user("again", Asked(limit=6)).timings
    did(shop[3], "again", ("hide", settled[0]))
    assert settled[0] not in ids(served.user("again", Asked(limit=6)))
