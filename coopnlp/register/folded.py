"""Names compared without case, accents and the signs between words, in the database: « quebec » is in « Québec ».

SQLite: a function of ours on every connection. PostgreSQL: a regular expression that takes each letter with and
without its marks; not every database has ``unaccent``, and ``translate`` looks at its whole list for each letter.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

__all__ = ["holds", "prepare_sqlite", "words_of"]

_NAME = "coopnlp_folded"
# More words than a name has; further ones are left out.
_MOST = 8
_BARE = {
    "a": "àâäáãåāăą", "c": "çćčċ", "d": "ďđð", "e": "éèêëēėęě", "g": "ğģġ", "h": "ħ", "i": "îïíìīįı", "k": "ķ",
    "l": "łľļĺ", "n": "ñńňņ", "o": "ôöóòõøōő", "r": "řŕ", "s": "šśşșß", "t": "ťţț", "u": "ùûüúūůűų", "y": "ÿý",
    "z": "žźż",
}  # fmt: skip
# Names of files may have these apart from their letters.
_MARKS = "\u0300\u0301\u0302\u0303\u0308\u030a\u030c\u0327"
_SIGNS = "-‐‑–'’ʼ.,()/"
_LETTERS = (
    {letter: bare for bare, letters in _BARE.items() for letter in letters}
    | {"œ": "oe", "æ": "ae"}
    | dict.fromkeys(_SIGNS, " ")
    | dict.fromkeys(_MARKS, "")
)
_OTHER = re.compile(f"[{re.escape(''.join(_LETTERS))}]")


def words_of(typed: str) -> list[str]:
    """Return the words that a name must hold, in any order.

    >>> words_of("Saint-Étienne"), words_of("L’Haÿ")
    (['saint', 'etienne'], ['l', 'hay'])
    """
    return (_folded(typed) or "").split()[:_MOST]


def holds(connection: sa.Connection, column: sa.ColumnElement[Any], word: str) -> sa.ColumnElement[bool]:
    """Return whether a column holds a word of :func:`words_of`, or a part of a word that it is."""
    if connection.dialect.name == "sqlite":
        return sa.func.instr(getattr(sa.func, _NAME)(column), word) > 0
    return column.regexp_match(_pattern(word), flags="i")


def _pattern(word: str) -> str:
    """Return the regular expression of a word in any spelling."""
    told = []
    for part in re.split("(oe|ae)", word):
        letters = "".join(_spelt(letter) for letter in part)
        told.append({"oe": f"(?:{letters}|[œŒ])", "ae": f"(?:{letters}|[æÆ])"}.get(part, letters))
    return "".join(told)


def _spelt(letter: str) -> str:
    if letter in _BARE:
        # what is small and what is capital depends on the collation of a column, which may know ASCII alone
        return f"[{letter}{_BARE[letter]}{_BARE[letter].upper().replace('SS', '')}][{_MARKS}]?"
    return letter if letter.isalnum() else f"\\{letter}"


def prepare_sqlite(connection: Any) -> None:
    """Give a connection of the driver the function that :func:`holds` asks for."""
    connection.create_function(_NAME, 1, _folded, deterministic=True)


# A list is filtered again for each page and each word; so many names are some fifteen megabytes.
@lru_cache(maxsize=50_000)
def _folded(name: str | None) -> str | None:
    if name is None:
        return None
    return _OTHER.sub(_bare, name.lower())


def _bare(found: re.Match[str]) -> str:
    return _LETTERS[found[0]]
