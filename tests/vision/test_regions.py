"""Regions: what the validators refuse, what merging keeps, and which region is the main one."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from vision.regions import Regions, overlaps


def part(
    *corners: tuple[float, float, float, float], scores: list[float] | None = None, source: str = "detector"
) -> Regions:
    n = len(corners)
    return Regions.of(np.array(corners).reshape(-1, 4), ["shirt"] * n, np.array(scores or [0.8] * n), source)  # type: ignore[arg-type]


def test_a_wrong_shape_is_refused_with_the_expected_and_the_actual_one() -> None:
    with pytest.raises(ValueError, match=r"expected shape \(2, 4\) for 2 labels, got \(1, 4\)"):
        Regions(np.zeros((1, 4), np.float32), ("a", "b"), np.zeros(2, np.float32), ("pose", "pose"))
    with pytest.raises(ValueError, match=r"expected landmarks \(33, 2 or more\).*got \(17, 2\)"):
        Regions.from_pose(np.zeros((17, 2)), np.zeros(17))


@pytest.mark.parametrize(
    "box", [(0.5, 0.5, 0.6, 0.2), (-0.1, 0, 0.5, 0.5), (0.2, 0.2, 0, 0.2), (0, 0, float("nan"), 1)]
)
def test_a_callers_box_outside_the_picture_is_refused(box: tuple[float, float, float, float]) -> None:
    with pytest.raises(ValueError, match="boxes"):
        Regions.from_caller(box)


def test_the_whole_picture_is_always_a_region() -> None:
    assert Regions.merge().labels == ("whole",)
    assert Regions.merge(part((0, 0, 1, 1))).labels == ("shirt", "whole")


def test_the_same_thing_seen_by_detector_and_pose_is_kept_once_as_the_detector_named_it() -> None:
    merged = Regions.merge(
        part((0.2, 0.2, 0.7, 0.8), source="pose", scores=[0.99]), part((0.22, 0.2, 0.7, 0.78), scores=[0.5])
    )
    assert merged.sources == ("detector", "whole")


def test_a_small_region_inside_a_large_one_stays() -> None:
    assert len(Regions.merge(part((0.1, 0.1, 0.9, 0.9), (0.4, 0.1, 0.6, 0.2)))) == 3


def test_the_main_region_is_sure_large_and_central() -> None:
    small, large, aside = (0.4, 0.4, 0.5, 0.5), (0.25, 0.2, 0.75, 0.8), (0.0, 0.0, 0.2, 0.9)
    assert Regions.merge(part(small, large, aside)).main == 1
    unsure = Regions.merge(part(small, large, aside, scores=[0.9, 0.02, 0.02]))
    assert unsure.boxes[unsure.main][2] == pytest.approx(0.1)


def test_a_callers_box_becomes_the_main_region_and_absorbs_what_agrees_with_it() -> None:
    merged = Regions.merge(part((0.1, 0.1, 0.3, 0.3), (0.3, 0.3, 0.9, 0.9)), box=(0.1, 0.1, 0.2, 0.2))
    assert merged.sources == ("caller", "detector", "whole")
    assert merged.main == 0


def test_body_parts_follow_the_visible_landmarks() -> None:
    landmarks = np.full((33, 2), 0.5)
    landmarks[:11] = [0.5, 0.1]
    landmarks[[11, 13, 15, 23]], landmarks[[12, 14, 16, 24]] = [0.4, 0.4], [0.6, 0.6]
    visibility = np.zeros(33)
    visibility[:17] = visibility[23:25] = 1
    found = Regions.from_pose(landmarks, visibility)
    assert "upper body" in found.labels
    assert "feet" not in found.labels
    assert set(found.sources) == {"pose"}


corner = st.tuples(*[st.floats(0, 1)] * 4).map(
    lambda c: (min(c[0], c[2]), min(c[1], c[3]), max(c[0], c[2]), max(c[1], c[3]))
)


@given(st.lists(st.tuples(corner, st.floats(0, 1)), max_size=6), st.randoms(use_true_random=False))
def test_merging_does_not_depend_on_order_and_merging_again_changes_nothing(boxes: list, random) -> None:  # type: ignore[no-untyped-def, type-arg]
    scores = [s + 1e-3 * i for i, (_, s) in enumerate(boxes)]
    parts = [part(c, scores=[min(s, 1.0)]) for (c, _), s in zip(boxes, scores, strict=True)]
    merged = Regions.merge(*parts)
    again = Regions.merge(merged)
    assert again.boxes.tolist() == merged.boxes.tolist()
    if len(set(scores)) == len(scores) and max(scores, default=0) < 1:
        shuffled = random.sample(parts, len(parts))
        assert sorted(Regions.merge(*shuffled).boxes.tolist()) == sorted(merged.boxes.tolist())


def test_overlap_of_a_box_with_itself_is_one_and_with_a_distant_one_zero() -> None:
    boxes = np.array([[0, 0, 0.2, 0.2], [0.5, 0.5, 0.3, 0.3]], np.float32)
    np.testing.assert_allclose(overlaps(boxes, boxes), np.eye(2), atol=1e-6)
