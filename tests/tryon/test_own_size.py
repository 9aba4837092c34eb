"""A try-on comes back at the size of the photo, with all that did not change as it came."""

import io

import cv2
import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from bench.tryon_people import garment_of, products
from sample import person
from tryon import TryOn
from tryon.own_size import at_own_size


def noisy(width: int, height: int) -> np.ndarray:
    return np.random.default_rng(3).integers(0, 256, (height, width, 3)).astype(np.uint8)


@given(st.integers(40, 90), st.integers(40, 90), st.floats(1.05, 4.0))
def test_what_did_not_change_is_the_photos_own_and_what_did_is_there(w: int, h: int, times: float) -> None:
    large = noisy(round(w * times), round(h * times))
    small = cv2.resize(large, (w, h), interpolation=cv2.INTER_AREA)
    picture = small.copy()
    picture[20:30, 12:24] = (250, 10, 10)
    whole = at_own_size(picture, small, large)
    assert whole.shape == large.shape
    ys, xs = np.mgrid[: large.shape[0], : large.shape[1]]
    x, y = (xs + 0.5) * w / large.shape[1], (ys + 0.5) * h / large.shape[0]
    far = (x < 12 - 3) | (x > 24 + 3) | (y < 20 - 3) | (y > 30 + 3)
    assert np.array_equal(whole[far], large[far])
    inner = (x > 13) & (x < 23) & (y > 21) & (y < 29)
    assert np.abs(whole[inner].astype(int) - (250, 10, 10)).max() <= 40


def test_nothing_changed_gives_the_photo_itself() -> None:
    large = noisy(160, 120)
    small = cv2.resize(large, (80, 60), interpolation=cv2.INTER_AREA)
    assert np.array_equal(at_own_size(small, small, large), large)
    assert at_own_size(small, small, small) is small


def test_a_large_photo_comes_back_large(engine: TryOn) -> None:
    drawn = person(60, "arms down", size=(384, 512), quality=1).pixels
    large = cv2.resize(np.asarray(drawn), (1536, 2048), interpolation=cv2.INTER_CUBIC)
    file = io.BytesIO()
    Image.fromarray(large).save(file, "PNG")
    photo = engine.decode(file.getvalue())
    assert max(photo.pixels.shape) == 1024
    tee = garment_of(products()["crew-neck T-shirt"][0].render(256), "t-shirt")
    answer = engine.dress(photo, [tee])
    whole = engine.at_own_size(answer, file.getvalue())
    assert whole.shape == large.shape
    same = (whole == large).all(axis=-1)
    assert 0.5 < same.mean() < 0.95
    assert same[:150].all()
