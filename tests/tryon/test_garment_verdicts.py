"""The list of photos that was judged by eye stays the list it is."""

import msgspec

from bench.garment import VERDICTS, Judged, on_photos


def test_the_list_holds_sixty_different_photos_of_the_validation_part() -> None:
    judged = msgspec.json.decode(VERDICTS.read_bytes(), type=Judged)
    assert len({verdict.photo for verdict in judged.photos}) == 60
    assert all(verdict.photo.startswith("validation/") for verdict in judged.photos)


def test_what_would_not_do_says_why() -> None:
    judged = msgspec.json.decode(VERDICTS.read_bytes(), type=Judged)
    assert all(verdict.note for verdict in judged.photos if not verdict.cut_out)


def test_the_figures_are_shares_of_the_list() -> None:
    assert [0 < figure.value <= 1 for figure in on_photos()] == [True, True]
