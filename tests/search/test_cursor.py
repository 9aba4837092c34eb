"""Cursors: signed, bounded, and gone when their time is over."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import BadCursor
from search.cursor import Cursors


def test_a_cursor_leads_back_to_its_snapshot_and_place() -> None:
    cursors: Cursors[list[int]] = Cursors()
    key = cursors.keep([1, 2, 3])
    assert cursors.find(cursors.token(key, 2)) == (key, [1, 2, 3], 2)


CURSORS: Cursors[list[int]] = Cursors()
TOKEN = CURSORS.token(CURSORS.keep([1]), 1)


@given(st.one_of(st.text(), st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode())))
def test_what_was_not_made_here_is_refused(text: str) -> None:
    with pytest.raises(BadCursor, match="not made here"):
        CURSORS.find(text)


@given(st.integers(0, len(TOKEN) - 1), st.sampled_from("Aa0-_="))
def test_an_altered_cursor_is_refused(place: int, letter: str) -> None:
    altered = TOKEN[:place] + letter + TOKEN[place + 1 :]
    if base64.urlsafe_b64decode(altered + "==") == base64.urlsafe_b64decode(TOKEN):
        return
    with pytest.raises(BadCursor):
        CURSORS.find(altered)


def test_another_process_does_not_take_it() -> None:
    with pytest.raises(BadCursor):
        Cursors[list[int]]().find(TOKEN)


def test_it_expires() -> None:
    cursors: Cursors[list[int]] = Cursors(seconds=-1)
    token = cursors.token(cursors.keep([1]), 0)
    with pytest.raises(BadCursor, match="expired"):
        cursors.find(token)


def test_memory_is_bounded_and_the_longest_unused_goes_first() -> None:
    cursors: Cursors[list[int]] = Cursors(most_entries=100)
    tokens = [cursors.token(cursors.keep([0] * 40), 0) for _ in range(2)]
    cursors.find(tokens[0])
    cursors.keep([0] * 40)
    cursors.find(tokens[0])
    with pytest.raises(BadCursor, match="expired"):
        cursors.find(tokens[1])
