"""The policy that looks at the whole visit: its features, its learning, and where it serves."""

import msgspec
import numpy as np
import pytest

from bench.slates import PLACES, Shop, contest, practise
from core.errors import NotFound
from recsys.pipeline import Asked
from recsys.serving import Recommendations, train
from recsys.slates import FEATURES, FOLDER, Bandit, Met, Page, SlateQ, Turn, Won, features, load, save
from sample import Shoppers, generate
from sample.visits import Visit
from tests.recsys.shop import PARTS, opened


def page(met=()) -> Page:
    return Page(
        np.arange(6, dtype=np.float32), np.linspace(10, 60, 6, dtype=np.float32), np.full(6, 0.1, np.float32),
        ["a", "b", "a", "b", "c", "c"], met,
    )  # fmt: skip


def test_what_was_opened_speaks_of_its_category_and_fades() -> None:
    told = features(
        page([Met("a", "click", 20), Met("b", "click", 10), Met("c", "purchase", 99), Met("a", "click", 9000)])
    )
    column = {name: told[:, at] for at, name in enumerate(FEATURES)}
    assert column["opened same"].tolist() == pytest.approx([np.log(2), np.log(2), np.log(2), np.log(2), 0, 0])
    assert column["latest same"][1] > column["latest same"][0] > column["latest same"][4] == 0
    assert column["bought same"][4] > column["bought same"][0] == 0
    assert np.isfinite(
        features(Page(np.zeros(2, np.float32), np.zeros(2, np.float32), np.zeros(2, np.float32), ["", ""], []))
    ).all()


def test_values_learn_that_a_page_that_pays_nothing_can_be_worth_more() -> None:
    """Products of one kind pay 1 and end the visit, those of the other pay nothing, and then the next page pays 3."""
    kind = FEATURES.index("ctr")
    sells, keeps, rich = (np.zeros((1, len(FEATURES)), np.float32) for _ in range(3))
    sells[0, kind], keeps[0, kind], rich[0, kind] = 1, -1, 3
    far, near = SlateQ(discount=0.9, rate=3e-3, seed=1), SlateQ(discount=0.0, rate=3e-3, seed=1)
    for policy in (far, near):
        for _ in range(900):
            policy.learn(Turn(sells, np.ones(1, np.float32), None))
            policy.learn(Turn(keeps, np.zeros(1, np.float32), rich))
            policy.learn(Turn(rich, np.full(1, 3, np.float32), None))
    both = np.concatenate([sells, keeps])
    assert far.choose(both, 1).tolist() == [1]
    assert near.choose(both, 1).tolist() == [0]
    assert far.values(keeps)[0] == pytest.approx(2.7, abs=0.5)


def test_the_same_seed_learns_the_same_and_is_read_back(tmp_path) -> None:
    shop = Shop(50, 3)
    one, other = SlateQ(seed=2), SlateQ(seed=2)
    for policy in (one, other):
        practise(shop, policy, 60)
    told = features(page())
    np.testing.assert_array_equal(one.values(told), other.values(told))
    with pytest.raises(NotFound, match="trained yet"):
        load(tmp_path)
    won = Won(10, 1.0, 1.0, 2.0, 0.5, 1.5)
    save(one, won, tmp_path)
    np.testing.assert_array_equal(load(tmp_path).values(told), one.values(told))
    written = msgspec.json.decode((tmp_path / "slates.json").read_bytes())
    assert written["won"]["policy"] == 2.0


def test_a_bandit_finds_what_pays() -> None:
    rng = np.random.default_rng(1)
    bandit = Bandit(seed=1)
    for _ in range(300):
        told = rng.normal(size=(4, len(FEATURES))).astype(np.float32)
        bandit.learn(Turn(told, (told[:, 2] + 0.1 * rng.normal(size=4)).astype(np.float32), None))
    told = rng.normal(size=(9, len(FEATURES))).astype(np.float32)
    assert bandit.choose(told, 1)[0] == told[:, 2].argmax()


def test_a_visit_tires_of_what_it_was_fed_and_ends() -> None:
    shoppers = Shoppers(list(generate(80, 3)), 20, 3)
    visit = Visit(shoppers, 0, np.random.default_rng(1))
    best = np.argsort(-visit.wanted)[:PLACES]
    opened = [int(visit.see(best).clicked.sum()) for _ in range(40) if not visit.over]
    assert visit.over
    assert len(opened) == visit.pages
    lasting = [Visit(shoppers, one, np.random.default_rng(one)) for one in range(20)]
    for one in lasting:
        while not one.over:
            one.see(np.argsort(one.wanted)[:PLACES])  # what they want least
    assert np.mean([one.pages for one in lasting]) < 6


def test_it_serves_in_the_arm_that_says_so_and_nowhere_else(tmp_path) -> None:
    buy = {"name": "bought", "event": "purchase", "role": "primary"}
    arms = [{"name": "usual"}, {"name": "visit", "policy": "slates"}]
    tried = {"id": "pages", "arms": arms, "metrics": [buy], "start": "2026-01-01T00:00:00Z"}
    settings, database, catalogue, log = opened(
        tmp_path, 40, 20, experiments=[tried], sources=("content.nearest",), explore=0.0
    )
    train(settings, database, catalogue, PARTS)
    log.record([{"id": "a", "type": "click", "item": "SG-00003", "user": "u", "time": "2026-06-01T00:00:00Z"}])

    def timings(name: str) -> dict[str, bool]:
        served = Recommendations(settings, catalogue, log)
        served.refresh()
        found = {}
        for number in range(20):
            slate = served.user(f"{name}{number}", Asked(limit=6), "pages")
            assert slate.skipped == ()
            assert len(slate.items) == 6
            found.setdefault(slate.experiment.arm, set()).add("policy" in slate.timings)
        assert "policy" not in served.user("u", Asked(limit=6)).timings
        return found

    assert timings("before") == {"usual": {False}, "visit": {False}}  # nothing is trained: as all others
    save(SlateQ(seed=1), Won(10, 1.0, 1.0, 2.0, 0.5, 1.5), tmp_path / FOLDER)
    assert timings("after") == {"usual": {False}, "visit": {True}}
    database.close()


def test_what_a_contest_tells_can_be_kept(tmp_path) -> None:
    policy, won = contest(visits=20, judged=20)
    assert won.low < won.policy - won.greedy < won.high
    save(policy, won, tmp_path)
    assert msgspec.json.decode((tmp_path / "slates.json").read_bytes())["won"]["visits"] == 20
