"""Which classes and colours a text names, by a dictionary: the words of the captions in ten languages, and some more.

What is said in words that readers of sentences place only roughly is known for certain here. Chinese compounds that are not
listed are known by a part that is, such as their last character.
"""

import re
from collections.abc import Iterable, Sequence

import numpy as np

from vision.caption_words import ENGLISH, LANGUAGES
from vision.colour import NAMES
from vision.lexicon_words import CLASSES, COLOURS

KINDS = tuple(ENGLISH.classes)
SORTS = (slice(0, len(KINDS)), slice(len(KINDS), len(KINDS) + len(NAMES)))
"""Where classes and colours stand among the names of :meth:`Lexicon.find`."""

_UNSPACED = "\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
_UNSPACED_CHARACTER = re.compile(f"[{_UNSPACED}]")
_LETTER = rf"[^\W{_UNSPACED}]"
_ONE_THING = re.compile(r"[\s-]*")


class Lexicon:
    """Words → names of classes and colours. without: words that it is not to know, nor any longer one that holds them."""

    def __init__(self, without: Iterable[str] = ()) -> None:
        without = [word.casefold() for word in without]
        self.words: dict[str, frozenset[int]] = {}
        tables = [(language.classes, language.colours) for language in LANGUAGES]
        for classes, colours in (*tables, (CLASSES, COLOURS)):
            for sort, names, table in zip(SORTS, (KINDS, NAMES), (classes, colours), strict=True):
                for name, listed in table.items():
                    for word in listed.casefold().split(", "):
                        if not any(_holds(word, other) for other in without):
                            place = sort.start + names.index(name)
                            self.words[word] = self.words.get(word, frozenset()) | {place}
        longest = sorted(self.words, key=len, reverse=True)
        unspaced, spaced = ("|".join(re.escape(w) for w in longest if _spaced(w) == blanks) for blanks in (False, True))
        # Words of a script with blanks are found whole. The others come first: "polo衫" is more than "polo".
        self._pattern = re.compile(rf"{unspaced}|(?<!{_LETTER})(?:{spaced})(?!{_LETTER})")

    def find(self, texts: Sequence[str]) -> np.ndarray:
        """How much each text speaks of each class of KINDS and each colour of NAMES: (n, classes + colours) float32.

        What is found of either sort sums to one. Words are found from the left, the longest first; of words of one sort
        that form a compound, as in "shirt dress" and 紫红, the last counts.
        """
        found = np.zeros((len(texts), SORTS[-1].stop), np.float32)
        for row, text in zip(found, texts, strict=True):
            text = text.casefold()
            hits = list(self._pattern.finditer(text))
            for place, hit in enumerate(hits):
                after = next(iter(hits[place + 1 :]), None)
                joined = after is not None and _ONE_THING.fullmatch(text, hit.end(), after.start())
                followers = self.words[after.group()] if after is not None and joined else frozenset()
                for sort in SORTS:
                    said, more = (_of(sort, places) for places in (self.words[hit.group()], followers))
                    if said and not more:
                        row[said] += 1 / len(said)
            for sort in SORTS:
                row[sort] /= max(1.0, row[sort].sum())
        return found


def _of(sort: slice, places: frozenset[int]) -> list[int]:
    return sorted(place for place in places if sort.start <= place < sort.stop)


def _spaced(word: str) -> bool:
    return not _UNSPACED_CHARACTER.search(word)


def _holds(word: str, other: str) -> bool:
    return f" {other} " in f" {word} " if _spaced(other) else other in word
