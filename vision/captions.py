"""Captions of clothing photos, from a class and a measured colour, in ten languages: what the shipped heads learn.

A caption is a phrase of words for both inside a sentence of a shopper's. There are far too many to learn them all: each
class and colour gets some, drawn by chance that is the same each time.
"""

import zlib

import numpy as np

from vision.caption_words import CHINESE, ENGLISH, LANGUAGES, Language

OFTEN, SELDOM = 160, 12
"""Captions of one class and colour at most: in English and in Chinese, and in each other language."""


def words(listed: dict[str, str], name: str) -> tuple[str, ...]:
    """The words of a class or colour. One that is not listed names itself."""
    return tuple(listed[name].split(", ")) if name in listed else (name,)


def captions(kind: str, colour: str | None = None) -> tuple[str, ...]:
    """Captions of a class, with its colour if there is one; of a class that is not listed, in English and Chinese."""
    drawn: list[str] = []
    for language in LANGUAGES:
        main = language in (ENGLISH, CHINESE)
        if main or kind in language.classes:
            drawn += _drawn(language, kind, colour, OFTEN if main else SELDOM)
    return tuple(dict.fromkeys(drawn))


def _drawn(language: Language, kind: str, colour: str | None, count: int) -> list[str]:
    rng = np.random.default_rng(zlib.crc32(f"{language.phrases[0]}\n{language.sentences}\n{kind}\n{colour}".encode()))

    def one(of: tuple[str, ...]) -> str:
        return of[rng.integers(len(of))]

    kinds = words(language.classes, kind)
    if colour is None:
        return [one(language.sentences).format(one(kinds)) for _ in range(count)]
    colours = words(language.colours, colour)
    phrases = (one(language.phrases).format(c=one(colours), k=one(kinds)) for _ in range(count))
    return [one(language.sentences).format(phrase) for phrase in phrases]
