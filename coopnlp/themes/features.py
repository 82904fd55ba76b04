"""What the theme classifier sees of a text: weighted words, word pairs and pieces of words.

Written here rather than taken from scikit-learn for two reasons: classifying
needs no scikit-learn then, and every feature knows the words it came from, so
that explanations are cut out of the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

from coopnlp.text import fold

__all__ = ["FUNCTION_WORDS", "Gram", "Token", "fold_word", "grams", "pieces", "tokens", "words_and_pairs"]

# Closed-class words of French grammars (articles, prepositions, pronouns,
# conjunctions, auxiliaries), folded. Left out so that « gestion des déchets »
# and « gestion de déchets » are one pair of words, and so that explanations
# name no articles.
_FUNCTION_WORDS = """
a afin ai ainsi alors au aucun aucune aussi autre autres aux avait avant avec avoir ayant c car ce
ceci cela celle celles celui ces cet cette ceux chaque chez ci comme comment d dans de depuis des
deux donc dont du elle elles en encore entre est et etaient etait etant ete etre eu eux fait fut
grace hors il ils j je jusqu jusque l la le les leur leurs lors lorsque lui m ma mais me meme memes
mes moins mon n ne ni nos notre nous on ont ou par parmi pas pendant peu peut plus plusieurs pour
pres qu quand que quel quelle quelles quels qui quoi s sa sans se sera seront ses si soit son sont
sous sur t ta tandis te tel telle telles tels tous tout toute toutes tres trop tu un une vers vos
votre vous y
"""
FUNCTION_WORDS = frozenset(_FUNCTION_WORDS.split())

_WORD = re.compile(r"[^\W\d_]+")
_BREAK = re.compile(r"[.;:!?\n|•]")
_PIECE_SIZES = (3, 4, 5)  # as in the first experiments (research-notes.md)


class Token(NamedTuple):
    """A word that counts: its folded form and ``text[start:end]``."""

    form: str
    start: int
    end: int


class Gram(NamedTuple):
    """A feature and the part of the text it came from, ``text[start:end]``.

    ``kind`` is ``w`` for a word, ``p`` for a pair of words, ``c`` for a piece
    of a word with its borders marked by spaces.
    """

    kind: str
    form: str
    start: int
    end: int


@lru_cache(maxsize=65536)
def fold_word(word: str) -> str:
    """Fold one word: no case, no accents, ligatures opened."""
    return fold(word)


@lru_cache(maxsize=65536)
def pieces(form: str) -> tuple[str, ...]:
    """Return the pieces of a word, its borders marked by spaces."""
    padded = f" {form} "
    size = len(padded)
    return tuple(padded[i : i + n] for n in _PIECE_SIZES for i in range(size - n + 1) if n < size) or (padded,)


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of a text that are not function words; digits are left out.

    >>> [t.form for t in tokens("L’accès à l’eau potable, 3 écoles")]
    ['acces', 'eau', 'potable', 'ecoles']
    """
    for match in _WORD.finditer(text):
        form = fold_word(match.group())
        if form not in FUNCTION_WORDS and len(form) > 1:
            yield Token(form, match.start(), match.end())


def grams(text: str) -> Iterator[Gram]:
    """Yield every feature of a text, repeated as often as it occurs.

    Pairs are of neighbouring words once function words are out, and do not
    cross the end of a sentence or a line.

    >>> [g.form for g in grams("eau potable") if g.kind in "wp"]
    ['eau', 'potable', 'eau potable']
    """
    before: Token | None = None
    for token in tokens(text):
        yield Gram("w", token.form, token.start, token.end)
        for piece in pieces(token.form):
            yield Gram("c", piece, token.start, token.end)
        if before is not None and not _BREAK.search(text, before.end, token.start):
            yield Gram("p", f"{before.form} {token.form}", before.start, token.end)
        before = token


def words_and_pairs(text: str) -> Iterator[tuple[str, str]]:
    """Yield each word of :func:`tokens`, and the one before it where the two are a pair of :func:`grams`, else "".

    >>> list(words_and_pairs("Eau potable. Forages"))
    [('eau', ''), ('potable', 'eau'), ('forages', '')]
    """
    before, end = "", 0
    for match in _WORD.finditer(text):
        form = fold_word(match.group())
        if form in FUNCTION_WORDS or len(form) < 2:
            continue
        if before and _BREAK.search(text, end, match.start()):
            before = ""
        yield form, before
        before, end = form, match.end()
