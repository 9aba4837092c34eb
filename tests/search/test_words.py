"""How text is cut into tokens."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.words import document_tokens, query_tokens


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Red Dresses", ["red", "dress"]),
        ("T-shirt, 100% cotton", ["t", "shirt", "100", "cotton"]),
        ("ＣＯＴＴＯＮ Straße", ["cotton", "strass"]),
        ("红色连衣裙", ["红", "色", "连", "衣", "裙", "红色", "色连", "连衣", "衣裙"]),
        ("Red连衣裙xl", ["red", "连", "衣", "裙", "连衣", "衣裙", "xl"]),
        ('NEAR/3 "x" OR col:* ^ \' -', ["near", "3", "x", "or", "col"]),
        ("", []),
    ],
)
def test_documents(text: str, expected: list[str]) -> None:
    assert document_tokens(text) == expected


def test_queries_keep_the_words_that_tell_something() -> None:
    assert query_tokens("the red dresses for Red summers") == {
        "red": ("red",),
        "dresses": ("dress",),
        "summers": ("summer",),
    }
    assert query_tokens("the") == {"the": ("the",)}
    assert query_tokens("连衣裙") == {"连衣裙": ("连衣", "衣裙")}
    assert query_tokens("裙") == {"裙": ("裙",)}


@given(st.text())
def test_tokens_are_letters_and_digits_and_a_text_matches_itself(text: str) -> None:
    tokens = document_tokens(text)
    assert all(token.isalnum() for token in tokens)
    assert {token for some in query_tokens(text).values() for token in some} <= set(tokens)


def test_threads_do_not_disturb_each_others_stems() -> None:
    words = [f"{chr(97 + i % 26)}{chr(97 + i // 26 % 26)}running" for i in range(676)] * 3
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(document_tokens, words))
    assert together == [document_tokens(word) for word in words]
