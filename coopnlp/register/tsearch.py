"""Full-text search in PostgreSQL: French words with or without accents, in any of their forms.

A column ``search`` of ``passage``, which the server keeps, holds every word
twice: as it is written (without accents, weights A in the title and B in the
text), and as the stem that PostgreSQL's French stemmer gives it (weights C and
D). What is quoted, excluded, hyphenated or short is looked for among the first,
as FTS5 does; a lone word of four letters or more also by its stem, so that
« jumelages » finds « jumelage ».

The stemmer stands here without its stop words: « avec » is part of a phrase.
Accents go by the extension ``unaccent``. Since PostgreSQL 13 who may create
something in a database may add it there, where its files are installed (on
Debian with the server); elsewhere accents go by a list of letters of ours,
which lacks ł, ø and the like, as FTS5 does.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable

import sqlalchemy as sa
from sqlalchemy import exc

from coopnlp.register.query import Phrase, Query
from coopnlp.register.schema import passage

__all__ = ["create", "is_stemmed", "matching", "stems"]

_EXACT, _FRENCH, _STEMMER = "coopnlp_exact", "coopnlp_french", "coopnlp_stem"
# PostgreSQL's parser knows addresses, paths, tags and signed numbers; a word is to be what FTS5 takes for one. So the
# signs that these are told by are spaces before it parses. It takes others for spaces itself, but in a database of the
# locale C, where all that is not ASCII is a letter to it: there the signs of French print are spaces too.
_SIGNS = ".-/@_~&<+"
_SIGNS_OF_PRINT = "\u00a0\u202f\u2009\u200b«»‹›“”„‘’‚…–—―−‐‑•·§°²³¹€£™®©¶†‡×÷±¡¿¦¨´¯¸■□▪▫●○◦►→⇒✓✔✗\ufeff\ufffd"
# Letters of the Latin script that are one plain letter and marks.
_ACCENTED = {
    letter: bare
    for letter in map(chr, (*range(0xC0, 0x250), *range(0x1E00, 0x1F00)))
    if (bare := unicodedata.normalize("NFD", letter)[0]) != letter and bare.isascii()
}
_LIGATURES = (("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE"))
# What the parser makes of letters and figures (postgresql.org/docs/current/textsearch-parsers.html).
_TOKENS = "asciiword, word, numword, uint, int, float, sfloat, version, hword, hword_part, hword_asciipart"
# Weights D, C, B, A: a word of the title weighs as much as four of the text, as in FTS5; that a word is
# there as it was typed counts for more than that another form of it is.
_WEIGHTS = "{0.05, 0.2, 0.25, 1.0}"
# Divides by 1 + the logarithm of the number of words: short passages first among equals.
_BY_LENGTH = 1


def create(connection: sa.Connection) -> None:
    """Make the configurations, the column and its index in a new register."""
    unaccent, signs = _has_unaccent(connection), _SIGNS
    ctype = sa.text("SELECT datctype FROM pg_database WHERE datname = current_database()")
    if connection.execute(ctype).scalar() in ("C", "POSIX"):
        signs += _SIGNS_OF_PRINT
    schema = connection.exec_driver_sql("SELECT quote_ident(current_schema())").scalar_one()
    before = "unaccent, " if unaccent else ""
    for statement in (
        f"CREATE TEXT SEARCH DICTIONARY {_STEMMER} (TEMPLATE = snowball, Language = french)",
        f"CREATE TEXT SEARCH CONFIGURATION {_EXACT} (COPY = pg_catalog.simple)",
        f"ALTER TEXT SEARCH CONFIGURATION {_EXACT} ALTER MAPPING FOR {_TOKENS} WITH {before}simple",
        f"CREATE TEXT SEARCH CONFIGURATION {_FRENCH} (COPY = pg_catalog.simple)",
        f"ALTER TEXT SEARCH CONFIGURATION {_FRENCH} ALTER MAPPING FOR {_TOKENS} WITH {before}{_STEMMER}",
        f"CREATE FUNCTION coopnlp_search(title text, body text) RETURNS tsvector LANGUAGE plpgsql IMMUTABLE STRICT "
        f"PARALLEL SAFE AS $_${_function(schema, signs, unaccent=unaccent)}$_$",
        "ALTER TABLE passage ADD COLUMN search tsvector GENERATED ALWAYS AS (coopnlp_search(title, text)) STORED",
        "CREATE INDEX passage_search ON passage USING gin (search)",
    ):
        connection.exec_driver_sql(statement.replace("%", "%%"))


def _has_unaccent(connection: sa.Connection) -> bool:
    """Return whether the extension is there, after adding it where that is allowed."""
    asked = sa.text("SELECT installed_version FROM pg_available_extensions WHERE name = 'unaccent'")
    known = connection.execute(asked).one_or_none()
    if known is None or known[0] is not None:
        return known is not None
    try:
        with connection.begin_nested():
            connection.exec_driver_sql("CREATE EXTENSION unaccent")
    except exc.DBAPIError:  # not allowed here
        return False
    return True


def _function(schema: str, signs: str, *, unaccent: bool) -> str:
    """Return what makes a column of a title and a text.

    The configurations have their schema, for what restores a backup has no path.
    """

    def words(of: str) -> str:
        accented = {} if unaccent else _ACCENTED
        replaced, by = signs + "".join(accented), " " * len(signs) + "".join(accented.values())
        told = f"translate({of}, {_quoted(replaced)}, {_quoted(by)})"
        for ligature, letters in () if unaccent else _LIGATURES:
            told = f"replace({told}, '{ligature}', '{letters}')"
        return told

    def vector(configuration: str, of: str, weight: str) -> str:
        return f"setweight(to_tsvector({_quoted(f'{schema}.{configuration}')}::regconfig, {of}), '{weight}')"

    parts = [vector(_EXACT, "plain_title", "A"), vector(_EXACT, "plain_body", "B")]
    parts += [vector(_FRENCH, "plain_title", "C"), vector(_FRENCH, "plain_body", "D")]
    return (
        f"DECLARE plain_title text := {words('title')}; plain_body text := {words('body')}; "
        f"BEGIN RETURN {' || '.join(parts)}; END"
    )


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def matching(query: Query) -> sa.Subquery:
    """Return a query for (``id``, ``score``) of the passages that match; a higher score is better."""
    search: sa.ColumnClause[str] = sa.literal_column("passage.search")
    wanted = asked = _joined("&&", [_any(clause, stems=True) for clause in query.clauses])
    if query.excluded:
        asked = asked.op("&&")(sa.func.tsquery_not(_any(query.excluded, stems=False)))
    score = sa.func.ts_rank(sa.literal_column(f"'{_WEIGHTS}'::real[]"), search, wanted, _BY_LENGTH)
    return sa.select(passage.c.id, score.label("score")).where(search.bool_op("@@")(asked)).subquery("found")


def _any(phrases: Iterable[Phrase], *, stems: bool) -> sa.ColumnElement[str]:
    found = []
    for phrase in phrases:
        found.append(_to_tsquery(_EXACT, " | ".join(_stand_side_by_side(phrase, weight) for weight in "AB")))
        if stems and is_stemmed(phrase):
            found.append(_to_tsquery(_FRENCH, f"'{phrase.words[0]}':CD"))
    return _joined("||", found)


def _stand_side_by_side(phrase: Phrase, weight: str) -> str:
    """A phrase does not begin in the title and end in the text, so it is asked for in each of them."""
    *words, last = (f"'{word}':{weight}" for word in phrase.words)
    return "(" + " <-> ".join([*words, last[:-1] + ("*" if phrase.prefix else "") + weight]) + ")"


def is_stemmed(phrase: Phrase) -> bool:
    """Return whether a phrase stands for all forms of its word."""
    return phrase.prefix and len(phrase.words) == 1


def _to_tsquery(configuration: str, written: str) -> sa.ColumnElement[str]:
    return sa.func.to_tsquery(sa.literal_column(f"'{configuration}'::regconfig"), written)


def _joined(operator: str, parts: list[sa.ColumnElement[str]]) -> sa.ColumnElement[str]:
    whole = parts[0]
    for part in parts[1:]:
        whole = whole.op(operator)(part)
    return whole.self_group()


def stems(connection: sa.Connection, words: Iterable[str]) -> dict[str, str]:
    """Return the French stem of each word, given without accents, as the index has it."""
    given = sorted(set(words))
    asked = sa.text(
        f"SELECT word, (ts_lexize('{_STEMMER}', word))[1] AS stem "
        "FROM json_array_elements_text(CAST(:given AS json)) AS word"
    )
    rows = connection.execute(asked, {"given": json.dumps(given, ensure_ascii=False)})
    return {row.word: row.stem for row in rows if row.stem is not None}
