"""Mend words broken at line ends, by what the document itself writes elsewhere, and by a list of French words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cached_property

from coopnlp.words import bare_words, word_weights

__all__ = ["Hyphens"]

#: A word that is not itself broken at the line end, which a zero marks.
_WHOLE = re.compile(r"[^\W\d_]++(?:-[^\W\d_]++)*+(?!-\0)")
_LAST = re.compile(r"([^\W\d_]+(?:['’-][^\W\d_]+)*)-$")
_NEXT = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")

#: First members that keep their hyphen before a lower-case letter, and second members that keep
#: it after any word (Grevisse, Le bon usage, § 109: trait d'union). Prefixes that are mostly
#: written solid (co, inter, anti, sous...) are left to what the document writes.
_FIRST = (
    "ex vice non avant après demi semi mi sud nord est ouest au ci là peut celui celle ceux celles elle elles "
    "lui eux nous vous moi toi soi quelques rendez grand grands petit petits chef chefs compte porte savoir "
    "franco euro afro anglo gréco judéo dit dits plate"
)
_FIRST_MEMBERS = frozenset(_FIRST.split())
_SECOND = (
    "je tu il elle on nous vous ils elles ce t-il t-elle t-on là ci même mêmes dessus dessous "
    "delà moi toi lui leur y en être"
)
_SECOND_MEMBERS = frozenset(_SECOND.split())
#: Words that go on in a name of a place (Insee, Code officiel géographique: « articles et liaisons »).
_LINK_WORDS = "sur sous lès les lez en de des du d la le l au aux et près devant ès saint sainte"
_LINKS = frozenset(_LINK_WORDS.split())
#: Twice the natural logarithm of a count (``words.txt.gz``): both halves of a compound stand alone this often.
_FREQUENT = 8
_ENDINGS = ("s", "x", "e", "es", "ent")


class Hyphens:
    """Decides on each word that a line end breaks.

    Parameters
    ----------
    lines
        The lines of the whole document: a word that stands elsewhere in one
        piece, or with its hyphen inside a line, settles the case.
    """

    def __init__(self, lines: Sequence[str]) -> None:
        self._lines = lines

    @cached_property
    def _written(self) -> frozenset[str]:
        """The words of the document that no line end breaks, in small letters."""
        text = "\n".join([*self._lines, ""]).lower()
        pieces = set(text.replace("-\n", "-\0\n").split())
        return frozenset(_WHOLE.findall(" ".join(pieces)))

    def join(self, before: str, after: str) -> str:
        """Return two lines of one paragraph as one text.

        >>> Hyphens([]).join("la coopé-", "ration avec Saint-"), Hyphens([]).join("à Saint-", "Malo")
        ('la coopération avec Saint-', 'à Saint-Malo')
        >>> Hyphens([]).join("à contre-", "courant de Boulogne-"), Hyphens([]).join("Boulogne-", "sur-Mer")
        ('à contre-courant de Boulogne-', 'Boulogne-sur-Mer')
        """
        if not before.endswith("-"):
            return f"{before} {after}"
        # the end of the text alone: paragraphs are joined line by line
        last, first = _LAST.search(before, max(0, len(before) - 80)), _NEXT.match(after)
        if last is None or first is None:
            # a dash or a number at the end is no broken word: « 2008- » goes on without a blank
            glue = "" if before[-2:-1].isdigit() and after[:1].isdigit() else " "
            return f"{before}{glue}{after}"
        if self._keeps(last[1], first[0]):
            return before + after
        return before[:-1] + after

    def _keeps(self, last: str, first: str) -> bool:
        joined, hyphenated = f"{last}{first}".lower(), f"{last}-{first}".lower()
        if not first[0].islower():
            # SAINT-DENIS and Saint-Denis keep it; a heading in capitals that is broken does not
            if not (last.isupper() and first.isupper()):
                return True
            return hyphenated in self._written or not (joined in self._written or _is_word(joined))
        head, tail = last.rpartition("-")[2].lower(), first.partition("-")[0].lower()
        if hyphenated in self._written:
            return True
        if joined in self._written:
            return False
        if len(last) == 1 or head in _FIRST_MEMBERS or first.lower() in _SECOND_MEMBERS or tail == "t":
            return True
        whole = head + tail
        if _is_word(whole):
            return False
        if last.rpartition("-")[2][0].isupper() and tail in _LINKS:
            return True
        if "-" in last and word_weights().get(tail, 0) >= _FREQUENT:
            return True  # arc-en-ciel
        weights = word_weights()
        return min(len(head), len(tail)) > 2 and min(weights.get(head, 0), weights.get(tail, 0)) >= _FREQUENT


def _is_word(word: str) -> bool:
    """Tell whether a word in small letters, or a form with less at its end, is in the list."""
    words = word_weights()
    if word in words or any(word.endswith(end) and word[: -len(end)] in words for end in _ENDINGS):
        return True
    return word.isascii() and word in bare_words()
