"""Shoppers do what their preferences say."""

import json
from pathlib import Path

import numpy as np
import pytest

from sample import Shoppers, generate, write


@pytest.fixture(scope="module")
def shoppers() -> Shoppers:
    return Shoppers(list(generate(60)), 40)


def test_the_same_seed_draws_the_same_events(shoppers: Shoppers) -> None:
    assert list(shoppers.events()) == list(Shoppers(list(generate(60)), 40).events())


def test_events_come_by_time_with_ids_of_their_own(shoppers: Shoppers) -> None:
    events = list(shoppers.events())
    assert len({event["id"] for event in events}) == len(events)
    assert [event["time"] for event in events] == sorted(event["time"] for event in events)
    assert {"view", "click", "add_to_cart", "purchase", "like"} <= {event["type"] for event in events}


def test_what_is_viewed_is_wanted_more_than_the_rest(shoppers: Shoppers) -> None:
    number = {product.id: place for place, product in enumerate(shoppers.products)}
    utility = shoppers.utility(np.arange(40))
    viewed = [
        utility[int(event["session"].split("-")[1]) - 1, number[event["item"]]]
        for event in shoppers.events()
        if event["type"] == "view"
    ]
    assert np.mean(viewed) > utility.mean() + 1


def test_the_simulator_clicks_as_often_as_its_chances_say(shoppers: Shoppers) -> None:
    rng = np.random.default_rng(3)
    shown = np.arange(5)
    answers = [shoppers.respond(2, shown, rng) for _ in range(20_000)]
    looked = np.mean([answer.looked for answer in answers], 0)
    clicked = np.mean([answer.clicked for answer in answers], 0)
    np.testing.assert_allclose(looked, 0.85 ** np.arange(5), atol=0.015)
    np.testing.assert_allclose(clicked / looked, shoppers.chances(2, shown)[0], atol=0.02)
    assert all(
        (answer.purchased <= answer.carted).all() and (answer.carted <= answer.clicked).all() for answer in answers
    )


def test_the_sample_on_disk_has_events(tmp_path: Path) -> None:
    write(tmp_path, 4, 3, size=64, photos=1, shoppers=3)
    lines = (tmp_path / "events.jsonl").read_text().splitlines()
    assert {json.loads(line)["item"] for line in lines} <= {f"SG-{n:05d}" for n in range(1, 5)}
    assert len(lines) > 10
