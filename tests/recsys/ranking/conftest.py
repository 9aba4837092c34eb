"""A small shop in which people of two kinds take from two halves of 40 items, and look at the upper places more."""

import numpy as np
import pytest

from recsys.ranking.examples import Act, Examples, Shown, replay
from recsys.ranking.features import Features
from recsys.ranking.goods import Goods

ITEMS, PEOPLE, START = 40, 60, 1_770_000_000.0


@pytest.fixture(scope="session")
def goods() -> Goods:
    rng = np.random.default_rng(3)
    vectors = rng.normal(0, 0.3, (ITEMS, 6)).astype(np.float32)
    vectors[: ITEMS // 2, 0] += 1
    vectors[ITEMS // 2 :, 1] += 1
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return Goods(
        vectors, ("shirt",) * (ITEMS // 2) + ("shoes",) * (ITEMS // 2), tuple(f"b{n % 5}" for n in range(ITEMS)),
        tuple("red" if n % 2 else "blue" for n in range(ITEMS)), rng.uniform(10, 90, ITEMS),
    )  # fmt: skip


@pytest.fixture(scope="session")
def traffic() -> tuple[list[Act], list[Shown]]:
    """1,200 lists of eight in any order; half of those who look click what is of their half, a twentieth what is not."""
    rng = np.random.default_rng(5)
    acts, shown = [], []
    for number in range(1200):
        who, time = int(rng.integers(PEOPLE)), START + 600.0 * number
        items = rng.choice(ITEMS, 8, replace=False)
        scores = {"als.implicit": rng.normal(0, 1, 8).astype(np.float32)}
        one = Shown(id=f"r{number}", who=f"u{who}", time=time, items=items, recall=scores, device="phone", page="home")
        shown.append(one)
        own = (items < ITEMS // 2) == (who < PEOPLE // 2)
        clicked = (rng.random(8) < np.where(own, 0.6, 0.05)) & (rng.random(8) < 0.8 ** np.arange(8))
        for place in np.flatnonzero(clicked):
            for kind, chance in (("click", 1.0), ("add_to_cart", 0.5), ("purchase", 0.5)):
                if rng.random() > chance:
                    break
                time += 5.0
                acts.append(
                    Act(who=one.who, item=int(items[place]), kind=kind, time=time, received=time, recommendation=one.id)
                )
    return acts, shown


@pytest.fixture(scope="session")
def replayed(traffic, goods) -> tuple[Features, Examples]:
    features, examples, _ = replay(*traffic, goods, ["als.implicit"])
    return features, examples
