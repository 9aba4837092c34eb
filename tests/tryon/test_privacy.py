"""Nothing calls home while landmarkers look at a shopper's photo."""

from collections.abc import Callable


def test_finding_a_body_with_face_and_hands_sends_nothing_outside_this_machine(
    watched: Callable[..., list[str]],
) -> None:
    assert watched("tests.tryon.watched") == []


def test_a_look_up_of_a_name_would_be_seen(watched: Callable[..., list[str]]) -> None:
    assert watched("tests.tryon.telltale") != []
