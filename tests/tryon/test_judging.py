"""What is refused, what is remarked on, and how sure an answer is."""

import msgspec
import numpy as np
import pytest

from core.errors import GarmentUnusable, PersonUnusable
from tests.tryon import dressed
from tryon.garments import Garment
from tryon.judging import Seen, check_garment, check_person, check_seen, confidence_of, remarks_on
from tryon.layers import Mesh
from tryon.order import fronts

POINTS = {
    "neckline_left": (60.0, 5.0), "neckline_right": (40.0, 5.0), "shoulder_left": (85.0, 12.0),
    "shoulder_right": (15.0, 12.0), "armpit_left": (80.0, 40.0), "armpit_right": (20.0, 40.0),
    "hem_left": (80.0, 118.0), "hem_right": (20.0, 118.0),
}  # fmt: skip


def tee(**changes: object) -> Garment:
    plain = Garment(
        pixels=np.full((120, 100, 4), 255, np.uint8),
        parts=np.ones((120, 100), np.uint8),
        category="t-shirt",
        points=POINTS,
        confidence=dict.fromkeys(POINTS, 0.9),
    )
    return msgspec.structs.replace(plain, **changes)


def seen(**changes: object) -> Seen:
    named = dressed.labels()
    body = dressed.body(named)
    nothing = np.zeros(named.shape, bool)
    everything = Seen(
        body=body,
        labels=named,
        sure=0.9,
        garments=(tee(),),
        meshes=(),
        front=fronts(body, named, [tee()]),
        cover=np.zeros(named.shape, np.float32),
        left=nothing,
        invented=nothing,
    )
    return msgspec.structs.replace(everything, **changes)


def codes(given: Seen, dim: bool = False) -> set[str]:
    return {remark.code for remark in remarks_on(given, dim)}


def test_a_straight_garment_whose_points_are_sure_is_taken_and_gets_no_remark() -> None:
    check_garment(tee())
    check_garment(tee(points={name: (x * 0.9 + y * 0.2, y * 0.9 - x * 0.2) for name, (x, y) in POINTS.items()}))
    assert codes(seen()) == set()


def test_a_garment_of_guesses_is_refused() -> None:
    with pytest.raises(GarmentUnusable) as refusal:
        check_garment(tee(confidence=dict.fromkeys(POINTS, 0.05)))
    assert refusal.value.reason == "points-uncertain"
    assert refusal.value.remedy


def test_a_garment_folded_to_one_side_is_refused() -> None:
    with pytest.raises(GarmentUnusable) as refusal:
        check_garment(
            tee(points=POINTS | {"shoulder_left": (50.0, 60.0), "armpit_left": (45.0, 75.0), "hem_left": (40.0, 60.0)})
        )
    assert refusal.value.reason == "asymmetric"


def test_trousers_need_legs_in_the_photo_and_a_top_does_not() -> None:
    body = dressed.body(dressed.labels())
    points = body.points.copy()
    points[25:, 1] += 120
    cut = msgspec.structs.replace(body, points=points)
    check_person(cut, [tee()])
    check_person(body, [tee(category="pants")])
    with pytest.raises(PersonUnusable) as refusal:
        check_person(cut, [tee(), tee(category="pants")])
    assert refusal.value.reason == "part-out-of-view"


def test_arms_folded_over_the_chest_are_refused_for_tops_alone() -> None:
    body = dressed.body(dressed.labels())
    points, world = body.points.copy(), body.world.copy()
    points[[15, 16], :2] = (70, 92), (108, 92)
    world[[15, 16], 2] = -0.2
    folded = msgspec.structs.replace(body, points=points, world=world)
    check_person(folded, [tee(category="pants")])
    with pytest.raises(PersonUnusable) as refusal:
        check_person(folded, [tee()])
    assert refusal.value.reason == "arms-crossed"


def test_a_person_who_would_be_mostly_invented_is_refused() -> None:
    person = seen().body.person > 0.5
    rows = np.flatnonzero(person.any(axis=1))
    below = person & (np.arange(len(person)) > np.quantile(rows, 0.6))[:, None]
    above = person & (np.arange(len(person)) > np.quantile(rows, 0.9))[:, None]
    check_seen(seen(invented=above))
    with pytest.raises(PersonUnusable) as refusal:
        check_seen(seen(invented=below))
    assert refusal.value.reason == "too-much-hidden"
    assert refusal.value.remedy


def test_each_shortcoming_has_its_remark() -> None:
    body = seen().body
    unseen = msgspec.structs.replace(body, visibility=np.full(33, 0.2, np.float32))
    half = np.zeros(body.person.shape, bool)
    half[60:130, 60:120] = True
    away = Mesh(
        part="body", source=np.zeros((3, 2), np.float32), target=np.full((3, 2), -50, np.float32),
        triangles=np.zeros((1, 3), np.int32), depth=np.zeros(3, np.float32),
    )  # fmt: skip
    over = dressed.labels("over")
    assert codes(seen(body=unseen)) == {"pose_uncertain"}
    assert codes(seen(body=msgspec.structs.replace(body, turn=-40.0))) == {"turned"}
    assert codes(seen(sure=0.3)) == {"parsing_uncertain"}
    assert codes(seen(garments=(tee(guessed=True),))) == {"category_guessed"}
    assert codes(seen(garments=(tee(confidence=dict.fromkeys(POINTS, 0.4)),))) == {"points_uncertain"}
    assert codes(seen(meshes=((away,),))) == {"part_out_of_view"}
    assert codes(seen(front=fronts(dressed.body(over), over, [tee()]))) == {"arm_over_torso"}
    assert codes(seen(cover=half.astype(np.float32))) == {"hair_over_garment"}
    assert codes(seen(invented=half)) == {"region_invented"}
    assert codes(seen(), dim=True) == {"low_light"}


def test_confidence_falls_with_each_of_its_parts() -> None:
    best = confidence_of(seen())
    half = np.zeros((240, 180), bool)
    half[60:100] = True
    worse = [
        seen(sure=0.4), seen(left=half), seen(invented=half), seen(garments=(tee(confidence=dict.fromkeys(POINTS, 0.4)),)),
        seen(body=msgspec.structs.replace(seen().body, visibility=np.full(33, 0.4, np.float32))),
    ]  # fmt: skip
    assert best.total > 0.9
    assert all(0 <= confidence_of(one).total < best.total - 0.05 for one in worse)
