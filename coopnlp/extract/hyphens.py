"""Mend words broken at line ends, by what the document itself writes elsewhere."""

from __future__ import annotations

import re
from collections.abc import Iterable

__all__ = ["Hyphens"]

_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
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


class Hyphens:
    """Decides on each word that a line end breaks.

    Parameters
    ----------
    lines
        The lines of the whole document: a word that stands elsewhere in one
        piece, or with its hyphen inside a line, settles the case.
    """

    def __init__(self, lines: Iterable[str]) -> None:
        self._solid: set[str] = set()
        self._hyphenated: set[str] = set()
        for line in lines:
            for match in _WORD.finditer(line):
                word = match[0].casefold()
                if match.end() == len(line.rstrip()) - 1 and line.rstrip().endswith("-"):
                    continue  # itself broken at the line end
                (self._hyphenated if "-" in word else self._solid).add(word)

    def join(self, before: str, after: str) -> str:
        """Return two lines of one paragraph as one text.

        >>> Hyphens([]).join("la coopé-", "ration avec Saint-"), Hyphens([]).join("à Saint-", "Malo")
        ('la coopération avec Saint-', 'à Saint-Malo')
        """
        last, first = _LAST.search(before), _NEXT.match(after)
        if last is None or first is None:
            # a dash or a number at the end is no broken word: « 2008- » goes on without a blank
            glue = "" if re.search(r"\d-$", before) and after[:1].isdigit() else " "
            return f"{before}{glue}{after}"
        if self._keeps(last[1], first[0]):
            return before + after
        return before[:-1] + after

    def _keeps(self, last: str, first: str) -> bool:
        if not first[0].islower():
            # SAINT-DENIS and Saint-Denis keep it; a heading in capitals that is broken does not
            # unless the document writes it with a hyphen
            joined = (last + first).casefold()
            return not (last.isupper() and first.isupper() and joined in self._solid)
        head, tail = last.rpartition("-")[2].casefold(), first.partition("-")[0].casefold()
        joined, hyphenated = f"{last}{first}".casefold(), f"{last}-{first}".casefold()
        if hyphenated in self._hyphenated:
            return True
        if joined in self._solid or joined in self._hyphenated:
            return False
        if len(last) == 1:
            return True
        return head in _FIRST_MEMBERS or first.casefold() in _SECOND_MEMBERS or tail in ("t",)
