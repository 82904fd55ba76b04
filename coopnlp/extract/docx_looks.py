"""Headings of Word files that have no style of headings: larger type, or bold and underlined.

Most files of the offices of the 1990s and 2000s are typed that way: of the ten
minutes of a council, 2009-2011, none gives its deliberations the style of a
heading, and all set their titles in larger type. Bold alone tells nothing: names
of speakers, results of votes and sums are bold too.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from coopnlp.extract.docx_styles import Styles, is_on, is_sentence, number_of, qualified, value_of
from coopnlp.extract.docx_text import DELETED, children_of

__all__ = ["Looks"]

_P, _R, _T = (qualified(name) for name in ("p", "r", "t"))
#: How much larger than most of the text a heading is: Word's choices of size are 11, 12, 14.
_LARGER = 1.12
_MAX_LENGTH = 300
#: « Philippe SAUREL : » is who speaks, « II – Dépenses : » is a heading.
_NUMBERED = re.compile(r"(?:[IVX]+|\d+|[A-Z])\s*[-–.)°]|(?i:article|chapitre|titre)\s")
#: Half-points where a file names no size at all (ECMA-376, 17.3.2.38).
_DEFAULT_SIZE = 20


class Looks:
    """Tells headings of a document by how they look; paragraphs in tables and boxes are none."""

    def __init__(self, body: Any, styles: Styles) -> None:
        found: list[tuple[Any, int, bool, str]] = []
        characters: Counter[int] = Counter()
        fitting: Counter[int] = Counter()
        for paragraph in _flow(body):
            look = _look(paragraph, styles)
            if look is None:
                continue
            size, marked, text = look
            found.append((paragraph, size, marked, text))
            characters[size] += len(text)
            fitting[size] += len(text) if _fits(text) else 0
        usual = characters.most_common(1)[0][0] if characters else _DEFAULT_SIZE
        # in a size that whole passages are set in, a short line is no heading
        sizes = sorted((s for s in characters if s > usual * _LARGER and fitting[s] * 2 > characters[s]), reverse=True)
        self._levels: dict[Any, int] = {}
        for paragraph, size, marked, text in found:
            if not _fits(text):
                continue
            if size in sizes:
                self._levels[paragraph] = min(6, sizes.index(size) + 1)
            elif marked and size == usual and (not text.endswith(":") or _NUMBERED.match(text)):
                self._levels[paragraph] = min(6, len(sizes) + 1)

    def level(self, paragraph: Any) -> int | None:
        """Return 1 to 6 for a paragraph that looks like a heading, the largest type first; None for another."""
        return self._levels.get(paragraph)


def _flow(parent: Any) -> Iterator[Any]:
    for child in children_of(parent):
        if child.tag == _P:
            yield child
        elif child.tag in (qualified("sdt"), qualified("sdtContent")):
            yield from _flow(child)


def _look(paragraph: Any, styles: Styles) -> tuple[int, bool, str] | None:
    """Return the size of most of it in half-points, whether all is bold and underlined, and the text."""
    sizes: Counter[int] = Counter()
    marked = True
    text: list[str] = []
    for run in paragraph.iter(_R):
        shown = "".join(t.text or "" for t in run.iterchildren(_T))
        if not shown.strip() or run.getparent().tag in DELETED or styles.is_hidden(run, paragraph):
            continue
        text.append(shown)
        sizes[number_of(styles.of_run(run, paragraph, "sz"), _DEFAULT_SIZE)] += len(shown)
        marked = (
            marked
            and is_on(styles.of_run(run, paragraph, "b")) is True
            and value_of(styles.of_run(run, paragraph, "u"), "none") != "none"
        )
    return (sizes.most_common(1)[0][0], marked, "".join(text).strip()) if sizes else None


def _fits(text: str) -> bool:
    """Tell whether words could be those of a heading: few, begun as one, with letters, no sentence."""
    return (
        len(text) <= _MAX_LENGTH
        and sum(char.isalpha() for char in text) > 2
        and not text[0].islower()
        and text[0] not in "-–—•●▪*"
        and not text.endswith((",", ";"))
        and (not is_sentence(text) or _NUMBERED.match(text) is not None)
    )
