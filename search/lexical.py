"""Search by words: BM25 over the texts of a product, the same scores on SQLite and PostgreSQL.

SQLite ranks by FTS5's ``bm25()``. PostgreSQL has no BM25: there the counts of each document's tokens stand in a JSON
column with an inverted index, and the same formula is worked out in SQL. On both, tokens are ours (:mod:`search.words`)
and consist of letters and digits alone, so that nothing a shopper types can be read as query syntax.

score(d) = Σ_t idf(t) · f(k₁+1) / (f + k₁(1 − b + b·|d|/avg|d|)), idf(t) = max(ln((N−n+½)/(n+½)), 10⁻⁶), where f counts
t in d, each count weighted by the field it stands in; k₁ = 1.2, b = .75, as FTS5 has them.
Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond", 2009.
"""

import hashlib
import json
import math
from collections import Counter
from collections.abc import Collection, Sequence

import msgspec
import numpy as np
from sqlalchemy import text
from sqlalchemy.orm import Session

from search.products import Product
from search.words import document_tokens, query_tokens

_FIELDS = {"title": 3.0, "brand": 2.0, "category": 2.0, "attributes": 2.0, "description": 1.0}
"""Weights of the fields. A word of the title says more of what a thing is than one of its description."""

_WEIGHTS = ", ".join(str(weight) for weight in (0.0, *_FIELDS.values()))  # the first column of the table is the id
MOST_WORDS = 32
_K1, _B, _LEAST_IDF = 1.2, 0.75, 1e-6


def put(session: Session, products: Sequence[Product]) -> None:
    """Make products findable by their words, as they are now; in the caller's transaction."""
    if not products:
        return
    products = list({product.id: product for product in products}.values())
    remove(session, [product.id for product in products])
    if _is_sqlite(session):
        columns = ", ".join(_FIELDS)
        places = ", ".join(f":{name}" for name in _FIELDS)
        rows = [
            {"row": _row(product.id), "id": product.id, **{name: " ".join(t) for name, t in _tokens(product).items()}}
            for product in products
        ]
        session.execute(text(f"INSERT INTO lexical (rowid, id, {columns}) VALUES (:row, :id, {places})"), rows)  # noqa: S608
        return
    rows = []
    for product in products:
        counts: Counter[str] = Counter()
        length = 0
        for name, tokens in _tokens(product).items():
            length += len(tokens)
            for token in tokens:
                counts[token] += _FIELDS[name]  # type: ignore[assignment]
        rows.append({"id": product.id, "counts": json.dumps(counts), "length": length})
    session.execute(
        text("INSERT INTO lexical (id, counts, length) VALUES (:id, CAST(:counts AS jsonb), :length)"), rows
    )


def remove(session: Session, ids: Sequence[str]) -> None:
    """Take products out; ids that are not there are passed over; in the caller's transaction."""
    if not ids:
        return
    if _is_sqlite(session):
        session.execute(text("DELETE FROM lexical WHERE rowid = :row"), [{"row": _row(one)} for one in ids])
    else:
        session.execute(text("DELETE FROM lexical WHERE id = :id"), [{"id": one} for one in ids])


class Matches(msgspec.Struct, frozen=True):
    """Every product that has any of some words: keys (n,) and scores (n,) float64 above 0, best first.

    Equal scores stand in an order that is always the same. A key is what the database knows a product by, see ``ids``.
    """

    keys: np.ndarray
    scores: np.ndarray

    def page(self, session: Session, limit: int, offset: int = 0) -> list[tuple[str, float]]:
        """Ids with their scores of a part of the list. What was deleted since the list was made is left out."""
        keys, scores = self.keys[offset : offset + limit].tolist(), self.scores[offset : offset + limit].tolist()
        ids = _ids(session, keys) if _is_sqlite(session) else dict(zip(keys, keys, strict=True))
        rows = [(ids[key], score) for key, score in zip(keys, scores, strict=True) if key in ids]
        return sorted(rows, key=lambda row: (-row[1], row[0]))

    def of(self, ids: Collection[str]) -> dict[str, float]:
        """The scores of those of these products that are in the list."""
        if not len(self.keys) or not ids:
            return {}
        listed = list(ids)
        wanted = np.array([_row(one) for one in listed] if self.keys.dtype == np.int64 else listed)
        order = np.argsort(self.keys)
        places = order[np.searchsorted(self.keys, wanted, sorter=order).clip(max=len(order) - 1)]
        there = self.keys[places] == wanted
        return {
            one: float(self.scores[at]) for one, at, is_there in zip(listed, places, there, strict=True) if is_there
        }


