from collections.abc import Callable

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.tryon.dummy import dummy
from tryon import LABELS
from tryon.parse import Parsed, parse
from tryon.people import People
from tryon.zones import ARMS, LEGS


def overlap(parsed: Parsed, truth: NDArray[np.uint8], *names: str) -> float:
    """Intersection over union of a label's region with the true one."""
    found, true = parsed.of(*names), np.isin(truth, [LABELS.index(name) for name in names])
    return float((found & true).sum() / (found | true).sum())


@pytest.mark.parametrize("sleeve", [0.5, 1.0, 2.0])
@pytest.mark.parametrize("leg", [0.6, 2.0])
def test_what_is_worn_is_told_from_skin_at_any_length(sleeve: float, leg: float) -> None:
    body, truth = dummy(sleeve=sleeve, leg=leg)
    parsed = parse(body)
    assert overlap(parsed, truth, "upper") > 0.9
    assert overlap(parsed, truth, "lower") > 0.85
    assert overlap(parsed, truth, "background") > 0.97
    if leg < 1:
        assert overlap(parsed, truth, "leg") > 0.8


def test_a_top_of_the_colour_of_the_ground_is_found() -> None:
    body, truth = dummy(upper=(224, 224, 224), ground=(226, 226, 222))
    assert overlap(parse(body), truth, "upper") > 0.85


def test_top_and_trousers_of_one_colour_are_two_garments() -> None:
    body, truth = dummy(upper=(60, 60, 70), lower=(60, 60, 70))
    parsed = parse(body)
    assert overlap(parsed, truth, "upper") > 0.85
    assert overlap(parsed, truth, "lower") > 0.8


def test_dark_skin_is_skin() -> None:
    body, truth = dummy(sleeve=0.5, leg=0.6, skin=(96, 62, 46), upper=(200, 200, 190))
    assert overlap(parse(body), truth, "arm", "hand") > 0.8


def test_the_face_is_never_a_garment() -> None:
    body, truth = dummy(upper=(214, 160, 130))
    assert not parse(body).of("upper", "lower")[truth == LABELS.index("face")].any()


def test_the_surer_photo_is_the_one_with_clear_colours() -> None:
    clear, _ = dummy(upper=(40, 70, 170))
    unclear, _ = dummy(upper=(206, 158, 132), lower=(198, 150, 128))
    assert parse(clear).sure > parse(unclear).sure


def test_labels_and_shapes_are_those_of_the_photo() -> None:
    body, _ = dummy()
    parsed = parse(body)
    assert parsed.labels.shape == body.person.shape
    assert parsed.labels.dtype == np.uint8
    assert 0.0 <= parsed.sure <= 1.0


@pytest.mark.parametrize("limbs", [ARMS, LEGS])
def test_bare_limbs_of_a_photo_are_skin(
    people: People, photo: Callable[[str], NDArray[np.uint8]], limbs: tuple[tuple[int, int, int], ...]
) -> None:
    body = people.find_body(photo("tfjs_pose.jpg"))
    parsed = parse(body)
    for _, middle, end in limbs:
        x, y = body.points[[middle, end], :2].mean(axis=0).astype(int)
        assert parsed.of("arm", "leg")[y - 3 : y + 4, x - 3 : x + 4].mean() > 0.8
    x, y = (body.points[[11, 12], :2].mean(axis=0) * 0.6 + body.points[[23, 24], :2].mean(axis=0) * 0.4).astype(int)
    assert parsed.of("upper")[y - 5 : y + 6, x - 5 : x + 6].mean() > 0.8
