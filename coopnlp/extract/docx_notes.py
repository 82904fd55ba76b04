"""Footnotes and endnotes of Word files, numbered in the order of their calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from coopnlp.extract.docx_numbering import figure
from coopnlp.extract.docx_styles import qualified, value_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from coopnlp.extract.opc import Package

__all__ = ["Notes"]

#: The element that holds a note, its properties, and the numbers that Word gives where none is chosen.
_KINDS = {"footnotes": ("footnote", "footnotePr", "decimal"), "endnotes": ("endnote", "endnotePr", "lowerRoman")}


class Notes:
    """The notes of a document; a note is numbered when its call is first read.

    Numbers that begin anew on each page cannot be known without pages; those
    notes are numbered through.
    """

    def __init__(self, package: Package, main: str, body: Any) -> None:
        settings = package.xml(next(iter(package.related(main, "settings")), None))
        self._notes: dict[str, dict[str, Any]] = {}
        self._forms: dict[str, str] = {}
        self._next: dict[str, int] = {}
        self._labels: dict[tuple[str, str], str] = {}
        for kind, (tag, properties, form) in _KINDS.items():
            found: dict[str, Any] = {}
            for part in package.related(main, kind):
                root = package.xml(part)
                for note in () if root is None else root.iterchildren(qualified(tag)):
                    if note.get(qualified("type"), "normal") == "normal":
                        found[note.get(qualified("id"), "")] = note
            self._notes[kind] = found
            # a section's own choice goes before that of the whole document
            chosen = [*body.iter(qualified(properties))]
            chosen += [] if settings is None else [*settings.iterchildren(qualified(properties))]
            forms = [value_of(c.find(qualified("numFmt")), "") for c in chosen]
            starts = [value_of(c.find(qualified("numStart")), "") for c in chosen]
            self._forms[kind] = next(filter(None, forms), form)
            self._next[kind] = int(next((start for start in starts if start.isdigit()), "1"))

    def call(self, reference: Any, kind: str) -> str:
        """Return what the call of a note shows: its number, or nothing where a mark of its own follows."""
        key = (kind, reference.get(qualified("id"), ""))
        if key[1] not in self._notes[kind]:
            return ""
        if _is_set(reference.get(qualified("customMarkFollows"))):
            self._labels.setdefault(key, "")
        elif key not in self._labels:
            self._labels[key] = figure(self._next[kind], self._forms[kind])
            self._next[kind] += 1
        return self._labels[key]

    def called(self) -> Iterator[tuple[str, Any]]:
        """Yield number and element of each note that was called, footnotes first, in order of their calls."""
        for kind in _KINDS:
            for (of, identifier), label in self._labels.items():
                if of == kind:
                    yield label, self._notes[kind][identifier]

    def uncalled(self) -> int:
        """Return how many notes have no call in the text that was read."""
        return sum(len(notes) for notes in self._notes.values()) - len(self._labels)


def _is_set(value: str | None) -> bool:
    """Tell whether an attribute is there and on."""
    return value in ("1", "true", "on")
