"""The front matter of Markdown files: what stands between two lines of dashes at their head.

Sources: Jekyll's « Front Matter » and pandoc's « yaml_metadata_block ». Only
lines « key: value » are read, and lists under a key; nested values are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from coopnlp.text import fold

if TYPE_CHECKING:
    from coopnlp.types import Metadata

__all__ = ["FrontMatter", "read_front_matter"]

_OPEN = re.compile(r"---[ \t]*\n")
_CLOSE = re.compile(r"(?:---|\.\.\.)[ \t]*(?:\n|$)")
_PAIR = re.compile(r"(?P<key>[^\W\d][\w .-]{0,40}?)[ \t]*:(?:[ \t]+(?P<value>\S.*?))?[ \t]*$")
_OTHER = re.compile(r"[ \t]*(?:$|#|- |[ \t]+\S)")
_MAX_LINES = 100
_KEYS = {
    "title": ("title", "titre"),
    "author": ("author", "authors", "auteur", "auteurs", "auteure", "autrice", "redacteur", "redactrice"),
    "date": ("date", "date de publication", "published"),
    "language": ("lang", "language", "langue"),
    "publisher": ("publisher", "editeur"),
}  # fmt: skip


@dataclass(frozen=True)
class FrontMatter:
    """Pairs of key and value spans in the text; ``end`` is after the closing line of dashes."""

    text: str
    end: int
    pairs: tuple[tuple[tuple[int, int], tuple[int, int]], ...]

    def metadata(self) -> Metadata:
        """Return the fields that documents have; others stay in the text alone."""
        from coopnlp.types import Metadata

        date = self._value("date")
        language = self._value("language")
        return Metadata(
            title=self._value("title"),
            author=self._value("author"),
            date=_iso(date) if date else None,
            language=language[:2].lower() if language else None,
            publisher=self._value("publisher"),
        )

    def _value(self, field: str) -> str | None:
        for (a, b), (c, d) in self.pairs:
            if fold(self.text[a:b]) in _KEYS[field]:
                value = self.text[c:d]
                if value.startswith("[") and value.endswith("]"):
                    value = value[1:-1]
                names = (re.sub(r"^[ \t]*-[ \t]+", "", line).strip() for line in value.split("\n"))
                return ", ".join(name.strip("\"'") for name in names if name) or None
        return None


def _iso(date: str) -> str | None:
    if iso := re.match(r"(?:19|20)\d\d(?:-\d\d(?:-\d\d)?)?(?!\d)", date):
        return iso[0]
    if french := re.fullmatch(r"(\d{1,2})[/.](\d{1,2})[/.]((?:19|20)\d\d)", date):
        return f"{french[3]}-{int(french[2]):02d}-{int(french[1]):02d}"
    return None


def read_front_matter(text: str) -> FrontMatter | None:
    """Return the front matter of a text, None where it has none.

    >>> front = read_front_matter("---\\ntitre: Bilan\\ndate: 03/05/2019\\n---\\n\\nLe puits.")
    >>> front.metadata().title, front.metadata().date
    ('Bilan', '2019-05-03')
    """
    opening = _OPEN.match(text)
    if opening is None:
        return None
    at = opening.end()
    pairs: list[tuple[tuple[int, int], tuple[int, int]]] = []
    for _ in range(_MAX_LINES):
        end = text.find("\n", at)
        end = len(text) if end < 0 else end
        line = text[at:end]
        if pairs and (closing := _CLOSE.fullmatch(line)):
            return FrontMatter(text, at + len(closing[0].rstrip()), tuple(pairs))
        pair = _PAIR.fullmatch(line)
        if pair is not None:
            start, stop = pair.span("value") if pair["value"] else (pair.end("key"), pair.end("key"))
            pairs.append(((at, at + pair.end("key")), (at + start, at + stop)))
        elif pairs and _OTHER.match(line):
            if re.match(r"[ \t]*- \S", line):  # a list under its key
                key, (start, stop) = pairs[-1]
                first = at + len(line) - len(line.lstrip())
                pairs[-1] = (key, (start if stop > start else first, at + len(line.rstrip())))
        else:
            return None
        at = end + 1
        if at > len(text):
            return None
    return None
