"""Photos come with exact truth."""

import cv2
import numpy as np
import pytest

from sample import Shop
from sample.scenes import Scene, photograph


def scene(seed: int, count: int, crop: bool = False) -> Scene:
    rng = np.random.default_rng(seed)
    products = list(Shop(seed).products(count))
    return photograph([(p.id, p.category, p.render(256)) for p in products], rng, 240, 320, crop)


@pytest.mark.parametrize("seed", range(6))
def test_boxes_bound_what_is_visible(seed: int) -> None:
    photo = scene(seed, 2)
    assert photo.pixels.shape == (320, 240, 3)
    for seen, mask in zip(photo.seen, photo.masks, strict=True):
        ys, xs = np.nonzero(mask)
        x, y, w, h = seen.box
        assert np.array([x * 240, y * 320, (x + w) * 240, (y + h) * 320]) == pytest.approx(
            [xs.min(), ys.min(), xs.max() + 1, ys.max() + 1]
        )
        assert 0 <= x < x + w <= 1
        assert 0 <= y < y + h <= 1


def test_masks_do_not_overlap() -> None:
    first, second = scene(2, 2).masks
    assert not (first & second).any()


def test_key_points_follow_the_product() -> None:
    for seed in range(4):
        photo = scene(seed, 1)
        away = cv2.distanceTransform((~photo.masks[0]).astype(np.uint8), cv2.DIST_L2, 5)
        for x, y in photo.seen[0].points.values():
            if 0 <= x < 1 and 0 <= y < 1:
                assert away[int(y * 320), int(x * 240)] <= 2.5


def test_a_cropped_product_is_partly_visible() -> None:
    cropped = [scene(seed, 1, crop=True).seen[0].visible for seed in range(6)]
    whole = [scene(seed, 1).seen[0].visible for seed in range(6)]
    assert np.mean(cropped) < np.mean(whole)
    assert max(whole) > 0.95
    assert min(cropped) < 0.95


def test_same_numbers_same_photo() -> None:
    assert np.array_equal(scene(3, 2).pixels, scene(3, 2).pixels)