def match(session: Session, words: str) -> Matches:
    """All products that have any of the words, of which the first ``MOST_WORDS`` count."""
    tokens = list(dict.fromkeys(token for some in query_tokens(words).values() for token in some))[:MOST_WORDS]
    if not tokens:
        return Matches(np.zeros(0, np.int64), np.zeros(0))
    keys, scores = (_match_sqlite if _is_sqlite(session) else _match_postgresql)(session, tokens)
    order = np.lexsort((keys, -scores))
    return Matches(keys[order], scores[order])


def matched(words: str, product: Product) -> tuple[str, ...]:
    """The words of the query, as typed but for case and width, that the product has.

    Of a run of Chinese, which has no blanks to say where a word ends, the parts that it has: "连衣裙" of "红色连衣裙".
    """
    there = {token for tokens in _tokens(product).values() for token in tokens}
    found: list[str] = []
    for word, tokens in query_tokens(words).items():
        if len(tokens) == 1:
            found += [word] if tokens[0] in there else []
            continue
        part = ""
        for i in range(len(word) - 1):
            if word[i : i + 2] in there:
                part = part + word[i + 1] if part else word[i : i + 2]
            elif part:
                found, part = [*found, part], ""
        found += [part] if part else []
    return tuple(dict.fromkeys(found))


def _match_sqlite(session: Session, tokens: list[str]) -> tuple[np.ndarray, np.ndarray]:
    # All of it as one row: between two rows other threads have their turn, and thousands of rows are thousands of turns.
    # Ranking reads no column but the row's number, which makes it four times as fast.
    statement = f"""
        WITH matching AS MATERIALIZED
            (SELECT rowid AS number, -bm25(lexical, {_WEIGHTS}) AS score FROM lexical WHERE lexical MATCH :match)
        SELECT json_group_array(number), json_group_array(score) FROM matching"""  # noqa: S608
    numbers, scores = session.execute(text(statement), {"match": " OR ".join(f'"{token}"' for token in tokens)}).one()
    return np.array(msgspec.json.decode(numbers), np.int64), np.array(msgspec.json.decode(scores), np.float64)


def _ids(session: Session, rows: list[int]) -> dict[int, str]:
    statement = "SELECT rowid, id FROM lexical WHERE rowid IN (SELECT value FROM json_each(:rows))"
    return {row.rowid: row.id for row in session.execute(text(statement), {"rows": json.dumps(rows)})}


def _match_postgresql(session: Session, tokens: list[str]) -> tuple[np.ndarray, np.ndarray]:
    total, length = session.execute(text("SELECT count(*), coalesce(sum(length), 0) FROM lexical")).one()
    if not length:
        return np.zeros(0, np.int64), np.zeros(0)
    values: dict[str, object] = {"tokens": tokens, "average": float(length / total)}
    terms = []
    for i, token in enumerate(tokens):
        holding = session.scalar(text("SELECT count(*) FROM lexical WHERE counts ? :token"), {"token": token}) or 0
        values[f"t{i}"] = token
        values[f"w{i}"] = max(math.log((total - holding + 0.5) / (holding + 0.5)), _LEAST_IDF) * (_K1 + 1)
        count = f"coalesce((counts ->> :t{i})::float8, 0)"
        terms.append(f"CAST(:w{i} AS float8) * {count} / ({count} + {_K1} * ({1 - _B} + {_B} * length / :average))")
    statement = f"SELECT id, {' + '.join(terms)} AS score FROM lexical WHERE counts ?| CAST(:tokens AS text[])"  # noqa: S608
    rows = session.execute(text(statement), values).all()
    return np.array([row.id for row in rows], np.str_), np.array([row.score for row in rows], np.float64)


def _tokens(product: Product) -> dict[str, list[str]]:
    attributes = " ".join(f"{name} {value}" for name, value in product.attributes.items())
    texts = {"attributes": attributes, "title": product.title, "brand": product.brand, "category": product.category}
    return {name: document_tokens(texts.get(name, product.description)) for name in _FIELDS}


def _row(product_id: str) -> int:
    """FTS5 deletes by integer alone: 63 bits of a hash. Among ten million products two share one with odds of 5·10⁻⁶."""
    return int.from_bytes(hashlib.blake2b(product_id.encode(), digest_size=8).digest()) >> 1


def _is_sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"
