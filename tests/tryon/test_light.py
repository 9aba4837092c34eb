"""Light, grain and sharpness of a photo, put on a plain cut-out."""

import cv2
import msgspec
import numpy as np
import pytest

from tests.tryon import dressed
from tryon.bodies import LABELS
from tryon.grain import blur_of, match, noise_of
from tryon.light import BRIGHTEST, DARKEST, Light, is_dim, read_light, relight

UPPER = LABELS.index("upper")
CLOTH = (np.s_[70:130], np.s_[62:118])


def plain_light(**changes: object) -> Light:
    quiet = Light(
        shade=np.ones((120, 90), np.float32), side=0.0, gain=np.ones(3, np.float32), black=0.0, noise=0.0, blur=0.45
    )
    return msgspec.structs.replace(quiet, **changes)


def with_fold(depth: float) -> tuple[np.ndarray, np.ndarray]:
    """The drawn person with a dark vertical fold down the worn top."""
    named = dressed.labels()
    pixels = dressed.body(named).pixels.astype(np.float32)
    fold = 1 - depth * np.exp(-(((np.arange(180) - 90) / 6) ** 2))
    cloth = named == UPPER
    pixels[cloth] *= np.broadcast_to(fold[None, :, None], pixels.shape)[cloth]
    return named, pixels.astype(np.uint8)


def test_a_fold_of_the_worn_top_is_seen_on_the_new_one() -> None:
    named, pixels = with_fold(0.15)
    light = read_light(msgspec.structs.replace(dressed.body(named), pixels=pixels), named)
    shade = cv2.resize(light.shade, (180, 240))
    assert shade[100, 90] < shade[100, 70] - 0.05


def test_a_print_of_the_worn_top_is_not() -> None:
    named, pixels = with_fold(0.0)
    pixels[85:110, 80:100] = (20, 20, 160)
    light = read_light(msgspec.structs.replace(dressed.body(named), pixels=pixels), named)
    shade = cv2.resize(light.shade, (180, 240))
    assert abs(float(shade[98, 90]) - float(shade[98, 70])) < 0.05


@pytest.mark.parametrize("seed", range(4))
def test_no_worn_top_moves_the_shading_beyond_its_limits(seed: int) -> None:
    named = dressed.labels()
    pixels = np.random.default_rng(seed).integers(0, 256, (*dressed.SHAPE, 3), np.uint8)
    if seed == 3:
        pixels[::2] = 0
    light = read_light(msgspec.structs.replace(dressed.body(named), pixels=pixels), named)
    assert light.shade.min() >= DARKEST - 1e-3
    assert light.shade.max() <= BRIGHTEST + 1e-3


def test_light_changes_colours_and_never_the_alpha() -> None:
    layer = dressed.layer("0-t-shirt/body", 58, 58, 122, 140)
    layer.pixels[..., 3] = np.linspace(0, 255, 64, dtype=np.uint8)
    lit = relight(layer, plain_light(noise=4.0, blur=1.5, gain=np.full(3, 0.8, np.float32)))
    assert (lit.pixels[..., 3] == layer.pixels[..., 3]).all()
    assert lit.pixels[40, 60, :3].mean() < layer.pixels[40, 60, :3].mean()


def test_a_sleeve_is_darker_at_its_sides_and_not_at_its_end() -> None:
    pixels = np.full((160, 40, 4), 200, np.uint8)
    pixels[..., 3] = 255
    layer = msgspec.structs.replace(dressed.layer("0-t-shirt/sleeve_left", 0, 0, 1, 1), pixels=pixels, x=60, y=40)
    lit = relight(layer, plain_light(), np.array([1, 0], np.float32)).pixels[..., 0].astype(int)
    assert lit[80, 2] < lit[80, 20] - 15
    assert lit[157, 20] > lit[80, 20] - 6


def test_light_from_one_side_brightens_that_side() -> None:
    layer = dressed.layer("0-t-shirt/body", 58, 58, 122, 140, (128, 128, 128))
    lit = relight(layer, plain_light(side=1.0)).pixels[..., 0].astype(int)
    assert lit[40, -6] > lit[40, 5] + 4


def test_a_dark_photo_darkens_the_garment_and_is_called_dim() -> None:
    named = dressed.labels()
    body = dressed.body(named)
    dark = msgspec.structs.replace(body, pixels=(body.pixels * 0.4).astype(np.uint8))
    assert is_dim(dark.pixels)
    assert not is_dim(body.pixels)
    assert (read_light(dark, named).gain < read_light(body, named).gain - 0.1).all()


def test_a_warm_photo_warms_the_garment_gently() -> None:
    named = dressed.labels()
    body = dressed.body(named)
    walled = np.where((named == 0)[..., None], np.uint8(180), body.pixels)
    warm = np.clip(walled * np.array([1.06, 1.0, 0.9]), 0, 255).astype(np.uint8)
    white, cast = (read_light(msgspec.structs.replace(body, pixels=photo), named).gain for photo in (walled, warm))
    assert white[0] / white[2] == pytest.approx(1.0, abs=0.01)
    assert 1.04 < cast[0] / cast[2] < 1.17


@pytest.mark.parametrize("sigma", [1.0, 3.0, 8.0])
def test_grain_is_measured_beside_edges_and_slopes(sigma: float) -> None:
    rng = np.random.default_rng(1)
    plane = np.tile(np.linspace(40, 200, 128, dtype=np.float32), (128, 1))
    plane[:, 64:] += 30
    noisy = plane + rng.normal(0, sigma, plane.shape).astype(np.float32)
    assert noise_of(noisy, np.ones(plane.shape, bool)) == pytest.approx(sigma, rel=0.15)


@pytest.mark.parametrize("sigma", [0.8, 1.2, 2.0])
def test_blur_is_measured_at_edges(sigma: float) -> None:
    plane = np.zeros((160, 160), np.float32)
    plane[40:120, 40:120] = 180
    assert blur_of(cv2.GaussianBlur(plane, (0, 0), sigma), np.ones(plane.shape, bool)) == pytest.approx(sigma, rel=0.15)


def test_a_clean_sharp_cut_out_gets_the_photos_grain_and_blur() -> None:
    checks = np.kron(np.indices((12, 12)).sum(0) % 2, np.ones((16, 16))).astype(np.float32) * 60 + 90
    pixels, alpha = np.repeat(checks[..., None], 3, 2), np.ones(checks.shape, np.float32)
    matched = match(pixels, alpha, 1.6, 5.0)[..., 0]
    everywhere = np.ones(checks.shape, bool)
    assert np.std(matched - match(pixels, alpha, 1.6, 0.0)[..., 0]) == pytest.approx(5.0, rel=0.1)
    assert blur_of(match(pixels, alpha, 1.6, 0.0)[..., 0], everywhere) == pytest.approx(1.6, rel=0.3)
    assert (match(pixels, alpha, 0.45, 0.0) == pixels).all()
