"""Real training on a world small enough for seconds: three kinds in four colours, seen by towers of random numbers."""

from pathlib import Path

import msgspec
import numpy as np
import pytest

from core.errors import BadCatalogue, IndexMismatch
from vision.align import HEAD_PLAN, Group, HeadPlan, HeadPoint, Pictures, train_heads, train_readers
from vision.caption_words import LANGUAGES
from vision.captions import captions
from vision.colour import NAMES
from vision.encoders import Encoder, unit
from vision.examples import captions_by_kind, captions_by_title, crops
from vision.heads import Heads, JointEncoder

PLAN = msgspec.structs.replace(
    HEAD_PLAN, steps=150, every=50, hidden=32, dim=16, project=8, noise=0.3, readers=2, reading=250
)
TOWERS = (("tower.pictures", "colour.lab75"), "tower.texts")


class World:
    """Pictures whose features are of their kind and colour, and texts likewise, both by unknown random maps."""

    def __init__(self, seed: int = 0, each: int = 8) -> None:
        rng = np.random.default_rng(seed)
        self.kinds = np.repeat(np.arange(12) // 4, each)
        self.colours = np.repeat(np.arange(12) % 4, each)
        n = len(self.kinds)
        looks = rng.normal(size=(3, 24))[self.kinds][:, None] + 0.4 * rng.normal(size=(n, 3, 24))
        tints = np.abs(rng.normal(size=(4, 75)))[self.colours] + 0.1 * rng.random((n, 75))
        self.pictures = Pictures(unit(looks).astype(np.float16), unit(tints))
        self._texts = rng.normal(size=(7, 40))
        self._rng = rng

    def texts(self, kind: int, colour: int, count: int = 6) -> np.ndarray:
        meant = self._texts[kind] + self._texts[3 + colour]
        return unit(meant + 0.3 * self._rng.normal(size=(count, 40)))

    def groups(self) -> list[Group]:
        pairs = sorted(set(zip(self.kinds.tolist(), self.colours.tolist(), strict=True)))
        return [Group(np.flatnonzero((self.kinds == k) & (self.colours == c)), self.texts(k, c)) for k, c in pairs]


@pytest.fixture(scope="module")
def world() -> World:
    return World()


@pytest.fixture(scope="module")
def points() -> list[HeadPoint]:
    return []


@pytest.fixture(scope="module")
def heads(world: World, points: list[HeadPoint]) -> Heads:
    return train_heads(world.pictures, [world.groups()], TOWERS, "a world", PLAN, points.append)


def test_words_find_their_pictures(world: World, heads: Heads) -> None:
    seen = np.concatenate([world.pictures.views[:, 0].astype(np.float32), world.pictures.colours], axis=1)
    gallery = unit(heads.apply("image", seen))
    for kind, colour in ((0, 0), (1, 3), (2, 2)):
        asked = world.texts(kind, colour, 1)
        joint, colour_said = heads.read(asked)
        scores = gallery @ joint[0] + world.pictures.colours @ colour_said[0]
        best = np.argsort(-scores)[:8]
        assert ((world.kinds[best] == kind) & (world.colours[best] == colour)).mean() >= 0.75


def test_the_record_says_where_they_come_from(heads: Heads, points: list[HeadPoint]) -> None:
    record = heads.record
    assert (record.images, record.texts) == TOWERS
    assert (record.pictures, record.held_out) == (86, 10)
    assert record.recall_at_10 > 0.8
    assert record.settings["step"] in {point.step for point in points}
    assert [point.step for point in points][:2] == [50, 100]


def test_words_are_learnt_anew_where_pictures_stay(world: World, heads: Heads) -> None:
    again = train_readers(heads, world.pictures, [world.groups()], PLAN)
    for part in ("image", "project"):
        for ours, theirs in zip(heads.parts[part], again.parts[part], strict=True):
            np.testing.assert_array_equal(ours[0], theirs[0])
    assert not np.array_equal(heads.parts["text"][0][0], again.parts["text"][0][0])
    assert (again.record.pictures, again.record.held_out) == (86, 10)
    assert again.record.recall_at_10 > 0.8
    assert again.record.settings["reading_noise"] == PLAN.noise


def test_a_text_speaks_of_its_colour(world: World, heads: Heads) -> None:
    usual = world.pictures.colours.mean(axis=0)
    for colour in range(4):
        meant = world.pictures.colours[world.colours == colour].mean(axis=0) - usual
        said = heads.read(world.texts(1, colour, 1))[1][0]
        assert np.corrcoef(said, meant)[0, 1] > 0.6


def test_the_same_seed_gives_the_same_heads(world: World) -> None:
    plan = msgspec.structs.replace(PLAN, steps=20, every=20)
    one, two = (train_heads(World().pictures, [World().groups()], TOWERS, "a world", plan) for _ in range(2))
    for part, layers in one.parts.items():
        for ours, theirs in zip(layers, two.parts[part], strict=True):
            np.testing.assert_array_equal(ours[0], theirs[0])


def test_training_stops_when_it_no_longer_helps(world: World) -> None:
    points: list[HeadPoint] = []
    plan = msgspec.structs.replace(PLAN, steps=2000, every=10, patience=2)
    train_heads(world.pictures, [world.groups()], TOWERS, "a world", plan, points.append)
    assert points[-1].step < 2000


def test_heads_survive_a_file_with_their_record(heads: Heads, tmp_path: Path) -> None:
    heads.save(tmp_path / "heads.safetensors")
    again = Heads.load(tmp_path / "heads.safetensors")
    assert again.record == heads.record
    assert len(again.checksum) == 8
    texts = World().texts(0, 0)
    np.testing.assert_allclose(again.apply("text", texts), heads.apply("text", texts), atol=5e-3)


def test_other_bytes_are_no_heads(tmp_path: Path) -> None:
    from safetensors.numpy import save_file

    save_file({"image.0.weight": np.zeros((2, 2), np.float32)}, tmp_path / "other.safetensors")
    with pytest.raises(IndexMismatch, match="holds no heads of this version"):
        Heads.load(tmp_path / "other.safetensors")


def test_heads_refuse_other_towers(heads: Heads) -> None:
    class Tower(Encoder):
        dim = 1

        def __init__(self, tag: str) -> None:
            self.tag = tag

        def encode_images(self, images: object) -> np.ndarray:
            return np.zeros((0, 1), np.float32)

    with pytest.raises(IndexMismatch, match=r"trained on tower.pictures, colour.lab75, tower.texts, not on other"):
        JointEncoder(heads, [Tower("other"), Tower("colour.lab75")], Tower("tower.texts"))


@pytest.mark.parametrize("count", [0, 1, 4])
def test_too_few_pictures_are_refused(count: int) -> None:
    pictures = Pictures(np.zeros((count, 1, 4), np.float16), np.zeros((count, 75), np.float32))
    with pytest.raises(BadCatalogue, match="too few"):
        train_heads(
            pictures,
            [[Group(np.array([i]), np.zeros((1, 8), np.float32)) for i in range(count)]],
            TOWERS,
            "none",
            HeadPlan(),
        )


class Lengths:
    """A text tower of one number."""

    def encode_texts(self, texts: list[str]) -> np.ndarray:
        return np.array([[len(text)] for text in texts], np.float32)


def test_pictures_are_grouped_by_what_they_share() -> None:
    fine, coarse = captions_by_kind(["hat", "hat", "dress", "hat"], ["red", "red", None, "blue"], Lengths())  # type: ignore[arg-type]
    assert [g.pictures.tolist() for g in fine] == [[3], [0, 1]]
    assert [g.pictures.tolist() for g in coarse] == [[2], [0, 1, 3]]
    titles = captions_by_title([["Red hat", "红帽子"], ["Blue hat", ""], ["Red hat ", "红帽子"], []], Lengths())  # type: ignore[arg-type]
    assert [g.pictures.tolist() for g in titles] == [[1], [0, 2]]


def test_every_class_and_colour_has_words_in_every_language() -> None:
    for language in LANGUAGES:
        assert set(language.colours) == set(NAMES)
        assert language.classes.keys() == LANGUAGES[0].classes.keys()
        for listed in (language.classes, language.colours):
            for some in listed.values():
                each = some.split(", ")
                assert len(each) == len(set(each))
                assert all(word == word.strip() != "" for word in each)


def test_captions_are_many_and_the_same_each_time() -> None:
    every = captions("dress", "red")
    assert every == captions("dress", "red")
    assert len(every) == len(set(every)) > 250
    assert 0.2 < np.mean([text.isascii() for text in every]) < 0.8
    assert all("scarf" in text for text in captions("scarf", "red"))


def test_no_word_of_the_benchmark_is_taught() -> None:
    from bench import queries

    for name, language in (("English", LANGUAGES[0]), ("Chinese", LANGUAGES[1])):
        asked = queries.LANGUAGES[name]
        assert len(asked) == len({query.template for query in asked}) == 30
        blank = " " if name == "English" else ""
        ours = [
            word
            for one in LANGUAGES
            for some in (one.classes, one.colours)
            for word in ", ".join(some.values()).split(", ")
        ]
        ours += [
            caption for kind in language.classes for colour in (None, *NAMES) for caption in captions(kind, colour)
        ]
        ours = [f"{blank}{text}{blank}".casefold() for text in ours]
        around = {s.format(p) for s in language.sentences for p in ("{c}{k}", "{c}的{k}", *language.phrases)}
        for query in asked:
            for word in (query.kind_words, query.colour_words):
                assert not [text for text in ours if f"{blank}{word}{blank}".casefold() in text]
            assert query.template not in around


def test_crops_start_with_the_whole_and_stay_inside() -> None:
    for shape in ((40, 60, 3), (1, 1, 3), (1, 50, 3)):
        pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
        whole, *parts = crops(pixels, 6, np.random.default_rng(1))
        assert whole is pixels
        assert len(parts) == 6
        assert all(0 < part.size <= pixels.size and part.dtype == np.uint8 for part in parts)
