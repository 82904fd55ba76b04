"""Text into lines: widths from ReportLab's fonts, French hyphenation, raised footnote marks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from reportlab.pdfbase.pdfmetrics import registerFont, stringWidth
from reportlab.pdfbase.ttfonts import TTFont

__all__ = ["FAMILIES", "SetLine", "Style", "break_text", "font", "plain", "raised", "width_of"]

#: Families as (regular, bold, italic). Those of Vera are TrueType and travel in the PDF; the others are
#: standard fonts, which a PDF names and does not hold.
FAMILIES = {
    "times": ("Times-Roman", "Times-Bold", "Times-Italic"),
    "helvetica": ("Helvetica", "Helvetica-Bold", "Helvetica-Oblique"),
    "courier": ("Courier", "Courier-Bold", "Courier-Oblique"),
    "vera": ("Vera", "VeraBd", "VeraIt"),
}
_RAISED = 0xE030  # private code points for figures set high: footnote marks
_RAISED_SIZE = 0.62
_ONSETS = ["bl", "br", "ch", "cl", "cr", "dr", "fl", "fr", "gl", "gn", "gr", "ph", "pl", "pr", "qu", "th", "tr", "vr"]
_VOWELS = "aàâäeéèêëiîïoôöuùûüyœæ"


@cache
def font(name: str) -> str:
    """Return the font's name, registered where it is not a standard one."""
    if name.startswith("Vera"):
        registerFont(TTFont(name, f"{name}.ttf"))
    return name


def raised(number: int) -> str:
    """Return a number as raised figures, to be put into a text."""
    return "".join(chr(_RAISED + int(figure)) for figure in str(number))


def plain(text: str) -> str:
    """Return the text with raised figures as plain ones."""
    return re.sub("[\ue030-\ue039]", lambda m: str(ord(m[0]) - _RAISED), text)


@dataclass(frozen=True, slots=True)
class Style:
    """How a block is set; lengths in points. ``align``: left, justify, centre, right."""

    family: str = "times"
    size: float = 11.0
    leading: float = 13.5
    bold: bool = False
    italic: bool = False
    align: str = "left"
    first: float = 0.0
    left: float = 0.0
    before: float = 0.0
    hyphenate: bool = False
    underline: bool = False
    keep: bool = False

    @property
    def face(self) -> str:
        """Name of the font."""
        return font(FAMILIES[self.family][1 if self.bold else 2 if self.italic else 0])

    def with_(self, **changes: object) -> Style:
        """Return a copy with other values."""
        return replace(self, **changes)  # type: ignore[arg-type]


@dataclass(slots=True)
class SetLine:
    """A line as broken: its words, and whether it ends in a hyphen that was put in."""

    words: list[str]
    broken: bool = False
    last: bool = False

    @property
    def text(self) -> str:
        """The words with single spaces, raised figures as plain ones."""
        return plain(" ".join(self.words))


def width_of(word: str, style: Style) -> float:
    """Return the width of a word in points; raised figures are smaller."""
    high = sum(map(_is_raised, word))
    if not high:
        return float(stringWidth(word, style.face, style.size))
    low = "".join(c for c in word if not _is_raised(c))
    return float(
        stringWidth(low, style.face, style.size) + stringWidth("0" * high, style.face, style.size * _RAISED_SIZE)
    )


def _is_raised(char: str) -> bool:
    return "\ue030" <= char <= "\ue039"


def break_text(text: str, style: Style, width: float) -> list[SetLine]:
    """Break a text into lines of at most ``width`` points, greedily as word processors do."""
    lines: list[SetLine] = []
    words: list[str] = []
    space = width_of(" ", style)
    used, limit = 0.0, width - style.left - style.first
    for word in text.split(" "):
        rest = word
        while True:
            need = width_of(rest, style) + (space if words else 0.0)
            if used + need <= limit:
                words.append(rest)
                used += need
                break
            head = _fitting_head(rest, style, limit - used - (space if words else 0.0), bool(words))
            if head is not None:
                piece, broken, rest = head
                lines.append(SetLine([*words, piece], broken))
            elif words:
                lines.append(SetLine(words))
            else:  # a word wider than the column is set over its edge
                words.append(rest)
                break
            words, used, limit = [], 0.0, width - style.left
    lines.append(SetLine(words, last=True))
    return lines


def _fitting_head(word: str, style: Style, room: float, after_words: bool) -> tuple[str, bool, str] | None:
    """Return (head, whether a hyphen was put in, rest) of a word that is broken at a line end."""
    best: tuple[str, bool, str] | None = None
    for at, inserted in _breaks(word) if style.hyphenate else _own_hyphens(word):
        head = word[:at] + ("-" if inserted else "")
        if width_of(head, style) > room:
            break
        best = (head, inserted, word[at:])
    return best if best and (after_words or best[0]) else None


def _own_hyphens(word: str) -> Iterator[tuple[int, bool]]:
    for match in re.finditer(r"(?<=[^\W\d_]{2})-(?=[^\W\d_]{2})", word):
        yield match.end(), False


def _breaks(word: str) -> Iterator[tuple[int, bool]]:
    """Yield the places where a word may be broken, and whether a hyphen must be put in.

    Between syllables, two letters before and three after at least; compounds,
    words with capitals inside, figures or signs only after their own hyphens
    (Lexique des règles typographiques de l'Imprimerie nationale, « Division des mots »).
    """
    places = dict(_own_hyphens(word))
    if "-" in word:
        yield from places.items()
        return
    for match in re.finditer(r"[^\W\d_]{6,}", word):
        letters = match[0]
        if not letters[1:].islower():
            continue
        for at in range(2, len(letters) - 2):
            if _parts_syllables(letters.lower(), at):
                places.setdefault(match.start() + at, True)
    yield from sorted(places.items())


def _parts_syllables(word: str, at: int) -> bool:
    """Tell whether a syllable begins at a place: a consonant or an onset before a vowel, after a syllable."""
    before, after = word[:at], word[at:]
    if after[0] in _VOWELS or not any(c in _VOWELS for c in before):
        return False
    onset = 2 if after[:2] in _ONSETS else 1
    if onset >= len(after) or after[onset] not in _VOWELS:
        return False
    if before[-1] in _VOWELS:
        mute = re.fullmatch(r".{1,2}e(?:s|nt)?", after)
        return mute is None
    # « ch », « gn » and the like are not parted
    return before[-1] + after[0] not in _ONSETS and re.fullmatch(r".{1,2}e(?:s|nt)?", after) is None
