"""The fused vector: its parts are where they are said to be, weigh what they are said to weigh, and add up."""

import msgspec
import numpy as np
import pytest

from core.settings import Models
from core.weights import Weights
from vision.encoders import create_encoder
from vision.fusion import FusedEncoder, Mixture

RNG = np.random.default_rng(3)
PICTURES = [RNG.integers(0, 256, (90, 70, 3), np.uint8) for _ in range(4)]
PLAIN = [np.full((64, 64, 3), 200, np.uint8) for _ in range(2)]
PLAIN[0][16:48, 16:48] = (200, 20, 20)
PLAIN[1][16:48, 16:48] = (20, 40, 190)


@pytest.fixture(scope="module")
def fused(weights: Weights) -> FusedEncoder:
    encoder = create_encoder("fused.default", weights, Models(threads=1))
    assert isinstance(encoder, FusedEncoder)
    return encoder


def test_the_subspaces_share_out_the_vector(fused: FusedEncoder) -> None:
    assert [s.name for s in fused.subspaces] == ["image", "joint", "colour"]
    assert [s.start for s in fused.subspaces[1:]] + [fused.dim] == [s.stop for s in fused.subspaces]
    assert fused.subspaces[0].start == 0
    assert fused.dim <= 600
    assert sum(s.weight for s in fused.subspaces) == pytest.approx(1)


def test_each_part_of_a_picture_has_the_length_of_its_weight(fused: FusedEncoder) -> None:
    vectors = fused.encode_images(PICTURES)
    for s in fused.subspaces:
        np.testing.assert_allclose((vectors[:, s.start : s.stop] ** 2).sum(axis=1), s.weight, atol=1e-5)


def test_a_text_leaves_the_image_part_alone(fused: FusedEncoder) -> None:
    (vector,) = fused.encode_texts(["red dress"])
    image, joint, colour = (vector[s.start : s.stop] for s in fused.subspaces)
    assert not image.any()
    assert joint.any()
    assert colour.any()


def test_signals_add_up_to_the_inner_product(fused: FusedEncoder) -> None:
    products = fused.encode_images(PICTURES)
    for query in (*fused.encode_texts(["red dress", "黑色裤子"]), products[2]):
        signals = fused.signals(query, products)
        assert list(signals) == ["image", "joint", "colour"]
        np.testing.assert_allclose(np.sum(list(signals.values()), axis=0), products @ query, atol=1e-5)


@pytest.mark.parametrize("text", ["something red", "red", "红色"])
def test_the_colour_part_of_a_text_prefers_its_colour(fused: FusedEncoder, text: str) -> None:
    red, blue = fused.signals(fused.encode_texts([text])[0], fused.encode_images(PLAIN))["colour"]
    assert red > blue


def test_other_heads_or_weights_make_another_tag(fused: FusedEncoder) -> None:
    mixture = Mixture.load()
    assert FusedEncoder(fused.joint, mixture).tag == fused.tag
    other = msgspec.structs.replace(mixture, weights=mixture.weights | {"image": 0.1})
    assert FusedEncoder(fused.joint, other).tag != fused.tag
    assert fused.joint.heads.checksum in fused.joint.tag


def test_the_mixture_adds_up() -> None:
    mixture = Mixture.load()
    assert sum(mixture.weights.values()) == pytest.approx(1)


def test_dresses_are_nearer_to_dresses(fused: FusedEncoder, data) -> None:  # type: ignore[no-untyped-def]
    from core.settings import Images
    from vision.images import decode

    folder = data / "clothing" / "validation"
    files = [file for kind in ("dress", "shoes") for file in sorted((folder / kind).glob("*.jpg"))[:6]]
    vectors = fused.encode_images([decode(file.read_bytes(), Images()).pixels for file in files])
    alike = vectors @ vectors.T
    assert alike[:6, :6].mean() > alike[:6, 6:].mean() + 0.1
    for dress, shoes in (("dress", "shoes"), ("连衣裙", "鞋子")):
        asked = fused.encode_texts([dress, shoes]) @ vectors.T
        assert asked[0, :6].mean() > asked[0, 6:].mean()
        assert asked[1, 6:].mean() > asked[1, :6].mean()
