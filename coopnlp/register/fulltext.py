"""Full-text search over the passages, one small code path a database.

SQLite: an FTS5 index over ``passage`` that triggers keep in step, with
unicode61 and ``remove_diacritics 2`` (« coopération » from ``cooperation``).
FTS5 does not fold œ: words with « oe » are searched in both spellings.
PostgreSQL: see :mod:`coopnlp.register.tsearch`; it finds what FTS5 finds, and
other forms of a word too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import product

import sqlalchemy as sa

from coopnlp.register import tsearch
from coopnlp.register.query import Phrase, Query, fold_letters

__all__ = ["create", "locate", "matching", "widened"]

_FTS5 = (
    "CREATE VIRTUAL TABLE search USING fts5(title, text, content='passage', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 2')",
    "CREATE TRIGGER passage_indexed AFTER INSERT ON passage BEGIN "
    "INSERT INTO search(rowid, title, text) VALUES (new.id, new.title, new.text); END",
    "CREATE TRIGGER passage_forgotten AFTER DELETE ON passage BEGIN "
    "INSERT INTO search(search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text); END",
    "CREATE TRIGGER passage_changed AFTER UPDATE ON passage BEGIN "
    "INSERT INTO search(search, rowid, title, text) VALUES ('delete', old.id, old.title, old.text); "
    "INSERT INTO search(rowid, title, text) VALUES (new.id, new.title, new.text); END",
)
# A word of the title weighs as much as this many in the text.
_TITLE_WEIGHT = 4.0
# Letters and figures of any script.
_WORD = re.compile(r"[^\W_]+")


def create(connection: sa.Connection) -> None:
    """Make the index of a new register."""
    if connection.dialect.name == "sqlite":
        for statement in _FTS5:
            connection.exec_driver_sql(statement)
    else:
        tsearch.create(connection)


def matching(connection: sa.Connection, query: Query) -> sa.Subquery:
    """Return a query for (``id``, ``score``) of the passages that match; a higher score is better."""
    if connection.dialect.name == "sqlite":
        found = sa.text(
            f"SELECT rowid AS id, -bm25(search, {_TITLE_WEIGHT}, 1.0) AS score FROM search WHERE search MATCH :typed"
        ).bindparams(sa.bindparam("typed", _to_fts5(query), unique=True))
        return found.columns(id=sa.Integer, score=sa.Float).subquery("found")
    return tsearch.matching(query)


def widened(connection: sa.Connection, query: Query, texts: Iterable[str]) -> Query:
    """Return the query with the words of some texts that the database takes for forms of those asked for.

    For :func:`locate`, which knows nothing of French.
    """
    if connection.dialect.name == "sqlite":
        return query
    asked = {phrase.words[0] for clause in query.clauses for phrase in clause if tsearch.is_stemmed(phrase)}
    if not asked:
        return query
    stems = tsearch.stems(connection, asked | {word for text in texts for word, _, _ in _words(text)})

    def forms(phrase: Phrase) -> tuple[Phrase, ...]:
        if not tsearch.is_stemmed(phrase) or phrase.words[0] not in stems:
            return (phrase,)
        stem = stems[phrase.words[0]]
        return (phrase, *(Phrase((word,), prefix=False) for word, known in stems.items() if known == stem))

    clauses = tuple(tuple(form for phrase in clause for form in forms(phrase)) for clause in query.clauses)
    return query._replace(clauses=clauses)


def locate(text: str, query: Query) -> list[tuple[int, int]]:
    """Return the spans of the text that the query asks for, in order, not overlapping.

    Lone words of a clause count even where another clause fails: this marks
    what a reader looks for in a passage that is known to match.
    """
    words = _words(text)
    asked = {phrase for clause in query.clauses for phrase in clause}
    whole = {phrase.words[0] for phrase in asked if len(phrase.words) == 1 and not phrase.prefix}
    spans = [(start, end) for word, start, end in words if word in whole]
    for phrase in (phrase for phrase in asked if len(phrase.words) > 1 or phrase.prefix):
        size = len(phrase.words)
        for at in range(len(words) - size + 1):
            if _matches([word for word, _, _ in words[at : at + size]], phrase):
                spans.append((words[at][1], words[at + size - 1][2]))
    kept: list[tuple[int, int]] = []
    for span in sorted(spans, key=lambda span: (span[0], -span[1])):
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the folded words of a text, each with its span."""
    return [
        (match[0].replace("œ", "oe").replace("æ", "ae"), match.start(), match.end())
        for match in _WORD.finditer(fold_letters(text))
    ]


def _matches(words: list[str], phrase: Phrase) -> bool:
    if words[:-1] != list(phrase.words[:-1]):
        return False
    return words[-1].startswith(phrase.words[-1]) if phrase.prefix else words[-1] == phrase.words[-1]


def _to_fts5(query: Query) -> str:
    """Write the query in FTS5's language; every word is quoted, so none is an operator."""
    found = " AND ".join(_any(clause) for clause in query.clauses)
    return f"({found}) NOT {_any(query.excluded)}" if query.excluded else found


def _any(phrases: Iterable[Phrase]) -> str:
    written = [
        '"' + " ".join(words) + '"' + ("*" if phrase.prefix else "")
        for phrase in phrases
        for words in _spellings(phrase)
    ]
    return "(" + " OR ".join(written) + ")"


def _spellings(phrase: Phrase) -> Iterable[tuple[str, ...]]:
    choices = [
        (word, word.replace("oe", "œ").replace("ae", "æ")) if "oe" in word or "ae" in word else (word,)
        for word in phrase.words
    ]
    return product(*choices)
