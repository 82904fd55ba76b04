"""What the theme classifier sees of a text: weighted words, word pairs and pieces of words.

Written here rather than taken from scikit-learn for two reasons: classifying
needs no scikit-learn then, and every feature knows the words it came from, so
that explanations are cut out of the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from typing import NamedTuple

from coopnlp.text import fold

__all__ = ["FUNCTION_WORDS", "Gram", "Token", "fold_word", "grams", "names_of", "pieces", "tokens", "words_and_pairs"]

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
_PART = re.compile(rf"{_WORD.pattern}|{_BREAK.pattern}")
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


def tokens(text: str, is_name: Callable[[str], bool] | None = None) -> Iterator[Token]:
    """Yield the words of a text that are not function words; digits are left out.

    Names say where, not what: a word that begins with a capital inside a sentence is passed
    over where ``is_name`` says so of its form. A text in capitals keeps every word.

    >>> [t.form for t in tokens("L’accès à l’eau potable, 3 écoles")]
    ['acces', 'eau', 'potable', 'ecoles']
    >>> [t.form for t in tokens("L’eau de Kpalimé et le Sport", {"kpalime"}.__contains__)]
    ['eau', 'sport']
    """
    end = -1
    judged = None if text.isupper() else is_name
    for match in _WORD.finditer(text):
        word = match.group()
        form = fold_word(word)
        if form not in FUNCTION_WORDS and len(form) > 1:
            capital = judged is not None and word[0].isupper() and not _opens(text, end, match.start())
            if not (capital and judged is not None and judged(form)):
                yield Token(form, match.start(), match.end())
        end = match.end()


def _opens(text: str, end: int, start: int) -> bool:
    """Tell whether a sentence begins between the word before, which ends at ``end`` (-1: none), and the next."""
    return end < 0 or _BREAK.search(text, end, start) is not None


def names_of(texts: Iterable[str]) -> set[str]:
    """Return the folded words that stand inside sentences with a capital and nowhere without.

    >>> sorted(names_of(["La ville de Lomé agit. Forages à Lomé", "Une ville, des forages"]))
    ['lome']
    """
    capital: set[str] = set()
    plain: set[str] = set()
    for text in texts:
        end = -1
        for match in _WORD.finditer("" if text.isupper() else text):
            word = match.group()
            if not word[0].isupper():
                plain.add(fold_word(word))
            elif not _opens(text, end, match.start()):
                capital.add(fold_word(word))
            end = match.end()
    return capital - plain


def grams(text: str, is_name: Callable[[str], bool] | None = None) -> Iterator[Gram]:
    """Yield every feature of a text, repeated as often as it occurs.

    Pairs are of neighbouring words once function words and names (:func:`tokens`) are out,
    and do not cross the end of a sentence or a line.

    >>> [g.form for g in grams("eau potable") if g.kind in "wp"]
    ['eau', 'potable', 'eau potable']
    """
    before: Token | None = None
    for token in tokens(text, is_name):
        yield Gram("w", token.form, token.start, token.end)
        for piece in pieces(token.form):
            yield Gram("c", piece, token.start, token.end)
        if before is not None and not _BREAK.search(text, before.end, token.start):
            yield Gram("p", f"{before.form} {token.form}", before.start, token.end)
        before = token


def words_and_pairs(text: str, is_name: Callable[[str], bool] | None = None) -> Iterator[tuple[str, str]]:
    """Yield each word of :func:`tokens`, and the one before it where the two are a pair of :func:`grams`, else "".

    Where a word stands is not asked, so that the text is cut up at once.

    >>> list(words_and_pairs("Eau potable. Forages"))
    [('eau', ''), ('potable', 'eau'), ('forages', '')]
    """
    judged = None if text.isupper() else is_name
    before, opens = "", True
    for part in _PART.findall(text):
        form, capital = _read(part)
        if form is None:
            before, opens = "", True
            continue
        if form and not (capital and not opens and judged is not None and judged(form)):
            yield form, before
            before = form
        opens = False


@lru_cache(maxsize=65536)
def _read(part: str) -> tuple[str | None, bool]:
    """Return the form of a word, empty where it does not count, and whether it has a capital; no form for a break."""
    if _BREAK.match(part):
        return None, False
    form = fold_word(part)
    return (form if len(form) > 1 and form not in FUNCTION_WORDS else ""), part[0].isupper()
