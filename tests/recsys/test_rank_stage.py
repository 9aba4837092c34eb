"""The second stage in service: learnt from lists that were given, asked with every answer, by the same features."""

import time
from datetime import UTC, datetime

import numpy as np
import pytest

from recsys.pipeline import Asked
from recsys.ranking.examples import replay
from recsys.ranking.traffic import acts, lists
from recsys.serving import Recommendations, train
from recsys.versions import Versions
from tests.recsys.shop import PARTS, opened

SOURCES = ("covisitation.window", "content.nearest")
LISTS = 300


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory):
    """Shoppers who click what costs little, wherever it stands."""
    settings, database, catalogue, log = opened(
        tmp_path_factory.mktemp("rank"), sources=SOURCES, deadline=5.0, bought=True
    )
    train(settings, database, catalogue, PARTS)
    served = Recommendations(settings, catalogue, log)
    served.refresh()
    assert 8 <= sum(one.price < 45 for one in catalogue.page(limit=60)) <= 40
    rng = np.random.default_rng(4)
    events = []
    for n in range(LISTS):
        user = f"ranked {n % 60}"
        slate = served.user(user, Asked(limit=10))
        served.note(f"list {n}", user, None, "home", slate)
        now = datetime.now(UTC).isoformat()
        for place, one in enumerate(slate.items):
            if rng.random() > (0.7 if one.product.price < 45 else 0.03) * 0.9**place:
                continue
            for kind in ("click", "add_to_cart", "purchase"):
                events.append({"id": f"{kind} {n} {place}", "type": kind, "item": one.product.id, "user": user, "time": now,
                               "recommendation": f"list {n}"})  # fmt: skip
                if rng.random() > 0.5:
                    break
    served.flush()
    log.record(events)
    trained = train(settings, database, catalogue, PARTS)
    yield settings, database, catalogue, log, trained
    database.close()


@pytest.fixture
def served(shop) -> Recommendations:
    made = Recommendations(*(shop[place] for place in (0, 2, 3)))
    made.refresh()
    return made


def test_a_training_with_enough_lists_has_a_ranker_that_learnt(shop) -> None:
    trained = shop[4]
    assert trained.ranker in trained.losses
    assert trained.losses[trained.ranker] == min(trained.losses.values()) < 0.95
    assert Versions(shop[0].home).live() == trained


def test_the_ranker_orders_by_what_people_click_and_says_what_speaks_for_it(served: Recommendations, shop) -> None:
    plain = {"explore": 0.0, "diversity": 0.0, "most_of_category": 1, "most_of_brand": 1, "most_of_price_band": 1}
    pipeline = served._pipeline.under(shop[0].recsys.model_copy(update=plain))
    asked = Asked(limit=10)  # somebody new: who has met what is cheap is shown other things
    slate = pipeline.answer(asked, np.random.default_rng(0))
    assert "rank" in slate.timings
    assert slate.skipped == ()
    pipeline._ranker = None
    pipeline._kept.clear()
    without = pipeline.answer(asked, np.random.default_rng(0))
    cheap, before = (np.mean([one.product.price < 45 for one in told.items]) for told in (slate, without))
    assert cheap >= max(0.6, before + 0.1)
    assert not any(one.drivers for one in without.items)
    assert any(driver.words for one in slate.items for driver in one.drivers)
    assert all(set(one.standing) >= {"content.nearest"} for one in slate.items)


def test_the_features_of_a_list_are_the_same_when_it_is_learnt_from(served: Recommendations, shop, monkeypatch) -> None:
    database = shop[1]
    stage = served._stage
    served.refresh()  # counts up to now
    seen = {}
    table = type(stage.ranking.told.features).table

    def noted(self, asked, goods, counts):
        made = table(self, asked, goods, counts)
        seen[len(asked.candidates)] = asked, made
        return made

    monkeypatch.setattr(type(stage.ranking.told.features), "table", noted)
    slate = served.user("ranked 2", Asked(limit=7))
    asked, made = seen[7]  # of the items that were shown, asked for what speaks for them
    monkeypatch.undo()
    served.note("compared", "ranked 2", None, "home", slate)
    served.flush()
    model = served._model
    given = lists(database, model.number, 10**6)
    (told,) = [one for one in given if one.id == "compared"]
    earlier = [one for one in given if one.time < told.time]
    moment = [type(told)(**{**{f: getattr(told, f) for f in told.__struct_fields__}, "time": asked.now})]
    _, examples, _ = replay(
        acts(database, model.number),
        [*earlier, *moment],
        model.goods,
        model.recall.sources,
        stage.ranking.told.features,
    )
    replayed = examples.table.numbers[-7:]
    np.testing.assert_array_equal(asked.candidates, told.items)
    np.testing.assert_allclose(made.numbers, replayed, rtol=1e-4, atol=2e-4)
    np.testing.assert_array_equal(made.codes, examples.table.codes[-7:])


def test_what_is_done_after_the_training_counts(served: Recommendations, shop) -> None:
    log, item = shop[3], served._model.items[0]
    before = served._stage.ranking.counts.now(np.array([0]), time.time())[1, 0]
    log.record([{"id": f"later {time.time()}", "type": "click", "item": item, "user": "x", "time": datetime.now(UTC).isoformat()}])  # fmt: skip
    served.refresh()
    assert served._stage.ranking.counts.now(np.array([0]), time.time())[1, 0] == pytest.approx(before + 1, abs=1e-3)
    served.refresh()
    assert served._stage.ranking.counts.now(np.array([0]), time.time())[1, 0] == pytest.approx(before + 1, abs=1e-3)


def test_too_few_lists_make_no_ranker(tmp_path) -> None:
    settings, database, catalogue, _ = opened(tmp_path, 20, 10, sources=SOURCES)
    assert train(settings, database, catalogue, PARTS).ranker is None
    database.close()
