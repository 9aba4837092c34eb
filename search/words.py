"""Words as lexical search compares them: one way to cut text, whatever database holds it.

Latin and other spaced scripts by word, English ones by their Snowball stem; Chinese and Japanese by single characters
and pairs of them, because they are written without blanks.
"""

import re
import threading
import unicodedata
from functools import lru_cache

LONGEST = 40
_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile(r"[\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+")
_STOP = frozenset(
    (
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "in",
        "is",
        "it",
        "of",
        "on",
        "or",
        "the",
        "to",
        "with",
        "s",
        "t",
    )
)
_stemmers = threading.local()


def document_tokens(text: str) -> list[str]:
    """Every token of a text, in its order; of unspaced runs both the characters and the pairs."""
    return [token for word in _pieces(text) for token in _tokens(word, document=True)]


def query_tokens(text: str) -> dict[str, tuple[str, ...]]:
    """The words of a query as they were typed (each once), with their tokens.

    Words such as "the" are left out unless there are no others. Of an unspaced run the tokens are its pairs.
    """
    words = list(dict.fromkeys(_pieces(text)))
    telling = [word for word in words if word not in _STOP]
    return {word: _tokens(word, document=False) for word in telling or words}


def _pieces(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    pieces = []
    for word in _WORD.findall(folded):
        start = 0
        for run in _UNSPACED.finditer(word):
            pieces += [word[start : run.start()], run.group()]
            start = run.end()
        pieces.append(word[start:])
    return [piece for piece in pieces if piece]


def _tokens(word: str, *, document: bool) -> tuple[str, ...]:
    if not _UNSPACED.match(word):
        return (_stem(word[:LONGEST]),)
    pairs = tuple(word[i : i + 2] for i in range(len(word) - 1))
    return (*word, *pairs) if document else tuple(dict.fromkeys(pairs)) or (word,)


@lru_cache(65_536)
def _stem(word: str) -> str:
    if not (word.isascii() and word.isalpha()):
        return word
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:  # a stemmer keeps the word it works on: one for each thread
        import snowballstemmer

        stemmer = _stemmers.english = snowballstemmer.stemmer("english")
    return str(stemmer.stemWord(word))
