import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tryon.dummy import SKIN, dummy
from tryon import LABELS, Body
from tryon.parse import Parsed, parse
from tryon.undress import undress

BLUE = (60, 90, 160)
UPPER = frozenset({"upper"})


def vest(body: Body, low: float = 330) -> NDArray[np.float32]:
    """A sleeveless top with a low neckline; low: the y of its hem."""
    cover = np.zeros(body.person.shape, np.uint8)
    outline = [
        (160, 138),
        (176, 136),
        (200, 176),
        (224, 136),
        (240, 138),
        (248, 200),
        (258, low),
        (142, low),
        (152, 200),
    ]
    cv2.fillPoly(cover, [np.array(outline, np.int32)], 255)
    return cv2.GaussianBlur(cover, (0, 0), 0.8).astype(np.float32) / 255


def truth(labels: NDArray[np.uint8]) -> Parsed:
    return Parsed(labels, 1.0, np.array([180, 12, 20], np.float32))


def like(pixels: NDArray[np.uint8], colour: tuple[int, int, int], within: float = 40) -> NDArray[np.bool_]:
    """Where a picture has this colour, whatever the light."""
    shade = pixels.astype(np.float32) / np.maximum(pixels.sum(axis=2, keepdims=True), 1)
    wanted = np.array(colour, np.float32) / sum(colour)
    same: NDArray[np.bool_] = np.abs(shade - wanted).sum(axis=2) < within / 255
    return same


@pytest.mark.parametrize("sleeve", [0.5, 1.0, 2.0])
def test_the_old_colour_is_gone_where_the_new_garment_does_not_cover_it(sleeve: float) -> None:
    body, _ = dummy(sleeve=sleeve, upper=BLUE)
    cover = vest(body)
    bare = undress(body, parse(body), UPPER, cover)
    left = like(bare.pixels, BLUE) & (cover < 0.02)
    assert left.sum() <= 0.03 * like(body.pixels, BLUE).sum()


def test_face_hair_hands_and_far_ground_stay_as_they_are() -> None:
    body, labels = dummy(sleeve=2.0)
    bare = undress(body, truth(labels), UPPER, vest(body))
    changed = (bare.pixels != body.pixels).any(axis=2)
    assert changed.any()
    kept = np.isin(labels, [LABELS.index(name) for name in ("face", "hair", "hand", "shoe", "lower")])
    assert not changed[cv2.erode(kept.astype(np.uint8), np.ones((17, 17))) > 0].any()
    assert not changed[np.isin(labels, [LABELS.index(name) for name in ("face", "hair", "hand", "shoe")])].any()
    near = cv2.dilate((labels == LABELS.index("upper")).astype(np.uint8), np.ones((25, 25))) > 0
    assert not changed[~near].any()


def test_an_arm_bared_has_the_colour_of_the_arm_that_is_seen() -> None:
    body, labels = dummy(sleeve=0.9)
    bare = undress(body, truth(labels), UPPER, vest(body))
    elbow, upper_arm = bare.pixels[228:244, 292:300], bare.pixels[180:200, 268:276]
    assert np.abs(elbow.mean(axis=(0, 1)) - upper_arm.mean(axis=(0, 1))).max() < 14


def test_an_arm_bared_is_narrower_than_its_sleeve() -> None:
    body, labels = dummy(sleeve=2.0)
    bare = undress(body, truth(labels), UPPER, vest(body))
    sleeve = (labels[250] == LABELS.index("upper"))[262:].sum()
    arm = like(bare.pixels, SKIN)[250, 262:].sum()
    assert 0.5 * sleeve < arm < sleeve


def test_where_the_silhouette_shrinks_the_ground_goes_on() -> None:
    body, labels = dummy(sleeve=2.0)
    bare = undress(body, truth(labels), UPPER, vest(body))
    beside = (labels == LABELS.index("upper")) & ~like(bare.pixels, SKIN, 30) & (vest(body) < 0.01)
    beside[:, 140:260] = False
    ground = bare.pixels[beside].astype(float)
    assert len(ground) > 50
    assert np.percentile(np.abs(ground - 222), 90) < 20


def test_trousers_go_on_behind_a_shorter_hem() -> None:
    body, labels = dummy(lower=(150, 60, 60))
    bare = undress(body, truth(labels), UPPER, vest(body, low=306))
    assert like(bare.pixels, (150, 60, 60))[312:326, 170:230].mean() > 0.9


def test_legs_are_bared_for_shorts() -> None:
    body, labels = dummy(leg=2.0)
    cover = np.zeros(labels.shape, np.float32)
    cover[300:420, 130:270] = 1
    bare = undress(body, truth(labels), frozenset({"lower"}), cover)
    assert like(bare.pixels, SKIN)[440:520, 236:242].mean() > 0.9
    assert [remark.code for remark in bare.remarks if remark.code == "skin_invented"]


def test_a_new_top_leaves_the_skirt_of_a_dress() -> None:
    body, labels = dummy(leg=0.6, upper=BLUE, lower=BLUE)
    labels[labels == LABELS.index("lower")] = LABELS.index("upper")
    bare = undress(body, truth(labels), UPPER, vest(body))
    assert like(bare.pixels, BLUE)[345:380, 145:180].mean() > 0.95


def test_nothing_happens_where_the_new_garment_covers_the_old() -> None:
    body, labels = dummy()
    bare = undress(body, truth(labels), UPPER, np.ones(labels.shape, np.float32))
    assert np.array_equal(bare.pixels, body.pixels)
    assert bare.share == 0.0
    assert not bare.invented.any()


def test_the_less_is_covered_the_more_is_invented() -> None:
    body, labels = dummy(sleeve=2.0)
    shares = [undress(body, truth(labels), UPPER, vest(body, low)).share for low in (330, 260, 200)]
    assert shares == sorted(shares)
    bare = undress(body, truth(labels), UPPER, np.zeros(labels.shape, np.float32))
    assert "region_invented" in [remark.code for remark in bare.remarks]


def test_the_photo_given_is_not_written_to() -> None:
    body, labels = dummy(sleeve=2.0)
    before = body.pixels.copy()
    undress(body, truth(labels), UPPER, vest(body))
    assert np.array_equal(before, body.pixels)
