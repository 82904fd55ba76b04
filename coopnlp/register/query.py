"""What a user typed into a search box, understood: words, phrases, exclusions.

Any input is a query; nothing typed raises. ``"..."`` and «...» hold phrases,
``-word`` excludes, ``OR`` or ``OU`` in capitals between two terms accepts
either, ``AND`` and ``ET`` say what is the case anyway: all terms must be there.
An unquoted word of four letters or more also finds the words that it begins
(« jumelage » finds « jumelages »). Case, accents and the ligature œ do not
matter.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Phrase", "Query", "fold_letters", "read_query"]

# A word of fewer letters would begin too many others.
_MIN_PREFIX = 4
# Elided words, and the grammatical words that no one searches for; from the closed classes of French
# grammar (articles, contracted articles, common prepositions and conjunctions).
_ELIDED = frozenset(("c", "d", "j", "l", "m", "n", "qu", "s", "t", "jusqu", "lorsqu", "puisqu", "quoiqu"))
_GRAMMAR = frozenset((
    "a", "au", "aux", "avec", "dans", "de", "des", "du", "en", "et", "la", "le", "les", "ou", "par", "pour",
    "sur", "un", "une",
))  # fmt: skip
_TOKEN = re.compile(r'"([^"]*)"|«([^»]*)»|“([^”]*)”|(\S+)')
_WORD = re.compile(r"\w+")


class Phrase(NamedTuple):
    """Folded words that stand side by side; ``prefix`` where the last may be the beginning of a word."""

    words: tuple[str, ...]
    prefix: bool


class Query(NamedTuple):
    """Every one of ``clauses`` is to be met, each by any of its phrases, and none of ``excluded``."""

    clauses: tuple[tuple[Phrase, ...], ...]
    excluded: tuple[Phrase, ...] = ()


@lru_cache(maxsize=4096)
def _fold_letter(letter: str) -> str:
    bare = unicodedata.normalize("NFD", letter)[0].lower()
    return bare if len(bare) == 1 else letter


def fold_letters(text: str) -> str:
    """Return the text without case and accents, length kept, so that offsets hold.

    >>> fold_letters("Échanges à l'Haÿ")
    "echanges a l'hay"
    """
    return "".join(map(_fold_letter, text))


def read_query(typed: str) -> Query:
    """Return what the user means; no clause where nothing typed is a word.

    >>> read_query("l'eau -Brest").clauses
    ((Phrase(words=('eau',), prefix=False),),)
    """
    clauses: list[tuple[Phrase, ...]] = []
    excluded: list[Phrase] = []
    either = False
    for match in _TOKEN.finditer(unicodedata.normalize("NFC", typed)):
        plain = match[4]
        if plain in ("OR", "OU"):
            either = bool(clauses)
            continue
        if plain in ("AND", "ET", "NOT", "NON", "NEAR"):
            continue
        phrase = _read_plain(plain) if plain else _read_quoted(match[1] or match[2] or match[3] or "")
        if phrase is None:
            continue
        if plain and plain[0] in "-−" and len(plain) > 1:
            excluded.append(phrase)
        elif either:
            clauses[-1] = (*clauses[-1], phrase)
        else:
            clauses.append((phrase,))
        either = False
    telling = [clause for clause in clauses if not all(_is_grammar(phrase) for phrase in clause)]
    return Query(tuple(telling or clauses), tuple(excluded))


def _words(text: str) -> list[str]:
    return _WORD.findall(fold_letters(text).replace("œ", "oe").replace("æ", "ae").replace("_", " "))


def _read_quoted(text: str) -> Phrase | None:
    words = _words(text)
    return Phrase(tuple(words), prefix=False) if words else None


def _read_plain(text: str) -> Phrase | None:
    words = _words(text)
    while len(words) > 1 and words[0] in _ELIDED:
        words = words[1:]
    if not words:
        return None
    return Phrase(tuple(words), prefix=len(words[-1]) >= _MIN_PREFIX and not words[-1].isdigit())


def _is_grammar(phrase: Phrase) -> bool:
    return len(phrase.words) == 1 and phrase.words[0] in _GRAMMAR | _ELIDED
