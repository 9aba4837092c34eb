"""The dictionary of classes and colours, and what its names do to a text's place among pictures."""

import msgspec
import numpy as np
import pytest

from core.settings import Models
from core.weights import Weights
from vision.align import Pictures
from vision.colour import NAMES
from vision.encoders import create_encoder, unit
from vision.fusion import FusedEncoder
from vision.heads import HeadRecord, Heads
from vision.lexicon import KINDS, SORTS, Lexicon
from vision.prototypes import name_prototypes

LEXICON = Lexicon()
NAMED = (*KINDS, *NAMES)


def said(text: str, lexicon: Lexicon = LEXICON) -> dict[str, float]:
    (row,) = lexicon.find([text])
    return {NAMED[place]: round(float(row[place]), 3) for place in np.flatnonzero(row)}


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("a burgundy gown", {"red": 1, "dress": 1}),
        ("BURGUNDY Gowns? no, boots", {"red": 1, "shoes": 1}),
        ("藏青的毛衣", {"blue": 1, "longsleeve": 1}),
        ("有没有酒红帽子", {"red": 1, "hat": 1}),
        ("红色dress", {"red": 1, "dress": 1}),
        ("black and white shoes", {"black": 0.5, "white": 0.5, "shoes": 1}),
        ("something warm", {}),
        ("", {}),
    ],
)
def test_names_are_found_in_their_words(text: str, names: dict[str, float]) -> None:
    assert said(text) == names


@pytest.mark.parametrize(
    ("text", "name"), [("墨绿", "green"), ("紫红", "red"), ("毛线帽", "hat"), ("dress boots", "shoes")]
)
def test_the_last_word_of_a_compound_counts(text: str, name: str) -> None:
    assert said(text) == {name: 1}


@pytest.mark.parametrize("text", ["scoat", "tanned", "chatter", "hatred"])
def test_words_with_blanks_are_whole_words(text: str) -> None:
    assert said(text) == {}


def test_a_word_of_two_classes_is_shared_out() -> None:
    assert said("裙") == {"dress": 0.5, "skirt": 0.5}


def test_words_can_be_left_out_with_those_that_hold_them() -> None:
    without = Lexicon(without=["gown", "酒红"])
    assert said("ball gown", without) == {}
    assert "酒红" not in without.words
    assert said("酒红", without) == {"red": 1}, "a part that is known by itself stays"
    assert said("burgundy", without) == {"red": 1}


def test_what_is_found_of_a_sort_sums_to_one() -> None:
    found = LEXICON.find(["red green and blue shirt, hat, shoes", "红蓝 裤子 帽子"])
    for sort in SORTS:
        np.testing.assert_allclose(found[:, sort].sum(axis=1), 1, atol=1e-6)


def test_prototypes_put_a_name_nearest_its_own_pictures() -> None:
    rng = np.random.default_rng(0)
    kinds = [kind for kind in KINDS for _ in NAMES for _ in range(4)]
    colours = [colour for _ in KINDS for colour in NAMES for _ in range(4)]
    of_kind, of_colour = rng.normal(size=(len(KINDS), 24)), rng.normal(size=(len(NAMES), 24))
    seen = np.array([of_kind[KINDS.index(k)] + of_colour[NAMES.index(c)] for k, c in zip(kinds, colours, strict=True)])
    seen += 0.1 * rng.normal(size=seen.shape)
    tints = np.eye(len(NAMES))[[NAMES.index(c) for c in colours]]
    pictures = Pictures(seen[:, None].astype(np.float32), tints.astype(np.float32))
    image = ((np.eye(24, 24 + len(NAMES), dtype=np.float32), np.zeros(24, np.float32)),)
    text = ((rng.normal(size=(24 + len(NAMES), 8)).astype(np.float32), np.zeros(24 + len(NAMES), np.float32)),)
    record = HeadRecord(
        images=("a", "b"),
        texts="c",
        dim=24,
        data="",
        pictures=0,
        held_out=0,
        recall_at_10=0,
        epochs=0,
        seed=0,
        settings={},
    )
    features = rng.normal(size=(5, 8)).astype(np.float32)
    heads = name_prototypes(Heads(record, {"image": image, "text": text}, ""), pictures, kinds, colours, features)
    assert heads.record.settings["names"] == 0.5

    nothing = np.zeros((1, 8), np.float32)
    for place, name in enumerate(NAMED):
        names = np.eye(len(NAMED), dtype=np.float32)[[place]]
        joint, colour = heads.read(nothing, names)
        scores = unit(seen) @ joint[0] + tints @ colour[0]
        best = np.argsort(-scores)[:20]
        assert np.mean([name in (kinds[row], colours[row]) for row in best]) > 0.9, name
    # Where nothing is named, the reader alone is heard.
    for one, two in zip(heads.read(features), heads.read(features, np.zeros((5, len(NAMED)), np.float32)), strict=True):
        np.testing.assert_array_equal(one, two)


def test_heads_without_names_read_as_before() -> None:
    record = msgspec.convert(
        {"images": ["a"], "texts": "b", "dim": 2, "data": "", "pictures": 0, "held_out": 0, "recall_at_10": 0.0}
        | {"epochs": 0, "seed": 0, "settings": {}},
        HeadRecord,
    )
    heads = Heads(record, {"text": ((np.eye(3, dtype=np.float32), np.zeros(3, np.float32)),)}, "")
    features = np.ones((1, 3), np.float32)
    for one, two in zip(heads.read(features), heads.read(features, LEXICON.find(["red dress"])), strict=True):
        np.testing.assert_array_equal(one, two)


def test_shipped_heads_know_names(weights: Weights) -> None:
    fused = create_encoder("fused.default", weights, Models(threads=1))
    assert isinstance(fused, FusedEncoder)
    assert "names" in fused.joint.heads.parts
    known = fused.encode_texts(["墨绿帽"])
    fused.joint.lexicon = Lexicon(without=["绿", "帽"])
    assert float((known @ fused.encode_texts(["墨绿帽"]).T)[0, 0]) < 0.999
